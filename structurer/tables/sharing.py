"""Cells that several rows share: labels that were dropped or stacked, and numbers that fit no row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from structurer.tables.cells import Token
from structurer.tables.rows import Line
from structurer.tables.whichform import Chosen


class Share(NamedTuple):
    """The part of another line's cells that belongs to a row whose own label has none."""

    cells: tuple[Token, ...]
    source: int
    """The id() of the line that holds them."""


def shares(lines: Sequence[Line], chosen: Chosen, at: Mapping[str, int]) -> dict[str, Share]:
    """Rows whose labels are missing or stacked, while the next cells are exactly enough for all of them.

    Sub-labels that were dropped leave a group line with the cells of its whole group; labels that were
    stacked leave several labels and then all their cells. Where many a row prints just as many cells,
    the table has as many columns: two years' figures, for one. `at` gives each row's place in the form.
    """
    widths = {len(slot.places) for slot in chosen.values()}
    width = widths.pop()
    if widths or all(len(line.tokens) <= width for line in lines):
        return {}
    order = list(chosen)
    named = {line.row for line in lines if line.row in at}
    found: dict[str, Share] = {}
    behind = _named_behind(lines, at)
    done = -1
    for line, later in zip(lines, behind, strict=True):
        cells = tuple(line.tokens)
        if not cells or line.unknown or line.misplaced or line.unsure:
            continue
        place = at.get(line.row)
        rows: Sequence[str] = _open_rows(place, later, order, done)
        if place is None:
            rows = [row for row in _grouped(line, chosen) if row not in named] or rows
        if len(cells) > width and len(cells) == width * len(rows):
            for part, row in enumerate(rows):
                found[row] = Share(cells[part * width : (part + 1) * width], id(line))
            done = at[rows[-1]]
        elif place is not None:
            done = max(done, place)
    sources = {share.source for share in found.values()}
    wide = Counter(len(line.tokens) for line in lines if line.row in at and len(line.tokens) > width)
    shared = Counter(len(line.tokens) for line in lines if id(line) in sources)
    columns = {count for count, often in wide.items() if often > 2 * shared[count]}
    doubled = {id(line) for line in lines if len(line.tokens) in columns}
    return {row: share for row, share in found.items() if share.source not in doubled}


def _named_behind(lines: Sequence[Line], at: Mapping[str, int]) -> list[int]:
    """For each line the places in the form that lines behind it name, as a bit mask."""
    behind = [0] * len(lines)
    for index in range(len(lines) - 2, -1, -1):
        place = at.get(lines[index + 1].row)
        behind[index] = behind[index + 1] | (0 if place is None else 1 << place)
    return behind


def _open_rows(place: int | None, later: int, order: Sequence[str], done: int) -> Sequence[str]:
    """The rows of the form between the last one with cells and the next label; `later` as a bit mask."""
    first = 1 + (done if place is None else place)
    following = later >> first
    lowest = (following & -following).bit_length() - 1
    return order[done + 1 : first + lowest if following else len(order)]


def _grouped(line: Line, chosen: Chosen) -> list[str]:
    """The rows of the group whose line stands last before the cells."""
    printed = line.before + line.label
    groups = {slot.group for slot in chosen.values() if slot.group and slot.group in printed}
    last = max(groups, key=printed.rfind, default=None)
    return [slot.row for slot in chosen.values() if slot.group == last] if last else []


def lost(
    lines: Sequence[Line], chosen: Chosen, at: Mapping[str, int], shared: Mapping[str, Share]
) -> dict[str, tuple[Token, ...]]:
    """Rows whose cells may be among numbers that could not be placed: they are not blank for sure.

    These are the rows between the labels around numbers that stand under no label, a short row just
    before such numbers and, in a table that stacks its labels, every label of a stack whose numbers are
    not exactly enough for all.
    """
    order = list(chosen)
    named = {line.row for line in lines if line.tokens and line.row}
    sources = {share.source for share in shared.values()}
    found: dict[str, tuple[Token, ...]] = {}
    following = _next_named(lines, at, len(order))
    last = -1
    for index, line in enumerate(lines):
        if not line.tokens:
            continue
        if line.row in at and not line.misplaced:
            last = at[line.row]
        elif id(line) not in sources:
            between = order[last + 1 : following[index]]
            found.update((row, tuple(line.tokens)) for row in between if row not in named)
            before = lines[index - 1] if index else line
            if before.row in at and 0 < len(before.tokens) < len(chosen[before.row].places):
                found[before.row] = (*before.tokens, *line.tokens)
    stacks = [stack for stack in _stacks(lines, at) if len(stack) > 1]
    if stacks and _stacked_on_purpose(stacks, chosen, order):
        for stack in stacks:
            if stack[-1].row not in shared:
                found.update((line.row, tuple(stack[-1].tokens)) for line in stack)
    return found


def _next_named(lines: Sequence[Line], at: Mapping[str, int], end: int) -> list[int]:
    """For each line the place in the form of the first row named behind it; `end` where none is."""
    following = [end] * len(lines)
    for index in range(len(lines) - 2, -1, -1):
        following[index] = at.get(lines[index + 1].row, following[index + 1])
    return following


def _stacks(lines: Sequence[Line], at: Mapping[str, int]) -> Iterator[list[Line]]:
    """Row labels with no cell between them, up to the one that cells follow."""
    stack: list[Line] = []
    for line in lines:
        if line.row in at:
            stack.append(line)
        if line.tokens:
            if stack and stack[-1] is line:
                yield stack
            stack = []


def _stacked_on_purpose(stacks: Sequence[list[Line]], chosen: Chosen, order: Sequence[str]) -> bool:
    """Whether labels without cells are a layout rather than rows whose cells are all blank.

    A stack before more cells than one row has is a layout; so are stacks that end where groups end,
    one and all, with cells missing behind them.
    """
    ends = [(chosen[stack[-1].row], len(stack[-1].tokens)) for stack in stacks]
    if any(tokens > len(slot.places) for slot, tokens in ends):
        return True
    groups = [chosen[row].group for row in order]
    last = {
        row for row, group, after in zip(order, groups, [*groups[1:], None], strict=True) if group != after
    }
    inside = [
        (slot.row, tokens < len(slot.places))
        for stack, (slot, tokens) in zip(stacks, ends, strict=True)
        if slot.group and chosen[stack[-2].row].group == slot.group
    ]
    return any(short for _, short in inside) and all(row in last for row, _ in inside)
