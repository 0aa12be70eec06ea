"""The official tables with their values, row by row as the form prints them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from structurer.console.report import STATES
from structurer.forms import Block, Column, Row, Table
from structurer.observation import Observation
from structurer.page.links import Values
from structurer.page.safe import safe

_WIDE = 5
"""Columns from which on a narrow screen shows the label above its row."""


def tables(values: Values) -> Iterator[str]:
    """One section a table of the report, also for one whose figures could not be had."""
    for name, info in values.extraction.document.tables.items():
        known = values.forms.tables.get(name, {})
        if info.state == "absent" or not known:
            continue
        table = known.get(info.form or "", list(known.values())[-1])
        state = f": {STATES[info.state]}" if STATES[info.state] else ""
        form = f"form {safe(info.form)}, " if info.form else ""
        yield (
            f'<section class="table" aria-labelledby="t-{safe(name)}"><h2 id="t-{safe(name)}" lang="zh">'
            f"{safe(table.number)}、{safe(table.title)}</h2>"
            f'<p class="state {info.state}">{form}{info.state}{state}</p>'
        )
        if info.form in known:
            for block in table.blocks:
                yield from _block(values, table, block)
        yield "</section>\n"


def absent(values: Values) -> list[str]:
    """The numbers of the tables that the report does not hold; safe."""
    names = [name for name, info in values.extraction.document.tables.items() if info.state == "absent"]
    return [
        safe(list(values.forms.tables[name].values())[-1].number)
        for name in names
        if name in values.forms.tables
    ]


def _block(values: Values, table: Table, block: Block) -> Iterator[str]:
    found = {
        row.id: [values.get(f"{table.id}.{row.id}.{column.id}") for column in block.columns]
        for row in block.rows
    }
    if not any(one is not None for row in found.values() for one in row):
        return
    width = len(block.columns)
    kind = f"t c{width}{' wide' if width >= _WIDE else ''}"
    if block.heading:
        yield f'<h3 class="bh" lang="zh">{safe(block.heading)}</h3>'
    yield f'<table class="{kind}" role="table"><thead role="rowgroup">{"".join(_head(block.columns))}</thead>'
    yield '<tbody role="rowgroup">'
    under = ""
    for row in block.rows:
        if row.under and row.under != under:
            yield (
                f'<tr class="group" role="row"><th role="rowheader" colspan="{width + 1}" lang="zh">'
                f"{safe(row.under)}</th></tr>"
            )
        under = row.under
        yield _row(values, row, block, found[row.id])
    yield "</tbody></table>\n"


def _head(columns: Sequence[Column]) -> Iterator[str]:
    if any(column.under for column in columns):
        yield '<tr class="super" role="row"><td role="cell"></td>'
        for under, group in groupby(columns, lambda column: column.under):
            span = len(list(group))
            tag = f'<th role="columnheader" colspan="{span}" lang="zh">{safe(under)}</th>'
            yield tag if under else f'<td role="cell" colspan="{span}"></td>'
        yield "</tr>"
    yield '<tr role="row"><td role="cell"></td>'
    for column in columns:
        yield f'<th role="columnheader" scope="col" lang="zh">{safe(column.label)}</th>'
    yield "</tr>"


def _row(values: Values, row: Row, block: Block, found: Sequence[Observation | None]) -> str:
    lines = [values.line(one) for one in found if one is not None]
    line = next(filter(None, lines), "")
    units = {
        one.unit
        for one, column in zip(found, block.columns, strict=True)
        if one is not None and column.kind == "money" and one.value is not None and one.unit
    }
    unit = "".join(f' <span class="u d">({safe(unit)})</span>' for unit in sorted(units))
    note = f' <span class="ln">{line}</span>' if line else ""
    cells = "".join(f'<td role="cell">{values.place(one) if one is not None else ""}</td>' for one in found)
    quiet = " quiet" if all(one is None or (one.value == 0 and one.accepted) for one in found) else ""
    label = f'<th role="rowheader" scope="row" lang="zh">{safe(row.label)}{unit}{note}</th>'
    return f'<tr class="r{quiet}" role="row">{label}{cells}</tr>\n'
