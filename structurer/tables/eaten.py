"""Cells in which a mark ate digits (`1?3`): the sums give back what only one number fits.

A number is given back where two sums or more, all of whose other cells are accepted, ask for the same one
and it begins, goes on and ends as printed. One sum alone may be the office's own mistake: its number is a
candidate, and so is each one that sums ask for where they differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from structurer.forms import Table
from structurer.observation import ACCEPTING, Finding, Value
from structurer.tables.settled import Settled

_DAMAGED = re.compile("[0-9,?\ufffd]*[?\ufffd][0-9,?\ufffd]*")
_MARK = re.compile("[?\ufffd]")
_DIGIT = re.compile("[0-9]")
_ANY = re.compile("[0-9]+")
_LOST = "[0-9]{0,2}"
"""What one mark may have stood for: nothing, a digit, or a digit and the one behind it."""


def give_back(
    settled: Sequence[Settled], table: Table, folded: str
) -> tuple[list[Settled], tuple[Finding, ...]]:
    """The cells of a table with the damaged numbers that its sums settle; a finding names them all."""
    cells = list(settled)
    patterns = {at: pattern for at, cell in enumerate(cells) if (pattern := _pattern(cell, folded))}
    if not patterns:
        return cells, ()
    equations = list(_laid(cells, table))
    waiting, before = dict(patterns), -1
    while waiting and len(waiting) != before:
        before = len(waiting)
        for at in list(waiting):
            asked = list(_asked(at, cells, equations))
            if _sure(asked, waiting[at]):
                cells[at] = _given(cells, at, asked)
                del waiting[at]
    for at, pattern in waiting.items():
        asked = list(_asked(at, cells, equations))
        candidates = tuple(dict.fromkeys(value for _, value in asked if _fits(value, pattern)))
        cells[at] = cells[at]._replace(candidates=candidates)
    return cells, (_named([cells[at] for at in patterns], folded, table.id),)


Asked = tuple[str, int]
"""The rule of a sum, and the number it asks for."""
Laid = tuple[str, Sequence[int], Sequence[int]]
"""The rule of a sum, and the places of its cells among the table's; -1 for one that is not there."""


def _laid(cells: Sequence[Settled], table: Table) -> Iterator[Laid]:
    places = {one.cell.indicator: at for at, one in enumerate(cells)}
    numbers = [places.get(cell.indicator, -1) for cell in table.cells]
    for rule, left, right in table.sums:
        yield rule, [numbers[cell] for cell in left], [numbers[cell] for cell in right]


def _pattern(one: Settled, folded: str) -> re.Pattern[str] | None:
    """What a damaged number still shows; None for any other cell."""
    if one.printed != "text" or len(one.tokens) != 1:
        return None
    printed = folded[one.tokens[0].start : one.tokens[0].end]
    if not _DAMAGED.fullmatch(printed):
        return None
    if not _DIGIT.search(printed):
        return _ANY
    return re.compile(_LOST.join(_MARK.split(printed.replace(",", ""))))


def _asked(at: int, cells: Sequence[Settled], equations: Sequence[Laid]) -> Iterator[Asked]:
    """Per sum over a cell, all of whose other cells are accepted: its rule, and the number it asks for."""
    for rule, left, right in equations:
        own, other = (left, right) if at in left else (right, left)
        if at not in own:
            continue
        beside = [_known(cells, place) for place in own if place != at]
        across = [_known(cells, place) for place in other]
        if None not in (*beside, *across):
            yield rule, sum(filter(None, across)) - sum(filter(None, beside))


def _known(cells: Sequence[Settled], at: int) -> int | None:
    """The number of an accepted cell: what is not applicable adds nothing."""
    if at < 0 or cells[at].status not in ACCEPTING:
        return None
    value: Value = 0 if cells[at].printed == "not_applicable" else cells[at].value
    return value if isinstance(value, int) else None


def _fits(value: int, pattern: re.Pattern[str]) -> bool:
    return value >= 0 and pattern.fullmatch(str(value)) is not None


def _sure(asked: Sequence[Asked], pattern: re.Pattern[str]) -> bool:
    return len(asked) > 1 and len({value for _, value in asked}) == 1 and _fits(asked[0][1], pattern)


def _given(cells: Sequence[Settled], at: int, asked: Sequence[Asked]) -> Settled:
    return cells[at]._replace(value=asked[0][1], status="inferred", rules=tuple(rule for rule, _ in asked))


def _named(damaged: Sequence[Settled], folded: str, table: str) -> Finding:
    given = sum(one.status == "inferred" for one in damaged)
    printed = " ".join(folded[one.tokens[0].start : one.tokens[0].end] for one in damaged[:12])
    message = (
        f"a mark stands where digits were lost in {len(damaged)} cells ({printed}): "
        f"{given} follow from the sums, {len(damaged) - given} wait for a person"
    )
    keys = tuple(one.cell.indicator for one in damaged)
    return Finding(rule=f"{table}.lost_digits", severity="warning", message=message, indicators=keys)
