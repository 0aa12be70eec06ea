"""A problem laid out for searching: rows with nothing freed, and who touches which cell."""

from __future__ import annotations

from structurer.balance.bounds import Sides
from structurer.balance.problem import Problem, covered
from structurer.balance.row import Row
from structurer.balance.work import Work


class Grid:
    """What all searches of one problem share: rows with nothing freed, and who touches which cell."""

    __slots__ = ("equations", "far", "of_cell", "problem", "row_of", "rows", "within", "work")

    def __init__(self, problem: Problem, work: Work) -> None:
        self.problem = problem
        self.work = work
        self.equations: list[Sides] = [(equation.left, equation.right) for equation in problem.equations]
        self.of_cell: list[list[int]] = [[] for _ in range(problem.size)]
        for index, (left, right) in enumerate(self.equations):
            for cell in left + right:
                self.of_cell[cell].append(index)
        self.row_of = [-1] * problem.size
        cells_of = [covered(readings[0]) for readings in problem.rows]
        for row, own in enumerate(cells_of):
            for cell in own:
                self.row_of[cell] = row
        printed = (value for row in problem.rows for reading in row for _, value in reading.printed)
        # Above every value that sums of printed ones can force, so that "unbounded" is never a real bound.
        self.far = 1 << (max(printed, default=0).bit_length() + problem.size.bit_length() + 40)
        self.within: list[list[Sides]] = [[] for _ in problem.rows]
        for sides in self.equations:
            owners = {self.row_of[cell] for cell in sides[0] + sides[1]}
            if len(owners) == 1:
                self.within[owners.pop()].append(sides)
        self.rows = [self.row(row, cells_of[row], frozenset()) for row in range(len(problem.rows))]
        work.spend(sum(len(row.options) for row in self.rows))

    def row(self, index: int, own: tuple[int, ...], freed: frozenset[int]) -> Row:
        """Row `index` compiled with the cells of `freed` free."""
        return Row(own, self.problem.rows[index], freed, self.within[index], self.far)
