"""A document: the decoded source, the text read from it, and where each character came from."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from structurer.fold import fold
from structurer.observation import Evidence, SectionState, trusted

CELL = "\x1f"
"""Ends a cell in the text of a grid (HTML, DOCX, PDF tables), so that an empty cell stays visible."""
ROW = "\x1e"
"""Ends a row in the text of a grid."""


_IMAGE_NAME = re.compile(r"\.(?:png|jpe?g|gif|bmp)\b|!\[[^\]]*\]\(", re.I)


class Span(BaseModel):
    """Half-open character offsets."""

    model_config = ConfigDict(frozen=True)

    start: int
    end: int


class OffsetMap(BaseModel):
    """Runs of text that were copied from a source: ascending (text offset, source offset, length).

    `wide` lists copied characters that are written longer in the source, as entities are, each with
    the source offset behind it: ascending (text offset, source end).
    """

    model_config = ConfigDict(frozen=True)

    runs: tuple[tuple[int, int, int], ...]
    wide: tuple[tuple[int, int], ...] = ()

    @cached_property
    def _starts(self) -> list[int]:
        return [run[0] for run in self.runs]

    @cached_property
    def _wide(self) -> dict[int, int]:
        return dict(self.wide)

    def source(self, offset: int) -> int:
        """The source offset of a text offset; between two runs, that of the next run's start."""
        index = bisect_right(self._starts, offset) - 1
        if index < 0:
            return self.runs[0][1] if self.runs else 0
        start, source, length = self.runs[index]
        if offset - start < length:
            return source + offset - start
        return self.runs[index + 1][1] if index + 1 < len(self.runs) else source + length

    def source_end(self, offset: int) -> int:
        """The source offset behind the character at a text offset; between two runs, the former's end."""
        index = bisect_right(self._starts, offset) - 1
        if index < 0:
            return self.source(offset)
        start, source, length = self.runs[index]
        last = min(offset, start + length - 1)
        return self._wide.get(last, source + last - start + 1)


_NOWHERE = 0


class Places:
    """Where pieces of a text are printed: page, box in points, and how sure a machine's eyes were.

    Kept in plain arrays, because a long document has tens of thousands of them.
    """

    def __init__(self) -> None:
        self._starts = array("l")
        self._pages = array("l")
        self._numbers = array("f")  # x0, top, x1, bottom, confidence; -1 where nothing was recognised

    def __len__(self) -> int:
        return len(self._starts)

    def add(
        self, start: int, page: int, box: tuple[float, float, float, float], confidence: float | None = None
    ) -> None:
        """Add the piece that begins at a text offset; pieces come in order and end where the next begins."""
        self._starts.append(start)
        self._pages.append(page)
        self._numbers.extend((*box, -1.0 if confidence is None else confidence))

    def extend(self, other: Places, offset: int) -> None:
        """Add the pieces of another text that begins at an offset of this one."""
        self._starts.extend(start + offset for start in other._starts)
        self._pages.extend(other._pages)
        self._numbers.extend(other._numbers)

    def nowhere(self, start: int) -> None:
        """What begins at a text offset is printed on no page."""
        self.add(start, _NOWHERE, (0.0, 0.0, 0.0, 0.0))

    def find(self, start: int, end: int) -> Place | None:
        """Where a non-empty span begins to be printed: its page, and the box of its part on that page."""
        first = max(bisect_right(self._starts, start) - 1, 0)
        last = bisect_right(self._starts, end - 1) - 1
        if last < 0:
            return None
        page = self._pages[first]
        if page == _NOWHERE:
            return None
        within = [at for at in range(first, last + 1) if self._pages[at] == page]
        boxes = [self._numbers[5 * at : 5 * at + 5] for at in within]
        known = [box[4] for box in boxes if box[4] >= 0]
        return Place(
            page,
            (
                round(min(box[0] for box in boxes), 1),
                round(min(box[1] for box in boxes), 1),
                round(max(box[2] for box in boxes), 1),
                round(max(box[3] for box in boxes), 1),
            ),
            round(min(known), 3) if known else None,
        )


class Place(NamedTuple):
    """A place on a printed page, numbered from 1; `box` is x0, top, x1, bottom in points."""

    page: int
    box: tuple[float, float, float, float]
    confidence: float | None = None


class Document(BaseModel):
    """A report as read.

    `source` is the decoded file and never changes; evidence points into it. `text` is what the steps
    read: the source itself for plain text, its visible text for HTML, with grids laid out by CELL and ROW.
    """

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    path: str
    id: str
    source: str
    text: str
    encoding: str
    offsets: OffsetMap | None = None
    places: Places | None = None
    """Where the text is printed, for formats that have pages."""
    recognised: tuple[Span, ...] = ()
    """Parts of `text` that a machine's eyes read (OCR): any digit there may be wrong."""
    furniture: tuple[Span, ...] = ()
    """Parts of `text` around the body: navigation, share widgets, footers, a second copy of the body."""
    images: tuple[Span, ...] = ()
    """Places in `text` where an image stands (its name or alternative text)."""
    notes: tuple[str, ...] = ()
    """What reading had to assume (a guessed encoding, a dropped second body)."""

    @cached_property
    def folded(self) -> str:
        """The text folded, character for character (see structurer.fold)."""
        return fold(self.text)

    def until(self, end: int) -> Document:
        """The document up to an offset of its text; the source stays whole."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        for name in ("recognised", "furniture", "images"):
            fields[name] = tuple(
                Span(start=span.start, end=min(span.end, end)) for span in fields[name] if span.start < end
            )
        return Document(**{**fields, "text": self.text[:end]})

    def pictured(self, start: int, end: int) -> bool:
        """Whether an image, or the name of one, stands in a span of the text."""
        inside = any(start <= image.start < end for image in self.images)
        return inside or _IMAGE_NAME.search(self.folded, start, end) is not None

    def to_source(self, start: int, end: int) -> Span:
        """The span of the source that a non-empty span of the text was read from."""
        if self.offsets is None:
            return Span(start=start, end=end)
        first = self.offsets.source(start)
        return Span(start=first, end=max(first, self.offsets.source_end(end - 1)))

    def evidence(self, start: int, end: int) -> Evidence:
        """Evidence for a span of the text: offsets into the source and what stands there."""
        return self.evidences([(start, end)])[0]

    def evidences(self, spans: Iterable[tuple[int, int]]) -> list[Evidence]:
        """As `evidence`, for many spans at once."""
        if self.offsets is not None or self.places:
            return [self._placed(start, end) for start, end in spans]
        source = self.source
        return trusted(
            Evidence,
            [
                {
                    "start": start,
                    "end": end,
                    "quote": source[start:end],
                    "page": None,
                    "box": None,
                    "confidence": None,
                }
                for start, end in spans
            ],
        )

    def _placed(self, start: int, end: int) -> Evidence:
        page, box, confidence = (self.places.find(start, end) if self.places else None) or (None, None, None)
        span = self.to_source(start, end)
        quote = self.source[span.start : span.end]
        return Evidence(
            start=span.start, end=span.end, quote=quote, page=page, box=box, confidence=confidence
        )


class Section(BaseModel):
    """A part of the text under one heading; `start` is where the heading begins.

    `kind` names what its heading promises: a table id, "overview", "problems", "other", "prose",
    or "front" for what stands before the first heading.
    """

    model_config = ConfigDict(frozen=True)

    title: str
    start: int
    body: int
    """Where the text after the heading begins."""
    end: int
    kind: str
    state: SectionState = "read"
