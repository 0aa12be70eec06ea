"""The cache: text only, whole answers only, and it can be looked after."""

from __future__ import annotations

import os
import pickle
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from structurer.cache import Cache, cache_folder
from structurer.cli import cli
from structurer.errors import CacheError
from structurer.model.shelf import Kept
from structurer.observation import Usage
from structurer.settings import Settings


def kept(key: str = "k", **given: object) -> Kept:
    filled: dict[str, object] = {
        "key": key,
        "state": "answered",
        "text": '{"items":[]}',
        "model": "m",
        "prompt": "statements 1",
        "document": "d",
        "spans": ((1, 2),),
        "usage": Usage(calls=1, prompt_tokens=10, completion_tokens=5),
        **given,
    }
    return Kept(**filled)  # type: ignore[arg-type]


def test_what_is_put_comes_back_in_another_process_too(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        assert cache.get("k") is None
        cache.put(kept(text="收到申请１７件" * 20_000))
    with Cache(tmp_path) as cache:
        assert cache.get("k") == kept(text="收到申请１７件" * 20_000)


@pytest.mark.parametrize("state", ["refused", "truncated", "garbled", "failed", "unasked", "empty"])
def test_failures_are_not_kept(tmp_path: Path, state: str) -> None:
    with Cache(tmp_path) as cache:
        cache.put(kept(state=state))
        cache.put(kept(key="p", dropped=1))
        assert cache.stats().answers == 0


def test_nothing_is_unpickled(tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "exploded"),)

    with Cache(tmp_path) as cache:
        cache.put(kept())
    with sqlite3.connect(tmp_path / "cache.db") as database:
        database.execute("UPDATE Cache SET mode = 4, value = ?", (pickle.dumps(Bomb()),))
    with Cache(tmp_path) as cache:
        assert cache.get("k") is None
        assert cache.verify() == (0, ["k"])
    assert not (tmp_path / "exploded").exists()


def test_only_text_goes_in(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache, pytest.raises(TypeError):
        cache._disk.set("k", {"a": 1})


def test_a_changed_answer_is_found_out_and_mended(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        cache.put(kept())
        cache.put(kept(key="other"))
        cache._disk.set("k", cache._disk.get("k").replace('"document": "d"', '"document": "e"'))
        assert cache.get("k") is None
        assert cache.verify() == (1, ["k"])
        assert cache.verify(mend=True) == (1, ["k"])
        assert cache.verify() == (1, [])


def test_an_answer_under_another_key_is_none(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        cache.put(kept())
        cache._disk.set("moved", cache._disk.get("k"))
        assert cache.get("moved") is None


def test_clearing_by_model(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        cache.put(kept())
        cache.put(kept(key="n", model="n"))
        assert cache.stats().models == {"m": 1, "n": 1}
        assert cache.clear("n") == 1
        assert cache.clear() == 1
        assert cache.stats().answers == 0


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CacheError, match=r"file.*STRUCTURER_CACHE_DIR"):
        Cache(tmp_path / "file" / "below").get("k")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "cache.db").write_bytes(b"no database" * 100)
    with pytest.raises(CacheError, match="broken"):
        Cache(tmp_path / "broken").get("k")


def test_where_answers_lie(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    assert cache_folder(Settings()) == tmp_path / "structurer" / "answers"
    assert cache_folder(Settings(cache_dir="here")) == Path("here")


def test_the_commands(tmp_path: Path) -> None:
    def run(*arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(
            cli, ["cache", *arguments, "--dir", str(tmp_path)], prog_name="structurer"
        )
        assert result.exit_code == code, result.output
        return result.output

    with Cache(tmp_path) as cache:
        cache.put(kept())
        cache.put(kept(key="n", model="n"))
    assert "2 answers" in run("stats")
    assert '"prompt_tokens": 20' in run("stats", "--json")
    assert "2 answers whole, 0 damaged" in run("verify")
    with Cache(tmp_path) as cache:
        cache._disk.set("k", "damaged")
    assert "1 damaged" in run("verify", code=1)
    assert '"mended": true' in run("verify", "--mend", "--json")
    assert "1 answer forgotten" in run("clear", "--model", "n")
    assert '"cleared": 0' in run("clear", "--json")
