"""The sheet of one official table: its labels in its order, a row a report, statuses to the right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from structurer.export.sheet import Head, Sheet
from structurer.flat import Line, Report
from structurer.forms import Cell, Forms, Table
from structurer.meanings import ORDER
from structurer.observation import Value

_LEFT = ("机关 agency", "年 year", "表式 form", "状态 status", "文件 path")
_LEFT_WIDTHS = (24, 7, 9, 12, 26)
_FROZEN = 4
_RANK: Mapping[str, int] = {status: rank for rank, status in enumerate(ORDER)}


@dataclass(frozen=True)
class Kept:
    """A table and the forms that have it with the very same cells."""

    table: Table
    forms: tuple[str, ...]

    @property
    def name(self) -> str:
        """What its sheet is called."""
        return " ".join((self.table.number, self.table.id, "+".join(self.forms)))


def grouped(forms: Forms) -> Iterator[Kept]:
    """The official tables, in the order of the forms; those that two forms share come once."""
    for known in forms.tables.values():
        alike: dict[tuple[Cell, ...], list[str]] = {}
        for form, table in known.items():
            if not table.prose:
                alike.setdefault(table.cells, []).append(form)
        for same in alike.values():
            yield Kept(known[same[-1]], tuple(same))


class TableSheet:
    """Takes a report's values of this table."""

    def __init__(self, book: Any, kept: Kept, formats: Mapping[str, Any], most: int) -> None:
        self._cells = kept.table.cells
        self._known = {cell.indicator for cell in self._cells}
        self._sheet = Sheet(book, kept.name, _head(kept.table), formats, most=most)

    def put(self, report: Report, lines: Sequence[Line]) -> Sequence[Line]:
        """Writes the row of a report; gives back what has no place in it."""
        held: dict[str, Line] = {}
        rest = []
        for line in lines:
            fits = line.indicator in self._known and line.indicator not in held and line.period == "year"
            if fits and line.qualifier == "exact" and not line.scope:
                held[line.indicator] = line
            else:
                rest.append(line)
        if held:
            self._row(report, held)
        return rest

    def close(self) -> None:
        """Ends the sheet, out of sight if no report has this table."""
        self._sheet.close(hide_empty=True)

    def _row(self, report: Report, held: Mapping[str, Line]) -> None:
        document = report.document
        worst = min((line.status for line in held.values()), key=_RANK.__getitem__)
        table = next(iter(held)).partition(".")[0]
        cells: list[Value] = [document.agency, document.year, report.form_of(table), worst, document.path]
        formats: list[str | None] = [None, None, None, worst, None]
        for cell in self._cells:
            line = held.get(cell.indicator)
            style = line.status if line else None
            cells.append(line.value if line else None)
            formats.append(style)
            if cell.kind == "money":
                cells.append(line.unit if line and line.value is not None else None)
                formats.append(style)
        for cell in self._cells:
            line = held.get(cell.indicator)
            cells.append(_status(line) if line else None)
            formats.append(line.status if line else None)
        self._sheet.put(cells, formats)


def _status(line: Line) -> str:
    """The status, and what stands on the page where that is not a number."""
    return line.status if line.printed == "number" else f"{line.status}, {line.printed}"


def _head(table: Table) -> Head:
    rows, columns, keys, widths = [*_LEFT], [""] * len(_LEFT), [""] * len(_LEFT), [*map(float, _LEFT_WIDTHS)]
    for label, column, cell in _labelled(table):
        for name, key in ((column, cell.indicator), *_unit(cell)):
            rows.append(label)
            columns.append(name)
            keys.append(key)
            widths.append(max(9.0, min(22.0, 2.2 * len(name))))
    values = len(rows)
    for label, column, cell in _labelled(table):
        rows.append(f"状态 {label}")
        columns.append(column)
        keys.append(f"{cell.indicator}.status")
        widths.append(13.0)
    return Head(
        rows=(rows, columns, keys),
        widths=widths,
        merged=frozenset({0}),
        frozen_columns=_FROZEN,
        outlined_from=values,
    )


def _unit(cell: Cell) -> Sequence[tuple[str, str]]:
    return [("单位 unit", f"{cell.indicator}.unit")] if cell.kind == "money" else []


def _labelled(table: Table) -> Iterator[tuple[str, str, Cell]]:
    """Each cell with the label of its row and that of its column, as the form prints them."""
    cells = iter(table.cells)
    for block in table.blocks:
        for row in block.rows:
            label = " ".join(part for part in (block.heading, row.under, row.label) if part)
            for column in block.columns:
                above = " ".join(part for part in (column.under, column.label) if part)
                yield label, above, next(cells)
