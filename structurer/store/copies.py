"""Which documents are the same report as another one: worked out anew for what has changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, exists, func, insert, literal, null, or_, select, tuple_, union

from structurer.sameness import Candidate
from structurer.sameness import copies as copies_among
from structurer.store.clauses import found_at, is_current, portions
from structurer.store.tables import (
    copies,
    documents,
    events,
    observations,
    review_built,
    sentence_marks,
)

_ABOUT_ITSELF = "metadata."

Office = tuple[str, int]
"""An agency and a year."""


@dataclass(frozen=True)
class Linked:
    """A document that is the same report as another one, `of`, and why."""

    path: str
    id: str
    of_path: str
    of_id: str
    why: str


def link(connection: Connection) -> int:
    """Links what is new or has changed; returns how many documents are copies now that were not before."""
    before = _of(connection)
    offices = _changed(connection)
    _note_new(connection)
    for office in offices:
        _link(connection, office)
    after = _of(connection)
    # What is asked about a copy depends on what it is a copy of: its part of the queue is computed again.
    changed = sorted(number for number in before | after if before.get(number) != after.get(number))
    for part in portions(changed):
        connection.execute(delete(review_built).where(review_built.c.document.in_(part)))
    return len(after.keys() - before.keys())


def _of(connection: Connection) -> dict[int, int]:
    """Every copy with what it is a copy of."""
    rows = connection.execute(select(copies.c.document, copies.c.of).where(copies.c.of.is_not(None)))
    return {row.document: row.of for row in rows}


def linked(connection: Connection, number: int | None = None) -> Iterator[Linked]:
    """Copies with what they are copies of, by path; those that a document has to do with, if one is named."""
    leader = documents.alias()
    query = (
        select(
            found_at().label("path"),
            documents.c.id,
            found_at(leader).label("of_path"),
            leader.c.id.label("of_id"),
            copies.c.why,
        )
        .select_from(copies)
        .join(documents, documents.c.number == copies.c.document)
        .join(leader, leader.c.number == copies.c.of)
        .where(is_current())
    )
    if number is not None:
        of = select(copies.c.of).where(copies.c.document == number).scalar_subquery()
        query = query.where(or_(copies.c.document == number, copies.c.of == number, copies.c.of == of))
    for row in connection.execute(query.order_by("path")):
        yield Linked(row.path, row.id, row.of_path, row.of_id, row.why)


def _changed(connection: Connection) -> list[Office]:
    """Agencies and years of several documents of which one is new, was extracted again, or has moved away."""
    of = documents.alias()
    several = (
        select(documents.c.agency, documents.c.year)
        .where(documents.c.agency.is_not(None), documents.c.year.is_not(None), is_current())
        .group_by(documents.c.agency, documents.c.year)
        .having(func.count() > 1)
    )
    touched = (
        select(documents.c.agency, documents.c.year)
        .outerjoin(copies, copies.c.document == documents.c.number)
        .where(
            or_(copies.c.document.is_(None), copies.c.extracted_at != documents.c.extracted_at), is_current()
        )
    )
    # A document that stood for others and is about something else now, or whose file has other bytes now.
    left = (
        select(of.c.agency, of.c.year)
        .select_from(copies)
        .join(of, of.c.number == copies.c.document)
        .join(documents, documents.c.number == copies.c.of)
        .where(
            or_(
                ~is_current(),
                documents.c.agency.is_distinct_from(of.c.agency),
                documents.c.year.is_distinct_from(of.c.year),
            )
        )
    )
    changed = union(touched, left).subquery()
    rows = connection.execute(
        several.where(
            tuple_(documents.c.agency, documents.c.year).in_(select(changed.c.agency, changed.c.year))
        )
    )
    alone = connection.execute(left)
    return sorted({(row.agency, row.year) for row in (*rows, *alone) if row.agency is not None})


def _note_new(connection: Connection) -> None:
    """Notes every document that was not looked at yet as none's copy, and forgets what is out of date."""
    stale = (
        select(copies.c.document)
        .join(documents, documents.c.number == copies.c.document)
        .where(copies.c.extracted_at != documents.c.extracted_at)
    )
    connection.execute(delete(copies).where(copies.c.document.in_(stale)))
    new = select(documents.c.number, documents.c.extracted_at, null(), literal("")).where(
        ~exists().where(copies.c.document == documents.c.number)
    )
    connection.execute(insert(copies).from_select(["document", "extracted_at", "of", "why"], new))


def _link(connection: Connection, office: Office) -> None:
    agency, year = office
    mine = select(documents.c.number).where(documents.c.agency == agency, documents.c.year == year)
    found = copies_among(_candidates(connection, agency, year))
    cleared = copies.update().where(copies.c.document.in_(mine)).values({"of": None, "why": ""})
    connection.execute(cleared)
    for one in found:
        values = {"of": one.of, "why": one.why}
        connection.execute(copies.update().where(copies.c.document == one.number).values(values))


def _candidates(connection: Connection, agency: str, year: int) -> Iterator[Candidate]:
    decided = exists().where(events.c.document == documents.c.id, events.c.of == "")
    query = (
        select(documents.c.number, found_at().label("path"), decided.label("decided"), sentence_marks.c.mark)
        .outerjoin(sentence_marks, sentence_marks.c.document == documents.c.number)
        .where(documents.c.agency == agency, documents.c.year == year, is_current())
    )
    rows = connection.execute(query).all()
    figures = _figures(connection, [row.number for row in rows])
    for row in rows:
        yield Candidate(row.number, row.path, bool(row.decided), figures[row.number], row.mark or b"")


def _figures(connection: Connection, numbers: Iterable[int]) -> dict[int, dict[Hashable, Any]]:
    """Accepted figures of documents, by what they are about; of several about the same, all of them."""
    rows = observations.c
    query = select(
        rows.document,
        rows.indicator,
        rows.period,
        rows.scope,
        rows.as_of,
        rows.value,
        rows.unit,
        rows.qualifier,
    ).where(rows.document.in_(list(numbers)), rows.accepted, ~rows.indicator.startswith(_ABOUT_ITSELF))
    found: dict[int, dict[Hashable, Any]] = defaultdict(dict)
    for row in connection.execute(query):
        about = (row.indicator, row.period, row.scope, row.as_of)
        told = found[row.document].setdefault(about, set())
        told.add((row.value, row.unit, row.qualifier))
    return found
