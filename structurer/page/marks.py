"""Places of the text that are printed values: cut into pieces that do not overlap."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from structurer.page.original import Place


@dataclass(frozen=True, slots=True)
class Mark:
    """A piece of the text and the observations it prints, the one with the shortest place first."""

    start: int
    end: int
    owners: tuple[int, ...]


def marks(places: Mapping[int, Sequence[Place]]) -> list[Mark]:
    """The places cut where another begins or ends, in order."""
    return list(
        _pieces(sorted((start, end, number) for number, known in places.items() for start, end in known))
    )


def _pieces(spans: list[tuple[int, int, int]]) -> Iterator[Mark]:
    edges = sorted({edge for start, end, _ in spans for edge in (start, end)})
    opened: list[tuple[int, int, int]] = []
    following = 0
    for start, end in pairwise(edges):
        opened = [span for span in opened if span[1] > start]
        while following < len(spans) and spans[following][0] <= start:
            opened.append(spans[following])
            following += 1
        if opened:
            shortest = sorted(opened, key=lambda span: (span[1] - span[0], span[2]))
            yield Mark(start, end, tuple(dict.fromkeys(number for *_, number in shortest)))


def first_marks(pieces: Sequence[Mark]) -> dict[int, int]:
    """Number of an observation → index of its first mark."""
    first: dict[int, int] = {}
    for index, piece in enumerate(pieces):
        for number in piece.owners:
            first.setdefault(number, index)
    return first
