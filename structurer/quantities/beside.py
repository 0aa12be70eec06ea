"""What stands directly beside a number and makes something else of it: a half, a rank, a range."""

from __future__ import annotations

import re

from structurer.numerals import CHARACTERS

RANGE = re.compile(rf" ?[-–—~至到] ?(?:[0-9][0-9.,]*|[{CHARACTERS}]+)[百千万亿余多几]*")
WORD = re.compile(r"[0-9A-Za-z_@](?:[0-9A-Za-z_@./?=&%#~-]|:(?=//))*")
"""Letters and digits that hang together: a code, an address."""
_FRONTS = ("+", "之", ".")
_WINDOW = 12
"""Characters looked at to the left of a number; the longest word there has eight."""


def left_of(text: str, at: int) -> str:
    """The characters in front of offset `at` that can matter to a number there."""
    return text[max(0, at - _WINDOW) : at]


def past(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Where the pattern ends that begins at offset `at`; `at` itself where it does not."""
    found = pattern.match(text, at)
    return found.end() if found else at


def is_numeral(beside: str, edge: int) -> bool:
    """Tell whether a numeral stands at that edge of `beside`, then only half a number is in hand (3万5条).

    Blanks and one line break between the halves are a damaged file's, not an author's.
    """
    char = beside.strip(" \r\n")[edge:][:1]
    return bool(char) and (char in CHARACTERS or char.isdigit()) and beside.count("\n") < 2


def is_led(text: str, at: int) -> bool:
    """Tell whether the character in front makes the number a rank, a share, a sum or a negative."""
    front = text[at - 1 : at] if at else ""
    if front == "前":
        return text[max(0, at - 2)] not in "目此之以先提会事"
    return front in _FRONTS or (front == "-" and text[max(0, at - 2) : at] != "--")
