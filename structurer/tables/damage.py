"""Damage that leaves nothing to place: a crawler that removed repeated lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from structurer.tables.cells import Atom, Token, Word
from structurer.tables.locate import Span

_FEWEST = 12
"""Lines below which distinct lines are no sign of anything."""


def deduplicated(folded: str, spans: Sequence[Span], streams: Sequence[Sequence[Atom]]) -> bool:
    """Whether each distinct line, or each distinct number, of the tables is left only once.

    A table printed one cell a line repeats its zeros and its headers; where neither repeats, the rest
    was removed, and what is left cannot be placed.
    """
    tokens = [
        folded[atom.start : atom.end] for stream in streams for atom in stream if isinstance(atom, Token)
    ]
    if not tokens or len(set(tokens)) * 3 < len(tokens):
        return False  # the common case, told cheaply: most numbers stand more than once
    if any(isinstance(atom, Word) and atom.stray for stream in streams for atom in stream):
        return False
    lines: list[int] = []
    numbers: list[int] = []
    for span, stream in zip(spans, streams, strict=True):
        printed = Counter(line.strip() for line in folded[span.start : span.end].split("\n"))
        del printed[""]
        here = {folded[atom.start : atom.end] for atom in stream if isinstance(atom, Token)}
        lines.extend(printed.values())
        numbers.extend(printed[text] for text in here if text in printed)
    if len(lines) < _FEWEST or sum(numbers) * 2 < len(tokens):
        return False
    return max(lines) == 1 or (max(numbers, default=0) <= 1 and len(numbers) * 3 < len(lines))
