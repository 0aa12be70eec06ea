"""Which token prints which cell, under the readings that are left."""

from __future__ import annotations

from collections.abc import Sequence

from structurer.balance import Reading
from structurer.tables.cells import Token
from structurer.tables.place import PlacedRow
from structurer.tables.posed import Posed

Printers = tuple[Token | None, ...]
"""The tokens that may print one cell; None among them where it may be omitted."""


def printers(posed: Posed, placed: Sequence[Sequence[int]] | None) -> list[Printers]:
    """Per cell all tokens that may print it; `placed` holds the readings left per row, None for all."""
    found: list[Printers] = []
    for at, (row, first) in enumerate(zip(posed.rows, posed.first, strict=True)):
        if row.layout == "exact":
            found += [(token,) for token in row.cells]
        elif row.alignments:
            found += [tuple(dict.fromkeys(column)) for column in zip(*row.alignments, strict=True)]
        elif row.layout == "short":
            left = posed.readings[at]
            if placed is not None:
                left = tuple(left[choice] for choice in placed[at])
            found += _of_short(row, first, left)
        else:
            found += [(None,)] * len(row.places)
    return found


def _of_short(row: PlacedRow, first: int, left: Sequence[Reading]) -> list[Printers]:
    options: list[dict[Token | None, None]] = [{} for _ in row.places]
    for reading in left:
        for offset, tokens in enumerate(_of_reading(row, first, reading)):
            options[offset].update(dict.fromkeys(tokens))
    return [tuple(tokens) for tokens in options]


def _of_reading(row: PlacedRow, first: int, reading: Reading) -> list[Printers]:
    """Per column the tokens that print it under one reading."""
    if not reading.gaps:
        return [(token,) for token in row.cells]
    width = len(row.places)
    found: list[Printers] = [()] * width
    gap_of = {cell: gap for gap in reading.gaps for cell in gap.cells}
    at = offset = 0
    while offset < width:
        gap = gap_of.get(first + offset)
        if gap is None:
            found[offset] = (row.cells[at],)
            at, offset = at + 1, offset + 1
            continue
        count = len(gap.cells) - gap.missing
        zeros = row.cells[at : at + count]
        for position in range(len(gap.cells)):
            here = [zero for index, zero in enumerate(zeros) if index <= position <= index + gap.missing]
            found[offset + position] = (*here, None) if gap.missing else tuple(here)
        at, offset = at + count, offset + len(gap.cells)
    return found
