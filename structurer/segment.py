"""A document's text into sections, by the top-level headings that really stand there."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from structurer._titles import CN, LONGEST, NUMERAL, TRAILING, Titles
from structurer.document import CELL, Document, Section, Span
from structurer.fold import squeeze
from structurer.forms import Forms
from structurer.observation import SectionState, trusted

_OUTER = re.compile(
    "\n[ \t\u200b]{0,40}(?:"
    f"第 ?(?P<part>{CN}) ?(?:部分|章|篇)[ \t、.:]{{0,4}}"
    f"|(?P<numeral>{CN})[ \t]{{0,3}}[、.:][ \t]{{0,4}}(?!{CN}[、.])"
    f"|(?P<spaced>{CN})[ \t]{{1,4}}(?=[\u4e00-\u9fff])"
    "|(?P<lost>)、[ \t]{0,4}"
    ")(?P<rest>[^\n]{1,120})"
)
_INNER = re.compile(
    "\n[ \t\u200b]{0,40}(?:"
    f"\\( ?(?P<paren>{CN}) ?\\)[ \t、.]{{0,3}}"
    "|(?P<digit>[0-9]{1,2}) ?[、.](?![0-9])[ \t]{0,3}"
    ")(?P<rest>[^\n]{1,120})"
)
_CONTENTS_ENTRY = 40
_SENTENCE_END = re.compile(f"[。;!?.)\\]0-9\\s\x1e{CELL}|]")
_STANDARD = frozenset({"overview", "disclosure", "applications", "disputes"})
_WITHOUT_TABLES = frozenset({"front", "overview", "problems", "other"})
_BLANK = TRAILING + "\n\x1e" + CELL


class _Heading(NamedTuple):
    """A heading that may be one: where its line starts, where its title ends, and what it says."""

    start: int
    body: int
    style: str
    number: int
    title: str
    kind: str


def _start(place: _Heading | Span) -> int:
    return place.start


_titles: dict[str, Titles] = {}


def segment(
    document: Document, forms: Forms, tables: Sequence[tuple[str, int, int]] = ()
) -> tuple[Section, ...]:
    """The sections of a document, in order.

    `tables` are located tables: id and half-open span in the text; nothing inside them is a heading.
    Each character of the text lies in exactly one section or one furniture span. Furniture in the
    middle of a section splits it: each run is a section of the same title, the later ones with
    `body == start`. A section starts where the line of its heading starts. A second table under one
    heading, or a table under a heading that promises none, starts a section of its own without a title.

    A section is of a table's kind only if a located table lies in it (state "table") or if its
    heading is the form's and nothing but images follows (state "empty").
    """
    titles = _titles.get(forms.fingerprint)
    if titles is None:
        titles = _titles[forms.fingerprint] = Titles(forms)
    visible = (table for table in tables if not _covered(document, table[1]))
    located = sorted(visible, key=lambda table: table[1])
    headings = _headings(document, titles, located)
    cuts = _cut_at_tables(_with_front(document, headings), located)
    ends = [cut.start for cut in cuts[1:]] + [len(document.text)]
    return tuple(
        section
        for cut, end in zip(cuts, ends, strict=True)
        for section in _sections(document, cut, end, located, forms)
    )


def _covered(document: Document, place: int) -> bool:
    return any(span.start <= place < span.end for span in document.furniture)


def _headings(document: Document, titles: Titles, tables: Sequence[tuple[str, int, int]]) -> list[_Heading]:
    text = "\n" + document.folded + "\n"
    tables_taken = (Span(start=start, end=end) for _, start, end in tables)
    taken = sorted([*tables_taken, *document.furniture], key=_start)

    def free(place: int) -> bool:
        index = bisect_right(taken, place, key=_start) - 1
        return index < 0 or place >= taken[index].end

    def level(pattern: re.Pattern[str]) -> list[_Heading]:
        return [heading for heading in _numbered(text, pattern, titles) if free(heading.start)]

    found = _top(level(_OUTER), lambda: level(_INNER))
    if len(found) < 3:
        found = _merged(found, (heading for heading in _inline(text, titles) if free(heading.start)))
    kinds = {heading.kind for heading in found}
    if not kinds.issuperset(_STANDARD):
        bare = (heading for heading in _bare(text, titles) if free(heading.start))
        found = _merged(found, (heading for heading in bare if heading.kind not in kinds))
    return _without_contents(found, document.folded)


def _numbered(text: str, pattern: re.Pattern[str], titles: Titles) -> Iterator[_Heading]:
    """Lines that begin like a heading. `text` is the folded text with a line break before it."""
    for found in pattern.finditer(text):
        read = titles.read(found["rest"], text[found.end()] != "\n")
        if read is None or _is_list(text, found):
            continue
        style, numeral = next((name, value) for name, value in found.groupdict().items() if value is not None)
        if read.kind == "prose" and style in ("lost", "spaced"):
            continue
        body = found.start("rest") + read.length - 1
        yield _Heading(found.start(), body, style, _number(numeral), read.text, read.kind)


def _is_list(text: str, found: re.Match[str]) -> bool:
    """Whether a line is a table of contents in one line: many numerals, little between them."""
    if not NUMERAL.search(found["rest"]):
        return False
    end = text.find("\n", found.end())
    line = text[found.start() : end if end >= 0 else len(text)]
    count = len(NUMERAL.findall(line))
    return count >= 3 and len(line) < _CONTENTS_ENTRY * count


def _top(outer: list[_Heading], inner: Callable[[], list[_Heading]]) -> list[_Heading]:
    """The headings of the outermost level; inner ones are looked for only where it needs them."""
    parts = [heading for heading in outer if heading.style == "part"]
    numerals = [heading for heading in outer if heading.style != "part"]
    if len(parts) >= 2 and all(heading.kind == "prose" for heading in numerals):
        return parts
    if numerals:
        numbers = {heading.number for heading in numerals if heading.number}
        if not any(number > 1 and number - 1 not in numbers for number in numbers):
            return outer
        missing = (h for h in inner() if h.style == "digit" and h.kind != "prose" and h.number not in numbers)
        return _merged(outer, (heading for heading in missing if _fits(heading, numerals)))
    lower = inner()
    first = [heading for heading in lower if heading.style == lower[0].style]
    if len(first) < 2:
        first = [heading for heading in first if heading.kind != "prose"]
    return _merged(parts, first)


def _fits(heading: _Heading, numerals: list[_Heading]) -> bool:
    """Whether `1、总体情况` stands where the numerals around it leave out 一."""
    index = bisect_right(numerals, heading.start, key=_start)
    before = numerals[index - 1].number if index else 0
    behind = numerals[index].number if index < len(numerals) else 0
    return before < heading.number and (not behind or heading.number < behind)


def _inline(text: str, titles: Titles) -> Iterator[_Heading]:
    """Well-known titles inside a line, behind the end of a sentence, where a body came in one line."""
    for found in titles.inline.finditer(text):
        if _ends_sentence(text[max(0, found.start() - 2) : found.start()]):
            title = squeeze(NUMERAL.sub("", found[0], count=1))
            number = _number(found[0].split("、")[0].split(".")[0])
            yield _Heading(found.start() - 1, found.end() - 1, "inline", number, title, titles.kind(title))


def _ends_sentence(before: str) -> bool:
    """Whether a heading may follow these two characters within a line."""
    return before in ("报告", "年报") or _SENTENCE_END.match(before[-1:]) is not None


def _bare(text: str, titles: Titles) -> Iterator[_Heading]:
    """Well-known titles alone on their line, without a number."""
    for found in titles.bare.finditer(text):
        title = squeeze(found[1])
        yield _Heading(found.start(), found.end(1) - 1, "bare", 0, title, titles.kind(title))
    place = text.find("统计表\n")
    while place >= 0:
        start, end = text.rfind("\n", 0, place), place + 3
        title = squeeze(text[start:end])
        kind = titles.kind(title)
        if kind not in ("prose", "overview") and len(title) <= LONGEST:
            yield _Heading(start, end - 1, "bare", 0, title, kind)
        place = text.find("统计表\n", end)


def _merged(headings: Iterable[_Heading], more: Iterable[_Heading]) -> list[_Heading]:
    """Both in order, without those that overlap the one before."""
    merged: list[_Heading] = []
    for heading in sorted([*headings, *more], key=_start):
        if not merged or heading.start >= merged[-1].body:
            merged.append(heading)
    return merged


def _without_contents(headings: list[_Heading], folded: str) -> list[_Heading]:
    """Drop a table of contents at the top: titles with nothing between them that all come again."""
    later: dict[str, int] = {heading.title: index for index, heading in enumerate(headings)}
    count = 0
    for index, heading in enumerate(headings):
        if later[heading.title] == index:
            break
        count = index + 1
        if index + 1 < len(headings) and folded[heading.body : headings[index + 1].start].strip(_BLANK):
            break
    return headings[count:] if count >= 2 else headings


def _with_front(document: Document, headings: list[_Heading]) -> list[_Heading]:
    if headings and not document.text[: headings[0].start].strip():
        return [headings[0]._replace(start=0), *headings[1:]]
    return [_Heading(0, 0, "", 0, "", "front"), *headings]


def _cut_at_tables(cuts: list[_Heading], tables: Sequence[tuple[str, int, int]]) -> list[_Heading]:
    """Let a table whose heading is lost start a section of its own."""
    held: dict[int, str] = {}
    for name, start, _ in tables:
        index = bisect_right(cuts, start, key=_start) - 1
        cut = cuts[index]
        if cut.kind in _WITHOUT_TABLES or held.get(cut.start, name) != name:
            cut = _Heading(start, start, "", 0, "", name)
            cuts = [*cuts[: index + 1], cut, *cuts[index + 1 :]]
        held[cut.start] = name
    return cuts


def _sections(
    document: Document, cut: _Heading, end: int, tables: Sequence[tuple[str, int, int]], forms: Forms
) -> Iterator[Section]:
    runs = list(_runs(cut.start, end, document.furniture))
    kind, state = cut.kind, _state(document, [(max(cut.body, start), stop) for start, stop in runs])
    inside = [name for name, start, _ in tables if cut.start <= start < end]
    if inside:
        kind, state = inside[0], "table"
    elif kind in forms.tables and state != "empty":
        kind = "prose"
    elif kind == "front":
        state = "read"
    title = document.text[cut.start : cut.body].strip()
    for index, (start, stop) in enumerate(runs):
        body = start if index else min(max(cut.body, start), stop)
        yield from trusted(
            Section,
            [{"title": title, "start": start, "body": body, "end": stop, "kind": kind, "state": state}],
        )


def _runs(start: int, end: int, taken: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """What is left of a span without those (ascending, apart) that are taken."""
    for index in range(bisect_right(taken, start, key=lambda span: span.end), len(taken)):
        span = taken[index]
        if span.start >= end:
            break
        if span.start > start:
            yield start, span.start
        start = span.end
    if start < end:
        yield start, end


def _state(document: Document, bodies: list[tuple[int, int]]) -> SectionState:
    """ "empty" where nothing but white space and images stands in these spans."""
    for start, end in bodies:
        for begin, stop in _runs(start, end, document.images):
            if document.folded[begin:stop].strip(_BLANK):
                return "read"
    return "empty"


def _number(numeral: str | None) -> int:
    """The value of a heading's numeral, 0 where it is lost."""
    if not numeral:
        return 0
    if numeral.isdigit():
        return int(numeral)
    tens, ten, ones = numeral.rpartition("十")
    value = "一二三四五六七八九".find(ones) + 1 if len(ones) == 1 else 0
    return value + (10 * ("一二三四五六七八九".find(tens) + 1 or 1) if ten else 0)
