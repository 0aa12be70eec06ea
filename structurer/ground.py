"""Finding a quote where it claims to stand, and reading its number again from there."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from structurer.document import Document
from structurer.fold import fold
from structurer.quantities import Quantity, quantities
from structurer.running import running

State = Literal["found", "ambiguous", "missing"]

LONGEST = 400
"""Characters of a quote; what is longer is no quote but a retelling."""
_MOST = 3
"""Places looked at: the second already makes a quote ambiguous."""
_REACH = 300
"""Characters to either side in which the sentence around a quote is looked for."""

_BLANK = re.compile(r"[\s\u200b\x1e\x1f]+")
_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])[\s\u200b]+(?=[0-9])")
_STOP = re.compile(r"[。;!?\n|]")
_BOOK = re.compile(r"《[^《》\n]{0,80}》")
_NUMERIC = frozenset("0123456789")
_JOINS = frozenset(".,")


@dataclass(frozen=True, slots=True)
class Place:
    """A half-open span of the text a `Passage` reads."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reread:
    """What stands at a quote: the quantity that the claim means, and where."""

    state: State
    places: tuple[Place, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    """The quantity claimed, once for each place it can be."""


def normal(text: str) -> str:
    """Text as quotes are compared: folded, without blanks except one between two digits."""
    kept = _BETWEEN_DIGITS.sub("\u2002", fold(text).replace("|", " "))
    return _BLANK.sub(lambda gap: " " if gap[0] == "\u2002" else "", kept)


class Passage:
    """The part of a report that a quote must come from; reads it once, finds many quotes in it.

    `spans` of the document's text are what was sent; the sections around them, `within`, give context.
    """

    def __init__(
        self, document: Document, spans: Sequence[tuple[int, int]], within: Sequence[tuple[int, int]] = ()
    ) -> None:
        self._reading = running(document, within or spans)
        self._spans = sorted(spans)
        self.text = self._reading.text
        """Running text; titles in 《》 are readable."""

    @cached_property
    def masked(self) -> str:
        """The text with what stands in 《》 blanked out: figures in titles are not statements."""
        return _BOOK.sub(lambda title: f"《{'_' * (len(title[0]) - 2)}》", self.text)

    @cached_property
    def _bare(self) -> tuple[str, list[int], list[int]]:
        """The text without line breaks and bars, and for each of its runs where it stands in the text."""
        pieces: list[str] = []
        starts: list[int] = []
        origins: list[int] = []
        length = 0
        for run in re.finditer(r"[^\n|\x1e\x1f]+", self.text):
            if pieces and pieces[-1][-1:] in _NUMERIC and run[0][0] in _NUMERIC:
                pieces.append(" ")
                length += 1
            pieces.append(run[0])
            starts.append(length)
            origins.append(run.start())
            length += len(run[0])
        return "".join(pieces), starts, origins

    def find(self, quote: str) -> list[Place]:
        """The places where a quote stands, at most three; exact once normalised, never inside a number."""
        wanted = normal(quote)
        text, starts, origins = self._bare
        if not wanted or len(wanted) > LONGEST:
            return []
        found: list[Place] = []
        at = text.find(wanted)
        while at >= 0 and len(found) < _MOST:
            end = at + len(wanted)
            if not _inside_number(text, at, end):
                place = Place(_back(starts, origins, at), _back(starts, origins, end - 1) + 1)
                if self._sent(place):
                    found.append(place)
            at = text.find(wanted, at + 1)
        return found

    def _sent(self, place: Place) -> bool:
        start, end = self.origin(place.start), self.origin(place.end - 1)
        return any(left <= start and end < right for left, right in self._spans)

    def origin(self, at: int) -> int:
        """The offset in the document's text of a character of this passage."""
        return self._reading.origin(at)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the document's text that a span of this passage was read from."""
        return self.origin(start), self.origin(end - 1) + 1

    def sentence(self, place: Place) -> Place:
        """The sentence around a place, within a fixed reach."""
        low, high = max(0, place.start - _REACH), min(len(self.text), place.end + _REACH)
        before = [stop.end() for stop in _STOP.finditer(self.text, low, place.start)]
        behind = _STOP.search(self.text, place.end, high)
        return Place(before[-1] if before else low, behind.start() if behind else high)

    def reread(self, quote: str, number: float) -> Reread:
        """Find a quote and read its number again; `found` only if one place, and one quantity there, fits."""
        places = self.find(quote)
        if not places:
            return Reread("missing")
        fitting: list[Quantity] = []
        where: list[Place] = []
        for place in places:
            for quantity in self._within(place):
                if _means(quantity, number):
                    fitting.append(quantity)
                    where.append(place)
        if not fitting:
            return Reread("missing", tuple(places))
        one = len(fitting) == 1 and len(places) == 1
        return Reread("found" if one else "ambiguous", tuple(where), tuple(fitting))

    def _within(self, place: Place) -> Iterator[Quantity]:
        """The quantities whose numeral lies in a place, read with the words around it."""
        sentence = self.sentence(place)
        for quantity in quantities(self.masked, sentence.start, sentence.end):
            if place.start <= quantity.number[0] and quantity.number[1] <= place.end:
                yield quantity


def _inside_number(text: str, start: int, end: int) -> bool:
    """Whether a match begins or ends within a number that goes on outside of it."""
    return (text[start] in _NUMERIC and _goes_on(text[max(0, start - 2) : start][::-1])) or (
        text[end - 1] in _NUMERIC and _goes_on(text[end : end + 2])
    )


def _goes_on(outside: str) -> bool:
    """Whether characters beside a digit, the nearest first, belong to its number."""
    return (
        outside[:1] in _NUMERIC
        if outside[:1] not in _JOINS
        else outside[1:2] in _NUMERIC
        if outside
        else False
    )


def _back(starts: Sequence[int], origins: Sequence[int], at: int) -> int:
    run = bisect_right(starts, at) - 1
    return origins[run] + at - starts[run]


def _means(quantity: Quantity, number: float) -> bool:
    """Whether a number claimed is this quantity: the same, or the same amount with 万 counted in."""
    value = quantity.value
    return number == value or (quantity.unit == "万元" and number == value * 10_000)


def spans_of(pieces: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those that touch or overlap joined."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(pieces):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
