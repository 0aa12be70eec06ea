"""What a store holds in figures: counted by the database, a few hundred reports at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, func, select

from structurer.flat import Report
from structurer.store.clauses import is_copy, is_current
from structurer.store.log import EventLog
from structurer.store.streaming import paged, reports_of
from structurer.store.tables import documents, failures, findings, observations, places

_BATCH = 400
Counted = Mapping[tuple[str, str, bool], int]
"""Table, status, and whether it is accepted → how many values."""


@dataclass(frozen=True, slots=True)
class Told:
    """A number that a report states: its value and its place among the report's observations."""

    value: int | float
    position: int


@dataclass(frozen=True, slots=True)
class Tally:
    """One report in figures."""

    number: int
    id: str
    path: str
    agency: str | None
    year: int | None
    forms: Mapping[str, str | None]
    counted: Counted
    told: Mapping[str, Told] = field(default_factory=dict)
    """The accepted yearly figures of the indicators that were asked for."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that does not hold: how often, and in how many reports."""

    rule: str
    severity: str
    times: int
    documents: int


@dataclass(frozen=True, slots=True)
class Place:
    """Which report it is."""

    id: str
    path: str
    agency: str | None


def placed(connection: Connection, numbers: Sequence[int]) -> dict[int, Place]:
    """These documents, by their numbers."""
    query = (
        select(documents.c.number, documents.c.id, func.min(places.c.path), documents.c.agency)
        .join(places, places.c.document == documents.c.number)
        .where(documents.c.number.in_(numbers))
        .group_by(documents.c.number, documents.c.id, documents.c.agency)
    )
    return {number: Place(*place) for number, *place in connection.execute(query)}


def tallies(connection: Connection, indicators: Sequence[str]) -> Iterator[Tally]:
    """Every current report in figures, as reviewers left it, by path."""
    log = EventLog(connection)
    plan = log.plan()
    for batch in paged(connection, _BATCH):
        acts = log.of_documents([row.id for row in batch])
        plain = [row.number for row in batch if row.id not in acts]
        counted, told = _counted(connection, plain), _told(connection, plain, indicators)
        chosen = [row for row in batch if row.id in acts]
        decided = {report.document.id: report for report in reports_of(connection, chosen, plan)}
        for row in batch:
            report = decided.get(row.id)
            yield Tally(
                number=row.number,
                id=row.id,
                path=row.found_at,
                agency=row.agency,
                year=row.year,
                forms={name: table["form"] for name, table in row.forms.items()},
                counted=_count(report) if report else counted.get(row.number, {}),
                told=_tell(report, indicators) if report else told.get(row.number, {}),
            )


def broken(connection: Connection) -> list[Broken]:
    """The rules that do not hold, as extraction found them, the most reports first; copies do not count."""
    reports = func.count(findings.c.document.distinct())
    query = (
        select(findings.c.rule, findings.c.severity, func.count(), reports)
        .where(
            findings.c.severity.in_(("error", "warning")),
            is_current(findings.c.document),
            ~is_copy(findings.c.document),
        )
        .group_by(findings.c.rule, findings.c.severity)
        .order_by(reports.desc(), findings.c.rule, findings.c.severity)
    )
    return [Broken(*row) for row in connection.execute(query)]


def failed(connection: Connection) -> list[tuple[str, int]]:
    """Files whose last import failed, by kind, most first."""
    query = select(failures.c.kind, func.count()).group_by(failures.c.kind)
    found = ((kind, count) for kind, count in connection.execute(query))
    return sorted(found, key=lambda one: (-one[1], one[0]))


def _counted(connection: Connection, numbers: Sequence[int]) -> dict[int, dict[tuple[str, str, bool], int]]:
    table = _table(connection.dialect.name)
    of, status, accepted = observations.c.document, observations.c.status, observations.c.accepted
    query = (
        select(of, table, status, accepted, func.count())
        .where(of.in_(numbers))
        .group_by(of, table, status, accepted)
    )
    found: dict[int, dict[tuple[str, str, bool], int]] = {}
    for document, name, worth, left, count in connection.execute(query) if numbers else ():
        found.setdefault(document, {})[name, worth, bool(left)] = count
    return found


def _table(dialect: str) -> ColumnElement[str]:
    """The first part of an indicator."""
    if dialect == "postgresql":
        return func.split_part(observations.c.indicator, ".", 1)
    dot = func.instr(observations.c.indicator, ".")
    return func.substr(observations.c.indicator, 1, dot - 1)


def _told(
    connection: Connection, numbers: Sequence[int], indicators: Sequence[str]
) -> dict[int, dict[str, Told]]:
    one = observations.c
    query = select(one.document, one.indicator, one.value, one.position).where(
        one.document.in_(numbers),
        one.indicator.in_(indicators),
        one.accepted,
        one.period == "year",
        one.qualifier == "exact",
        one.scope.is_(None),
    )
    found: dict[int, dict[str, Told]] = {}
    rows = connection.execute(query.order_by(one.document, one.position)) if numbers else ()
    for document, indicator, value, position in rows:
        if isinstance(value, int | float):
            found.setdefault(document, {}).setdefault(indicator, Told(value, position))
    return found


def _count(report: Report) -> Counted:
    return Counter((line.table, line.status, line.accepted) for line in report.lines)


def _tell(report: Report, indicators: Sequence[str]) -> dict[str, Told]:
    found: dict[str, Told] = {}
    for position, line in enumerate(report.lines):
        yearly = line.accepted and line.period == "year" and line.qualifier == "exact" and not line.scope
        if yearly and line.indicator in indicators and isinstance(line.value, int | float):
            found.setdefault(line.indicator, Told(line.value, position))
    return found
