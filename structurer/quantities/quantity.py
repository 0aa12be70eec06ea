"""One quantity as a text states it."""

from __future__ import annotations

from typing import NamedTuple

from structurer.observation import Qualifier


class Quantity(NamedTuple):
    """One quantity: where it stands, what it says."""

    start: int
    """First character of qualifier words, number and unit together (half-open span)."""
    end: int
    number: tuple[int, int]
    """Span of the numeral alone: digits, separators, multipliers (and a 余 caught between them)."""
    value: int | float
    """Counts with 万 and 亿 multiplied in; money in the printed unit (3万元 is 3 万元)."""
    qualifier: Qualifier
    unit: str
    """The classifier as printed, in simplified characters; empty when there is none."""


Step = tuple[int, tuple[Quantity, ...]]
"""Where to read on, and the quantities found up to there."""
