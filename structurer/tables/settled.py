"""One cell settled, and what a cell says by itself, without any sum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from structurer.forms import Cell
from structurer.observation import Printed, Status, Value
from structurer.tables.cells import Token
from structurer.tables.place import PlacedRow

SHOWN = 200
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


def unbound(row: PlacedRow) -> Iterator[Settled]:
    """The cells of a row that no sum binds."""
    width = len(row.places)
    for index, cell in enumerate(row.places):
        if row.layout == "exact":
            yield as_printed(cell, row.cells[index])
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
    tokens = tokens[:SHOWN]
    values = list(dict.fromkeys(token.value if token is not None else None for token in tokens))
    shown = tuple(token for token in tokens if token is not None)
    return Settled(cell, None, "omitted", "ambiguous", shown, candidates=tuple(values) if shown else ())


def as_printed(cell: Cell, token: Token | None) -> Settled:
    """A cell whose token is certain; None is a visible blank."""
    if token is None:
        return Settled(cell, None, "blank", "stated", ())
    return unfit(cell, token) or Settled(cell, token.value, "number", "stated", (token,))


def unfit(cell: Cell, token: Token) -> Settled | None:
    """What becomes of a token that cannot be the cell's value, whatever the sums say; None if it can.

    "Not applicable" is an answer; other words, and numbers that cannot stand there, are for a person to read.
    """
    if token.kind == "not_applicable":
        return Settled(cell, None, "not_applicable", "stated", (token,))
    if token.kind != "number":
        return Settled(cell, None, "text", "ambiguous", (token,))
    if not _is_possible(cell, token):
        table = cell.indicator.partition(".")[0]
        return Settled(cell, token.value, "number", "disputed", (token,), rules=(f"{table}.whole",))
    return None


def _is_possible(cell: Cell, token: Token) -> bool:
    """Counts are whole and not negative; only a change is signed."""
    if cell.kind == "money":
        return token.value is not None and token.value >= 0
    if cell.kind == "signed":
        return isinstance(token.value, int)
    return isinstance(token.value, int) and token.value >= 0 and not token.signed
