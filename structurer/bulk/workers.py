"""Processes that read reports, as many as there are processors; one that ends costs one report.

They are started by their own command line and not by forking or by `multiprocessing`: they share no locks or
threads with this process, and a script that imports reports needs no `if __name__ == "__main__"`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import pickle
import signal
import sys
import tempfile
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from structurer.bulk.failing import CRASHED, TIMEOUT
from structurer.bulk.reading import Reader
from structurer.bulk.worker import length_of, packed
from structurer.errors import StructurerError
from structurer.settings import Settings

_AHEAD = (2, 12)
"""Jobs a worker has at once, at least and at most: one in work, and the next ones so that it need not wait
while this process writes what was found."""
_BUSY = 0.1
"""Seconds of work a worker has at once, where its jobs are short: as long as a batch takes to be written."""
_AVERAGED = 8
"""Jobs over which a worker's pace is averaged."""
_BACKLOG = 4
"""Jobs that have to wait before another process is started: a handful of files is not worth one."""
_LEAVE = 5.0
"""Seconds a worker is given to end by itself."""
_HOLDER_ENDED = "the process that held it has ended"
_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from structurer.bulk.worker import main; main()"
)


class Lost(Exception):
    """A report whose worker ended: `kind` is "crashed" or "timeout"."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind, self.reason = kind, reason


@dataclass(eq=False)
class _Task:
    """A job on its way: its message, who waits for it, and which worker it is for, if only one can do it."""

    message: bytes
    result: asyncio.Future[tuple[Any, Worker]]
    only: Worker | None = None

    def fail(self, error: BaseException) -> None:
        """Tells whoever still waits for it that it came to nothing."""
        if not self.result.done():
            self.result.set_exception(error)


@dataclass(eq=False)
class Worker:
    """One process, and the jobs it has been given, the one it works on first."""

    process: asyncio.subprocess.Process
    said: BinaryIO
    tasks: deque[_Task] = field(default_factory=deque)
    ready: bool = False
    gone: bool = False
    late: bool = False
    since: float = 0.0
    """When it began with its first job."""
    pace: float = _BUSY
    """Seconds its jobs take, the latest counting most."""
    timer: asyncio.TimerHandle | None = None
    reading: asyncio.Task[None] | None = None

    @property
    def ahead(self) -> int:
        """How many jobs it is given at once: few where they are long, for others may be through earlier."""
        least, most = _AHEAD
        return max(least, min(most, int(_BUSY / max(self.pace, 1e-6))))

    def through(self) -> _Task:
        """Takes the job off that it is through with."""
        moment = time.monotonic()
        self.pace += (moment - self.since - self.pace) / _AVERAGED
        self.since = moment
        return self.tasks.popleft()


class Workers:
    """As many processes as are worth it, up to `count`; use it in an `async with` block."""

    def __init__(self, count: int, reader: Reader, settings: Settings) -> None:
        self._count, self._seconds = count, settings.time_limit
        self._setup = packed((reader, settings.time_limit, settings.memory_limit))
        self._workers: list[Worker] = []
        self._waiting: deque[_Task] = deque()
        self._starting: set[asyncio.Task[None]] = set()
        self._broken: BaseException | None = None
        self._closed = False

    async def __aenter__(self) -> Workers:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def pids(self) -> list[int]:
        """The processes that are running."""
        return [worker.process.pid for worker in self._workers if not worker.gone]

    async def do(self, *job: Any, on: Worker | None = None) -> tuple[Any, Worker]:
        """What became of a job, and which worker did it; `on` names the only one that can.

        Raises Lost when the worker ended on it, or before it got to it where only that one can do it.
        """
        if self._broken is not None:
            raise self._broken
        if on is not None and on.gone:
            raise Lost(CRASHED, _HOLDER_ENDED)
        task = _Task(packed(job), asyncio.get_running_loop().create_future(), on)
        if on is None:
            self._waiting.append(task)
        else:
            self._waiting.appendleft(task)
        self._give()
        return await task.result

    async def close(self) -> None:
        """Ends all processes, at once where they do not end by themselves."""
        self._closed = True
        for task in self._waiting:
            task.result.cancel()
        self._waiting.clear()
        await asyncio.gather(*self._starting, return_exceptions=True)
        for worker in self._workers:
            self._end(worker, at_once=bool(worker.tasks))
        for worker in self._workers:
            await self._ended(worker)

    # -- jobs

    def _give(self) -> None:
        """Hands waiting jobs to whoever has least to do, and starts a process where too many wait."""
        held: list[_Task] = []
        while self._waiting:
            task = self._waiting.popleft()
            if task.result.done():
                continue
            worker = task.only or self._idlest()
            if worker is None:
                held.append(task)
                break
            if task.only is None and len(worker.tasks) >= worker.ahead:
                held.append(task)
                break
            self._hand(worker, task)
        self._waiting.extendleft(reversed(held))
        running = sum(not worker.gone for worker in self._workers) + len(self._starting)
        wanted = 1 if not running else running + (len(self._waiting) > _BACKLOG * running)
        if self._waiting and running < min(wanted, self._count) and not self._closed:
            starting = asyncio.ensure_future(self._start())
            self._starting.add(starting)
            starting.add_done_callback(self._starting.discard)

    def _idlest(self) -> Worker | None:
        running = [worker for worker in self._workers if not worker.gone and worker.ready]
        return min(running, key=lambda worker: len(worker.tasks), default=None)

    def _hand(self, worker: Worker, task: _Task) -> None:
        worker.tasks.append(task)
        assert worker.process.stdin is not None
        with contextlib.suppress(ConnectionError, RuntimeError):
            worker.process.stdin.write(task.message)
        if len(worker.tasks) == 1:
            worker.since = time.monotonic()
            self._watch(worker)

    def _watch(self, worker: Worker) -> None:
        """Gives the first job of a worker its time."""
        if worker.timer is not None:
            worker.timer.cancel()
        worker.timer = None
        if worker.tasks and not worker.gone:
            worker.timer = asyncio.get_running_loop().call_later(self._seconds, self._too_late, worker)

    def _too_late(self, worker: Worker) -> None:
        worker.late = True
        self._end(worker, at_once=True)

    # -- processes

    async def _start(self) -> None:
        said = tempfile.TemporaryFile(mode="a+b")  # noqa: SIM115 - closed when the process has ended
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                _START,
                json.dumps([path or os.getcwd() for path in sys.path]),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=said,
                limit=1 << 22,
                start_new_session=True,  # Ctrl-C is for the one who gives the jobs
            )
        except OSError as error:
            said.close()
            self._fail(StructurerError(f"no process can be started to read reports: {error}"))
            return
        assert process.stdin is not None
        worker = Worker(process, said)
        self._workers.append(worker)
        process.stdin.write(self._setup)
        worker.reading = asyncio.ensure_future(self._listen(worker))

    async def _listen(self, worker: Worker) -> None:
        """Takes a worker's results until it ends."""
        assert worker.process.stdout is not None
        stream = worker.process.stdout
        try:
            while True:
                head = await stream.readexactly(8)
                result = pickle.loads(await stream.readexactly(length_of(head)))
                if not worker.ready:
                    worker.ready = True
                    self._give()
                    continue
                task = worker.through()
                self._watch(worker)
                if not task.result.done():
                    task.result.set_result((result, worker))
                self._give()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        await self._buried(worker)

    async def _buried(self, worker: Worker) -> None:
        """After a worker's end: lets go of what is left of it, and of its jobs."""
        worker.gone = True
        if worker.timer is not None:
            worker.timer.cancel()
        code = await worker.process.wait()
        told = _tail(worker.said)
        worker.said.close()
        # What was being written to it keeps its pipe open else.
        transport: Any = getattr(worker.process, "_transport", None)
        if transport is not None:
            transport.close()
        if not worker.ready and not self._closed:
            self._fail(
                StructurerError(f"a process to read reports ended as it began ({_ended(code)}): {told}")
            )
        self._pass_on(worker, self._lost(worker, code))
        self._workers.remove(worker)
        if not self._closed:
            self._give()

    def _pass_on(self, worker: Worker, lost: Lost) -> None:
        """The job a worker ended on is lost, and so are those that only it could do; the others wait on."""
        if worker.tasks:
            worker.tasks.popleft().fail(lost)
        for task in reversed(worker.tasks):
            if task.only is not None:
                task.fail(Lost(CRASHED, _HOLDER_ENDED))
            elif not task.result.done():
                self._waiting.appendleft(task)
        worker.tasks.clear()
        for task in self._waiting:
            if task.only is worker:
                task.fail(Lost(CRASHED, _HOLDER_ENDED))

    def _lost(self, worker: Worker, code: int) -> Lost:
        if worker.late or code == -getattr(signal, "SIGALRM", 14):
            reason = f"not through after {self._seconds:g} s; the setting time_limit allows more"
            return Lost(TIMEOUT, reason)
        hint = "; perhaps memory ran out" if code == -getattr(signal, "SIGKILL", 9) else ""
        return Lost(
            CRASHED, f"the process that read it ended ({_ended(code)}){hint}; `import --failed` tries again"
        )

    def _fail(self, error: BaseException) -> None:
        """Nothing can be read any more: everybody who waits is told."""
        self._broken = error
        for task in self._waiting:
            task.fail(error)
        self._waiting.clear()

    def _end(self, worker: Worker, *, at_once: bool) -> None:
        with contextlib.suppress(ProcessLookupError, ConnectionError, RuntimeError):
            if at_once:
                worker.process.kill()
            elif worker.process.stdin is not None:
                worker.process.stdin.close()

    async def _ended(self, worker: Worker) -> None:
        if worker.reading is None:
            return
        done, _ = await asyncio.wait([worker.reading], timeout=_LEAVE)
        if not done:
            self._end(worker, at_once=True)
            await asyncio.wait([worker.reading])


def _ended(code: int) -> str:
    """How a process ended, in a word."""
    if code >= 0:
        return f"exit code {code}"
    with contextlib.suppress(ValueError):
        return signal.Signals(-code).name
    return f"signal {-code}"


def _tail(said: BinaryIO) -> str:
    """The last line a process said."""
    with contextlib.suppress(OSError, ValueError):
        said.seek(0)
        lines = said.read()[-2_000:].decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"
    return "it said nothing"


def processors() -> int:
    """How many processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1
