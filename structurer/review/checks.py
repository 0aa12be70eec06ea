"""Values known to be wrong, mixed into the queue to learn whether wrong ones are noticed."""

from __future__ import annotations

from structurer.observation import Observation, Value


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
