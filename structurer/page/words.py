"""How a value is written on the page: its sign, its status in words, and why it stands open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from structurer import meanings
from structurer.console.signs import BLANK, NOT_APPLICABLE, QUALIFIERS, SIGNS, shown
from structurer.observation import Observation, Period, Value
from structurer.page.safe import safe

_PERIODS: Mapping[Period, str] = {
    "year": "",
    "month": "a month",
    "day": "a day",
    "cumulative": "since the beginning",
    "to_date": "to date",
    "previous_year": "the year before",
}


def sign(found: Observation) -> str:
    """The sign of its status, as in the terminal."""
    return SIGNS[found.status]


def value(found: Observation) -> str:
    """The value as content of an element, with its qualifier; an empty cell has a sign of its own."""
    if found.value is None:
        empty = {"blank": BLANK, "not_applicable": NOT_APPLICABLE}.get(found.printed, "")
        return empty if found.accepted else ""
    return safe(QUALIFIERS[found.qualifier]) + amount(found.value)


def amount(found: Value) -> str:
    """A bare value as content of an element."""
    return safe(found) if isinstance(found, str) else safe(shown(found))


def said(found: Observation) -> str:
    """What a value is, for those who do not see the sign."""
    empty = "" if found.value is not None else f"{meanings.PRINTED[found.printed]}, "
    return f"{empty}{found.status}"


def printed(found: Observation) -> str:
    """How it stands on the page, in words."""
    return meanings.PRINTED[found.printed]


def why_open(found: Observation) -> str:
    """Why a value that is not accepted is not, as content of an element."""
    return meanings.why_open(found, lambda one: amount(one) or "blank", safe)


def asides(found: Observation) -> Iterator[str]:
    """Period and scope where they are not those of the report itself, as content of elements."""
    if found.period == "to_date" and found.as_of:
        yield f"as of {safe(found.as_of)}"
    elif _PERIODS[found.period]:
        yield _PERIODS[found.period]
    if found.scope:
        yield safe(found.scope)
