"""What was decided about a report holds for the same values of its copies: as events of their own.

They follow the act they carry over: with it, they are taken back and restored. An item of a copy that
somebody decided by itself is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from structurer.desk.cases import Cases
from structurer.review.events import Event, Kind, carried, new_id
from structurer.review.fold import active, standing
from structurer.store.reviews import Reviews


def asked_as(reviews: Reviews, items: Sequence[str]) -> list[str]:
    """These items; for one of a copy that is asked as that of the report, that one."""
    rows = (reviews.item(item) for item in items)
    return sorted({row.same_as or row.id for row in rows if row is not None})


def carry(reviews: Reviews, cases: Cases, items: Sequence[str], by: str = "") -> None:
    """Brings the copies' items that are the same as these up to what is decided about them now.

    `by` is whose act it follows, where one is being done.
    """
    # A copy that was imported again is compared anew before anything holds for it.
    mirrors = [row for row in reviews.mirrors(items) if reviews.is_built(row.document)]
    if not mirrors:
        return
    asked = {row.same_as: reviews.item(row.same_as) for row in mirrors}
    acts = reviews.of_items([*(row.id for row in mirrors), *asked])
    for row in mirrors:
        of, own = asked[row.same_as], acts[row.id]
        if of is not None and all(act.of for act in active(own)):
            at = standing(acts[row.same_as], of.seen_sha, of.needed)
            decision = at.decision if at.state == "decided" else None
            reviews.append(list(_following(reviews, cases, row, decision, own, by)))
    reviews.refold([row.id for row in mirrors])


def _following(
    reviews: Reviews, cases: Cases, row: Any, decision: Event | None, own: Sequence[Event], by: str
) -> Iterator[Event]:
    """The events after which just this decision, or none, holds for an item of a copy."""
    about: dict[str, Any] = {"indicator": row.indicator, "item": row.id, "unit": row.unit}
    about["document"] = cases.report(reviews, row.document).id
    wanted = carried(decision, row.id) if decision is not None else ""
    holding = active(own)
    for act in holding:
        if act.id != wanted:
            yield _turned("undo", act.id, act.of, by or act.by, reviews, about)
    if decision is None or any(act.id == wanted for act in holding):
        return
    if any(act.id == wanted for act in own):
        yield _turned("redo", wanted, decision.id, by or decision.by, reviews, about)
        return
    yield Event(
        id=wanted,
        at=reviews.moment(),
        by=decision.by,
        kind=decision.kind,
        value=decision.value,
        reason=decision.reason,
        seen_sha=row.seen_sha,
        seen=cases.of_rows(reviews, [row])[0].seen,
        blind=decision.blind,
        of=decision.id,
        **about,
    )


def _turned(kind: Kind, id: str, of: str, by: str, reviews: Reviews, about: dict[str, Any]) -> Event:
    return Event(id=new_id(), at=reviews.moment(), by=by, kind=kind, undoes=id, of=of, **about)
