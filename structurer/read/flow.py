"""Text, pictures and tables in order, and how they are laid out as one text."""

from __future__ import annotations

from dataclasses import dataclass, field

from structurer.document import CELL, ROW, Span
from structurer.read.tabular import is_data


@dataclass
class Image:
    """A picture, by the name of its file."""

    name: str


@dataclass
class Table:
    """A table as written: rows of cells; a merged cell stands once, where it begins."""

    rows: list[list[Flow]] = field(default_factory=list)


Flow = list["str | Image | Table"]
"""Text, pictures and tables in order; "\\n" parts lines."""


@dataclass
class Writer:
    """Lays a flow out: data tables as grids of CELL and ROW, other tables as plain lines."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    images: list[Span] = field(default_factory=list)

    def flow(self, flow: Flow, *, in_cell: bool = False) -> None:
        """Write a flow; a table inside a cell is written as lines."""
        for piece in flow:
            if isinstance(piece, Table):
                self._table(piece, in_cell)
            elif isinstance(piece, Image):
                start = self.length
                self._write(piece.name)
                self.images.append(Span(start=start, end=self.length))
            else:
                self._write(piece.replace(CELL, " ").replace(ROW, " "))

    def _table(self, table: Table, in_cell: bool) -> None:
        self._end_line()
        if not in_cell and is_data(table.rows, _tables, _length):
            for row in table.rows:
                for cell in row:
                    self.flow(cell, in_cell=True)
                    self._write(CELL)
                if row:
                    self._write(ROW)
            self._write("\n")
            return
        for row in table.rows:
            for cell in row:
                self.flow(cell, in_cell=in_cell)
                self._end_line()

    def _end_line(self) -> None:
        if self.parts and self.parts[-1][-1:] not in ("\n", CELL, ROW):
            self._write("\n")

    def _write(self, text: str) -> None:
        if text:
            self.parts.append(text)
            self.length += len(text)


def _tables(flow: Flow) -> list[list[list[Flow]]]:
    return [piece.rows for piece in flow if isinstance(piece, Table)]


def _length(flow: Flow) -> int:
    return sum(len(piece) for piece in flow if isinstance(piece, str))
