"""Drawn lines to grids: which cells they enclose, merged cells among them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from structurer.read.layout.page import Box, Ruling

_SNAP = 3.0
"""Points within which two drawn lines are one; cells of text are at least three times as high."""
_SHORT = 6.0
"""Lines shorter than this are strokes of something else."""
NARROWEST = 80.0
"""Points across below which lines are those of a large character or a sign."""
_MOST = 4000
"""Drawn lines of one page beyond which it is a picture, not a table."""
_MOST_PLACES = 40_000


class GridCell(NamedTuple):
    """A cell of a grid, where it begins and how far it reaches; `last` rows and columns are included."""

    row: int
    column: int
    last_row: int
    last_column: int
    box: Box


class Grid(NamedTuple):
    """The cells of one table, row by row from its upper left corner."""

    box: Box
    rows: int
    columns: int
    cells: tuple[GridCell, ...]
    places: tuple[tuple[int, ...], ...]
    """Row × column → index of the cell that covers the place."""
    ys: tuple[float, ...]
    xs: tuple[float, ...]

    def cell_at(self, x: float, y: float) -> int | None:
        """Index of the cell at a point; None outside the grid."""
        if not (self.box[0] <= x <= self.box[2] and self.box[1] <= y <= self.box[3]):
            return None
        row = min(max(bisect_right(self.ys, y) - 1, 0), self.rows - 1)
        column = min(max(bisect_right(self.xs, x) - 1, 0), self.columns - 1)
        return self.places[row][column]


def find_grids(across: Iterable[Ruling], down: Iterable[Ruling]) -> list[Grid]:
    """The grids that horizontal and vertical lines draw, from the top of the page down.

    A side that is not drawn, as where a table breaks at the end of a page, is taken to lie where the
    other lines end. Frames with a single column or row are no grids.
    """
    rows, columns = joined(across), joined(down)
    if len(rows) + len(columns) > _MOST:
        return []
    grids = [_grid(*group) for group in connected(rows, columns)]
    return sorted((grid for grid in grids if grid is not None), key=lambda grid: (grid.box[1], grid.box[0]))


def joined(lines: Iterable[Ruling]) -> list[Ruling]:
    """Lines on one axis: those nearly at one place moved there, those that meet made one."""
    levels: list[list[Ruling]] = []
    for line in sorted(lines):
        if levels and line.at - levels[-1][-1].at <= _SNAP and line.at - levels[-1][0].at <= 2 * _SNAP:
            levels[-1].append(line)
        else:
            levels.append([line])
    found: list[Ruling] = []
    for level in levels:
        longest = sum(line.end - line.start for line in level)
        at = sum(line.at * (line.end - line.start) for line in level) / longest if longest else level[0].at
        start = end = None
        for line in sorted(level, key=lambda line: line.start):
            if end is not None and start is not None and line.start <= end + _SNAP:
                end = max(end, line.end)
                continue
            if start is not None and end is not None:
                found.append(Ruling(at, start, end))
            start, end = line.start, line.end
        if start is not None and end is not None:
            found.append(Ruling(at, start, end))
    return [line for line in found if line.end - line.start >= _SHORT]


def connected(rows: Sequence[Ruling], columns: Sequence[Ruling]) -> list[tuple[list[Ruling], list[Ruling]]]:
    """Groups of lines that touch one another."""
    parent = list(range(len(rows) + len(columns)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for number, column in enumerate(columns):
        for at, row in enumerate(rows):
            if (
                column.start - _SNAP <= row.at <= column.end + _SNAP
                and row.start - _SNAP <= column.at <= row.end + _SNAP
            ):
                parent[root(len(rows) + number)] = root(at)
    groups: dict[int, tuple[list[Ruling], list[Ruling]]] = {}
    for index, row in enumerate(rows):
        groups.setdefault(root(index), ([], []))[0].append(row)
    for index, column in enumerate(columns):
        groups.setdefault(root(len(rows) + index), ([], []))[1].append(column)
    return list(groups.values())


def _grid(rows: list[Ruling], columns: list[Ruling]) -> Grid | None:
    if not rows or len(columns) < 2:
        return None
    ys = _levels([*(line.at for line in rows), *(y for line in columns for y in (line.start, line.end))])
    xs = _levels([*(line.at for line in columns), *(x for line in rows for x in (line.start, line.end))])
    if len(xs) < 3 or len(ys) < 2 or len(xs) * len(ys) > _MOST_PLACES:
        return None
    above = [[_drawn(rows, y, (a + b) / 2) for a, b in pairwise(xs)] for y in ys]
    left = [[_drawn(columns, x, (a + b) / 2) for a, b in pairwise(ys)] for x in xs]
    places = _regions(len(ys) - 1, len(xs) - 1, above, left)
    cells = _cells(places, ys, xs)
    if len(cells) < 3:
        return None
    box = (xs[0], ys[0], xs[-1], ys[-1])
    if box[2] - box[0] < NARROWEST:
        return None
    return Grid(box, len(ys) - 1, len(xs) - 1, cells, places, tuple(ys), tuple(xs))


def _levels(values: Iterable[float]) -> list[float]:
    """Distinct coordinates; those nearer than one line is to itself are one."""
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > 2 * _SNAP:
            found.append(value)
    return found


def _drawn(lines: Sequence[Ruling], at: float, through: float) -> bool:
    return any(abs(line.at - at) <= 2 * _SNAP and line.start <= through <= line.end for line in lines)


def _regions(
    height: int, width: int, above: Sequence[Sequence[bool]], left: Sequence[Sequence[bool]]
) -> tuple[tuple[int, ...], ...]:
    """Places that no line parts are one cell; cells are numbered by where they begin."""
    number = [[-1] * width for _ in range(height)]
    count = 0
    for row in range(height):
        for column in range(width):
            if number[row][column] >= 0:
                continue
            stack = [(row, column)]
            number[row][column] = count
            while stack:
                r, c = stack.pop()
                for r2, c2, parted in (
                    (r + 1, c, r + 1 < height and above[r + 1][c]),
                    (r - 1, c, above[r][c]),
                    (r, c + 1, c + 1 < width and left[c + 1][r]),
                    (r, c - 1, left[c][r]),
                ):
                    if 0 <= r2 < height and 0 <= c2 < width and not parted and number[r2][c2] < 0:
                        number[r2][c2] = count
                        stack.append((r2, c2))
            count += 1
    return tuple(map(tuple, number))


def _cells(places: Sequence[Sequence[int]], ys: Sequence[float], xs: Sequence[float]) -> tuple[GridCell, ...]:
    extent: dict[int, list[int]] = {}
    for row, line in enumerate(places):
        for column, number in enumerate(line):
            reach = extent.setdefault(number, [row, column, row, column])
            reach[1] = min(reach[1], column)
            reach[2] = max(reach[2], row)
            reach[3] = max(reach[3], column)
    return tuple(
        GridCell(top, first, bottom, last, (xs[first], ys[top], xs[last + 1], ys[bottom + 1]))
        for top, first, bottom, last in extent.values()
    )
