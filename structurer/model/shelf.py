"""Where outcomes of questions are kept, so that nothing is asked or paid for twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

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


class Shelf(Protocol):
    """Where outcomes are kept: the cache, the store's journal."""

    def get(self, key: str) -> Kept | None:
        """What is kept under a key."""

    def put(self, kept: Kept) -> None:
        """Keeps an outcome; the shelf decides which it wants."""
