"""The one writer of an import: gathers what was found and commits many documents at once."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from structurer.bulk.failing import Failure, failure
from structurer.bulk.tally import Step, Tally
from structurer.errors import StoreError
from structurer.record import Counts

if TYPE_CHECKING:
    from structurer.bulk.intake import Keeping
    from structurer.bulk.noting import Noted
    from structurer.record import Record

BATCH = 32
"""Documents of one transaction: a commit costs as much as a document, and 32 of them 1/32 each. More gains
nothing and makes model calls wait for the writer."""
_LONGEST = 0.5
"""Seconds a document waits for others: what is killed then loses no more than that."""


@dataclass(frozen=True)
class Extracted:
    """A report's record, and where else the same bytes lay."""

    path: str
    record: Record
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class NotExtracted:
    """A file that gave nothing, and the id of its bytes if they are known."""

    failure: Failure
    digest: str | None


@dataclass(frozen=True)
class AlsoAt:
    """A known document's bytes at another path."""

    path: str
    digest: str


Item = Extracted | NotExtracted | AlsoAt


class Writer:
    """Commits in batches, then counts and tells; what was told of is kept. Raises StoreError."""

    def __init__(
        self,
        store: Keeping,
        fingerprint: str,
        tally: Tally,
        progress: Callable[[Step], object] | None,
        noted: Noted | None = None,
    ) -> None:
        self._store, self._fingerprint = store, fingerprint
        self._tally, self._progress, self.noted = tally, progress, noted
        self._items: list[Item] = []
        self._since = 0.0

    def put(self, item: Item) -> None:
        """Keeps an item, now or with the next ones."""
        if not self._items:
            self._since = time.monotonic()
        self._items.append(item)
        if len(self._items) >= BATCH:
            self.flush()

    def flush_old(self) -> None:
        """Commits what has waited long enough."""
        if self._items and time.monotonic() - self._since >= _LONGEST:
            self.flush()

    def flush(self) -> None:
        """Commits everything."""
        items, self._items = self._items, []
        if not items:
            return
        try:
            self._write(items)
        except ValueError:
            for item in items:
                self._alone(item)
            return
        for item in items:
            self._tell(item)

    def _alone(self, item: Item) -> None:
        """An item of a batch in which one could not be kept."""
        try:
            self._write([item])
        except ValueError as error:
            if not isinstance(item, Extracted):
                raise StoreError(str(error)) from None
            item = NotExtracted(failure(item.path, error), item.record.id)
            self._write([item])
        self._tell(item)

    def _write(self, items: Sequence[Item]) -> None:
        from structurer.store import Failed, Placed

        run = self.noted.renewed(self._tally.outcomes + _outcomes(items)) if self.noted else None
        self._store.write(
            [item.record for item in items if isinstance(item, Extracted)],
            [
                *(Placed(item.digest, item.path) for item in items if isinstance(item, AlsoAt)),
                *(
                    Placed(item.record.id, path)
                    for item in items
                    if isinstance(item, Extracted)
                    for path in item.also
                ),
            ],
            [
                Failed(
                    item.failure.path, item.digest, item.failure.kind, item.failure.reason, self._fingerprint
                )
                for item in items
                if isinstance(item, NotExtracted)
            ],
            run,
        )
        if self.noted:
            self.noted.committed(run)

    def _tell(self, item: Item) -> None:
        if isinstance(item, NotExtracted):
            self.note(Step(item.failure.path, "failed", item.failure))
        elif isinstance(item, AlsoAt):
            self.note(Step(item.path, "unchanged"))
        else:
            self._tally.count(Counts(*item.record.counts))
            self.note(Step(item.record.path, "imported"))
            for path in item.also:
                self.note(Step(path, "unchanged"))

    def note(self, step: Step) -> None:
        """Counts a step and tells of it."""
        self._tally.step(step)
        if self._progress:
            self._progress(step)


def _outcomes(items: Sequence[Item]) -> Counter[str]:
    """What will have become of the files of a batch once it is committed."""
    made: Counter[str] = Counter()
    for item in items:
        if isinstance(item, Extracted):
            made["imported"] += 1
            made["unchanged"] += len(item.also)
        else:
            made["unchanged" if isinstance(item, AlsoAt) else "failed"] += 1
    return made


def failed_alike(found: Failure, paths: Sequence[str]) -> list[Failure]:
    """The failure of a file for others of the same bytes."""
    return [replace(found, path=path) for path in paths]
