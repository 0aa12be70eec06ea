"""The readings of a row: every way to lay its tokens over its cells."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise
from operator import add

from structurer.balance.problem import Gap, Reading


def readings(tokens: Sequence[int], cells: Sequence[int]) -> tuple[Reading, ...]:
    """Return all placements of `tokens` on `cells` that keep their order.

    Placements that differ only in which cell between two neighbouring non-zero tokens prints a zero are one
    reading. Their number grows with the binomial of missing cells and non-zero tokens over the latter.
    """
    if len(tokens) > len(cells):
        raise ValueError(f"{len(tokens)} tokens do not fit on {len(cells)} cells")
    if any(token < 0 for token in tokens):
        raise ValueError(f"tokens must not be negative: {list(tokens)}")
    ends = [-1, *(index for index, token in enumerate(tokens) if token), len(tokens)]
    zeros = [after - before - 1 for before, after in pairwise(ends)]
    values = [token for token in tokens if token]
    spare = len(cells) - len(tokens)
    # Where a non-zero token stands: behind the tokens before it and some of the missing cells.
    ahead = [index - count for count, index in enumerate(ends[1:-1])]
    return tuple(
        _placed(values, zeros, [*map(add, places, ahead), len(cells)], cells)
        for places in combinations(range(spare + len(values)), len(values))
    )


def _placed(
    values: Sequence[int], zeros: Sequence[int], places: Sequence[int], cells: Sequence[int]
) -> Reading:
    """The reading with the non-zero tokens at `places`; `zeros` stand before each, and behind the last."""
    printed: list[tuple[int, int]] = []
    gaps = []
    start = 0
    for place, count, value in zip(places, zeros, (*values, 0), strict=True):
        if place - start > count:
            gaps.append(Gap(tuple(cells[start:place]), place - start - count))
        elif count:
            printed.extend([(cell, 0) for cell in cells[start:place]])
        if value:
            printed.append((cells[place], value))
        start = place + 1
    return Reading(tuple(printed), tuple(gaps))


def reading_in_place(values: Sequence[int | None], cells: Sequence[int]) -> Reading:
    """Return the reading of a row whose tokens stand in their places; None is a visible blank."""
    pairs = tuple(zip(cells, values, strict=True))
    if None not in values:
        return Reading(pairs)  # type: ignore[arg-type]  # no value is None
    return Reading(
        tuple((cell, value) for cell, value in pairs if value is not None),
        tuple(Gap((cell,), 1) for cell, value in pairs if value is None),
    )
