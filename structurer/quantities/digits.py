"""Numbers in digits: those that count something, told from dates, codes, enumerators and page marks."""

from __future__ import annotations

import re
from decimal import Decimal

from structurer.numerals import LITERAL, is_han, whole
from structurer.quantities.beside import RANGE, WORD, is_led, is_numeral, left_of, past
from structurer.quantities.building import built
from structurer.quantities.quantity import Quantity, Step
from structurer.quantities.words import DIGIT_TAIL, DIGIT_TAIL_HEADS, before, merged

# Digits joined by what makes them one thing: date, time, phone, range, row of cells, broken number.
_CLUSTER = re.compile(r"[0-9]+(?:(?: ?[-–—‐~/:*×·'’] ?|\.[ \n]?|,\n?| {1,4}|\r?\n|[至到] ?)[0-9]+)*")
_LISTED = re.compile(r"[0-9]{1,15}(?:,[0-9]{1,15}){1,7}")
_THREE = re.compile(r",[0-9]{3}(?![0-9])")
_WRAPPED = re.compile(r" *\r?\n *[百千万亿余]")
_DATED = re.compile(r"\s{0,3}[年月日号时]")
_IDENTIFIER = re.compile(r"1[3-9][0-9]{9}|123[0-9]{2}|[0-9]{12,}")  # a mobile, a hotline, too long to count
_CODES = (
    *(
        "邮编",
        "邮政编码",
        "电话",
        "传真",
        "手机",
        "热线",
        "平台",
        "拨打",
        "编号",
        "号码",
        "编码",
        "代码",
        "识码",
    ),
    *("索引号", "备案", "备案号", "文号", "证号", "账号", "帐号", "微信号", "QQ", "QQ群"),
)
_HOTLINES = ("热线", "平台", "市长", "便民", "政务服务", "拨打")
_FRAMES = frozenset(("()", "[]", "〔〕", "【】"))
_DASHES = ("-", "—", "–")
_GLUE = ("@", "_", "+")
_ENUMERATES = (".", "、", ")", "]", " ")


def digits(text: str, at: int) -> Step:
    """Read a cluster of digits: one number, a short list of numbers, or something else that is passed by."""
    end = past(_CLUSTER, text, at)
    follows = text[end : end + 1]
    if follows.isascii() and (follows.isalpha() or follows in ("@", "_")):
        return past(WORD, text, end), ()
    if end - at <= 40 and LITERAL.fullmatch(text, at, end):
        return _digit_number(text, at, end)
    if end - at <= 128 and _LISTED.fullmatch(text, at, end) and not _THREE.search(text, at, end):
        return _listed(text, at, end)
    return past(RANGE, text, end), ()


def _listed(text: str, at: int, end: int) -> Step:
    """Read `2018,7800`: not groups of three, hence separate numbers, of which the last may have a unit."""
    found: tuple[Quantity, ...] = ()
    for number in re.finditer("[0-9]+", text[at:end]):
        after, more = _digit_number(text, at + number.start(), at + number.end())
        found += more
    return after, found


def _digit_number(text: str, at: int, end: int) -> Step:
    """Read the number `text[at:end]` with the words round it."""
    if _is_part(text, at, end):
        return end, ()
    if text[end : end + 1] not in DIGIT_TAIL_HEADS:
        return _bare(text, at, end)
    tail = DIGIT_TAIL.match(text, end)
    assert tail is not None  # every part is optional
    after = tail.end()
    apart = _range_end(text, tail)
    if apart:
        return apart, ()
    if _WRAPPED.match(text, after) or (not tail["unit"] and is_numeral(text[after : after + 3], 0)):
        return after, ()
    if after == end:
        return _bare(text, at, end)
    return built(text, at, end, tail) if _is_worded(text, at, end, tail) else (after, ())


def _range_end(text: str, tail: re.Match[str]) -> int:
    """Return where a range ends whose first half ends in `tail` (`3万至5万`, `3条至5条`), 0 if it is none."""
    other = RANGE.match(text, tail.end())
    unit = tail["unit"]
    if other is None or (unit and not text.startswith(unit, other.end())):
        return 0
    return other.end()


def _is_part(text: str, at: int, end: int) -> bool:
    """Tell whether the digits are half of something else, whatever follows: `007` `前3` `+3` `-3`."""
    if text[at] == "0" and end - at > 1 and text[at + 1].isdigit():
        return True
    if end - at > 2 and "." in text[at + 1 : at + 3] and _begins_item(text, at):
        return True  # could be an item's number run into a figure: 1.5万 or 1. 5万
    return is_numeral(text[max(0, at - 3) : at], -1) or is_led(text, at)


def _begins_item(text: str, at: int) -> bool:
    """Tell whether an enumerator may stand at `at`: at a line's or a sentence's beginning."""
    left = left_of(text, at).rstrip(" ")
    return not left or left[-1] in "\n\r。;!?"


def _is_worded(text: str, at: int, end: int, tail: re.Match[str]) -> bool:
    """Tell whether digits with words behind them count something: neither a year nor a hotline nor `5+2`."""
    literal, follows = text[at:end], text[tail.end() : tail.end() + 1]
    if tail["unit"]:
        return not (
            (tail["unit"] == "年" and _looks_like_year(literal))
            or (literal == "12345" and left_of(text, at).rstrip('“"(').endswith(_HOTLINES))
        )
    if tail["more"] == "+" and follows.isalnum() and not is_han(follows):
        return False
    if tail["times"] or tail["after"]:
        return True
    return not (is_han(follows) and _looks_like_year(literal))


def _looks_like_year(literal: str) -> bool:
    return len(literal) == 4 and literal[:2] in ("19", "20")


def _bare(text: str, at: int, end: int) -> Step:
    """Read digits with nothing behind them, unless they are part of a word, an enumerator or a code."""
    follows = text[end : end + 1]
    if is_han(follows) or follows in _GLUE:
        return end, ()
    if end - at <= 2 and _is_enumerator(text, at, end):
        return end, ()
    literal = text[at:end]
    if _DATED.match(text, end):
        return end, ()
    if _is_labelled(text, at) or _is_framed(text, at, end) or _IDENTIFIER.fullmatch(literal):
        return end, ()
    begin, found = before(text, at)
    value = int(literal) if literal.isdigit() else whole(Decimal(literal.replace(",", "")))
    return end, (Quantity(begin, end, (at, end), value, merged(found), ""),)


def _is_enumerator(text: str, at: int, after: int) -> bool:
    """Tell whether one or two digits number an item: `1.` `2、` `(3)` `4 概述`."""
    follows, then = text[after : after + 1], text[after + 1 : after + 2]
    if follows not in _ENUMERATES:
        return False
    near = left_of(text, at).rstrip(" ")[-2:]
    if follows == ".":
        return bool(then.strip()) or not near or not is_han(near[-1])
    if follows == " ":
        return is_han(then) and _begins_item(text, at)
    listed = near[-1:] == "、" and near[:1].isdigit()
    return not is_han(near[-1:]) and not listed


def _is_labelled(text: str, at: int) -> bool:
    """Tell whether a label in front says that the digits are a code: 邮编, 电话, 编号."""
    left = left_of(text, at).rstrip(" :")
    return left.removesuffix("为").removesuffix("是").endswith(_CODES)


def _is_framed(text: str, at: int, end: int) -> bool:
    """Tell page marks `- 4 -` and bracketed numbers `〔2021〕` from figures."""
    before, behind = text[max(0, at - 2) : at].rstrip(" ")[-1:], text[end : end + 2].lstrip(" ")[:1]
    return before + behind in _FRAMES or (before in _DASHES and behind in _DASHES)
