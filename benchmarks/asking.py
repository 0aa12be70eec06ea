"""Reading a report with a model at an endpoint of ours."""

from __future__ import annotations

import tempfile
from typing import Any

from benchmarks.sources import Source
from structurer import structure
from structurer.observation import Extraction
from structurer.settings import Settings


def settings(url: str, **given: Any) -> Settings:
    """Settings for an endpoint on loopback that is shown the schema, as OpenAI's models are."""
    return Settings.model_validate(
        {"model": "fake", "provider": "openai", "base_url": url, "api_key": "none", **given}
    )


def asked(source: Source, url: str, **given: Any) -> Extraction:
    """The report read with the model asked; with a cache of its own unless `cache_dir` names one."""
    with tempfile.TemporaryDirectory() as folder:
        chosen = settings(url, **{"cache_dir": folder, **given})
        return structure(source.data, path=source.name, settings=chosen)
