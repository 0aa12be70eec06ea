"""Parts of a report, cut and packed into what one request may hold; nothing of them is lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from structurer.document import CELL, ROW, Document

Count = Callable[[str], int]

BUDGET = 1_800
"""Tokens of report text in one request: longer input makes models leave rows out."""
SHORTEST = 60
"""Characters; what is shorter is not split again."""

_NUMERAL = re.compile(
    r"[0-9]|[一二三四五六七八九十两百千万]\s*[余多几]?\s*[条件次期篇份项宗起例名人个场批元]"
)
_NONE = re.compile("未|没有|无|零|暂无|不存在")
_SENTENCE = re.compile(r"[。;!?；！？\n]")
_CLAUSE = re.compile(r"[,、，:： \t|]")
_WIDE_GAP = re.compile(r"[ \t\u3000\u00a0\u200b\u200c\ufeff]+")
_LINES = re.compile(r"[ ]?(?:\n[ ]?)+")
_CONTROL = {code: " " for code in range(32) if chr(code) not in "\n\t"} | {ord(CELL): "|", ord(ROW): "\n"}
_TITLE = 40


@dataclass(frozen=True, slots=True)
class Piece:
    """A half-open span of a document's text that lies in one section."""

    start: int
    end: int
    title: str = ""
    """The heading it stands under, where the piece does not begin with it."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Pieces that go into one request: `text` is what is sent of them, `tokens` what that text costs."""

    pieces: tuple[Piece, ...]
    text: str
    tokens: int


def states_something(text: str) -> bool:
    """Whether a text holds a numeral or a word that says "none"; without either it states no quantity."""
    return _NUMERAL.search(text) is not None or _NONE.search(text) is not None


def chunks(document: Document, pieces: Iterable[Piece], count: Count, budget: int = BUDGET) -> list[Chunk]:
    """The pieces in order, cut to the budget and packed together up to it.

    Joined again, the spans of the chunks are the pieces, character for character.
    """
    packed: list[list[Piece]] = []
    room = 0
    for piece in pieces:
        for part in _cut(document, piece, count, budget):
            cost = count(_written(document, (part,)))
            if not packed or cost > room:
                packed.append([])
                room = budget
            packed[-1].append(part)
            room -= cost
    return [_chunk(document, tuple(parts), count) for parts in packed]


def halves(document: Document, chunk: Chunk, count: Count) -> tuple[Chunk, ...]:
    """The chunk as two, between pieces or else at the sentence end nearest its middle; () if too short."""
    pieces = chunk.pieces
    if len(pieces) > 1:
        half = len(pieces) // 2
        return tuple(_chunk(document, part, count) for part in (pieces[:half], pieces[half:]))
    (piece,) = pieces
    if piece.end - piece.start < SHORTEST:
        return ()
    at = _nearest(document.text, piece.start, piece.end, (piece.start + piece.end) // 2)
    parts = (replace(piece, end=at), replace(piece, start=at))
    return tuple(_chunk(document, (part,), count) for part in parts)


def _chunk(document: Document, pieces: tuple[Piece, ...], count: Count) -> Chunk:
    text = _written(document, pieces)
    return Chunk(pieces, text, count(text))


def _cut(document: Document, piece: Piece, count: Count, budget: int) -> Iterator[Piece]:
    """A piece in parts that keep to the budget."""
    pending = [piece]
    while pending:
        part = pending.pop()
        length = part.end - part.start
        if length <= SHORTEST or count(_written(document, (part,))) <= budget:
            yield part
            continue
        at = _nearest(document.text, part.start, part.end, part.start + length // 2)
        pending += [replace(part, start=at), replace(part, end=at)]


def _nearest(text: str, start: int, end: int, middle: int) -> int:
    """Where to cut: behind the sentence end nearest the middle, else behind a clause's, else right there."""
    low, high = start + (end - start) // 5, end - (end - start) // 5
    for mark in (_SENTENCE, _CLAUSE):
        places = [found.end() for found in mark.finditer(text, low, high)]
        if places:
            return min(places, key=lambda place: abs(place - middle))
    digits = re.compile("[0-9.,]")
    while middle < high and digits.match(text, middle):
        middle += 1
    return middle


def _written(document: Document, pieces: Sequence[Piece]) -> str:
    """What is sent of these pieces: control characters and blank space reduced, headings where they help."""
    lines, under = [], ""
    for piece in pieces:
        if piece.title and piece.title != under:
            lines.append(f"【{_tidy(piece.title[:_TITLE])}】")
        under = piece.title
        lines.append(_tidy(document.text[piece.start : piece.end]))
    return "\n".join(lines)


def _tidy(text: str) -> str:
    plain = _WIDE_GAP.sub(" ", text.replace("\r\n", "\n").translate(_CONTROL))
    return _LINES.sub("\n", plain).strip()
