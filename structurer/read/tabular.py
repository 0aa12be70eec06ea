"""Whether a table holds data, or only arranges a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

_PROSE = 300
"""Characters up to which a cell is no prose; a small table that holds some is layout."""
_SMALL = 12
_GRID_WITH_TABLES = 30
"""A table that holds others is a grid only with so many cells of its own, and four times theirs."""

Cell = TypeVar("Cell")
Rows = Sequence[Sequence[Cell]]


def is_data(
    rows: Rows[Cell], tables: Callable[[Cell], Iterable[Rows[Cell]]], length: Callable[[Cell], int]
) -> bool:
    """Whether it has columns, no long prose, and no tables but in a few of its many cells.

    `tables` gives the tables in a cell, `length` the characters of text in it.
    """
    cells = [cell for row in rows for cell in row]
    if not any(len(row) > 1 for row in rows):
        return False
    inner = sum(_cells_in(cell, tables) for cell in cells)
    if inner:
        return len(cells) >= max(_GRID_WITH_TABLES, 4 * inner)
    return len(cells) >= _SMALL or not any(length(cell) > _PROSE for cell in cells)


def _cells_in(cell: Cell, tables: Callable[[Cell], Iterable[Rows[Cell]]]) -> int:
    """The cells of all tables in a cell."""
    return sum(1 + _cells_in(inner, tables) for rows in tables(cell) for row in rows for inner in row)
