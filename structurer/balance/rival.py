"""Whether one misprinted number explains a table as cheaply as the omitted numbers that were filled in."""

from __future__ import annotations

from structurer.balance.grid import Grid
from structurer.balance.problem import Problem
from structurer.balance.search import Search
from structurer.balance.solver import Balance
from structurer.balance.work import REVISIONS_PER_NODE, OutOfWork, Work


def rivalled(problem: Problem, balance: Balance, *, max_nodes: int = 20_000) -> bool:
    """True if a solution with one changed number needs fewer non-zero fills than `balance` does.

    Only cells that share an equation with a fill can take its place, so only they are tried. True as well
    when the search stops early: then nothing is proved. `balance` must be feasible without changes.
    """
    if not balance.fills:
        return False
    grid = Grid(problem, Work(max_nodes * REVISIONS_PER_NODE))
    try:
        for cell in sorted(_beside_fills(problem, balance)):
            search = Search(grid, frozenset((cell,)))
            state = search.within(balance.fills - 1) if search.root is not None else None
            if state is not None and search.first(state) is not None:
                return True
    except OutOfWork:
        return True
    return False


def _beside_fills(problem: Problem, balance: Balance) -> set[int]:
    """Printed cells in an equation with a cell that some solution of least cost fills."""
    omitted: set[int] = set()
    for options, used in zip(problem.rows, balance.placed, strict=True):
        omitted |= {cell for at in used for gap in options[at].gaps if gap.missing for cell in gap.cells}
    filled = {cell for cell in omitted if any(balance.alternatives[cell])}
    beside: set[int] = set()
    for equation in problem.equations:
        cells = {*equation.left, *equation.right}
        if cells & filled:
            beside |= cells
    return beside - filled
