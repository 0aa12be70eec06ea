"""A picture of a page to glyphs: cells of drawn tables are read one by one, the rest as words are found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from structurer.read.eyes import Seen, find_words, read_lines
from structurer.read.layout.grids import Grid, find_grids
from structurer.read.layout.page import Box, Glyph, PrintedPage, clean
from structurer.read.raster import Picture, drawn, strokes, upright, without_lines

UNREAD = "?"
"""Stands where something is printed that the eyes could not make out."""
_FEWEST = 5
"""Points of ink below which a cell is empty."""
_PAD = 4
#: What a digit that stands alone is sometimes taken for.
_AS_DIGITS = str.maketrans("OoQD〇○Il丨|｜![]{}SsZzB", "000000" + "1111111111" + "55" + "22" + "8")
_NEARLY = re.compile(r"[]0-9OoQD〇○Il丨|｜![{}SsZzB,.]{1,12}")
_MISREAD = re.compile("[^0-9/／—无-]|[^\u4e00-\u9fff]*[0-9][^\u4e00-\u9fff]*")
_NUMBER = re.compile("[-+]?[0-9][0-9,]*(?:[.][0-9]+)?")
_GUESSED = 0.5


class _Line(NamedTuple):
    """One line of ink in a cell, in pixels."""

    x0: int
    top: int
    x1: int
    bottom: int


def recognise(grey: Any, scale: float, number: int) -> tuple[PrintedPage, Picture]:
    """The characters and drawn lines of a grey picture of a page; `scale` is pixels a point."""
    picture = upright(grey, scale)
    lines = drawn(picture)
    grids = find_grids(lines.across, lines.down)
    light = without_lines(picture, lines) if grids else picture.light
    glyphs = _in_cells(light, grids, scale)
    glyphs.extend(_outside(picture, grids, scale))
    height, width = picture.light.shape
    return PrintedPage(number, width / scale, height / scale, glyphs, lines.across, lines.down), picture


def _in_cells(light: Any, grids: list[Grid], scale: float) -> list[Glyph]:
    ink = strokes(light) if grids else None
    cells = [_whole(_lines(ink, cell.box, scale)) for grid in grids for cell in grid.cells]
    lines = [(line, len(cell) == 1) for cell in cells for line in cell]
    seen = read_lines([_cut(light, line) for line, _ in lines])
    return [
        _glyph(line, text, sure, scale, alone=alone)
        for (line, alone), (text, sure) in zip(lines, seen, strict=True)
    ]


def _glyph(line: _Line, text: str, sure: float, scale: float, *, alone: bool) -> Glyph:
    """A line as read; `alone` in its cell, a single character other than a digit or a sign was misread."""
    text = clean(text)
    if text and not text.isdigit() and _NEARLY.fullmatch(text):
        text, sure = text.translate(_AS_DIGITS), min(sure, _GUESSED)
    text = text.replace("|", " ").strip()  # elsewhere it would be a border
    if not text or (alone and _MISREAD.fullmatch(text) and not _NUMBER.fullmatch(text)):
        text, sure = UNREAD, 0.0
    return Glyph(text, line.x0 / scale, line.top / scale, line.x1 / scale, line.bottom / scale, sure)


def _lines(ink: Any, box: Box, scale: float) -> list[_Line]:
    """The lines of ink in a cell, from the top down."""
    import numpy

    x0, top, x1, bottom = (round(side * scale) for side in box)
    cell = ink[top + 1 : bottom, x0 + 1 : x1]
    if int(cell.sum()) < _FEWEST:
        return []
    rows = numpy.flatnonzero(cell.any(axis=1))
    groups = numpy.split(rows, numpy.flatnonzero(numpy.diff(rows) > 1) + 1)
    found = []
    for group in groups:
        first, last = int(group[0]), int(group[-1])
        columns = numpy.flatnonzero(cell[first : last + 1].any(axis=0))
        found.append(
            _Line(x0 + 1 + int(columns[0]), top + 1 + first, x0 + 2 + int(columns[-1]), top + 2 + last)
        )
    return _joined(found, scale)


def _joined(lines: list[_Line], scale: float) -> list[_Line]:
    """Strokes of one line that lie one above the other, as those of 三, put together."""
    tallest = max(max(line.bottom - line.top for line in lines), round(8.5 * scale))
    found = [lines[0]]
    for line in lines[1:]:
        last = found[-1]
        if line.bottom - last.top <= 1.2 * tallest and line.top - last.bottom < 0.4 * tallest:
            found[-1] = _Line(min(last.x0, line.x0), last.top, max(last.x1, line.x1), line.bottom)
        else:
            found.append(line)
    return found


def _whole(lines: list[_Line]) -> list[_Line]:
    """Without specks and, where a label is written downwards, without the marks between its characters."""
    tallest = max((line.bottom - line.top for line in lines), default=0)
    least = 0.5 * tallest if len(lines) > 2 else 0
    return [
        line
        for line in lines
        if line.bottom - line.top >= least and (line.bottom - line.top >= 3 or line.x1 - line.x0 >= 3)
    ]


def _cut(light: Any, line: _Line) -> Any:
    """The picture of a line with paper around it."""
    import numpy

    part = light[line.top : line.bottom, line.x0 : line.x1]
    around = numpy.pad(part, _PAD, constant_values=1.0)
    return numpy.repeat((around * 255).astype(numpy.uint8)[:, :, None], 3, axis=2)


def _outside(picture: Picture, grids: list[Grid], scale: float) -> list[Glyph]:
    """The words outside of tables."""
    import numpy

    light = picture.light.copy()
    for grid in grids:
        x0, top, x1, bottom = (round(side * scale) for side in grid.box)
        light[max(top - 2, 0) : bottom + 3, max(x0 - 2, 0) : x1 + 3] = 1
    if int(strokes(light).sum()) < _FEWEST:
        return []
    words = find_words(numpy.repeat((light * 255).astype(numpy.uint8)[:, :, None], 3, axis=2))
    return [glyph for seen in words for glyph in _characters(seen, scale)]


def _characters(seen: Seen, scale: float) -> Iterator[Glyph]:
    """A line's characters over its width, the Latin ones half as wide as the others."""
    wide = [1 if char.isascii() else 2 for char in seen.text]
    step = (seen.x1 - seen.x0) / max(sum(wide), 1) / scale
    x = seen.x0 / scale
    for char, width in zip(seen.text, wide, strict=True):
        if not char.isspace() and char != "|":
            yield Glyph(char, x, seen.top / scale, x + width * step, seen.bottom / scale, seen.confidence)
        x += width * step
