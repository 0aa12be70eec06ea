"""Gaussian elimination over whole-number equations: what they force together and bounds alone find slowly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd


@dataclass(slots=True)
class Forced:
    """One cell that a combination of equations fixes; `value` is None if no value within bounds will do."""

    cell: int | None
    value: int | None
    equations: frozenset[int]


@dataclass(slots=True)
class _Line:
    """sum(coefficient * cell) == constant, and the equations it was combined from."""

    terms: dict[int, int]
    constant: int
    source: frozenset[int]

    def without(self, cell: int, pivot: _Line) -> _Line:
        """Return this line with `cell` cancelled by `pivot`."""
        own, other = self.terms[cell], pivot.terms[cell]
        terms = {key: value * other for key, value in self.terms.items()}
        for key, value in pivot.terms.items():
            terms[key] = terms.get(key, 0) - value * own
        terms = {key: value for key, value in terms.items() if value}
        constant = self.constant * other - pivot.constant * own
        divisor = gcd(constant, *terms.values()) or 1
        return _Line(
            {key: value // divisor for key, value in terms.items()},
            constant // divisor,
            self.source | pivot.source,
        )


def eliminate(
    equations: Sequence[tuple[tuple[int, ...], tuple[int, ...]]], lo: Sequence[int], hi: Sequence[int]
) -> list[Forced]:
    """Return the cells with lo < hi that the equations fix together, or a contradiction alone."""
    pivots: dict[int, _Line] = {}
    for index, sides in enumerate(equations):
        line = _line(index, sides, lo, hi)
        for cell in [cell for cell in line.terms if cell in pivots]:
            line = line.without(cell, pivots[cell])
        if not line.terms:
            if line.constant:
                return [Forced(None, None, line.source)]
            continue
        cell = next(iter(line.terms))
        for key, other in pivots.items():
            if cell in other.terms:
                pivots[key] = other.without(cell, line)
        pivots[cell] = line
    forced = [_value(cell, line, lo, hi) for cell, line in pivots.items() if len(line.terms) == 1]
    return [found for found in forced if found.value is None][:1] or forced


def _line(
    index: int, sides: tuple[tuple[int, ...], tuple[int, ...]], lo: Sequence[int], hi: Sequence[int]
) -> _Line:
    terms: dict[int, int] = {}
    constant = 0
    for cells, sign in ((sides[0], 1), (sides[1], -1)):
        for cell in cells:
            if lo[cell] == hi[cell]:
                constant -= sign * lo[cell]
            else:
                terms[cell] = terms.get(cell, 0) + sign
    return _Line({cell: sign for cell, sign in terms.items() if sign}, constant, frozenset((index,)))


def _value(cell: int, line: _Line, lo: Sequence[int], hi: Sequence[int]) -> Forced:
    value, rest = divmod(line.constant, line.terms[cell])
    fits = not rest and lo[cell] <= value <= hi[cell]
    return Forced(cell, value if fits else None, line.source)
