"""A run that is killed loses no answer that had arrived: the next one asks only for what is missing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from benchmarks import resume, unusual
from benchmarks.endpoints import Call, Endpoint, Reply, chat
from benchmarks.endpoints.oracle import Teller
from benchmarks.sources import ROOT
from structurer.store import open_store

pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1"])

COUNT = 8


class Stopping:
    """Answers so many calls at once and leaves the one after them hanging."""

    def __init__(self, answers: int) -> None:
        self.answers = answers
        self.hangs = threading.Event()
        self.answered: set[bytes] = set()
        self.tellers = {one.text: Teller(one.truth) for one in unusual.sources(COUNT, seed=31)}

    def __call__(self, call: Call) -> Reply:
        if len(self.answered) >= self.answers:
            self.hangs.set()
            return Reply(delay=60)
        self.answered.add(call.raw)
        return self.answer(call)

    def answer(self, call: Call) -> Reply:
        """The truth about the report that the call is about."""
        lines = call.document.split("\n")[1:-1]
        about = max(self.tellers, key=lambda text: sum(line in text for line in lines))
        return self.tellers[about](call)


def command(folder: Path, url: str, *more: str) -> list[str]:
    store = f"sqlite:///{folder / 'store.db'}"
    asked = ["--model", "openai:fake", "--base-url", url]
    return [sys.executable, "-m", "structurer", "import", str(folder / "in"), "--store", store, *asked, *more]


def environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STRUCTURER_")}
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        "OPENAI_API_KEY": "sk-none",
        "STRUCTURER_CACHE_DIR": str(folder / "cache"),
        "STRUCTURER_CONCURRENCY": "1",
    }


@pytest.mark.parametrize(("answers", "shelf"), [(1, "journal"), (5, "cache")])
def test_no_answer_that_had_arrived_is_asked_for_again(tmp_path: Path, answers: int, shelf: str) -> None:
    (tmp_path / "in").mkdir()
    for source in unusual.sources(COUNT, seed=31):
        (tmp_path / "in" / source.name).write_bytes(source.data)
    stopping = Stopping(answers)
    with Endpoint(stopping) as endpoint:
        process = subprocess.Popen(
            command(tmp_path, endpoint.base_url),
            env=environment(tmp_path),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert stopping.hangs.wait(60)
        process.send_signal(signal.SIGKILL)
        process.wait()
        first = len(endpoint.calls)
        assert first == answers + 1
        with open_store(f"sqlite:///{tmp_path / 'store.db'}") as store:
            (run,) = store.runs()
            assert (run.end, run.ended_at, run.model) == ("", None, "fake")
            assert run.imported == store.counts().documents < COUNT
        forget(tmp_path, shelf)
        endpoint.behaviour = stopping.answer
        done = subprocess.run(
            command(tmp_path, endpoint.base_url, "--json"),
            env=environment(tmp_path),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        second = endpoint.calls[first:]
        forced = subprocess.run(
            command(tmp_path, endpoint.base_url, "--force"),
            env=environment(tmp_path),
            capture_output=True,
            check=False,
            timeout=120,
        )
    assert forced.returncode == 0
    assert endpoint.calls[first:] == second, "every answer is known by now"
    again = {call.raw for call in second}
    assert len(again) == len(second) == COUNT - answers
    assert not again & stopping.answered
    assert str(COUNT) in json.dumps(json.loads(done.stdout))


def forget(folder: Path, shelf: str) -> None:
    """Leaves only one of the two places where answers are kept."""
    gone = {"journal": ["cache"], "cache": ["store.db", "store.db-wal", "store.db-shm"]}.get(shelf, [])
    for name in gone:
        path = folder / name
        if path.is_dir():
            subprocess.run(["rm", "-r", str(path)], check=True)
        else:
            path.unlink(missing_ok=True)


def test_an_import_that_is_killed_again_and_again_exports_the_same(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert resume.main(["--reports", "20", "--kills", "2", "--latency", "0.02"]) == 0
    told = capsys.readouterr().out
    assert "killed 2 times" in told
    assert "identical" in told


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is a signal here")
def test_ctrl_c_finishes_what_is_at_hand_and_the_same_command_goes_on(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for source in unusual.sources(40, seed=31):
        (tmp_path / "in" / source.name).write_bytes(source.data)

    def slow(call: Call) -> Reply:
        return chat(call, '{"items":[]}', delay=0.1)

    with Endpoint(slow) as endpoint:
        process = subprocess.Popen(
            command(tmp_path, endpoint.base_url, "--json"),
            env=environment(tmp_path),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        deadline = time.monotonic() + 60
        while len(endpoint.calls) < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        said, told = process.communicate(timeout=60)
        assert process.returncode == 130
        first = json.loads(said)
        assert first["stopped"]
        assert 0 < first["imported"] < 40
        with open_store(f"sqlite:///{tmp_path / 'store.db'}") as store:
            (run,) = store.runs()
            assert (run.end, run.imported) == ("stopped", first["imported"])
        assert "stopping: the reports at hand are finished" in told
        assert "the same command goes on" in told
        again = subprocess.run(
            command(tmp_path, endpoint.base_url, "--json"),
            env=environment(tmp_path),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        second = json.loads(again.stdout)
        assert (second["imported"], second["unchanged"]) == (40 - first["imported"], first["imported"])
        assert len({call.raw for call in endpoint.calls}) == len(endpoint.calls)
