"""Tables that a page break tore: rows and labels put together again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from structurer.read.layout.blocks import CellText, PageText, TableBlock
from structurer.read.layout.lines import HEADING, Line, glue

_NUMBER = re.compile(r"[-+]?[0-9][0-9,.]*")
_EDGE = 6.0
"""Points by which the borders of one table differ from page to page."""


def mended(pages: Iterable[PageText]) -> Iterator[PageText]:
    """The pages with what belongs to the row before a page break moved there."""
    held: PageText | None = None
    for page in pages:
        if held is not None:
            held, page = _pair(held, page)
            yield held
        held = page
    if held is not None:
        yield held


def _pair(page: PageText, following: PageText) -> tuple[PageText, PageText]:
    if following.number != page.number + 1 or not (page.blocks and following.blocks):
        return page, following
    above, below = page.blocks[-1], following.blocks[0]
    if isinstance(above, TableBlock) and isinstance(below, TableBlock) and goes_on(above, below):
        above, below = _mend(above, below)
        page = page._replace(blocks=(*page.blocks[:-1], above))
        following = following._replace(blocks=(below, *following.blocks[1:]))
    return page, following


def goes_on(above: TableBlock, below: TableBlock) -> bool:
    """Whether a table goes on at the top of the next page: its outer borders stand where they stood."""
    return all(abs(above.box[side] - below.box[side]) <= _EDGE * 2 for side in (0, 2))


def _mend(above: TableBlock, below: TableBlock) -> tuple[TableBlock, TableBlock]:
    """Two parts of one table with the cells that the page break tore put together in the upper part."""
    if not above.rows or not below.rows:
        return above, below
    last = len(above.rows) - 1
    upper = {_columns(cell): cell for row in above.rows for cell in row if cell.last_row == last}
    lower = {_columns(cell): cell for cell in below.rows[0]}
    pairs = [(upper[key], lower[near]) for key in upper for near in lower if _near(key, near)]
    torn_row = _is_torn_row(pairs)
    joined: dict[int, CellText] = {}
    gone: set[int] = set()
    for up, down in pairs:
        if not torn_row and not _spans(up, down, pairs):
            continue
        if HEADING.match(down.text) or (not torn_row and _NUMBER.fullmatch(down.text)):
            continue
        gone.add(id(down))
        if down.lines:
            joined[id(up)] = up._replace(lines=_one_after_other(up, down))
    rows = tuple(tuple(joined.get(id(cell), cell) for cell in row) for row in above.rows)
    kept = tuple(tuple(cell for cell in row if id(cell) not in gone) for row in below.rows)
    return above._replace(rows=rows), below._replace(rows=tuple(row for row in kept if row))


def _one_after_other(up: CellText, down: CellText) -> tuple[tuple[Line, str], ...]:
    if not up.lines:
        return down.lines
    *before, (last, _) = up.lines
    return (*before, (last, glue(last.text, down.lines[0][0].text)), *down.lines)


def _columns(cell: CellText) -> tuple[float, float]:
    return cell.box[0], cell.box[2]


def _near(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return abs(one[0] - other[0]) <= _EDGE and abs(one[1] - other[1]) <= _EDGE


def _spans(up: CellText, down: CellText, pairs: Sequence[tuple[CellText, CellText]]) -> bool:
    """Whether a cell is a group label: it covers several rows where another cell covers one."""
    return any(one.row > up.row or other.last_row < down.last_row for one, other in pairs)


def _is_torn_row(pairs: Sequence[tuple[CellText, CellText]]) -> bool:
    """Whether the last row and the first one are halves of one.

    The label of the upper half fills its line, that of the lower one does not begin a label, and no
    column holds numbers in both halves while at least one half holds some.
    """
    single = [(up, down) for up, down in pairs if up.row == up.last_row and down.last_row == 0]
    labels = [(up, down) for up, down in single if down.text and not _NUMBER.fullmatch(down.text)]
    if len(single) < 2 or not labels or any(HEADING.match(down.text) for _, down in labels):
        return False
    if not all(up.lines and _full(up) for up, _ in labels):
        return False
    up_numbers = sum(bool(up.text) for up, _ in single) - len(labels)
    down_numbers = sum(bool(down.text) for _, down in single) - len(labels)
    return (up_numbers == 0) != (down_numbers == 0) or (up_numbers == down_numbers == 0)


def _full(cell: CellText) -> bool:
    line = cell.lines[-1][0]
    return cell.box[2] - line.box[2] < 1.8 * line.size
