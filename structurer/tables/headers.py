"""What the words above a block of rows say of its columns: whose they are, whether all, in which order."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from structurer.tables.cells import LONGEST
from structurer.tables.labels import Slot, Vocabulary


class Header(NamedTuple):
    """How the words above a block of rows agree with one form's columns of that block."""

    score: int
    """How well these columns explain the words; 0 where none of them is there."""
    whole: bool
    """Every column is named, if only by its beginning."""
    in_order: bool
    """The columns stand in the form's order; words that cannot tell do not deny it."""


def header(text: str, form: str, block: int, vocabulary: Vocabulary) -> Header:
    """`text` is Chinese only; `block` counts the form's blocks of rows from 0."""
    # Headers are the same in most reports, so each is read once.
    return (_known if len(text) <= LONGEST else _read)(text, form, block, vocabulary)


def _read(text: str, form: str, block: int, vocabulary: Vocabulary) -> Header:
    slot = vocabulary.slots[form][vocabulary.blocks[form][block][0]]
    return Header(_score(text, slot, vocabulary), _whole(text, slot), _in_order(text, slot, vocabulary))


_known = lru_cache(4096)(_read)


def _score(text: str, slot: Slot, vocabulary: Vocabulary) -> int:
    printed = {prefix for prefix in vocabulary.prefixes if prefix in text}
    seen = sum(not column.isdisjoint(printed) for column in slot.columns)
    foreign = printed.difference(*slot.columns)
    return 2 * seen - len(slot.columns) - len(foreign) if seen else 0


def _whole(text: str, slot: Slot) -> bool:
    return all(any(prefix in text for prefix in column) for column in slot.columns)


def _in_order(text: str, slot: Slot, vocabulary: Vocabulary) -> bool:
    """The last column may stand anywhere behind the first: a total that spans two header rows is printed
    before the columns of the second."""
    printed = [label.key for label, _, _ in vocabulary.labels_in(text)]
    places = [next((at for at, key in enumerate(printed) if key in keys), -1) for keys in slot.labels]
    if -1 in places or len(places) < 2:
        return True
    return places[:-1] == sorted(places[:-1]) and places[-1] > places[0]
