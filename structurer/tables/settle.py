"""What each cell holds and why: the placed rows under the form's hard edits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from structurer.balance import Balance, Equation, solve
from structurer.balance.rival import rivalled
from structurer.forms import Cell, Table
from structurer.observation import ACCEPTING, Printed, Status, Value
from structurer.tables.cells import Token
from structurer.tables.longrow import settle_long_row
from structurer.tables.place import PlacedRow, in_grid
from structurer.tables.posed import Posed, number
from structurer.tables.printers import printers
from structurer.tables.settled import SHOWN, Settled, as_printed, unbound, unfit

BLANK_IS_ZERO = "blank=0"
_MANY = 8
"""Non-zero figures in doubt from which a table may be misread as a whole; agencies err in one or two sums."""
Sums = Sequence[tuple[Sequence[str], Sequence[str]]]
"""Per cell the rules that bind it: those that hold, and those that are broken."""


def settle(table: Table, rows: Sequence[PlacedRow], *, trusted: bool = True) -> list[Settled]:
    """Every cell of the placed rows, in order.

    `table` is the form's table. `trusted` is False where numbers of the table could not be placed: then
    no value is inferred unless the sums alone force it.
    """
    if not table.sums:
        return [settled for row in rows for settled in unbound(row)]
    return _believed(list(_Balanced(table, rows, trusted).cells()))


def _believed(cells: list[Settled]) -> list[Settled]:
    """The cells as they are, unless so many are in doubt that the table as a whole was read wrong.

    A misread table leaves islands that add up by chance; nothing of it is accepted then.
    """
    counts = [one for one in cells if one.printed == "number" and one.value]
    doubted = sum(one.status == "disputed" for one in counts)
    if doubted < _MANY or doubted * 4 < len(counts):
        return cells
    return [_disbelieved(one) if one.status in ACCEPTING else one for one in cells]


def _disbelieved(one: Settled) -> Settled:
    """A printed number stays to be looked at; a value that no number prints becomes what may be meant."""
    if one.value is not None and one.printed == "number":
        return one._replace(status="disputed")
    candidates = one.candidates if one.value is None else (one.value,)
    return one._replace(status="ambiguous", value=None, candidates=candidates)


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


class _Balanced:
    """The cells of one table under its sums, and what balancing them gives."""

    def __init__(self, table: Table, rows: Sequence[PlacedRow], trusted: bool) -> None:
        self.table = table
        self.trusted = trusted
        self.posed = Posed(table, rows)
        self.balance = _balance(self.posed)
        self.proved = self.balance.complete and self.balance.feasible
        self.contested = _contested(self.posed, self.balance)
        sure = self.proved and not self.contested
        self.tokens = printers(self.posed, self.balance.placed if sure else None)
        self.sums = self._sums()

    def _sums(self) -> Sums:
        posed = self.posed
        values = self._best_values()
        verdicts = [_verdict(equation, values) for equation in posed.equations]
        if posed.whole and all(verdicts) and len(verdicts) == len(self.table.sums):
            return [(rules, ()) for rules in self.table.sums_of]
        sums: list[tuple[list[str], list[str]]] = [([], []) for _ in posed.cells]
        for equation, verdict in zip(posed.equations, verdicts, strict=True):
            if verdict is not None:
                for at in (*equation.left, *equation.right):
                    sums[at][0 if verdict else 1].append(equation.id)
        return sums

    def _best_values(self) -> list[int | None]:
        """As published where the place is certain, else as settled."""
        values: list[int | None] = []
        for at, tokens in enumerate(self.tokens):
            printed = number(tokens[0]) if len(tokens) == 1 else None
            values.append(printed if printed is not None else self._settled_value(at))
        return values

    def _settled_value(self, at: int) -> int | None:
        return self.balance.values[at] if self.balance.values else None

    def cells(self) -> Iterator[Settled]:
        """Every cell, in order."""
        changed = bool(self.balance.changes)
        for at, (cell, tokens) in enumerate(zip(self.posed.cells, self.tokens, strict=True)):
            if len(tokens) == 1 and tokens[0] is not None and not (changed and self._shaky(at)):
                yield self._printed_cell(at, cell, tokens[0])
            else:
                yield self._open_cell(at, cell)

    def _printed_cell(self, at: int, cell: Cell, token: Token) -> Settled:
        odd = unfit(cell, token)
        if odd is not None and odd.printed != "not_applicable":
            return odd
        holds, broken = self.sums[at]
        suspect = at in self.balance.suspects if self.proved else bool(broken)
        if suspect:
            better = dict(self.balance.suggestion).get(at) if self.proved else None
            candidates = () if better is None else (better,)
            printed = odd.printed if odd is not None else "number"
            return Settled(
                cell, token.value, printed, "disputed", (token,), tuple(broken), candidates=candidates
            )
        if odd is not None:
            return odd
        readable = self.posed.row_of[at].layout != "unreadable"
        status: Status = "verified" if holds and readable else "stated"
        return Settled(cell, token.value, "number", status, (token,), tuple(holds))

    def _open_cell(self, at: int, cell: Cell) -> Settled:
        row = self.posed.row_of[at]
        if not self.posed.bound[at] and row.layout == "exact":
            return as_printed(cell, None)
        if row.layout == "unreadable":
            shown = tuple(token for token in row.cells[:SHOWN] if token is not None)
            return Settled(cell, None, "omitted", "ambiguous", shown, candidates=_values(shown))
        tokens = tuple(token for token in self.tokens[at] if token is not None)
        printed = self._how_printed(at, tokens)
        value = self._settled_value(at)
        if value is None or not self._may_infer(at):
            alternatives = self.balance.alternatives[at] if self.balance.alternatives else ()
            known = alternatives if value is None else (value,)
            return Settled(cell, None, printed, "ambiguous", tokens or self._named(at), candidates=known)
        holds = tuple(self.sums[at][0])
        if printed == "number":
            return Settled(cell, value, printed, "verified" if holds else "stated", tokens, holds)
        assumes = () if at in self.balance.forced else (BLANK_IS_ZERO,)
        shown = tuple(token for token in tokens if token.value == value) or self._named(at)
        return Settled(cell, value, printed, "inferred", shown, holds, assumes)

    def _how_printed(self, at: int, tokens: Sequence[Token]) -> Printed:
        """How a cell is printed whose token is not certain; `tokens` are those that may print it."""
        row = self.posed.row_of[at]
        if row.layout == "exact" or (row.alignments and not tokens):
            return "blank"
        may_be_omitted = len(tokens) < len(self.tokens[at])
        return "omitted" if may_be_omitted or not tokens else "number"

    def _may_infer(self, at: int) -> bool:
        """The proof is whole, nothing around the cell is in doubt, and the prior is allowed here."""
        broken = self.sums[at][1]
        if not self.proved or self.contested or broken:
            return False
        if self.balance.changes and self._near_suspect(at):
            return False
        if at in self.balance.forced:
            return True
        row = self.posed.row_of[at]
        prior_allowed = self.trusted and row.layout != "missing"
        seen_blank = row.line is not None and in_grid(row.line)
        sparse = self.posed.all_zero or self.posed.long_row or seen_blank
        return prior_allowed and self.posed.bound[at] >= (1 if sparse else 2)

    def _shaky(self, at: int) -> bool:
        """A cell of a short row whose place was found by sums that do not hold."""
        return self.posed.row_of[at].layout == "short" and self._near_suspect(at)

    def _near_suspect(self, at: int) -> bool:
        return any(
            not self.balance.suspects.isdisjoint((*equation.left, *equation.right))
            for equation in self.posed.equations
            if at in equation.left or at in equation.right
        )

    def _named(self, at: int) -> tuple[Token, ...]:
        """The numbers of the cell's row that an inference starts from."""
        tokens = tuple(token for token in self.posed.row_of[at].cells if token is not None)
        return tuple(token for token in tokens if token.value) or tokens


def _balance(posed: Posed) -> Balance:
    if posed.long_row:
        return settle_long_row(len(posed.cells), posed.readings[0], posed.equations)
    return solve(posed.problem)


def _contested(posed: Posed, balance: Balance) -> bool:
    """A wrong sum of the agency's explains the table as well as what was filled in or placed does."""
    if not balance.feasible or not balance.fills:
        return False
    return bool(balance.changes) or rivalled(posed.problem, balance)


def _values(tokens: Sequence[Token]) -> tuple[Value, ...]:
    return tuple(dict.fromkeys(token.value for token in tokens))


def _verdict(equation: Equation, values: Sequence[int | None]) -> bool | None:
    """Whether a sum holds; None where a value is not known and some value of it would make the sum hold."""
    sides = [[values[at] for at in side] for side in (equation.left, equation.right)]
    left, right = (sum(value for value in side if value is not None) for side in sides)
    more_left, more_right = (None in side for side in sides)
    if more_left or more_right:
        # Counts are not negative: what is not known can only add to its side.
        return None if (more_left or left >= right) and (more_right or right >= left) else False
    return left == right
