"""Reports whose truth is known: the five real ones where they are at hand, and generated ones."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from benchmarks.corpus import gold, reports
from benchmarks.endpoints.truth import Truth, truth
from structurer.evaluate import Gold, marks, read_gold
from structurer.observation import Extraction
from structurer.read import read

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "golden" / "reports.jsonl"


class Source:
    """A report's bytes, its gold entry, and the truth as a model would have to tell it."""

    def __init__(self, name: str, data: bytes, gold: Gold, tokens: dict[str, str] | None = None) -> None:
        self.name, self.data, self.gold = name, data, gold
        self._tokens = tokens

    @cached_property
    def text(self) -> str:
        """What the library reads."""
        return read(self.data, path=self.name).text

    @cached_property
    def truth(self) -> Truth:
        """Everything true of it."""
        return truth(self.gold, self.text, self._tokens)

    def without_model(self) -> Extraction:
        """The report as read without a model."""
        from structurer import structure

        return structure(self.data, path=self.name)

    def false(self, extraction: Extraction) -> set[tuple[str, object]]:
        """The accepted values that are not true."""
        found = marks(extraction, self.gold)
        return {(mark.indicator, mark.found) for mark in found if mark.outcome in ("wrong", "invented")}


def folder() -> Path | None:
    """Where the real reports lie: STRUCTURER_REPORTS, else beside the checkout; None if nowhere."""
    given = os.environ.get("STRUCTURER_REPORTS")
    place = Path(given) if given else ROOT.parent / "shared" / "reports"
    return place if place.is_dir() else None


def real() -> list[Source]:
    """The five real reports; none where they are not at hand."""
    place = folder()
    if place is None:
        return []
    return [
        Source(gold.path, (place / gold.path).read_bytes(), gold)
        for gold in read_gold(GOLDEN)
        if (place / gold.path).exists()
    ]


def generated(count: int, seed: int = 0, **wanted: list[str]) -> Iterator[Source]:
    """Generated reports; `wanted` names forms, layouts or damages."""
    for made in reports(seed, count, **wanted):
        path = f"{made.name}{made.suffix}"
        tokens = {key: true.token for key, true in made.truth.items()}
        yield Source(path, made.data(), Gold.model_validate(gold(made, path)), tokens)
