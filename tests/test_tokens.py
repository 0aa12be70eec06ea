"""Counting tokens: exact where a table is at hand, else a bound, and never a look at the network."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from structurer.prompts import load_prompts
from structurer.tokens import _tiktoken, bound, counter

bpe_openai = pytest.importorskip("bpe_openai")


def test_without_tiktokens_table_the_network_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    monkeypatch.setitem(sys.modules, "tiktoken", None)
    assert _tiktoken("o200k_base") is None


def test_a_damaged_table_is_not_fetched_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from structurer.tokens import _table

    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    _table("o200k_base").write_bytes(b"damaged")
    assert _tiktoken("o200k_base") is None
    assert _table("o200k_base").read_bytes() == b"damaged"


def test_a_counter_says_how_it_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    counter.cache_clear()
    assert (counter("gpt-4o").name, counter("gpt-4o").exact) == ("bpe-openai o200k_base", True)
    assert counter("gpt-4-turbo").name == "bpe-openai cl100k_base"
    monkeypatch.setitem(sys.modules, "bpe_openai", None)
    counter.cache_clear()
    assert (counter("gpt-4o").name, counter("gpt-4o").exact) == ("estimate by characters", False)
    counter.cache_clear()


def test_the_bound_is_near_the_truth() -> None:
    encoding = bpe_openai.get_encoding("o200k_base")
    example = (Path(__file__).parents[1] / "examples" / "prose-2016.txt").read_text(encoding="utf-8")
    for text in (example, *(prompt.body for prompt in load_prompts().values())):
        assert bound(text) == pytest.approx(len(encoding.encode_ordinary(text)), rel=0.12)


def test_the_bound_of_nothing() -> None:
    assert bound("") == 1
