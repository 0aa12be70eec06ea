"""The wide shape: one row a report, one column an indicator."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from structurer.export.columns import ABOUT, OF_REPORT, TIDY, Cells, Column, of_report
from structurer.export.exact import fits_decimal, fits_integer
from structurer.flat import Line, Report
from structurer.forms import Cell, Forms
from structurer.observation import Value

_IN_HEAD = frozenset(f"metadata.{name}" for name in ("agency", "year", "title", "published"))


@dataclass(frozen=True)
class Wide:
    """The columns, the same for every store, and the rows laid under them.

    A cell holds the exact value of the year for the agency itself. What else a report states (prose with
    `over`, `to_date` or another scope, or two statements that differ) has no place in one cell.
    """

    columns: tuple[Column, ...]
    tables: tuple[str, ...]
    said: tuple[str, ...]
    cells: tuple[Cell, ...]
    with_status: bool
    known: frozenset[str] = field(repr=False)

    def row(self, report: Report, lines: Iterable[Line]) -> tuple[Cells, int]:
        """A report's row, and how many of its values have no place in it."""
        held: dict[str, Line] = {}
        clash: dict[str, int] = {}
        said: dict[str, Value] = {}
        left = 0
        for line in lines:
            key = line.indicator
            if key in _IN_HEAD:
                continue
            if key not in self.known or line.period != "year" or line.scope or line.qualifier != "exact":
                left += line.value is not None
            elif key in self.said:
                if line.accepted:
                    said.setdefault(key, line.value)
            elif key in clash:
                clash[key] += 1
            elif key not in held:
                held[key] = line
            elif (held[key].value, held[key].unit) != (line.value, line.unit):
                clash[key] = 1 + (held.pop(key).value is not None)
        left += sum(clash.values())
        row = [
            *of_report(report),
            report.document.title,
            report.document.published,
            *map(said.get, self.said),
        ]
        for table in self.tables:
            info = report.document.tables.get(table)
            row += (info.form, info.state) if info is not None else (None, None)
        for cell in self.cells:
            found = held.get(cell.indicator)
            value = fitting(found.value, cell) if found is not None else None
            left += found is not None and value is None and found.value is not None
            row.append(value)
            if cell.kind == "money":
                row.append(found.unit if found is not None and value is not None else None)
            if self.with_status:
                row.append(found.status if found is not None else None)
        return tuple(row), left


def fitting(value: Value, cell: Cell) -> Value:
    """The value if a column of this kind can hold it exactly, else None."""
    if isinstance(value, str) or value is None:
        return None
    if cell.kind == "money":
        return value if fits_decimal(value) else None
    if isinstance(value, float):
        value = int(value) if value.is_integer() else None
    return value if value is not None and fits_integer(value) else None


def wide(forms: Forms, *, with_status: bool) -> Wide:
    """The wide shape over all forms; `with_status` puts the status beside each value."""
    cells = tuple(forms.cells.values())
    tables = tuple(name for name, known in forms.tables.items() if not any(t.prose for t in known.values()))
    columns = [*OF_REPORT, Column("title", "text", "the report's title")]
    columns += [column for column in TIDY if column.name == "published"]
    columns += [
        Column(f"metadata.{name}", "text", "what the report says", label) for name, label in ABOUT.items()
    ]
    said = tuple(f"metadata.{name}" for name in ABOUT)
    for table in tables:
        columns.append(Column(f"{table}.form", "label", "the form this table follows, by its own header"))
        columns.append(
            Column(f"{table}.state", "label", "how far this table could be read; absent if not there")
        )
    for cell in cells:
        columns += _columns(cell, with_status)
    return Wide(
        columns=tuple(columns),
        tables=tables,
        said=said,
        cells=cells,
        with_status=with_status,
        known=frozenset((*said, *(cell.indicator for cell in cells))),
    )


def _columns(cell: Cell, with_status: bool) -> Iterable[Column]:
    money = cell.kind == "money"
    meaning = "amount in the unit of the next column" if money else "exact value of the year"
    yield Column(cell.indicator, "decimal" if money else "integer", meaning, cell.label, cell.unit)
    if money:
        yield Column(f"{cell.indicator}.unit", "label", "the unit the amount was published in", cell.label)
    if with_status:
        yield Column(
            f"{cell.indicator}.status", "label", "status of the value; empty: not stated", cell.label
        )
