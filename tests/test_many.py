"""Many reports with a model: in order, kept as they come, and a run that is cut off loses no answer."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import structurer
from benchmarks.corpus import reports
from structurer.bulk import attempt, import_reports
from structurer.cache import Cache
from structurer.errors import SomeFailed
from structurer.model.shelf import Kept
from structurer.observation import Extraction, Usage
from structurer.read import Reading, beside
from structurer.settings import Settings
from structurer.store import open_store
from tests.serving import Asked, Said, Serving, loopback

pytestmark = loopback
COUNT = 12


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "reports"
    made.mkdir()
    for case in reports(5, COUNT):
        (made / f"{case.name}{case.suffix}").write_bytes(case.data())
    return made


def settings(serving: Serving, tmp_path: Path, **given: object) -> Settings:
    return serving.settings(**{"ask": "all", "cache_dir": str(tmp_path / "cache"), **given})


def paths(folder: Path) -> list[str]:
    return [str(path) for path in sorted(folder.iterdir())]


def collected(files: list[str], given: Settings) -> list[Extraction]:
    async def all_of() -> list[Extraction]:
        return [found async for found in structurer.structure_many(files, given)]

    return asyncio.run(all_of())


def test_in_the_order_given_as_one_by_one(folder: Path, tmp_path: Path) -> None:
    with Serving(answer=lambda _: Said(delay=0.02)) as serving:
        given = settings(serving, tmp_path, concurrency=8)
        together = collected(paths(folder), given)
        assert serving.most_at_once > 1
        calls = len(serving.asked)
        alone = [structurer.structure(path, settings=given) for path in paths(folder)]
        assert len(serving.asked) == calls
    assert [one.document.path for one in together] == paths(folder)
    assert [one.observations for one in together] == [one.observations for one in alone]
    assert sum(one.usage.calls for one in together) == calls
    answers = sum(one.usage.calls + one.usage.cached_calls for one in together)
    assert sum(one.usage.cached_calls for one in alone) == answers >= calls


def test_without_a_model_too(folder: Path) -> None:
    assert len(collected(paths(folder), Settings())) == COUNT


def test_a_page_finds_its_pictures_whichever_way_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_in: list[str] = []

    def look(reading: Reading, folder: str) -> Reading:
        looked_in.append(folder)
        return reading

    monkeypatch.setattr(beside, "with_pictures", look)
    page = tmp_path / "page.html"
    page.write_text('<html><body><p>某局2020年政府信息公开工作年度报告</p><img src="a.png"></body></html>')
    (one,) = collected([str(page)], Settings())
    assert one == attempt(str(page), settings=Settings())
    with open_store(f"sqlite:///{tmp_path / 's.db'}") as store:
        import_reports([str(page)], store)
    assert looked_in == [str(tmp_path)] * 3


def test_a_file_that_fails_harms_no_other(folder: Path, tmp_path: Path) -> None:
    files = [str(tmp_path / "missing.txt"), *paths(folder)]
    seen: list[str] = []

    async def all_of(given: Settings) -> None:
        async for found in structurer.structure_many(files, given):
            seen.append(found.document.path)

    with Serving() as serving, pytest.raises(SomeFailed, match=r"1 of the reports.*missing\.txt"):
        asyncio.run(all_of(settings(serving, tmp_path)))
    assert seen == files[1:]


def test_stopping_early_leaves_nothing_behind(folder: Path, tmp_path: Path) -> None:
    async def first() -> str:
        async for found in structurer.structure_many(paths(folder), given):
            return found.document.path
        return ""

    with Serving() as serving:
        given = settings(serving, tmp_path)
        assert asyncio.run(first()) == paths(folder)[0]


# --- imports


def test_an_import_asks_once(folder: Path, tmp_path: Path) -> None:
    with Serving() as serving, open_store(f"sqlite:///{tmp_path}/a.db") as store:
        given = settings(serving, tmp_path)
        first = import_reports(paths(folder), store, settings=given)
        calls = len(serving.asked)
        assert first.imported == COUNT
        assert first.usage is not None
        assert first.usage.calls == calls > COUNT
        second = import_reports(paths(folder), store, settings=given)
        assert (second.unchanged, second.usage) == (COUNT, Usage())
        forced = import_reports(paths(folder), store, settings=given, force=True)
        assert forced.usage is not None
        assert forced.usage.calls == 0
        assert forced.usage.cached_calls >= calls
        assert len(serving.asked) == calls


def test_another_way_of_asking_is_another_extraction(folder: Path, tmp_path: Path) -> None:
    with Serving() as serving, open_store("sqlite://") as store:
        assert import_reports(paths(folder)[:2], store).imported == 2
        for ask in ("open", "all"):
            given = settings(serving, tmp_path, ask=ask)
            assert import_reports(paths(folder)[:2], store, settings=given).imported == 2
            assert import_reports(paths(folder)[:2], store, settings=given).unchanged == 2


def test_what_could_not_be_asked_is_taken_up_again(folder: Path, tmp_path: Path) -> None:
    with Serving() as serving, open_store("sqlite://") as store:
        short = settings(serving, tmp_path, max_tokens=6000, concurrency=1)
        first = import_reports(paths(folder), store, settings=short)
        assert first.imported == COUNT
        assert "max_tokens" in first.problem
        asked = [one.raw for one in serving.asked]
        second = import_reports(paths(folder), store, settings=settings(serving, tmp_path))
        assert second.imported > 0
        assert second.problem == ""
        assert [one.raw for one in serving.asked if one.raw in asked] == asked
        assert import_reports(paths(folder), store, settings=short).unchanged == COUNT


def test_a_dry_run_tells_what_is_then_used(folder: Path, tmp_path: Path) -> None:
    import bpe_openai

    count = bpe_openai.get_encoding("o200k_base").encode_ordinary
    with Serving() as serving, open_store("sqlite://") as store:
        given = settings(serving, tmp_path)
        told = import_reports(paths(folder), store, settings=given, dry_run=True)
        assert serving.asked == []
        assert store.counts().documents == 0
        import_reports(paths(folder), store, settings=given)
    assert told.estimate is not None
    assert told.estimate.calls == len(serving.asked)
    sent = sum(len(count(one["content"])) for asked in serving.asked for one in asked.body["messages"])
    assert told.estimate.prompt_tokens == pytest.approx(sent, rel=0.1)


def test_the_journal_keeps_what_the_cache_lost(folder: Path, tmp_path: Path) -> None:
    with Serving() as serving, open_store("sqlite://") as store:
        given = settings(serving, tmp_path)
        import_reports(paths(folder), store, settings=given)
        calls = len(serving.asked)
        with Cache(tmp_path / "cache") as cache:
            assert cache.clear() > 0
        import_reports(paths(folder), store, settings=given, force=True)
        assert len(serving.asked) == calls


def test_the_journal_knows_states(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/a.db") as store:
        journal = store.journal()
        assert journal.get("k") is None
        kept = Kept("k", "refused", "", "m", "statements 1", "d", ((1, 2),), Usage(calls=1), 0, 7)
        journal.put(kept)
        journal.put(kept)
        assert journal.get("k") == kept
        assert journal.of("d") == [kept]
        journal.forget("d")
        assert journal.get("k") is None


_RUN = """
import sys
from pydantic import SecretStr
from structurer.bulk import attempt, import_reports
from structurer.read import Reading, beside
from structurer.settings import Settings
from structurer.store import open_store
url, store, cache, *files = sys.argv[1:]
given = Settings(model="test-model", base_url=SecretStr(url), ask="all", cache_dir=cache, concurrency=2)
with open_store(store) as opened:
    import_reports(files, opened, settings=given)
"""


def test_a_killed_run_loses_no_answer(folder: Path, tmp_path: Path) -> None:
    with Serving(answer=lambda _: Said(delay=0.05)) as serving:
        command = [
            sys.executable, "-c", _RUN, serving.url, f"sqlite:///{tmp_path}/a.db", str(tmp_path / "c"), *paths(folder),
        ]  # fmt: skip
        environment = os.environ | {"PYTHONPATH": str(Path(structurer.__file__).parents[1])}
        killed = subprocess.Popen(command, env=environment)
        deadline = time.monotonic() + 30
        while len(serving.asked) < 10 and time.monotonic() < deadline:
            time.sleep(0.01)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        first = [asked.raw for asked in serving.asked]
        subprocess.run(command, env=environment, check=True, timeout=60)
        again = [asked.raw for asked in serving.asked[len(first) :]]
    # What was under way when it was killed may be asked again; what had arrived may not.
    assert len(first) >= 10
    assert len([raw for raw in again if raw in first]) <= 2
    with open_store(f"sqlite:///{tmp_path}/a.db") as store:
        assert store.counts().documents == COUNT


def test_settings_that_name_no_endpoint_fail_before_anything_is_done(folder: Path) -> None:
    with open_store("sqlite://") as store, pytest.raises(structurer.StructurerError, match="no key"):
        import_reports(paths(folder), store, settings=Settings(model="deepseek:x"))


def test_documents_with_the_same_text_ask_once(tmp_path: Path) -> None:
    (case,) = reports(3, 1)
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_bytes(case.data() + (b"\n" if name == "b.txt" else b""))

    def answer(asked: Asked) -> Said:
        return Said(json.dumps({"items": []}), delay=0.02)

    with Serving(answer=answer) as serving:
        given = settings(serving, tmp_path)
        found = collected([str(tmp_path / "a.txt"), str(tmp_path / "b.txt")], given)
    assert len({asked.raw for asked in serving.asked}) == len(serving.asked)
    assert len(found) == 2
