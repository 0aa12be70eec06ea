"""What the words above a block of rows say of its columns: whose they are, whether all, in which order."""

from __future__ import annotations

import re
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
    further: bool
    """A column that the form does not have is named among them: last year's figures, a subtotal."""
    remarks: bool
    """A column for remarks is named among them."""


# Words of a header that name no column of figures: what the cells count, their numbers, a gap.
_NO_COLUMN = re.compile("计量单位|单位|序号|栏次|行次|项目名称|项目|指标|名称|类别|人次|[件条项次万元]")
_REMARKS = re.compile("备注|说明|注释")
FURTHER = (
    "合计",
    "小计",
    "累计",
    "备注",
    "占比",
    "比例",
    "比重",
    "同比",
    "环比",
    "增长",
    "上年",
    "去年",
    "同期",
)
"""Columns that offices add to the form's."""
_FURTHER = re.compile("|".join(FURTHER))
_YEAR_ALONE = ("年", "年度")
_OTHER_YEAR = re.compile("(?:上年|去年|前年|往年|同期|上年度|历年)(?!度?项目)")


def names_further(text: str) -> bool:
    """Whether words above a table that no single row heads name a column that no form has."""
    return _FURTHER.search(text) is not None


def header(text: str, form: str, block: int, vocabulary: Vocabulary) -> Header:
    """`text` is Chinese only; `block` counts the form's blocks of rows from 0."""
    # Headers are the same in most reports, so each is read once.
    return (_known if len(text) <= LONGEST else _read)(text, form, block, vocabulary)


def _read(text: str, form: str, block: int, vocabulary: Vocabulary) -> Header:
    slot = vocabulary.slots[form][vocabulary.blocks[form][block][0]]
    strange = _strange(text, slot, vocabulary)
    further = _REMARKS.sub("", strange)
    return Header(
        _score(text, slot, vocabulary),
        _whole(text, slot),
        _in_order(text, slot, vocabulary),
        bool(further),
        further != strange,
    )


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


def _strange(text: str, slot: Slot, vocabulary: Vocabulary) -> str:
    """What stands among the columns' names and is none of the form's: "" where nothing does.

    A single character, words of the columns' own characters and, where a name is missing, any words may be
    torn or misspelt names, unless they speak of another year. A total printed twice is a column too many.
    """
    found = vocabulary.labels_in(text)
    columns = [(label, start) for label, start, _ in found if label.column]
    if not columns:
        return ""
    begin = max(
        (end for label, _, end in found if label.group and end <= columns[0][1]), default=columns[0][1]
    )
    ends = [start for _, start, _ in found[1:]] + [len(text)]
    gaps = [
        (label, text[start:end]) for (label, _, start), end in zip(found, ends, strict=True) if start >= begin
    ]
    words = _NO_COLUMN.sub("", "".join(gap for _, gap in gaps))
    # `上一年项目数量 2019年` only says which year that was.
    dated = any(
        gap in _YEAR_ALONE and label.column and not label.key.endswith("项目数量") for label, gap in gaps
    )
    if dated or _OTHER_YEAR.search(words):
        return words
    added = "".join(_FURTHER.findall(words))
    if added or not all(any(label.key in names for label, _ in columns) for names in slot.labels):
        return added
    first, last = (sum(label.key in slot.labels[at] for label, _ in columns) for at in (0, -1))
    twice = "".join(slot.labels[-1]) if 0 < first < last and len(slot.labels) > 1 else ""
    strange = "".join(char for char in words if char not in vocabulary.header_characters)
    return (strange if len(strange) > 1 else "") + twice
