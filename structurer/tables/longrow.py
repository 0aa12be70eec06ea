"""One long row that lost cells, under sums that share none: what holds even if one sum was printed wrong.

Three sums over fifteen cells fit by chance too often for the cheapest reading to be a proof. So every
order-keeping reading in which at most one sum is broken stays in the running, and only what all of them
agree on is settled.
"""

from __future__ import annotations

from collections.abc import Sequence

from structurer.balance import Balance, Equation, Reading


def settle_long_row(size: int, readings: Sequence[Reading], equations: Sequence[Equation]) -> Balance:
    """What all readings with at most one broken sum agree on, omitted cells taken for zero.

    Not feasible, and nothing settled, unless some reading breaks no sum at all.
    """
    grids = [_values(size, reading) for reading in readings]
    broken = [sum(not equation.holds(grid) for equation in equations) for grid in grids]
    left = [at for at, count in enumerate(broken) if count <= 1]
    feasible = 0 in broken
    seen = [sorted({grids[at][cell] for at in left}) for cell in range(size)] if feasible else []
    return Balance(
        complete=True,
        feasible=feasible,
        changes=0 if feasible else None,
        fills=0 if feasible else None,
        values=tuple(values[0] if len(values) == 1 else None for values in seen),
        alternatives=tuple(tuple(values[:3]) for values in seen),
        unique=feasible and all(len(values) == 1 for values in seen),
        placed=(tuple(left),) if feasible else (),
        suspects=frozenset(),
        suggestion=(),
        forced=frozenset(),
        nodes=len(readings),
    )


def _values(size: int, reading: Reading) -> list[int]:
    grid = [0] * size
    for cell, value in reading.printed:
        grid[cell] = value
    return grid
