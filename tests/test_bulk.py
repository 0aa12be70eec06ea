"""Many files: found in order, imported once, and none harmed by another."""

import asyncio
import os
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from structurer.bulk import (
    Failure,
    Step,
    Summary,
    attempt,
    find_files,
    import_reports,
    importing,
    read_file,
    writing,
)
from structurer.bulk.workers import Workers
from structurer.errors import ReadError, StoreError, TooLarge
from structurer.observation import Extraction
from structurer.settings import Settings
from structurer.store import Run, Store, open_store
from tests.samples import FakePipeline


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch) -> FakePipeline:
    fake = FakePipeline()
    monkeypatch.setitem(sys.modules, "structurer.pipeline", fake)
    return fake


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in (
        "b.txt",
        "a.html",
        "sub/c.md",
        "sub/d",
        "sub/e.pptx",
        ".hidden.txt",
        ".git/x.txt",
        "[1].txt",
    ):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(name)
    return tmp_path


@pytest.fixture
def store():
    with open_store("sqlite://") as store:
        yield store


@pytest.mark.parametrize(
    ("paths", "found"),
    [
        (["."], ["./[1].txt", "./a.html", "./b.txt", "./sub/c.md", "./sub/d"]),
        (["b.txt", "a.html", "b.txt"], ["b.txt", "a.html", "b.txt"]),
        (["*.txt"], ["[1].txt", "b.txt"]),
        (["**/*.md"], ["sub/c.md"]),
        (["[1].txt"], ["[1].txt"]),
        (["sub/e.pptx"], ["sub/e.pptx"]),
        (["missing.txt", "no*.txt"], ["missing.txt", "no*.txt"]),
        ([], []),
    ],
)
def test_finding(folder: Path, paths: list[str], found: list[str]) -> None:
    assert list(find_files(paths)) == found


def test_what_is_passed_over_is_said(folder: Path) -> None:
    skipped: list[tuple[str, str]] = []
    list(find_files(["sub"], skipped=lambda path, reason: skipped.append((path, reason))))
    assert skipped == [("sub/e.pptx", ".pptx files are not read")]


def test_reading(folder: Path) -> None:
    assert read_file("b.txt", 5) == b"b.txt"
    with pytest.raises(TooLarge, match=r"b\.txt: more than 4 bytes"):
        read_file("b.txt", 4)
    with pytest.raises(ReadError, match=r"missing\.txt: no such file"):
        read_file("missing.txt", 4)
    with pytest.raises(ReadError, match="sub: Is a directory"):
        read_file("sub", 4)
    with pytest.raises(ReadError, match="null"):
        read_file("a\0b", 4)


def test_import_then_nothing_to_do(folder: Path, store: Store, pipeline: FakePipeline) -> None:
    first = import_reports(find_files(["."]), store)
    assert (first.imported, first.unchanged, first.failed) == (5, 0, 0)
    assert first.statuses["ambiguous"] == 10
    assert first.tables["disputes"] == {"image": 5}
    assert first.findings == {"error": 5, "info": 5}
    again = import_reports(find_files(["."]), store)
    assert (again.imported, again.unchanged, again.failed) == (0, 5, 0)
    assert len(pipeline.seen) == 5


def test_what_asks_for_another_extraction(folder: Path, store: Store, pipeline: FakePipeline) -> None:
    import_reports(["b.txt"], store)
    assert import_reports(["b.txt"], store, force=True).imported == 1
    pipeline.version = "two"
    assert import_reports(["b.txt"], store).imported == 1
    Path("b.txt").write_text("changed")
    assert import_reports(["b.txt"], store).imported == 1
    assert store.counts().documents == 1


def test_the_same_bytes_elsewhere_are_not_extracted_again(
    folder: Path, store: Store, pipeline: FakePipeline
) -> None:
    Path("copy.txt").write_text("b.txt")
    summary = import_reports(["b.txt", "copy.txt"], store)
    assert (summary.imported, summary.unchanged) == (1, 1)
    assert pipeline.seen == ["b.txt"]
    assert store.get("copy.txt").document.id == sha256(b"b.txt").hexdigest()


def test_one_bad_file_never_stops_the_others(folder: Path, store: Store, pipeline: FakePipeline) -> None:
    Path("letter.txt").write_text("a letter")
    Path("bug.txt").write_text("a bug")
    steps: list[Step] = []
    summary = import_reports(["letter.txt", "bug.txt", "none.txt", "b.txt"], store, progress=steps.append)
    assert (summary.imported, summary.failed) == (1, 3)
    assert summary.failures == {"not-a-report": 1, "internal": 1, "unreadable": 1}
    assert sorted((step.path, step.outcome) for step in steps) == [
        ("b.txt", "imported"),
        ("bug.txt", "failed"),
        ("letter.txt", "failed"),
        ("none.txt", "failed"),
    ]
    kept = {failed.path: failed for failed in store.failures()}
    assert "KeyError: 'surprise' (a mistake in structurer, tests.samples:" in kept["bug.txt"].reason
    assert kept["none.txt"].id is None
    assert kept["letter.txt"].id == sha256(b"a letter").hexdigest()


def test_a_failing_store_is_not_the_files_fault(
    folder: Path, store: Store, pipeline: FakePipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreError("disk full")

    monkeypatch.setattr(store, "write", full)
    with pytest.raises(StoreError, match="disk full"):
        import_reports(["b.txt"], store)


def test_a_store_that_fails_while_the_processes_end_is_told_of(
    folder: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = store.write

    def full(*kept: Any, run: Run | None = None) -> None:
        if any(kept):
            raise StoreError("disk full")
        write(run=run)

    close = Workers.close

    async def slowly(workers: Workers) -> None:
        monkeypatch.setattr(writing, "_LONGEST", 0.0)
        await asyncio.sleep(0.1)
        await close(workers)

    monkeypatch.setattr(importing, "_TICK", 0.01)
    monkeypatch.setattr(writing, "_LONGEST", 1e9)
    monkeypatch.setattr(Workers, "close", slowly)
    monkeypatch.setattr(store, "write", full)
    with pytest.raises(StoreError, match="disk full"):
        import_reports(["b.txt"], store, workers=1)


def test_a_dry_run_changes_nothing(folder: Path, store: Store, pipeline: FakePipeline) -> None:
    summary = import_reports(["b.txt", "none.txt"], store, dry_run=True)
    assert (summary.imported, summary.failed) == (1, 1)
    assert store.counts().documents == store.counts().failures == 0
    assert pipeline.seen == []


def test_attempt(folder: Path, pipeline: FakePipeline) -> None:
    found = attempt("b.txt", settings=Settings())
    assert isinstance(found, Extraction)
    assert found.document.path == "b.txt"
    missing = attempt("none.txt", settings=Settings())
    assert missing == Failure("none.txt", "unreadable", "no such file; check its name and folder")


@pytest.mark.skipif(os.name != "posix", reason="only here can a name be made of any bytes")
def test_a_name_that_is_no_text(folder: Path, store: Store, pipeline: FakePipeline) -> None:
    name = os.fsdecode(b"\xb9\xab\xbf\xaa.txt")
    try:
        Path(name).write_text("x")
    except OSError:
        pytest.skip("this file system takes only text")
    assert import_reports([name], store).imported == 1
    assert store.get(r"\xb9\xab\xbf\xaa.txt")


def test_nothing_to_import(store: Store, pipeline: FakePipeline) -> None:
    summary = import_reports([], store)
    assert summary == Summary(seconds=summary.seconds)
