"""Taking files in: their bytes, and what the store already knows of them, a group at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import chain
from typing import TYPE_CHECKING, Protocol

from structurer.bulk.failing import Failure, failure
from structurer.bulk.finding import read_file, written
from structurer.bulk.reading import Job

if TYPE_CHECKING:
    from structurer.record import Record
    from structurer.store import Failed, Known, Placed, Run
    from structurer.store.runs import Engine


class Keeping(Protocol):
    """What an import needs of a store."""

    def known(self, found: Mapping[str, str], fingerprint: str) -> dict[str, Known]:
        """What is known of files, by path; `found` holds the id of each one's bytes."""

    def write(
        self,
        records: Sequence[Record] = (),
        placed: Sequence[Placed] = (),
        failed: Sequence[Failed] = (),
        run: Run | None = None,
    ) -> None:
        """Keeps what was found, and how far the run is, in one piece."""

    def begin_run(self, engine: Engine, model: str, workers: int) -> Run | None:
        """Notes that an import begins; None where that is not kept."""

    def link_copies(self) -> int:
        """Finds documents that are the same report as another one."""


_FILES, _BYTES = 32, 4_000_000
"""Of a group: one question to the store for each, and no more in memory than that."""


@dataclass
class Sorted:
    """A group of files by what is to be done with them."""

    new: list[Job] = field(default_factory=list)
    elsewhere: list[Job] = field(default_factory=list)
    """Extracted already, but not under this path."""
    unchanged: list[str] = field(default_factory=list)
    left: list[Failure] = field(default_factory=list)
    """Failed before; nothing has changed since."""
    unreadable: list[Failure] = field(default_factory=list)


def groups(paths: Iterable[str], max_bytes: int) -> Iterator[list[Job | Failure]]:
    """The files with their bytes, some at a time; for one that cannot be read, the reason."""
    group: list[Job | Failure] = []
    size = 0
    for path in paths:
        try:
            content = read_file(path, max_bytes)
            group.append(Job(path, content, sha256(content).hexdigest()))
            size += len(content)
        except Exception as error:
            group.append(failure(path, error))
        if len(group) >= _FILES or size >= _BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


@dataclass(frozen=True)
class Intake:
    """How files are told apart from those the store knows."""

    store: Keeping
    fingerprint: str
    force: bool = False
    """Extract again what is unchanged, too."""
    failed: bool = False
    """Try again what failed before."""

    def sort(self, group: Iterable[Job | Failure]) -> Sorted:
        """A group by what is to be done. Raises StoreError."""
        sorted_out = Sorted()
        jobs: list[Job] = []
        for one in group:
            if isinstance(one, Failure):
                sorted_out.unreadable.append(one)
            else:
                jobs.append(one)
        if self.force or not jobs:
            sorted_out.new = jobs
            return sorted_out
        known = self.store.known({written(job.path): job.digest for job in jobs}, self.fingerprint)
        for job in jobs:
            path = written(job.path)
            about = known.get(path)
            if about is None or (about.state == "failed" and self.failed):
                sorted_out.new.append(job)
            elif about.state == "elsewhere":
                sorted_out.elsewhere.append(job)
            elif about.failed is not None:
                sorted_out.left.append(Failure(path, about.failed.kind, about.failed.reason))
            else:
                sorted_out.unchanged.append(path)
        return sorted_out

    def new(self, paths: Iterable[str], max_bytes: int) -> Iterator[Job]:
        """Only the files that are to be extracted; what cannot be read is passed over."""
        found = (self.sort(group).new for group in groups(paths, max_bytes))
        return chain.from_iterable(found)
