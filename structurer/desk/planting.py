"""Values known to be wrong, mixed into the queue to learn whether wrong ones are noticed."""

from __future__ import annotations

from structurer.desk.building import Building
from structurer.desk.deciding import act_of
from structurer.observation import Observation, Value
from structurer.review.identity import identified
from structurer.review.items import check_id, drawn
from structurer.store.reviews import Reviews


def plant(building: Building, count: int, by: str) -> int:
    """Mixes up to `count` wrong values into the queue, drawn evenly over the store; returns how many."""
    made = 0
    drawing = _plantable(building)
    with building.store.reviews(writes=True) as reviews:
        for _, document, id, found in drawing:
            if made == count:
                break
            made += _planted(building, reviews, document, id, found, by)
    return made


def plantable(found: Observation) -> bool:
    """Whether only the page can tell that another value would be wrong here: no sum would."""
    number = isinstance(found.value, int) and found.value > 2 and found.period == "year"
    return number and found.status == "stated" and found.accepted and bool(found.evidence)


def wrong_value(value: Value) -> int:
    """A value that is easily taken for this one: two digits exchanged, or one more."""
    digits = str(value)
    for left in range(len(digits) - 1, 0, -1):
        if digits[left] != digits[left - 1] and (left > 1 or digits[left] != "0"):
            return int(digits[: left - 1] + digits[left] + digits[left - 1] + digits[left + 1 :])
    return int(digits) + 1


def _plantable(building: Building) -> list[tuple[float, str, str, Observation]]:
    """Values that a wrong one may be shown for, in the order of a draw that is the same every time."""
    with building.store.reviews() as reviews:
        plan = reviews.plan()
    drawing = [
        (drawn(plan, "check", id), extraction.document.id, id, found)
        for extraction in building.store.extractions(reviewed=False)
        for id, found in identified(extraction, building.book)
        if plantable(found)
    ]
    return sorted(drawing, key=lambda one: one[:3])


def _planted(
    building: Building, reviews: Reviews, document: str, id: str, found: Observation, by: str
) -> bool:
    key = check_id(document, id)
    if reviews.item(id) is not None or reviews.of_items([key])[key]:
        return False
    about = {"document": document, "indicator": found.indicator, "item": key, "undoes": id}
    reviews.append([act_of("check", by, reviews.moment(), value=wrong_value(found.value), **about)])
    building.rebuild(reviews, [document])
    return True
