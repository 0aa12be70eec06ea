"""Dates as reports print them, read as ISO 8601."""

from __future__ import annotations

import re
from datetime import date

from structurer.numerals import parse_number

_CN = "〇○零一二三四五六七八九十0"
DATE = (
    r"(?:(?:19|20)[0-9]{2}[-./](?:[0-9]{1,2})[-./](?:[0-9]{2}(?=[0-9]{2}:)|[0-9]{1,2}(?![0-9]))"
    r"|(?:19|20)[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}日"
    rf"|[{_CN}]{{4}}年[{_CN}]{{1,3}}月[{_CN}]{{1,3}}日)"
)
"""A whole date in folded text without white space; a clock time may be glued to it."""
_PARTS = re.compile(r"[-./年月日]")


def iso(printed: str) -> str | None:
    """The date in ISO 8601; None when it is no day of the calendar."""
    numbers = [_number(part) for part in _PARTS.split(printed) if part]
    if len(numbers) != 3 or None in numbers:
        return None
    year, month, day = (number or 0 for number in numbers)
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _number(part: str) -> int | None:
    value = parse_number(part.replace("○", "〇"))
    return value if isinstance(value, int) else None
