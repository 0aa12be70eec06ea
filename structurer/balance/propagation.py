"""Bounds propagation for one set of freed cells: what the equations and the rows leave to each cell.

A *freed* cell is a printed cell whose printed value is ignored. Every bound remembers the printed cells it
was derived from, as a bit mask, so that a failure names printed cells that cannot all be right.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from operator import or_

from structurer.balance.bounds import PATIENCE, cap_positive, tighten
from structurer.balance.elimination import eliminate
from structurer.balance.grid import Grid
from structurer.balance.row import Row
from structurer.balance.state import State
from structurer.balance.work import OutOfWork


class Propagation:
    """A problem in which the cells of `freed` may take any value.

    `root` is what propagation alone leaves, None if that already fails. `blame` collects, as a bit mask, the
    printed cells that failures used.
    """

    def __init__(self, grid: Grid, freed: frozenset[int], left_out: frozenset[int] = frozenset()) -> None:
        self.grid = grid
        self.freed = freed.union(*(grid.rows[index].cells for index in left_out)) if left_out else freed
        self.work = grid.work
        self.blame = 0
        self.rows = list(grid.rows)
        for index in {grid.row_of[cell] for cell in freed}:
            self.rows[index] = grid.row(index, grid.rows[index].cells, freed)
        for index in left_out:
            self.rows[index] = Row(grid.rows[index].cells, (), self.freed, (), grid.far)
        self.active = [len(row.options) > 1 or bool(row.options[0].fillable) for row in self.rows]
        self.open_rows = [index for index, active in enumerate(self.active) if active]
        start = self._start()
        self.root: State | None = start
        if start is None or not self.propagate(start, range(len(grid.equations)), self.open_rows):
            self.root = None

    def _start(self) -> State | None:
        """What each row by itself leaves to its cells, None if no reading of a row is possible."""
        size = self.grid.problem.size
        lo, hi, why = [0] * size, [2 * self.grid.far] * size, [0] * size
        for row in self.rows:
            if not row.possible:
                self.blame |= row.bits
                return None
            if len(row.possible) > 1:
                continue
            option = row.options[row.possible[0]]
            certain = len(row.options) == 1
            fillable = {row.cells[position] for position in option.fillable} if certain else ()
            for cell, low, high in zip(row.cells, option.lows, option.highs, strict=True):
                lo[cell], hi[cell] = low, high
                if not certain:
                    why[cell] = row.bits
                elif cell not in fillable and cell not in self.freed:
                    why[cell] = 1 << cell
        return State(lo, hi, why, [row.possible for row in self.rows])

    def direct_conflicts(self) -> Iterator[int]:
        """Yield the printed cells of every equation that fails on what is printed for certain."""
        start = self._start()
        if start is None:
            return
        for left, right in self.grid.equations:
            if tighten((left, right), start.lo[:], start.hi[:], self.grid.far) is None:
                yield reduce(or_, map(start.why.__getitem__, left + right), 0)

    def propagate(self, state: State, equations: Iterable[int], rows: Iterable[int]) -> bool:
        """Narrow `state` until nothing changes, from the given equations and rows; False if nothing fits."""
        grid, lo, hi, why = self.grid, state.lo, state.hi, state.why
        of_cell, row_of, active, work = grid.of_cell, grid.row_of, self.active, self.work
        queue, waiting = deque(equations), set(rows)
        queued = bytearray(len(grid.equations))
        for index in queue:
            queued[index] = 1
        patience = PATIENCE * (len(grid.equations) + len(waiting)) + len(queue)
        while queue or waiting:
            work.spend()
            patience -= 1
            changed: Sequence[int] | None
            if not patience:
                changed = self._eliminate(state)
                if changed is None:
                    return False
            elif queue:
                index = queue.popleft()
                queued[index] = 0
                sides = grid.equations[index]
                changed = tighten(sides, lo, hi, grid.far)
                if changed is None:
                    self.accuse(state, sides[0] + sides[1])
                    return False
                if changed:
                    reason = reduce(or_, map(why.__getitem__, sides[0] + sides[1]))
                    for cell in changed:
                        why[cell] |= reason
                        if lo[cell] >= grid.far:
                            raise OutOfWork
            else:
                changed = self._revise(state, waiting.pop())
                if changed is None:
                    return False
            for cell in changed:
                for index in of_cell[cell]:
                    if not queued[index]:
                        queued[index] = 1
                        queue.append(index)
                if active[row_of[cell]]:
                    waiting.add(row_of[cell])
        return True

    def accuse(self, state: State, cells: Iterable[int], also: int = 0) -> None:
        """Note the printed cells that the bounds of `cells` come from as those of a failure."""
        self.blame |= reduce(or_, map(state.why.__getitem__, cells), also)

    def _eliminate(self, state: State) -> list[int] | None:
        """Solve the equations together over the open cells; the cells fixed, or None if they contradict."""
        self.work.spend(len(self.grid.equations))
        changed = []
        for forced in eliminate(self.grid.equations, state.lo, state.hi):
            sides = (side for index in forced.equations for side in self.grid.equations[index])
            reason = reduce(or_, (state.why[cell] for side in sides for cell in side), 0)
            if forced.cell is None or forced.value is None:
                self.blame |= reason
                return None
            state.lo[forced.cell] = state.hi[forced.cell] = forced.value
            state.why[forced.cell] |= reason
            changed.append(forced.cell)
        return changed

    def _revise(self, state: State, index: int) -> Sequence[int] | None:
        if len(state.live[index]) > 1:
            return self._revise_readings(state, index)
        row = self.rows[index]
        option = row.options[state.live[index][0]]
        changed: list[int] = []
        for positions, most in option.gaps:
            own = [row.cells[position] for position in positions]
            bits = row.bits if len(row.options) > 1 else sum(1 << cell for cell in own)
            positive = (state.why[cell] for cell in own if state.lo[cell])
            reason = reduce(or_, positive, bits | state.because[index])
            capped = cap_positive(own, most, state.lo, state.hi)
            if capped is None:
                self.blame |= reason
                return None
            for cell in capped:
                state.why[cell] |= reason
            changed.extend(capped)
        state.cost[index] = sum(1 for position in option.fillable if state.lo[row.cells[position]])
        return changed

    def _revise_readings(self, state: State, index: int) -> Sequence[int] | None:
        """Drop readings that no longer fit and narrow the cells to the hull of the rest."""
        row, lo, hi, why = self.rows[index], state.lo, state.hi, state.why
        cells = row.cells
        now_lo, now_hi = [lo[cell] for cell in cells], [hi[cell] for cell in cells]
        spare = state.cost[index] + state.slack
        live: list[int] = []
        lows, highs, cost = now_lo, now_hi, spare
        self.work.spend(len(state.live[index]))
        for choice in state.live[index]:
            found = row.fit(choice, now_lo, now_hi, spare)
            if found is None:
                continue
            low, high, fills = found
            lows, highs = (list(map(min, lows, low)), list(map(max, highs, high))) if live else (low, high)
            cost = min(cost, fills)
            live.append(choice)
        reason = reduce(or_, map(why.__getitem__, cells), row.bits | state.because[index])
        if not live:
            self.blame |= reason
            return None
        if len(live) < len(state.live[index]):
            state.live[index] = tuple(live)
            state.because[index] = reason
        state.cost[index] = cost
        changed = []
        for position, cell in enumerate(cells):
            if lows[position] > now_lo[position] or highs[position] < now_hi[position]:
                lo[cell], hi[cell] = lows[position], highs[position]
                why[cell] |= reason
                changed.append(cell)
        return changed
