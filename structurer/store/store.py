"""Documents, their extractions and their places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from structurer.errors import StoreError
from structurer.flat import Report
from structurer.observation import Extraction
from structurer.record import Record, record
from structurer.store import runs
from structurer.store.assembling import BATCH, assembled
from structurer.store.copies import Linked, link, linked
from structurer.store.counting import Counts, counts
from structurer.store.database import Collision, Database
from structurer.store.known import Known, failed_of, known
from structurer.store.lookup import lookup
from structurer.store.migrations import lock_for_migration, migrate
from structurer.store.reviews import Reviews
from structurer.store.runs import Engine, Run
from structurer.store.tables import documents, failures, places
from structurer.store.writing import Failed, Placed, put_failures, put_places, put_records

if TYPE_CHECKING:
    from structurer.store.handed import HandedIn
    from structurer.store.jobs import Jobs
    from structurer.store.journal import Journal
    from structurer.store.panels import Panels

_MANY = 1_000


class Store:
    """A store that is open; made by `open_store`, closed by its `with` block."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.name = database.name

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Store({self.name!r})"

    def close(self) -> None:
        """Lets go of the connection; what was added is kept."""
        self.database.close()

    def migrate(self) -> None:
        """Brings the tables up to date. Raises StoreError when a newer version wrote them."""
        with self.database.transaction(writes=True) as connection:
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
        except Collision:
            self._write(records, placed, failed, run)

    def _write(
        self,
        records: Sequence[Record],
        placed: Sequence[Placed],
        failed: Sequence[Failed],
        run: Run | None,
    ) -> None:
        with self.database.transaction(writes=True) as connection:
            if failed:
                put_failures(connection, failed)
            if records:
                put_records(connection, records)
            for unknown in put_places(connection, placed) if placed else ():
                raise StoreError(f"{self.name}: no document {unknown.id}")
            if run is not None:
                runs.renew(connection, run)

    def begin_run(self, engine: Engine, model: str, workers: int) -> Run:
        """Notes that an import begins; what it does is noted by `write`, with what it wrote."""
        with self.database.transaction(writes=True) as connection:
            return runs.begin(connection, engine, model, workers)

    def runs(self, limit: int = 20) -> list[Run]:
        """The imports that began last, the newest first; one without an end was killed or goes on."""
        with self.database.transaction() as connection:
            return runs.latest(connection, limit)

    def link_copies(self) -> int:
        """Finds documents that are the same report as another one (see structurer.sameness).

        Looks only where something changed since it was last called; returns how many copies are new.
        Nothing is removed: exports leave copies out, unless they are asked for.
        """
        with self.database.transaction(writes=True) as connection:
            return link(connection)

    def copies(self, key: str | None = None) -> list[Linked]:
        """Documents that are the same report as another one; those that `key`, named as for `get`, is among.

        Raises StoreError when there is no such document or when several fit.
        """
        with self.database.transaction() as connection:
            number = None if key is None else int(lookup(connection, key, self.name).number)
            return list(linked(connection, number))

    def journal(self) -> Journal:
        """The journal of what models answered, for `structurer.model.Client`."""
        from structurer.store.journal import Journal

        return Journal(self.database)

    def handed_in(self) -> HandedIn:
        """The batches of questions that an endpoint is answering."""
        from structurer.store.handed import HandedIn

        return HandedIn(self.database)

    def panels(self) -> Panels:
        """What `structurer.panel` reads: who reports on which year, and figures as plain rows."""
        from structurer.store.panels import Panels

        return Panels(self.database)

    def jobs(self) -> Jobs:
        """What `structurer serve` was handed to import."""
        from structurer.store.jobs import Jobs

        return Jobs(self.database)

    def has(self, id: str, fingerprint: str, *, path: str | None = None) -> bool:
        """Whether these bytes were extracted by this fingerprint; with `path`, and found there."""
        query = select(documents.c.number).where(documents.c.id == id, documents.c.fingerprint == fingerprint)
        if path is not None:
            query = query.join(places).where(places.c.path == path)
        with self.database.transaction() as connection:
            return connection.scalar(query) is not None

    def known(self, found: Mapping[str, str], fingerprint: str) -> dict[str, Known]:
        """What is known of files, by path: `found` holds the id of each one's bytes.

        `placed`: extracted by this fingerprint, and found there; `elsewhere`: extracted, under another path;
        `failed`: tried by this fingerprint, and failed. What is not in the answer is to be extracted.
        """
        with self.database.transaction() as connection:
            return known(connection, found, fingerprint)

    def ids(self, fingerprint: str) -> Iterator[str]:
        """The ids of all documents that were extracted by this fingerprint, in their order."""
        last = ""
        query = select(documents.c.id).where(documents.c.fingerprint == fingerprint)
        while True:
            part = query.where(documents.c.id > last).order_by(documents.c.id).limit(20 * _MANY)
            with self.database.transaction() as connection:
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
        with self.database.transaction() as connection:
            row = lookup(connection, key, self.name)
            return next(assembled(connection, [row], reviewed))

    def number(self, key: str, connection: Connection | None = None) -> int:
        """The store's number of a document, named as for `get`; in a transaction that is open, if given."""
        if connection is not None:
            return int(lookup(connection, key, self.name).number)
        with self.database.transaction() as opened:
            return int(lookup(opened, key, self.name).number)

    @contextmanager
    def reviews(self, *, writes: bool = False) -> Iterator[Reviews]:
        """The review tables in one transaction; a second one that writes waits for the first."""
        with self.database.transaction(writes=writes) as connection:
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
            with self.database.transaction() as connection:
                batch = page(connection, BATCH, after=last, with_copies=copies)
                made = list(assembled(connection, batch, reviewed))
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

        with self.database.transaction(steady=True) as connection:
            yield from stream(connection, reviewed=reviewed, accepted=accepted, whole=whole)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One look at the store, for `structurer.store.figures`; what others write meanwhile is not seen."""
        with self.database.transaction(steady=True) as connection:
            yield connection

    def failures(self) -> Iterator[Failed]:
        """Files whose last import failed, by path."""
        query = select(failures).order_by(failures.c.path).limit(_MANY)
        last: str | None = None
        while True:
            part = query if last is None else query.where(failures.c.path > last)
            with self.database.transaction() as connection:
                found = connection.execute(part).all()
            yield from map(failed_of, found)
            if not found:
                return
            last = found[-1].path

    def counts(self) -> Counts:
        """How many documents, places, failures and observations of each status it holds."""
        with self.database.transaction() as connection:
            return counts(connection)
