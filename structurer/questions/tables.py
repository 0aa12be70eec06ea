"""Questions about tables: the rows that could not be placed, or every table that prints a number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from structurer.chunks import Chunk, Piece, states_something
from structurer.forms import Forms
from structurer.model.answers import rows_of_table
from structurer.model.question import Question
from structurer.prompts import load_prompt
from structurer.questions.making import Asking, Shape, bounded
from structurer.tables import TableReading

_PER_CELL = 5
_SPARE = 12
"""Items a table may hold beyond its rows before the answer counts as endless."""


@dataclass(frozen=True, slots=True)
class RowOf:
    """A row of a table a model is asked about: its id and the labels of its columns."""

    id: str
    columns: tuple[str, ...]


def open_tables(asking: Asking) -> Iterator[Question]:
    """Questions about numbers under a table's heading that could not be placed."""
    for table in asking.draft.tables:
        if table.info.state == "unreadable" and _states(asking, table):
            yield from _asked(asking, table, None)
        elif table.info.state in ("read", "partial"):
            rows = {row.row for row in table.rows if row.layout == "unreadable" and row.cells}
            if rows:
                yield from _asked(asking, table, rows)


def all_tables(asking: Asking) -> Iterator[Question]:
    """Questions about every table that prints a number."""
    for table in asking.draft.tables:
        if table.info.state in ("read", "partial", "unreadable") and _states(asking, table):
            yield from _asked(asking, table, None)


def _states(asking: Asking, table: TableReading) -> bool:
    return states_something(asking.draft.document.folded[table.start : table.end])


def _asked(asking: Asking, table: TableReading, only: set[str] | None) -> Iterator[Question]:
    rows = {
        name: row for name, row in table_rows(table, asking.forms).items() if only is None or row.id in only
    }
    if not rows:
        return
    columns = "；".join(dict.fromkeys("、".join(row.columns) for row in rows.values()))
    widest = max(len(row.columns) for row in rows.values())
    most = bounded((len(rows) + _SPARE) * (20 + _PER_CELL * widest))

    likely = len(rows) * (15 + 3 * widest)

    def shape(_: Chunk) -> Shape:
        return Shape(rows_of_table(tuple(rows), columns), most, likely)

    yield from asking.about(load_prompt("tables"), [Piece(table.start, table.end)], shape, table.table)


def table_rows(table: TableReading, forms: Forms) -> dict[str, RowOf]:
    """Name → row, as a model is told: each row by the form it follows; the newest form where none shows."""
    known = forms.tables[table.table]
    follows = {row.row: known[row.form] for row in table.rows if row.form in known}
    rows = [
        (row, block)
        for form in (known.values() if table.rows else [list(known.values())[-1]])
        for block in form.blocks
        for row in block.rows
        if not table.rows or follows.get(row.id) is form
    ]
    labels = [row.label for row, _ in rows]
    return {
        row.label if labels.count(row.label) == 1 else f"{row.under}{row.label}": RowOf(
            row.id, tuple(column.label for column in block.columns)
        )
        for row, block in rows
    }
