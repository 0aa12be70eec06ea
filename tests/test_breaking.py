"""What breaks around an import: disks, locks, clocks, caches, servers. A clear message, nothing lost or doubled."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta, timezone
from itertools import count
from pathlib import Path
from threading import Event

import pytest
from click.testing import CliRunner, Result

from benchmarks.corpus import reports
from structurer.cli import cli
from structurer.errors import StoreError
from structurer.store import claims, door, log, open_store
from tests import postgres
from tests.samples import sample
from tests.serving import Said, Serving, loopback

ROOT = Path(__file__).parents[1]
STORE = "sqlite:///s.db"
COUNT = 30


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with reports in `in`, and no settings."""
    (tmp_path / "in").mkdir()
    for case in reports(17, COUNT, layouts=("cell-lines",), damages=("none",)):
        (tmp_path / "in" / f"{case.name}.txt").write_bytes(case.data())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STRUCTURER_CACHE_DIR", str(tmp_path / "cache"))
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY", "STRUCTURER_MODEL", "STRUCTURER_STORE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def run(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(cli, arguments, prog_name="structurer")
    assert result.exit_code == code, (result.output, result.exception)
    assert "Traceback" not in result.output
    return result


def imports(*more: str) -> list[str]:
    return [sys.executable, "-m", "structurer", "import", "in", "--store", STORE, "--workers", "1", *more]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def exported() -> bytes:
    run("export", "--store", STORE, "--format", "jsonl", "--status", "all", "--out", "out.jsonl", "--bare")
    return Path("out.jsonl").read_bytes()


@pytest.fixture
def whole(folder: Path) -> bytes:
    """What an undisturbed import of the same reports exports."""
    run("import", "in", "--store", STORE, "--workers", "1")
    found = exported()
    for path in folder.glob("s.db*"):
        path.unlink()
    return found


def _small_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))


def test_a_full_disk_is_named_and_the_same_command_goes_on(folder: Path, whole: bytes) -> None:
    done = subprocess.run(
        imports(), env=environment(), capture_output=True, text=True, preexec_fn=_small_files, check=False
    )
    assert done.returncode not in (0, -signal.SIGXFSZ), done.stderr
    assert "Traceback" not in done.stderr
    assert "s.db" in done.stderr or "sqlite" in done.stderr
    run("import", "in", "--store", STORE, "--workers", "1")
    assert exported() == whole


def test_a_locked_store_is_named_and_waits_for_nobody_for_ever(
    folder: Path, whole: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_store(STORE).close()
    monkeypatch.setattr(door, "_BUSY_MS", 50)
    with closing(sqlite3.connect("s.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        result = run("import", "in", "--store", STORE, "--workers", "1", code=1)
        assert "locked" in result.output
        other.execute("ROLLBACK")
    run("import", "in", "--store", STORE, "--workers", "1")
    assert exported() == whole


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to what is read-only")
def test_a_store_that_is_read_only_can_be_read(folder: Path) -> None:
    run("import", "in", "--store", STORE)
    Path("s.db").chmod(0o444)
    folder.chmod(0o555)
    try:
        assert run("show", "in", "--store", STORE, code=1).output
        assert "read" in run("import", "in", "--force", "--store", STORE, code=1).output
    finally:
        folder.chmod(0o755)


def test_a_store_on_a_read_only_disk_says_so(folder: Path) -> None:
    run("import", "in", "--store", STORE, "--workers", "1")
    with open_store("sqlite:///file:s.db?mode=ro&uri=true") as store:
        assert store.counts().documents == COUNT
        with pytest.raises(StoreError, match=r"readonly|read-only"):
            store.add(sample(), fingerprint="one")


def test_two_imports_into_one_store_double_nothing(folder: Path, whole: bytes) -> None:
    started = [
        subprocess.Popen(imports(), env=environment(), stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    for process in started:
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said
    assert exported() == whole
    with closing(sqlite3.connect("s.db")) as store:
        assert store.execute("select count(*) from documents").fetchone() == (COUNT,)


def test_a_clock_that_goes_back_changes_no_order(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Decisions are undone in the order they were made in, whatever the clock said."""
    run("import", "in", "--store", STORE, "--workers", "1")
    queued = run("queue", "--store", STORE, "--json", code=3)
    first = next(word for word in queued.output.replace('"', " ").split() if len(word) == 16)
    began = datetime(2030, 1, 1, tzinfo=timezone.utc)
    moments = (began - timedelta(days=each) for each in count())
    for module in (log, claims):
        monkeypatch.setattr(module, "now", lambda: next(moments))
    run("decide", first, "later", "--as", "one", "--store", STORE)
    run("decide", first, "reject", "--as", "one", "--store", STORE)
    run("undo", "--as", "one", "--store", STORE)
    told = run("log", first, "--store", STORE).output
    assert told.index("later") < told.index("reject") < told.index("undo")


def deleted(cache: Path) -> None:
    shutil.rmtree(cache, ignore_errors=True)


def overwritten(cache: Path) -> None:
    (cache / "cache.db").write_bytes(b"no database" * 1000)


@loopback
@pytest.mark.parametrize("harm", [deleted, overwritten])
def test_a_cache_that_goes_away_or_rots_costs_no_report(folder: Path, harm: Callable[[Path], None]) -> None:
    """The folder of answers is deleted or spoilt while an import asks, and is garbage for the next one."""

    harms = [harm]

    def answer(asked: object) -> Said:
        for each in harms:
            each(folder / "cache")
        return Said()

    with Serving(answer=answer) as serving:
        given = (
            "--model",
            "m",
            "--base-url",
            serving.url,
            "--ask",
            "all",
            "--store",
            STORE,
            "--workers",
            "1",
        )
        first = CliRunner().invoke(cli, ["import", "in", *given], env={"OPENAI_API_KEY": "none"})
        assert "Traceback" not in first.output
        assert first.exit_code == 0 or "STRUCTURER_CACHE_DIR" in first.output
        harms.clear()
        (folder / "cache").mkdir(exist_ok=True)
        (folder / "cache" / "cache.db").write_bytes(b"no database" * 1000)
        for journal in (folder / "cache").glob("cache.db-*"):
            journal.unlink()
        second = CliRunner().invoke(cli, ["import", "in", *given], env={"OPENAI_API_KEY": "none"})
        assert "Traceback" not in second.output
        assert second.exit_code == 0 or "cache" in second.output
        shutil.rmtree(folder / "cache")
        third = CliRunner().invoke(cli, ["import", "in", *given], env={"OPENAI_API_KEY": "none"})
    assert third.exit_code == 0, third.output
    with open_store(STORE) as store:
        assert store.counts().documents == COUNT


@pytest.mark.skipif(bool(postgres.why_not()), reason=postgres.why_not())
def test_postgresql_that_is_restarted_loses_nothing() -> None:
    with postgres.server() as server:
        url = server.database()
        with open_store(url) as store:
            store.add(sample("a.txt", content=b"a"), fingerprint="one")
            server.restart()
            for name in ("b", "c"):
                try:
                    store.add(sample(f"{name}.txt", content=name.encode()), fingerprint="one")
                except StoreError as error:
                    assert "Traceback" not in str(error)
                    store.add(sample(f"{name}.txt", content=name.encode()), fingerprint="one")
            assert [one.document.path for one in store.extractions()] == ["a.txt", "b.txt", "c.txt"]


@loopback
@pytest.mark.skipif(bool(postgres.why_not()), reason=postgres.why_not())
def test_postgresql_restarted_under_an_import_loses_and_doubles_nothing(folder: Path, whole: bytes) -> None:
    with postgres.server() as server:
        url, asked, back = server.database(), count(1), Event()

        def answer(_: object) -> Said:
            if next(asked) == COUNT // 2:
                server.restart()
                back.set()
            return Said()

        def imported(*more: str) -> Result:
            command = ["import", "in", "--store", url, "--workers", "1", *more]
            return CliRunner().invoke(cli, command, env={"OPENAI_API_KEY": "none"})

        with Serving(answer=answer) as serving:
            given = ("--model", "m", "--base-url", serving.url, "--ask", "all")
            first = imported(*given)
            assert back.wait(60), first.output
            assert "Traceback" not in first.output
            assert first.exit_code == 0 or "the same command" in first.output or "server" in first.output
            second = imported(*given)
        assert second.exit_code == 0, second.output
        with open_store(url) as store:
            assert store.counts().documents == COUNT
        again = imported("--force")
        assert again.exit_code == 0, again.output
        run("export", "--store", url, "--format", "jsonl", "--status", "all", "--out", "pg.jsonl", "--bare")
        assert Path("pg.jsonl").read_bytes() == whole
