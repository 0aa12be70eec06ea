"""Glyphs to lines of text, each character with its box."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from structurer.read.layout.page import Box, Glyph

_APART = 0.28
"""Share of a glyph's height by which two words of one line stand apart."""
_FAR = 4.0
"""As above, for columns without drawn borders: their distance stays visible as two spaces."""
_RAISED = 0.8
"""Share of a digit's height below which the one beside it is a note's mark."""
_LONGEST = 8
"""Glyphs of a piece: its box shows a person where to look."""
_DIGIT = re.compile(r"[0-9]\Z")

HEADING = re.compile(
    r"[(（]?[一二三四五六七八九十]{1,3}[)）、.．]|[0-9]{1,2}[.、．)）]|第[一二三四五六七八九十]{1,3}[章节部条]|附[件表]"
)
"""How a heading or the label of a row begins."""


class Piece(NamedTuple):
    """Characters of a line that stand together: where they begin in it, and their box."""

    at: int
    box: Box
    confidence: float | None


class Line(NamedTuple):
    """A line of text in its box, with the places of its pieces; `size` is the height of its glyphs."""

    text: str
    box: Box
    pieces: tuple[Piece, ...]
    size: float


def to_lines(glyphs: Sequence[Glyph]) -> list[Line]:
    """Glyphs of one cell or one page as lines from the top down, each read from the left."""
    rows: list[list[Glyph]] = []
    middle = height = 0.0
    for glyph in sorted(glyphs, key=lambda glyph: glyph.top + glyph.bottom):
        at, size = (glyph.top + glyph.bottom) / 2, glyph.bottom - glyph.top
        if rows and at - middle <= 0.5 * min(max(height, 1.0), max(size, 1.0)):
            rows[-1].append(glyph)
            middle += (at - middle) / len(rows[-1])
            height = max(height, size)
        else:
            rows.append([glyph])
            middle, height = at, size
    found = (_line(sorted(row, key=lambda glyph: glyph.x0)) for row in rows)
    return [line for line in found if line is not None]


def _line(row: Sequence[Glyph]) -> Line | None:
    parts: list[str] = []
    pieces: list[Piece] = []
    run: list[Glyph] = []
    length = 0
    size = median(glyph.bottom - glyph.top for glyph in row)
    last: Glyph | None = None
    for glyph in row:
        text = glyph.text
        if text.isspace() or not text:
            continue
        if last is not None and _same(last, glyph):
            continue  # bold type that is printed twice
        gap = glyph.x0 - last.x1 if last is not None else 0.0
        if last is not None and (gap > _APART * size or _is_mark(last, glyph)):
            pieces.append(_piece(run, length))
            spaces = "  " if gap > _FAR * size else " "
            parts.append("".join(one.text for one in run) + spaces)
            length += len(parts[-1])
            run = []
        elif len(run) == _LONGEST:
            pieces.append(_piece(run, length))
            parts.append("".join(one.text for one in run))
            length += len(parts[-1])
            run = []
        run.append(glyph)
        last = glyph
    if not run:
        return None
    pieces.append(_piece(run, length))
    parts.append("".join(one.text for one in run))
    boxes = [piece.box for piece in pieces]
    box = (boxes[0][0], min(b[1] for b in boxes), boxes[-1][2], max(b[3] for b in boxes))
    return Line("".join(parts), box, tuple(pieces), size)


def _same(last: Glyph, glyph: Glyph) -> bool:
    return last.text == glyph.text and glyph.x0 - last.x0 < 0.5 * (last.x1 - last.x0)


def _is_mark(last: Glyph, glyph: Glyph) -> bool:
    """Whether one of two digits is a note's mark, by its size, or one that is not seen like the other."""
    if not (last.text[-1:].isdecimal() and glyph.text[:1].isdecimal()):
        return False
    sizes = sorted((last.bottom - last.top, glyph.bottom - glyph.top))
    return last.apart != glyph.apart or (last.confidence is None and sizes[0] < _RAISED * sizes[1])


def _piece(run: Sequence[Glyph], at: int) -> Piece:
    known = [glyph.confidence for glyph in run if glyph.confidence is not None]
    box = (
        run[0].x0,
        min(glyph.top for glyph in run),
        max(glyph.x1 for glyph in run),
        max(glyph.bottom for glyph in run),
    )
    return Piece(at, box, min(known) if known else None)


def glue(first: str, second: str) -> str:
    """What stands between two lines of one text: a space between Latin words, else nothing."""
    return (
        " " if first and second and first[-1].isascii() and second[0].isascii() and first[-1] != "-" else ""
    )


def in_cell(lines: Sequence[Line], width: float) -> list[tuple[Line, str]]:
    """The lines of a cell, each with what stands behind it.

    Digits at the end of a line that leaves no room for one more go on in the next line: the number was
    broken by the border. All other lines are set apart.
    """
    found = []
    for index, line in enumerate(lines):
        after = ""
        if index + 1 < len(lines):
            full = width - (line.box[2] - line.box[0]) < 1.1 * line.size
            broken = _DIGIT.search(line.text) and lines[index + 1].text[0].isdigit()
            after = "" if full and broken and line.text.isdigit() else "\n"
        found.append((line, after))
    return found
