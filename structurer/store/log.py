"""The log of reviewers' acts, which is only ever added to. Used inside one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row as SQLRow
from sqlalchemy import Select, and_, func, insert, or_, select

from structurer.review.events import Event, Seen
from structurer.review.items import Plan
from structurer.store.clauses import portions
from structurer.store.database import Inside
from structurer.store.tables import events, now

_PAGE = 400
_TICK = timedelta(microseconds=1)


class EventLog(Inside):
    """The events as one transaction sees them."""

    def moment(self) -> datetime:
        """Now, but later than every event: an act comes after what it was an answer to.

        A laptop whose clock is ahead may have brought events from the future, so no lease runs by this.
        """
        last = self.connection.scalar(select(func.max(events.c.at)))
        return max(now(), last + _TICK) if last is not None else now()

    def append(self, made: Sequence[Event]) -> None:
        """Adds events."""
        rows = [event.model_dump(mode="python") | {"seen": _seen(event)} for event in made]
        if rows:
            self.connection.execute(insert(events), rows)

    def unknown(self, ids: Sequence[str]) -> set[str]:
        """Which of these event ids the store has not got."""
        held: set[str] = set()
        for chunk in portions(ids):
            held.update(self.connection.scalars(select(events.c.id).where(events.c.id.in_(chunk))))
        return set(ids) - held

    def of_items(self, items: Sequence[str]) -> dict[str, list[Event]]:
        """The events of items."""
        made: dict[str, list[Event]] = {item: [] for item in items}
        for chunk in portions(items):
            for event in self._events(select(events).where(events.c.item.in_(chunk))):
                made[event.item].append(event)
        return made

    def of_documents(self, ids: Sequence[str]) -> dict[str, list[Event]]:
        """The events about documents, in time order."""
        made: dict[str, list[Event]] = {}
        query = select(events).where(events.c.document.in_(ids), events.c.item != "")
        for event in self._events(query.order_by(events.c.at, events.c.id)):
            made.setdefault(event.document, []).append(event)
        return made

    def newest_of(self, by: str) -> Iterator[Event]:
        """One reviewer's events, newest first."""
        query = select(events).where(events.c.by == by).order_by(events.c.at.desc(), events.c.id.desc())
        last = 0
        while True:
            found = list(self._events(query.limit(64).offset(last)))
            yield from found
            if len(found) < 64:
                return
            last += 64

    def event(self, id: str) -> Event | None:
        """The event of this id."""
        return next(iter(self._events(select(events).where(events.c.id == id))), None)

    def batch(self, batch: str) -> list[Event]:
        """The events of a batch."""
        return list(self._events(select(events).where(events.c.batch == batch)))

    def all_events(self) -> Iterator[Event]:
        """Every event, in time order, a few in memory at a time."""
        query = select(events).order_by(events.c.at, events.c.id)
        last: tuple[datetime, str] | None = None
        while True:
            part = query
            if last is not None:
                at, id = last
                part = query.where(or_(events.c.at > at, and_(events.c.at == at, events.c.id > id)))
            found = list(self._events(part.limit(_PAGE)))
            yield from found
            if len(found) < _PAGE:
                return
            last = found[-1].order

    def plan(self) -> Plan:
        """The plan in force: the latest one."""
        query = select(events).where(events.c.item == "", events.c.kind == "plan")
        latest = next(
            iter(self._events(query.order_by(events.c.at.desc(), events.c.id.desc()).limit(1))), None
        )
        return Plan.model_validate(latest.value) if latest is not None else Plan()

    def _events(self, query: Select[Any]) -> Iterator[Event]:
        return map(_event, self.connection.execute(query))


def _seen(event: Event) -> Any:
    return event.seen.model_dump(mode="json") if event.seen is not None else None


def _event(row: SQLRow[Any]) -> Event:
    values = dict(row._mapping)
    values.pop("number")
    seen = values["seen"]
    return Event.model_construct(**values | {"seen": Seen.model_validate(seen) if seen is not None else None})
