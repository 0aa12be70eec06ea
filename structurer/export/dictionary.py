"""The data dictionary: every column, every indicator and every word a table uses, with its meaning."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from structurer import meanings
from structurer.export.columns import ABOUT, TIDY, Column
from structurer.export.delimited import BOM, lines
from structurer.export.parquet import VALUES
from structurer.forms import Cell, Forms


class Entry(NamedTuple):
    """A line of the dictionary; `part` is column, indicator or the column whose word it explains."""

    part: str
    name: str
    label: str = ""
    type: str = ""
    unit: str = ""
    form: str = ""
    meaning: str = ""


HEADER = Entry._fields
_WORDS = (
    ("status", meanings.STATUSES),
    ("printed", meanings.PRINTED),
    ("qualifier", meanings.QUALIFIERS),
    ("period", meanings.PERIODS),
    ("severity", meanings.SEVERITIES),
)


def entries(forms: Forms) -> Iterator[Entry]:
    """The whole dictionary: columns, words, then indicators in the order of the forms."""
    for column in TIDY:
        yield _column(column)
    for column in VALUES[1:]:
        yield _column(column)
    for part, words in _WORDS:
        for word, meaning in words.items():
            yield Entry(part, word, meaning=meaning)
    for name, label in ABOUT.items():
        yield Entry(
            "indicator", f"metadata.{name}", label, "text", meaning="what the report says about itself"
        )
    known: dict[str, list[str]] = {}
    for table in forms.tables.values():
        for form, one in table.items():
            for cell in one.cells:
                known.setdefault(cell.indicator, []).append("" if one.prose else form)
    cells = forms.cells
    for indicator, of in known.items():
        yield _indicator(cells[indicator], of)


def dictionary_bytes(forms: Forms) -> bytes:
    """The dictionary as CSV for a spreadsheet."""
    return BOM + lines([HEADER]) + lines(entries(forms))


def _column(column: Column) -> Entry:
    return Entry("column", column.name, type=column.holds, meaning=column.meaning)


def _indicator(cell: Cell, of: list[str]) -> Entry:
    unit = cell.unit or ("as published" if cell.kind == "money" else "")
    form = ", ".join(filter(None, of)) or "prose"
    meaning = meanings.KINDS[cell.kind]
    return Entry("indicator", cell.indicator, cell.label, cell.kind, unit, form, meaning)
