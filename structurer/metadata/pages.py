"""The parts of a report that say what it is: front, body and last lines; and observations made of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from structurer.document import Document, Section
from structurer.metadata.regions import is_another_body
from structurer.metadata.titles import Title, best, titles
from structurer.observation import ACCEPTING, Observation, Status, Value, stating
from structurer.running import Reading, running

_FRONT = 4_000
"""Characters of the text in which title and labels stand, when no section begins earlier."""
_BODY = 6_000
"""Characters of the body in which a contact clause and the years it names are looked for."""
_TAIL = 1_500
"""Characters at the end in which a signature is looked for."""
_LONGEST_TITLE = 90
_TITLE_ENDS = re.compile(r"(?:报告|年报)[^\n。;,]{0,12}$", re.MULTILINE)
_CONTENT = re.compile(r"^[^\S\n]{0,9}一、|本年新收|信息内容|[0-9] ?[条件份篇次]", re.MULTILINE)
"""What a report has, and a list of links has not."""

LABELS = {
    "agency": "机构", "region": "地区", "level": "层级", "year": "年度", "title": "标题",
    "published": "发布日期", "period_start": "统计期限起", "period_end": "统计期限止",
    "index_number": "索引号", "document_number": "文号", "source": "来源",
    "contact_address": "联系地址", "contact_phone": "联系电话", "contact_email": "电子邮箱",
}  # fmt: skip

Place = tuple[Reading, int, int]
"""A span of a reading."""


class Pages:
    """The text before the first section, from there on, and the last of it; each read when asked for."""

    def __init__(self, document: Document, sections: Sequence[Section]) -> None:
        self.document = document
        self._sections = sections
        length = len(document.folded)
        first = next((section.start for section in sections if section.kind != "front"), length)
        self._first = first if 0 < first <= _FRONT else min(length, _FRONT)

    @cached_property
    def front(self) -> Reading:
        """What stands before the first section, line by line."""
        return running(self.document, [(0, self._first)], front=True)

    @cached_property
    def intro(self) -> Reading:
        """What stands before the first section, with wrapped lines joined."""
        return running(self.document, [(0, self._first)])

    @cached_property
    def body(self) -> Reading:
        """The sections without tables."""
        return running(self.document, self._spans())

    @cached_property
    def tail(self) -> Reading:
        """The last of the last section; empty where no day is named, for then nobody signed it."""
        ends = [section.end for section in self._sections if section.state != "furniture"]
        end = max(ends, default=len(self.document.folded))
        start = max(self._first, end - _TAIL)
        return running(self.document, [(start, end)] if "日" in self.document.folded[start:end] else [])

    @cached_property
    def titles(self) -> list[Title]:
        """Every title in front."""
        return titles(self.front.text, len(self.front.text))

    @cached_property
    def title(self) -> Title | None:
        """The title that names most."""
        return best(self.titles)

    def next_report(self) -> int | None:
        """Where in the text a second report begins: a title of another year or body with a section, a table
        or a count behind it."""
        folded = self.document.folded
        if self.title is None:
            return None
        for ending in _TITLE_ENDS.finditer(folded, self._first):
            if any(span.start <= ending.start() < span.end for span in self.document.furniture):
                continue
            start = folded.rfind("\n", self._first, max(self._first, ending.start() - _LONGEST_TITLE)) + 1
            reading = running(self.document, [(max(start, self._first), ending.end())], front=True)
            for title in titles(reading.text, len(reading.text)):
                if self.is_another(title) and ending.end() <= self._last_content:
                    return reading.origin(title.start)
        return None

    @cached_property
    def _last_content(self) -> int:
        """Where the last of what only a report has begins; -1 where nothing of it is there."""
        return max((found.start() for found in _CONTENT.finditer(self.document.folded)), default=-1)

    def is_another(self, title: Title) -> bool:
        """Whether a title names another year, or for a year another body, than this report's."""
        own = self.title
        if own is None or title.year is None:
            return False
        other_body = bool(title.agency and own.agency and is_another_body(title.agency, own.agency))
        return other_body or (own.year is not None and title.year != own.year)

    def _spans(self) -> Iterator[tuple[int, int]]:
        first, end, left = self._first, len(self.document.folded), _BODY
        for section in self._sections or (Section(title="", start=first, body=first, end=end, kind="prose"),):
            start = max(section.start, first)
            stop = min(section.end, start + left)
            if section.state in ("read", "empty") and start < stop:
                left -= stop - start
                yield start, stop


def observed(
    document: Document,
    key: str,
    value: Value,
    places: Sequence[Place],
    status: Status = "stated",
    candidates: tuple[Value, ...] = (),
) -> Observation:
    """An observation of one key; without a value, the value is what its first place prints.

    An ambiguous one has no value, only its candidates.
    """
    evidence = tuple(
        document.evidence(reading.origin(start), reading.origin(end - 1) + 1)
        for reading, start, end in places
    )
    printed = re.sub(r"\s+", "", evidence[0].quote)
    return stating(
        indicator=f"metadata.{key}",
        label=f"元数据/{LABELS[key]}",
        value=printed if value is None and status != "ambiguous" else value,
        printed="number" if key == "year" else "text",
        status=status,
        accepted=status in ACCEPTING,
        methods=("pattern",),
        evidence=evidence,
        candidates=candidates,
    )
