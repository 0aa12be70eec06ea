"""Many machines: a lost worker, a driver that ends and a task done twice change nothing in the store."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from benchmarks.corpus import reports
from structurer.bulk import Step, import_reports
from structurer.errors import StoreError
from structurer.model.presets import endpoint
from structurer.model.shelf import Kept
from structurer.model.transport import Lane
from structurer.model.wire import Completion
from structurer.observation import Usage
from structurer.parts import Answers, Folder, PartStore, read_part
from structurer.permits import Permits, SharedLane, SharedLedger
from structurer.record import record
from structurer.settings import Settings
from structurer.store import Failed, Placed, open_store
from tests.samples import sample
from tests.serving import KEY, Said, Serving, loopback

# --- parts


def test_a_part_is_named_by_what_is_in_it_and_comes_back_whole(tmp_path: Path) -> None:
    def part(*numbers: int) -> PartStore:
        made = PartStore(lambda *_: {})
        for number in numbers:
            content = str(number).encode()
            made.write([record(sample(f"{number}.txt", content=content), content=content, sentences=b"abcd")])
        made.write(
            placed=[Placed("0" * 64, "copy.txt")], failed=[Failed("bad.txt", None, "empty", "no", "f")]
        )
        return made

    folder = Folder(str(tmp_path))
    name = part(1, 2).close(folder)
    assert name == part(2, 1).close(folder)
    assert name != part(1, 3).close(folder)
    assert name is not None
    found = list(read_part(folder.get(name) or b""))
    assert (
        found[:2] == [Failed("bad.txt", None, "empty", "no", "f"), Placed("0" * 64, "copy.txt")] or found[2:]
    )
    with open_store("sqlite://") as store:
        store.write([one for one in found if not isinstance(one, Failed | Placed)])
        assert list(store.extractions()) == [sample(f"{n}.txt", content=str(n).encode()) for n in (1, 2)]
    assert len(folder.names("parts", ".parquet")) == 2
    folder.move(name, "taken/x.parquet")
    folder.move(name, "taken/x.parquet")
    assert folder.get(name) is None


def test_what_is_no_part_is_refused() -> None:
    with pytest.raises(StoreError, match="not a part"):
        list(read_part(b"PAR1 and then nothing"))


def test_answers_lie_where_every_machine_sees_them(tmp_path: Path) -> None:
    kept = Kept("a1" * 32, "answered", "{}", "m", "statements 1", "d", ((1, 2),), Usage(calls=1))
    Answers(Folder(str(tmp_path))).put(kept)
    Answers(Folder(str(tmp_path))).put(Kept("b1" * 32, "failed", "", "m", "p", "d"))
    shelf = Answers(Folder(str(tmp_path)))
    assert shelf.get(kept.key) == kept
    assert shelf.get("b1" * 32) is None
    (tmp_path / "answers" / "a1" / f"{kept.key}.json").write_text("{")
    assert shelf.get(kept.key) is None


# --- permits

AT = endpoint(Settings(model="m", base_url=SecretStr("http://127.0.0.1:9")))


class Here:
    """The permits in this process."""

    def __init__(self, permits: Permits) -> None:
        self._permits = permits

    async def ask(self, name: str, *arguments: Any) -> Any:
        return await getattr(self._permits, name)(*arguments)

    def tell(self, name: str, *arguments: Any) -> None:
        getattr(self._permits, name)(*arguments)


def test_clients_share_one_lane() -> None:
    async def run() -> int:
        permits = Permits(Settings(model="m", concurrency=3), AT, 60)
        lanes: list[Lane] = [SharedLane(3, Here(permits)) for _ in range(4)]
        under_way = most = 0

        async def call(lane: Lane) -> None:
            nonlocal under_way, most
            await lane.enter()
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0.002)
            under_way -= 1
            lane.leave()

        await asyncio.gather(*(call(lanes[number % 4]) for number in range(40)))
        assert permits.most_at_once == most
        lanes[0].shrink(0.0, 0.0)
        return most

    assert asyncio.run(run()) == 3


def test_what_was_lent_to_a_client_that_is_gone_comes_back() -> None:
    async def run() -> None:
        permits = Permits(Settings(model="m", concurrency=1, max_tokens=100), AT, 0.05)
        await permits.enter()
        assert (await permits.reserve(60, 30))[0]
        await asyncio.wait_for(permits.enter(), 5)
        assert (await asyncio.wait_for(permits.reserve(60, 30), 5))[0]

    asyncio.run(run())


def test_clients_share_one_budget() -> None:
    async def run() -> None:
        given = Settings(model="m", max_tokens=100)
        office = Here(Permits(given, AT, 60))
        one, other = SharedLedger(given, AT, office), SharedLedger(given, AT, office)
        assert await one.reserve(50, 10)
        one.spent(1, Completion("", prompt_tokens=50, completion_tokens=10))
        one.release(50, 10)
        assert await other.reserve(30, 10)
        other.spent(1, Completion("", prompt_tokens=30, completion_tokens=10))
        other.release(30, 10)
        assert not await one.reserve(1, 1)
        assert "max_tokens" in one.stopped
        assert one.usage.calls == other.usage.calls == 1

    asyncio.run(run())


# --- Ray itself

COUNT = 48
ray = pytest.importorskip("ray", reason="Ray is not installed (pip install 'structurer[ray]')")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("reports")
    for case in reports(11, COUNT):
        (made / f"{case.name}{case.suffix}").write_bytes(case.data())
    (made / "copy.txt").write_bytes(next(iter(sorted(made.iterdir()))).read_bytes())
    (made / "empty.txt").write_bytes(b"")
    return made


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    """A cluster of three worker processes on this machine, started once."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    path = os.pathsep.join(part or os.getcwd() for part in sys.path)
    ray.init(
        num_cpus=3,
        include_dashboard=False,
        log_to_driver=False,
        logging_level="error",
        namespace="structurer",
        object_store_memory=100_000_000,
        runtime_env={"env_vars": {"PYTHONPATH": path, "OPENAI_API_KEY": KEY}},
    )
    yield
    ray.shutdown()


def paths(folder: Path) -> list[str]:
    return [str(path) for path in sorted(folder.iterdir())]


def workers() -> list[int]:
    """The cluster's processes that import: those of this session only."""
    session = ray._private.worker._global_node.get_session_dir_path()
    listed = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
    found = [line.split(None, 1) for line in listed.splitlines() if "ray::" in line and "Extractor" in line]
    return [int(pid) for pid, _ in found if session in _environment(int(pid))]


def _environment(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().decode("utf-8", "replace") + " ".join(
            str(target) for target in _targets(pid)
        )
    except OSError:
        return ""


def _targets(pid: int) -> Iterator[str]:
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            yield os.readlink(entry)
        except OSError:
            continue


def test_a_lost_worker_a_driver_that_ends_and_a_second_run_change_nothing(
    folder: Path, tmp_path: Path, cluster: None
) -> None:
    from structurer.cluster import import_on_cluster

    with open_store("sqlite://") as alone, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        import_reports(paths(folder), alone)
        killed: list[int] = []
        stop = threading.Event()

        def meanwhile(step: Step) -> None:
            if not killed and (found := workers()):
                os.kill(found[0], signal.SIGKILL)
                killed.append(found[0])

        results = str(tmp_path / "results")
        first = import_on_cluster(paths(folder), store, results=results, progress=meanwhile)
        assert killed, "no worker was there to be killed"
        # The empty file is a failure; the same bytes under two paths are one document.
        assert (first.imported, first.failed) == (alone.counts().documents, 1)
        assert list(store.extractions(copies=True)) == list(alone.extractions(copies=True))
        assert store.counts() == alone.counts()
        (run,) = store.runs()
        assert (run.engine, run.workers, run.end) == ("ray", 3, "done")
        assert (run.imported, run.unchanged, run.failed) == (first.imported, first.unchanged, first.failed)

        # A driver that ended before it took its parts in: they are there, and the next one does so.
        taken = sorted((tmp_path / "results" / "taken").iterdir())
        for part in taken:
            part.rename(tmp_path / "results" / "parts" / part.name)
        with open_store(f"sqlite:///{tmp_path}/b.db") as other:
            stop.set()
            import_on_cluster(paths(folder), other, results=results, stop=stop)
            assert list(other.extractions(copies=True)) == list(alone.extractions(copies=True))
            again = import_on_cluster(paths(folder), other, results=results)
            assert (again.imported, again.failed, again.left) == (0, 0, 1)
            assert again.unchanged == COUNT + 1
            assert other.counts() == alone.counts()
            assert [run.end for run in other.runs()] == ["done", "stopped"]


@loopback
def test_the_models_limit_holds_across_workers(folder: Path, tmp_path: Path, cluster: None) -> None:
    from structurer.cluster import import_on_cluster

    files = paths(folder)[:24]
    with (
        Serving(answer=lambda _: Said(delay=0.05)) as serving,
        open_store(f"sqlite:///{tmp_path}/a.db") as store,
        open_store("sqlite://") as alone,
    ):
        given = serving.settings(ask="all", cache_dir=str(tmp_path / "cache"), concurrency=2)
        summary = import_on_cluster(files, store, results=str(tmp_path / "results"), settings=given)
        calls = len(serving.asked)
        assert summary.usage is not None
        assert summary.usage.calls == calls > 24
        assert serving.most_at_once <= 2
        import_reports(files, alone, settings=given)
        assert list(store.extractions(copies=True)) == list(alone.extractions(copies=True))
        # What was answered is known to the next run, whatever became of this one's store.
        asked = len(serving.asked)
        with open_store(f"sqlite:///{tmp_path}/b.db") as other:
            import_on_cluster(files, other, results=str(tmp_path / "results"), settings=given)
        assert len(serving.asked) == asked
