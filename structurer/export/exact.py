"""Numbers that fixed types hold to the last digit."""

from __future__ import annotations

import math
from decimal import Decimal

from structurer.observation import Value

PRECISION, SCALE = 38, 9
"""Digits in all, and behind the point, of a decimal column; reports print six at most behind it."""
_LARGEST = 2**63 - 1


def fits_integer(value: int) -> bool:
    """Whether 64 bits hold it."""
    return -_LARGEST <= value <= _LARGEST


def fits_decimal(value: int | float) -> bool:
    """Whether a decimal column holds it without rounding."""
    return decimal(value) is not None


def decimal(value: int | float) -> Decimal | None:
    """The number as printed, or None where a decimal column would have to round it."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    made = Decimal(repr(value))
    _, digits, exponent = made.normalize().as_tuple()
    places = max(0, -exponent) if isinstance(exponent, int) else SCALE + 1
    whole = len(digits) + exponent if isinstance(exponent, int) else PRECISION
    return made if places <= SCALE and whole <= PRECISION - SCALE else None


def integers(values: list[Value]) -> list[int | None]:
    """The whole numbers among values that 64 bits hold; None for the rest."""
    return [value if type(value) is int and fits_integer(value) else None for value in values]


def decimals(values: list[Value]) -> list[Decimal | None]:
    """The numbers among values that a decimal holds and 64 bits do not; None for the rest."""
    return [
        decimal(value) if type(value) is float or (type(value) is int and not fits_integer(value)) else None
        for value in values
    ]


def numbers(values: list[Value]) -> list[float | None]:
    """All numbers among values as floats; None for text and for what is too large for one."""
    return [_float(value) if isinstance(value, int | float) else None for value in values]


def _float(value: int | float) -> float | None:
    try:
        return float(value)
    except OverflowError:
        return None


def texts(values: list[Value]) -> list[str | None]:
    """Texts among values, and the digits of numbers that neither an integer nor a decimal holds."""
    return [_text(value) for value in values]


def _text(value: Value) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return None if fits_integer(value) else str(value)
    return None if fits_decimal(value) else repr(value)
