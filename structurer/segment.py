"""A document's text into sections, by the top-level headings that really stand there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from structurer._titles import CN, LONGEST, NUMERAL, TRAILING, Titles
from structurer.document import CELL, Document, Section, Span
from structurer.fold import squeeze
from structurer.forms import Forms
from structurer.observation import SectionState

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
_BLANK = TRAILING + "\n\x1e" + CELL


class _Heading(NamedTuple):
    """A heading that may be one: where its line starts, where its title ends, and what it says."""

    start: int
    body: int
    style: str
    number: int
    title: str
    kind: str


_titles: dict[str, Titles] = {}


def segment(document: Document, forms: Forms, tables: Sequence[tuple[str, int, int]] = ()) -> tuple[Section, ...]:
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
    located = sorted(tables, key=lambda table: table[1])
    headings = _headings(document, titles, located)
    cuts = _cut_at_tables(_with_front(document, headings), located)
    ends = [cut.start for cut in cuts[1:]] + [len(document.text)]
    return tuple(
        section
        for cut, end in zip(cuts, ends, strict=True)
        for section in _sections(document, cut, end, located, forms)
    )


def _headings(document: Document, titles: Titles, tables: Sequence[tuple[str, int, int]]) -> list[_Heading]:
    text = "\n" + document.folded + "\n"
    taken = [*((start, end) for _, start, end in tables), *((span.start, span.end) for span in document.furniture)]

    def free(place: int) -> bool:
        return not any(start <= place < end for start, end in taken)

    def level(pattern: re.Pattern[str]) -> list[_Heading]:
        return [heading for heading in _numbered(text, pattern, titles) if free(heading.start)]

    found = _top(level(_OUTER), lambda: level(_INNER))
    if len(found) < 3:
        found = _merged(found, (heading for heading in _inline(text, titles) if free(heading.start)))
    kinds = {heading.kind for heading in found}
    if not _STANDARD <= kinds:
        bare = (heading for heading in _bare(text, titles) if heading.kind not in kinds and free(heading.start))
        found = _merged(found, bare)
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
        if numbers == set(range(1, len(numbers) + 1)):
            return outer
        return _merged(outer, (h for h in inner() if h.style == "digit" and _fills_gap(h, numerals)))
    lower = inner()
    first = [heading for heading in lower if heading.style == lower[0].style]
    return _merged(parts, first if len(first) >= 2 else (heading for heading in first if heading.kind != "prose"))


def _fills_gap(heading: _Heading, numerals: list[_Heading]) -> bool:
    """Whether `1、总体情况` stands where the numerals 二, 三, … lack their 一."""
    return heading.kind != "prose" and all(
        other.number != heading.number and (other.number < heading.number) == (other.start < heading.start)
        for other in numerals
        if other.number
    )


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
    """Both in order, without those that overlap one of the first."""
    first = sorted(headings, key=lambda heading: heading.start)
    bodies = [(heading.start, heading.body) for heading in first]
    new = [h for h in more if not any(start < h.body and h.start < body for start, body in bodies)]
    return sorted([*first, *new], key=lambda heading: heading.start) if new else first


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
        index = max(i for i, cut in enumerate(cuts) if cut.start <= start)
        cut = cuts[index]
        if cut.kind in ("front", "overview", "problems", "other") or held.get(cut.start, name) != name:
            cuts = sorted([*cuts, _Heading(start, start, "", 0, "", name)], key=lambda cut: cut.start)
            held[start] = name
        else:
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
        yield Section(title=title, start=start, body=body, end=stop, kind=kind, state=state)


def _runs(start: int, end: int, furniture: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """What is left of a span without the furniture in it."""
    for span in furniture:
        if span.end > start and span.start < end:
            if span.start > start:
                yield start, span.start
            start = max(start, span.end)
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
