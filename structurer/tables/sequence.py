"""Tables that print all their labels first and then all their numbers, row by row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from structurer.fold import fold
from structurer.forms import Row, Table
from structurer.tables.cells import Atom, Token, Word, han
from structurer.tables.headers import names_further
from structurer.tables.labels import Vocabulary
from structurer.tables.place import PlacedRow, Placement, fit, in_grid, items
from structurer.tables.rows import Line

_LONGEST = 160
"""Characters of the longest header of which it is remembered what it says."""


def place_in_sequence(lines: Sequence[Line], vocabulary: Vocabulary) -> Placement:
    """Lay the numbers over all cells of the table, in printing order.

    Some layouts print each row's label before its own numbers, or each column's label before its
    number; these are read as such.
    """
    form, table = next(reversed(vocabulary.tables.items()))
    filled = [line for line in lines if line.tokens]
    by_row = [line for line in filled if line.row]
    words = _words(lines)
    stray = any(line.stray for line in lines) or not _in_order(words, form, vocabulary)
    stray = stray or (any(map(in_grid, filled)) and _group_first(words, table))
    rows = (
        None
        if stray
        else _by_column(filled, form, table)
        or _by_row(by_row, filled, form, table)
        or _by_part(lines, form, table)
    )
    if rows is None and len(filled) == 1 and not stray:
        rows = (_whole_row(_from_first_number(filled[0]), _words(lines), form, table),)
    if rows is None:
        tokens = tuple(token for line in filled for token in line.tokens)
        rows = (PlacedRow("", table.cells, form, "unreadable" if filled else "missing", tokens),)
    unplaced = tuple(line for line in filled if line.unknown and not _header_words(line.label, table))
    return Placement(form, rows, unplaced, mixed=False)


def _whole_row(line: Line, words: str, form: str, table: Table) -> PlacedRow:
    """The one row that prints all cells; with a further column above it, blanks may be anywhere."""
    row = fit("", table.cells, form, line, None)
    drawn = in_grid(line) and len(items(line.atoms)) > len(table.cells)
    if (drawn or names_further(words)) and len(line.tokens) != len(table.cells):
        return row._replace(layout="unreadable", cells=tuple(line.tokens), alignments=())
    return row


def _words(lines: Sequence[Line]) -> str:
    """All words above the last number."""
    last = max((at for at, line in enumerate(lines) if line.tokens), default=-1)
    return "".join(line.before + line.label for line in lines[: last + 1])


def _in_order(words: str, form: str, vocabulary: Vocabulary) -> bool:
    """Whether rows and columns are named in the form's order; words that cannot tell do not deny it."""
    # Headers are the same in most reports, so each is read once.
    return (_known if len(words) <= _LONGEST else _ordered)(words, form, vocabulary)


def _ordered(words: str, form: str, vocabulary: Vocabulary) -> bool:
    table = vocabulary.tables[form]
    rows = [words.find(han(fold(row.label))) for row in _rows(table)]
    if -1 not in rows and rows != sorted(rows):
        return False
    columns = [han(fold(column.label)) for column in table.blocks[0].columns]
    named = [columns.index(found) for found in re.findall("|".join(columns), words)]
    if set(named) != set(range(len(columns))):
        return True
    blocks: list[list[int]] = []
    for column in named:
        if not blocks or column == 0 or column in blocks[-1]:
            blocks.append([])
        blocks[-1].append(column)
    totals_last = len(blocks[0]) > 1 and blocks[-1][-1] == len(columns) - 1
    return totals_last and all(block == sorted(block) for block in blocks)


_known = lru_cache(1024)(_ordered)


def _group_first(words: str, table: Table) -> bool:
    """Whether a group is named before a row that the form prints above it.

    Only a grid keeps the order of its header: lines of a page show the higher cell first.
    """
    places = [words.find(han(fold(text))) for row in _rows(table) for text in (row.under or row.label,)]
    return -1 not in places and places != sorted(places)


def place_blank(stream: Sequence[Atom], vocabulary: Vocabulary) -> Placement | None:
    """A table whose row of numbers is drawn and empty; None unless a grid draws all its cells."""
    form, table = next(reversed(vocabulary.tables.items()))
    empty = 0
    drawn = False
    for atom in stream:
        if isinstance(atom, Token):
            return None
        if isinstance(atom, Word):
            empty = -len(table.cells)  # a row with words in it is the header's
        elif atom.grid and atom.row:
            drawn |= empty == len(table.cells)
            empty = 0
        elif atom.grid:
            empty += 1
    if not drawn:
        return None
    blanks = PlacedRow("", table.cells, form, "exact", (None,) * len(table.cells))
    return Placement(form, (blanks,), (), mixed=False)


def _from_first_number(line: Line) -> Line:
    """The line without the bars above its first number: they may be the header's, unless a grid drew them."""
    if in_grid(line):
        return line
    first = line.tokens[0].start
    return replace(line, atoms=[atom for atom in line.atoms if atom.start >= first])


def _header_words(text: str, table: Table) -> bool:
    """Nothing but pieces of the table's own labels: a header whose words were spread over lines."""
    rows = [row.label for block in table.blocks for row in block.rows]
    columns = [column.label for block in table.blocks for column in block.columns]
    return bool(text) and set(text) <= set("".join((*rows, *columns, *table.furniture)))


def _by_row(
    by_row: Sequence[Line], filled: Sequence[Line], form: str, table: Table
) -> tuple[PlacedRow, ...] | None:
    names = [row.id for block in table.blocks for row in block.rows]
    if len(by_row) != len(filled) or [line.row for line in by_row] != names:
        return None
    width = len(table.cells) // len(names)
    return tuple(
        fit(name, table.cells[at * width : (at + 1) * width], form, line, None)
        for at, (name, line) in enumerate(zip(names, by_row, strict=True))
    )


def _by_part(lines: Sequence[Line], form: str, table: Table) -> tuple[PlacedRow, ...] | None:
    """A table cut into small ones, each with the labels of its rows and columns above its numbers."""
    cells: list[Token] = []
    words = ""
    done = 0
    for line in lines:
        words += line.before + line.label
        if line.tokens:
            done = _next_part(words, len(line.tokens), done, table)
            if not done:
                return None
            cells += line.tokens
            words = ""
    if len(cells) != len(table.cells) or done != len(_rows(table)):
        return None
    return (PlacedRow("", table.cells, form, "exact", tuple(cells)),)


def _rows(table: Table) -> Sequence[Row]:
    return [row for block in table.blocks for row in block.rows]


def _next_part(words: str, count: int, done: int, table: Table) -> int:
    """How many rows are printed once so many numbers are, under these words; 0 where they do not say so."""
    names = [han(fold(row.label)) for row in _rows(table)]
    columns = "".join(han(fold(column.label)) for column in table.blocks[0].columns)
    parts, odd = divmod(count, len(table.blocks[0].columns))
    here = names[done : done + parts]
    for text in table.furniture:
        words = words.replace(han(fold(text)), "")
    said = ("".join(here) + columns * parts, "".join(name + columns for name in here))
    heads = words in said if done else words.endswith(said)
    return done + parts if heads and not odd and len(here) == parts > 0 else 0


def _by_column(filled: Sequence[Line], form: str, table: Table) -> tuple[PlacedRow, ...] | None:
    if len(filled) != len(table.cells) or any(len(line.tokens) != 1 for line in filled):
        return None
    labels = [column.label for block in table.blocks for _ in block.rows for column in block.columns]
    if any(label not in line.before + line.label for label, line in zip(labels, filled, strict=True)):
        return None
    cells: tuple[Token, ...] = tuple(line.tokens[0] for line in filled)
    return (PlacedRow("", table.cells, form, "exact", cells, line=filled[0]),)
