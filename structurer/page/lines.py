"""The shown text cut into lines and grid rows, each with its offset; nothing is lost but line ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from structurer.document import CELL, ROW

_BREAK = re.compile("\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Line:
    """A line, or a row of a grid: the half-open spans of its cells (a line has one)."""

    number: int
    cells: tuple[tuple[int, int], ...]
    grid: bool = False

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.cells[0][0]

    @property
    def end(self) -> int:
        """Where its last cell ends."""
        return self.cells[-1][1]


def lines(text: str) -> list[Line]:
    """All lines and rows of a text, numbered from 1."""
    spans = (
        _rows(text)
        if ROW in text and CELL in text
        else ((cells, False) for cells in _plain(text, 0, len(text)))
    )
    return [Line(number, cells, grid) for number, (cells, grid) in enumerate(spans, 1)]


def _plain(text: str, start: int, end: int) -> Iterator[tuple[tuple[int, int], ...]]:
    at = start
    for found in _BREAK.finditer(text, start, end):
        yield ((at, found.start()),)
        at = found.end()
    if at < end:
        yield ((at, end),)


def _rows(text: str) -> Iterator[tuple[tuple[tuple[int, int], ...], bool]]:
    at, after_row = 0, False
    while at < len(text):
        row = text.find(ROW, at)
        cell = text.find(CELL, at, row) if row >= 0 else -1
        if cell < 0:
            end = row + 1 if row >= 0 else len(text)
            yield from ((cells, False) for cells in _plain(text, at, end))
            at, after_row = end, False
            continue
        start = at if after_row and not text.startswith("\n", at) else max(at, text.rfind("\n", at, cell) + 1)
        yield from ((cells, False) for cells in _plain(text, at, start))
        yield tuple(_cells(text, start, row)), True
        at, after_row = row + 1, True


def _cells(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end:
        stop = text.find(CELL, start, end)
        stop = end if stop < 0 else stop
        yield start, stop
        start = stop + 1
