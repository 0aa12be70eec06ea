"""Jobs: reports handed in to be imported later, kept in the store until a worker has been through them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import uuid4
from zlib import compress, decompress

from sqlalchemy import Column, Connection, Select, and_, delete, func, insert, or_, select, update
from sqlalchemy import Row as SQLRow

from structurer.errors import ForgottenJob, UnknownDocument
from structurer.store.claims import Claims
from structurer.store.database import Database
from structurer.store.tables import documents, failures, job_files, jobs, places

State = Literal["waiting", "running", "done", "failed"]
PIECE = 1 << 20
"""Bytes of a file in one row, so that no file has to be in memory whole."""
LEASE = timedelta(seconds=6)
"""How long a server may be silent about a job before another takes it over."""
_FOLDER = "submitted"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a file that was handed in, in order; `name` may have folders in it."""

    name: str
    position: int
    piece: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of one document of a job: its id, or why there is none."""

    path: str
    id: str | None
    kind: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it stands. `summary` is what its import did, `problem` why it did not end well."""

    id: str
    state: State
    by: str
    size: int
    tries: int
    submitted_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    options: Mapping[str, Any] = field(default_factory=dict)
    summary: Mapping[str, Any] | None = None
    problem: str = ""

    @property
    def over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in ("done", "failed")

    @property
    def folder(self) -> str:
        """Where its files lie: the beginning of the paths of its documents."""
        return f"{_FOLDER}/{self.id}"


class Jobs:
    """The jobs of a store. Every method is one transaction; several servers may share them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def submit(self, pieces: Iterable[Piece], *, by: str = "", options: Mapping[str, Any]) -> Job:
        """Keeps files to be imported; they are taken piece by piece, and all of them or none."""
        id = uuid4().hex
        with self._database.transaction(writes=True) as connection:
            values = {"id": id, "state": "waiting", "by": by, "options": dict(options), "size": 0, "tries": 0}
            times = {"submitted_at": Claims(connection).clock(), "holder": "", "problem": ""}
            made = connection.execute(insert(jobs).values(**values, **times)).inserted_primary_key
            number = int(made[0]) if made else 0
            size = 0
            for one in pieces:
                size += len(one.content)
                connection.execute(
                    insert(job_files).values(
                        job=number,
                        position=one.position,
                        piece=one.piece,
                        name=one.name,
                        packed=compress(one.content, 1),
                    )
                )
            connection.execute(update(jobs).where(jobs.c.number == number).values(size=size))
            return _job(connection.execute(select(jobs).where(jobs.c.number == number)).one())

    def get(self, id: str) -> Job:
        """A job by its id. Raises UnknownDocument, ForgottenJob for one that ended too long ago."""
        with self._database.transaction() as connection:
            return _job(_row(connection, id))

    def newest(self, limit: int) -> list[Job]:
        """The jobs that were handed in last."""
        with self._database.transaction() as connection:
            query = select(jobs).order_by(jobs.c.number.desc()).limit(limit)
            return [_job(row) for row in connection.execute(query)]

    def waiting(self) -> tuple[int, int]:
        """How many jobs are not through yet, and how many bytes they hold."""
        query = select(func.count(), func.coalesce(func.sum(jobs.c.size), 0)).where(
            jobs.c.state.in_(("waiting", "running"))
        )
        with self._database.transaction() as connection:
            row = connection.execute(query).one()
        return int(row[0]), int(row[1])

    def files(self, id: str) -> Iterator[Piece]:
        """The files of a job, piece by piece."""
        at = (-1, -1)
        with self._database.transaction() as connection:
            number = _row(connection, id).number
        while True:
            query = (
                select(job_files)
                .where(job_files.c.job == number)
                .where(
                    or_(
                        job_files.c.position > at[0],
                        and_(job_files.c.position == at[0], job_files.c.piece > at[1]),
                    )
                )
                .order_by(job_files.c.position, job_files.c.piece)
                .limit(1)
            )
            with self._database.transaction() as connection:
                row = connection.execute(query).first()
            if row is None:
                return
            yield Piece(row.name, row.position, row.piece, decompress(row.packed))
            at = (row.position, row.piece)

    def documents(self, id: str, *, after: str = "", limit: int = 100) -> list[Kept]:
        """What became of the documents of a job so far, in the order of their paths."""
        folder = self.get(id).folder + "/"
        with self._database.transaction() as connection:

            def page(query: Select[Any], path: Column[str]) -> Select[Any]:
                exact = path.collate("C") if connection.dialect.name == "postgresql" else path
                return query.where(path.startswith(folder), exact > after).order_by(exact).limit(limit)

            placed = page(select(places.c.path, documents.c.id).join(documents), places.c.path)
            failed = page(select(failures), failures.c.path)
            kept = [Kept(row.path, row.id) for row in connection.execute(placed)]
            kept += [Kept(row.path, None, row.kind, row.reason) for row in connection.execute(failed)]
        return sorted(kept, key=lambda one: one.path)[:limit]

    def forget(self, kept: timedelta) -> int:
        """Forgets the jobs that ended longer ago than that; what they imported stays. Returns how many."""
        with self._database.transaction(writes=True) as connection:
            moment = Claims(connection).clock() - kept
            old = delete(jobs).where(jobs.c.state.in_(("done", "failed")), jobs.c.ended_at < moment)
            return connection.execute(old).rowcount

    # What the server does with them

    def claim(self, holder: str, under_way: Collection[str], *, most_tries: int) -> Job | None:
        """The job to be done next, held for `LEASE`: the oldest that waits, or that its server let fall.

        `under_way` are those the holder is at. One that was tried `most_tries` times is given up instead.
        """
        with self._database.transaction(writes=True) as connection:
            claims = Claims(connection)
            claims.lock()
            moment = claims.clock()
            due = or_(jobs.c.state == "waiting", and_(jobs.c.state == "running", jobs.c.until < moment))
            while True:
                row = connection.execute(
                    select(jobs).where(due, jobs.c.id.not_in(under_way)).order_by(jobs.c.number).limit(1)
                ).first()
                if row is None:
                    return None
                if row.tries >= most_tries:
                    _end(connection, row.number, moment, problem=_gave_up(row.tries))
                    continue
                connection.execute(
                    update(jobs)
                    .where(jobs.c.number == row.number)
                    .values(
                        state="running",
                        holder=holder,
                        until=moment + LEASE,
                        started_at=moment,
                        tries=row.tries + 1,
                    )
                )
                return _job(connection.execute(select(jobs).where(jobs.c.number == row.number)).one())

    def renew(self, holder: str, under_way: Collection[str]) -> None:
        """Says that the jobs a server is at are still being worked on."""
        with self._database.transaction(writes=True) as connection:
            moment = Claims(connection).clock()
            held = and_(jobs.c.holder == holder, jobs.c.id.in_(under_way))
            connection.execute(update(jobs).where(held).values(until=moment + LEASE))

    def give_back(self, id: str, *, tried: bool) -> None:
        """Lets a job wait again: its worker broke (`tried`), or the server stops."""
        with self._database.transaction(writes=True) as connection:
            row = _row(connection, id)
            tries = row.tries if tried else row.tries - 1
            connection.execute(
                update(jobs)
                .where(jobs.c.number == row.number)
                .values(state="waiting", holder="", until=None, tries=max(tries, 0))
            )

    def end(self, id: str, *, summary: Mapping[str, Any] | None = None, problem: str = "") -> None:
        """Notes how a job ended, and lets go of its files; with a problem it has failed."""
        with self._database.transaction(writes=True) as connection:
            row = _row(connection, id)
            _end(connection, row.number, Claims(connection).clock(), summary=summary, problem=problem)


def _end(
    connection: Connection,
    number: int,
    moment: datetime,
    *,
    summary: Mapping[str, Any] | None = None,
    problem: str = "",
) -> None:
    connection.execute(delete(job_files).where(job_files.c.job == number))
    values = {"state": "failed" if problem else "done", "problem": problem, "ended_at": moment}
    held = {"holder": "", "until": None, "summary": dict(summary) if summary is not None else None}
    connection.execute(update(jobs).where(jobs.c.number == number).values(**values, **held))


def _gave_up(tries: int) -> str:
    return (
        f"its worker broke {tries} times, and what it had not stored by then is lost; `structurer import` the"
        " files one by one to see which one it is"
    )


def _row(connection: Connection, id: str) -> SQLRow[Any]:
    row = connection.execute(select(jobs).where(jobs.c.id == id)).first()
    if row is None:
        if count := _left_of(connection, id):
            raise ForgottenJob(
                f"{id[:40]}: this job ended long ago and is forgotten; what it imported is kept:"
                f" {count} file{'s' if count != 1 else ''} under {_FOLDER}/{id}/"
            )
        raise UnknownDocument(f"{id[:40]}: no such job; POST /v1/jobs makes one and answers with its id")
    return row


def _left_of(connection: Connection, id: str) -> int:
    """How many files in the store a job has brought there, that is not known itself."""
    first, end = f"{_FOLDER}/{id}/", f"{_FOLDER}/{id}0"  # 0 comes after / among characters
    count = 0
    for path in (places.c.path, failures.c.path):
        exact = path.collate("C") if connection.dialect.name == "postgresql" else path
        count += connection.scalar(select(func.count()).where(exact >= first, exact < end)) or 0
    return count


def _job(row: SQLRow[Any]) -> Job:
    return Job(
        id=row.id,
        state=row.state,
        by=row.by,
        size=row.size,
        tries=row.tries,
        submitted_at=row.submitted_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        options=row.options,
        summary=row.summary,
        problem=row.problem,
    )
