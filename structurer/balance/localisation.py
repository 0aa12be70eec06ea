"""Error localisation: the smallest sets of printed cells whose change satisfies all equations."""

from __future__ import annotations

from collections.abc import Iterator

from structurer.balance.grid import Grid
from structurer.balance.propagation import Propagation
from structurer.balance.search import Search
from structurer.balance.work import Work

FEW = 8
"""Sets to try, up to which searches that rule out many sets at once do not pay."""


def smallest_changes(grid: Grid, max_changes: int) -> list[tuple[Search, int]]:
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
        less = Propagation(grid, kept, left_out=rows)
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
