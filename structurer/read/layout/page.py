"""A printed page as readers hand it over: glyphs with boxes, and the lines drawn between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

Box = tuple[float, float, float, float]
"""x0, top, x1, bottom in points (1/72 inch) from the upper left corner of the page."""


def clean(text: str) -> str:
    """A glyph's text without characters that would end a line, a cell or a row of the text."""
    return (
        text if text.isprintable() else "".join(char if char.isprintable() else " " for char in text).strip()
    )


class Glyph(NamedTuple):
    """A character, or a few that were read as one; `confidence` is 0 to 1 where a machine's eyes read it."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    confidence: float | None = None
    apart: bool = False
    """It cannot be seen, or only on another ground: it is no part of a number beside it."""


class Ruling(NamedTuple):
    """A drawn line: at `at` on its own axis, from `start` to `end` along the other."""

    at: float
    start: float
    end: float


class PrintedPage(NamedTuple):
    """One page: `across` are its horizontal lines, `down` its vertical ones."""

    number: int
    width: float
    height: float
    glyphs: Sequence[Glyph]
    across: Sequence[Ruling] = ()
    down: Sequence[Ruling] = ()
