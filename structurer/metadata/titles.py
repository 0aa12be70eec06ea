"""The title of a report: the forms it takes, over how many lines, and the agency and year it names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from structurer.metadata.regions import region_of

_PREFIX = re.compile(r"(?:[(\[]?(?:文字版|图文|全文)[)\]]?|(?:信息)?名称:|标题:|主题:|内容概述:|转发|《)+")
_CN_YEAR = "二[〇○零0][〇○零一二三四五六七八九]{2}"
_YEAR = re.compile(
    rf"(?:20[0-9]{{2}}|{_CN_YEAR})(?=年(?![0-9一二三四五六七八九十]{{1,2}}月)|度|政|信|\)|工作)"
)
_RANGE = re.compile(
    rf"(?P<first>20[0-9]{{2}}|{_CN_YEAR})年?度?(?:-+|~|—+|–|至|到|、|和|及|与|/)(?P<last>20[0-9]{{2}}|{_CN_YEAR})"
    "(?![0-9])"
)
# A title ends with 报告 or 年报; 政务 for 政府, a missing 政府 or 工作, a year in any of four places, 年
# lost: all occur.
_TITLE = re.compile(
    r"(?P<before>[^\n:。;,!?|>/]{0,48}?)(?:政府信息与政务|政府信息和政务|政府信息|政务信息"
    r"|政府政务|政务|信息)公开(?P<mid>[^\n:。;,!?|>/]{0,18}?)(?:年度报告|工作报告|情况报告|报告"
    r"|年报)"
    r"(?P<behind>\((?:20[0-9]{2}年?度?)\)|\(文字版\)|\((?:20[0-9]{2}年[0-9]{1,2}月)?(?:更正|修订|修正|更新|勘误|补正)[稿版件]?\)|的?(?:公告|通知|公示))?》?"
)
_NOT_TITLE = re.compile(
    "指南|目录|制度|首页|位置|上一[篇条]|下一[篇条]|点击|编制|根据|按照|现将|报送|做好|开展|构成"
    "|公布如下|本报告|由.*组成"
)
_ABOUT = re.compile("关于|的|公布|发布|印发|通知|公告")
_MENDS = re.compile("^(?:一?图(?:读懂|看懂|解|说)|读懂|更正|补正|修正|修订|勘误|补充|撤回|重新|对)+")
"""What a notice does to the report whose body it names."""
_ALIAS = re.compile(r"(?<=.)\([^()]*\)")
"""A second name of a body, in brackets behind the first."""
_PASSED = re.compile(".*(?:转发|批转|印发)")
_TAIL = re.compile(r"(?:(?:关于|公布|发布)+|年度|年|本级|部门|工作|单位|主动)+$")
BODY_END = re.compile(
    "(?:局|委|厅|办|院|部|署|处|所|站|会|室|府|中心|镇|乡|街道|街|省|市|区|县|旗|州|盟|大队|支队"
    "|总队|公司|馆|社|团|银行|学校|大学|中学|小学|队|台)$"
)


_END = re.compile(r"[\n|]")


class Title(NamedTuple):
    """A title: where it stands (half-open), its text, and what it names."""

    start: int
    end: int
    text: str
    agency: str | None
    year: int | None
    """Of several years the last one before 报告; `years` has them all."""
    years: tuple[int, ...] = ()


def years_in(text: str) -> tuple[int, ...]:
    """The years a piece of a title names, in digits or characters, each once, in their order."""
    found: list[int] = []
    for span in _RANGE.finditer(text):
        found += [_number(span["first"]), _number(span["last"])]
    found += [_number(year[0]) for year in _YEAR.finditer(text)]
    return tuple(dict.fromkeys(found))


def _number(year: str) -> int:
    if year.isdigit():
        return int(year)
    tail = year[2:].replace("○", "〇").replace("零", "〇").replace("0", "〇")
    return 2000 + int("".join(str("〇一二三四五六七八九".index(char)) for char in tail))


def titles(text: str, end: int) -> list[Title]:
    """All titles among the lines of `text[:end]`; one may be broken over up to three lines."""
    lines = _lines(text, end)
    found: list[Title] = []
    for index, (start, _) in enumerate(lines):
        for count in (1, 2, 3):
            run = lines[index : index + count]
            if len(run) < count or run[-1][1] - start > 90 or "|" in text[start : run[-1][1]]:
                break
            title = _title(text, run)
            if title is not None:
                found.append(title)
                break
    return found


def best(found: Sequence[Title]) -> Title | None:
    """The title that names most, of year and agency; of equals the first."""
    whole = [
        title for title in found if title.year is not None or title.agency is not None or "年" in title.text
    ]
    if not whole:
        return None
    return max(
        whole,
        key=lambda title: (
            (title.year is not None) * 2 + (title.agency is not None) * 2 + ("年" in title.text)
        ),
    )


def _lines(text: str, end: int) -> list[tuple[int, int]]:
    lines, at = [], 0
    while at < end:
        found = _END.search(text, at, end)
        stop = found.start() if found else end
        if stop > at:
            lines.append((at, stop))
        at = stop + 1
    return lines[:400]


def _title(text: str, run: Sequence[tuple[int, int]]) -> Title | None:
    joined = "".join(text[start:stop] for start, stop in run)
    if len(joined) > 90 or "公开" not in joined:
        return None
    prefix = _PREFIX.match(joined)
    skip = prefix.end() if prefix else 0
    found = _TITLE.fullmatch(joined, skip)
    if found is None or _NOT_TITLE.search(joined):
        return None
    if len(run) > 1 and _stands_alone(text, run):
        return None
    title = joined[skip:].rstrip("》")
    named = found["before"] + found["mid"] + (found["behind"] or "")
    start = run[0][0] + skip
    years = years_in(
        f"{named}年"
        if named.endswith(tuple("0123456789"))
        else f"{found['before']}政{found['mid']}年{found['behind'] or ''}"
    )
    return Title(
        start,
        run[-1][1],
        title,
        _agency(found["before"]),
        years[-1] if years else None,
        years,
    )


def _stands_alone(text: str, run: Sequence[tuple[int, int]]) -> bool:
    """Whether the first or the last lines are something else: a longer line, or a title already."""
    first, last = text[slice(*run[0])], text[slice(*run[-1])]
    return len(first) > 45 or bool(re.search("[。:;|>]", first)) or _is_title(first, last)


def _is_title(first: str, last: str) -> bool:
    """Whether the last line is a title in itself: one with a year, and a body of its own in a region of its
    own, unless the first line is the body it lacks."""
    found = _TITLE.fullmatch(last)
    if found is None or not years_in(last):
        return False
    if BODY_END.search(first) is None:
        return True
    own = _agency(found["before"])
    return own is not None and region_of(own) is not None


def _agency(before: str) -> str | None:
    """The agency in front of 政府信息公开, without year and 关于; None for 我局 and for what is no body.

    Of a report that is passed on (甲关于转发乙) it is the body behind: who passes it on did not write it.
    """
    passed = _PASSED.search(before)
    before = before[passed.end() :] if passed else before
    name = re.sub(rf"(?:20[0-9]{{2}}|{_CN_YEAR})(?:年度?)?", "", before)
    name = _ABOUT.split(name)[0] or _ABOUT.split(name)[-1]
    name = _ALIAS.sub("", _MENDS.sub("", name))
    name = _TAIL.sub("", name.strip("()[]\"'《》- "))
    if not 2 <= len(name) <= 36 or name[0] in "我本" or re.search("[0-9()]", name):
        return None
    return name if BODY_END.search(name) else None
