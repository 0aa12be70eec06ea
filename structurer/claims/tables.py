"""A table as a model reads it: every cell must be a token of its row on the page, in order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from structurer.document import Document
from structurer.draft import Draft
from structurer.fold import fold, squeeze
from structurer.forms import Cell, Forms
from structurer.model.answers import TableItem
from structurer.model.reply import Reply
from structurer.questions import table_rows
from structurer.tables import TableReading
from structurer.tables.cells import Token, atoms, mask
from structurer.tables.labels import vocabulary
from structurer.tables.place import PlacedRow

_NUMBER = re.compile(r"[+\-]?[0-9][0-9,]*(?:\.[0-9]+)?")
_EMPTY = frozenset(("", "空", "null", "None"))
_NOT_APPLICABLE = frozenset(("/", "\\", "-", "--", "—", "无", "*"))


@dataclass(frozen=True, slots=True)
class CellClaim:
    """What a model says stands in one cell: a token of the page, or that the cell is blank (None)."""

    cell: Cell
    token: Token | None


@dataclass(frozen=True, slots=True)
class TableClaim:
    """A model's reading of one table, as far as the page bears it out."""

    table: TableReading
    cells: Mapping[str, CellClaim]
    refused: tuple[str, ...] = ()
    """Rows it named whose cells do not stand there."""


def table_claims(draft: Draft, forms: Forms, replies: Iterable[Reply]) -> list[TableClaim]:
    """The models' readings of tables; a row of which anything is not on the page is left out whole."""
    named: dict[str, list[TableItem]] = {}
    for reply in replies:
        for leaf in reply.leaves():
            rows = [item for item in leaf.items if isinstance(item, TableItem)]
            if leaf.question.about and leaf.state == "answered":
                named.setdefault(leaf.question.about, []).extend(rows)
    return [
        _claim(draft.document, table, forms, named[table.table])
        for table in draft.tables
        if table.table in named
    ]


def _claim(document: Document, table: TableReading, forms: Forms, items: Sequence[TableItem]) -> TableClaim:
    ids = {name: row.id for name, row in table_rows(table, forms).items()}
    rows = {ids[item.row]: item for item in items}
    twice = {ids[item.row] for item in items if sum(other.row == item.row for other in items) > 1}
    if not table.rows:
        once = {row: item for row, item in rows.items() if row not in twice}
        return _unplaced(document, table, forms, once)
    cells: dict[str, CellClaim] = {}
    refused = sorted(twice)
    printed = {row.row: row for row in table.rows}
    for row, item in rows.items():
        placed = _aligned(document, printed[row], item) if row in printed and row not in twice else None
        if placed is None:
            refused.append(row)
        else:
            cells.update((claim.cell.indicator, claim) for claim in placed)
    return TableClaim(table, cells, tuple(dict.fromkeys(refused)))


def _aligned(document: Document, row: PlacedRow, item: TableItem) -> list[CellClaim] | None:
    """The row's cells as the model lays them out, if its tokens are the page's, all of them and in order."""
    tokens = [token for token in row.cells if token is not None]
    found = _embedded(document, tokens, item.cells, len(row.places))
    if found is None or (row.layout != "unreadable" and len([t for t in found if t]) != len(tokens)):
        return None
    return [CellClaim(cell, token) for cell, token in zip(row.places, found, strict=True)]


def _unplaced(
    document: Document, table: TableReading, forms: Forms, rows: Mapping[str, TableItem]
) -> TableClaim:
    """A table no label of which was found: its stream of numbers must hold the answer in one way only."""
    masked = mask(document.folded)
    stream = atoms(masked, table.start, table.end, vocabulary(forms, table.table).ends)
    tokens = [atom for atom in stream if isinstance(atom, Token)]
    form = list(forms.tables[table.table].values())[-1]
    order = [row.id for block in form.blocks for row in block.rows if row.id in rows]
    places = {row: [cell for cell in form.cells if cell.row == row] for row in order}
    if any(len(rows[row].cells) != len(places[row]) for row in order):
        return TableClaim(table, {}, tuple(order))
    said = [text for row in order for text in rows[row].cells]
    found = _embedded(document, tokens, said, len(said))
    if found is None:
        return TableClaim(table, {}, tuple(order))
    every = [cell for row in order for cell in places[row]]
    return TableClaim(
        table,
        {cell.indicator: CellClaim(cell, token) for cell, token in zip(every, found, strict=True) if token},
    )


def _embedded(
    document: Document, tokens: Sequence[Token], said: Sequence[str], width: int
) -> list[Token | None] | None:
    """For each string the token it copies, None for a blank; None at all if there are several ways."""
    if len(said) != width:
        return None
    wanted = [squeeze(fold(text)) for text in said]
    filled = [text for text in wanted if text not in _EMPTY]
    first = _leftmost(document, tokens, filled)
    last = _leftmost(document, tokens[::-1], filled[::-1])
    if first is None or last is None or first != last[::-1]:
        return None
    following = iter(first)
    return [None if text in _EMPTY else next(following) for text in wanted]


def _leftmost(document: Document, tokens: Sequence[Token], wanted: Sequence[str]) -> list[Token] | None:
    found: list[Token] = []
    stream = iter(tokens)
    for text in wanted:
        token = next((one for one in stream if _copies(document, one, text)), None)
        if token is None:
            return None
        found.append(token)
    return found


def _copies(document: Document, token: Token, text: str) -> bool:
    """Whether a string is what a token prints."""
    if text == squeeze(document.folded[token.start : token.end]):
        return True
    if token.kind == "not_applicable":
        return text in _NOT_APPLICABLE
    if token.kind != "number" or _NUMBER.fullmatch(text) is None:
        return False
    return float(text.replace(",", "")) == token.value
