"""Bounds propagation and depth-first search for `balance`: one search for one set of freed cells.

A *freed* cell is a printed cell whose printed value is ignored. Every bound remembers the printed cells it
was derived from, as a bit mask, so that a failed search names printed cells that cannot all be right.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import gt, or_
from typing import TYPE_CHECKING

from structurer._elimination import eliminate

if TYPE_CHECKING:
    from structurer.balance import Problem, Reading

Sides = tuple[tuple[int, ...], tuple[int, ...]]

REVISIONS_PER_NODE = 4
# Bounds of a contradictory cycle may creep towards each other by one at a time; past this many revisions per
# equation the equations are solved together instead.
PATIENCE = 6


class OutOfWork(Exception):
    """The work allowed for one call of `solve` is used up, so nothing is proved."""


@dataclass(slots=True)
class Work:
    """Counts revisions of equations and readings, the unit of time of a search (a few microseconds each)."""

    allowed: int
    done: int = 0

    def spend(self, amount: int = 1) -> None:
        """Count `amount` revisions; raise `OutOfWork` past the limit."""
        self.done += amount
        if self.done > self.allowed:
            raise OutOfWork


def tighten(sides: Sides, lo: list[int], hi: list[int], far: int) -> Sequence[int] | None:
    """Narrow `lo` and `hi` in place to what the equation allows; the cells changed, None if it must fail."""
    left, right = sides
    left_lo, left_hi = sum(map(lo.__getitem__, left)), sum(map(hi.__getitem__, left))
    right_lo, right_hi = sum(map(lo.__getitem__, right)), sum(map(hi.__getitem__, right))
    up, down = right_hi - left_lo, left_hi - right_lo
    if up < 0 or down < 0:
        return None
    if not up and not down:
        return ()
    changed = []
    for cells, rise, fall in ((left, up, down), (right, down, up)):
        for cell in cells:
            low, high = lo[cell], hi[cell]
            width = high - low
            if width > rise and rise < far:
                hi[cell] = low + rise
                changed.append(cell)
            if width > fall:
                lo[cell] = high - fall
                changed.append(cell)
    return changed


def cap_positive(cells: Sequence[int], most: int, lo: list[int], hi: list[int]) -> Sequence[int] | None:
    """Let at most `most` of `cells` be positive; the cells set to zero, or None if more must be positive."""
    positive = sum(1 for cell in cells if lo[cell])
    if positive < most:
        return ()
    if positive > most:
        return None
    changed = [cell for cell in cells if hi[cell] and not lo[cell]]
    for cell in changed:
        hi[cell] = 0
    return changed


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


class Grid:
    """What all searches of one problem share: rows with nothing freed, and who touches which cell."""

    __slots__ = ("equations", "far", "of_cell", "problem", "row_of", "rows", "within", "work")

    def __init__(self, problem: Problem, work: Work) -> None:
        self.problem = problem
        self.work = work
        self.equations: list[Sides] = [(equation.left, equation.right) for equation in problem.equations]
        self.of_cell: list[list[int]] = [[] for _ in range(problem.size)]
        for index, (left, right) in enumerate(self.equations):
            for cell in left + right:
                self.of_cell[cell].append(index)
        self.row_of = [-1] * problem.size
        cells_of = [cells(readings[0]) for readings in problem.rows]
        for row, own in enumerate(cells_of):
            for cell in own:
                self.row_of[cell] = row
        printed = (value for row in problem.rows for reading in row for _, value in reading.printed)
        # Above every value that sums of printed ones can force, so that "unbounded" is never a real bound.
        self.far = 1 << (max(printed, default=0).bit_length() + problem.size.bit_length() + 40)
        self.within: list[list[Sides]] = [[] for _ in problem.rows]
        for sides in self.equations:
            owners = {self.row_of[cell] for cell in sides[0] + sides[1]}
            if len(owners) == 1:
                self.within[owners.pop()].append(sides)
        self.rows = [self.row(row, cells_of[row], frozenset()) for row in range(len(problem.rows))]
        work.spend(sum(len(row.options) for row in self.rows))

    def row(self, index: int, own: tuple[int, ...], freed: frozenset[int]) -> Row:
        """Row `index` compiled with the cells of `freed` free."""
        return Row(own, self.problem.rows[index], freed, self.within[index], self.far)


def cells(reading: Reading) -> tuple[int, ...]:
    """Return the cells a reading covers, ascending."""
    own = [cell for cell, _ in reading.printed]
    for gap in reading.gaps:
        own.extend(gap.cells)
    return tuple(sorted(own))


class State:
    """Bounds of all cells, their reasons, the readings still possible, and the least fills, per row."""

    __slots__ = ("because", "cost", "hi", "live", "lo", "slack", "why")

    def __init__(self, lo: list[int], hi: list[int], why: list[int], live: list[tuple[int, ...]]) -> None:
        self.lo, self.hi, self.why, self.live = lo, hi, why, live
        self.because = [0] * len(live)
        self.cost = [0] * len(live)
        self.slack = len(lo)

    def copy(self) -> State:
        """Return a state that can be narrowed without changing this one."""
        other = State.__new__(State)
        other.lo, other.hi, other.why, other.live = self.lo[:], self.hi[:], self.why[:], self.live[:]
        other.because, other.cost, other.slack = self.because[:], self.cost[:], self.slack
        return other


class Search:
    """All ways to satisfy the equations once the cells of `freed` may take any value.

    `root` is what propagation alone leaves, None if that already fails. `blame` collects, as a bit mask, the
    printed cells that failures used; it is a conflict only if the number of fills was not limited.
    """

    def __init__(self, grid: Grid, freed: frozenset[int], left_out: frozenset[int] = frozenset()) -> None:
        self.grid = grid
        self.freed = freed.union(*(grid.rows[index].cells for index in left_out)) if left_out else freed
        self.work = grid.work
        self.blame = 0
        self.limit = grid.problem.size
        self.rows = list(grid.rows)
        for index in {grid.row_of[cell] for cell in freed}:
            self.rows[index] = grid.row(index, grid.rows[index].cells, freed)
        for index in left_out:
            self.rows[index] = Row(grid.rows[index].cells, (), self.freed, (), grid.far)
        self.active = [len(row.options) > 1 or bool(row.options[0].fillable) for row in self.rows]
        self.open_rows = [index for index, active in enumerate(self.active) if active]
        start = self._start()
        self.root: State | None = start
        if start is None or not self.settle(start, range(len(grid.equations)), self.open_rows):
            self.root = None

    def _start(self) -> State | None:
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

    # Propagation

    def settle(self, state: State, equations: Iterable[int], rows: Iterable[int]) -> bool:
        """Narrow `state` until nothing changes, from the given equations and rows; False if nothing fits."""
        while self._propagate(state, equations, rows):
            if self.limit >= self.grid.problem.size:
                return True
            needs = self._disjoint(self.needs(state))
            slack = self.limit - sum(state.cost) - len(needs)
            if slack < 0:
                return False
            equations, rows = self._economise(state, slack, {cell for need in needs for cell in need})
            if not equations and not rows:
                return True
        return False

    def _propagate(self, state: State, equations: Iterable[int], rows: Iterable[int]) -> bool:
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
                    self._blame(state, sides[0] + sides[1])
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

    def _blame(self, state: State, cells: Iterable[int], also: int = 0) -> None:
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

    # The limit on fills

    def needs(self, state: State) -> list[tuple[list[int], int]]:
        """Return (cells, equation) wherever an equation fails if these undecided cells are all zero."""
        undecided = set(self.undecided(state))
        lo, hi = state.lo, state.hi
        found = []
        for index in {index for cell in undecided for index in self.grid.of_cell[cell]}:
            left, right = self.grid.equations[index]
            for some, others in ((left, right), (right, left)):
                open_cells = [cell for cell in some if cell in undecided]
                if not open_cells:
                    continue
                most = sum(map(hi.__getitem__, some)) - sum(map(hi.__getitem__, open_cells))
                if most < sum(map(lo.__getitem__, others)):
                    found.append((open_cells, index))
        return sorted(found, key=lambda need: len(need[0]))

    @staticmethod
    def _disjoint(needs: list[tuple[list[int], int]]) -> list[list[int]]:
        taken: set[int] = set()
        chosen = []
        for need, _ in needs:
            if taken.isdisjoint(need):
                taken.update(need)
                chosen.append(need)
        return chosen

    def undecided(self, state: State) -> list[int]:
        """Return the omitted cells of rows with one reading left that may be zero or positive."""
        found = []
        for index in self.open_rows:
            if len(state.live[index]) == 1:
                row = self.rows[index]
                for position in row.options[state.live[index][0]].fillable:
                    cell = row.cells[position]
                    if state.hi[cell] and not state.lo[cell]:
                        found.append(cell)
        return found

    def _economise(self, state: State, slack: int, needed: set[int]) -> tuple[list[int], list[int]]:
        """Use that only `slack` more fills are left; the equations and rows to look at again."""
        rows: set[int] = set()
        equations: set[int] = set()
        if slack < state.slack:
            state.slack = slack
            rows.update(index for index in self.open_rows if len(state.live[index]) > 1)
        if not slack:
            for cell in self.undecided(state):
                if cell not in needed:
                    state.hi[cell] = 0
                    equations.update(self.grid.of_cell[cell])
                    rows.add(self.grid.row_of[cell])
        return list(equations), list(rows)

    # Search

    def within(self, limit: int) -> State | None:
        """Return what propagation leaves with at most `limit` fills, and keep that limit for `first`."""
        self.limit = limit
        if self.root is None:
            return None
        state = self.root.copy()
        return state if self.settle(state, (), ()) else None

    def first(self, state: State, equations: Iterable[int] = (), rows: Iterable[int] = ()) -> State | None:
        """Find one solution within `state` (which is used up), depth first; every cell of it is fixed."""
        if not self.settle(state, equations, rows):
            return None
        stack = [self._branches(state)]
        while stack:
            child = next(stack[-1], None)
            if child is None:
                stack.pop()
            elif self.settle(*child):
                if self.solved(child[0]):
                    return child[0]
                stack.append(self._branches(child[0]))
        return None

    @staticmethod
    def solved(state: State) -> bool:
        """Tell whether one reading a row and one value a cell are left."""
        return state.lo == state.hi and all(len(live) == 1 for live in state.live)

    def _branches(self, state: State) -> Iterator[tuple[State, list[int], list[int]]]:
        """Yield children that share out all solutions of `state` among them."""
        if self.solved(state):
            yield state, [], []
            return
        needs = self.needs(state)
        several = [index for index in self.open_rows if len(state.live[index]) > 1]
        row = min(several, key=lambda index: len(state.live[index]), default=-1)
        undecided = self.undecided(state)
        if needs and (row < 0 or len(needs[0][0]) <= len(state.live[row])):
            positive, equation = needs[0]
            # The child with all of them zero is not visited, but what refutes it counts.
            left, right = self.grid.equations[equation]
            self._blame(state, left + right)
            yield from self._one_positive(state, positive)
        elif row >= 0:
            for choice in state.live[row]:
                child = state.copy()
                child.live[row] = (choice,)
                yield self.chosen(child, row)
        elif undecided:
            child = state.copy()
            for cell in undecided:
                child.hi[cell] = 0
            yield child, list({i for cell in undecided for i in self.grid.of_cell[cell]}), self.open_rows
            yield from self._one_positive(state, undecided)
        else:
            yield from self._halves(state)

    def chosen(self, state: State, row: int) -> tuple[State, list[int], list[int]]:
        """Put the bounds of a row's only reading into `state`; with what has to be looked at again."""
        own = self.rows[row]
        option = own.options[state.live[row][0]]
        reason = own.bits | state.because[row]
        equations: set[int] = set()
        for cell, low, high in zip(own.cells, option.lows, option.highs, strict=True):
            if low > state.lo[cell] or high < state.hi[cell]:
                state.lo[cell], state.hi[cell] = max(low, state.lo[cell]), min(high, state.hi[cell])
                state.why[cell] |= reason
                equations.update(self.grid.of_cell[cell])
        return state, list(equations), [row]

    def _one_positive(self, state: State, cells: list[int]) -> Iterator[tuple[State, list[int], list[int]]]:
        for last, cell in enumerate(cells):
            child = state.copy()
            child.lo[cell] = 1
            for earlier in cells[:last]:
                child.hi[earlier] = 0
            touched = cells[: last + 1]
            yield (
                child,
                list({index for one in touched for index in self.grid.of_cell[one]}),
                list({self.grid.row_of[one] for one in touched if self.active[self.grid.row_of[one]]}),
            )

    def _halves(self, state: State) -> Iterator[tuple[State, list[int], list[int]]]:
        lo, hi = state.lo, state.hi
        open_cells = (cell for cell in range(len(lo)) if lo[cell] < hi[cell])
        cell = min(open_cells, key=lambda cell: hi[cell] - lo[cell])
        middle = (lo[cell] + hi[cell]) // 2 if hi[cell] < self.grid.far else 2 * lo[cell]
        for low, high in ((lo[cell], middle), (middle + 1, hi[cell])):
            child = state.copy()
            yield self.narrowed(child, cell, low, high)

    def narrowed(self, state: State, cell: int, low: int, high: int) -> tuple[State, list[int], list[int]]:
        """Put bounds on one cell of `state`; with what has to be looked at again."""
        state.lo[cell], state.hi[cell] = low, high
        row = self.grid.row_of[cell]
        return state, self.grid.of_cell[cell], [row] if self.active[row] else []
