"""An import: files come in, workers read them, a model is asked meanwhile, one writer keeps what is found."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, ExitStack, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from structurer.bulk.failing import Failure
from structurer.bulk.finding import written
from structurer.bulk.intake import Intake, Sorted, groups
from structurer.bulk.noting import Noted
from structurer.bulk.reading import Job, Open, Read, Reader
from structurer.bulk.tally import Step, Summary, Tally
from structurer.bulk.workers import Lost, Worker, Workers
from structurer.bulk.writing import AlsoAt, Extracted, NotExtracted, Writer, failed_alike
from structurer.garbage import seldom_collected
from structurer.settings import Settings

if TYPE_CHECKING:
    from structurer.forms import Forms
    from structurer.model.client import Client
    from structurer.model.reply import Reply
    from structurer.store import Store
    from structurer.store.runs import Engine

_PER_WORKER = 8
"""Reports on their way for each process: those in work, those that wait for them, and some room."""
_TICK = 0.25
"""Seconds between two looks at what waits to be written and told."""


@dataclass(frozen=True)
class Course:
    """How an import is run, beside what its settings say."""

    force: bool = False
    """Extract again what is unchanged."""
    failed: bool = False
    """Try again what failed before."""
    workers: int = 0
    """Processes that read reports; 0 reads them in this one, one by one."""
    progress: Callable[[Step], object] | None = None
    """Told of every file once it is kept."""
    tick: Callable[[Summary], object] | None = None
    """Told several times a second where the import stands."""
    stop: threading.Event | None = None
    """Set by somebody to have no more files taken; those on their way are finished."""
    engine: Engine | None = "local"
    """As what the store notes the run; None for one that is noted elsewhere."""


def import_reports(
    paths: Iterable[str],
    store: Store,
    *,
    force: bool = False,
    failed: bool = False,
    dry_run: bool = False,
    settings: Settings | None = None,
    forms: Forms | None = None,
    workers: int = 0,
    progress: Callable[[Step], object] | None = None,
    tick: Callable[[Summary], object] | None = None,
    stop: threading.Event | None = None,
    noted: bool = True,
) -> Summary:
    """Extracts every file and keeps what was found; a file that fails is noted and the next one follows.

    Files whose bytes the store already holds, made by the same library, forms and prompts, are left alone
    unless `force`, and so are those that failed, unless `failed`. `workers` processes read them (0: this one
    does, one by one); one that ends, or takes longer than the setting time_limit, costs one report. With a
    model in the settings, what stays open is asked meanwhile; a report about which it could not be asked
    everything is kept as far as it is, and taken up again by the next import. `dry_run` reads the files and
    says what would be done. The store notes the run (see `Store.runs`) unless it is not to be `noted`. Raises
    StoreError when the store itself fails, FormError and ModelError.
    """
    from structurer.forms import load_forms
    from structurer.pipeline import asks, fingerprint

    settings = settings or Settings()
    forms = forms or load_forms()
    course = Course(force, failed, workers, progress, tick, stop, "local" if noted else None)
    if asks(settings):
        from structurer.bulk.asking import import_with_model

        return import_with_model(paths, store, settings, forms, course, dry_run=dry_run)
    intake = Intake(store, fingerprint(forms), force, failed)
    if dry_run:
        from structurer.bulk.dry import looked_over

        return looked_over(paths, intake, settings, progress)
    from structurer.model.blocking import run

    with seldom_collected():
        return run(Import(intake, settings, forms, course).run(paths))


class Import:
    """One run over many files; memory holds a window of them only."""

    def __init__(
        self,
        intake: Intake,
        settings: Settings,
        forms: Forms,
        course: Course,
        client: Client | None = None,
    ) -> None:
        self._intake, self._settings, self._course, self._client = intake, settings, course, client
        self._tally = Tally()
        self._writer = Writer(intake.store, intake.fingerprint, self._tally, course.progress)
        self._reader = _reader(settings, forms, client)
        self._workers: Workers | None = None
        self._twins: dict[str, list[str]] = {}
        """Other paths of the bytes that are on their way, by digest."""
        most = _PER_WORKER * (course.workers + 1) + (2 * settings.concurrency if client else 0)
        self._room = asyncio.Semaphore(most)
        self._one_by_one = asyncio.Semaphore(1 if client is None else 2)
        self._under_way: set[asyncio.Task[None]] = set()
        self._broken: BaseException | None = None

    async def run(self, paths: Iterable[str], workers: Workers | None = None) -> Summary:
        """Imports the files; what is through when it is cut off is kept.

        `workers` that are running already are used and left running.
        """
        noted = self._writer.noted = self._begun()
        try:
            await self._through(paths, workers)
            copies = self._intake.store.link_copies()
        except BaseException as error:
            if noted is not None:
                noted.broke(self.summary(), error)
            raise
        summary = replace(self.summary(), copies=copies, stopped=self._stopped)
        if noted is not None:
            noted.end(summary, end="stopped" if self._stopped else "done")
        return summary

    def _begun(self) -> Noted | None:
        """The run's row in the store."""
        if self._course.engine is None:
            return None
        client, count = self._client, self._course.workers
        model = client.endpoint.model if client is not None else ""
        used = (lambda: client.ledger.usage) if client is not None else (lambda: None)
        return Noted(self._intake.store, self._course.engine, model=model, workers=count, usage=used)

    async def _through(self, paths: Iterable[str], workers: Workers | None) -> None:
        ticking = asyncio.ensure_future(self._ticks())
        try:
            async with AsyncExitStack() as opened:
                if self._client is not None:
                    opened.push_async_callback(self._client.close)
                    # While the processes start.
                    warming = asyncio.get_running_loop().run_in_executor(None, self._client.warm)
                    opened.push_async_callback(_over, warming)
                self._workers = workers
                if workers is None and self._course.workers:
                    made = Workers(self._course.workers, self.sent_reader(), self._settings)
                    self._workers = await opened.enter_async_context(made)
                opened.push_async_callback(self._abandon)
                await self._take_all(paths)
        finally:
            ticking.cancel()
            self._writer.flush()
        if self._broken is not None:  # writing failed while the processes were being ended
            raise self._broken

    def summary(self) -> Summary:
        """What was done so far."""
        summary = self._tally.summary()
        if self._client is None:
            return summary
        return replace(summary, usage=self._client.ledger.usage, problem=self._client.trouble)

    @property
    def _stopped(self) -> bool:
        return self._course.stop is not None and self._course.stop.is_set()

    # -- files

    async def _take_all(self, paths: Iterable[str]) -> None:
        with ExitStack() as opened:
            # One thread reads ahead, always the same: an archive stays open in it where it was left.
            thread = ThreadPoolExecutor(1, "structurer-intake")
            opened.callback(thread.shutdown, wait=False, cancel_futures=True)
            found = groups(_until(paths, self._course.stop), self._settings.max_bytes)
            loop = asyncio.get_running_loop()
            ahead = loop.run_in_executor(thread, next, found, None)
            while (group := await ahead) is not None:
                ahead = loop.run_in_executor(thread, next, found, None)
                await self._sort(self._intake.sort(group))
                if self._stopped:
                    break
        while self._under_way and self._broken is None:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
        if self._broken is not None:
            raise self._broken

    async def _sort(self, group: Sorted) -> None:
        for path in group.unchanged:
            self._writer.note(Step(path, "unchanged"))
        for found in group.left:
            self._writer.note(Step(found.path, "left", found))
        for found in group.unreadable:
            self._writer.put(NotExtracted(found, None))
        for job in group.elsewhere:
            self._writer.put(AlsoAt(written(job.path), job.digest))
        for job in group.new:
            if job.digest in self._twins:
                self._twins[job.digest].append(written(job.path))
                continue
            await self._room.acquire()
            if self._broken is not None:
                raise self._broken
            if self._stopped:
                self._room.release()
                return
            self._twins[job.digest] = []
            task = asyncio.ensure_future(self._one(job))
            self._under_way.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._room.release()
        if not task.cancelled() and (error := task.exception()) is not None:
            self._broken = self._broken or error

    async def _abandon(self) -> None:
        """Lets go of what is still on its way, after an error."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    # -- one file

    async def _one(self, job: Job) -> None:
        lasting = True
        read, worker = await self._read(job)
        if isinstance(read, Open) and self._client is not None:
            from structurer.asking import complete

            asked = self._reader.divisible(job, read.questions) if worker else read.questions
            replies = await asyncio.gather(*map(self._client.ask, asked))
            lasting = complete(replies)
            # What its answers cost, whichever run paid: a run that was cut off must not show in the export.
            replies = [replace(reply, usage=reply.paid) for reply in replies]
            read = await self._finish(job, read, replies, worker)
        also = tuple(self._twins.pop(job.digest))
        if isinstance(read, Failure):
            for found in (read, *failed_alike(read, also)):
                self._writer.put(NotExtracted(found, job.digest))
        elif not isinstance(read, Open):
            fingerprint = self._intake.fingerprint if lasting else ""
            self._writer.put(Extracted(job.path, read._replace(fingerprint=fingerprint), also))

    async def _read(self, job: Job) -> tuple[Read, Worker | None]:
        if self._workers is not None:
            try:
                return await self._workers.do("read", job)
            except Lost as lost:
                return Failure(written(job.path), lost.kind, lost.reason), None
        async with self._one_by_one:
            if self._client is None:
                await asyncio.sleep(0)
                return self._reader.read(job), None
            # In a thread, so that answers that arrive meanwhile do not wait for reading.
            return await asyncio.to_thread(self._reader.read, job), None

    async def _finish(self, job: Job, read: Open, replies: list[Reply], worker: Worker | None) -> Read:
        if self._workers is None or worker is None:
            return self._reader.finish(job.path, read.key, replies)
        try:
            found: Read
            if not worker.gone:
                with suppress(Lost):
                    found, _ = await self._workers.do("finish", job.path, read.key, replies, on=worker)
                    return found
            found, _ = await self._workers.do("read_again", job, replies)
            return found
        except Lost as lost:
            return Failure(written(job.path), lost.kind, lost.reason)

    def sent_reader(self) -> Reader:
        """The reader that the processes get: they load the forms themselves where those are ours."""
        from structurer.forms import load_forms

        ours = self._reader.forms is None or self._reader.forms is load_forms()
        return replace(self._reader, forms=None if ours else self._reader.forms)

    # -- meanwhile

    async def _ticks(self) -> None:
        while True:
            await asyncio.sleep(_TICK)
            try:
                self._writer.flush_old()
                if self._course.tick is not None:
                    self._course.tick(replace(self.summary(), stopped=self._stopped))
            except Exception as error:
                self._broken = self._broken or error
                return


async def _over(loading: asyncio.Future[None]) -> None:
    """Waits for what is loaded beside the work. What is wrong with it is said where it is used."""
    await asyncio.wait([loading])
    loading.exception()


def _until(paths: Iterable[str], stop: threading.Event | None) -> Iterator[str]:
    """The paths until somebody says stop."""
    for path in paths:
        if stop is not None and stop.is_set():
            return
        yield path


def _reader(settings: Settings, forms: Forms, client: Client | None) -> Reader:
    if client is None:
        return Reader(settings.max_bytes, forms)
    return Reader(settings.max_bytes, forms, client.endpoint.model, settings.ask, settings.accept_model)
