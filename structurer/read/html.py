"""A saved web page as text: blocks become lines, data tables grids; each character keeps its origin."""

from __future__ import annotations

import re
from itertools import islice
from typing import NamedTuple

from structurer.document import CELL, ROW, OffsetMap, Span
from structurer.read.markup import Copy, Entity, Flow, Grid, Image, Parser
from structurer.read.tabular import is_data

_TAG_START = re.compile(
    r"[\s\ufeff]{0,200}<(?:!doctype\s{1,9}html|\?xml|!--|(?:html|head|body|meta|div|table|tr|td|p|h[1-6]|span|section"
    r"|article|center|font|ul|ol)(?=[\s>/]))",
    re.I,
)
_ANY_TAG = re.compile(
    r"</?(?:html|body|div|table|tr|td|th|p|span|br|h[1-6]|li|ul|a|img|strong|b|font)(?=[\s>/])", re.I
)
_MANY_TAGS = 12
_WORD = re.compile(f"[^ \t\r\n\f{CELL}{ROW}]+")


class Page(NamedTuple):
    """The visible text of a page, with the origin of each character and the places of its images."""

    text: str
    offsets: OffsetMap
    images: tuple[Span, ...]
    notes: tuple[str, ...]


def is_html(text: str) -> bool:
    """Whether a text is HTML, by its content: it begins with a tag, or holds many.

    A plain report with a stray `</p>` in it is not.
    """
    if "<" not in text:
        return False
    if _TAG_START.match(text):
        return True
    tags = _ANY_TAG.finditer(text, 0, 200_000)
    return sum(1 for _ in islice(tags, _MANY_TAGS)) >= _MANY_TAGS


def read_html(source: str) -> Page:
    """The page as a reader sees it.

    Line breaks stand for block elements and `<br>`; white space is collapsed. A data table becomes
    a grid: each cell's text and CELL, each row's cells and ROW; a spanned cell stands once, at its
    origin, and the places it covers leave nothing. Tables used for layout become plain lines.
    Scripts, styles and hidden elements are left out, unless most of the text is hidden.
    """
    parser = Parser(source)
    flow = parser.parse()
    notes: tuple[str, ...] = ()
    if parser.hidden > parser.seen:
        flow = Parser(source, show_hidden=True).parse()
        notes = ("most of the page is marked as hidden; it was read all the same",)
    layout = _Layout(source)
    layout.flow(flow)
    return layout.page(notes)


class _Layout:
    """Writes pieces one behind the other and remembers where each came from."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._parts: list[str] = []
        self._length = 0
        self._runs: list[tuple[int, int, int]] = []
        self._wide: list[tuple[int, int]] = []
        self._images: list[Span] = []
        self._last = "\n"
        self._line_due = False
        self._space_at = -1

    def page(self, notes: tuple[str, ...]) -> Page:
        offsets = OffsetMap(runs=tuple(self._runs), wide=tuple(self._wide))
        return Page("".join(self._parts), offsets, tuple(self._images), notes)

    def flow(self, flow: Flow, *, in_cell: bool = False) -> None:
        for piece in flow:
            if isinstance(piece, Copy):
                self._copy(piece)
            elif isinstance(piece, Entity):
                self._entity(piece)
            elif isinstance(piece, Image):
                self._image(piece)
            elif isinstance(piece, Grid):
                self._table(piece, in_cell)
            else:
                self._line_due = True

    def _table(self, grid: Grid, in_cell: bool) -> None:
        self._line_due = True
        if not in_cell and is_data(grid.rows, _tables, _length):
            self._break()
            for row in grid.rows:
                self._row(row)
            self._write("\n")
        else:
            for row in grid.rows:
                for cell in row:
                    self.flow(cell, in_cell=in_cell)
                    self._line_due = True
        self._line_due = True

    def _row(self, row: list[Flow]) -> None:
        if not row:
            return
        for cell in row:
            self.flow(cell, in_cell=True)
            self._line_due, self._space_at = False, -1
            self._write(CELL)
        self._write(ROW)

    def _copy(self, piece: Copy) -> None:
        if piece.pre:
            for line in self._source[piece.start : piece.end].splitlines(keepends=True):
                self._words(piece.start, piece.start + len(line))
                piece = Copy(piece.start + len(line), piece.end, True)
                self._line_due |= line[-1] in "\r\n"
            return
        self._words(piece.start, piece.end)

    def _words(self, start: int, end: int) -> None:
        at = start
        for word in _WORD.finditer(self._source, start, end):
            if word.start() > at:
                self._space_at = at
            self._from(word.start(), word.end())
            at = word.end()
        if at < end:
            self._space_at = at

    def _entity(self, piece: Entity) -> None:
        for char in piece.text:
            self._gap()
            self._runs.append((self._length, piece.start, 1))
            self._wide.append((self._length, piece.end))
            self._write(char)

    def _image(self, piece: Image) -> None:
        self._gap()
        start = self._length
        self._words(piece.start, piece.end)
        self._images.append(Span(start=start, end=self._length))

    def _gap(self) -> None:
        """Write the line break or the space that is due, unless a line or cell has just begun."""
        if self._last not in (CELL, ROW, "\n"):
            if self._line_due:
                self._write("\n")
            elif self._space_at >= 0:
                self._run(self._space_at, 1)
                self._write(" ")
        self._line_due, self._space_at = False, -1

    def _break(self) -> None:
        if self._last != "\n":
            self._write("\n")
        self._line_due, self._space_at = False, -1

    def _from(self, start: int, end: int) -> None:
        self._gap()
        self._run(start, end - start)
        self._write(self._source[start:end])

    def _run(self, start: int, length: int) -> None:
        if self._runs:
            text, source, known = self._runs[-1]
            if text + known == self._length and source + known == start and not self._is_wide(text):
                self._runs[-1] = (text, source, known + length)
                return
        self._runs.append((self._length, start, length))

    def _is_wide(self, offset: int) -> bool:
        return bool(self._wide) and self._wide[-1][0] == offset

    def _write(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)
        self._last = text[-1]


def _tables(flow: Flow) -> list[list[list[Flow]]]:
    return [piece.rows for piece in flow if isinstance(piece, Grid)]


def _length(flow: Flow) -> int:
    return sum(piece.end - piece.start for piece in flow if isinstance(piece, Copy))
