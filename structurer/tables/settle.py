"""What each cell holds and why: the placed rows under the form's hard edits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from structurer.balance import Equation, Gap, Problem, Reading, reading_in_place, readings, solve
from structurer.balance.rival import rivalled
from structurer.forms import Cell, Table
from structurer.observation import ACCEPTING, Printed, Status, Value
from structurer.tables.cells import Token
from structurer.tables.longrow import settle_long_row
from structurer.tables.place import PlacedRow, in_grid

BLANK_IS_ZERO = "blank=0"
_MANY = 8
"""Non-zero figures in doubt from which a table may be misread as a whole; agencies err in one or two sums."""
_SHOWN = 200
"""Numbers that an open cell shows as what may be its own: more of them tell nobody anything."""


class Settled(NamedTuple):
    """One cell of a table: its value, how it is printed, and what decided."""

    cell: Cell
    value: Value
    printed: Printed
    status: Status
    tokens: tuple[Token, ...]
    """What prints it; for an omitted cell, what its value follows from or where it may be printed."""
    rules: tuple[str, ...] = ()
    assumes: tuple[str, ...] = ()
    candidates: tuple[Value, ...] = ()


def settle(table: Table, rows: Sequence[PlacedRow], *, trusted: bool = True) -> list[Settled]:
    """Every cell of the placed rows, in order.

    `table` is the form's table. `trusted` is False where numbers of the table could not be placed: then
    no value is inferred unless the sums alone force it.
    """
    if not table.sums:
        return [settled for row in rows for settled in _unbound(row)]
    return _believed(list(_Bound(table, rows, trusted).cells()))


def _believed(cells: list[Settled]) -> list[Settled]:
    """The cells as they are, unless so many are in doubt that the table as a whole was read wrong.

    A misread table leaves islands that add up by chance; nothing of it is accepted then.
    """
    counts = [one for one in cells if one.printed == "number" and one.value]
    doubted = sum(one.status == "disputed" for one in counts)
    if doubted < _MANY or doubted * 4 < len(counts):
        return cells
    return [
        one._replace(status="disputed" if one.value is not None and one.printed == "number" else "ambiguous")
        if one.status in ACCEPTING
        else one
        for one in cells
    ]


def complete(table: Table, rows: Sequence[PlacedRow]) -> list[Token]:
    """The numbers of a table that prints every one of its cells and breaks no sum; [] for any other table.

    Such a table is as printed: there is nothing to place and nothing to search.
    """
    if not table.sums:
        return []
    tokens: list[Token] = []
    for row in rows:
        if row.layout != "exact":
            return []
        tokens.extend(row.cells)  # type: ignore[arg-type]  # None, a visible blank, is looked for below
    if len(tokens) != len(table.cells):
        return []
    values: list[int] = []
    for token in tokens:
        if token is None or type(token.value) is not int or token.value < 0 or token.signed:
            return []
        values.append(token.value)
    at = values.__getitem__
    if any(sum(map(at, left)) != sum(map(at, right)) for _, left, right in table.sums):
        return []
    return tokens


# ---------------------------------------------------------------- rows that no sum binds


def _unbound(row: PlacedRow) -> Iterator[Settled]:
    width = len(row.places)
    for index, cell in enumerate(row.places):
        if row.layout == "exact":
            yield _as_printed(cell, row.cells[index])
        elif row.layout == "short" and row.cells:
            yield _one_of(cell, _possible(row, index, width))
        else:
            yield _one_of(cell, list(row.cells))


def _possible(row: PlacedRow, index: int, width: int) -> list[Token | None]:
    """What may stand in the column at `index` when the row's cells keep their order."""
    if row.alignments:
        return list(dict.fromkeys(alignment[index] for alignment in row.alignments))
    count = len(row.cells)
    found = [
        token for at, token in enumerate(row.cells) if at <= index and count - 1 - at <= width - 1 - index
    ]
    return [*found, None]


def _one_of(cell: Cell, tokens: Sequence[Token | None]) -> Settled:
    tokens = tokens[:_SHOWN]
    values = list(dict.fromkeys(token.value if token is not None else None for token in tokens))
    shown = tuple(token for token in tokens if token is not None)
    return Settled(cell, None, "omitted", "ambiguous", shown, candidates=tuple(values) if shown else ())


def _as_printed(cell: Cell, token: Token | None) -> Settled:
    if token is None:
        return Settled(cell, None, "blank", "stated", ())
    if token.kind != "number":
        return _wordy(cell, token)
    if not _possible_value(cell, token):
        return Settled(cell, token.value, "number", "disputed", (token,), rules=(f"{_table(cell)}.whole",))
    return Settled(cell, token.value, "number", "stated", (token,))


def _table(cell: Cell) -> str:
    return cell.indicator.partition(".")[0]


def _wordy(cell: Cell, token: Token) -> Settled:
    """A cell without a number: "not applicable" is an answer, anything else has to be read by a person."""
    if token.kind == "not_applicable":
        return Settled(cell, None, "not_applicable", "stated", (token,))
    return Settled(cell, None, "text", "ambiguous", (token,))


def _possible_value(cell: Cell, token: Token) -> bool:
    """Counts are whole and not negative; only a change is signed."""
    if cell.kind == "money":
        return token.value is not None and token.value >= 0
    if cell.kind == "signed":
        return isinstance(token.value, int)
    return isinstance(token.value, int) and token.value >= 0 and not token.signed


# ---------------------------------------------------------------- rows under sums


class _Bound:
    """The cells of one table numbered row by row, and what balancing them gives."""

    def __init__(self, table: Table, rows: Sequence[PlacedRow], trusted: bool) -> None:
        self.table = table
        self.placed = rows
        self.trusted = trusted
        self.places: list[Cell] = []
        self.row_of: list[PlacedRow] = []
        self.first: list[int] = []
        for row in rows:
            self.first.append(len(self.places))
            self.places.extend(row.places)
            self.row_of.extend([row] * len(row.places))
        self.whole = self.places == list(table.cells)
        """All cells of the table are there, in its order."""
        self.tokens: list[tuple[Token | None, ...]] = [(None,)] * len(self.places)
        """Per cell, all tokens that may print it in a reading that is left; None for omitted."""
        self.problem = self._problem()
        self.long_row = len(rows) == 1 and rows[0].layout == "short" and not rows[0].alignments
        if self.long_row:
            self.balance = settle_long_row(len(self.places), self.readings[0], self.equations)
        else:
            self.balance = solve(self.problem)
        self.bound = [0] * len(self.places)
        """Per cell how many equations bind it."""
        for equation in self.equations:
            for at in (*equation.left, *equation.right):
                self.bound[at] += 1
        self.all_zero = not any(token and token.value for row in rows for token in row.cells)
        self.contested = self._contested()
        self._find_tokens()

    # -- the problem

    def _problem(self) -> Problem:
        closed = {at for at, row in enumerate(self.row_of) if row.layout == "unreadable"}
        self.equations = [
            equation
            for equation in self._laid()
            if not closed or closed.isdisjoint((*equation.left, *equation.right))
        ]
        self.readings = [
            self._readings(row, first) for row, first in zip(self.placed, self.first, strict=True)
        ]
        return Problem(len(self.places), tuple(self.readings), tuple(self.equations))

    def _laid(self) -> list[Equation]:
        """The table's sums over the numbered cells; a sum with a cell that is not among them is left out."""
        sums = self.table.sums
        if self.whole:
            return [Equation(left, right, rule) for rule, left, right in sums]
        at = {cell.indicator: number for number, cell in enumerate(self.places)}
        numbers = [at.get(cell.indicator, -1) for cell in self.table.cells]
        laid = [
            Equation(tuple(numbers[cell] for cell in left), tuple(numbers[cell] for cell in right), rule)
            for rule, left, right in sums
        ]
        return [equation for equation in laid if -1 not in (*equation.left, *equation.right)]

    def _readings(self, row: PlacedRow, first: int) -> tuple[Reading, ...]:
        cells = range(first, first + len(row.places))
        if row.layout == "exact":
            return (reading_in_place([self._number(token) for token in row.cells], cells),)
        if row.alignments:
            return tuple(
                dict.fromkeys(
                    reading_in_place([self._number(token) for token in alignment], cells)
                    for alignment in row.alignments
                )
            )
        if row.layout == "short":
            return readings([self._number(token) or 0 for token in row.cells], list(cells))
        return (Reading((), (Gap(tuple(cells), len(cells)),)),)

    @staticmethod
    def _number(token: Token | None) -> int | None:
        """What a token adds to a sum: not applicable adds nothing, text might be anything."""
        if token is None or token.kind == "text":
            return None
        if token.kind == "not_applicable":
            return 0
        return token.value if isinstance(token.value, int) and token.value >= 0 else None

    def _contested(self) -> bool:
        """A wrong sum of the agency's explains the table as well as what was filled in or placed does."""
        if not self.balance.feasible or not self.balance.fills:
            return False
        return bool(self.balance.changes) or rivalled(self.problem, self.balance)

    # -- which token prints which cell

    def _find_tokens(self) -> None:
        sure = self.balance.complete and self.balance.feasible and not self.contested
        placed = self.balance.placed if sure else None
        for number, (row, first) in enumerate(zip(self.placed, self.first, strict=True)):
            if row.layout == "exact":
                self.tokens[first : first + len(row.cells)] = [(token,) for token in row.cells]
            elif row.alignments:
                for offset in range(len(row.places)):
                    options = dict.fromkeys(alignment[offset] for alignment in row.alignments)
                    self.tokens[first + offset] = tuple(options)
            elif row.layout == "short":
                left = placed[number] if placed is not None else range(len(self.readings[number]))
                self._spread(row, first, [self.readings[number][at] for at in left])

    def _spread(self, row: PlacedRow, first: int, left: Sequence[Reading]) -> None:
        options: list[dict[Token | None, None]] = [{} for _ in row.places]
        for reading in left:
            for offset, tokens in enumerate(_tokens_of(row, first, reading)):
                options[offset].update(dict.fromkeys(tokens))
        for offset, found in enumerate(options):
            self.tokens[first + offset] = tuple(found)

    # -- what comes out

    def cells(self) -> Iterator[Settled]:
        sums = self._sums()
        changed = bool(self.balance.changes)
        for at, (cell, tokens) in enumerate(zip(self.places, self.tokens, strict=True)):
            if len(tokens) == 1 and tokens[0] is not None and not (changed and self._shaky(at)):
                yield self._printed_cell(at, cell, tokens[0], sums)
            else:
                yield self._open_cell(at, cell, sums)

    def _sums(self) -> Sums:
        """Per cell the rules that bind it: those that hold, and those that are broken."""
        values = self._best_values()
        verdicts = [_verdict(equation, values) for equation in self.equations]
        if self.whole and all(verdicts) and len(verdicts) == len(self.table.sums):
            return [(rules, ()) for rules in self.table.sums_of]
        sums: list[tuple[list[str], list[str]]] = [([], []) for _ in self.places]
        for equation, verdict in zip(self.equations, verdicts, strict=True):
            if verdict is not None:
                for at in (*equation.left, *equation.right):
                    sums[at][0 if verdict else 1].append(equation.id)
        return sums

    def _best_values(self) -> list[int | None]:
        """As published where the place is certain, else as settled."""
        values: list[int | None] = []
        for at, tokens in enumerate(self.tokens):
            certain = tokens[0] if len(tokens) == 1 else None
            number = self._number(certain)
            values.append(
                number if number is not None else self.balance.values[at] if self.balance.values else None
            )
        return values

    def _printed_cell(self, at: int, cell: Cell, token: Token, sums: Sums) -> Settled:
        holds, broken = sums[at]
        if token.kind != "number":
            return _wordy(cell, token)
        if not _possible_value(cell, token):
            rules = (f"{self.table.id}.whole",)
            return Settled(cell, token.value, "number", "disputed", (token,), rules)
        proved = self.balance.complete and self.balance.feasible
        suspect = at in self.balance.suspects if proved else bool(broken)
        if suspect:
            better = dict(self.balance.suggestion).get(at) if proved else None
            candidates = () if better is None else (better,)
            return Settled(
                cell, token.value, "number", "disputed", (token,), tuple(broken), candidates=candidates
            )
        status: Status = "verified" if holds and self.row_of[at].layout != "unreadable" else "stated"
        return Settled(cell, token.value, "number", status, (token,), tuple(holds))

    def _open_cell(self, at: int, cell: Cell, sums: Sums) -> Settled:
        row = self.row_of[at]
        if not self.bound[at] and row.layout == "exact":
            return _as_printed(cell, None)
        tokens = tuple(token for token in self.tokens[at] if token is not None)
        seen = len(tokens) < len(self.tokens[at])
        printed: Printed = "omitted" if seen or not tokens else "number"
        if row.layout == "exact" or (row.alignments and not tokens):
            printed = "blank"
        if row.layout == "unreadable":
            shown = tuple(token for token in row.cells[:_SHOWN] if token is not None)
            return Settled(cell, None, "omitted", "ambiguous", shown, candidates=_values(shown))
        value = self.balance.values[at] if self.balance.values else None
        alternatives = self.balance.alternatives[at] if self.balance.alternatives else ()
        if value is None or not self._may_infer(at, sums):
            why = tokens or self._named(at)
            known = alternatives if value is None else (value,)
            return Settled(cell, None, printed, "ambiguous", why, candidates=tuple(known))
        holds = tuple(sums[at][0])
        if printed == "number":
            return Settled(cell, value, printed, "verified" if holds else "stated", tokens, holds)
        assumes = () if at in self.balance.forced else (BLANK_IS_ZERO,)
        shown = tuple(token for token in tokens if token.value == value) or self._named(at)
        return Settled(cell, value, printed, "inferred", shown, holds, assumes)

    def _may_infer(self, at: int, sums: Sums) -> bool:
        """The proof is whole, nothing around the cell is in doubt, and the prior is allowed here."""
        broken = sums[at][1]
        if not (self.balance.complete and self.balance.feasible) or self.contested or broken:
            return False
        if self.balance.changes and self._near_suspect(at):
            return False
        if at in self.balance.forced:
            return True
        prior_allowed = self.trusted and self.row_of[at].layout != "missing"
        line = self.row_of[at].line
        seen_blank = line is not None and in_grid(line)
        sparse = self.all_zero or self.long_row or seen_blank
        return prior_allowed and self.bound[at] >= (1 if sparse else 2)

    def _shaky(self, at: int) -> bool:
        """A cell of a short row whose place was found by sums that do not hold."""
        return self.row_of[at].layout == "short" and self._near_suspect(at)

    def _near_suspect(self, at: int) -> bool:
        return any(
            not self.balance.suspects.isdisjoint((*equation.left, *equation.right))
            for equation in self.equations
            if at in equation.left or at in equation.right
        )

    def _named(self, at: int) -> tuple[Token, ...]:
        """The numbers of the cell's row that an inference starts from."""
        tokens = tuple(token for token in self.row_of[at].cells if token is not None)
        return tuple(token for token in tokens if token.value) or tokens


Sums = Sequence[tuple[Sequence[str], Sequence[str]]]


def _values(tokens: Sequence[Token | None]) -> tuple[Value, ...]:
    return tuple(dict.fromkeys(token.value for token in tokens if token is not None))


def _verdict(equation: Equation, values: Sequence[int | None]) -> bool | None:
    """Whether a sum holds; None where a value is not known and some value of it would make the sum hold."""
    sides = [[values[at] for at in side] for side in (equation.left, equation.right)]
    left, right = (sum(value for value in side if value is not None) for side in sides)
    more_left, more_right = (None in side for side in sides)
    if more_left or more_right:
        # Counts are not negative: what is not known can only add to its side.
        return None if (more_left or left >= right) and (more_right or right >= left) else False
    return left == right


def _tokens_of(row: PlacedRow, first: int, reading: Reading) -> list[tuple[Token | None, ...]]:
    """Per column the tokens that print it under one reading; with None where it may be omitted."""
    if not reading.gaps:
        return [(token,) for token in row.cells]
    width = len(row.places)
    found: list[tuple[Token | None, ...]] = [()] * width
    gap_of = {cell: gap for gap in reading.gaps for cell in gap.cells}
    at = offset = 0
    while offset < width:
        gap = gap_of.get(first + offset)
        if gap is None:
            found[offset] = (row.cells[at],)
            at, offset = at + 1, offset + 1
            continue
        count = len(gap.cells) - gap.missing
        zeros = row.cells[at : at + count]
        for position in range(len(gap.cells)):
            here = [zero for index, zero in enumerate(zeros) if index <= position <= index + gap.missing]
            found[offset + position] = (*here, None) if gap.missing else tuple(here)
        at, offset = at + count, offset + len(gap.cells)
    return found
