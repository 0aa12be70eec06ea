"""The same report from several sites: told by who reports on which year, and by what it says.

Sites print one report amid furniture of their own, so its bytes differ. Two documents are taken for the same
report when all of this holds:

1. both name the same agency and the same year, and both are accepted;
2. no accepted figure of one differs from that of the other;
3. they share at least `CELLS` accepted figures, or at least `SENTENCES` of their sentences outside tables.

A corrected edition differs in a figure and stays a document of its own. What names no agency or no year is
never taken for a copy: boilerplate reports of two offices can be equal word for word.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from structurer.draft import Draft

CELLS = 20
"""Equal figures that are enough: half of the smallest table, more than two reports share by chance."""
SENTENCES = 0.8
"""Share of equal sentences, of both documents' together, that is enough without figures."""
_KEPT = 64
"""Sentences that a mark holds: those with the smallest hashes, which are the same ones in both copies."""
_SHORTEST = 8
"""Characters; what is shorter is a button or a heading."""
_BLANK = re.compile(r"[\s\u200b\ufeff]+")
_END = re.compile("[。;!?]")


def sentence_mark(draft: Draft) -> bytes:
    """The hashes of a report's sentences, tables and furniture left out, that stand for all of them."""
    document = draft.document
    holes = sorted(
        [
            *((span.start, span.end) for span in document.furniture),
            *((table.start, table.end) for table in draft.tables),
        ]
    )
    pieces, at = [], 0
    for start, end in holes:
        if start > at:
            pieces.append(document.folded[at:start])
        at = max(at, end)
    pieces.append(document.folded[at:])
    text = _BLANK.sub("", "。".join(pieces))
    hashes = {crc32(sentence.encode()) for sentence in _END.split(text) if len(sentence) >= _SHORTEST}
    return array("I", sorted(hashes)[:_KEPT]).tobytes()


def alike(one: bytes, other: bytes) -> float:
    """The share of equal sentences, from 0 to 1, as two marks tell it; 0 where one says nothing."""
    first, second = _hashes(one), _hashes(other)
    if not first or not second:
        return 0.0
    smallest = sorted(first | second)[:_KEPT]
    return sum(1 for hashed in smallest if hashed in first and hashed in second) / len(smallest)


def _hashes(mark: bytes) -> set[int]:
    hashes = array("I")
    hashes.frombytes(mark)
    return set(hashes)


@dataclass(frozen=True)
class Candidate:
    """A document among those of one agency and year."""

    number: int
    path: str
    decided: bool
    """Whether people decided something about it: their work must not be put aside."""
    figures: Mapping[Hashable, Any]
    """Its accepted figures, by what they are about."""
    mark: bytes


@dataclass(frozen=True)
class Copy:
    """A document that is the same report as another one, and why."""

    number: int
    of: int
    why: str


def copies(candidates: Iterable[Candidate]) -> list[Copy]:
    """Which documents of one agency and year are copies of which; the same in whatever order they come.

    The one that people decided on stands for the others, then the one with most accepted figures, then the
    first by path. Each other one is a copy of the first of those that it is the same as.
    """
    ranked = sorted(candidates, key=lambda one: (not one.decided, -len(one.figures), one.path, one.number))
    leading: list[Candidate] = []
    found: list[Copy] = []
    for candidate in ranked:
        of, why = _same_as(candidate, leading)
        if of is None:
            leading.append(candidate)
        else:
            found.append(Copy(candidate.number, of.number, why))
    return found


def _same_as(candidate: Candidate, leading: Sequence[Candidate]) -> tuple[Candidate | None, str]:
    for leader in leading:
        if why := _why(leader, candidate):
            return leader, why
    return None, ""


def _why(one: Candidate, other: Candidate) -> str:
    """Why two documents are the same report; empty where they are not."""
    common = one.figures.keys() & other.figures.keys()
    if any(one.figures[key] != other.figures[key] for key in common):
        return ""
    if len(common) >= CELLS:
        return f"same agency, year and {len(common)} figures"
    share = alike(one.mark, other.mark)
    return f"same agency, year and {share:.0%} of the sentences" if share >= SENTENCES else ""
