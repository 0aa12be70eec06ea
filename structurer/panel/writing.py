"""A panel as a file: a cell a row, or an agency's year a row; CSV or JSON Lines."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from structurer.export import STDOUT, defused, opened
from structurer.observation import Value
from structurer.panel.build import Panel, Row

Layout = Literal["csv", "jsonl"]
_JOIN = " + "
WIDE = ("agency", "year", "document", "path")
"""Columns of the wide layout before the indicators."""


@dataclass(frozen=True)
class Written:
    """How much was written."""

    agencies: int
    rows: int


def write_panel(
    panel: Panel,
    out: str | os.PathLike[str],
    *,
    format: Layout = "csv",
    wide: bool = False,
    status: Literal["accepted", "all"] = "accepted",
    bom: bool | None = None,
) -> Written:
    """Writes a panel, whole or not at all; `-` is standard output.

    Long: a cell a row, with status and source. Wide: an agency's year a row, an indicator a column, holding
    accepted, exact values only. A CSV file begins with a byte order mark unless `bom` says otherwise.
    Raises OSError when the file cannot be written; what stood there before is then still there.
    """
    names = (*WIDE, *panel.indicators) if wide else Row._fields
    lines = _wide(panel) if wide else (row for row in panel.rows(status=status))
    agencies: set[str] = set()
    count = 0
    with opened(out) as stream:
        if format == "csv":
            if bom if bom is not None else out != STDOUT:
                stream.write(b"\xef\xbb\xbf")
            stream.write(_csv([names]))
        for batch in _batches(lines):
            stream.write(_csv(map(_cells, batch)) if format == "csv" else _json(names, batch, wide))
            agencies.update(str(row[0]) for row in batch)
            count += len(batch)
    return Written(len(agencies), count)


def _wide(panel: Panel) -> Iterator[tuple[Value, ...]]:
    """A row an agency and year, also where nothing of it is accepted."""
    for series in panel.series():
        for sheet in series.sheets:
            about = sheet.about
            documents = dict.fromkeys(cell.document for cell in sheet.cells.values())
            yield (
                series.agency,
                sheet.year,
                about.id if about is not None else " ".join(documents),
                about.path if about is not None else "",
                *(
                    cell.value
                    if (cell := sheet.cells.get(key)) and cell.accepted and cell.qualifier == "exact"
                    else None
                    for key in panel.indicators
                ),
            )


def _batches(lines: Iterable[Sequence[object]]) -> Iterator[list[Sequence[object]]]:
    batch: list[Sequence[object]] = []
    for line in lines:
        batch.append(line)
        if len(batch) == 1_000:
            yield batch
            batch = []
    if batch:
        yield batch


def _cells(row: Sequence[object]) -> list[object]:
    """A row for CSV: texts defused, truth values in lower case, sources as a sum."""
    return [
        defused(cell)
        if isinstance(cell, str)
        else str(cell).lower()
        if isinstance(cell, bool)
        else _JOIN.join(cell)
        if isinstance(cell, tuple)
        else cell
        for cell in row
    ]


def _csv(rows: Iterable[Sequence[object]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue().encode()


def _json(names: Sequence[str], rows: Iterable[Sequence[object]], wide: bool) -> bytes:
    """Objects, one a line. Wide ones leave out what has no value."""
    made = []
    for row in rows:
        pairs = zip(names, row, strict=True)
        one = {name: cell for name, cell in pairs if not (wide and cell is None and name not in WIDE)}
        made.append(json.dumps(one, ensure_ascii=False, separators=(",", ":")))
    return "".join(line + "\n" for line in made).encode()
