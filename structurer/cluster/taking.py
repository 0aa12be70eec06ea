"""Parts taken into the store as workers leave them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from structurer.bulk.failing import Failure
from structurer.bulk.importing import Course
from structurer.bulk.noting import Noted
from structurer.bulk.tally import Step, Summary, Tally
from structurer.bulk.writing import AlsoAt, Extracted, NotExtracted, Writer
from structurer.observation import Usage
from structurer.parts import Folder, read_part
from structurer.record import Record
from structurer.store import Failed, Known, Placed, Store

_AT_ONCE = 20_000
"""Ids that go to the coordinator in one message."""
_KEPT_AT_ONCE = 64
"""Rows of a part that the store is asked about, and takes in, together."""


class Driver:
    """Takes parts into the store as they come; the only one that writes to it."""

    def __init__(self, store: Store, folder: Folder, fingerprint: str, course: Course) -> None:
        self._store, self._folder, self._fingerprint, self._course = store, folder, fingerprint, course
        self._tally = Tally()
        self._writer = Writer(store, fingerprint, self._tally, course.progress)
        self._usage: Usage | None = None
        self._stopped = False

    def take_in_what_is_left(self) -> None:
        """The parts that a run which was cut off had not taken in; this one will count them as unchanged."""
        writer, self._writer = self._writer, Writer(self._store, self._fingerprint, Tally(), None)
        for name in self._folder.names("parts", ".parquet"):
            self._take_in(name)
        self._writer = writer

    @contextmanager
    def noted(self, model: str, workers: int) -> Iterator[None]:
        """Has the store note the run."""
        self._writer.noted = Noted(
            self._store, "ray", model=model, workers=workers, usage=lambda: self._usage
        )
        try:
            yield
        except BaseException as error:
            self._writer.noted.broke(self._tally.summary(), error)
            raise

    def known_ids(self) -> Iterator[list[bytes]]:
        """The ids of what the store holds, made by the same library, forms and prompts."""
        portion: list[bytes] = []
        for id in self._store.ids(self._fingerprint):
            portion.append(bytes.fromhex(id))
            if len(portion) >= _AT_ONCE:
                yield portion
                portion = []
        if portion:
            yield portion

    def known_failures(self) -> list[Failed]:
        """What failed before and is not to be tried again."""
        if self._course.failed or self._course.force:
            return []
        failing = self._store.failures()
        return [one for one in failing if one.id and one.fingerprint == self._fingerprint]

    def run(self, told: Iterator[dict[str, Any]], used: Callable[[], Usage | None]) -> None:
        """Takes in what the workers tell of, until they are through or somebody says stop.

        `used` says what all workers together used of the model so far.
        """
        for one in told:
            for path, outcome, failure in one["steps"]:
                found = Failure(*failure) if failure else None
                self._writer.note(Step(path, outcome, found))
            if one["part"]:
                self._take_in(one["part"])
            self._usage = used()
            if self._course.tick is not None:
                self._course.tick(replace(self._tally.summary(), usage=self._usage))
            if self._course.stop is not None and self._course.stop.is_set():
                self._stopped = True
                return

    def end(self) -> Summary:
        """What was done."""
        copies = self._store.link_copies()
        told = replace(self._tally.summary(), copies=copies, usage=self._usage, stopped=self._stopped)
        if self._writer.noted is not None:
            self._writer.noted.end(told, end="stopped" if self._stopped else "done")
        return told

    def _take_in(self, name: str) -> None:
        data = self._folder.get(name)
        if data is None:  # a worker that was told to do it again has the same part under the same name
            return
        rows: list[Record | Placed | Failed] = []
        for row in read_part(data):
            rows.append(row)
            if len(rows) >= _KEPT_AT_ONCE:
                self._keep(rows)
                rows = []
        self._keep(rows)
        self._folder.move(name, f"taken/{name.rpartition('/')[2]}")

    def _keep(self, rows: Sequence[Record | Placed | Failed]) -> None:
        known = self._known([row for row in rows if not isinstance(row, Placed)])
        for row in rows:
            about = known.get(row.path)
            if isinstance(row, Record):
                if about is not None and about.state == "elsewhere":
                    self._writer.put(AlsoAt(row.path, row.id))
                elif about is None or about.state == "failed" or self._course.force:
                    self._writer.put(Extracted(row.path, row))
            elif isinstance(row, Failed) and about is None:
                self._writer.put(NotExtracted(Failure(row.path, row.kind, row.reason), row.id))
        self._writer.flush()
        # After the documents, whose other places these may be.
        placed = [row for row in rows if isinstance(row, Placed)]
        known = self._known(placed)
        for one in placed:
            about = known.get(one.path)
            if about is not None and about.state == "elsewhere":
                self._writer.put(AlsoAt(one.path, one.id))
            else:
                self._writer.note(Step(one.path, "unchanged"))
        self._writer.flush()

    def _known(self, rows: Sequence[Record | Placed | Failed]) -> dict[str, Known]:
        return self._store.known({row.path: row.id for row in rows if row.id is not None}, self._fingerprint)
