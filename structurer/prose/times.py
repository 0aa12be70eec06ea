"""When a statement holds: the words of time that stand before its quantity."""

from __future__ import annotations

import re
from collections.abc import Iterator

from structurer.observation import Period

_TIMES = {
    # Every year is written so; the report's own sets the period to the year, others are decided by _dated.
    "to_date": (
        r"(?:截[至止]到?|(?<![直达得])到(?=(?:20[0-9]{2}年|年)?(?:年?底|12月)))(?P<date>(?:(?:20[0-9]{2}|本|当|今)?年)?度?"
        r"(?:(?P<m>[0-9]{1,2})月)?(?:(?P<d>[0-9]{1,2})[日号])?(?P<e>年?[底末])?)"
    ),
    "years": (
        r"(?P<y>20[0-9]{2})年?度?(?:至|到|-|~|、|和|及|与)(?!(?P=y))20[0-9]{2}年度?(?![0-9]{1,2}月)"
        r"(?:[、和及与]20[0-9]{2}年度?)*"
    ),
    "whole": (
        r"(?:20[0-9]{2}年)?1(?:月1日|月)?(?:至|-|到|起,?至?)(?:20[0-9]{2}年)?12月(?:31日)?"
        r"|20[0-9]{2}年1月1日(?:起,?)?(?:至|到|-)20[0-9]{2}年12月31日"
    ),
    "since": (
        r"[自从][^,。;\n]{0,20}?(?:以来|至今|起(?!至|,至))|(?:实施|施行|成立|开通|上线|建成|开展"
        r"|运行|颁布|创办)以来|20[0-9]{2}年以来"
        r"|20[0-9]{2}年(?:[0-9]{1,2}月)?(?:起|开始|至今)|历年|迄今|近[0-9两二三四五六七八九十]+年"
        r"|[两二三四五六七八九十0-9]+年来|往年|历史(?=累计|总)"
    ),
    "event": (
        r"(?:20[0-9]{2}年)?[0-9]{1,2}月(?:份|[0-9]{1,2}[日号]|[上中下]旬|初|中|间)?(?![底末])"
        r"|[上下]半年|[一二三四]季度|第[一二三四]季度"
        r"|期间(?<!报告期间)(?<!统计期间)(?<!年度期间)|当[天日]|现场会上|活动中|此次|本次|首[次期]"
    ),
    "previous": r"[上去]一?年(?<![比较与同和][上去]年)度?(?!结转|转结|末|底|同期|相比|的?基础)",
    "span": r"(?<!今年)(?<!本年)(?<!年度)(?<!年初)(?<!一年)(?<!长期)(?<!一直)以来|至今",
    "next": r"明年|下一年度?|来年",
    "often": r"近年来?|近几年|多年来"
    r"|(?<![〇○零一二三四五六七八九十0-9])[两二三四五六七八九十]年(?:间|里|共|累计|合计|总共)|每[周年季次]|每个?季度|周均|年均",
    "month": r"每个?月|月均",
    "day": r"每[天日]|日均",
    "now": r"(?:截[至止]到?)?(?:目前|现在)",
    "year": r"全年|本年度?|今年|年内|一年来(?<![多几两三]一年来)|年度内|报告期|当年",
    "dated": r"(?:20[0-9]{2}|二[〇○0零]二?[〇○零一二三四五六七八九][一二三四五六七八九]?)年度?",
}
_TIME = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _TIMES.items()))
_TIME_BEGINS = re.compile(
    "[0-9截到自从实施成开上建运颁创历迄近往两二三四五六七八九十下一第期当现活此本首去明来每周年月日目全今报以至]"
)
_YEAR = re.compile("20[0-9]{2}")
_MONTH = re.compile("(?<![0-9])([0-9]{1,2})月")
_BEFORE = re.compile("20[0-9]{2}年|全年|本年|今年")
_STOP = re.compile("[。;!?\\n|]")

_OBJECT = re.compile(
    "公开了?|发布了?|公布了?|公示了?|印发了?|编制了?|制定了?|报送了?|上报了?|更新了?|推送了?|转办|办理了?|完成|含|包括|根据|按照|依据|《|把|将"
)
_PART_OF_YEAR = re.compile(
    "(?:20[0-9]{2}年度?)?(?:第?[一二三四]季度|[上下]半年|[0-9]{1,2}月(?:份|[0-9]{1,2}[日号])?(?!底|末|[0-9]))"
    "|(?:截[至止]到?)?(?:目前|现在)"
)
_ENUMERATED = re.compile("[(]?(?:[一二三四五六七八九十]+是|第[一二三四五六七八九十]|[0-9]{1,2}[.、)])")
_ITEM = re.compile(f"{_ENUMERATED.pattern}|(?<=;)(?=20[0-9]{{2}}年|全年|本年|今年)")
_COMPARED = frozenset("比较与同和跟按照")
NEAR = 300
"""Characters of the sentence before a quantity that say when and for whom it holds."""
_KEPT = 2_000
"""Characters of a sentence whose time words are looked for once, for all its quantities."""

Dated = tuple[Period, str | None]
"""A period and, for what holds at a date, that date as far as it is printed."""


class Times:
    """The time words of a text, found paragraph by paragraph as they are asked for.

    `year` and `agency` are those of the report, None where they are not known.
    """

    def __init__(self, text: str, year: int | None, agency: str | None = None) -> None:
        self.text = text
        self.year = year
        self.agency = agency
        self._found: dict[int, list[re.Match[str]]] = {}

    def within(self, start: int, at: int) -> Iterator[re.Match[str]]:
        """The time words of a sentence before `at`, the nearest first."""
        near = max(start, at - NEAR)
        if at - start > _KEPT:
            return reversed(list(_words(self.text, near, at)))
        if start not in self._found:
            stop = _STOP.search(self.text, at, start + _KEPT)
            end = stop.start() if stop else start + _KEPT
            self._found[start] = list(_words(self.text, start, end))
        return (word for word in reversed(self._found[start]) if near <= word.start() < at)

    def is_part_of_year(self, start: int) -> bool:
        """Whether what stands before the semicolon opens with a part of the year, and so speaks of that."""
        if self.text[max(0, start - 1) : start] != ";" or _ENUMERATED.match(self.text, start):
            return False
        stop = max(self.text.rfind(mark, max(0, start - NEAR), start) for mark in "。!?\n|") + 1
        opening = max(stop, start - NEAR)
        for mark in _ITEM.finditer(self.text, opening, start):
            opening = mark.end()
        return _PART_OF_YEAR.match(self.text, opening, start) is not None

    def earlier(self, start: int) -> str:
        """The last year, or word for one, that the paragraph names before the sentence; "" when none."""
        begin = max(self.text.rfind("\n", max(0, start - 500), start) + 1, start - 500, 0)
        last = ""
        for word in _BEFORE.finditer(self.text, begin, start):
            last = word[0]
        return last


def _words(text: str, at: int, end: int) -> Iterator[re.Match[str]]:
    while head := _TIME_BEGINS.search(text, at, end):
        word = _TIME.match(text, head.start(), end)
        at = word.end() if word else head.end()
        if word:
            yield word


def bracketed(words: Times, when: str) -> Dated | None:
    """The period that a year in brackets behind the figure says."""
    kind = _dated(words, when) if when.startswith("20") else "previous"
    if kind == "year":
        return "year", None
    return ("previous_year", None) if kind == "previous" else None


def period(words: Times, start: int, clause: int, at: int) -> Dated | None:
    """The last time word before the quantity decides; of the paragraph before, only years count."""
    text = words.text
    for word in words.within(start, at):
        kind = _kind(word)
        if _is_aside(text, start, word, at):
            continue
        if kind in ("dated", "previous") and _is_compared(text, start, clause, word):
            continue
        if kind == "dated":
            kind = _dated(words, word[0])
        if kind in ("previous", "other") and _is_attribute(text, start, word):
            continue
        return _decided(words, word, kind, word.start() >= clause)
    if words.is_part_of_year(start):
        return None
    last = words.earlier(start)
    return None if last and _dated(words, last) != "year" else ("year", None)


def _is_aside(text: str, start: int, word: re.Match[str], at: int) -> bool:
    """Whether a time stands in brackets that close before the quantity: 办结9件(含去年结转2件),其中…5件."""
    opened = text.rfind("(", start, word.start())
    if opened == start:
        return False  # (截至12月20日)公开信息300条
    return opened > text.rfind(")", start, word.start()) and text.find(")", word.end(), at) >= 0


def _is_attribute(text: str, start: int, word: re.Match[str]) -> bool:
    """Whether an earlier year belongs to what is published or handled (公开了去年决算), not to when."""
    begin = max(start, *(text.rfind(mark, start, word.start()) + 1 for mark in ",(:"))
    return _OBJECT.search(text, begin, word.start()) is not None


def _is_compared(text: str, start: int, clause: int, word: re.Match[str]) -> bool:
    """Whether an earlier clause only compares with that year: 比2022年的1200条多150条,…达1350条."""
    return start < word.start() < clause and text[word.start() - 1] in _COMPARED


def _kind(word: re.Match[str]) -> str:
    group = word.lastgroup or ""
    return group if group in _TIMES else "to_date"


def _dated(words: Times, word: str) -> str:
    """What a bare year means: the report's own, the one before, or one that settles nothing."""
    printed = _YEAR.match(word)
    if printed is None or words.year is None or int(printed[0]) == words.year:
        return "year"
    return "previous" if int(printed[0]) == words.year - 1 else "other"


def _decided(words: Times, word: re.Match[str], kind: str, near: bool) -> Dated | None:
    if kind in ("year", "whole"):
        return "year", None
    if kind == "to_date":
        return "to_date", _as_of(words, word)
    if kind == "previous":
        return "previous_year", None
    if kind == "since":
        printed = _YEAR.search(word[0])
        own = printed is not None and words.year is not None and int(printed[0]) == words.year
        month = _MONTH.search(word[0])
        if month is not None and (own or printed is None):
            return ("year", None) if month[1] == "1" else None  # 自3月以来: a part of the year
        return ("year" if own and word[0].endswith("以来") else "cumulative"), None
    if kind in ("month", "day") and near:
        return ("month", None) if kind == "month" else ("day", None)
    return None


def _as_of(words: Times, word: re.Match[str]) -> str | None:
    """The closing date as far as it is printed; a missing year is the report's."""
    printed = _YEAR.search(word["date"])
    year = printed[0] if printed else (str(words.year) if words.year else None)
    if year is None or not (word["date"] or word["e"]):
        return None
    parts = [year]
    if word["m"]:
        parts.append(f"{int(word['m']):02d}")
        if word["d"]:
            parts.append(f"{int(word['d']):02d}")
    return "-".join(parts)
