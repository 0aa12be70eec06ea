"""A page as lines of text and tables, from the top down."""

from __future__ import annotations

from typing import NamedTuple

from structurer.read.layout.grids import Grid, find_grids
from structurer.read.layout.lines import Line, in_cell, to_lines
from structurer.read.layout.page import Box, Glyph, PrintedPage


class CellText(NamedTuple):
    """The lines of one cell and the columns (x0, x1) and rows it covers."""

    lines: tuple[tuple[Line, str], ...]
    box: Box
    row: int
    last_row: int

    @property
    def text(self) -> str:
        """What the cell prints, without line breaks."""
        return "".join(line.text for line, _ in self.lines)


class TableBlock(NamedTuple):
    """A grid of one page with its text, row by row."""

    box: Box
    rows: tuple[tuple[CellText, ...], ...]


class PageText(NamedTuple):
    """What one page holds, from the top down."""

    number: int
    height: float
    blocks: tuple[Line | TableBlock, ...]
    recognised: bool = False
    """A machine's eyes read it."""
    skew: float = 0.0
    """Degrees by which the page was turned to be read; its boxes are those of the turned page."""
    width: float = 0.0


def lay_out(page: PrintedPage, *, recognised: bool = False, skew: float = 0.0) -> PageText:
    """A page's glyphs as lines and tables, from the top down."""
    grids = find_grids(page.across, page.down)
    inside: list[dict[int, list[Glyph]]] = [{} for _ in grids]
    free: list[Glyph] = []
    for glyph in page.glyphs:
        x, y = (glyph.x0 + glyph.x1) / 2, (glyph.top + glyph.bottom) / 2
        for grid, held in zip(grids, inside, strict=True):
            cell = grid.cell_at(x, y)
            if cell is not None:
                held.setdefault(cell, []).append(glyph)
                break
        else:
            free.append(glyph)
    blocks: list[Line | TableBlock] = list(to_lines(free))
    blocks.extend(_table(grid, held) for grid, held in zip(grids, inside, strict=True) if held)
    blocks.sort(key=_height)
    return PageText(page.number, page.height, tuple(blocks), recognised, skew, page.width)


def _height(block: Line | TableBlock) -> float:
    """The middle of a line, the top of a table."""
    return (block.box[1] + block.box[3]) / 2 if isinstance(block, Line) else block.box[1]


def _table(grid: Grid, held: dict[int, list[Glyph]]) -> TableBlock:
    rows: list[list[CellText]] = [[] for _ in range(grid.rows)]
    for number, cell in enumerate(grid.cells):
        lines = in_cell(to_lines(held.get(number, ())), cell.box[2] - cell.box[0])
        rows[cell.row].append(CellText(tuple(lines), cell.box, cell.row, cell.last_row))
    return TableBlock(grid.box, tuple(tuple(sorted(row, key=lambda cell: cell.box[0])) for row in rows))
