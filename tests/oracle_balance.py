"""Random damaged tables, and z3 as an independent judge of what `structurer.balance.solve` answers."""

from __future__ import annotations

import random
from dataclasses import dataclass

import z3

from structurer.balance import Equation, Problem, Reading, reading_in_place, readings


@dataclass(frozen=True)
class Verdict:
    changes: int | None
    fills: int | None
    values: tuple[int | None, ...]
    placed: tuple[tuple[int, ...], ...]
    suspects: frozenset[int]


# --- tables


def table_equations(height: int, width: int) -> tuple[Equation, ...]:
    """Parts make the total in each row; first + second = total row + last, total row = sum between."""
    at = [[row * width + column for column in range(width)] for row in range(height)]
    sums = [Equation(tuple(row[:-1]), (row[-1],), f"row {index}") for index, row in enumerate(at)]
    for column in range(width):
        down = [row[column] for row in at]
        sums.append(Equation(tuple(down[:2]), tuple(down[-2:]), f"flow {column}"))
        sums.append(Equation(tuple(down[2:-2]), (down[-2],), f"outcome {column}"))
    return tuple(sums)


def true_table(
    rng: random.Random, height: int, width: int, dense: float = 0.2, top: int = 30
) -> list[list[int]]:
    def line() -> list[int]:
        return [rng.randint(1, rng.choice((3, top))) if rng.random() < dense else 0 for _ in range(width - 1)]

    between = [line() for _ in range(height - 4)]
    total = [sum(column) for column in zip(*between, strict=True)]
    out = line()
    both = [a + b for a, b in zip(total, out, strict=True)]
    carried = [rng.randint(0, n) if rng.random() < 0.3 else 0 for n in both]
    new = [a - b for a, b in zip(both, carried, strict=True)]
    return [[*parts, sum(parts)] for parts in (new, carried, *between, total, out)]


def misprint(rng: random.Random, value: int) -> int:
    digits = list(str(value))
    digits[rng.randrange(len(digits))] = rng.choice("0123456789")
    wrong = int("".join(digits))
    return wrong if wrong != value else value + 1


def drop_zeros(rng: random.Random, row: list[int], most: int) -> list[int]:
    zeros = [index for index, value in enumerate(row) if not value]
    gone = set(rng.sample(zeros, min(len(zeros), rng.randint(1, most))))
    return [value for index, value in enumerate(row) if index not in gone]


@dataclass(frozen=True)
class Damage:
    """Shares of rows that lose zeros or all tokens, of cells blank in place, and how many wrong digits."""

    zeros: float = 0.0
    most: int = 3
    empty: float = 0.0
    blanks: float = 0.0
    tokens: float = 0.0
    wrong: int = 0


def damage(rng: random.Random, truth: list[list[int]], kind: Damage) -> Problem:
    height, width = len(truth), len(truth[0])
    printed = [row[:] for row in truth]
    for _ in range(kind.wrong):
        row, column = rng.randrange(height), rng.randrange(width)
        printed[row][column] = misprint(rng, printed[row][column])
    rows: list[tuple[Reading, ...]] = []
    for index, row in enumerate(printed):
        cells = range(index * width, (index + 1) * width)
        if rng.random() < kind.empty:
            rows.append((reading_in_place([None] * width, cells),))
        elif rng.random() < kind.zeros:
            rows.append(readings(drop_zeros(rng, row, kind.most), cells))
        elif rng.random() < kind.tokens:
            rows.append(readings([value for value in row if rng.random() < 0.8], cells))
        else:
            rows.append((reading_in_place([None if rng.random() < kind.blanks else v for v in row], cells),))
    return Problem(height * width, tuple(rows), table_equations(height, width))


def random_damage(rng: random.Random) -> Damage:
    return Damage(
        zeros=rng.choice((0, 0.1, 0.35, 0.6, 0.9)),
        most=rng.choice((1, 2, 3)),
        empty=rng.choice((0, 0, 0, 0.1)),
        blanks=rng.choice((0, 0, 0, 0.05, 0.15, 0.3)),
        tokens=rng.choice((0, 0, 0, 0.1)),
        wrong=rng.choice((0, 0, 0, 1, 1, 2)),
    )


def small_problem(rng: random.Random, tallest: int = 8, widest: int = 6) -> Problem:
    height, width = rng.randint(5, tallest), rng.randint(3, widest)
    truth = true_table(rng, height, width, dense=rng.choice((0.1, 0.3, 0.6)), top=rng.choice((4, 30, 2000)))
    return damage(rng, truth, random_damage(rng))


def full_problem(rng: random.Random, kind: Damage | None = None) -> Problem:
    return damage(rng, true_table(rng, 23, 7), kind or random_damage(rng))


def block_problem(rng: random.Random, width: int = 5, blocks: int = 3) -> Problem:
    """One row of blocks, each of parts and their total, that may have lost zeros and have a wrong digit."""
    row: list[int] = []
    sums = []
    for block in range(blocks):
        parts = [rng.randint(1, 9) if rng.random() < 0.4 else 0 for _ in range(width - 1)]
        row += [*parts, sum(parts)]
        cells = tuple(range(block * width, (block + 1) * width))
        sums.append(Equation(cells[:-1], cells[-1:]))
    if rng.random() < 0.3:
        index = rng.randrange(len(row))
        row[index] = misprint(rng, row[index])
    size = width * blocks
    if rng.random() < 0.8:
        return Problem(size, (readings(drop_zeros(rng, row, 4), range(size)),), tuple(sums))
    return Problem(size, (readings(row, range(size)),), tuple(sums))


# --- the judge


class Oracle:
    """The definition of a solution and its cost, word for word, as z3 formulas."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.solver = z3.SolverFor("QF_LIA")
        self.cell = [z3.Int(f"c{index}") for index in range(problem.size)]
        self.use = [[z3.Bool(f"u{r}_{i}") for i in range(len(row))] for r, row in enumerate(problem.rows)]
        self.changed: dict[int, list[z3.BoolRef]] = {index: [] for index in range(problem.size)}
        self.cost_changes: list[z3.ArithRef] = []
        self.cost_fills: list[z3.ArithRef] = []
        self.solver.add(*(cell >= 0 for cell in self.cell))
        for equation in problem.equations:
            left = z3.Sum([self.cell[index] for index in equation.left])
            self.solver.add(left == z3.Sum([self.cell[index] for index in equation.right]))
        for chosen, row in zip(self.use, problem.rows, strict=True):
            if len(row) == 1:
                self.solver.add(chosen[0])
            else:
                self.solver.add(z3.PbEq([(use, 1) for use in chosen], 1))
            for use, reading in zip(chosen, row, strict=True):
                self._reading(use, reading, certain=len(row) == 1)

    def _reading(self, use: z3.BoolRef, reading: Reading, certain: bool) -> None:
        def when(condition: z3.BoolRef) -> z3.BoolRef:
            return condition if certain else z3.And(use, condition)

        for cell, value in reading.printed:
            wrong = when(self.cell[cell] != value)
            self.changed[cell].append(wrong)
            self.cost_changes.append(z3.If(wrong, 1, 0))
        for gap in reading.gaps:
            positive = z3.Sum([z3.If(self.cell[cell] > 0, 1, 0) for cell in gap.cells])
            if gap.missing < len(gap.cells):
                over = when(positive > gap.missing)
                self.cost_changes.append(z3.If(over, positive - gap.missing, 0))
                for cell in gap.cells:
                    self.changed[cell].append(z3.And(over, self.cell[cell] > 0))
            filled = z3.If(positive > gap.missing, gap.missing, positive)
            if gap.missing:
                self.cost_fills.append(filled if certain else z3.If(use, filled, 0))

    def judge(self, max_changes: int = 2) -> Verdict:
        solver = self.solver
        changes, fills = z3.Int("changes"), z3.Int("fills")
        solver.add(changes == z3.Sum(self.cost_changes), fills == z3.Sum(self.cost_fills))
        least = next((k for k in range(max_changes + 1) if solver.check(changes == k) == z3.sat), None)
        if least is None:
            rows = ((),) * len(self.problem.rows)
            return Verdict(None, None, (None,) * self.problem.size, rows, frozenset())
        solver.add(changes == least)
        suspects = self._suspects() if least else frozenset()
        assert solver.check() == z3.sat
        best = solver.model().eval(fills).as_long()
        while best and solver.check(fills < best) == z3.sat:
            best = solver.model().eval(fills).as_long()
        solver.add(fills == best)
        values, placed = self._agreed()
        return Verdict(least, best, values, placed, suspects)

    def _suspects(self) -> frozenset[int]:
        found: set[int] = set()
        options = {cell: z3.Or(which) for cell, which in self.changed.items() if which}
        self.solver.push()
        while True:
            self.solver.add(z3.Or([which for cell, which in options.items() if cell not in found]))
            if self.solver.check() != z3.sat:
                break
            model = self.solver.model()
            found |= {
                c for c, which in options.items() if z3.is_true(model.eval(which, model_completion=True))
            }
        self.solver.pop()
        return frozenset(found)

    def _agreed(self) -> tuple[tuple[int | None, ...], tuple[tuple[int, ...], ...]]:
        values: dict[int, int] = {}
        dropped: set[int] = set()
        unseen = {use for row in self.use for use in row}
        self.solver.push()
        while self.solver.check() == z3.sat:
            model = self.solver.model()
            now = [model.eval(cell, model_completion=True).as_long() for cell in self.cell]
            dropped |= {index for index, value in enumerate(now) if values.setdefault(index, value) != value}
            unseen -= {use for use in unseen if z3.is_true(model.eval(use, model_completion=True))}
            other = [self.cell[index] != value for index, value in values.items() if index not in dropped]
            self.solver.add(z3.Or([*other, *unseen]))
        self.solver.pop()
        settled = tuple(None if index in dropped else values[index] for index in range(self.problem.size))
        placed = tuple(tuple(i for i, use in enumerate(row) if use not in unseen) for row in self.use)
        return settled, placed


def judge(problem: Problem, max_changes: int = 2) -> Verdict:
    return Oracle(problem).judge(max_changes)
