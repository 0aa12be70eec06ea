"""Putting a question: its chunk, its answer's shape and limit, and its halves where it proves too long."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from structurer.chunks import Chunk, Piece, chunks, halves
from structurer.draft import Draft
from structurer.forms import Forms
from structurer.model.answers import Answer
from structurer.model.question import Question
from structurer.prompts import Prompt
from structurer.tokens import Counter

_PER_ITEM = 90
"""Completion tokens of one item: a quote of forty characters and the names around it."""
_LEAST, _MOST = 256, 4_096
_HALVINGS = 2
"""Times a chunk is halved whose answer is too long: one that is too long even for a quarter never ends."""


class Shape(NamedTuple):
    """What a chunk is to be answered with, and in how many tokens: at most, and as a rule."""

    answer: Answer
    limit: int
    likely: int


@dataclass(frozen=True)
class Asking:
    """One report that is asked about."""

    draft: Draft
    forms: Forms
    count: Counter

    def about(
        self, prompt: Prompt, pieces: Iterable[Piece], shape: Callable[[Chunk], Shape], table: str = ""
    ) -> Iterator[Question]:
        """Questions about pieces of the report, packed together as far as they fit."""
        for chunk in chunks(self.draft.document, pieces, self.count):
            yield self._divisible(prompt, chunk, shape, table)

    def _divisible(
        self,
        prompt: Prompt,
        chunk: Chunk,
        shape: Callable[[Chunk], Shape],
        table: str,
        halvings: int = _HALVINGS,
    ) -> Question:
        document = self.draft.document
        answer, limit, likely = shape(chunk)

        def divide() -> list[Question]:
            parts = halves(document, chunk, self.count)
            return [self._divisible(prompt, half, shape, table, halvings - 1) for half in parts]

        return Question(
            prompt, chunk, answer, limit, document.id, table, divide if halvings else None, likely
        )


def limit(items: int) -> int:
    """Completion tokens that so many items can take."""
    return bounded(60 + _PER_ITEM * items)


def bounded(tokens: int) -> int:
    """A completion limit that is neither too short for any answer nor without end."""
    return max(_LEAST, min(_MOST, tokens))
