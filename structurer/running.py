"""The running text of a report: tables and furniture left out, lines joined, each character's origin kept."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from structurer.document import CELL, ROW, Document, Section

_GAP = re.compile(r"[\s\u200b]+")
_ENDS = frozenset("。;:!?")
_PAUSES = frozenset(",、")
_WHEN_OR_WHOSE = re.compile(
    r"(?:20[0-9]{2}年[度底末]?|[上去]一?年度?|[上下]半年|第?[一二三四]季度|截[至止][^\n。;,]{2,14}"
    r"|(?:20[0-9]{2}年)?[0-9]{1,2}月?[至到-][0-9]{1,2}月|各?[下所直局委厅市县区镇]属(?:事业|二级|基层)?(?:单位|部门)"
    r"|各(?:单位|部门|科室|乡镇|镇街|街道|县区|区县)):?"
)
"""A line of nothing else says of what follows when it was or whose it is."""
_NUMBERED = re.compile(r"[(]?[一二三四五六七八九十0-9]{1,3}(?:[)、]|\.(?![0-9]))")
_TITLE = re.compile(r"《[^《》\n]{0,80}》")
_WRAPPED = 25
"""A line at least this long that ends without a stop is a wrapped line; a shorter one is a heading."""
AHEAD = re.compile("思路|打算|计划|下一步|下步|下阶段|展望|安排|努力方向|工作重点")
_SENTENCE = re.compile(r"[^。;!?\n|]+")


@dataclass(slots=True)
class Reading:
    """Text without white space inside sentences; a line break ends a sentence. Titles in 《》 are blanked."""

    text: str = ""
    starts: list[int] = field(default_factory=list)
    origins: list[int] = field(default_factory=list)
    titles: list[tuple[int, str]] = field(default_factory=list)

    def origin(self, at: int) -> int:
        """The offset in the document's text of a character of this reading."""
        run = bisect_right(self.starts, at) - 1
        return self.origins[run] + at - self.starts[run]

    def title(self, at: int) -> str:
        """The heading that the character at this offset stands under."""
        return self.titles[bisect_right(self.titles, at, key=lambda entry: entry[0]) - 1][1]

    def sentences(self) -> Iterator[tuple[int, int]]:
        """The sentences as half-open spans; a semicolon ends one too."""
        for sentence in _SENTENCE.finditer(self.text):
            yield sentence.span()


def read(document: Document, sections: Sequence[Section], tables: Iterable[tuple[int, int]]) -> Reading:
    """The running text of the sections, without these spans, furniture, and what is planned for next year."""
    holes = sorted([*tables, *((span.start, span.end) for span in document.furniture)])
    reading, pieces = Reading(), [""]
    length = 0
    for section in sections:
        if section.state == "furniture" or AHEAD.search(section.title):
            continue
        reading.titles.append((length, section.title))
        for start, end in _without(section.body, section.end, holes):
            length = _squeeze(document.folded, start, end, reading, pieces, length)
    joined = "".join(pieces)
    reading.text = (
        _TITLE.sub(lambda title: f"《{'_' * (len(title[0]) - 2)}》", joined) if "《" in joined else joined
    )
    return reading


def running(document: Document, spans: Iterable[tuple[int, int]], *, front: bool = False) -> Reading:
    """The running text of these spans, titles in 《》 readable; the `front` with furniture, line by line."""
    holes = [] if front else sorted((span.start, span.end) for span in document.furniture)
    reading, pieces = Reading(), [""]
    length = 0
    for span in spans:
        for start, end in _without(*span, holes):
            length = _squeeze(document.folded, start, end, reading, pieces, length, by_line=front)
    reading.text = "".join(pieces)
    return reading


def _without(start: int, end: int, holes: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for left, right in holes:
        if right > start and left < end:
            if left > start:
                yield start, left
            start = max(start, right)
    if start < end:
        yield start, end


def _squeeze(
    text: str,
    start: int,
    end: int,
    reading: Reading,
    pieces: list[str],
    length: int,
    *,
    by_line: bool = False,
) -> int:
    """Append `text[start:end]` to the reading; return the reading's new length."""
    at = line = start
    for gap in _GAP.finditer(text, start, end):
        begin, after = gap.span()
        if begin > at:
            pieces.append(text[at:begin])
            reading.starts.append(length)
            reading.origins.append(at)
            length += begin - at
        at = after
        blank = gap[0]
        broken = "\n" in blank or CELL in blank or ROW in blank
        ended = broken and (by_line or _breaks(text, line, begin, after, blank))
        between = "\n" if ended else _kept(text, begin, after)
        line = after if broken else line
        if between:
            pieces.append(between)
            length += 1
    if end > at:
        pieces.append(text[at:end])
        reading.starts.append(length)
        reading.origins.append(at)
        length += end - at
    pieces.append("\n")
    return length + 1


def _breaks(text: str, line: int, begin: int, after: int, blank: str) -> bool:
    """Whether a line break ends a sentence, or only wraps a long line."""
    if _NUMBERED.match(text, after) or CELL in blank or ROW in blank:
        return True
    if _goes_on(text, line, begin, after):
        return False
    if text[begin - 1] in _ENDS:
        return True
    return blank != "\n" or begin - line < _WRAPPED


def _goes_on(text: str, line: int, begin: int, after: int) -> bool:
    """Whether the sentence goes on behind the line `text[line:begin]`, however short it is."""
    if text[begin - 1] in _PAUSES or text[after : after + 1] in _PAUSES:
        return True
    return begin - line < _WRAPPED and _WHEN_OR_WHOSE.fullmatch(text, line, begin) is not None


def _kept(text: str, begin: int, after: int) -> str:
    """A blank between two digits stays: without it two numbers would become one."""
    return " " if text[begin - 1].isdigit() and text[after : after + 1].isdigit() else ""
