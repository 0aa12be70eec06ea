"""The store read from end to end: every current report as tuples, a few at a time, of one moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Any

from pydantic_core import from_json
from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Select,
    Table,
    Text,
    collate,
    exists,
    select,
    type_coerce,
)
from sqlalchemy import Row as SQLRow

from structurer.flat import Line, Report, flat
from structurer.observation import DocumentInfo, Finding, SectionInfo, TableInfo, trusted
from structurer.review.decided import decided
from structurer.review.events import Event
from structurer.review.items import Plan
from structurer.review.rulebook import rulebook
from structurer.store.clauses import is_copy
from structurer.store.log import EventLog
from structurer.store.tables import documents, findings, observations, places, sections

_BATCH = 100
"""Reports in memory at a time; two hundred values each."""
_Loads = Callable[[Any], Any]


def stream(
    connection: Connection, *, reviewed: bool = True, accepted: bool = False, whole: bool = True
) -> Iterator[Report]:
    """Every current report in the order of its path, with what reviewers decided.

    A report that lies at several paths comes once, under the first. So the order depends on the reports, not
    on the run that imported them. `accepted` leaves out values that do not leave by default, `whole=False`
    findings and sections.
    """
    plan = EventLog(connection).plan() if reviewed else Plan()
    for batch in paged(connection, _BATCH):
        yield from _reports(connection, batch, plan, reviewed, accepted, whole)


def current(dialect: str, *, with_copies: bool = False) -> Select[Any]:
    """Documents that a path still leads to, each once under its first path (`found_at`), by path.

    Paths are ordered by their characters, whatever the database's language. Documents that are the same
    report as another one are left out unless `with_copies`.
    """
    path, other = _by_character(places.c.path, dialect), places.alias()
    earlier = exists().where(
        other.c.document == places.c.document, _by_character(other.c.path, dialect) < path
    )
    query = select(documents, places.c.path.label("found_at")).join(
        places, places.c.document == documents.c.number
    )
    query = query.where(~earlier)
    if not with_copies:
        query = query.where(~is_copy())
    return query.order_by(path)


def paged(connection: Connection, size: int) -> Iterator[Sequence[SQLRow[Any]]]:
    """The current documents, some at a time."""
    batch = page(connection, size)
    while batch:
        yield batch
        batch = page(connection, size, after=batch[-1].found_at)


def page(
    connection: Connection, size: int, *, after: str | None = None, with_copies: bool = False
) -> Sequence[SQLRow[Any]]:
    """The first current documents behind a path."""
    dialect = connection.dialect.name
    query = current(dialect, with_copies=with_copies).limit(size)
    if after is not None:
        query = query.where(_by_character(places.c.path, dialect) > after)
    return connection.execute(query).all()


def _by_character(path: Any, dialect: str) -> ColumnElement[Any]:
    return collate(path, {"sqlite": "BINARY"}.get(dialect, "C"))


def reports_of(connection: Connection, batch: Sequence[SQLRow[Any]], plan: Plan) -> Iterator[Report]:
    """These documents with all their values, as reviewers left them; no findings, no sections."""
    return _reports(connection, batch, plan, reviewed=True, accepted=False, whole=False)


def _reports(
    connection: Connection,
    batch: Sequence[SQLRow[Any]],
    plan: Plan,
    reviewed: bool,
    accepted: bool,
    whole: bool,
) -> Iterator[Report]:
    acts = EventLog(connection).of_documents([row.id for row in batch]) if reviewed else {}
    # A decision may accept what the machine left open, so reports that have any are read whole.
    plain = [row.number for row in batch if row.id not in acts]
    chosen = [row.number for row in batch if row.id in acts]
    lines = _lines(connection, plain, accepted) | _lines(connection, chosen, accepted=False)
    noted, titled = (
        _findings(connection, batch if whole else ()),
        _sections(connection, batch if whole else ()),
    )
    for row in batch:
        report = Report(
            document=_document(row),
            lines=lines.get(row.number, []),
            findings=noted.get(row.number, []),
            sections=titled.get(row.number, []),
            usage=row.usage,
            settled_at=row.extracted_at,
        )
        yield _decided(report, plan, acts[row.id], accepted) if row.id in acts else report


def _decided(report: Report, plan: Plan, acts: Sequence[Event], accepted: bool) -> Report:
    at: datetime | None = max((act.at for act in acts), default=report.settled_at)
    if at is not None and report.settled_at is not None:
        at = max(at, report.settled_at)
    made = flat(decided(report.extraction(), rulebook(), plan, acts), settled_at=at)
    if not accepted:
        return made
    return Report(
        document=made.document,
        lines=list(made.accepted()),
        findings=made.findings,
        sections=made.sections,
        usage=made.usage,
        settled_at=at,
    )


def _document(row: SQLRow[Any]) -> DocumentInfo:
    tables = {name: trusted(TableInfo, [table])[0] for name, table in row.forms.items()}
    values = {name: getattr(row, name) for name in ("id", "agency", "year", "title", "published")}
    return trusted(DocumentInfo, [{"path": row.found_at, **values, "tables": tables}])[0]


def _lines(connection: Connection, numbers: Sequence[int], accepted: bool) -> dict[int, list[Line]]:
    if not numbers:
        return {}
    query, loads = _values(connection.dialect.name)
    query = query.where(observations.c.document.in_(numbers))
    if accepted:
        query = query.where(observations.c.accepted)
    rows = connection.execute(query).all()
    if not rows:
        return {}
    of, *columns = zip(*rows, strict=True)
    made = [map(load, column) if load else column for load, column in zip(loads, columns, strict=True)]
    lines = list(map(Line._make, zip(*made, strict=True)))
    found: dict[int, list[Line]] = {}
    start = 0
    for number, group in groupby(of):
        end = start + sum(1 for _ in group)
        found[number] = lines[start:end]
        start = end
    return found


@lru_cache(maxsize=4)
def _values(dialect: str) -> tuple[Select[Any], list[_Loads | None]]:
    """The query for values, and what turns each of its columns into a Line's field.

    SQLite keeps JSON as text: most of it is the same few texts again and again, which are parsed once.
    """
    chosen, loads = [], []
    for name in Line._fields:
        column: Any = observations.c[name]
        load: _Loads | None = None
        if isinstance(column.type, JSON):
            load = None if name == "value" else tuple
            if dialect == "sqlite":
                column = type_coerce(column, Text)
                load = _TEXT_LOADS.get(name, _texts)
        elif name == "accepted":
            load = bool
        chosen.append(column)
        loads.append(load)
    query = select(observations.c.document, *chosen)
    return query.order_by(observations.c.document, observations.c.position), loads


def _value(kept: Any) -> Any:
    """SQLite itself makes a number of a text that is one."""
    return from_json(kept) if isinstance(kept, str) else kept


@lru_cache(maxsize=1 << 14)
def _texts(text: str) -> tuple[Any, ...]:
    return tuple(from_json(text))


_TEXT_LOADS: dict[str, _Loads] = {"value": _value, "evidence": from_json}


def _of(
    connection: Connection, table: Table, batch: Sequence[SQLRow[Any]]
) -> Iterator[tuple[int, list[Any]]]:
    numbers = [row.number for row in batch]
    if numbers:
        query = (
            select(table).where(table.c.document.in_(numbers)).order_by(table.c.document, table.c.position)
        )
        for number, group in groupby(connection.execute(query), attrgetter("document")):
            yield number, list(group)


def _findings(connection: Connection, batch: Sequence[SQLRow[Any]]) -> dict[int, list[Finding]]:
    names = ("rule", "severity", "message")
    return {
        number: trusted(
            Finding,
            (
                {name: getattr(row, name) for name in names} | {"indicators": tuple(row.indicators)}
                for row in group
            ),
        )
        for number, group in _of(connection, findings, batch)
    }


def _sections(connection: Connection, batch: Sequence[SQLRow[Any]]) -> dict[int, list[SectionInfo]]:
    names = ("title", "start", "end", "state")
    return {
        number: trusted(SectionInfo, ({name: getattr(row, name) for name in names} for row in group))
        for number, group in _of(connection, sections, batch)
    }
