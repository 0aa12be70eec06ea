"""Putting acts into the store: what a decision may be, and what else changes with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from structurer.desk.building import Building
from structurer.desk.carrying import asked_as, carry
from structurer.desk.cases import Case, events_of
from structurer.desk.showing import views
from structurer.errors import Conflict, ReviewError
from structurer.observation import Value
from structurer.review import events as ev
from structurer.review.decided import decided
from structurer.review.events import Event
from structurer.review.rulebook import Rulebook
from structurer.review.sums import Sum
from structurer.review.values import fitting
from structurer.review.views import View
from structurer.store.reviews import Reviews

_LONGEST_REASON = 2_000


@dataclass(frozen=True, slots=True)
class Decided:
    """An act that was stored: the event, and where its item stands now."""

    event: Event
    state: str
    sums: tuple[Sum, ...] = ()
    value: Value = None
    """What the machine found; a blind reviewer sees it now."""


class Deciding:
    """Stores acts, each inside the caller's transaction, and brings the queue up to date after them."""

    def __init__(self, building: Building, book: Rulebook) -> None:
        self._building, self.book = building, book

    def event(
        self,
        reviews: Reviews,
        case: Case,
        kind: ev.Kind,
        by: str,
        *,
        value: Value = None,
        reason: str = "",
    ) -> Event:
        """The event of an act. Raises ReviewError where it cannot be done or its value cannot stand there."""
        if kind == "accept" and not case.acceptable:
            raise ReviewError(f"{case.handle}: there is no value to accept; correct --value V, or reject")
        if len(reason) > _LONGEST_REASON:
            raise ReviewError(f"a reason has {_LONGEST_REASON:,} characters at most")
        if kind in ("correct", "add"):
            value = fitting(value, case.indicator, self.book)
            if kind == "correct" and case.acceptable and case.found is not None and value == case.found.value:
                kind, value = "accept", None
        elif value is not None:
            raise ReviewError(f"{kind} takes no value; correct does")
        at = case.standing
        return Event(
            id=ev.new_id(),
            at=reviews.moment(),
            by=by,
            kind=kind,
            document=case.document,
            indicator=case.indicator,
            item=case.id,
            unit=case.unit,
            value=value,
            reason=reason,
            seen_sha=case.seen_sha,
            seen=case.seen,
            settles=kind in ev.VERDICTS and at.state == "differ" and by not in at.voters,
        )

    def put(self, reviews: Reviews, case: Case, event: Event) -> Decided:
        """Stores an act about an item."""
        reviews.append([event])
        reviews.renew(event.by, reviews.clock())
        if reviews.refold([case.id]):
            self._building.build(reviews, case.number, reviews.plan())
        carry(reviews, self._building.cases, [case.id], event.by)
        # Accepting what was accepted changes no value, so nothing that other reports say of it.
        if event.kind in ev.VERDICTS and not (event.kind == "accept" and case.found and case.found.accepted):
            self._building.decided_in(reviews, [case.document])
        row = reviews.item(case.id)
        self._finish(reviews, case.unit, event.by)
        view = self.views(reviews, [case], blind=False)[0]
        found = case.found.value if case.found is not None else None
        return Decided(event, row.state if row is not None else "decided", view.sums, found)

    def turn(self, reviews: Reviews, by: str, act: Event, kind: ev.Kind) -> list[Event]:
        """Takes back or restores an act, with its batch; each of its items gets an event of its own."""
        acts = [one for one in reviews.batch(act.batch) if one.by == by] if act.batch else [act]
        batch = ev.new_id() if len(acts) > 1 else ""
        for one in acts:
            about = {"document": one.document, "indicator": one.indicator, "item": one.item, "batch": batch}
            reviews.append([act_of(kind, by, reviews.moment(), unit=one.unit, undoes=one.id, **about)])
        absent = reviews.refold([one.item for one in acts])
        self._building.rebuild(
            reviews, {one.document for one in acts if one.item in absent or one.kind == "add"}
        )
        carry(reviews, self._building.cases, asked_as(reviews, [one.item for one in acts]), by)
        self._building.decided_in(reviews, {one.document for one in acts})
        reviews.renew(by, reviews.clock())
        return acts

    def check_claim(self, reviews: Reviews, unit: str, by: str) -> None:
        """Raises Conflict where somebody else holds the unit."""
        holder = reviews.holder(unit, reviews.clock())
        if holder is not None and holder[0] != by:
            until = holder[1].astimezone().strftime("%H:%M")
            raise Conflict(f"claimed by {holder[0]} until {until}; nothing was decided")

    def _finish(self, reviews: Reviews, unit: str, by: str) -> None:
        """A unit in which nothing is left for its holder is free."""
        holder = reviews.holder(unit, reviews.clock())
        if holder is None or holder[0] != by:
            return
        rows = [row for row in reviews.items_of(unit) if not row.same_as]
        if not any(row.due == 0 and f"|{by}|" not in row.voters for row in rows):
            reviews.release([unit])

    def views(self, reviews: Reviews, cases: Sequence[Case], *, blind: bool) -> list[View]:
        """Cases of one report as a reviewer sees them."""
        report = self._building.cases.report(reviews, cases[0].number)
        self._building.cases.page(reviews, report)
        current = decided(report.machine, self.book, reviews.plan(), events_of(reviews, report.id))
        made = views(cases, report, current, self.book, blind=blind)
        beside: dict[str, list[str]] = {}
        for row in reviews.mirrors([case.id for case in cases]):
            beside.setdefault(row.same_as, []).append(row.path)
        return [replace(one, copies=tuple(beside.get(one.id, ()))) for one in made]


def act_of(kind: ev.Kind, by: str, moment: datetime, **more: Any) -> Event:
    """An act of a reviewer at a moment."""
    return Event(id=ev.new_id(), at=moment, by=by, kind=kind, **more)
