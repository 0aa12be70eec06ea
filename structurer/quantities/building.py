"""A numeral and the words round it put together."""

from __future__ import annotations

import re
from decimal import Decimal

from structurer.numerals import read_spoken, whole
from structurer.quantities.beside import left_of
from structurer.quantities.quantity import Quantity, Step
from structurer.quantities.words import before, is_up_to, merged, said_after

_FRACTIONAL = {
    "",
    "元",
    "万元",
    "亿元",
    "美元",
    "欧元",
    "港元",
    "%",
    "‰",
    "小时",
    "个小时",
    "分钟",
    "天",
    "个百分点",
}


def built(text: str, at: int, end: int, tail: re.Match[str]) -> Step:
    """Return the quantity of the numeral at `text[at:end]` and its tail, or none if it has no exact value."""
    after = tail.end()
    end = tail.end("times") if tail["times"] else end
    value = read_spoken(text[at:end])
    if value is None:
        return after, ()
    unit = (tail["unit"] or "").replace("多", "")
    if unit == "元" and text[end - 1] in "万亿" and end - at > 1:
        unit, value, end = _money(text, at, end, value)
    stated = whole(value)
    if isinstance(stated, float) and unit not in _FRACTIONAL:
        return after, ()  # half a count: an item number glued to a count (3.15条)
    begin, found = before(text, at)
    if is_up_to(left_of(text, at), text[at:end]):
        begin, found = at - 1, {"over"}
    found |= said_after(tail)
    return after, (Quantity(begin, after, (at, end), stated, merged(found), unit),)


def _money(text: str, at: int, end: int, value: Decimal) -> tuple[str, Decimal, int]:
    """Move the last 万 or 亿 from the numeral to the unit, as amounts are published: 3万余元 is 3 万元."""
    level = text[end - 1]
    numeral = text[at : end - 1].rstrip(" 余多几")
    return level + "元", value / (10_000 if level == "万" else 100_000_000), at + len(numeral)
