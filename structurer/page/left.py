"""The source pane: lines and grids of the text, every printed value in it a link to where it went."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from structurer.observation import Extraction
from structurer.page.lines import Line, lines
from structurer.page.marks import Mark, first_marks, marks
from structurer.page.original import Original
from structurer.page.safe import safe


class Source:
    """The left side of one page, and what the right side has to know of it."""

    def __init__(self, extraction: Extraction, original: Original) -> None:
        self.original = original
        self._statuses = [found.status for found in extraction.observations]
        self._marks = marks(original.places)
        self._ends = [mark.end for mark in self._marks]
        self._first = first_marks(self._marks)
        self._lines: Sequence[Line] = lines(original.text)
        self._line_starts = [line.start for line in self._lines]
        self._titles = {self.line(start): title for start, title in original.headings}

    def link(self, number: int) -> str:
        """Where a click on an observation leads: to its first mark, else nowhere else."""
        return f"#s{self._first[number]}" if number in self._first else f"#v{number}"

    def printed(self, number: int) -> int:
        """The line that prints an observation; 0 where none does."""
        known = self.original.places.get(number)
        return self.line(known[0][0]) if known else 0

    def line(self, offset: int) -> int:
        """The number of the line that an offset stands in."""
        return bisect_right(self._line_starts, offset)

    def contents(self) -> list[tuple[int, str]]:
        """The sections: line and title, in order."""
        return sorted(self._titles.items())

    def html(self) -> Iterator[str]:
        """The text, piece by piece."""
        in_grid = False
        for line in self._lines:
            if line.grid != in_grid:
                yield "<table class=g>" if line.grid else "</table>"
                in_grid = line.grid
            yield self._row(line) if line.grid else self._line(line)
        if in_grid:
            yield "</table>"

    def _line(self, line: Line) -> str:
        kind = "l h" if line.number in self._titles else "l f" if self._is_furniture(line) else "l"
        text = "".join(self._marked(*line.cells[0]))
        place = f'id="L{line.number}" data-n="{line.number}" data-at="{line.start}"'
        return f'<div class="{kind}" {place}>{text}</div>\n'

    def _row(self, line: Line) -> str:
        cells = "".join(
            f'<td data-at="{start}">{"".join(self._marked(start, end))}</td>' for start, end in line.cells
        )
        return f'<tr id="L{line.number}"><th data-n="{line.number}"></th>{cells}</tr>\n'

    def _is_furniture(self, line: Line) -> bool:
        return any(start <= line.start and line.end <= end for start, end in self.original.furniture)

    def _marked(self, start: int, end: int) -> Iterator[str]:
        text, at = self.original.text, start
        index = bisect_right(self._ends, start)
        while index < len(self._marks) and self._marks[index].start < end:
            mark = self._marks[index]
            first, last = max(mark.start, start), min(mark.end, end)
            yield safe(text[at:first])
            yield self._mark(index, mark, text[first:last], whole=mark.start >= start)
            at = last
            index += 1
        yield safe(text[at:end])

    def _mark(self, index: int, mark: Mark, text: str, *, whole: bool) -> str:
        first, owners = mark.owners[0], " ".join(map(str, mark.owners))
        place = f' id="s{index}"' if whole else ""
        return (
            f'<a class="m {self._statuses[first]}"{place} data-o="{owners}" href="#v{first}">{safe(text)}</a>'
        )
