"""One sheet of a workbook that may grow past what Excel holds: it then goes on in a second one."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from structurer.observation import Value

MOST_ROWS = 1_048_576
"""Rows of a sheet, header included: the limit of the format."""
LONGEST_TEXT = 32_767
"""Characters of a cell: the limit of the format."""
_LARGEST = 2**53
"""Whole numbers above are rounded by a spreadsheet."""
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")


@dataclass(frozen=True)
class Head:
    """The header of a sheet: rows of texts, equal neighbours of the rows in `merged` become one cell."""

    rows: Sequence[Sequence[str]]
    widths: Sequence[float]
    merged: frozenset[int] = frozenset()
    frozen_columns: int = 0
    outlined_from: int | None = None
    """Columns from here on can be folded away."""


class Sheet:
    """Rows under a header, frozen and filtered; `put` starts the next sheet where one is full."""

    def __init__(self, book: Any, name: str, head: Head, formats: Mapping[str, Any], *, most: int) -> None:
        self._book = book
        self._name = name
        self._head = head
        self._formats = formats
        self._most = most
        self._number = 0
        self.rows = 0
        self.sheet: Any = None
        self._begin()

    def put(self, cells: Sequence[Value], formats: Sequence[str | None]) -> None:
        """A row; each cell with the name of its format. An empty cell with a format keeps its colour."""
        if self._at >= self._most:
            self._end()
            self._begin()
        for column, (cell, name) in enumerate(zip(cells, formats, strict=True)):
            self._cell(self._at, column, cell, self._formats[name] if name else None)
        self._at += 1
        self.rows += 1

    def close(self, *, hide_empty: bool = False) -> None:
        """Sets the filter; a sheet without rows is hidden if wished."""
        if hide_empty and not self.rows:
            self.sheet.hide()
        self._end()

    def _begin(self) -> None:
        self._number += 1
        suffix = f" ({self._number})" if self._number > 1 else ""
        self.sheet = self._book.add_worksheet(sheet_name(self._name, suffix))
        head = self._head
        for column, width in enumerate(head.widths):
            level = int(head.outlined_from is not None and column >= head.outlined_from)
            self.sheet.set_column(column, column, width, None, {"level": level})
        for row, texts in enumerate(head.rows):
            form = self._formats["key" if row and row == len(head.rows) - 1 else "head"]
            if row in head.merged:
                self._merge(row, texts, form)
            else:
                for column, text in enumerate(texts):
                    self.sheet.write_string(row, column, text, form)
        self.sheet.freeze_panes(len(head.rows), head.frozen_columns)
        self._at = len(head.rows)

    def _end(self) -> None:
        last = len(self._head.rows) - 1
        self.sheet.autofilter(last, 0, max(self._at - 1, last), len(self._head.widths) - 1)

    def _merge(self, row: int, texts: Sequence[str], form: Any) -> None:
        start = 0
        for column in range(1, len(texts) + 1):
            if column == len(texts) or texts[column] != texts[start]:
                if column - start > 1 and texts[start]:
                    self.sheet.merge_range(row, start, row, column - 1, texts[start], form)
                else:
                    for one in range(start, column):
                        self.sheet.write_string(row, one, texts[one], form)
                start = column

    def _cell(self, row: int, column: int, cell: Value, form: Any) -> None:
        if cell is None or cell == "":
            if form is not None:
                self.sheet.write_blank(row, column, None, form)
        elif isinstance(cell, str):
            self.sheet.write_string(row, column, shortened(cell), form)
        elif exactly(cell):
            self.sheet.write_number(row, column, cell, form)
        else:
            self.sheet.write_string(row, column, repr(cell), form)


def exactly(value: int | float) -> bool:
    """Whether a spreadsheet holds the number without rounding it."""
    return abs(value) <= _LARGEST if isinstance(value, int) else math.isfinite(value)


def shortened(text: str) -> str:
    """The text as far as a cell can hold it; a character beyond the first plane counts as two there."""
    if len(text) * 2 <= LONGEST_TEXT:
        return text
    while len(text.encode("utf-16-le")) // 2 > LONGEST_TEXT:
        text = text[: max(1, len(text) - 1000)] + "…" if len(text) > LONGEST_TEXT else text[:-1]
    return text


def sheet_name(name: str, suffix: str = "") -> str:
    """A name that Excel allows."""
    return _NOT_IN_NAMES.sub(" ", name)[: 31 - len(suffix)] + suffix
