"""In which unit an amount is printed: in its cell, beside it, in the header above, or for the whole table."""

from __future__ import annotations

import re
from collections.abc import Iterator

from structurer.document import CELL, ROW

_MONEY = "万元|亿元|元"
_BLOCK = "第二十条"
_AMOUNT = "([十百千]?[万亿]?元|[万亿](?![一-龥]))"
_ABOVE = re.compile(
    rf"单位(?:[:为]|\s)*(?:[件项条次][、/,和]){{0,2}}(?:人民币)?{_AMOUNT}|\((?:人民币)?{_AMOUNT}[^()]{{0,20}}\)|/{_AMOUNT}"
)
_BESIDE = re.compile(
    rf"(?:^|[\s|,/、:({CELL}])(?:人民币)?(?P<unit>{_MONEY}|圆)\)?[\s|:\u200b{CELL}]{{0,12}}$"
)
_BEHIND = re.compile(rf"[\s|{CELL}]{{1,8}}(?P<unit>{_MONEY}|圆)(?=[\s|,。;)\u200b{CELL}{ROW}]|$)")
_STATED = re.compile(
    rf"单位(?:[::]|均?[为是])[^\n。]{{0,20}}?(?<=[::、,/\s和及为是币])({_MONEY})(?=[\s)、,。;|]|$)"
    rf"|以(?:人民币)?({_MONEY})为单位|\([^()\n]{{0,12}}?(?<=[(、,/])({_MONEY})\)"
)
"""What names the unit of all amounts of a table, in its caption, its header or a note below."""
_NEAR, _AROUND = 120, 200


def unit_beside(folded: str, start: int, at: int, end: int) -> str:
    """The unit in the cell before the amount in `folded[at:end]`, or behind it; "" where none is there.

    `start` is where the table begins.
    """
    found = _BESIDE.search(folded, max(start, at - 20), at) or _BEHIND.match(folded, end)
    return found["unit"].replace("圆", "元") if found else ""


def unit_above(folded: str, start: int, at: int) -> str:
    """The unit that the header of an amount's own block prints, "" where it prints none."""
    begin = max(start, at - _NEAR)
    begin = max(begin, folded.rfind(_BLOCK, begin, at))
    return next((unit for pair in reversed(_ABOVE.findall(folded, begin, at)) for unit in pair if unit), "")


def units_around(folded: str, start: int, end: int) -> frozenset[str]:
    """The units that a caption or a note names for all amounts of a table in `folded[start:end]`."""
    return frozenset(_stated(folded, max(0, start - _AROUND), start)) | frozenset(
        _stated(folded, end, end + _AROUND)
    )


def _stated(folded: str, start: int, end: int) -> Iterator[str]:
    for found in _STATED.findall(folded, start, end):
        yield from filter(None, found)
