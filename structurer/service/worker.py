"""A process that imports what was handed in: it may hang or break, and the service goes on."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import asdict
from multiprocessing.connection import Connection
from typing import Any

from structurer.memory import limit_memory
from structurer.settings import Settings
from structurer.store.jobs import Job

_MOST_SKIPPED = 100
"""Passed-over members of archives that are listed by name."""


class Broken(Exception):
    """A worker that died, or was stopped; `late` when it took too long."""

    def __init__(self, *, late: bool = False) -> None:
        super().__init__("late" if late else "broken")
        self.late = late


class Worker:
    """One process. Not to be used from two threads at once, but for `stop`."""

    def __init__(self, settings: Settings) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, settings), name="structurer-worker")
        self._process.start()
        theirs.close()

    def run(self, job: Job, seconds: float) -> dict[str, Any]:
        """What importing the files of a job did. Raises Broken; the worker is of no use then."""
        folder = tempfile.mkdtemp(prefix="structurer-job-")
        try:
            self._pipe.send((job, folder))
            if not self._pipe.poll(seconds):
                self.stop()
                raise Broken(late=True)
            answer: dict[str, Any] = self._pipe.recv()
            return answer
        except (EOFError, OSError):
            self.stop()
            raise Broken from None
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def stop(self) -> None:
        """Ends the process at once; what it has stored stays."""
        self._process.kill()
        self._process.join(5)


def _serve(pipe: Connection, settings: Settings) -> None:
    """The life of a worker: one job after the other, until the service is gone."""
    # Ctrl-C reaches the whole group of processes; the service says when to stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_die_with_the_service, daemon=True).start()
    from structurer.forms import load_forms
    from structurer.store import open_store

    load_forms()
    limit_memory(settings.memory_limit)
    with open_store(settings.store) as store:
        while True:
            try:
                job, folder = pipe.recv()
            except EOFError:
                return
            os.chdir(folder)
            try:
                answer = import_job(store, job, settings)
            finally:
                os.chdir(os.sep)
            pipe.send(answer)


def _die_with_the_service() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def import_job(store: Any, job: Job, settings: Settings) -> dict[str, Any]:
    """Imports the files of a job below the working directory, which is the job's own and empty.

    The answer holds `summary`, or `problem` when the store failed.
    """
    from structurer.bulk import failure, find_files, import_reports
    from structurer.errors import StructurerError

    skipped: list[dict[str, str]] = []

    def skip(path: str, reason: str) -> None:
        skipped.append({"path": path, "reason": reason})

    try:
        _unpack(store, job)
        # As `import DIR/*` on the command line: files are named, folders are searched.
        named = sorted(os.path.join(job.folder, name) for name in os.listdir(job.folder))
        files = list(find_files(named, skipped=skip))
        force = bool(job.options.get("force"))
        # The job itself says when it began, how it ended and what it took.
        done = import_reports(files, store, force=force, settings=settings, noted=False)
    except StructurerError as error:
        return {"problem": str(error)}
    except Exception as error:
        return {"problem": failure(job.folder, error).reason}
    summary: Mapping[str, Any] = asdict(done)
    usage = done.usage.model_dump(mode="json") if done.usage is not None else None
    listed = {"skipped": len(skipped), "passed_over": skipped[:_MOST_SKIPPED]}
    return {"summary": {**summary, "usage": usage, **listed}}


def _unpack(store: Any, job: Job) -> None:
    os.makedirs(job.folder)
    for piece in store.jobs().files(job.id):
        path = os.path.join(job.folder, *piece.name.split("/"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "ab") as stream:
            stream.write(piece.content)
