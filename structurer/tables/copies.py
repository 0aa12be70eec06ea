"""Further copies of a table in the same report: where they differ, its cells are left open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from structurer.observation import Finding, Observation, Value, opened
from structurer.tables.locate import Span
from structurer.tables.table import TableReading

MOST_COPIES = 8
"""Different copies of a table that are read; a report has two or three, and each costs a search."""


def different(masked: str, spans: Sequence[Span]) -> list[Span]:
    """Of copies that print the same, one: a page repeated a hundred times is read twice."""
    return list({masked[span.start : span.end].strip(): span for span in reversed(spans)}.values())[::-1]


def not_compared(table: TableReading, count: int) -> TableReading:
    """A table with more copies than a report can have: they are not compared, so nothing is accepted."""
    observations = tuple(opened(one, one.candidates or (one.value,)) for one in table.observations)
    return replace(table, observations=observations, findings=(*table.findings, _many(table.table, count)))


def compared(table: TableReading, copies: Sequence[TableReading]) -> TableReading:
    """A table with further copies in the same report: cells they do not agree on are open."""
    others: dict[str, list[Value]] = {}
    for copy in copies:
        for observation in copy.observations:
            if observation.value is not None:
                others.setdefault(observation.indicator, []).append(observation.value)
        for cell in _blank(copy):
            others.setdefault(cell, []).append(None)
    if not others:
        return table
    observations = tuple(_agreed(one, others.get(one.indicator, ())) for one in table.observations)
    findings = (*table.findings, _repeated(table.table))
    return replace(table, observations=observations, findings=findings)


def _blank(copy: TableReading) -> Iterator[str]:
    """The cells of the rows that print their label and nothing else."""
    for row in copy.rows:
        if row.line is not None and row.layout != "unreadable" and not any(row.cells):
            yield from (cell.indicator for cell in row.places)


def _agreed(one: Observation, others: Sequence[Value]) -> Observation:
    if all(value == one.value or (value is None and not one.value) for value in others):
        return one
    return opened(one, tuple(dict.fromkeys((one.value, *others))))


def _repeated(table: str) -> Finding:
    message = "the report holds this table more than once; where the copies differ the cells are left open"
    return Finding(rule=f"{table}.repeated", severity="warning", message=message)


def _many(table: str, count: int) -> Finding:
    message = (
        f"{count} other tables of the kind stand in this text, as where many reports were put into one;"
        " they were not compared, and all cells are left open"
    )
    return Finding(rule=f"{table}.repeated", severity="warning", message=message)
