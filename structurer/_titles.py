"""What headings promise: the titles of the forms' tables and of the sections around them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from structurer.document import CELL
from structurer.fold import squeeze
from structurer.forms import Forms

CN = "[一二三四五六七八九十]{1,3}"
NUMERAL = re.compile(f"{CN}[、.]")
TRAILING = " \t\u200b、。:;,.-…"
"""What may stand behind a title without belonging to it."""
LONGEST = 45
"""Titles are no longer than this; a longer line without punctuation is no heading."""

_CONTENTS = re.compile(r"(?:\.{3,}|…|-{3,})[ .…-]{0,80}[0-9]{0,3}[ \t]{0,9}\Z")
_SENTENCE = re.compile("[。;!?]")
_STOP = re.compile("[。;:!?,]|[ \t]{2}|[ \t](?=[0-9\u4e00-\u9fff])")
_TEXT_BEHIND = re.compile(r"[ \t\u200b]{1,9}[^ \t\u200b(]|[0-9]")
_GOES_ON = re.compile("[的之和及与]")

_OVERVIEW = (
    "总体情况",
    "总体公开情况",
    "总体工作情况",
    "总体要求",
    "工作概述",
    "基本情况",
    "开展情况",
    "概述",
    "概况",
)
_OTHER_TOPIC = re.compile("主动公开|申请|复议|诉讼|收费|解读|制度|队伍|平台|组织|建议|提案")
_PROBLEMS = re.compile(
    "存在.{0,6}问题|主要问题|问题.{0,4}改进|不足.{0,8}(?:改进|措施)|改进(?:措施|情况|打算)"
)
_OTHER = re.compile(
    "其[他它].{0,6}(?:报告|说明).{0,3}(?:事项|情况|内容)|其[他它]事项|需要(?:说明|报告)的.{0,2}(?:事项|情况)"
)
_AROUND = (
    *_OVERVIEW[:5],
    "存在的主要问题及改进情况",
    "存在的主要问题及改进措施",
    "存在的主要问题和改进情况",
    "其他需要报告的事项",
)
_FLOW_ROW = re.compile("本年度?新收|上年度?结转|本年度?办理结果|结转下?一?年度?继续")
_YEAR = re.compile("(?:[0-9]{4}年度?|本?年度)")
_ASIDE = re.compile(r"\([^)]{0,30}\)$")
_FILLING = re.compile("[、,.:;\"'和及与的]")
_GAP = "[ \u200b]{0,2}"


class Title(NamedTuple):
    """A heading's title: its length where it stands, its text without spaces, and what it promises."""

    length: int
    text: str
    kind: str


class Titles:
    """What the forms call their tables and rows, for recognising headings."""

    def __init__(self, forms: Forms) -> None:
        self._tables: dict[str, str] = {}
        self._rows: set[str] = set()
        names: set[str] = set(_AROUND)
        for table in (table for by_form in forms.tables.values() for table in by_form.values()):
            if table.prose:
                continue
            for name in (table.title, *table.headings):
                self._tables[_plain(name)] = table.id
                names.update((squeeze(name), squeeze(name).removesuffix("情况")))
            labels = (part for block in table.blocks for row in block.rows for part in (row.under, row.label))
            numbered = (NUMERAL.sub("", label, count=1) for label in labels if NUMERAL.match(label))
            self._rows.update(label for label in numbered if not label.endswith("情况"))
        ordered = sorted(names, key=len, reverse=True)
        plain = "|".join(map(_loosely, ordered))
        spaced = "|".join(_GAP.join(map(re.escape, name)) for name in ordered)
        self._start = re.compile(f"(?:[0-9]{{4}}年度?)?(?:{plain}|{spaced})(?:{_GAP}的?{_GAP}情{_GAP}况)?")
        self.inline = re.compile(f"{CN}[、.] {{0,2}}(?:{plain})(?:的?情况)?(?![、,;。:\"'》)情和及的])")
        self.bare = re.compile(
            f"\n[ \t\u200b]{{0,40}}((?:[0-9]{{4}}年度?)?(?:{plain})(?:的?情况)?)[ \t\u200b]{{0,9}}(?=\n)"
        )
        # Most reports share their titles; what is read of one depends on its line alone.
        self.read = lru_cache(4096)(self._read)

    def kind(self, title: str) -> str:
        """The kind a squeezed title promises; "prose" for all it does not know."""
        table = self._tables.get(_plain(title))
        if table:
            return table
        if title.endswith("统计表") and "公开" in title:
            return next((kind for name, kind in self._tables.items() if name.endswith("统计表")), "prose")
        if _PROBLEMS.search(title):
            return "problems"
        if _OTHER.search(title):
            return "other"
        if title.endswith(_OVERVIEW) and not _OTHER_TOPIC.search(title.replace("政府信息公开", "")):
            return "overview"
        return "prose"

    def _read(self, rest: str, goes_on: bool) -> Title | None:
        """The title behind a numeral; None where a line is no heading but a row, a sentence or contents.

        `rest` is what follows the numeral on its line, folded; `goes_on` if the line is longer than that.
        """
        length = self._length(rest, goes_on)
        if length is None or CELL in rest or _CONTENTS.search(rest):
            return None
        text = squeeze(rest[:length]).strip(TRAILING)
        if not text or text in self._rows or _FLOW_ROW.match(text):
            return None
        return Title(length, text, self.kind(text))

    def _length(self, rest: str, goes_on: bool) -> int | None:
        known = self._start.match(rest)
        if known and _TEXT_BEHIND.match(rest, known.end()):
            return known.end()
        line = rest.rstrip(TRAILING)
        if not goes_on and len(line) <= LONGEST and not _SENTENCE.search(line):
            return len(rest)
        if known and not _GOES_ON.match(rest, known.end()):
            return known.end()
        stop = _STOP.search(rest, 1)
        if stop and stop.start() <= LONGEST:
            return stop.start() if stop[0].isspace() else stop.end()
        return None


def _loosely(name: str) -> str:
    """A pattern for a name whose two parts may be joined by a mark or not."""
    return re.escape(name).replace("议行政", "议[、,]?行政").replace("议提起", "议[、,]?提起")


def _plain(title: str) -> str:
    """A title without what varies: year, brackets behind, filling words, 情况."""
    title = _ASIDE.sub("", squeeze(title))
    leading = _YEAR.match(title)
    return _FILLING.sub("", title[leading.end() if leading else 0 :]).removesuffix("情况")
