"""Documents, their extractions and their places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, Select, Table, exists, func, select
from sqlalchemy import Row as SQLRow
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from structurer.errors import StoreError, UnknownDocument
from structurer.flat import Report
from structurer.observation import Extraction
from structurer.record import Record, record
from structurer.review.decided import decided
from structurer.review.items import Plan
from structurer.review.rulebook import rulebook
from structurer.store import rows, runs
from structurer.store.copies import Linked, link, linked
from structurer.store.known import Known, failed_of, known
from structurer.store.log import EventLog
from structurer.store.reviews import Reviews
from structurer.store.runs import Engine as RunEngine
from structurer.store.runs import Run
from structurer.store.tables import (
    documents,
    events,
    failures,
    findings,
    lock_for_migration,
    migrate,
    observations,
    places,
    sections,
)
from structurer.store.writing import Failed, Placed, put_failures, put_places, put_records

if TYPE_CHECKING:
    from structurer.store.handed import HandedIn
    from structurer.store.journal import Journal
    from structurer.store.panels import Panels

_BATCH = 50
_MANY = 1_000
_CURRENT = exists().where(places.c.document == documents.c.number)
_SHORTEST_PREFIX = 4


@dataclass(frozen=True)
class Counts:
    """How much a store holds; `superseded` documents are kept, but their files have other bytes now."""

    documents: int = 0
    places: int = 0
    superseded: int = 0
    failures: int = 0
    copies: int = 0
    """Current documents that are the same report as another one."""
    observations: Mapping[str, int] = field(default_factory=dict)
    accepted: int = 0


class _Collision(StoreError):
    """Another process put the same document or place there first; asked again, it works."""


class Store:
    """A store that is open; made by `open_store`, closed by its `with` block."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self.name = name

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Store({self.name!r})"

    def close(self) -> None:
        """Lets go of the connection; what was added is kept."""
        self._engine.dispose()

    def migrate(self) -> None:
        """Brings the tables up to date. Raises StoreError when a newer version wrote them."""
        with self._transaction(writes=True) as connection:
            lock_for_migration(connection)
            try:
                migrate(connection)
            except StoreError as error:
                raise StoreError(f"{self.name}: {error}") from None

    def add(self, extraction: Extraction, *, fingerprint: str = "", content: bytes | None = None) -> None:
        """Keeps an extraction; what was kept for the same bytes before is replaced in one piece.

        `fingerprint` says what made it: library, forms and prompts. Without one, an import of the same
        bytes extracts them again. `content`, the document's bytes, is kept for reviewers elsewhere.
        What reviewers decided stays.
        """
        self.write([record(extraction, content=content, fingerprint=fingerprint)])

    def add_place(self, id: str, path: str) -> None:
        """Notes that a known document's bytes also lie at `path`."""
        self.write(placed=[Placed(id, path)])

    def add_failure(self, path: str, id: str | None, *, kind: str, reason: str) -> None:
        """Notes that a file could not be imported, and why.

        When its bytes are known (`id`) they are no longer those of an earlier import, which is superseded.
        """
        self.write(failed=[Failed(path, id, kind, reason)])

    def write(
        self,
        records: Sequence[Record] = (),
        placed: Sequence[Placed] = (),
        failed: Sequence[Failed] = (),
        run: Run | None = None,
    ) -> None:
        """As `add`, `add_place` and `add_failure` for many files, in one transaction: all or nothing.

        `run`, as `begin_run` gave it, is brought up to date with them. Raises ValueError where this kind of
        database cannot hold one of the documents, StoreError when the store fails.
        """
        try:
            self._write(records, placed, failed, run)
        except _Collision:
            self._write(records, placed, failed, run)

    def _write(
        self,
        records: Sequence[Record],
        placed: Sequence[Placed],
        failed: Sequence[Failed],
        run: Run | None,
    ) -> None:
        with self._transaction(writes=True) as connection:
            if failed:
                put_failures(connection, failed)
            if records:
                put_records(connection, records)
            for unknown in put_places(connection, placed) if placed else ():
                raise StoreError(f"{self.name}: no document {unknown.id}")
            if run is not None:
                runs.renew(connection, run)

    def begin_run(self, engine: RunEngine, model: str, workers: int) -> Run:
        """Notes that an import begins; what it does is noted by `write`, with what it wrote."""
        with self._transaction(writes=True) as connection:
            return runs.begin(connection, engine, model, workers)

    def runs(self, limit: int = 20) -> list[Run]:
        """The imports that began last, the newest first; one without an end was killed or goes on."""
        with self._transaction() as connection:
            return runs.latest(connection, limit)

    def link_copies(self) -> int:
        """Finds documents that are the same report as another one (see structurer.sameness).

        Looks only where something changed since it was last called; returns how many copies are new.
        Nothing is removed: exports leave copies out, unless they are asked for.
        """
        with self._transaction(writes=True) as connection:
            return link(connection)

    def copies(self, key: str | None = None) -> list[Linked]:
        """Documents that are the same report as another one; those that `key`, named as for `get`, is among.

        Raises StoreError when there is no such document or when several fit.
        """
        with self._transaction() as connection:
            number = None if key is None else int(self._find(connection, key).number)
            return list(linked(connection, number))

    def journal(self) -> Journal:
        """The journal of what models answered, for `structurer.model.Client`."""
        from structurer.store.journal import Journal

        return Journal(self)

    def handed_in(self) -> HandedIn:
        """The batches of questions that an endpoint is answering."""
        from structurer.store.handed import HandedIn

        return HandedIn(self)

    def panels(self) -> Panels:
        """What `structurer.panel` reads: who reports on which year, and figures as plain rows."""
        from structurer.store.panels import Panels

        return Panels(self)

    def _decided(self, connection: Connection, numbers: Sequence[int]) -> Iterator[tuple[int, Extraction]]:
        """Those of these documents that a reviewer has decided anything about, as they left them."""
        about = select(events.c.document).where(events.c.document == documents.c.id, events.c.item != "")
        query = select(documents, documents.c.path.label("found_at")).where(
            documents.c.number.in_(numbers), about.exists()
        )
        rows = connection.execute(query.order_by(documents.c.number)).all()
        for start in range(0, len(rows), _BATCH):
            batch = rows[start : start + _BATCH]
            made = _assemble(connection, batch, reviewed=True)
            yield from zip((row.number for row in batch), made, strict=True)

    def has(self, id: str, fingerprint: str, *, path: str | None = None) -> bool:
        """Whether these bytes were extracted by this fingerprint; with `path`, and found there."""
        query = select(documents.c.number).where(documents.c.id == id, documents.c.fingerprint == fingerprint)
        if path is not None:
            query = query.join(places).where(places.c.path == path)
        with self._transaction() as connection:
            return connection.scalar(query) is not None

    def known(self, found: Mapping[str, str], fingerprint: str) -> dict[str, Known]:
        """What is known of files, by path: `found` holds the id of each one's bytes.

        `placed`: extracted by this fingerprint, and found there; `elsewhere`: extracted, under another path;
        `failed`: tried by this fingerprint, and failed. What is not in the answer is to be extracted.
        """
        with self._transaction() as connection:
            return known(connection, found, fingerprint)

    def ids(self, fingerprint: str) -> Iterator[str]:
        """The ids of all documents that were extracted by this fingerprint, in their order."""
        last = ""
        query = select(documents.c.id).where(documents.c.fingerprint == fingerprint)
        while True:
            part = query.where(documents.c.id > last).order_by(documents.c.id).limit(20 * _MANY)
            with self._transaction() as connection:
                found = list(connection.scalars(part))
            yield from found
            if not found:
                return
            last = found[-1]

    def get(self, key: str, *, reviewed: bool = True) -> Extraction:
        """The extraction of a document named by its path, the end of its path, its id or an id's beginning.

        With what reviewers decided about it; `reviewed=False` gives what the machine found.
        Raises StoreError when there is none or when several fit.
        """
        with self._transaction() as connection:
            row = self._find(connection, key)
            return next(_assemble(connection, [row], reviewed))

    def number(self, key: str, connection: Connection | None = None) -> int:
        """The store's number of a document, named as for `get`; in a transaction that is open, if given."""
        if connection is not None:
            return int(self._find(connection, key).number)
        with self._transaction() as opened:
            return int(self._find(opened, key).number)

    def _find(self, connection: Connection, key: str) -> SQLRow[Any]:
        for query in _lookups(key):
            found = connection.execute(query.limit(6)).all()
            if len({row.number for row in found}) > 1:
                several = ", ".join(f"{row.found_at} ({row.id[:12]})" for row in found)
                raise UnknownDocument(f"{key}: several documents fit: {several}")
            if found:
                return found[0]
        failed = connection.scalar(select(failures.c.reason).where(failures.c.path == key))
        if failed is not None:
            raise UnknownDocument(f"{key}: its import failed: {failed}")
        raise UnknownDocument(f"{key}: not in {self.name}; `structurer import` puts a file there")

    @contextmanager
    def reviews(self, *, writes: bool = False) -> Iterator[Reviews]:
        """The review tables in one transaction; a second one that writes waits for the first."""
        with self._transaction(writes=writes) as connection:
            found = Reviews(connection)
            if writes:
                found.lock()
            yield found

    def extractions(self, *, reviewed: bool = True, copies: bool = False) -> Iterator[Extraction]:
        """All current extractions, a few in memory at a time, by path; of several paths the first counts.

        The order is that of the paths' characters: the same documents come in the same order, however and
        whenever they were imported. With what reviewers decided about them; `reviewed=False` gives what the
        machine found. Documents that are the same report as another one are left out unless `copies`.
        """
        from structurer.store.streaming import page

        last: str | None = None
        while True:
            with self._transaction() as connection:
                batch = page(connection, _BATCH, after=last, with_copies=copies)
                made = list(_assemble(connection, batch, reviewed))
            if not batch:
                return
            yield from made
            last = batch[-1].found_at

    def reports(
        self, *, reviewed: bool = True, accepted: bool = False, whole: bool = True
    ) -> Iterator[Report]:
        """All current reports as tuples, in the order of their paths, as they stood when reading began.

        Ten times as fast as `extractions`, for what reads everything; nothing may be written through the
        same connection meanwhile. `accepted` and `whole=False` leave out what is not needed.
        """
        from structurer.store.streaming import stream

        with self._transaction(steady=True) as connection:
            yield from stream(connection, reviewed=reviewed, accepted=accepted, whole=whole)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One look at the store, for `structurer.store.figures`; what others write meanwhile is not seen."""
        with self._transaction(steady=True) as connection:
            yield connection

    def failures(self) -> Iterator[Failed]:
        """Files whose last import failed, by path."""
        query = select(failures).order_by(failures.c.path).limit(_MANY)
        last: str | None = None
        while True:
            part = query if last is None else query.where(failures.c.path > last)
            with self._transaction() as connection:
                found = connection.execute(part).all()
            yield from map(failed_of, found)
            if not found:
                return
            last = found[-1].path

    def counts(self) -> Counts:
        """How many documents, places, failures and observations of each status it holds."""
        with self._transaction() as connection:

            def count(query: Select[Any]) -> int:
                return connection.scalar(query) or 0

            current = select(observations).join(documents).where(_CURRENT).subquery()
            by_status = select(current.c.status, func.count()).group_by(current.c.status)
            return Counts(
                documents=count(select(func.count()).select_from(documents).where(_CURRENT)),
                places=count(select(func.count()).select_from(places)),
                superseded=count(select(func.count()).select_from(documents).where(~_CURRENT)),
                failures=count(select(func.count()).select_from(failures)),
                copies=len(list(linked(connection))),
                observations={row[0]: row[1] for row in connection.execute(by_status)},
                accepted=count(select(func.count()).select_from(current).where(current.c.accepted)),
            )

    @contextmanager
    def _transaction(self, *, writes: bool = False, steady: bool = False) -> Iterator[Connection]:
        """A transaction; `steady` reads see nothing of what others write meanwhile."""
        try:
            with self._engine.connect() as connection:
                connection = connection.execution_options(writes=writes)
                if steady and connection.dialect.name == "postgresql":  # SQLite's always are
                    connection = connection.execution_options(isolation_level="REPEATABLE READ")
                with connection.begin():
                    yield connection
        except IntegrityError as error:
            raise _Collision(f"{self.name}: {error.orig}") from None
        except DataError as error:
            # One document's text that this kind of database cannot hold, not a failing store.
            raise ValueError(f"{self.name} cannot hold this document: {error.orig}") from None
        except (SQLAlchemyError, self._engine.dialect.loaded_dbapi.Error) as error:
            # The driver's own errors come from rows that go straight to it.
            if isinstance(error, self._engine.dialect.loaded_dbapi.DataError):
                raise ValueError(f"{self.name} cannot hold this document: {error}") from None
            reason = str(getattr(error, "orig", None) or error or type(error).__name__)
            if password := self._engine.url.password:
                reason = reason.replace(str(password), "***")
            raise StoreError(f"{self.name}: {reason}") from None


def _lookups(key: str) -> Iterator[Select[Any]]:
    """Queries for what a key may mean, the narrowest first."""
    placed = select(documents, places.c.path.label("found_at")).join(places).order_by(places.c.number)
    yield placed.where(places.c.path == key)
    lowered = key.lower()
    if len(key) >= _SHORTEST_PREFIX and set(lowered) <= set("0123456789abcdef"):
        yield placed.where(documents.c.id.startswith(lowered))
        yield select(documents, documents.c.path.label("found_at")).where(documents.c.id.startswith(lowered))
    yield placed.where(places.c.path.endswith("/" + key, autoescape=True))


def machine(connection: Connection, number: int) -> tuple[Extraction, datetime]:
    """What the machine found in a document, and when."""
    first = select(func.min(places.c.path)).where(places.c.document == number).scalar_subquery()
    named = func.coalesce(first, documents.c.path).label("found_at")
    row = connection.execute(select(documents, named).where(documents.c.number == number)).one()
    return next(_assemble(connection, [row], reviewed=False)), row.extracted_at


def _assemble(connection: Connection, batch: Sequence[SQLRow[Any]], reviewed: bool) -> Iterator[Extraction]:
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
