"""What all solutions of least cost share, found by looking for solutions that contradict it."""

from __future__ import annotations

from dataclasses import dataclass, field

from structurer.balance.problem import Problem
from structurer.balance.search import Search
from structurer.balance.state import State


@dataclass(slots=True)
class Agreement:
    """The values, at most three a cell, and the readings met so far in solutions of least cost."""

    problem: Problem
    found: bool = False
    """A solution exists, whether or not those of least cost are met yet."""
    seen: list[set[int]] = field(default_factory=list)
    placed: list[set[int]] = field(default_factory=list)
    changed: dict[int, set[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.seen = [set() for _ in range(self.problem.size)]
        self.placed = [set() for _ in self.problem.rows]

    def add(self, solution: State, freed: frozenset[int]) -> None:
        """Take in one solution that changes the cells of `freed`."""
        for seen, value in zip(self.seen, solution.lo, strict=True):
            if len(seen) < 3:
                seen.add(value)
        for used, live in zip(self.placed, solution.live, strict=True):
            used.add(live[0])
        for cell in freed:
            self.changed.setdefault(cell, set()).add(solution.lo[cell])

    def suggestion(self) -> tuple[tuple[int, int], ...]:
        """Return the changed cells that all solutions changing them agree on."""
        return tuple((cell, min(new)) for cell, new in sorted(self.changed.items()) if len(new) == 1)

    def held(self, cell: int, freed: frozenset[int]) -> int | None:
        """Return the value of `cell` that another solution could still contradict."""
        for seen in (self.seen[cell], self.changed.get(cell, ()) if cell in freed else ()):
            if len(seen) == 1:
                return next(iter(seen))
        return None


def agree(search: Search, fills: int, agreement: Agreement) -> None:
    """Add solutions until none is left that would show a new reading, or contradict an agreed value."""
    state = search.within(fills)
    solution = None if state is None else search.first(state.copy())
    if state is None or solution is None:
        return
    agreement.add(solution, search.freed)
    for row in search.open_rows:
        _try_readings(search, state, row, agreement)
    for cell in range(agreement.problem.size):
        if state.lo[cell] != state.hi[cell]:
            _try_values(search, state, cell, agreement)


def _try_readings(search: Search, state: State, row: int, agreement: Agreement) -> None:
    for choice in state.live[row]:
        if choice in agreement.placed[row] or choice not in state.live[row]:
            continue
        trial = state.copy()
        trial.live[row] = (choice,)
        solution = search.first(*search.chosen(trial, row))
        if solution is not None:
            agreement.add(solution, search.freed)
            continue
        state.live[row] = tuple(other for other in state.live[row] if other != choice)
        again = search.chosen(state, row) if len(state.live[row]) == 1 else (state, [], [row])
        search.narrow(*again)


def _try_values(search: Search, state: State, cell: int, agreement: Agreement) -> None:
    for side in (-1, 1):
        value = agreement.held(cell, search.freed)
        low, high = state.lo[cell], state.hi[cell]
        if value is None or low == high:
            return
        outer = (low, value - 1) if side < 0 else (value + 1, high)
        inner = (value, high) if side < 0 else (low, value)
        if outer[0] > outer[1]:
            continue
        solution = search.first(*search.bounded(state.copy(), cell, *outer))
        if solution is not None:
            agreement.add(solution, search.freed)
        else:
            search.narrow(*search.bounded(state, cell, *inner))
