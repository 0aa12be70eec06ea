"""Numbers in Chinese text: finds the quantities stated, each with its value, qualifier and unit.

Precision comes first: what could also be a date, a code, a range or half of a damaged number is left out.
Whether a sentence negates a quantity (未发生一起) or states it for a month is for its reader to ask.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from structurer.numerals import CHARACTERS, folded
from structurer.quantities.beside import WORD, past
from structurer.quantities.characters import characters
from structurer.quantities.digits import digits
from structurer.quantities.quantity import Quantity, Step

__all__ = ["Quantity", "quantities"]

_HEAD = re.compile(f"[0-9A-Za-z第{CHARACTERS}]")
_ORDINAL = re.compile(
    rf"第+(?: {{0,2}}[(]? {{0,2}}(?:[0-9]+|[{CHARACTERS}]+)[条项款章]?"
    rf"(?: {{0,2}}[、和及与至到-] {{0,2}}第?(?:[0-9]+|[{CHARACTERS}]+)[条项款章]?)*)?"
)


def quantities(text: str, start: int = 0, end: int | None = None) -> Iterator[Quantity]:
    """Yield the quantities stated in `text[start:end]`, in order and without overlap.

    Offsets refer to `text`. The piece is read as if it stood alone; time is linear in its length.
    """
    start, end, _ = slice(start, end).indices(len(text))
    piece = folded(text[start:end])
    at = 0
    while head := _HEAD.search(piece, at):
        at, found = _step(piece, head.start())
        for quantity in found:
            yield _moved(quantity, start) if start else quantity


def _moved(found: Quantity, by: int) -> Quantity:
    number = (found.number[0] + by, found.number[1] + by)
    return Quantity(found.start + by, found.end + by, number, found.value, found.qualifier, found.unit)


def _step(text: str, at: int) -> Step:
    """Read whatever begins at offset `at`; return where to go on, and the quantities read."""
    char = text[at]
    if "0" <= char <= "9":
        return digits(text, at)
    if char in CHARACTERS:
        return characters(text, at)
    return past(_ORDINAL if char == "第" else WORD, text, at), ()
