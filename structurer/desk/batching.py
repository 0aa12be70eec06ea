"""Accepting in one act, and with one undo, what is proved and needs no second look."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from structurer.desk.building import Building
from structurer.desk.carrying import carry
from structurer.desk.cases import Case
from structurer.desk.deciding import Deciding
from structurer.desk.showing import is_proven
from structurer.review import events as ev
from structurer.review.views import View
from structurer.store.reviews import Filters, Reviews

MOST_AT_ONCE = 200
"""Items that one batch accepts at most."""
_NEVER_IN_BATCH = frozenset({"audit", "chosen", "contradiction", "unsupported", "ungrounded", "ambiguous"})

Chosen = list[tuple[Case, View]]


def proven(
    reviews: Reviews, building: Building, deciding: Deciding, by: str, filters: Filters, limit: int
) -> Chosen:
    """The first items of the queue that one reviewer may accept unseen: at most `limit`."""
    return list(islice(_proven(reviews, building, deciding, by, filters), max(0, min(limit, MOST_AT_ONCE))))


def accept_together(
    reviews: Reviews, building: Building, deciding: Deciding, by: str, chosen: Chosen
) -> None:
    """Stores their acceptance as one batch."""
    batch = ev.new_id()
    ids = [case.id for case, _ in chosen]
    for case, _ in chosen:
        made = deciding.event(reviews, case, "accept", by, reason="proven")
        reviews.append([made.model_copy(update={"batch": batch})])
    reviews.refold(ids)
    carry(reviews, building.cases, ids, by)
    building.decided_in(reviews, {case.document for case, _ in chosen})


def _proven(
    reviews: Reviews, building: Building, deciding: Deciding, by: str, filters: Filters
) -> Iterator[tuple[Case, View]]:
    moment = reviews.clock()
    for row in reviews.queue(filters, None):
        if row.reason in _NEVER_IN_BATCH or row.state != "open" or row.needed > 1:
            continue
        holder = reviews.holder(row.unit, moment)
        if (holder is None or holder[0] == by) and reviews.is_built(row.document):
            case = building.cases.of_rows(reviews, [row])[0]
            view = deciding.views(reviews, [case], blind=False)[0]
            if is_proven(view):
                yield case, view
