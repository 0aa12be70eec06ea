"""A table's placed rows as a problem of balancing: its cells numbered, their readings, and its sums."""

from __future__ import annotations

from collections.abc import Sequence

from structurer.balance import Equation, Gap, Problem, Reading, reading_in_place, readings
from structurer.forms import Cell, Table
from structurer.tables.cells import Token
from structurer.tables.place import PlacedRow


class Posed:
    """The cells of one table numbered row by row, and what is known of them before balancing."""

    def __init__(self, table: Table, rows: Sequence[PlacedRow]) -> None:
        self.rows = rows
        self.cells: list[Cell] = []
        self.row_of: list[PlacedRow] = []
        self.first: list[int] = []
        """Per row the number of its first cell."""
        for row in rows:
            self.first.append(len(self.cells))
            self.cells.extend(row.places)
            self.row_of.extend([row] * len(row.places))
        self.whole = self.cells == list(table.cells)
        """All cells of the table are there, in its order."""
        self.equations = self._readable(self._equations(table))
        self.readings = [_readings(row, first) for row, first in zip(rows, self.first, strict=True)]
        self.bound = [0] * len(self.cells)
        """Per cell how many equations bind it."""
        for equation in self.equations:
            for at in (*equation.left, *equation.right):
                self.bound[at] += 1
        self.long_row = len(rows) == 1 and rows[0].layout == "short" and not rows[0].alignments
        """It is one row that lost cells: its sums fit by chance too often for a search to prove anything."""
        self.all_zero = not any(token and token.value for row in rows for token in row.cells)

    @property
    def problem(self) -> Problem:
        """What is to be balanced."""
        return Problem(len(self.cells), tuple(self.readings), tuple(self.equations))

    def _equations(self, table: Table) -> list[Equation]:
        """The table's sums over the numbered cells; a sum with a cell that is not among them is left out."""
        if self.whole:
            return [Equation(left, right, rule) for rule, left, right in table.sums]
        at = {cell.indicator: number for number, cell in enumerate(self.cells)}
        numbers = [at.get(cell.indicator, -1) for cell in table.cells]
        laid = [
            Equation(tuple(numbers[cell] for cell in left), tuple(numbers[cell] for cell in right), rule)
            for rule, left, right in table.sums
        ]
        return [equation for equation in laid if -1 not in (*equation.left, *equation.right)]

    def _readable(self, equations: list[Equation]) -> list[Equation]:
        """The equations without a cell of a row that cannot be read."""
        closed = {at for at, row in enumerate(self.row_of) if row.layout == "unreadable"}
        if not closed:
            return equations
        return [equation for equation in equations if closed.isdisjoint((*equation.left, *equation.right))]


def number(token: Token | None) -> int | None:
    """What a token adds to a sum: not applicable adds nothing, text might be anything."""
    if token is None or token.kind == "text":
        return None
    if token.kind == "not_applicable":
        return 0
    return token.value if isinstance(token.value, int) and token.value >= 0 else None


def _readings(row: PlacedRow, first: int) -> tuple[Reading, ...]:
    cells = range(first, first + len(row.places))
    if row.layout == "exact":
        return (reading_in_place([number(token) for token in row.cells], cells),)
    if row.alignments:
        return tuple(
            dict.fromkeys(
                reading_in_place([number(token) for token in alignment], cells)
                for alignment in row.alignments
            )
        )
    if row.layout == "short":
        return readings([number(token) or 0 for token in row.cells], list(cells))
    return (Reading((), (Gap(tuple(cells), len(cells)),)),)
