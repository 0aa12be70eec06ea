"""The cell stream: a table's text as numbers, visible empties and label words, with offsets."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from structurer.document import CELL, ROW

TokenKind = Literal["number", "not_applicable", "text", "blank"]

UNITS = "件次|条次|人次|万元|亿元|[件条项个宗起次份例元人篇家部本期场]"
_NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"
_SIDE = "[0-9]{1,100}"
_BOUND = rf"(?=[\s\u200b|{ROW}{CELL}。;]|$)"
_AFTER_UNIT = rf"(?=[\s\u200b|{ROW}{CELL}。;,、]|$)"

_APART = rf"\s\u200b|{ROW}{CELL}。;"
"""What stands between two pieces of a table, inside a character class."""
# Nearly every piece of a table is a count, a border or a label: told at a glance, `_ATOM` reads the rest.
_PIECE = re.compile(
    rf"([0-9]{{1,15}})(?=[{_APART}]|$)(?![ ](?:{UNITS}))"
    rf"|([|{ROW}{CELL}])"
    rf"|((?![增减无不])[(\[\u4e00-\u9fff][^0-9{_APART}]*)(?=[{_APART}]|$)"
    rf"|[^{_APART}]+"
)
_COUNT, _BORDER, _LABEL = 1, 2, 3
_MOST_DIGITS = 100
"""A longer row of digits is no number."""
LONGEST = 80
"""Characters of the longest text of which it is remembered what it says: a longer one is met once."""
_ATOM = re.compile(
    rf"""
    (?P<both>\+[ ]?\(?{_SIDE}\)?[ ]?/?[ ]?-[ ]?\(?{_SIDE}\)?|{_SIDE}/{_SIDE}){_BOUND}
  | (?P<number>(?:[+\-]|增加?|减少?)?{_NUMBER}(?:[ ]?(?:{UNITS}){_AFTER_UNIT}|{_BOUND}))
  | (?P<text>[A-Za-z?]{{1,4}}){_BOUND}
  | (?P<none>[/\\*]|-{{1,6}}|无|不涉及|不适用|无此项){_BOUND}
  | (?P<word>[^{_APART}]+)
    """,
    re.X,
)
_PARTS = re.compile(rf"(?P<sign>[+\-]|增加?|减少?)?(?P<number>{_NUMBER})[ ]?(?P<unit>{UNITS})?")
_BOTH = re.compile(r"([0-9]+)")
_NOT_HAN = re.compile(r"[^\u3007\u4e00-\u9fff]+")
_ENUMERATOR = re.compile(
    rf"[(\[]?[0-9]{{1,2}}(?:[.、,:)\]]+|(?!(?:{UNITS})(?![\u4e00-\u9fff]))(?=[\u4e00-\u9fff]))"
)
"""A digit before a label; before a unit that ends its words it is a number."""
_DIGIT = re.compile(r"[0-9]")
# What may stand alone between cells without being one: an enumerator, punctuation.
_MARKS = re.compile(r"[0-9]{1,2}[.、:)]+|[^\w\u25a0-\u25ff\u2600-\u27bf]+")
_GLUED = re.compile(
    rf"(?P<label>.*[\u4e00-\u9fff\"')\]])[::]?(?P<number>[+\-]?{_NUMBER}(?:{UNITS})?)[,。;;]?"
)

# A remark or an instruction in brackets: whatever numbers and labels it holds are not the table's.
_REMARK = re.compile(r"\((?![一二三四五六七八九十]{1,3}\))(?=[^()]*[\u4e00-\u9fff])[^()]{1,300}\)")
_BARE = re.compile(r"[\s|](?:[0-9][0-9,.]*)[\s|]")
_PAGE_MARK = re.compile(
    r"^[ \t|]*(?:-+ ?[0-9]{1,4} ?-+|第 ?[0-9]{1,4} ?页(?:[ ,/]*共 ?[0-9]{1,4} ?页)?"
    r"|[0-9]{1,4} ?/ ?[0-9]{1,4} ?页)[ \t|]*$",
    re.M,
)
_MAYBE_PAGED = re.compile(r"-[ \t|]*(?:\n|\Z)|页")
"""What the end of every page mark looks like, for a quick look."""
_RULER = re.compile(r"^[ \t]*\|?(?:[ \t]*:?-{2,}:?[ \t]*\|)+[ \t]*(?::?-{2,}:?)?[ \t]*$", re.M)


class Token(NamedTuple):
    """What stands in one cell: offsets into the folded text, and what it reads as."""

    start: int
    end: int
    kind: TokenKind
    value: int | float | None = None
    signed: bool = False
    unit: str = ""


class Word(NamedTuple):
    """A piece of label text: `han` is what is left of it without digits, marks and spaces."""

    start: int
    end: int
    han: str
    stray: bool
    """It holds digits that are no enumerator: a number nobody has read."""


class Bar(NamedTuple):
    """A visible border between two cells; `row` where it ends a row, `grid` where it is a grid's."""

    start: int
    row: bool
    grid: bool


Atom = Token | Word | Bar


def mask(text: str) -> str:
    """The text with remarks, page marks and markdown rulers blanked out, offsets unchanged."""
    if _MAYBE_PAGED.search(text):
        text = _PAGE_MARK.sub(_blank, text)
    if "--" in text:
        text = _RULER.sub(_blank, text)
    return _REMARK.sub(_blank_remark, text)


def _blank_remark(match: re.Match[str]) -> str:
    """Cells in the middle of a remark that is torn around them stay."""
    return match[0] if _BARE.search(match[0]) else _blank(match)


def _blank(match: re.Match[str]) -> str:
    return "\u200b" * (match.end() - match.start())


def han(text: str) -> str:
    """Only the Chinese characters of a text: what labels are compared by."""
    return _NOT_HAN.sub("", text)


def atoms(text: str, start: int, end: int, is_label_end: re.Pattern[str]) -> list[Atom]:
    """The cell stream of `text[start:end]` (folded and masked), in order.

    `is_label_end` matches Chinese text that ends with a label of the table: a number glued to such
    text is a cell of its own, a number glued to anything else is not read.
    """
    stream: list[Atom] = []
    add = stream.append
    new: Any = tuple.__new__  # in half the time that Token(…) takes; a report has hundreds
    done = start
    for found in _PIECE.finditer(text, start, end):
        here, there = found.span()
        kind = found.lastindex
        if here < done:
            done = _read(stream, text, done, there, end, is_label_end)
        elif kind == _COUNT:
            add(new(Token, (here, there, "number", int(found[0]), False, "")))
        elif kind == _LABEL:
            add(_wordy(here, there, found[0]))
        elif kind == _BORDER:
            border = found[0]
            add(Bar(here, border == ROW, border != "|"))
        else:
            done = _read(stream, text, here, there, end, is_label_end)
    return stream


def _wordy(start: int, end: int, piece: str) -> Atom:
    """Label text or punctuation; any other mark is a cell that nobody can read."""
    letters, mark, _ = (_known if len(piece) <= LONGEST else _spelled)(piece)
    return Word(start, end, letters, False) if letters or mark else Token(start, end, "text")


class _Spelled(NamedTuple):
    """A piece without cells: its Chinese characters, whether it is a mark, digits that are no enumerator."""

    letters: str
    mark: bool
    stray: bool


def _spelled(piece: str) -> _Spelled:
    stray = _DIGIT.search(_ENUMERATOR.sub("", piece, count=1)) is not None
    return _Spelled(han(piece), _MARKS.fullmatch(piece) is not None, stray)


# Labels are the same in most reports, so each is spelled once.
_known = lru_cache(4096)(_spelled)


def _read(
    stream: list[Atom], text: str, here: int, there: int, end: int, is_label_end: re.Pattern[str]
) -> int:
    """Add what a piece holds, which may reach into the next (`12 件`); where the last of it ends."""
    while here < there:
        found = _ATOM.match(text, here, end)
        assert found is not None, "every piece is at least a word"
        kind = found.lastgroup
        start, here = found.span()
        if kind == "number":
            stream.append(_number(text, start, here))
        elif kind == "none":
            stream.append(Token(start, here, "not_applicable"))
        elif kind == "text":
            stream.append(Token(start, here, "text"))
        elif kind == "both":
            stream.append(_both(text, start, here))
        else:
            stream.extend(_words(text, start, here, is_label_end))
    return here


def _number(text: str, start: int, end: int) -> Token:
    parts = _PARTS.fullmatch(text, start, end)
    assert parts is not None, "the atom pattern and its parts disagree"
    digits = parts["number"].replace(",", "")
    if len(digits) > _MOST_DIGITS:
        return Token(start, end, "text")
    value: int | float = float(digits) if "." in digits else int(digits)
    if value == int(value):
        value = int(value)
    sign = parts["sign"] or ""
    if sign and sign[0] in "-减":
        value = -value
    return Token(start, end, "number", value, bool(sign), parts["unit"] or "")


def _both(text: str, start: int, end: int) -> Token:
    """`0/0` or `+3 -0` under 本年增/减: a net figure only where one side is zero."""
    up, down = (int(number) for number in _BOTH.findall(text[start:end])[:2])
    if up and down:
        return Token(start, end, "text")
    return Token(start, end, "number", up - down, True)


def _words(text: str, start: int, end: int, is_label_end: re.Pattern[str]) -> list[Atom]:
    word = text[start:end]
    if not _DIGIT.search(word):
        return [_wordy(start, end, word)]
    glued = _GLUED.fullmatch(word)
    if glued and is_label_end.search(han(glued["label"])):
        at = start + glued.start("number")
        letters, _, stray = (_known if len(word) <= LONGEST else _spelled)(glued["label"])
        return [
            Word(start, start + glued.end("label"), letters, stray),
            _number(text, at, start + glued.end("number")),
        ]
    letters, _, stray = (_known if len(word) <= LONGEST else _spelled)(word)
    return [Word(start, end, letters, stray) if letters else _wordy(start, end, word)]
