"""The least cost of satisfying all equations, and what every solution of least cost agrees on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from structurer.balance.agreement import Agreement, agree
from structurer.balance.grid import Grid
from structurer.balance.localisation import smallest_changes
from structurer.balance.problem import Problem, check
from structurer.balance.search import Search
from structurer.balance.work import REVISIONS_PER_NODE, OutOfWork, Work


@dataclass(frozen=True, slots=True)
class Balance:
    """What the solutions of least cost share.

    Unless `complete` and `feasible`, nothing is settled: all other fields are empty or None, and an empty
    `suspects` then clears no cell. `changes` and `fills` are least, in this order.
    """

    complete: bool
    """The search was exhaustive."""
    feasible: bool
    """A solution with at most `max_changes` changes was found."""
    changes: int | None
    fills: int | None
    values: tuple[int | None, ...]
    """Per cell the value all solutions of least cost agree on, else None."""
    alternatives: tuple[tuple[int, ...], ...]
    """Per cell up to 3 values met in solutions of least cost, ascending; one exactly if settled."""
    unique: bool
    """Every cell is settled."""
    placed: tuple[tuple[int, ...], ...]
    """Per row the indices of all readings that some solution of least cost uses."""
    suspects: frozenset[int]
    """Union of all smallest sets of printed cells whose change, with any fills, satisfies all equations."""
    suggestion: tuple[tuple[int, int], ...]
    """(suspect, value) where all solutions of least cost that change the suspect give it that value."""
    forced: frozenset[int]
    """Settled cells that may be omitted and whose value bounds alone prove, without the zero prior."""
    nodes: int
    """Work done; one node is four revisions of an equation or reading."""


def solve(problem: Problem, *, max_changes: int = 2, max_nodes: int = 20_000) -> Balance:
    """Find what all solutions of least cost share, with at most `max_changes` changes.

    Past `max_nodes` nodes of work (some 10 microseconds each) the answer is `complete=False`.
    Raises ValueError if the rows do not cover each cell exactly once.
    """
    printed = _complete_table(problem)
    if printed is not None and all(equation.holds(printed) for equation in problem.equations):
        return _as_printed(problem, printed)
    check(problem)
    work = Work(max_nodes * REVISIONS_PER_NODE)
    agreement = Agreement(problem)
    try:
        return _solve(Grid(problem, work), agreement, max_changes)
    except OutOfWork:
        return _open(problem, complete=False, feasible=agreement.found, nodes=work.nodes)


def _complete_table(problem: Problem) -> list[int] | None:
    """Return all values if each row has one reading without omitted cells."""
    values = [-1] * problem.size
    count = 0
    for row in problem.rows:
        if len(row) != 1:
            return None
        reading = row[0]
        for cell, value in reading.printed:
            values[cell] = value
        count += len(reading.printed)
        for gap in reading.gaps:
            if gap.missing:
                return None
            count += len(gap.cells)
            for cell in gap.cells:
                values[cell] = 0
    return values if count == problem.size and -1 not in values else None


def _as_printed(problem: Problem, values: list[int]) -> Balance:
    return Balance(
        complete=True,
        feasible=True,
        changes=0,
        fills=0,
        values=tuple(values),
        alternatives=tuple(zip(values, strict=True)),
        unique=True,
        placed=((0,),) * len(problem.rows),
        suspects=frozenset(),
        suggestion=(),
        forced=frozenset(),
        nodes=0,
    )


def _open(problem: Problem, *, complete: bool, feasible: bool, nodes: int) -> Balance:
    return Balance(
        complete=complete,
        feasible=feasible,
        changes=None,
        fills=None,
        values=(None,) * problem.size,
        alternatives=((),) * problem.size,
        unique=False,
        placed=((),) * len(problem.rows),
        suspects=frozenset(),
        suggestion=(),
        forced=frozenset(),
        nodes=nodes,
    )


def _solve(grid: Grid, agreement: Agreement, max_changes: int) -> Balance:
    problem, work = grid.problem, grid.work
    searches = smallest_changes(grid, max_changes)
    if not searches:
        return _open(problem, complete=True, feasible=False, nodes=work.nodes)
    agreement.found = True
    fills = _least_fills([search for search, _ in searches], min(fills for _, fills in searches))
    for search, _ in searches:
        agree(search, fills, agreement)
    alternatives = tuple(tuple(seen) if len(seen) == 1 else tuple(sorted(seen)) for seen in agreement.seen)
    values = tuple(seen[0] if len(seen) == 1 else None for seen in alternatives)
    suspects: frozenset[int] = frozenset().union(*(search.freed for search, _ in searches))
    return Balance(
        complete=True,
        feasible=True,
        changes=len(searches[0][0].freed),
        fills=fills,
        values=values,
        alternatives=alternatives,
        unique=None not in values,
        placed=tuple(tuple(sorted(used)) for used in agreement.placed),
        suspects=suspects,
        suggestion=agreement.suggestion(),
        forced=frozenset() if suspects else _forced(problem, searches[0][0], agreement),
        nodes=work.nodes,
    )


def _least_fills(searches: Sequence[Search], known: int) -> int:
    """Return the least fills of any solution, given that one with `known` fills exists."""
    for limit in range(known):
        for search in searches:
            state = search.within(limit)
            if state is not None and search.first(state) is not None:
                return limit
    return known


def _forced(problem: Problem, search: Search, agreement: Agreement) -> frozenset[int]:
    """Return the possibly omitted cells that propagation fixes without any limit on fills."""
    root = search.root
    if root is None:
        return frozenset()
    return frozenset(
        cell
        for options, used in zip(problem.rows, agreement.placed, strict=True)
        for choice in used
        for gap in options[choice].gaps
        if gap.missing
        for cell in gap.cells
        if root.lo[cell] == root.hi[cell]
    )
