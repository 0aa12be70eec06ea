"""CSV: the tidy or the wide shape, its text defused."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from structurer.export.columns import TIDY, Cells, Column, Holds, tidy_rows
from structurer.export.defuse import defused
from structurer.flat import Line, Report, flat
from structurer.observation import Extraction, Observation

BOM = b"\xef\xbb\xbf"
LIST_MARK = " | "
"""Between the parts of a list in one cell."""


def csv_row(extraction: Extraction, observation: Observation) -> list[Any]:
    """An observation as the cells of COLUMNS; text that a spreadsheet would compute gets an apostrophe."""
    report = flat(extraction.model_copy(update={"observations": (observation,)}))
    (cells,) = written(TIDY, tidy_rows(report, report.lines))
    return list(cells)


def table_bytes(columns: Sequence[Column], rows: Iterable[Cells]) -> bytes:
    """Rows as CSV, without a header."""
    return lines(written(columns, rows))


def header_bytes(columns: Sequence[Column]) -> bytes:
    """The header of a CSV."""
    return lines([[column.name for column in columns]])


def tidy_bytes(report: Report, chosen: Iterable[Line]) -> bytes:
    """The values of a report as CSV."""
    return table_bytes(TIDY, tidy_rows(report, chosen))


def written(columns: Sequence[Column], rows: Iterable[Cells]) -> Iterator[Cells]:
    """Rows with every cell as it is written, a column at a time: most of them need nothing done."""
    turned = [
        map(_AS[column.holds], cells) if column.holds in _AS else cells
        for column, cells in zip(columns, zip(*rows, strict=True), strict=False)
    ]
    return zip(*turned, strict=True)


def lines(rows: Iterable[Sequence[object]]) -> bytes:
    """Rows of cells as lines of CSV."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue().encode()


def _value(value: object) -> object:
    return defused(value) if isinstance(value, str) else value


def _boolean(value: object) -> str | None:
    return None if value is None else "true" if value else "false"


def _list(parts: Sequence[object]) -> str | None:
    return defused(LIST_MARK.join(map(str, parts))) if parts else ""


def _box(box: Sequence[float] | None) -> str | None:
    return " ".join(map(str, box)) if box else None


_AS: Mapping[Holds, Callable[[Any], object]] = {
    "text": defused,
    "label": defused,
    "value": _value,
    "boolean": _boolean,
    "list": _list,
    "box": _box,
}
