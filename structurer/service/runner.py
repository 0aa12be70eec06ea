"""Takes jobs from the store, one for each worker, and says when one is over."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeVar
from uuid import uuid4

from structurer.errors import StoreError
from structurer.service.limits import Limits
from structurer.service.worker import Broken, Worker
from structurer.settings import Settings
from structurer.store import Store
from structurer.store.jobs import LEASE, Job

_LOOKS = 2.0
"""Seconds between two looks for jobs that another server handed in, or let fall."""
_TIDIES = 600.0
"""Seconds between two looks for jobs that ended too long ago, at most."""

Said = Callable[[str], object]
_T = TypeVar("_T")


class Runner:
    """The jobs of one server. Its threads are its own, so that requests never wait for reading."""

    def __init__(self, store: Store, settings: Settings, limits: Limits, say: Said) -> None:
        self._jobs, self._settings, self._limits, self._say = store.jobs(), settings, limits, say
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        self._news = asyncio.Event()
        self._over = asyncio.Condition()
        self._tasks: list[asyncio.Task[None]] = []
        self._beside: list[asyncio.Task[None]] = []
        self._workers: dict[int, Worker] = {}
        self._under_way: set[str] = set()
        self._threads = ThreadPoolExecutor(limits.workers + 2, thread_name_prefix="jobs")
        self.stopping = False

    def start(self) -> None:
        """Begins to work."""
        self._tasks = [asyncio.create_task(self._work(n)) for n in range(self._limits.workers)]
        self._beside = [asyncio.create_task(self._hold()), asyncio.create_task(self._tidy())]

    def wake(self) -> None:
        """Says that a job was handed in."""
        self._news.set()

    async def until_news(self, seconds: float) -> None:
        """Returns when some job of this server is over, or after so many seconds."""
        with suppress(asyncio.TimeoutError):
            async with self._over:
                await asyncio.wait_for(self._over.wait(), seconds)

    async def stop(self) -> None:
        """Waits for what is under way as long as the limits allow; the rest waits for the next server."""
        self.stopping = True
        self._news.set()
        deadline = asyncio.get_running_loop().time() + self._limits.grace
        while self._under_way and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.05)
        for worker in list(self._workers.values()):
            await self._in_thread(worker.stop)
        await asyncio.wait(self._tasks, timeout=5)
        left = [*self._tasks, *self._beside]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        self._threads.shutdown(wait=False)

    async def _in_thread(self, act: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, act)

    async def _work(self, number: int) -> None:
        """One worker after the other, one job after the other."""
        # Begun before the first job comes: it takes a second or two.
        self._workers[number] = await self._in_thread(lambda: Worker(self._settings))
        while not self.stopping:
            self._news.clear()
            job = await self._claim()
            if job is None:
                with suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self._news.wait(), _LOOKS)
                continue
            self._news.set()  # there may be another one, for another worker
            self._under_way.add(job.id)
            try:
                await self._one(number, job)
            except StoreError as error:
                self._say(f"error: job {job.id}: {error}")
                await asyncio.sleep(_LOOKS)
            finally:
                self._under_way.discard(job.id)
                async with self._over:
                    self._over.notify_all()

    async def _claim(self) -> Job | None:
        try:
            busy, tries = set(self._under_way), self._limits.tries
            return await self._in_thread(lambda: self._jobs.claim(self._holder, busy, most_tries=tries))
        except StoreError as error:
            self._say(f"error: no job can be taken: {error}")
            return None

    async def _one(self, number: int, job: Job) -> None:
        seconds = self._limits.job_seconds
        try:
            if number not in self._workers:
                self._workers[number] = await self._in_thread(lambda: Worker(self._settings))
            worker = self._workers[number]
            answer = await self._in_thread(lambda: worker.run(job, seconds))
        except Broken as broken:
            del self._workers[number]
            if self.stopping:
                await self._in_thread(lambda: self._jobs.give_back(job.id, tried=False))
            elif broken.late:
                answer = {
                    "problem": f"took longer than {seconds:g} seconds and was stopped; what it had imported"
                    " by then is kept; hand in fewer reports at once, or serve with a longer --job-timeout"
                }
                await self._ended(job, answer)
            else:
                self._say(f"job {job.id}: its worker broke (try {job.tries} of {self._limits.tries})")
                await self._in_thread(lambda: self._jobs.give_back(job.id, tried=True))
            return
        await self._ended(job, answer)

    async def _ended(self, job: Job, answer: dict[str, Any]) -> None:
        if problem := answer.get("problem", ""):
            self._say(f"error: job {job.id}: {problem}")
        summary = answer.get("summary")
        await self._in_thread(lambda: self._jobs.end(job.id, summary=summary, problem=problem))

    async def _hold(self) -> None:
        """Renews the lease of what is under way."""
        while not self.stopping:
            await asyncio.sleep(LEASE.total_seconds() / 4)
            if self._under_way:
                try:
                    await self._in_thread(lambda: self._jobs.renew(self._holder, set(self._under_way)))
                except StoreError as error:
                    self._say(f"error: jobs under way cannot be renewed: {error}")

    async def _tidy(self) -> None:
        """Forgets jobs that ended too long ago."""
        kept = timedelta(days=self._limits.keep_days)
        while not self.stopping:
            try:
                await self._in_thread(lambda: self._jobs.forget(kept))
            except StoreError as error:
                self._say(f"error: old jobs cannot be forgotten: {error}")
            await asyncio.sleep(min(_TIDIES, kept.total_seconds() / 4))
