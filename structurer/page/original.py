"""What the source pane shows: the text of a report, and where in it each observation is printed."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from structurer.document import Document, OffsetMap
from structurer.errors import ReadError
from structurer.observation import Evidence, Extraction

_NEAR = 200
"""Characters within which a section's title follows its start."""

Place = tuple[int, int]
"""Half-open character offsets into the text that is shown."""


@dataclass(frozen=True, slots=True)
class Original:
    """The text to show and the places in it, or why there is none (`missing`).

    `text` is the decoded source itself, or its visible text for a format with markup (`visible`).
    """

    text: str = ""
    visible: bool = False
    missing: str = ""
    places: Mapping[int, tuple[Place, ...]] = field(default_factory=dict)
    """Number of an observation → where it is printed."""
    lost: int = 0
    """Quotes of the extraction that do not stand where it says; they are not marked."""
    furniture: tuple[Place, ...] = ()
    headings: tuple[tuple[int, str], ...] = ()
    """Where a section begins, and its title."""


def reread(
    extraction: Extraction, *, path: str | os.PathLike[str] | None = None, limit: int
) -> Document | str:
    """The document an extraction was made from, read again; or in words why it cannot be shown.

    `path` is where to look (default: where the extraction says). Only the very same bytes will do.
    """
    from structurer.read import read_file

    try:
        document = read_file(path or extraction.document.path, name=extraction.document.path, limit=limit)
    except ReadError as error:
        return f"the file could not be read again: {error.reason}"
    if document.id != extraction.document.id:
        return "the file has other bytes now than those that were extracted"
    return document


def original(extraction: Extraction, document: Document | str) -> Original:
    """What to show of a document (as `reread` gives it); evidence is trusted only where its quote stands."""
    if isinstance(document, str):
        return Original(missing=document)
    find = _Finder(document)
    places: dict[int, tuple[Place, ...]] = {}
    lost = 0
    for number, found in enumerate(extraction.observations):
        known = [place for place in map(find.evidence, found.evidence) if place is not None]
        lost += len(found.evidence) - len(known)
        if known:
            places[number] = tuple(dict.fromkeys(known))
    return Original(
        text=document.text,
        visible=document.offsets is not None,
        places=places,
        lost=lost,
        furniture=tuple((span.start, span.end) for span in document.furniture),
        headings=tuple(_headings(extraction, find, document.text)),
    )


def _headings(extraction: Extraction, find: _Finder, text: str) -> Iterator[tuple[int, str]]:
    seen: set[int] = set()
    for section in extraction.sections:
        start = find.offset(section.start)
        title = section.title.strip()
        if start is None or not title:
            continue
        near = text[start : start + _NEAR]
        start += len(near) - len(near.lstrip())
        if start not in seen and text.startswith(title[:1], start):
            seen.add(start)
            yield start, title


class _Finder:
    """Offsets of the source to offsets of the text that is shown."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._inverse = None if document.offsets is None else _Inverse(document.offsets)

    def evidence(self, found: Evidence) -> Place | None:
        """Where a quote stands in the text; None if it does not."""
        document = self._document
        if not 0 <= found.start < found.end or document.source[found.start : found.end] != found.quote:
            return None
        if self._inverse is None:
            return found.start, found.end
        start, end = self._inverse.first(found.start), self._inverse.last(found.end - 1)
        if start is None or end is None or start >= end:
            return None
        span = document.to_source(start, end)
        return (start, end) if (span.start, span.end) == (found.start, found.end) else None

    def offset(self, source: int) -> int | None:
        """The text offset of a source offset; None where the text holds nothing of it."""
        return source if self._inverse is None else self._inverse.first(source)


class _Inverse:
    """An OffsetMap read backwards; several characters may come from one place of the source."""

    def __init__(self, offsets: OffsetMap) -> None:
        self._runs: Sequence[tuple[int, int, int]] = sorted(
            (source, text, length) for text, source, length in offsets.runs
        )
        self._starts = [run[0] for run in self._runs]

    def first(self, source: int) -> int | None:
        """The first character read from a source offset."""
        index = bisect_right(self._starts, source) - 1
        if index < 0:
            return None
        while index and self._starts[index - 1] == source == self._starts[index]:
            index -= 1
        start, text, length = self._runs[index]
        return text + source - start if source - start < length else None

    def last(self, source: int) -> int | None:
        """The offset behind the last character read from a source offset, which may lie in an entity."""
        index = bisect_right(self._starts, source) - 1
        if index < 0:
            return None
        start, text, length = self._runs[index]
        return text + min(source - start, length - 1) + 1
