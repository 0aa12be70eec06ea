"""Many reports on one machine: finding them, and importing them one by one so that none harms another."""

from __future__ import annotations

import glob
import os
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

from structurer.errors import ReadError, StoreError, StructurerError, TooLarge
from structurer.garbage import seldom_collected
from structurer.settings import Settings

if TYPE_CHECKING:
    from structurer.forms import Forms
    from structurer.model.ledger import Estimate
    from structurer.observation import Extraction, Usage
    from structurer.store import Store

SUFFIXES = frozenset(
    (
        *("", ".txt", ".text", ".htm", ".html", ".md", ".mht", ".mhtml"),
        *(".pdf", ".docx", ".docm", ".doc", ".wps", ".rtf", ".odt"),
    )
)
"""Files that a folder or an archive is searched for; a file that is named is tried whatever its suffix."""
PICTURES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff"})
"""As SUFFIXES, where the extra `ocr` is installed to read them."""
_OF_A_PAGE = ("_files", ".files")
"""How the folders end that browsers save beside a page; pictures in them are the page's."""

Outcome = Literal["imported", "unchanged", "failed"]
Skipped = Callable[[str, str], object]
INTERNAL = "internal"


@dataclass(frozen=True)
class Failure:
    """A file that gave no extraction: `kind` is the error's code, or "internal" for a mistake of ours."""

    path: str
    kind: str
    reason: str


@dataclass(frozen=True)
class Step:
    """What became of one file of an import."""

    path: str
    outcome: Outcome
    failure: Failure | None = None


@dataclass(frozen=True)
class Summary:
    """What an import did. `statuses` and `tables` count the documents it imported, not the unchanged ones."""

    imported: int = 0
    unchanged: int = 0
    failed: int = 0
    accepted: int = 0
    statuses: Mapping[str, int] = field(default_factory=dict)
    tables: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    findings: Mapping[str, int] = field(default_factory=dict)
    failures: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    usage: Usage | None = None
    """What a model was asked and what it cost; None where none was to be asked."""
    problem: str = ""
    """Why a model was not asked everything."""
    estimate: Estimate | None = None
    """What asking would use, from a dry run."""


def find_files(paths: Iterable[str], *, skipped: Skipped | None = None) -> Iterator[str]:
    """The files that paths stand for, in the order given: files, folders (all below them, sorted), globs.

    Hidden files and folders inside a folder are passed over; other suffixes than SUFFIXES are reported to
    `skipped` with a reason. What does not exist is passed on, so that reading it can say so. Archives stand
    for their members, and so do lists of texts (CSV, JSON Lines) that are named or matched by a glob; a
    member's path is `ARCHIVE!NAME`.
    """
    from structurer.read.archive import is_archive, is_list, members

    for path in paths:
        if os.path.isdir(path):
            yield from _below(path, skipped)
        elif os.path.isfile(path) and (is_archive(path) or is_list(path)):
            yield from members(path, SUFFIXES, skipped=skipped)
        elif os.path.lexists(path) or not glob.has_magic(path):
            yield path
        else:
            matches = sorted(glob.glob(path, recursive=True))
            yield from find_files(matches, skipped=skipped) if matches else (path,)


def _below(folder: str, skipped: Skipped | None) -> Iterator[str]:
    from structurer.read.archive import is_archive, is_list, members

    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = os.path.join(parent, name)
            suffix = os.path.splitext(name)[1].lower()
            if name.startswith("."):
                continue
            why = _passed_over(parent, suffix)
            if why is None:
                yield path
            elif is_archive(name):
                yield from members(path, SUFFIXES, skipped=skipped)
            elif is_list(name) and skipped:
                skipped(path, "a list of texts is read when it is named")
            elif skipped:
                skipped(path, why)


def _passed_over(parent: str, suffix: str) -> str | None:
    """Why a file of a folder is not read; None for one that is."""
    if suffix in SUFFIXES:
        return None
    from structurer.read import eyes

    if suffix not in PICTURES:
        return f"{suffix} files are not read"
    if not eyes.available():
        return f"{suffix} files are read with structurer[ocr] only"
    return "a picture of the page beside its folder" if parent.endswith(_OF_A_PAGE) else None


def read_file(path: str, max_bytes: int) -> bytes:
    """The bytes of a file, or of a member of an archive (`ARCHIVE!NAME`).

    Raises ReadError when it cannot be read, TooLarge when it is over the limit.
    """
    from structurer.read.archive import is_archive, is_list, read_member, split

    if split(path) or ((is_archive(path) or is_list(path)) and os.path.isfile(path)):
        return read_member(path, limit=max_bytes)
    try:
        with open(path, "rb") as stream:
            content = stream.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        raise ReadError(written(path), getattr(error, "strerror", None) or str(error)) from error
    if len(content) > max_bytes:
        raise TooLarge(written(path), f"more than {max_bytes:,} bytes; the setting max_bytes allows more")
    return content


def written(path: str) -> str:
    """The path as text that can be stored and printed, whatever bytes its name is made of."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def attempt(path: str, *, settings: Settings, forms: Forms | None = None) -> Extraction | Failure:
    """The extraction of one file, or why there is none; raises nothing a file could cause."""
    try:
        return _extract(path, read_file(path, settings.max_bytes), settings, forms)
    except Exception as error:
        return failure(path, error)


def failure(path: str, error: Exception) -> Failure:
    """What to say about a file that raised; a mistake of ours asks to be reported."""
    path = written(path)
    if isinstance(error, ReadError):
        return Failure(path, error.code, error.reason)
    if isinstance(error, StructurerError):
        return Failure(path, error.code, str(error))
    reason = f"{type(error).__name__}: {error} (a mistake in structurer, {_where(error)}: please report it)"
    return Failure(path, INTERNAL, reason)


def _where(error: Exception) -> str:
    """Module and line that raised."""
    *_, (frame, line) = traceback.walk_tb(error.__traceback__)
    return f"{frame.f_globals.get('__name__', '?')}:{line}"


def import_reports(
    paths: Iterable[str],
    store: Store,
    *,
    force: bool = False,
    dry_run: bool = False,
    settings: Settings | None = None,
    forms: Forms | None = None,
    progress: Callable[[Step], object] | None = None,
) -> Summary:
    """Extracts every file and keeps what was found; a file that fails is noted and the next one follows.

    Files whose bytes the store already holds, made by the same library, forms and prompts, are left alone
    unless `force`. `dry_run` reads the files and says what would be done; nothing is extracted or stored.
    Raises StoreError when the store itself fails, and FormError.
    """
    from structurer.forms import load_forms
    from structurer.pipeline import fingerprint

    settings = settings or Settings()
    forms = forms or load_forms()
    if settings.model is not None and settings.ask != "none":
        from structurer.bulk_model import import_with_model

        return import_with_model(
            paths, store, force=force, dry_run=dry_run, settings=settings, forms=forms, progress=progress
        )
    job = Import(store, settings, fingerprint(forms), force, dry_run)
    with seldom_collected():
        for path in paths:
            step = job.take(path, lambda path, content: _extract(path, content, settings, forms))
            if progress:
                progress(step)
    return job.summary()


@dataclass(frozen=True)
class Job:
    """A file that is to be extracted: its bytes are new, or to be extracted again."""

    path: str
    content: bytes
    digest: str


class Import:
    """One run over many files; holds counts only, so that memory stays flat."""

    def __init__(
        self, store: Store, settings: Settings, fingerprint: str, force: bool, dry_run: bool
    ) -> None:
        self._store, self._settings = store, settings
        self._fingerprint, self._force, self._dry_run = fingerprint, force, dry_run
        self._outcomes: Counter[str] = Counter()
        self._statuses: Counter[str] = Counter()
        self._findings: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()
        self._tables: dict[str, Counter[str]] = {}
        self._accepted = 0
        self._started = time.perf_counter()

    def take(self, path: str, extract: Callable[[str, bytes], Extraction]) -> Step:
        """One file from its bytes to the store. Raises StoreError when the store itself fails."""
        job = self.begin(path)
        if isinstance(job, Step):
            return job
        if self._dry_run:
            return self.noted(Step(written(path), "imported"))
        try:
            extraction = extract(path, job.content)
        except StoreError:
            raise
        except Exception as error:
            return self.failed(path, job.digest, failure(path, error))
        return self.put(job, extraction)

    def begin(self, path: str) -> Job | Step:
        """A file's bytes; or what became of it, if there is nothing to extract."""
        digest = None
        try:
            content = read_file(path, self._settings.max_bytes)
            digest = sha256(content).hexdigest()
            if self._known(path, digest):
                return self.noted(Step(written(path), "unchanged"))
        except StoreError:
            raise
        except Exception as error:
            return self.failed(path, digest, failure(path, error))
        return Job(path, content, digest)

    def _known(self, path: str, digest: str) -> bool:
        """Whether the store holds these bytes, extracted the same way; it then notes where they lie."""
        place = written(path)
        if self._force:
            return False
        if self._store.has(digest, self._fingerprint, path=place):
            return True
        if self._store.has(digest, self._fingerprint):
            if not self._dry_run:
                self._store.add_place(digest, place)
            return True
        return False

    def put(self, job: Job, extraction: Extraction, *, lasting: bool = True) -> Step:
        """Keeps an extraction; one that is not `lasting` is made again by the next import."""
        try:
            fingerprint = self._fingerprint if lasting else ""
            self._store.add(extraction, fingerprint=fingerprint, content=job.content)
        except StoreError:
            raise
        except Exception as error:
            return self.failed(job.path, job.digest, failure(job.path, error))
        self._count(extraction)
        return self.noted(Step(written(job.path), "imported"))

    def failed(self, path: str, digest: str | None, failed: Failure) -> Step:
        """Notes a file that gave nothing."""
        if not self._dry_run:
            self._store.add_failure(failed.path, digest, kind=failed.kind, reason=failed.reason)
        self._failures[failed.kind] += 1
        return self.noted(Step(failed.path, "failed", failed))

    def noted(self, step: Step) -> Step:
        """Counts a step."""
        self._outcomes[step.outcome] += 1
        return step

    def _count(self, extraction: Extraction) -> None:
        self._statuses.update(found.status for found in extraction.observations)
        self._accepted += sum(found.accepted for found in extraction.observations)
        self._findings.update(finding.severity for finding in extraction.findings)
        for name, table in extraction.document.tables.items():
            self._tables.setdefault(name, Counter())[table.state] += 1

    def summary(self) -> Summary:
        """What was done so far."""
        return Summary(
            imported=self._outcomes["imported"],
            unchanged=self._outcomes["unchanged"],
            failed=self._outcomes["failed"],
            accepted=self._accepted,
            statuses=dict(self._statuses),
            tables={name: dict(states) for name, states in self._tables.items()},
            findings=dict(self._findings),
            failures=dict(self._failures),
            seconds=time.perf_counter() - self._started,
        )


def _extract(path: str, content: bytes, settings: Settings, forms: Forms | None) -> Extraction:
    from structurer.pipeline import structure

    return structure(
        content, path=written(path), settings=settings, forms=forms, beside=os.path.dirname(path) or os.curdir
    )
