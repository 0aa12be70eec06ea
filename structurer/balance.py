"""Whole numbers under sums: all ways to place and fill short rows so that every equation holds.

Cells are numbered from 0 and hold whole numbers >= 0. A row prints tokens for some of its cells; where tokens
are missing, several *readings* say which cell prints which token. A solution picks one reading a row and a
value for every cell such that all equations hold. Its cost is, first, the number of printed cells whose value
differs from what is printed (*changes*), then the number of omitted cells that are not zero (*fills*): the
declared prior that an omitted cell is zero unless the sums need more. A value is *settled* if every solution
of least cost agrees on it, proved by exhausting them; a search that stops early settles nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from operator import add
from typing import NamedTuple

from structurer._search import REVISIONS_PER_NODE, Grid, OutOfWork, Search, State, Work, cells

__all__ = ["Balance", "Equation", "Gap", "Problem", "Reading", "reading_in_place", "readings", "solve"]
# Below this many sets to try, searches that rule out many sets at once do not pay.
FEW = 8


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


@dataclass(frozen=True, slots=True)
class Problem:
    """Cells 0..size-1 in disjoint rows that cover them; each row has one or more readings of its cells."""

    size: int
    rows: tuple[tuple[Reading, ...], ...]
    equations: tuple[Equation, ...]


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


def readings(tokens: Sequence[int], cells: Sequence[int]) -> tuple[Reading, ...]:
    """Return all placements of `tokens` on `cells` that keep their order.

    Placements that differ only in which cell between two neighbouring non-zero tokens prints a zero are one
    reading. Their number grows with the binomial of missing cells and non-zero tokens over the latter.
    """
    if len(tokens) > len(cells):
        raise ValueError(f"{len(tokens)} tokens do not fit on {len(cells)} cells")
    if any(token < 0 for token in tokens):
        raise ValueError(f"tokens must not be negative: {list(tokens)}")
    ends = [-1, *(index for index, token in enumerate(tokens) if token), len(tokens)]
    zeros = [after - before - 1 for before, after in pairwise(ends)]
    values = [token for token in tokens if token]
    spare = len(cells) - len(tokens)
    # Where a non-zero token stands: behind the tokens before it and some of the missing cells.
    ahead = [index - count for count, index in enumerate(ends[1:-1])]
    return tuple(
        _placed(values, zeros, [*map(add, places, ahead), len(cells)], cells)
        for places in combinations(range(spare + len(values)), len(values))
    )


def _placed(
    values: Sequence[int], zeros: Sequence[int], places: Sequence[int], cells: Sequence[int]
) -> Reading:
    """The reading with the non-zero tokens at `places`; `zeros` stand before each, and behind the last."""
    printed: list[tuple[int, int]] = []
    gaps = []
    start = 0
    for place, count, value in zip(places, zeros, (*values, 0), strict=True):
        if place - start > count:
            gaps.append(Gap(tuple(cells[start:place]), place - start - count))
        elif count:
            printed.extend([(cell, 0) for cell in cells[start:place]])
        if value:
            printed.append((cells[place], value))
        start = place + 1
    return Reading(tuple(printed), tuple(gaps))


def reading_in_place(values: Sequence[int | None], cells: Sequence[int]) -> Reading:
    """Return the reading of a row whose tokens stand in their places; None is a visible blank."""
    pairs = tuple(zip(cells, values, strict=True))
    if None not in values:
        return Reading(pairs)  # type: ignore[arg-type]  # no value is None
    return Reading(
        tuple((cell, value) for cell, value in pairs if value is not None),
        tuple(Gap((cell,), 1) for cell, value in pairs if value is None),
    )


def solve(problem: Problem, *, max_changes: int = 2, max_nodes: int = 20_000) -> Balance:
    """Find what all solutions of least cost share, with at most `max_changes` changes.

    Past `max_nodes` nodes of work (some 10 microseconds each) the answer is `complete=False`.
    Raises ValueError if the rows do not cover each cell exactly once.
    """
    printed = _complete_table(problem)
    if printed is not None and _holds(problem.equations, printed):
        return _as_printed(problem, printed)
    _check(problem)
    work = Work(max_nodes * REVISIONS_PER_NODE)
    agreement = _Agreement(problem)
    try:
        return _solve(Grid(problem, work), agreement, max_changes)
    except OutOfWork:
        return _open(problem, complete=False, feasible=agreement.found, nodes=_nodes(work))


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


def _holds(equations: Sequence[Equation], values: Sequence[int]) -> bool:
    at = values.__getitem__
    return all(sum(map(at, equation.left)) == sum(map(at, equation.right)) for equation in equations)


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


def _check(problem: Problem) -> None:
    covered: list[int] = []
    for row, options in enumerate(problem.rows):
        each = [cells(reading) for reading in options]
        if not each or any(own != each[0] for own in each):
            raise ValueError(f"row {row}: its readings must exist and cover the same cells")
        covered.extend(each[0])
    if sorted(covered) != list(range(problem.size)):
        raise ValueError(f"rows must cover each of the cells 0..{problem.size - 1} once")


def _nodes(work: Work) -> int:
    return work.done // REVISIONS_PER_NODE


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


def _solve(grid: Grid, agreement: _Agreement, max_changes: int) -> Balance:
    problem, work = grid.problem, grid.work
    searches = _smallest_changes(grid, max_changes)
    if not searches:
        return _open(problem, complete=True, feasible=False, nodes=_nodes(work))
    agreement.found = True
    fills = _least_fills([search for search, _ in searches], min(fills for _, fills in searches))
    for search, _ in searches:
        _agree(search, fills, agreement)
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
        nodes=_nodes(work),
    )


def _smallest_changes(grid: Grid, max_changes: int) -> list[tuple[Search, int]]:
    """Return a search, and the fills of one solution, for every smallest set of printed cells to free.

    A failed search yields a conflict: printed cells of which at least one must change. Sets are grown by one
    cell of a conflict they do not hit, level by level, so no smallest set is missed.
    """
    conflicts: list[int] = []
    level: set[frozenset[int]] = {frozenset()}
    tried: set[tuple[frozenset[int], frozenset[int]]] = set()
    for depth in range(max_changes + 1):
        found = []
        for freed in sorted(level, key=sorted):
            if _unhit(conflicts, freed, grid.work) is not None:
                continue
            if len(level) > FEW and _ruled_out(grid, freed, tried, conflicts):
                continue
            search = Search(grid, freed)
            fills = _feasible(search)
            if fills is not None:
                found.append((search, fills))
                continue
            conflicts.append(search.blame)
            if not freed:
                conflicts.extend(search.direct_conflicts())
        if found or depth == max_changes:
            return found
        level = {
            freed | {cell} for freed in level for cell in _members(_unhit(conflicts, freed, grid.work) or 0)
        }
    return []


def _ruled_out(
    grid: Grid,
    freed: frozenset[int],
    tried: set[tuple[frozenset[int], frozenset[int]]],
    conflicts: list[int],
) -> bool:
    """Tell whether `freed` fails even with whole rows of it left out; one such search answers for many."""
    for kept in (frozenset[int](), *(frozenset((cell,)) for cell in sorted(freed))):
        rows = frozenset(grid.row_of[cell] for cell in freed - kept)
        if not rows or (kept, rows) in tried:
            continue
        tried.add((kept, rows))
        less = Search(grid, kept, left_out=rows)
        if less.root is None:
            conflicts.append(less.blame)
            return True
    return False


def _unhit(conflicts: list[int], freed: frozenset[int], work: Work) -> int | None:
    """Return the smallest conflict without a freed cell, None if all are hit."""
    work.spend(1 + len(conflicts) // 32)
    bits = sum(1 << cell for cell in freed)
    return min((conflict for conflict in conflicts if not conflict & bits), key=int.bit_count, default=None)


def _members(conflict: int) -> Iterator[int]:
    while conflict:
        lowest = conflict & -conflict
        yield lowest.bit_length() - 1
        conflict ^= lowest


def _feasible(search: Search) -> int | None:
    """Return the fills of some solution, zeros tried first, or None if there is none with any fills."""
    if search.root is None:
        return None
    solution = search.first(search.root.copy())
    return None if solution is None else sum(solution.cost)


def _least_fills(searches: Sequence[Search], known: int) -> int:
    """Return the least fills of any solution, given that one with `known` fills exists."""
    for limit in range(known):
        for search in searches:
            state = search.within(limit)
            if state is not None and search.first(state) is not None:
                return limit
    return known


@dataclass(slots=True)
class _Agreement:
    """The values, at most three a cell, and the readings met so far in solutions of least cost."""

    problem: Problem
    found: bool = False
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


def _agree(search: Search, fills: int, agreement: _Agreement) -> None:
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


def _try_readings(search: Search, state: State, row: int, agreement: _Agreement) -> None:
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
        search.settle(*again)


def _try_values(search: Search, state: State, cell: int, agreement: _Agreement) -> None:
    for side in (-1, 1):
        value = agreement.held(cell, search.freed)
        low, high = state.lo[cell], state.hi[cell]
        if value is None or low == high:
            return
        outer = (low, value - 1) if side < 0 else (value + 1, high)
        inner = (value, high) if side < 0 else (low, value)
        if outer[0] > outer[1]:
            continue
        solution = search.first(*search.narrowed(state.copy(), cell, *outer))
        if solution is not None:
            agreement.add(solution, search.freed)
        else:
            search.settle(*search.narrowed(state, cell, *inner))


def _forced(problem: Problem, search: Search, agreement: _Agreement) -> frozenset[int]:
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
