"""Where outcomes of questions are kept, so that nothing is asked or paid for twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from structurer.model.reply import State
from structurer.observation import Usage


@dataclass(frozen=True, slots=True)
class Kept:
    """An outcome as it is kept: for `answered`, `text` is the answer."""

    key: str
    state: State
    text: str
    model: str
    prompt: str
    document: str
    spans: tuple[tuple[int, int], ...] = ()
    usage: Usage = field(default_factory=Usage)
    dropped: int = 0
    estimate: int = 0
    """Prompt tokens as counted beforehand, to compare with what the endpoint counts."""


def as_json(kept: Kept) -> dict[str, Any]:
    """An outcome as plain values, for a shelf that keeps text."""
    return {**asdict(kept), "usage": kept.usage.model_dump(mode="json")}


def of_json(told: Mapping[str, Any]) -> Kept:
    """The outcome that `as_json` made these values of. Raises ValueError, TypeError or KeyError."""
    spans = tuple((int(start), int(end)) for start, end in told["spans"])
    return Kept(**{**told, "spans": spans, "usage": Usage.model_validate(told["usage"])})


class Shelf(Protocol):
    """Where outcomes are kept: the cache, the store's journal."""

    def get(self, key: str) -> Kept | None:
        """What is kept under a key."""

    def put(self, kept: Kept) -> None:
        """Keeps an outcome; the shelf decides which it wants."""
