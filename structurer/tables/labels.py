"""The labels a table can print: a closed set over all forms, matched in the forms' order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from itertools import groupby, pairwise
from typing import NamedTuple

from structurer.fold import fold
from structurer.forms import Cell, Forms, Table
from structurer.tables.cells import LONGEST, han

_ENUMERATOR = re.compile(
    r"^(?:其中[::]?|\([一二三四五六七八九十]{1,3}\)|[一二三四五六七八九十]{1,3}、|[0-9]{1,2}[.、])+"
)
_REMARK = re.compile(r"\((?![一二三四五六七八九十]{1,3}\))[^()]*\)")


@cache
def key(label: str) -> str:
    """What a label is compared by: its Chinese characters without enumerator and remarks.

    >>> key("（二）部分公开（区分处理的，只计这一情形，不计其他情形）")
    '部分公开'
    """
    folded = fold(label)
    return han(_ENUMERATOR.sub("", _REMARK.sub("", folded) or folded))


def _whole_key(label: str) -> str:
    """As `key`, remarks kept: what stands there when the remark's brackets were lost."""
    return han(_ENUMERATOR.sub("", fold(label)))


class Slot(NamedTuple):
    """One row of one form's table: where its cells belong, and what the page prints around it."""

    row: str
    form: str
    places: tuple[Cell, ...]
    group: str
    """The key of the group line it stands under."""
    columns: tuple[frozenset[str], ...]
    """Per column the first characters of its label and of its variants (see `PREFIX`)."""
    labels: tuple[frozenset[str], ...]
    """Per column the keys of its label and of its variants."""
    sure: bool = True
    """The page shows that the row follows this form."""
    full: bool = False
    """The page has a column for remarks, which may stand among the row's cells."""
    bound: bool = False
    """Sums bind the row's cells."""


class Label(NamedTuple):
    """A text that labels print, and everything it can name."""

    key: str
    ranks: tuple[int, ...]
    """The places of its rows in the form's order, ascending."""
    column: bool
    group: bool


PREFIX = 3
"""Characters that tell the columns of all forms apart, and that most torn headers keep."""


class Vocabulary:
    """All labels of one table over all forms, and the order in which its rows come."""

    def __init__(self, tables: tuple[tuple[str, Table], ...]) -> None:
        self.tables = dict(tables)
        self.rows: tuple[str, ...] = _merged(
            [[row.id for block in t.blocks for row in block.rows] for _, t in reversed(tables)]
        )
        self.rank = {row: rank for rank, row in enumerate(self.rows)}
        self.row_keys: dict[str, set[str]] = {}
        columns: set[str] = set()
        groups: set[str] = set()
        for _, table in tables:
            groups.update(key(text) for text in (*table.furniture, table.title))
            for block in table.blocks:
                groups.update({key(block.heading), *(key(row.under) for row in block.rows)})
                groups.update(key(column.under) for column in block.columns)
                columns.update(
                    key(text) for column in block.columns for text in (column.label, *column.variants)
                )
                for row in block.rows:
                    for text in {key(label) for label in (row.label, *row.variants)} | {
                        _whole_key(row.label)
                    }:
                        self.row_keys.setdefault(text, set()).add(row.id)
        groups.discard("")
        self.slots = {form: {slot.row: slot for slot in _slots(form, table)} for form, table in tables}
        self.blocks = {form: list(_blocks(slots.values())) for form, slots in self.slots.items()}
        """Form → the rows of each of its blocks under one header."""
        self.prefixes = frozenset(
            p for of in self.slots.values() for s in of.values() for c in s.columns for p in c
        )
        under = [(row, key(row.under)) for _, table in tables for block in table.blocks for row in block.rows]
        self.line_keys = frozenset(
            {group for _, group in under if group} | {text for text in self.row_keys if text not in columns}
        )
        """The texts that stand at the head of a line and nowhere else: rows' labels and their groups'."""
        begins = {row.id for (_, same), (row, group) in pairwise(under) if same != group}
        of_group = {group: {row.id for row, its in under if its == group} for _, group in under if group}
        self.group_before = {
            text: frozenset({group, *(key for key, rows in self.row_keys.items() if rows & of_group[group])})
            for row, group in under
            if group and row.id not in begins
            for text in self.row_keys
            if text in columns and row.id in self.row_keys[text]
        }
        """Per label that also names a column and never begins a group: the group's own line and rows."""
        self.header_characters = frozenset(
            char
            for _, table in tables
            for block in table.blocks
            for text in (
                *table.furniture,
                *(name for c in block.columns for name in (c.under, c.label, *c.variants)),
            )
            for char in fold(text)
        )
        """Every character that a header of the form can print."""
        self.same_columns = len({tuple(c.id for b in t.blocks for c in b.columns) for _, t in tables}) == 1
        self._headed = {
            row.id: [han(fold(row.under + row.label)), han(fold(row.label))]
            for _, table in tables
            for block in table.blocks
            for row in block.rows
        }
        keys = sorted({*self.row_keys, *columns, *groups}, key=lambda text: (-len(text), text))
        self._any = "|".join(map(re.escape, keys))
        self._pattern = re.compile(self._any)
        self._labels = {text: self._label(text, columns, groups) for text in keys}
        self.keys_of = {
            row: sorted((text for text, rows in self.row_keys.items() if row in rows), key=len, reverse=True)
            for row in self.rows
        }
        """Row → the texts its label can read, longest first."""
        # Labels are the same in most reports, so what they hold is looked for once.
        self._known = lru_cache(4096)(self._labels_in)

    @cached_property
    def longer(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """Row → the rows whose labels end with one of its own, and these labels: damaged, they read as it."""
        found: dict[str, list[tuple[str, str]]] = {}
        for row, keys in self.keys_of.items():
            for other, theirs in self.keys_of.items():
                ends = [text for text in theirs if any(_is_end(key, text) for key in keys)]
                if other != row and ends:
                    found.setdefault(row, []).extend((other, text) for text in ends)
        return found

    def _label(self, text: str, columns: set[str], groups: set[str]) -> Label:
        ranks = sorted(self.rank[row] for row in self.row_keys.get(text, ()))
        return Label(text, tuple(ranks), text in columns, text in groups)

    def labels_in(self, text: str) -> tuple[tuple[Label, int, int], ...]:
        """The labels in Chinese-only text with their half-open spans; the longest label wins."""
        return self._known(text) if len(text) <= LONGEST else self._labels_in(text)

    def _labels_in(self, text: str) -> tuple[tuple[Label, int, int], ...]:
        return tuple((self._labels[found[0]], *found.span()) for found in self._pattern.finditer(text))

    @cached_property
    def ends(self) -> re.Pattern[str]:
        """Matches Chinese-only text that ends with a label."""
        return re.compile(f"(?:{self._any})$")

    def torn(self, text: str, after: str) -> set[str]:
        """The rows with a label that begins where `text` ends and goes on, whole, in `after`."""
        torn = self._tears.get(text[-1:] + after[:1], ())
        return {row for row, head, tail in torn if text.endswith(head) and after.startswith(tail)}

    @cached_property
    def _tears(self) -> Mapping[str, list[tuple[str, str, str]]]:
        """Two neighbouring characters of a label → its row, and its parts when it is torn between them."""
        tears: dict[str, list[tuple[str, str, str]]] = {}
        for row in self.rows:
            # The group line may stand before the label, numerals included.
            for text in (*self.keys_of[row], *self._headed.get(row, ())):
                for cut in range(1, len(text)):
                    tears.setdefault(text[cut - 1 : cut + 1], []).append((row, text[:cut], text[cut:]))
        return tears


def _is_end(key: str, text: str) -> bool:
    return len(text) > len(key) + 2 and text.endswith(key)


def _slots(form: str, table: Table) -> Iterator[Slot]:
    for block in table.blocks:
        labels = tuple(frozenset(key(text) for text in (c.label, *c.variants)) for c in block.columns)
        columns = tuple(frozenset(text[:PREFIX] for text in keys) for keys in labels)
        for row in block.rows:
            places = tuple(table.by_indicator[f"{table.id}.{row.id}.{column.id}"] for column in block.columns)
            group = key(row.under) if row.under else ""
            yield Slot(row.id, form, places, group, columns, labels, bound=bool(table.sums))


def _blocks(slots: Iterable[Slot]) -> Iterator[list[str]]:
    for _, block in groupby(slots, key=lambda slot: id(slot.columns)):
        yield [slot.row for slot in block]


def _merged(orders: list[list[str]]) -> tuple[str, ...]:
    """One order that keeps each of the given ones: rows of one form only stand before their successor."""
    merged: list[str] = []
    for order in orders:
        at = 0
        for row in order:
            if row in merged:
                at = merged.index(row) + 1
            else:
                merged.insert(at, row)
                at += 1
    return tuple(merged)


_MADE: dict[tuple[str, str], Vocabulary] = {}


def vocabulary(forms: Forms, table: str) -> Vocabulary:
    """The vocabulary of one table id over all forms (made once for each set of forms)."""
    made = _MADE.get((forms.fingerprint, table))
    if made is None:
        made = _MADE[forms.fingerprint, table] = Vocabulary(tuple(forms.tables[table].items()))
    return made
