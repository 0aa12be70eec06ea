"""Compare `structurer.balance.solve` with z3 on random damaged tables: agreement and time, in one run.

Usage: python benchmarks/solver.py [tables per kind of damage, default 20] [small tables, default 200]
z3 answers the same questions (least changes, least fills, settled values, readings used, suspects) by
repeated checks of one incremental solver; building its formulas is not counted.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from oracle_balance import Damage, Oracle, Verdict, full_problem, small_problem  # noqa: E402

from structurer.balance import Problem, solve  # noqa: E402

KINDS = {
    "complete": Damage(),
    "zeros dropped, 10% of rows": Damage(zeros=0.1),
    "zeros dropped, 35% of rows": Damage(zeros=0.35),
    "zeros dropped, 70% of rows": Damage(zeros=0.7),
    "5% blank in place": Damage(blanks=0.05),
    "15% blank in place": Damage(blanks=0.15),
    "10% of rows all blank": Damage(empty=0.1),
    "1 wrong digit": Damage(wrong=1),
    "2 wrong digits": Damage(wrong=2),
    "zeros 35% + 1 wrong digit": Damage(zeros=0.35, wrong=1),
}


def compare(name: str, count: int, make: Callable[[random.Random], Problem]) -> None:
    """Print one line of figures for `count` problems."""
    ours, theirs, agreed, incomplete = [], [], 0, 0
    for seed in range(count):
        problem = make(random.Random(f"{name} {seed}"))
        start = time.process_time()
        found = solve(problem)
        ours.append(time.process_time() - start)
        if not found.complete:
            incomplete += 1
            continue
        oracle = Oracle(problem)
        start = time.process_time()
        expected = oracle.judge()
        theirs.append(time.process_time() - start)
        got = Verdict(found.changes, found.fills, found.values, found.placed, found.suspects)
        agreed += got == expected
    print(
        f"{name:<28}{count:>6}{agreed:>8}/{count - incomplete:<5}{incomplete:>6}"
        f"{median(ours) * 1e3:>10.2f}{max(ours) * 1e3:>9.1f}{median(theirs) * 1e3:>10.0f}"
        f"{max(theirs) * 1e3:>9.0f}{median(theirs) / median(ours):>8.0f}{max(theirs) / max(ours):>8.1f}",
        flush=True,
    )


def main() -> None:
    """Print the whole comparison."""
    full = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    small = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    print("times in ms of processor time; ratio = z3 / ours; tables of 23 x 7 cells unless small")
    print(
        f"{'':<28}{'cases':>6}{'agree':>8}{'':>6}{'gave':>6}{'ours':>10}{'':>9}{'z3':>10}{'':>9}{'ratio':>8}"
    )
    print(f"{'':<48}{'up':>6}{'median':>10}{'worst':>9}{'median':>10}{'worst':>9}{'median':>8}{'worst':>8}")
    compare("small, any damage", small, small_problem)
    for name, kind in KINDS.items():
        compare(name, full, lambda rng, kind=kind: full_problem(rng, kind))


if __name__ == "__main__":
    main()
