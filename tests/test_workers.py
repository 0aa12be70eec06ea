"""Processes that read reports: as good as reading here, and one that ends costs one report."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks.corpus import reports
from structurer.bulk import import_reports, importing, workers
from structurer.bulk.reading import Job, Reader
from structurer.bulk.workers import Lost, Worker, Workers
from structurer.errors import StructurerError
from structurer.record import Record
from structurer.settings import Settings
from structurer.store import open_store
from tests.crashing import Crasher
from tests.serving import Said, Serving, loopback

COUNT = 12
pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes end by signals here")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("reports")
    for case in reports(9, COUNT):
        (made / f"{case.name}{case.suffix}").write_bytes(case.data())
    return made


def paths(folder: Path) -> list[str]:
    return [str(path) for path in sorted(folder.iterdir())]


def job(content: bytes = b"a letter", path: str = "x.txt") -> Job:
    return Job(path, content, path)


@pytest.fixture
def crashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Imports whose workers do what the reports say."""
    monkeypatch.setattr(importing, "_reader", lambda settings, *_: Crasher(settings.max_bytes))


def test_the_same_comes_out_whoever_reads(folder: Path) -> None:
    with open_store("sqlite://") as here, open_store("sqlite://") as there:
        one = import_reports(paths(folder), here)
        two = import_reports(paths(folder), there, workers=2)
        assert list(here.extractions(copies=True)) == list(there.extractions(copies=True))
        assert list(here.failures()) == list(there.failures())
    assert (one.imported, one.statuses, one.tables) == (two.imported, two.statuses, two.tables)


ENDS = {
    b"!exit!": ("crashed", "exit code 3"),
    b"!kill!": ("crashed", "SIGKILL"),
    b"!segfault!": ("crashed", "SIGSEGV"),
    b"!hang!": ("timeout", "not through after 2 s; the setting time_limit allows more"),
    b"!spin!": ("timeout", "not through after 2 s"),
    b"!hog!": ("memory", "memory_limit allows more"),
}


@pytest.mark.usefixtures("crashing")
def test_a_worker_that_ends_costs_one_report(folder: Path, tmp_path: Path) -> None:
    files = paths(folder)
    for number, order in enumerate((*ENDS, b"!print!")):
        path = tmp_path / f"{number}.txt"
        path.write_bytes(order + Path(files[0]).read_bytes() + str(number).encode())
        files.insert(3 * number, str(path))
    with open_store(f"sqlite:///{tmp_path}/a.db") as store:
        settings = Settings(time_limit=2, memory_limit=700_000_000)
        summary = import_reports(files, store, workers=2, settings=settings)
        assert summary.imported == COUNT + 1
        assert summary.failures == {"crashed": 3, "timeout": 2, "memory": 1}
        kept = {failed.path: failed for failed in store.failures()}
        for number, (kind, reason) in enumerate(ENDS.values()):
            failed = kept[str(tmp_path / f"{number}.txt")]
            assert failed.kind == kind
            assert reason in failed.reason
        again = import_reports(files, store, workers=2, settings=settings)
        assert (again.unchanged, again.left, again.failed) == (COUNT + 1, len(ENDS), 0)


def test_what_failed_is_left_alone_until_it_is_asked_for(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "0.txt"
    path.write_bytes(b"!kill!" + Path(paths(folder)[0]).read_bytes())
    with open_store(f"sqlite:///{tmp_path}/a.db") as store:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(importing, "_reader", lambda settings, *_: Crasher(settings.max_bytes))
            assert import_reports([str(path)], store, workers=1).failed == 1
        assert import_reports([str(path)], store, workers=1).left == 1
        tried = import_reports([one.path for one in store.failures()], store, workers=1, failed=True)
        assert (tried.imported, tried.left) == (1, 0)
        assert list(store.failures()) == []


async def _told(reader: Reader, *jobs: Job, count: int = 1) -> list[Any]:
    async with Workers(count, reader, Settings()) as running:
        return await asyncio.gather(*(running.do("read", one) for one in jobs), return_exceptions=True)


def test_jobs_behind_one_that_ends_its_worker_go_to_another() -> None:
    good = [job(next(iter(reports(n, 1))).data(), f"{n}.txt") for n in range(3)]
    found = asyncio.run(_told(Crasher(10**6), job(b"!exit!"), *good))
    assert isinstance(found[0], Lost)
    assert [isinstance(read, Record) for read, _ in found[1:]] == [True] * 3


def test_a_worker_is_given_many_short_jobs_at_once_and_few_long_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(workers, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    nobody: Any = None
    worker = Worker(nobody, nobody)

    def ahead_after(count: int, seconds: float) -> int:
        for _ in range(count):
            worker.tasks.append(nobody)
            clock[0] += seconds
            worker.through()
        return worker.ahead

    assert worker.ahead == 2
    assert ahead_after(60, 0.001) == 12
    assert ahead_after(60, 0.02) == 5
    assert ahead_after(20, 3.0) == 2


def test_a_process_that_cannot_begin_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("structurer.bulk.workers._START", "raise SystemExit('no such house')")
    found = asyncio.run(_told(Reader(10**6), job()))
    assert isinstance(found[0], StructurerError)
    assert "no such house" in str(found[0])


def test_workers_end_with_the_one_who_started_them(tmp_path: Path) -> None:
    code = """
import asyncio
from structurer.bulk.reading import Job
from structurer.bulk.workers import Workers
from structurer.settings import Settings
from tests.crashing import Crasher

async def main():
    async with Workers(2, Crasher(10**6), Settings()) as workers:
        await workers.do("read", Job("a", b"a letter", "a"))
        print(*workers.pids, flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        pids = [int(pid) for pid in process.stdout.readline().split()]
        assert pids
        process.send_signal(signal.SIGKILL)
        process.wait()
    deadline = time.monotonic() + 20
    while any(_alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(_alive(pid) for pid in pids)


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@loopback
def test_drafts_wait_in_their_worker_for_the_model(folder: Path, tmp_path: Path) -> None:
    def settings(serving: Serving, cache: str) -> Settings:
        return serving.settings(ask="all", cache_dir=str(tmp_path / cache), concurrency=8)

    with (
        Serving(answer=lambda _: Said(delay=0.01)) as serving,
        open_store("sqlite://") as here,
        open_store("sqlite://") as there,
    ):
        one = import_reports(paths(folder), here, settings=settings(serving, "a"))
        calls = len(serving.asked)
        two = import_reports(paths(folder), there, settings=settings(serving, "b"), workers=2)
        assert len(serving.asked) == 2 * calls
        assert list(here.extractions(copies=True)) == list(there.extractions(copies=True))
    assert one.usage == two.usage


@loopback
def test_a_draft_that_is_lost_is_made_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = paths(folder)[:6]
    lost = tmp_path / "dies-later.txt"
    lost.write_bytes(Path(files[0]).read_bytes() + b"\n")
    plain = importing._reader
    monkeypatch.setattr(importing, "_reader", lambda *given: Crasher(**_fields(plain(*given))))
    with Serving(answer=lambda _: Said(delay=0.01)) as serving, open_store("sqlite://") as store:
        given = serving.settings(ask="all", cache_dir=str(tmp_path / "cache"))
        summary = import_reports([*files[1:], str(lost)], store, settings=given, workers=1)
        assert (summary.imported, summary.failed) == (6, 0)
        assert store.get("dies-later.txt").usage.calls > 0


def _fields(reader: Reader) -> dict[str, Any]:
    return {name: getattr(reader, name) for name in ("max_bytes", "forms", "model", "ask", "accept")}
