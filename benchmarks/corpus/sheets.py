"""Sheets: a table as one office filled it in, and the lines it is printed as."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from benchmarks.corpus.truth import Values, table
from benchmarks.corpus.wording import Wording

Value = int | float | None


class Truth(NamedTuple):
    """What is true of one indicator: `value` None where nobody could know it from the text.

    `printed` is as the library says it; `token` is what stands in the text ("" for nothing).
    """

    value: Value
    printed: str = "number"
    note: str = ""
    unit: str = ""
    token: str = ""


class Line(NamedTuple):
    """One printed line of a table: label cells, then value cells.

    Kinds: `head`, `block` (a heading across), `note`, `row`, `caption`, `mark` (of a page),
    `image`, `prose`.
    A token "" is a blank cell one can see, None a cell that left no trace.
    """

    kind: str
    labels: tuple[str, ...]
    tokens: tuple[str | None, ...] = ()
    row: str = ""


@dataclass
class Sheet:
    """One table of one report, ready to be damaged and printed."""

    form: str
    name: str
    values: Values
    tokens: dict[str, str | None]
    printed: dict[str, str] = field(default_factory=dict)
    """How a cell is printed where it is not a number."""
    notes: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    """Indicators whose value the text cannot tell."""
    swapped: tuple[str, str] | None = None
    unlabelled: str | None = None
    state: str = "table"
    """`table`, or what stands in its place: `image` (file names), `prose`, `heading` (nothing)."""
    marks: int = 0
    caption: str = ""
    """A line above the table."""
    extra: tuple[str, Line] | None = None
    """A line the form does not know, and the row it stands behind."""
    lost: set[str] = field(default_factory=set)
    """Rows of which nothing is printed, not even the label."""
    wrong: bool = False
    """The office's own sums fail."""

    def truth(self) -> dict[str, Truth]:
        """The truth of every indicator of the table; nothing where there is no table."""
        if self.state != "table":
            return {}
        printed, notes, units = self.printed, self.notes, self.units
        found = {}
        for key, value in self.values.items():
            unknown = key in self.unknown
            found[key] = Truth(
                None if unknown else value,
                printed.get(key, "number"),
                notes.get(key, ""),
                units.get(key, ""),
                self.tokens[key] or "",
            )
        return found


def number(value: int | float, separators: bool = False) -> str:
    """A figure as offices print it."""
    return f"{value:,}" if separators else str(value)


def sheet(form: str, name: str, values: Values, separators: bool = False) -> Sheet:
    """An undamaged sheet."""
    tokens: dict[str, str | None] = {key: number(value, separators) for key, value in values.items()}
    return Sheet(form=form, name=name, values=values, tokens=tokens)


def lines(filled: Sheet, wording: Wording) -> list[Line]:
    """The printed lines of a sheet, in order."""
    if filled.state == "image":
        return [Line("image", (text,)) for text in ("捕获2.PNG", "image003.png")[: 1 + filled.marks % 2]]
    if filled.state != "table":
        return [Line("prose", ("该项情况已在总体情况中一并说明。",))] if filled.state == "prose" else []
    get = filled.tokens.get
    printed = [
        Line(kind, labels, tuple([get(key) for key in keys]), row)
        for kind, labels, keys, row in _skeleton(filled.form, filled.name, wording)
    ]
    if filled.lost:
        printed = [line for line in printed if line.row not in filled.lost]
    if filled.extra:
        behind, line = filled.extra
        place = next(index for index, each in enumerate(printed) if each.row == behind)
        printed.insert(place + 1, line)
    if filled.caption:
        printed.insert(0, Line("caption", (filled.caption,)))
    if filled.swapped:
        _swap(printed, *filled.swapped)
    if filled.unlabelled:
        printed = [
            line._replace(labels=line.labels[:-1]) if line.row == filled.unlabelled else line
            for line in printed
        ]
    return printed


def _swap(printed: list[Line], one: str, other: str) -> None:
    """Swap two rows with their own labels; a group label stays in front."""
    first = next(index for index, line in enumerate(printed) if line.row == one)
    second = next(index for index, line in enumerate(printed) if line.row == other)
    above, below = printed[first], printed[second]
    printed[first] = below._replace(labels=(*above.labels[:-1], below.labels[-1]))
    printed[second] = above._replace(labels=(*below.labels[:-1], above.labels[-1]))


Printed = tuple[str, tuple[str, ...], tuple[str, ...], str]
Skeleton = tuple[Printed, ...]


@lru_cache(maxsize=1024)
def _skeleton(form: str, name: str, wording: Wording) -> Skeleton:
    return {
        "disclosure": _disclosure,
        "applications": _applications,
        "disputes": _disputes,
        "statistics": _statistics,
    }[name](form, wording)


def _disclosure(form: str, wording: Wording) -> Skeleton:
    made: list[Printed] = []
    for block in table(form, "disclosure").blocks:
        made.append(("block", (wording.item(block.heading),), (), ""))
        made.append(("head", (wording.dressed("信息内容"), *map(wording.column, block.columns)), (), ""))
        for row in block.rows:
            keys = tuple(f"disclosure.{row.id}.{column.id}" for column in block.columns)
            made.append(("row", (wording.row(row),), keys, row.id))
    return tuple(made)


def _applications(form: str, wording: Wording) -> Skeleton:
    (block,) = table(form, "applications").blocks
    single = [wording.dressed(column.label) for column in block.columns if not column.under]
    grouped = [wording.dressed(column.label) for column in block.columns if column.under]
    note = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
    made: list[Printed] = [
        ("note", (wording.dressed(note),), (), ""),
        ("head", (wording.dressed("申请人情况"),), (), ""),
        ("head", (single[0], wording.dressed("法人或其他组织"), *single[1:]), (), ""),
        ("head", tuple(grouped), (), ""),
    ]
    seen: set[str] = set()
    for row in block.rows:
        keys = tuple(f"applications.{row.id}.{column.id}" for column in block.columns)
        above = (wording.dressed(row.under),) if row.under and row.under not in seen else ()
        seen.add(row.under)
        made.append(("row", (*above, wording.row(row)), keys, row.id))
    return tuple(made)


def _disputes(form: str, wording: Wording) -> Skeleton:
    (block,) = table(form, "disputes").blocks
    results = tuple(wording.dressed(column.label) for column in block.columns)
    first, *suits = [wording.dressed(row.label) for row in block.rows]
    keys = tuple(f"disputes.{row.id}.{column.id}" for row in block.rows for column in block.columns)
    return (
        ("head", (first, wording.dressed("行政诉讼")), (), ""),
        ("head", (*results, *suits), (), ""),
        ("head", results * len(suits), (), ""),
        ("row", (), keys, "disputes"),
    )


def _statistics(form: str, wording: Wording) -> Skeleton:
    chosen = table(form, "statistics")
    labels = {wording.row(row) for block in chosen.blocks for row in block.rows}
    made: list[Printed] = [("head", ("统计指标", "单位", "统计数"), (), "")]
    seen: set[str] = set()
    for block in chosen.blocks:
        for row in block.rows:
            under = wording.dressed(row.under)
            if under and under not in seen and under not in labels:
                made.append(("block", (under,), (), ""))
            seen.add(under)
            (column,) = block.columns
            made.append(
                ("row", (wording.row(row), row.unit or ""), (f"statistics.{row.id}.{column.id}",), row.id)
            )
    return tuple(made)
