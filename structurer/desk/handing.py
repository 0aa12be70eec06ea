"""Handing a unit of the queue to a reviewer, who holds it until it is decided or given back."""

from __future__ import annotations

from typing import Any

from structurer.desk.cases import Case, Cases
from structurer.desk.deciding import Deciding, act_of
from structurer.desk.showing import title
from structurer.review.fold import DUE
from structurer.review.rulebook import Rulebook
from structurer.review.views import Task
from structurer.store.reviews import Filters, Reviews


class Handing:
    """Claims units, each inside the caller's transaction, and shows what is to be decided in them."""

    def __init__(self, cases: Cases, deciding: Deciding, book: Rulebook) -> None:
        self._cases, self._deciding, self._book = cases, deciding, book

    def unit(self, reviews: Reviews, unit: str, by: str, filters: Filters, *, blind: bool) -> Task:
        """What is left for a reviewer in a unit, which is theirs now."""
        self._claim(reviews, unit, by)
        rows = [row for row in reviews.items_of(unit) if _open_to(row, by, filters)]
        return self._task(reviews, self._cases.of_rows(reviews, rows), by, filters, blind)

    def item(self, reviews: Reviews, case: Case, by: str, filters: Filters, *, blind: bool) -> Task:
        """One item, in its unit, which is theirs now."""
        self._claim(reviews, case.unit, by)
        return self._task(reviews, [case], by, filters, blind)

    def release(self, reviews: Reviews, by: str, of: str) -> list[str]:
        """Frees what `of` holds; returns the units."""
        held = reviews.held_by(of, reviews.clock())
        reason = f"claimed by {of}" if of != by else ""
        for unit in held:
            reviews.append([act_of("release", by, reviews.moment(), unit=unit, reason=reason)])
        reviews.release(held)
        return held

    def _claim(self, reviews: Reviews, unit: str, by: str) -> None:
        moment = reviews.clock()
        if reviews.holder(unit, moment) is None:
            reviews.append([act_of("claim", by, reviews.moment(), unit=unit)])
        reviews.claim(unit, by, moment)

    def _task(self, reviews: Reviews, cases: list[Case], by: str, filters: Filters, blind: bool) -> Task:
        first = cases[0]
        report = self._cases.report(reviews, first.number)
        left = reviews.left(filters)
        holder = reviews.holder(first.unit, reviews.clock())
        return Task(
            unit=first.unit,
            title=title(report.machine, first.place, self._book),
            items=tuple(self._deciding.views(reviews, cases, blind=blind)),
            by=by,
            until=holder[1] if holder is not None else None,
            done=left.decided,
            left=left.total,
            kinds=left.kinds,
        )


def _open_to(row: Any, by: str, filters: Filters) -> bool:
    if row.same_as:
        return False
    if row.state == "second" and f"|{by}|" in row.voters:
        return False
    return bool(row.due < DUE["flagged"] or row.state == filters.reason == "flagged")
