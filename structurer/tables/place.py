"""Cells into their places: what each row of the form prints, and in which columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import comb
from typing import Literal, NamedTuple

from structurer.forms import Cell
from structurer.tables.cells import Bar, Token
from structurer.tables.labels import Slot, Vocabulary
from structurer.tables.rows import Line
from structurer.tables.sharing import Share, lost, shares
from structurer.tables.whichform import ByRow, Chosen, choose

MOST_PLACEMENTS = 3003
"""15 columns under 5 non-zero cells: the most that is still searched to the end in time."""

Layout = Literal["exact", "short", "missing", "unreadable"]
Cells = tuple[Token | None, ...]


class PlacedRow(NamedTuple):
    """What one row of the form prints.

    `exact`: `cells` stand in their columns, None is a visible blank. `short`: fewer `cells` than
    columns, in order, their columns unknown; `alignments` lists the only ones where bars narrow them
    down. `missing`: no such label. `unreadable`: cells that fit the row's columns in no way.
    """

    row: str
    places: tuple[Cell, ...]
    form: str
    layout: Layout
    cells: Cells = ()
    alignments: tuple[Cells, ...] = ()
    line: Line | None = None


class Placement(NamedTuple):
    """A table's rows in the form's order, and the lines with cells that belong to none of them."""

    form: str
    rows: tuple[PlacedRow, ...]
    unplaced: tuple[Line, ...]
    mixed: bool
    """Its blocks follow different forms."""


def place(lines: Sequence[Line], vocabulary: Vocabulary) -> Placement:
    """Lay the lines over the form that their headers and rows show; no rows where nothing shows one."""
    by_row: dict[str, list[Line]] = {}
    for line in lines:
        if line.row:
            by_row.setdefault(line.row, []).append(line)
    chosen = choose(by_row, vocabulary)
    if not chosen:
        return Placement("", (), (), mixed=False)
    rows = _in_place(lines, by_row, chosen)
    unplaced: tuple[Line, ...] = ()
    if rows is None:
        rows, unplaced = _searched(lines, by_row, chosen)
    forms = Counter([slot.form for slot in chosen.values()])
    return Placement(forms.most_common(1)[0][0], rows, unplaced, len(forms) > 1)


def _in_place(lines: Sequence[Line], by_row: ByRow, chosen: Chosen) -> tuple[PlacedRow, ...] | None:
    """The rows of a table in which each has one line with just its columns' cells, and no cell is left over.

    As `_searched` would place them: where nothing is missing, nothing is lost, shared or out of place.
    None for any other table.
    """
    rows = []
    for row, slot in chosen.items():
        found = by_row.get(row, ())
        if len(found) != 1 or not slot.sure:
            return None
        line = found[0]
        if len(line.tokens) != len(slot.places) or line.misplaced or line.stray or line.unsure:
            return None
        rows.append(PlacedRow(row, slot.places, slot.form, "exact", tuple(line.tokens), (), line))
    filled = sum([1 for line in lines if line.tokens])
    return tuple(rows) if filled == len(rows) else None


def _searched(
    lines: Sequence[Line], by_row: ByRow, chosen: Chosen
) -> tuple[tuple[PlacedRow, ...], tuple[Line, ...]]:
    """The rows of any table, and the lines with numbers that belong to none of them."""
    if _numbers_first(lines, chosen):
        chosen = {row: slot._replace(sure=False) for row, slot in chosen.items()}
    at = {row: place for place, row in enumerate(chosen)}
    shared = shares(lines, chosen, at)
    open_rows = lost(lines, chosen, at, shared)
    trailing = _trailing_blanks(lines, chosen)
    rows = tuple(
        PlacedRow(row, slot.places, slot.form, "unreadable", open_rows[row])
        if row in open_rows
        else _placed(slot, by_row.get(row, []), shared, trailing)
        for row, slot in chosen.items()
    )
    used = {id(line) for row in rows if row.line is not None for line in by_row.get(row.row, ())}
    used |= {share.source for share in shared.values()}
    return rows, tuple(line for line in lines if _numbers(line) and id(line) not in used)


def _numbers_first(lines: Sequence[Line], chosen: Chosen) -> bool:
    """Whether the table prints numbers before their labels: a row of them ahead of the first label, and
    nothing behind the last."""
    named = [index for index, line in enumerate(lines) if line.row in chosen]
    ahead = sum(len(line.tokens) for line in lines[: named[0]]) if named else 0
    width = len(chosen[lines[named[0]].row].places) if named else 0
    return bool(named) and ahead >= width and not lines[named[-1]].tokens


def _numbers(line: Line) -> bool:
    return any(token.kind == "number" for token in line.tokens)


def items(atoms: Sequence[Token | Bar]) -> list[Token | None]:
    """The cells of a line, None for a visible empty between two bars."""
    found: list[Token | None] = []
    filled = True  # the label itself fills the first cell
    row_end = None
    for atom in atoms:
        if isinstance(atom, Token):
            found.append(atom)
            filled = True
        elif atom.row:
            row_end = len(found)
        elif filled:
            filled = False
        else:
            found.append(None)
    if row_end is not None and not any(found[row_end:]):
        del found[row_end:]  # empty label cells of the grid's next row
    return found


def _trailing_blanks(lines: Sequence[Line], chosen: Chosen) -> int | None:
    """How many empties the bars show after each full row: they are layout, no cells. None: not known."""
    counts: Counter[int] = Counter()
    for line in lines:
        if line.row in chosen and len(line.tokens) == len(chosen[line.row].places) < len(line.atoms):
            found = items(line.atoms)
            last = max(index for index, item in enumerate(found) if item is not None)
            counts[len(found) - 1 - last] += 1
    if not counts:
        return None
    blanks, often = counts.most_common(1)[0]
    return blanks if often * 2 > counts.total() else None


def _placed(
    slot: Slot, found: Sequence[Line], shared: Mapping[str, Share], trailing: int | None
) -> PlacedRow:
    if slot.row in shared:
        line = found[0] if found else None
        return PlacedRow(slot.row, slot.places, slot.form, "exact", shared[slot.row].cells, (), line)
    if not found:
        return PlacedRow(slot.row, slot.places, slot.form, "missing")
    printed = [line for line in found if line.tokens]
    line = printed[0] if printed else found[0]
    if len(printed) > 1 or line.misplaced or line.stray or line.unsure or not slot.sure:
        every = tuple(token for one in printed for token in one.tokens)
        return PlacedRow(slot.row, slot.places, slot.form, "unreadable", every, (), line)
    placed = fit(slot.row, slot.places, slot.form, line, trailing)
    if slot.full and not _without_remark(placed, slot, line):
        return placed._replace(layout="unreadable", cells=tuple(line.tokens), alignments=())
    return placed


def _without_remark(placed: PlacedRow, slot: Slot, line: Line) -> bool:
    """Whether a row's cells are told from its remark: by a border behind them, or by a sum that they keep.

    A short row may have its remark among its cells, wherever its blanks are.
    """
    if placed.layout != "exact":
        return placed.layout != "short"
    printed = items(line.atoms)
    while printed and printed[0] is None:
        del printed[0]
    if slot.bound or len(line.tokens) < len(placed.places):
        return True
    # The border behind the remark is read with the words of the remark.
    written = in_grid(line) and not any(isinstance(atom, Bar) and atom.row for atom in line.atoms)
    return printed[len(placed.places) :] == [None] or written


def fit(row: str, places: tuple[Cell, ...], form: str, line: Line, trailing: int | None) -> PlacedRow:
    """A line's cells laid over the places of its row."""
    width = len(places)
    tokens = tuple(line.tokens)
    if _crowded(line.atoms, width):
        return PlacedRow(row, places, form, "unreadable", tokens, (), line)
    if len(tokens) == width:
        return PlacedRow(row, places, form, "exact", tokens, (), line)
    if len(tokens) > width == 1 and len({token[2:] for token in tokens}) == 1:
        return PlacedRow(row, places, form, "exact", tokens[:1], (), line)  # a merged cell, copied
    if len(tokens) > width:
        return PlacedRow(row, places, form, "unreadable", tokens, (), line)
    aligned = _aligned(items(line.atoms), width, trailing)
    if not aligned and in_grid(line) and len(items(line.atoms)) > width:
        return PlacedRow(row, places, form, "unreadable", tokens, (), line)  # more columns than the form's
    seen = not tokens or _seen_to_end(aligned, line)
    if seen and len(aligned) == 1:
        return PlacedRow(row, places, form, "exact", aligned[0], (), line)
    if _too_many(tokens, width) or (len(aligned) != 1 and any(token.kind == "text" for token in tokens)):
        return PlacedRow(row, places, form, "unreadable", tokens, (), line)
    return PlacedRow(row, places, form, "short", tokens, tuple(aligned) if seen else (), line)


def _crowded(atoms: Sequence[Token | Bar], width: int) -> bool:
    """Whether two marks share a cell where bars part the others: then nobody can count the blank ones.

    As many numbers as columns are read all the same.
    """
    together = [
        (one, two) for one, two in pairwise(atoms) if isinstance(one, Token) and isinstance(two, Token)
    ]
    if not together:
        return False
    tokens = [atom for atom in atoms if isinstance(atom, Token)]
    parted = len(tokens) - len(together) > 1
    return parted and (len(tokens) != width or any(token.kind == "text" for token in tokens))


def in_grid(line: Line) -> bool:
    """Whether a grid drew the line's cells, so that every empty one is seen for what it is."""
    return any(isinstance(atom, Bar) and atom.grid for atom in line.atoms)


def _seen_to_end(aligned: Sequence[Cells], line: Line) -> bool:
    """Whether the empties are cells: a row of bars may have lost its blanks and been filled up at the end."""
    return in_grid(line) or all(cells[-1] is not None for cells in aligned)


def _too_many(tokens: Cells, width: int) -> bool:
    """More order-keeping placements than a search could end in time."""
    return comb(width, sum(1 for token in tokens if token is not None and token.value)) > MOST_PLACEMENTS


def _aligned(cells: Sequence[Token | None], width: int, trailing: int | None) -> list[Cells]:
    """Every way to cut a row of `width` cells out of visible ones by dropping empties at its ends."""
    spare = len(cells) - width
    if spare < 0:
        return []
    cuts = range(spare + 1) if trailing is None else [trailing] if trailing <= spare else []
    found: list[Cells] = []
    for behind in cuts:
        ahead = spare - behind
        if any(cells[:ahead]) or any(cells[len(cells) - behind :]):
            continue
        found.append(tuple(cells[ahead : len(cells) - behind]))
    return list(dict.fromkeys(found))
