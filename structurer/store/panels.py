"""What a panel reads of a store: who reports on which year, and figures as plain rows."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from sqlalchemy import (
    Connection,
    Select,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    type_coerce,
)
from sqlalchemy.types import NullType

from structurer.observation import Extraction, Observation, Value
from structurer.review.decided import REVIEWER
from structurer.store.assembling import as_reviewed
from structurer.store.clauses import found_at, is_copy, is_current, portions
from structurer.store.database import Database
from structurer.store.tables import (
    ABOUT_ITSELF,
    documents,
    events,
    failures,
    observations,
    panel_links,
    review_built,
)

_PAGE = 5_000
_CONTACTS = ("metadata.contact_phone", "metadata.contact_email")
_LINK = (panel_links.c.kind, panel_links.c.first, panel_links.c.second, panel_links.c.year)
_WHO = ("metadata.agency", "metadata.year")


class Identity(NamedTuple):
    """Which document this is; agency and year as reviewers left them."""

    number: int
    agency: str | None
    year: int | None


class About(NamedTuple):
    """A document as it is shown."""

    number: int
    id: str
    path: str
    title: str | None
    published: str | None
    tables: Mapping[str, Mapping[str, Any]]


class Figure(NamedTuple):
    """One figure of one report, as reviewers left it; it counts the year and the office itself."""

    document: int
    indicator: str
    value: int | float | None
    unit: str
    qualifier: str
    printed: str
    status: str
    accepted: bool
    reviewed: bool = False
    """Whether a person decided it."""


class Link(NamedTuple):
    """Two reports whose figures bind each other, and the year they do so in.

    `years`: one year's and that of the next, which `year` is; `parent`: an agency's and one of an agency
    below it; `whole`: the same, and it counts nothing else; `edition`: the one that counts for a year and
    another for the same year.
    """

    kind: Literal["years", "parent", "whole", "edition"]
    first: int
    second: int
    year: int


class Panels:
    """Reading a store for panels. Every method is one transaction, or one a page."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def identities(self) -> Iterator[Identity]:
        """Who reports on which year: every current document that is no copy, in the order of first import."""
        who = select(documents.c.number, documents.c.agency, documents.c.year)
        query = who.where(is_current(), ~is_copy())
        overruled = self._overruled()
        for row in self._pages(query):
            yield overruled.get(row.number) or Identity(*row)

    def contacts(self, numbers: Sequence[int]) -> Iterator[tuple[int, str]]:
        """Accepted telephones and e-mail addresses of documents, by document."""
        query = select(observations.c.document, type_coerce(observations.c.value, NullType())).where(
            text(ABOUT_ITSELF), observations.c.indicator.in_(_CONTACTS), observations.c.accepted
        )
        for document, value in self._about(query, numbers):
            if isinstance(value, int | str):
                yield document, str(value).strip('"')

    def candidates(self, numbers: Sequence[int]) -> Iterator[tuple[int, str, tuple[str, ...]]]:
        """Agencies and years that stay open in documents: document, which of them, what it may be."""
        query = select(observations.c.document, observations.c.indicator, observations.c.candidates).where(
            text(ABOUT_ITSELF), observations.c.indicator.in_(_WHO), ~observations.c.accepted
        )
        for document, indicator, found in self._about(query, numbers):
            yield document, indicator.partition(".")[2], tuple(map(str, found))

    def _about(self, query: Select[Any], numbers: Sequence[int]) -> Iterator[Any]:
        for chunk in portions(numbers):
            with self._database.transaction() as connection:
                yield from connection.execute(query.where(observations.c.document.in_(chunk))).all()

    def abouts(self, numbers: Sequence[int]) -> dict[int, About]:
        """Documents by number."""
        with self._database.transaction() as connection:
            return abouts(connection, numbers)

    def figures(self, numbers: Sequence[int], indicators: Collection[str] = ()) -> dict[int, list[Figure]]:
        """The figures of reports by document, in their order; only these indicators, if any are named."""
        with self._database.transaction() as connection:
            return figures(connection, numbers, indicators)

    def failed(self) -> int:
        """Files whose last import failed."""
        with self._database.transaction() as connection:
            return connection.scalar(select(func.count()).select_from(failures)) or 0

    def link(self, links: Collection[Link]) -> int:
        """Puts these links in the place of all others; returns how many documents have other links now.

        Their part of the queue is computed again when somebody opens it.
        """
        with self._database.transaction(writes=True) as connection:
            known = {Link(*row) for row in connection.execute(select(*_LINK))}
            changed = {number for one in known ^ set(links) for number in (one.first, one.second)}
            if not changed:
                return 0
            connection.execute(delete(panel_links))
            if links:
                connection.execute(insert(panel_links), [link._asdict() for link in sorted(links)])
            for chunk in portions(sorted(changed)):
                connection.execute(delete(review_built).where(review_built.c.document.in_(chunk)))
            return len(changed)

    def _overruled(self) -> dict[int, Identity]:
        """Documents whose agency or year a reviewer decided, as they left it."""
        query = (
            select(documents.c.number)
            .join(events, events.c.document == documents.c.id)
            .where(events.c.indicator.in_(_WHO), events.c.item != "")
        )
        with self._database.transaction() as connection:
            numbers = sorted(set(connection.scalars(query)))
            return {
                number: _identity(number, extraction)
                for chunk in portions(numbers)
                for number, extraction in as_reviewed(connection, chunk)
            }

    def _pages(self, query: Select[Any]) -> Iterator[Any]:
        last = 0
        while True:
            page = query.where(documents.c.number > last).order_by(documents.c.number).limit(_PAGE)
            with self._database.transaction() as connection:
                rows = connection.execute(page).all()
            yield from rows
            if len(rows) < _PAGE:
                return
            last = rows[-1].number


def abouts(connection: Connection, numbers: Sequence[int]) -> dict[int, About]:
    """As `Panels.abouts`, in a transaction that is open."""
    about = documents.c
    query = select(about.number, about.id, found_at(), about.title, about.published, about.forms)
    return {
        row[0]: About(*row)
        for chunk in portions(numbers)
        for row in connection.execute(query.where(about.number.in_(chunk)))
    }


def links_of(connection: Connection, number: int, *, current: bool = True) -> list[Link]:
    """The links a document stands in; those alone, unless `current` is false, whose files are still there."""
    query = select(*_LINK).where(or_(panel_links.c.first == number, panel_links.c.second == number))
    if current:
        for end in (panel_links.c.first, panel_links.c.second):
            query = query.where(is_current(end))
    return sorted(Link(*row) for row in connection.execute(query))


def figures(
    connection: Connection, numbers: Sequence[int], indicators: Collection[str] = ()
) -> dict[int, list[Figure]]:
    """As `Panels.figures`, in a transaction that is open."""
    made: dict[int, list[Figure]] = {number: [] for number in numbers}
    table = observations.c
    # JSON and Boolean columns of an SQLite store hold plain numbers: nothing has to be decoded.
    query = (
        select(
            table.document,
            table.indicator,
            type_coerce(table.value, NullType()),
            table.unit,
            table.qualifier,
            table.printed,
            table.status,
            type_coerce(table.accepted, NullType()),
            literal(0, NullType()),
        )
        .where(table.period == "year", table.scope.is_(None))
        .order_by(table.document)
    )
    query = (
        # Ordered by position itself, SQLite would go through all rows of a report, which are in that order.
        query.where(table.indicator.in_(indicators)).order_by(table.position + 0)
        if indicators
        else query.where(table.indicator.not_like("metadata.%")).order_by(table.position)
    )
    wanted = frozenset(indicators)
    for chunk in portions(numbers):
        reviewed = dict(as_reviewed(connection, chunk))
        plain = [number for number in chunk if number not in reviewed]
        for row in connection.execute(query.where(table.document.in_(plain))).fetchall():
            figure = Figure._make(row)
            made[row[0]].append(figure if not isinstance(row[2], str) else _with_number(figure))
        for number, extraction in reviewed.items():
            made[number] = [_figure(number, one) for one in extraction.observations if _counts(one, wanted)]
    return made


def _with_number(figure: Figure) -> Figure:
    return figure._replace(value=_parsed(figure.value))


def _figure(number: int, found: Observation) -> Figure:
    return Figure(
        number,
        found.indicator,
        _number(found.value),
        found.unit,
        found.qualifier,
        found.printed,
        found.status,
        found.accepted,
        REVIEWER in found.methods,
    )


def _counts(found: Observation, wanted: frozenset[str]) -> bool:
    named = found.indicator in wanted if wanted else not found.indicator.startswith("metadata.")
    return named and found.period == "year" and found.scope is None


def _number(value: Any) -> int | float | None:
    return value if isinstance(value, int | float) else _parsed(value)


def _parsed(value: Any) -> int | float | None:
    if not isinstance(value, str):
        return None
    made: Value = json.loads(value)
    return made if isinstance(made, int | float) else None


def _identity(number: int, extraction: Extraction) -> Identity:
    agency, year = (
        next((one.value for one in extraction.observations if one.indicator == key and one.accepted), None)
        for key in _WHO
    )
    return Identity(
        number,
        agency if isinstance(agency, str) else None,
        int(year) if isinstance(year, int | float) else None,
    )
