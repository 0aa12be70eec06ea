"""Cells into their places: which form a table follows, and what can stand in each of its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import comb
from typing import Literal

from structurer.forms import Block, Cell, Column, Row, Table
from structurer.tables.cells import Bar, Token
from structurer.tables.labels import Vocabulary, key
from structurer.tables.rows import Line

MOST_PLACEMENTS = 3003
"""15 columns under 5 non-zero cells: the most that is still searched to the end in time."""

Layout = Literal["exact", "short", "missing", "unreadable"]
Cells = tuple[Token | None, ...]


@dataclass(frozen=True, slots=True)
class PlacedRow:
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


@dataclass(frozen=True, slots=True)
class Placement:
    """A table's rows in the form's order, and the lines with cells that belong to none of them."""

    form: str
    rows: tuple[PlacedRow, ...]
    unplaced: tuple[Line, ...]
    mixed: bool
    """Its blocks follow different forms."""


def place(lines: Sequence[Line], vocabulary: Vocabulary) -> Placement:
    """Lay the lines over the form that their headers and rows show.

    `lines` must not be empty of row labels.
    """
    by_row: dict[str, list[Line]] = {}
    for line in lines:
        if line.row is not None:
            by_row.setdefault(line.row, []).append(line)
    chosen = _forms(lines, by_row, vocabulary)
    if not chosen:
        return Placement("", (), (), mixed=False)
    trailing = _trailing_blanks(lines, chosen)
    shares = _shares(lines, chosen)
    lost = _lost(lines, chosen, shares)
    rows = tuple(
        _placed(name, _places(name, block, form, vocabulary), form, by_row.get(name, []), shares, trailing)
        if name not in lost
        else PlacedRow(name, _places(name, block, form, vocabulary), form, "unreadable", lost[name])
        for name, (_, block, form) in chosen.items()
    )
    used = {id(line) for row in rows if row.line is not None for line in by_row.get(row.row, ())}
    used |= {share.source for share in shares.values()}
    unplaced = tuple(line for line in lines if line.tokens and id(line) not in used)
    counted = Counter(form for _, _, form in chosen.values())
    return Placement(counted.most_common(1)[0][0], rows, unplaced, len(counted) > 1)


# ---------------------------------------------------------------- which form

_Chosen = Mapping[str, tuple[Row, Block, str]]


def _forms(lines: Sequence[Line], by_row: Mapping[str, list[Line]], vocabulary: Vocabulary) -> _Chosen:
    """For every row of the form: the row, its block and the form they are taken from, in order."""
    whole = max(vocabulary.tables, key=lambda form: _row_score(vocabulary.tables[form], by_row))
    if len({tuple(c.id for b in t.blocks for c in b.columns) for t in vocabulary.tables.values()}) == 1:
        table = vocabulary.tables[whole]
        return {row.id: (row, block, whole) for block in table.blocks for row in block.rows}
    return _forms_by_block(by_row, vocabulary)


def _row_score(table: Table, by_row: Mapping[str, list[Line]]) -> tuple[int, int]:
    """Rows with cells that the form knows, less those it does not; then labels alone."""
    known = {row.id for block in table.blocks for row in block.rows}
    cells = sum(
        _row_weight(table, row, found) if row in known else _group_weight(table, found)
        for row, found in by_row.items()
    )
    return cells, sum(1 if row in known else -1 for row in by_row)


def _row_weight(table: Table, row: str, found: Sequence[Line]) -> int:
    width = next(len(block.columns) for block in table.blocks for known in block.rows if known.id == row)
    return int(any(0 < len(line.tokens) <= width for line in found))


def _group_weight(table: Table, found: Sequence[Line]) -> int:
    """A label that is a row of another form and a group line of this one, with the cells of the group."""
    sizes = [
        len(rows) * len(block.columns) for block in table.blocks for rows in [_group(block, found[0].label)]
    ]
    return (
        1
        if any(size and size == len(line.tokens) for size in sizes for line in found)
        else -1 * any(line.tokens for line in found)
    )


def _group(block: Block, label: str) -> list[str]:
    return [row.id for row in block.rows if row.under and key(row.under) == label]


def _forms_by_block(by_row: Mapping[str, list[Line]], vocabulary: Vocabulary) -> _Chosen:
    scores = _block_scores(by_row, vocabulary)
    best = {row: max(of_row, key=lambda form: of_row[form]) for row, of_row in scores.items()}
    shown = Counter(form for row, form in best.items() if scores[row][form] > 0)
    if not shown:
        return {}
    main = shown.most_common(1)[0][0]
    chosen: dict[str, tuple[Row, Block, str]] = {}
    for row_id in vocabulary.rows:
        form = best[row_id] if scores[row_id][best[row_id]] > 0 else main
        headless = scores[row_id][form] <= 0 if form in scores[row_id] else True
        found = _find(vocabulary.tables[form], row_id)
        tokens = len(by_row[row_id][0].tokens) if row_id in by_row else 0
        if found is not None and not (
            headless and tokens and not _only_here(row_id, tokens, form, vocabulary)
        ):
            chosen[row_id] = (*found, form)
        elif found is not None:
            chosen[row_id] = (*found, "")
    return chosen


def _block_scores(by_row: Mapping[str, list[Line]], vocabulary: Vocabulary) -> dict[str, dict[str, int]]:
    """Row → form → how well the form's column labels explain the header printed above the row."""
    every = {
        prefix
        for table in vocabulary.tables.values()
        for block in table.blocks
        for column in block.columns
        for prefix in _prefixes(column)
    }
    scores: dict[str, dict[str, int]] = {}
    for form, table in vocabulary.tables.items():
        for block in table.blocks:
            header = "".join(line.before for row in block.rows for line in by_row.get(row.id, ())[:1])
            printed = {prefix for prefix in every if prefix in header}
            seen = [column for column in block.columns if printed & _prefixes(column)]
            own = set().union(*(_prefixes(column) for column in block.columns))
            score = len(seen) - (len(block.columns) - len(seen)) - len(printed - own) if seen else 0
            for row in block.rows:
                scores.setdefault(row.id, {})[form] = score
    return scores


def _prefixes(column: Column) -> set[str]:
    """Three characters tell the columns of all forms apart, and survive most torn headers."""
    return {key(text)[:3] for text in (column.label, *column.variants)}


def _find(table: Table, row_id: str) -> tuple[Row, Block] | None:
    return next(((row, block) for block in table.blocks for row in block.rows if row.id == row_id), None)


def _only_here(row_id: str, tokens: int, form: str, vocabulary: Vocabulary) -> bool:
    """Without a header, the number of cells must fit this form's columns and no other's."""
    widths = {
        other: len(found[1].columns)
        for other, table in vocabulary.tables.items()
        if (found := _find(table, row_id)) is not None
    }
    return [other for other, width in widths.items() if width == tokens] == [form]


# ---------------------------------------------------------------- what stands in a row


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


def _trailing_blanks(lines: Sequence[Line], chosen: _Chosen) -> int | None:
    """How many empties the bars show after each full row: they are layout, no cells. None: not known."""
    counts: Counter[int] = Counter()
    for line in lines:
        if line.row in chosen and len(line.tokens) == len(chosen[line.row][1].columns):
            found = items(line.atoms)
            last = max(index for index, item in enumerate(found) if item is not None)
            counts[len(found) - 1 - last] += 1
    if not counts:
        return None
    blanks, often = counts.most_common(1)[0]
    return blanks if often * 2 > counts.total() else None


@dataclass(frozen=True, slots=True)
class _Share:
    """The part of another line's cells that belongs to a row whose own label has none."""

    cells: tuple[Token, ...]
    source: int


def _shares(lines: Sequence[Line], chosen: _Chosen) -> dict[str, _Share]:
    """Rows whose labels are missing or stacked, while the next cells are exactly enough for all of them.

    Sub-labels that were dropped leave a group line with the cells of its whole group; labels that were
    stacked leave several labels and then all their cells.
    """
    order = list(chosen)
    widths = {len(block.columns) for _, block, _ in chosen.values()}
    if len(widths) != 1:
        return {}
    width = widths.pop()
    shares: dict[str, _Share] = {}
    named = {line.row for line in lines if line.row in chosen}
    done = -1
    for index, line in enumerate(lines):
        cells = tuple(line.tokens)
        place = order.index(line.row) if line.row in chosen else None
        if not cells or line.unknown or line.misplaced:
            continue
        rows = _open_rows(line, lines[index + 1 :], chosen, order, done)
        if place is None:
            rows = [row for row in _grouped(line, chosen) if row not in named] or rows
        if len(cells) > width and len(cells) == width * len(rows):
            for at, row in enumerate(rows):
                shares[row] = _Share(cells[at * width : (at + 1) * width], id(line))
            done = order.index(rows[-1])
        elif place is not None:
            done = max(done, place)
    return shares


def _open_rows(
    line: Line, later: Sequence[Line], chosen: _Chosen, order: Sequence[str], done: int
) -> Sequence[str]:
    """The rows of the form between the last one with cells and the next label."""
    place = order.index(line.row) if line.row in chosen else done
    following = (order.index(after.row) for after in later if after.row in chosen)
    return order[done + 1 : min((at for at in following if at > place), default=len(order))]


def _grouped(line: Line, chosen: _Chosen) -> list[str]:
    """The rows of the group whose line stands last before the cells."""
    printed = line.before + line.label
    under = {row: key(entry.under) for row, (entry, _, _) in chosen.items() if entry.under}
    at = {group: printed.rfind(group) for group in under.values() if group in printed}
    if not at:
        return []
    last = max(at, key=lambda group: at[group])
    return [row for row, group in under.items() if group == last]


def _lost(lines: Sequence[Line], chosen: _Chosen, shares: Mapping[str, _Share]) -> dict[str, Cells]:
    """Rows whose cells may be among numbers that could not be placed: they are not blank for sure.

    These are the rows between the labels around numbers that stand under no label and, in a table that
    stacks its labels, every label of a stack whose numbers are not exactly enough for all.
    """
    order = list(chosen)
    named = {line.row for line in lines if line.tokens and line.row}
    shared = {share.source for share in shares.values()}
    lost: dict[str, Cells] = {}
    last = -1
    for index, line in enumerate(lines):
        if line.tokens and line.row in chosen and not line.misplaced:
            last = order.index(line.row)
        elif line.tokens and id(line) not in shared:
            after = next(
                (order.index(later.row) for later in lines[index + 1 :] if later.row in chosen), len(order)
            )
            lost.update((row, tuple(line.tokens)) for row in order[last + 1 : after] if row not in named)
    stacks = [stack for stack in _stacks(lines, chosen) if len(stack) > 1]
    if _stacked_on_purpose(stacks, chosen):
        for stack in stacks:
            if str(stack[-1].row) not in shares:
                lost.update((str(line.row), tuple(stack[-1].tokens)) for line in stack)
    return lost


def _stacked_on_purpose(stacks: Sequence[list[Line]], chosen: _Chosen) -> bool:
    """Whether labels without cells are a layout rather than rows whose cells are all blank.

    A stack before more cells than one row has is a layout; so are stacks that end where groups end,
    one and all, with cells missing behind them.
    """
    widths = [len(chosen[str(stack[-1].row)][1].columns) for stack in stacks]
    if any(len(stack[-1].tokens) > width for stack, width in zip(stacks, widths, strict=True)):
        return True
    group = {row: entry.under for row, (entry, _, _) in chosen.items()}
    order = list(chosen)
    last = {row for at, row in enumerate(order) if at + 1 == len(order) or group[order[at + 1]] != group[row]}
    inside = [
        (str(stack[-1].row), len(stack[-1].tokens) < width)
        for stack, width in zip(stacks, widths, strict=True)
        if group[str(stack[-1].row)] and group[str(stack[-2].row)] == group[str(stack[-1].row)]
    ]
    return any(short for _, short in inside) and all(row in last for row, _ in inside)


def _stacks(lines: Sequence[Line], chosen: _Chosen) -> Iterator[list[Line]]:
    """Row labels with no cell between them, up to the one that cells follow."""
    stack: list[Line] = []
    for line in lines:
        if line.row in chosen:
            stack.append(line)
        if line.tokens:
            if stack and stack[-1] is line:
                yield stack
            stack = []


def _places(row: str, block: Block, form: str, vocabulary: Vocabulary) -> tuple[Cell, ...]:
    table = (
        vocabulary.tables[form] if form else next(t for t in vocabulary.tables.values() if block in t.blocks)
    )
    return tuple(table.by_indicator[f"{table.id}.{row}.{column.id}"] for column in block.columns)


def _placed(
    row: str,
    places: tuple[Cell, ...],
    form: str,
    found: Sequence[Line],
    shares: Mapping[str, _Share],
    trailing: int | None,
) -> PlacedRow:
    if row in shares:
        return PlacedRow(row, places, form, "exact", shares[row].cells, line=found[0] if found else None)
    if not found:
        return PlacedRow(row, places, form, "missing")
    printed = [line for line in found if line.tokens]
    line = printed[0] if printed else found[0]
    if len(printed) > 1 or line.misplaced or line.stray or not form:
        every = tuple(token for one in printed for token in one.tokens)
        return PlacedRow(row, places, form, "unreadable", every, line=line)
    return fit(row, places, form, line, trailing)


def fit(row: str, places: tuple[Cell, ...], form: str, line: Line, trailing: int | None) -> PlacedRow:
    """A line's cells laid over the places of its row."""
    width = len(places)
    tokens = tuple(line.tokens)
    if len(tokens) == width:
        return PlacedRow(row, places, form, "exact", tokens, line=line)
    if len(tokens) > width or _too_many(tokens, width):
        return PlacedRow(row, places, form, "unreadable", tokens, line=line)
    aligned = _aligned(items(line.atoms), width, trailing)
    if len(aligned) != 1 and any(token.kind == "text" for token in tokens):
        return PlacedRow(row, places, form, "unreadable", tokens, line=line)
    if tokens and not _seen_to_end(aligned, line):
        return PlacedRow(row, places, form, "short", tokens, (), line)
    if len(aligned) == 1:
        return PlacedRow(row, places, form, "exact", aligned[0], line=line)
    return PlacedRow(row, places, form, "short", tokens, tuple(aligned), line)


def _seen_to_end(aligned: Sequence[Cells], line: Line) -> bool:
    """Whether the empties are cells: a row of bars may have lost its blanks and been filled up at the end."""
    in_grid = any(isinstance(atom, Bar) and atom.grid for atom in line.atoms)
    return in_grid or all(cells[-1] is not None for cells in aligned)


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
