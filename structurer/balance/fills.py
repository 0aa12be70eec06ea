"""The limit on fills: which omitted cells may still be positive, and what so few fills leave to them."""

from __future__ import annotations

from structurer.balance.propagation import Propagation
from structurer.balance.state import State


def undecided(search: Propagation, state: State) -> list[int]:
    """Return the omitted cells of rows with one reading left that may be zero or positive."""
    found = []
    for index in search.open_rows:
        if len(state.live[index]) == 1:
            row = search.rows[index]
            for position in row.options[state.live[index][0]].fillable:
                cell = row.cells[position]
                if state.hi[cell] and not state.lo[cell]:
                    found.append(cell)
    return found


def needs(search: Propagation, state: State) -> list[tuple[list[int], int]]:
    """Return (cells, equation) wherever an equation fails if these undecided cells are all zero."""
    maybe = set(undecided(search, state))
    lo, hi = state.lo, state.hi
    found = []
    for index in {index for cell in maybe for index in search.grid.of_cell[cell]}:
        left, right = search.grid.equations[index]
        for some, others in ((left, right), (right, left)):
            open_cells = [cell for cell in some if cell in maybe]
            if not open_cells:
                continue
            most = sum(map(hi.__getitem__, some)) - sum(map(hi.__getitem__, open_cells))
            if most < sum(map(lo.__getitem__, others)):
                found.append((open_cells, index))
    return sorted(found, key=lambda need: len(need[0]))


def disjoint(found: list[tuple[list[int], int]]) -> list[list[int]]:
    """Return cells of `needs` that share none, so that each takes a fill of its own."""
    taken: set[int] = set()
    chosen = []
    for need, _ in found:
        if taken.isdisjoint(need):
            taken.update(need)
            chosen.append(need)
    return chosen


def economise(search: Propagation, state: State, slack: int, needed: set[int]) -> tuple[list[int], list[int]]:
    """Use that only `slack` more fills are left; the equations and rows to look at again."""
    rows: set[int] = set()
    equations: set[int] = set()
    if slack < state.slack:
        state.slack = slack
        rows.update(index for index in search.open_rows if len(state.live[index]) > 1)
    if not slack:
        for cell in undecided(search, state):
            if cell not in needed:
                state.hi[cell] = 0
                equations.update(search.grid.of_cell[cell])
                rows.add(search.grid.row_of[cell])
    return list(equations), list(rows)
