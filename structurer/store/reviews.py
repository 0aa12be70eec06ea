"""The queue of reviewers, computed from what was found and what was decided. Used inside one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, cast
from zlib import decompress

from sqlalchemy import (
    ColumnElement,
    Select,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy import Row as SQLRow

from structurer.review.events import Event
from structurer.review.fold import DUE, Standing, standing
from structurer.review.items import Plan, Unit
from structurer.store.claims import Claims
from structurer.store.clauses import is_current, portions
from structurer.store.log import EventLog
from structurer.store.tables import (
    contents,
    copies,
    documents,
    review_built,
    review_claims,
    review_items,
)

_i = review_items.c


@dataclass(frozen=True)
class Filters:
    """Which part of the queue is meant; what is empty does not narrow it."""

    agency: str = ""
    year: int | None = None
    table: str = ""
    rule: str = ""
    reason: str = ""
    document: int | None = None

    def __bool__(self) -> bool:
        return self != Filters()


@dataclass(frozen=True)
class Left:
    """How much of the queue is left, and of which kind."""

    decided: int = 0
    kinds: Mapping[str, int] = field(default_factory=dict)
    """Items that are left, by reason, or by state where that says more."""
    same: int = 0
    """Items of copies that are not asked, because the same is asked about the report they are copies of."""

    @property
    def total(self) -> int:
        """Items that are left."""
        return sum(self.kinds.values())


class Reviews(EventLog, Claims):
    """The review tables as one transaction sees them: the log, the queue computed from it, and the claims."""

    def unbuilt(self, plan: Plan, limit: int) -> list[int]:
        """Current documents whose part of the queue has to be computed."""
        known = review_built.c
        query = (
            select(documents.c.number)
            .outerjoin(review_built, known.document == documents.c.number)
            .where(is_current())
            .where(
                or_(
                    known.document.is_(None),
                    known.extracted_at != documents.c.extracted_at,
                    known.plan != plan.mark,
                )
            )
        )
        return list(self.connection.scalars(query.limit(limit)))

    def superseded(self) -> list[int]:
        """Documents of the queue that no file has any more; what was decided about them stays."""
        query = select(review_built.c.document).where(~is_current(review_built.c.document))
        return list(self.connection.scalars(query))

    def imported_again(self, numbers: Sequence[int]) -> list[int]:
        """Those of these documents whose queue was computed from an earlier extraction."""
        query = (
            select(review_built.c.document)
            .join(documents, documents.c.number == review_built.c.document)
            .where(review_built.c.extracted_at != documents.c.extracted_at, documents.c.number.in_(numbers))
        )
        return list(self.connection.scalars(query))

    def number_of(self, id: str) -> int | None:
        """The store's number of a document with this id."""
        return self.connection.scalar(select(documents.c.number).where(documents.c.id == id))

    def is_built(self, number: int) -> bool:
        """Whether the queue of a document is that of its present extraction."""
        query = select(review_built.c.document).join(documents, documents.c.number == review_built.c.document)
        fresh = review_built.c.extracted_at == documents.c.extracted_at
        return self.connection.scalar(query.where(documents.c.number == number, fresh)) is not None

    def extracted_at(self, number: int) -> datetime | None:
        """When a document was extracted."""
        return self.connection.scalar(select(documents.c.extracted_at).where(documents.c.number == number))

    def content(self, number: int) -> bytes | None:
        """The bytes of a document, if they were kept."""
        packed = self.connection.scalar(select(contents.c.packed).where(contents.c.document == number))
        return decompress(packed) if packed is not None else None

    def forget(self, number: int) -> None:
        """Has a document's part of the queue computed again."""
        self.connection.execute(delete(review_items).where(_i.document == number))
        self.connection.execute(delete(review_built).where(review_built.c.document == number))

    def copy_of(self, number: int) -> int | None:
        """The report a document is a copy of, if that one's files are still there."""
        query = select(copies.c.of).where(copies.c.document == number)
        return self.connection.scalar(query.where(is_current(copies.c.of)))

    def copies_of(self, number: int) -> list[int]:
        """The copies of a document."""
        return list(self.connection.scalars(select(copies.c.document).where(copies.c.of == number)))

    def rules_of(self, number: int) -> dict[str, frozenset[str]]:
        """The items that are in the queue of a document, with the rules each breaks."""
        rows = self.connection.execute(select(_i.id, _i.rules).where(_i.document == number))
        return {row.id: frozenset(filter(None, row.rules.split("|"))) for row in rows}

    def mirrors(self, items: Sequence[str]) -> list[SQLRow[Any]]:
        """The items of copies that are the same as these, with the path of each copy."""
        found: list[SQLRow[Any]] = []
        for chunk in portions(items):
            query = select(review_items, documents.c.path).join(documents).where(_i.same_as.in_(chunk))
            found += self.connection.execute(query.order_by(documents.c.path, _i.id))
        return found

    def build(
        self,
        number: int,
        extracted_at: datetime,
        plan: Plan,
        units: Sequence[Unit],
        acts: Sequence[Event],
        same: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Puts a document's part of the queue in place; `same`: items that are asked as those of another."""
        by_item: dict[str, list[Event]] = {}
        for act in acts:
            by_item.setdefault(act.item, []).append(act)
        self.forget(number)
        rows = [
            {
                "id": item.id,
                "document": number,
                "unit": unit.id,
                "place": unit.place,
                "label": item.label,
                "indicator": item.indicator,
                "position": item.position,
                "reason": item.reason,
                "why": item.why,
                "rules": _barred(item.rules),
                "unit_rank": unit.rank,
                "shuffle": unit.shuffle,
                "seen_sha": item.seen_sha,
                "needed": item.needed,
                "check": item.check,
                "same_as": same.get(item.id, ""),
                **_state(standing(by_item.get(item.id, ()), item.seen_sha, item.needed)),
            }
            for unit in units
            for item in unit.items
        ]
        if rows:
            self.connection.execute(insert(review_items), rows)
        values = {"document": number, "extracted_at": extracted_at, "plan": plan.mark}
        self.connection.execute(insert(review_built).values(values))

    def refold(self, ids: Sequence[str]) -> set[str]:
        """Brings the state of items up to their events; returns those that the queue has not got."""
        held: set[str] = set()
        changed = []
        for chunk in portions(ids):
            found = self.connection.execute(
                select(_i.id, _i.seen_sha, _i.needed).where(_i.id.in_(chunk))
            ).all()
            acts = self.of_items([row.id for row in found])
            held.update(row.id for row in found)
            changed += [
                {"key": row.id, **_state(standing(acts[row.id], row.seen_sha, row.needed))} for row in found
            ]
        if changed:
            values: dict[str, Any] = {
                name: bindparam(name) for name in ("state", "due", "voters", "waits_since")
            }
            self.connection.execute(
                update(review_items).where(_i.id == bindparam("key")).values(values), changed
            )
        return set(ids) - held

    def item(self, id: str) -> SQLRow[Any] | None:
        """The item of this id."""
        return self.connection.execute(select(review_items).where(_i.id == id)).first()

    def items_like(self, beginning: str) -> list[SQLRow[Any]]:
        """Items whose id, in hexadecimal digits, begins so; a few."""
        # A range is looked up in the index, where a pattern would read every row.
        query = select(review_items).where(_i.id >= beginning, _i.id < beginning + "g")
        return list(self.connection.execute(query.limit(3)))

    def items_of(self, unit: str) -> list[SQLRow[Any]]:
        """The items of a unit, in order."""
        query = select(review_items).where(_i.unit == unit).order_by(_i.position, _i.id)
        return list(self.connection.execute(query))

    def queue(self, filters: Filters, limit: int | None) -> list[SQLRow[Any]]:
        """What is left, in order, with the document of each item."""
        query = (
            _narrowed(select(review_items, *_DOCUMENT).join(documents), filters, joined=True)
            .where(_i.due < DUE["decided"])
            .order_by(*_ORDER)
            .limit(limit)
        )
        return list(self.connection.execute(query))

    def left(self, filters: Filters) -> Left:
        """How much is left."""
        query = _narrowed(select(_i.due, _i.state, _i.reason, func.count()), filters)
        kinds: dict[str, int] = {}
        decided = 0
        for due, state, reason, count in self.connection.execute(query.group_by(_i.due, _i.state, _i.reason)):
            if due == DUE["decided"]:
                decided += count
            else:
                name = reason if state == "open" else state
                kinds[name] = kinds.get(name, 0) + count
        hidden = _narrowed(select(func.count()).select_from(review_items), filters, mirrors=True)
        same = self.connection.scalar(hidden.where(_i.due < DUE["decided"]))
        return Left(decided, kinds, same or 0)

    def next_unit(self, by: str, moment: datetime, filters: Filters) -> str | None:
        """The unit a reviewer should look at now: the one they hold, else the first that nobody holds."""
        held = self.held_by(by, moment)
        mine = _narrowed(select(_i.unit), filters).where(_i.unit.in_(held))
        found = self._served(mine, by, filters) if held else None
        if found is not None:
            return found
        claimed = exists().where(review_claims.c.unit == _i.unit, review_claims.c.until > moment)
        free = _narrowed(select(_i.unit), filters).where(~claimed)
        found = self._served(free, by, filters)
        if found is None:
            later = free.where(_i.due == DUE["later"]).order_by(_i.waits_since, *_ORDER[1:])
            found = self.connection.scalar(later.limit(1))
        if found is None and filters.reason == "flagged":
            found = self.connection.scalar(
                free.where(_i.due == DUE["flagged"]).order_by(*_ORDER[1:]).limit(1)
            )
        return cast("str | None", found)

    def _served(self, units: Select[Any], by: str, filters: Filters) -> str | None:
        """The first of these units with something that this reviewer may decide now."""
        voted = _i.voters.contains(f"|{by}|", autoescape=True)
        # Two who differ are settled by a third; only who asks for those items settles their own.
        blocked = ("second",) if filters.reason == "differ" else ("second", "differ")
        served = units.where(_i.due == 0, or_(_i.state.not_in(blocked), ~voted)).order_by(*_ORDER[1:])
        return cast("str | None", self.connection.scalar(served.limit(1)))


_ORDER = (_i.due, _i.unit_rank, _i.shuffle, _i.unit, _i.position)
_DOCUMENT = (documents.c.id.label("document_id"), documents.c.path, documents.c.agency, documents.c.year)
_STATES = frozenset(DUE) - {"open"}


def _narrowed(
    query: Select[Any], filters: Filters, *, joined: bool = False, mirrors: bool = False
) -> Select[Any]:
    """The items that are meant; those of copies that are asked elsewhere as `mirrors` only, and alone."""
    if (filters.agency or filters.year is not None) and not joined:
        query = query.join(documents, documents.c.number == _i.document)
    wanted: list[ColumnElement[bool]] = [_i.same_as != "" if mirrors else _i.same_as == ""]
    if filters.agency:
        wanted.append(documents.c.agency.contains(filters.agency, autoescape=True))
    if filters.year is not None:
        wanted.append(documents.c.year == filters.year)
    if filters.table:
        wanted.append(_i.indicator.startswith(filters.table + ".", autoescape=True))
    if filters.rule:
        wanted.append(_i.rules.contains(f"|{filters.rule}|", autoescape=True))
    if filters.reason:
        wanted.append((_i.state if filters.reason in _STATES else _i.reason) == filters.reason)
    if filters.document is not None:
        wanted.append(_i.document == filters.document)
    return query.where(*wanted)


def _state(now_at: Standing) -> dict[str, Any]:
    return {
        "state": now_at.state,
        "due": DUE[now_at.state],
        "voters": _barred(now_at.voters),
        "waits_since": now_at.since,
    }


def _barred(names: Sequence[str]) -> str:
    """Names in one text, each between bars, so that one of them can be looked for."""
    return "|".join(["", *names, ""]) if names else ""
