"""Extractions from the rows of a store, as the machine made them or as reviewers left them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Table, select
from sqlalchemy import Row as SQLRow

from structurer.observation import Extraction
from structurer.review.decided import decided
from structurer.review.items import Plan
from structurer.review.rulebook import rulebook
from structurer.store import rows
from structurer.store.clauses import found_at
from structurer.store.log import EventLog
from structurer.store.tables import documents, events, findings, observations, sections

BATCH = 50
"""Documents that are made at once, so that few are in memory."""


def assembled(connection: Connection, batch: Sequence[SQLRow[Any]], reviewed: bool) -> Iterator[Extraction]:
    """The extractions of some rows of documents, each with the path it was `found_at`."""
    numbers = [row.number for row in batch]

    def parts(table: Table) -> dict[int, list[SQLRow[Any]]]:
        query = (
            select(table).where(table.c.document.in_(numbers)).order_by(table.c.document, table.c.position)
        )
        return {key: list(group) for key, group in groupby(connection.execute(query), attrgetter("document"))}

    found, noted, titled = parts(observations), parts(findings), parts(sections)
    log = EventLog(connection)
    acts = log.of_documents([row.id for row in batch]) if reviewed and batch else {}
    plan = log.plan() if acts else Plan()
    for row in batch:
        made = rows.extraction(
            row,
            row.found_at,
            found.get(row.number, []),
            noted.get(row.number, []),
            titled.get(row.number, []),
        )
        yield decided(made, rulebook(), plan, acts[row.id]) if row.id in acts else made


def machine(connection: Connection, number: int) -> tuple[Extraction, datetime]:
    """What the machine found in a document, and when."""
    query = select(documents, found_at().label("found_at")).where(documents.c.number == number)
    row = connection.execute(query).one()
    return next(assembled(connection, [row], reviewed=False)), row.extracted_at


def as_reviewed(connection: Connection, numbers: Sequence[int]) -> Iterator[tuple[int, Extraction]]:
    """Those of these documents that a reviewer has decided anything about, as they left them."""
    about = select(events.c.document).where(events.c.document == documents.c.id, events.c.item != "")
    query = select(documents, documents.c.path.label("found_at")).where(
        documents.c.number.in_(numbers), about.exists()
    )
    found = connection.execute(query.order_by(documents.c.number)).all()
    for start in range(0, len(found), BATCH):
        batch = found[start : start + BATCH]
        made = assembled(connection, batch, reviewed=True)
        yield from zip((row.number for row in batch), made, strict=True)
