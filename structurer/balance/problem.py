"""What is to be balanced: cells in rows, the readings of each row, and the equations over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Gap(NamedTuple):
    """Cells of which exactly `missing` print no token; each of the others prints a token that reads 0."""

    cells: tuple[int, ...]
    missing: int


class Reading(NamedTuple):
    """One way to place a row's tokens: `printed` holds (cell, value) where the place is certain."""

    printed: tuple[tuple[int, int], ...]
    gaps: tuple[Gap, ...] = ()


class Equation(NamedTuple):
    """sum(left) == sum(right), over cells."""

    left: tuple[int, ...]
    right: tuple[int, ...]
    id: str = ""

    def holds(self, values: Sequence[int]) -> bool:
        """Tell whether the sums of both sides are equal for these values, by cell."""
        at = values.__getitem__
        return sum(map(at, self.left)) == sum(map(at, self.right))


@dataclass(frozen=True, slots=True)
class Problem:
    """Cells 0..size-1 in disjoint rows that cover them; each row has one or more readings of its cells."""

    size: int
    rows: tuple[tuple[Reading, ...], ...]
    equations: tuple[Equation, ...]


def covered(reading: Reading) -> tuple[int, ...]:
    """Return the cells a reading covers, ascending."""
    own = [cell for cell, _ in reading.printed]
    for gap in reading.gaps:
        own.extend(gap.cells)
    return tuple(sorted(own))


def check(problem: Problem) -> None:
    """Raise ValueError if the rows do not cover each cell exactly once."""
    cells: list[int] = []
    for row, options in enumerate(problem.rows):
        each = [covered(reading) for reading in options]
        if not each or any(own != each[0] for own in each):
            raise ValueError(f"row {row}: its readings must exist and cover the same cells")
        cells.extend(each[0])
    if sorted(cells) != list(range(problem.size)):
        raise ValueError(f"rows must cover each of the cells 0..{problem.size - 1} once")
