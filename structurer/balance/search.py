"""Depth-first search for one set of freed cells, with a limit on fills."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from structurer.balance.fills import disjoint, economise, needs, undecided
from structurer.balance.grid import Grid
from structurer.balance.propagation import Propagation
from structurer.balance.state import State

Branch = tuple[State, list[int], list[int]]
"""A narrowed state, with the equations and the rows to look at again."""


class Search(Propagation):
    """All ways to satisfy the equations once the cells of `freed` may take any value.

    `blame` is a conflict, printed cells of which one must change, only if fills were not limited.
    """

    def __init__(self, grid: Grid, freed: frozenset[int]) -> None:
        super().__init__(grid, freed)
        self.limit = grid.problem.size

    def narrow(self, state: State, equations: Iterable[int], rows: Iterable[int]) -> bool:
        """Narrow `state` until nothing changes, from the given equations and rows; False if nothing fits."""
        while self.propagate(state, equations, rows):
            if self.limit >= self.grid.problem.size:
                return True
            needed = disjoint(needs(self, state))
            slack = self.limit - sum(state.cost) - len(needed)
            if slack < 0:
                return False
            equations, rows = economise(self, state, slack, {cell for need in needed for cell in need})
            if not equations and not rows:
                return True
        return False

    def within(self, limit: int) -> State | None:
        """Return what propagation leaves with at most `limit` fills, and keep that limit for `first`."""
        self.limit = limit
        if self.root is None:
            return None
        state = self.root.copy()
        return state if self.narrow(state, (), ()) else None

    def first(self, state: State, equations: Iterable[int] = (), rows: Iterable[int] = ()) -> State | None:
        """Find one solution within `state` (which is used up), depth first; every cell of it is fixed."""
        if not self.narrow(state, equations, rows):
            return None
        stack = [self._branches(state)]
        while stack:
            child = next(stack[-1], None)
            if child is None:
                stack.pop()
            elif self.narrow(*child):
                if child[0].solved():
                    return child[0]
                stack.append(self._branches(child[0]))
        return None

    def _branches(self, state: State) -> Iterator[Branch]:
        """Yield children that share out all solutions of `state` among them."""
        if state.solved():
            yield state, [], []
            return
        needed = needs(self, state)
        several = [index for index in self.open_rows if len(state.live[index]) > 1]
        row = min(several, key=lambda index: len(state.live[index]), default=-1)
        open_cells = undecided(self, state)
        if needed and (row < 0 or len(needed[0][0]) <= len(state.live[row])):
            positive, equation = needed[0]
            # The child with all of them zero is not visited, but what refutes it counts.
            left, right = self.grid.equations[equation]
            self.accuse(state, left + right)
            yield from self._one_positive(state, positive)
        elif row >= 0:
            for choice in state.live[row]:
                child = state.copy()
                child.live[row] = (choice,)
                yield self.chosen(child, row)
        elif open_cells:
            child = state.copy()
            for cell in open_cells:
                child.hi[cell] = 0
            yield child, list({i for cell in open_cells for i in self.grid.of_cell[cell]}), self.open_rows
            yield from self._one_positive(state, open_cells)
        else:
            yield from self._halves(state)

    def chosen(self, state: State, row: int) -> Branch:
        """Put the bounds of a row's only reading into `state`."""
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

    def _one_positive(self, state: State, cells: list[int]) -> Iterator[Branch]:
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

    def _halves(self, state: State) -> Iterator[Branch]:
        lo, hi = state.lo, state.hi
        open_cells = (cell for cell in range(len(lo)) if lo[cell] < hi[cell])
        cell = min(open_cells, key=lambda cell: hi[cell] - lo[cell])
        middle = (lo[cell] + hi[cell]) // 2 if hi[cell] < self.grid.far else 2 * lo[cell]
        for low, high in ((lo[cell], middle), (middle + 1, hi[cell])):
            child = state.copy()
            yield self.bounded(child, cell, low, high)

    def bounded(self, state: State, cell: int, low: int, high: int) -> Branch:
        """Put bounds on one cell of `state`."""
        state.lo[cell], state.hi[cell] = low, high
        row = self.grid.row_of[cell]
        return state, self.grid.of_cell[cell], [row] if self.active[row] else []
