"""The cell stream: a table's text as numbers, visible empties and label words, with offsets."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from structurer.document import CELL, ROW

TokenKind = Literal["number", "not_applicable", "text", "blank"]

UNITS = "件次|条次|人次|万元|亿元|[件条项个宗起次份例元人篇家部本期场]"
_NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"
_BOUND = rf"(?=[\s\u200b|{ROW}{CELL}。;]|$)"
_AFTER_UNIT = rf"(?=[\s\u200b|{ROW}{CELL}。;,、]|$)"
_ITEM = r"[(\[]?[0-9]{1,2}(?:[.、,:)\]]+|(?=[\u4e00-\u9fff]))"
_NO_DIGITS = rf"[^\s\u200b|{ROW}{CELL}。;0-9]"

_ATOM = re.compile(
    rf"""
    (?P<pipe>[|{ROW}{CELL}])
  | (?P<both>\+[ ]?\(?[0-9]+\)?[ ]?/?[ ]?-[ ]?\(?[0-9]+\)?|[0-9]+/[0-9]+){_BOUND}
  | (?P<number>(?:[+\-]|增加?|减少?)?{_NUMBER}(?:[ ]?(?:{UNITS}){_AFTER_UNIT}|{_BOUND}))
  | (?P<text>[A-Za-z?]{{1,4}}){_BOUND}
  | (?P<none>[/\\*]|-{{1,6}}|无|不涉及|不适用|无此项){_BOUND}
  | (?P<label>(?:{_ITEM}{_NO_DIGITS}*|{_NO_DIGITS}+){_BOUND})
  | (?P<word>[^\s\u200b|{ROW}{CELL}。;]+)
    """,
    re.X,
)
_PARTS = re.compile(rf"(?P<sign>[+\-]|增加?|减少?)?(?P<number>{_NUMBER})[ ]?(?P<unit>{UNITS})?")
_BOTH = re.compile(r"([0-9]+)")
_NOT_HAN = re.compile(r"[^\u3007\u4e00-\u9fff]+")
_ENUMERATOR = re.compile(_ITEM)
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
    for pattern in (_PAGE_MARK, _RULER):
        text = pattern.sub(_blank, text)
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
    for match in _ATOM.finditer(text, start, end):
        kind = match.lastgroup
        here, there = match.span()
        if kind == "number":
            printed = match[0]
            add(
                Token(here, there, "number", int(printed))
                if printed.isdigit()
                else _number(text, here, there)
            )
        elif kind == "pipe":
            border = match[0]
            add(Bar(here, border == ROW, border != "|"))
        elif kind == "label":
            printed = match[0]
            letters = han(printed)
            if letters or _MARKS.fullmatch(printed):
                add(Word(here, there, letters, False))
            else:
                add(Token(here, there, "text"))
        elif kind == "none":
            add(Token(here, there, "not_applicable"))
        elif kind == "text":
            add(Token(here, there, "text"))
        elif kind == "both":
            add(_both(text, here, there))
        else:
            stream.extend(_words(text, here, there, is_label_end))
    return stream


def _number(text: str, start: int, end: int) -> Token:
    parts = _PARTS.fullmatch(text, start, end)
    assert parts is not None, "the atom pattern and its parts disagree"
    digits = parts["number"].replace(",", "")
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
    """A word with digits in it: a label and its number, or a label with digits that nobody has read."""
    word = text[start:end]
    glued = _GLUED.fullmatch(word)
    if glued and is_label_end.search(han(glued["label"])):
        at = start + glued.start("number")
        return [
            Word(start, start + glued.end("label"), han(glued["label"]), False),
            _number(text, at, start + glued.end("number")),
        ]
    if not han(word):
        return [Token(start, end, "text")]
    return [Word(start, end, han(word), _DIGIT.search(_ENUMERATOR.sub("", word, count=1)) is not None)]
