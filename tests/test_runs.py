"""Runs of imports: noted with what they commit, ended once, and honest about what was cut off."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.corpus import reports
from structurer.bulk import Step, import_reports
from structurer.cli import cli
from structurer.errors import StoreError
from structurer.store import Pace, Store, open_store
from tests.samples import sample
from tests.serving import Serving, loopback


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    own = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/runs.db" if own else request.getfixturevalue("server").database()
    with open_store(url) as opened:
        yield opened


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    made = []
    for number in range(40):
        path = tmp_path / f"{number:02}.txt"
        path.write_text(
            f"云溪市教育局2020年政府信息公开工作年度报告\n全年主动公开政府信息{number}条。", "utf-8"
        )
        made.append(str(path))
    made.append(str(tmp_path / "empty.txt"))
    Path(made[-1]).write_bytes(b"")
    return made


def test_a_run_says_what_it_did(files: list[str], store: Store) -> None:
    first = import_reports(files, store)
    again = import_reports(files, store)
    latest, earliest = store.runs()
    assert (earliest.engine, earliest.model, earliest.workers, earliest.end) == ("local", "", 0, "done")
    assert (earliest.imported, earliest.unchanged, earliest.failed) == (40, 0, 1)
    assert (first.imported, first.unchanged, first.failed) == (40, 0, 1)
    assert sum(earliest.pace.counts) == 40
    assert earliest.ended_at is not None
    assert earliest.began_at <= earliest.seen_at <= earliest.ended_at
    assert (latest.imported, latest.unchanged, latest.left) == (0, again.unchanged, 1)
    assert latest.rate is None
    assert latest.pace == Pace()


def test_a_run_is_told_of_with_every_commit(files: list[str], store: Store) -> None:
    """Whatever is killed: the row holds just what is committed, and no end."""
    seen: list[tuple[str, int, int]] = []

    def look(step: Step) -> None:
        (run,) = store.runs()
        seen.append((run.end, run.imported, store.counts().documents))

    import_reports(files, store, progress=look)
    assert seen
    assert {end for end, _, _ in seen} == {""}
    assert all(imported == documents for _, imported, documents in seen)
    assert store.runs()[0].end == "done"


def test_a_run_that_is_stopped_and_one_that_breaks(
    files: list[str], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()
    import_reports(files, store, stop=stop, progress=lambda _: stop.set())
    (run,) = store.runs()
    assert run.end == "stopped"
    assert 0 < run.imported == store.counts().documents

    def full() -> int:
        raise StoreError("disk full")

    monkeypatch.setattr(store, "link_copies", full)
    with pytest.raises(StoreError, match="disk full"):
        import_reports(files, store)
    broken, _ = store.runs()
    assert (broken.end, broken.problem) == ("failed", "disk full")
    assert broken.ended_at is not None


def test_a_document_the_database_refuses_does_not_count_twice(store: Store, tmp_path: Path) -> None:
    """A batch of which one document cannot be kept is written one by one; the row counts each once."""
    names = []
    for number in range(5):
        text = "坏\x00的" if number == 2 else "好的"
        path = tmp_path / f"n{number}.txt"
        path.write_text(f"云溪市教育局2020年政府信息公开工作年度报告。{text}{number}。", "utf-8")
        names.append(str(path))
    summary = import_reports(names, store)
    (run,) = store.runs()
    assert (run.imported, run.failed) == (summary.imported, summary.failed)
    assert run.imported + run.failed == 5
    assert sum(run.pace.counts) == run.imported == store.counts().documents


@loopback
def test_what_a_model_used_is_in_the_run(store: Store, tmp_path: Path) -> None:
    files = []
    for case in reports(5, 3):
        files.append(str(tmp_path / f"{case.name}{case.suffix}"))
        Path(files[-1]).write_bytes(case.data())
    with Serving() as serving:
        settings = serving.settings(ask="all", cache_dir=str(tmp_path / "cache"))
        summary = import_reports(files, store, settings=settings)
    (run,) = store.runs()
    usage = summary.usage
    assert usage is not None
    assert run.model == "test-model"
    assert (run.calls, run.tokens) == (usage.calls, usage.prompt_tokens + usage.completion_tokens)
    assert run.calls == len(serving.asked) > 0


def test_imports_that_are_not_to_be_noted(files: list[str], store: Store) -> None:
    import_reports(files[:2], store, noted=False)
    assert store.runs() == []
    store.add(sample("x.txt"))
    assert store.runs() == []


def test_pace_keeps_few_stretches_and_every_report() -> None:
    pace = Pace()
    for second in range(0, 1000, 10):
        pace = pace.add(second, 2)
    assert sum(pace.counts) == 200
    assert len(pace.counts) <= 64
    assert pace.width == 16
    assert pace.counts[0] == 4
    assert Pace().add(10.0**7, 3).counts[-1] == 3
    assert Pace().add(-5, 1) == Pace(1, (1,))


def test_the_command_lists_them(files: list[str], tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/runs.db"
    with open_store(url) as store:
        import_reports(files, store)
        killed = store.begin_run("ray", "some-model\x1b[2J", 4)
        store.write(run=killed)
    said = CliRunner().invoke(cli, ["runs", "--store", url])
    assert said.exit_code == 0
    lines = said.output.splitlines()
    assert lines[0].split()[:2] == ["began", "(UTC)"]
    assert "not ended" in lines[1]
    assert "ray, 4 workers, some-model" in lines[1]
    assert "last heard of" in lines[2]
    assert "done" in lines[3]
    assert "\x1b" not in said.output
    told = json.loads(CliRunner().invoke(cli, ["runs", "--store", url, "--json", "--limit", "1"]).output)
    assert [(run["engine"], run["end"], run["imported"]) for run in told] == [("ray", None, 0)]
    empty = f"sqlite:///{tmp_path}/empty.db"
    open_store(empty).close()
    assert "nothing was imported" in CliRunner().invoke(cli, ["runs", "--store", empty]).output


def test_time_that_a_killed_run_is_known_to_have_taken(store: Store) -> None:
    run = store.begin_run("local", "", 2)
    assert (run.seconds, run.rate) == (0.0, None)
    later = replace(run, seen_at=run.began_at + timedelta(seconds=8), imported=16)
    store.write(run=later)
    (found,) = store.runs()
    assert (found.seconds, found.rate, found.end) == (8.0, 2.0, "")
    assert found.to_json()["end"] is None
