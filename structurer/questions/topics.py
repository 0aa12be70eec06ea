"""Which rows a text can state: those of which a word stands in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from structurer.prompts import Prompt, load_prompt


@dataclass(frozen=True)
class Topics:
    """The front matter of the statements prompt, ready to be used."""

    of_row: Mapping[str, re.Pattern[str]]
    """Row → its words."""
    denied: frozenset[str]
    """Rows that a sentence can deny without a number."""
    never: frozenset[str]
    """Units that no row holds."""


def topics() -> Topics:
    """What the statements prompt says of rows, words and units."""
    return _topics(load_prompt("statements"))


@cache
def _topics(prompt: Prompt) -> Topics:
    words: dict[str, list[str]] = {}
    for topic in prompt.data["topics"]:
        for row in topic["rows"]:
            words.setdefault(row, []).extend(topic["words"])
    return Topics(
        {row: re.compile("|".join(map(re.escape, stems))) for row, stems in words.items()},
        frozenset(prompt.data["denied"]),
        frozenset(prompt.data["never"]),
    )


def rows_in(text: str) -> tuple[str, ...]:
    """The rows that a text can state: those of which a word stands in it, in the form's order."""
    return tuple(row for row, words in topics().of_row.items() if words.search(text))
