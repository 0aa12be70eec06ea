"""Printed pages to one text: pages joined, tables as grids, what repeats on every page left out.

Each piece of the text keeps the page and the box it was printed in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from io import StringIO
from math import radians, tan
from typing import NamedTuple

from structurer.document import CELL, ROW, Places, Span
from structurer.read.layout.blocks import PageText, TableBlock
from structurer.read.layout.lines import HEADING, Line, glue
from structurer.read.layout.marks import without_marks
from structurer.read.layout.page import Box
from structurer.read.layout.torn import goes_on, mended


class Composed(NamedTuple):
    """The text of all pages and where each piece of it is printed."""

    text: str
    places: Places
    recognised: tuple[Span, ...] = ()


def compose(pages: Iterable[PageText]) -> Composed:
    """One text out of pages as they come: broken lines joined, tables as grids of CELL and ROW."""
    writer = _Writer()
    for page in mended(without_marks(pages)):
        writer.page(page)
    writer.end_line()
    return Composed(writer.text.getvalue(), writer.places, tuple(writer.recognised))


@dataclass
class _Writer:
    text: StringIO = field(default_factory=StringIO)
    length: int = 0
    places: Places = field(default_factory=Places)
    recognised: list[Span] = field(default_factory=list)
    last: str = "\n"
    before: Line | TableBlock | None = None
    """What was written last, if the next page or block can go on with it."""
    number: int = 0
    right: float = 0.0
    turned: PageText | None = None

    def page(self, page: PageText) -> None:
        """Write the blocks of a page."""
        start = self.length
        if page.number != self.number + 1:
            self.before = None
        self.number = page.number
        self.turned = page if page.skew else None
        lines = [block for block in page.blocks if isinstance(block, Line)]
        right = max((line.box[2] for line in lines), default=0.0)
        left = min((line.box[0] for line in lines), default=0.0)
        for at, block in enumerate(page.blocks):
            if isinstance(block, TableBlock):
                if at > 0 or not isinstance(self.before, TableBlock) or not goes_on(self.before, block):
                    self.end_line()
                self.table(block)
            else:
                self.line(block, self.right if at == 0 else right, left, new_page=at == 0)
            self.before = block
        self.right = right
        if page.recognised:
            self.recognised.append(Span(start=start, end=self.length))

    def line(self, line: Line, right: float, left: float, *, new_page: bool) -> None:
        """Write a line of running text, on the same line as the one it continues."""
        before = self.before
        if isinstance(before, Line) and _continues(before, line, right, left, new_page=new_page):
            self.write(glue(before.text, line.text))
        else:
            self.end_line()
        self.printed(line)

    def table(self, table: TableBlock) -> None:
        """Write a grid."""
        for row in table.rows:
            for cell in row:
                for line, after in cell.lines:
                    self.printed(line)
                    self.write(after)
                self.write(CELL)
            if row:
                self.write(ROW)

    def printed(self, line: Line) -> None:
        """Write a line and where it is printed."""
        for piece in line.pieces:
            box = _turned_back(piece.box, self.turned) if self.turned else piece.box
            self.places.add(self.length + piece.at, self.number, box, piece.confidence)
        self.write(line.text)

    def end_line(self) -> None:
        """End the line, unless one has just begun."""
        if self.last != "\n":
            self.write("\n")

    def write(self, text: str) -> None:
        """Write characters as they are."""
        if text:
            self.text.write(text)
            self.length += len(text)
            self.last = text[-1]


def _turned_back(box: Box, page: PageText) -> Box:
    """Where a box of a page that was turned upright lies on the page as it was."""
    slope = tan(radians(page.skew))
    x, y = (box[0] + box[2]) / 2 - page.width / 2, (box[1] + box[3]) / 2 - page.height / 2
    return (box[0] - slope * y, box[1] + slope * x, box[2] - slope * y, box[3] + slope * x)


def _continues(before: Line, line: Line, right: float, left: float, *, new_page: bool) -> bool:
    """Whether a line goes on where the one before it met the right margin."""
    size = max(before.size, line.size)
    if right - before.box[2] > 2.2 * size or line.box[0] - left > 1.2 * size or HEADING.match(line.text):
        return False
    if abs(before.size - line.size) > 0.2 * size:
        return False
    return new_page or line.box[1] - before.box[3] < 1.6 * size
