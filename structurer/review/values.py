"""What a reviewer types, read as a value that can stand under an indicator."""

from __future__ import annotations

import re
from math import isfinite

from structurer.errors import ReviewError
from structurer.fold import fold
from structurer.numerals import parse_number
from structurer.observation import Observation, Value
from structurer.review.rulebook import Rulebook

BLANK_WORDS = frozenset({"空", "空白", "blank", "null"})
_APPROXIMATE = frozenset("余多近约超逾数几")
_GREATEST = 10**15
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?")
_LONGEST = 400


def read_value(typed: str, indicator: str, book: Rulebook) -> Value:
    """The value that was typed, in any width; `空` or `blank` is a place left blank.

    Raises ReviewError for what cannot stand there: text for a number, a broken count, a negative one.
    """
    folded = fold(typed).strip()
    if indicator.partition(".")[0] == "metadata":
        return _year(folded, indicator) if indicator.endswith(".year") else _text(typed.strip(), indicator)
    if folded.lower() in BLANK_WORDS:
        return None
    if _APPROXIMATE & set(folded):
        raise ReviewError(f"{indicator}: {typed[:40]!r}: type the number alone")
    number = _number(folded)
    if number is None:
        raise ReviewError(f"{indicator}: {typed[:40]!r} is no number; type one, or 空 for a blank place")
    return fitting(number, indicator, book)


def fitting(value: Value, indicator: str, book: Rulebook) -> Value:
    """The value, if it can stand under the indicator. Raises ReviewError."""
    if value is None or isinstance(value, str):
        if isinstance(value, str) and indicator.partition(".")[0] != "metadata":
            return read_value(value, indicator, book)
        return value
    if isinstance(value, bool) or not isfinite(value) or abs(value) >= _GREATEST:
        raise ReviewError(f"{indicator}: {str(value)[:40]} is no number")
    cell = book.forms.cells.get(indicator)
    kind = cell.kind if cell is not None else "count"
    if kind != "money" and isinstance(value, float):
        if not value.is_integer():
            raise ReviewError(f"{indicator}: a count is whole, {value} is not")
        value = int(value)
    if kind != "signed" and value < 0:
        raise ReviewError(f"{indicator}: {value} is negative; only a change can be")
    return value


def acceptable(found: Observation | None) -> bool:
    """Whether there is a value, or a place left blank, that can be accepted as it is."""
    if found is None or found.status == "ambiguous":
        return False
    return found.value is not None or found.accepted


def _number(folded: str) -> int | float | None:
    if _NUMBER.fullmatch(folded):
        plain = folded.replace(",", "")
        return float(plain) if "." in plain else int(plain)
    return parse_number(folded)


def _year(folded: str, indicator: str) -> int:
    if re.fullmatch(r"(?:19|20)[0-9]{2}", folded):
        return int(folded)
    raise ReviewError(f"{indicator}: {folded[:40]!r} is no year")


def _text(typed: str, indicator: str) -> str | None:
    if len(typed) > _LONGEST:
        raise ReviewError(f"{indicator}: over {_LONGEST} characters")
    return None if typed.lower() in BLANK_WORDS else typed
