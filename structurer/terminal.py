"""Text as a terminal shows it: harmless, measured in cells, cut and wrapped."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

#: Marks that reorder what stands around them; shown, because a reader has to know they are there.
_REORDERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNIT = re.compile(r"[A-Za-z0-9.,%/:_+\-]+|\s+|.", re.DOTALL)
#: What must not begin a line.
_CLOSING = frozenset("，。、；：！？）」』》〉】〕”’,.;:!?)]}%")
#: What must not end one.
_OPENING = frozenset("（「『《〈【〔“‘([{")
_CUT = ".."


def plain(text: str) -> str:
    """The text on one line, with nothing in it that a terminal obeys.

    White space of any kind becomes spaces (an ideographic space stays), invisible characters go, and
    control characters, escapes and marks that reorder text become visible as `\\x1b` or `\\u202e`.
    """
    if text.isprintable():
        return text
    return "".join(map(_harmless, text))


def width(text: str) -> int:
    """How many cells the text takes: 2 for a wide character, 0 for a combining one, else 1."""
    if text.isascii():
        return len(text)
    return sum(map(_cells, text))


def cut(text: str, room: int) -> str:
    """The text in at most `room` cells; what was cut off shows as `..`."""
    if width(text) <= room:
        return text
    kept, used = [], 0
    for char in text:
        used += _cells(char)
        if used > room - len(_CUT):
            break
        kept.append(char)
    return "".join(kept) + _CUT[: max(room, 0)]


def right(text: str, room: int) -> str:
    """The text moved to the right end of `room` cells."""
    return " " * (room - width(text)) + text


def left(text: str, room: int) -> str:
    """The text filled with spaces up to `room` cells."""
    return text + " " * (room - width(text))


def wrap(text: str, room: int) -> list[str]:
    """The text in lines of at most `room` cells; always at least one line.

    Breaks between any two Chinese characters, but not inside a number or a Latin word that fits into a
    line, nor before closing or after opening punctuation.
    """
    lines, line, used = [], "", 0
    for unit in _units(text, max(room, 2)):
        cells = width(unit)
        if used + cells > room and line:
            lines.append(line.rstrip())
            line, used = "", 0
        if line or not unit.isspace():
            line, used = line + unit, used + cells
    return [*lines, line.rstrip()] if line or not lines else lines


def hanging(head: str, text: str, room: int) -> list[str]:
    """The text wrapped behind a head, its further lines below its first."""
    first, *more = wrap(text, room - width(head))
    return [head + first, *(" " * width(head) + part for part in more)]


def _units(text: str, room: int) -> list[str]:
    units: list[str] = []
    for unit in _UNIT.findall(text):
        while width(unit) > room:
            units.append(unit[:room])
            unit = unit[room:]
        joined = units and (unit in _CLOSING or units[-1] in _OPENING)
        if joined and width(units[-1]) + width(unit) <= room:
            units[-1] += unit
        else:
            units.append(unit)
    return units


@lru_cache(maxsize=8192)
def _cells(char: str) -> int:
    if unicodedata.east_asian_width(char) in "WF":
        return 2
    return 0 if unicodedata.category(char) in ("Mn", "Me", "Cf") else 1


@lru_cache(maxsize=1024)
def _harmless(char: str) -> str:
    if char.isprintable() or char == "\u3000":
        return char
    if char.isspace() and char not in "\x1c\x1d\x1e\x1f\x85":
        return " "
    category = unicodedata.category(char)
    if char in _REORDERING or category in ("Cc", "Cs"):
        return char.encode("unicode_escape", "surrogatepass").decode("ascii")
    return "" if category == "Cf" else char if category == "Co" else "?"
