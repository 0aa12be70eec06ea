"""Rows of numbers with their labels behind them, whatever the width: numbers left, text last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from structurer.terminal import cut, left, right, width, wrap

_INDENT = 2
_LABEL_SHARE = 0.4
"""Share of the line that labels may ask for before the heads of the columns are broken."""
_WORD = 4
"""Cells of a Chinese word of two characters: heads are broken at multiples of it."""


@dataclass(frozen=True)
class Line:
    """A row: a value and a sign for each column, and a label."""

    label: str
    cells: tuple[tuple[str, str], ...]


def grid(heads: Sequence[str], lines: Sequence[Line], room: int) -> list[str]:
    """The lines of a grid at most `room` cells wide; heads and labels are broken over lines, never cut."""
    column = _column_width(heads, lines, room)
    return [
        *_head(heads, column),
        *(text for line in lines for text in _line(line, len(heads), column, room)),
    ]


def _column_width(heads: Sequence[str], lines: Sequence[Line], room: int) -> int:
    numbers = max((width(value) for line in lines for value, _ in line.cells), default=1)
    labels = max((width(line.label) for line in lines), default=0)
    rest = room - _INDENT - 1 - min(labels, int(room * _LABEL_SHARE))
    wished = max((width(head) for head in heads), default=1)
    given = rest // len(heads) - 2
    return max(numbers, wished if given >= wished else _words(given))


def _words(cells: int) -> int:
    return max(cells // _WORD, 1) * _WORD


def _head(heads: Sequence[str], column: int) -> list[str]:
    broken = [_broken(head, column) for head in heads]
    height = max(map(len, broken))
    rows = zip(*([""] * (height - len(parts)) + parts for parts in broken), strict=True)
    return [(" " * _INDENT + "".join(right(part, column) + "  " for part in row)).rstrip() for row in rows]


def _broken(head: str, column: int) -> list[str]:
    """The head in as few lines as the column allows, none of them longer than it has to be."""
    lines = wrap(head, column)
    for narrower in range(_WORD, column, _WORD):
        if len(tighter := wrap(head, narrower)) == len(lines):
            return tighter
    return lines


def _line(line: Line, columns: int, column: int, room: int) -> list[str]:
    before = _INDENT + columns * (column + 2) + 1
    label = wrap(line.label, max(room - before, 8))
    cells = "".join(right(cut(value, column), column) + left(sign, 2) for value, sign in line.cells)
    first = left(" " * _INDENT + cells, before) + label[0]
    return [first.rstrip(), *(" " * before + part for part in label[1:])]
