"""The readings of one row as bounds: which of them still fit, and what they leave to each cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import gt

from structurer.balance.bounds import PATIENCE, Sides, cap_positive, tighten
from structurer.balance.problem import Reading


@dataclass(slots=True)
class Option:
    """One reading of a row as bounds per position; `gaps` limit how many positions may be positive."""

    lows: list[int]
    highs: list[int]
    gaps: list[tuple[tuple[int, ...], int]]
    fillable: tuple[int, ...]
    cost: int = 0


class Row:
    """The readings of one row, with the equations that lie within it, by position in `cells`.

    Without readings the cells may take any value.
    """

    __slots__ = ("bits", "cells", "equations", "far", "options", "possible")

    bits: int
    """The printed cells, as a mask; 0 for a row that has nothing to choose: it is no reason as a whole."""
    cells: tuple[int, ...]
    equations: list[Sides]
    far: int
    options: list[Option]
    possible: tuple[int, ...]

    def __init__(
        self,
        cells: tuple[int, ...],
        readings: Sequence[Reading],
        freed: frozenset[int],
        equations: Sequence[Sides],
        far: int,
    ) -> None:
        self.cells = cells
        self.far = far
        if len(readings) == 1 and not readings[0].gaps and freed.isdisjoint(cells):
            values = [value for _, value in sorted(readings[0].printed)]
            self.bits, self.equations, self.possible = 0, [], (0,)
            self.options = [Option(values, values[:], [], ())]
            return
        place = {cell: position for position, cell in enumerate(cells)}
        self.bits = sum(1 << cell for cell in cells if cell not in freed) if len(readings) > 1 else 0
        self.options = [self._option(reading, place, freed) for reading in readings]
        if not readings:
            self.options.append(Option([0] * len(cells), [2 * far] * len(cells), [], ()))
        self.equations = []
        self.possible = tuple(range(len(self.options)))
        if len(readings) > 1:
            self.equations = [
                (tuple(place[cell] for cell in left), tuple(place[cell] for cell in right))
                for left, right in equations
            ]
            self.possible = tuple(i for i in self.possible if self._prepare(self.options[i]))

    def _option(self, reading: Reading, place: dict[int, int], freed: frozenset[int]) -> Option:
        size, unbounded = len(place), 2 * self.far
        lows, highs = [0] * size, [unbounded] * size
        gaps: list[tuple[tuple[int, ...], int]] = []
        fillable: list[int] = []
        for cell, value in reading.printed:
            if cell not in freed:
                lows[place[cell]] = highs[place[cell]] = value
        for gap in reading.gaps:
            kept = tuple(place[cell] for cell in gap.cells if cell not in freed)
            if not gap.missing:
                for position in kept:
                    highs[position] = 0
                continue
            fillable.extend(kept)
            if gap.missing < len(kept):
                gaps.append((kept, gap.missing))
        return Option(lows, highs, gaps, tuple(fillable))

    def _prepare(self, option: Option) -> bool:
        if not self._narrow(option, option.lows, option.highs):
            return False
        option.cost = sum(1 for position in option.fillable if option.lows[position])
        return True

    def _narrow(self, option: Option, lo: list[int], hi: list[int]) -> bool:
        for _ in range(PATIENCE):
            again = False
            for sides in self.equations:
                changed = tighten(sides, lo, hi, self.far)
                if changed is None:
                    return False
                again = again or bool(changed)
            for positions, most in option.gaps:
                changed = cap_positive(positions, most, lo, hi)
                if changed is None:
                    return False
                again = again or bool(changed)
            if not again:
                break
        return True

    def fit(
        self, index: int, lo: Sequence[int], hi: Sequence[int], spare: int
    ) -> tuple[list[int], list[int], int] | None:
        """Bounds of one reading under the row's bounds with at most `spare` fills, and its least fills."""
        option = self.options[index]
        low, high = list(map(max, option.lows, lo)), list(map(min, option.highs, hi))
        cost = option.cost
        if low != option.lows or high != option.highs:
            if any(map(gt, low, high)) or not self._narrow(option, low, high):
                return None
            cost = sum(1 for position in option.fillable if low[position])
        if cost < spare:
            return low, high, cost
        if cost > spare:
            return None
        for position in option.fillable:
            if not low[position]:
                high[position] = 0
        return (low, high, cost) if self._narrow(option, low, high) else None
