"""Running an import for somebody who watches: progress, and Ctrl-C."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from types import FrameType
from typing import TYPE_CHECKING, NamedTuple

import click

from structurer.commands.common import say
from structurer.terminal import plain

if TYPE_CHECKING:
    from structurer.bulk import Step, Summary
    from structurer.bulk.batch import BatchState
    from structurer.settings import Settings
    from structurer.store import Store

STOPPED = 130
"""Exit code of an import that was stopped by Ctrl-C, as shells have it."""
_LIVE, _LINES = 0.5, 10.0
"""Seconds between two lines of progress: on a terminal, where one replaces the other, and elsewhere."""


class Cluster(NamedTuple):
    """The cluster that reads the reports, and where it leaves its results."""

    address: str | None
    results: str


class Run:
    """One import from a command: what it skips, how far it is, and when it is to stop."""

    def __init__(self, settings: Settings, *, quiet: bool, cluster: Cluster | None = None) -> None:
        self._settings, self._quiet, self._cluster = settings, quiet, cluster
        self.skipped = 0
        self._live = sys.stderr.isatty() and not quiet
        self._said = time.monotonic()
        self._shown = False
        self._stop = threading.Event()
        self._counting: Counting | None = None

    def imported(
        self, paths: tuple[str, ...], *, force: bool, failed: bool, dry_run: bool, batch: bool
    ) -> tuple[Summary, BatchState | None]:
        """Imports what the paths stand for, or what failed before."""
        from structurer.bulk import Summary, find_files
        from structurer.pipeline import asks
        from structurer.store import open_store

        settings = self._settings
        if batch and not asks(settings):
            raise click.UsageError("--batch asks a model; name one with --model")
        url = settings.store if not dry_run or _exists(settings.store) else "sqlite://"
        # Looked for before a store is made: where nothing is found none is, and it is not found itself.
        files = _begun(find_files(paths, skipped=self._skip))
        if files is None and not failed:
            return Summary(), None
        with open_store(url, create=not failed) as store, self._stoppable():
            if failed:
                files = [one.path for one in store.failures()]
            else:
                self._counting = Counting(paths)
            assert files is not None
            if batch and dry_run:
                return self._batch_estimated(files, store, force=force, failed=failed), None
            if batch:
                return self._in_batches(files, store, force=force)
            if self._cluster is not None:
                return self._on(self._cluster, files, store, force=force, failed=failed), None
            return self._here(files, store, force=force, failed=failed, dry_run=dry_run), None

    def _workers(self) -> int:
        from structurer.bulk.workers import processors

        return processors() if self._settings.workers is None else self._settings.workers

    def _batch_estimated(self, files: Iterable[str], store: Store, *, force: bool, failed: bool) -> Summary:
        from structurer.bulk.asking import import_with_model
        from structurer.bulk.importing import Course
        from structurer.forms import load_forms

        course = Course(force=force, failed=failed, progress=self._tell)
        return import_with_model(files, store, self._settings, load_forms(), course, dry_run=True, batch=True)

    def _in_batches(
        self, files: Iterable[str], store: Store, *, force: bool
    ) -> tuple[Summary, BatchState | None]:
        from structurer.bulk.batch import import_in_batches
        from structurer.forms import load_forms

        return import_in_batches(
            files,
            store,
            force=force,
            settings=self._settings,
            forms=load_forms(),
            workers=self._workers(),
            progress=self._tell,
        )

    def _on(
        self, cluster: Cluster, files: Iterable[str], store: Store, *, force: bool, failed: bool
    ) -> Summary:
        from structurer.cluster import import_on_cluster

        return import_on_cluster(
            files,
            store,
            address=cluster.address,
            results=cluster.results,
            force=force,
            failed=failed,
            settings=self._settings,
            workers=self._settings.workers,
            progress=self._tell,
            tick=None if self._quiet else self._tick,
            stop=self._stop,
        )

    def _here(
        self, files: Iterable[str], store: Store, *, force: bool, failed: bool, dry_run: bool
    ) -> Summary:
        from structurer.bulk import import_reports

        summary = import_reports(
            files,
            store,
            force=force,
            failed=failed,
            dry_run=dry_run,
            settings=self._settings,
            workers=self._workers(),
            progress=self._tell,
            tick=None if self._quiet else self._tick,
            stop=self._stop,
        )
        self._clear()
        return summary

    # -- what is said meanwhile

    def _skip(self, path: str, reason: str) -> None:
        self.skipped += 1
        if not self._quiet:
            self._say(f"skipped: {plain(path)}: {reason}")

    def _tell(self, step: Step) -> None:
        if step.failure and step.outcome == "failed" and not self._quiet:
            self._say(f"error: {plain(step.path)}: {plain(step.failure.reason)}")

    def _say(self, text: str) -> None:
        self._clear()
        say(text)

    def _tick(self, summary: Summary) -> None:
        from structurer.console.progress import progress_text
        from structurer.terminal import cut

        if time.monotonic() - self._said < (_LIVE if self._live else _LINES):
            return
        self._said = time.monotonic()
        total = self._counting.total if self._counting is not None else None
        text = progress_text(summary, total)
        if not self._live:
            say(text)
            return
        from structurer.console import terminal_width

        self._clear()
        click.echo(cut(text, terminal_width() - 1), err=True, nl=False)
        self._shown = True

    def _clear(self) -> None:
        """Takes the live line away."""
        if self._shown:
            click.echo("\r\x1b[K", err=True, nl=False)
            self._shown = False

    # -- Ctrl-C

    @contextmanager
    def _stoppable(self) -> Iterator[None]:
        """Ctrl-C lets the reports at hand finish; a second one interrupts."""

        def stop(_number: int, _frame: FrameType | None) -> None:
            if self._stop.is_set():
                raise KeyboardInterrupt
            self._stop.set()
            self._say("stopping: the reports at hand are finished; Ctrl-C again stops at once")

        try:
            before = signal.signal(signal.SIGINT, stop)
        except ValueError:  # not the main thread, where no signal arrives
            yield
            return
        try:
            yield
        except KeyboardInterrupt:
            self._say("stopped at once; what was done is kept, and the same command goes on.")
            raise SystemExit(STOPPED) from None
        finally:
            signal.signal(signal.SIGINT, before)
            self._clear()


class Counting:
    """Counts files in the background, so that an import can say how much is left without waiting for it."""

    def __init__(self, paths: tuple[str, ...]) -> None:
        self.total: int | None = None
        """How many there are, once that is known."""
        threading.Thread(target=self._count, args=(paths,), daemon=True).start()

    def _count(self, paths: tuple[str, ...]) -> None:
        from structurer.bulk import find_files

        with suppress(Exception):  # the import itself says what is wrong with a file, and does so once
            self.total = sum(1 for _ in find_files(paths))


def _begun(found: Iterator[str]) -> Iterable[str] | None:
    """What is found, its first already looked for; None where that is nothing."""
    first = next(found, None)
    return None if first is None else chain([first], found)


def _exists(url: str) -> bool:
    """Whether a store is there, so that a dry run need not make one."""
    from structurer.errors import StoreError
    from structurer.store import open_store

    try:
        open_store(url, create=False).close()
    except StoreError:
        return False
    return True
