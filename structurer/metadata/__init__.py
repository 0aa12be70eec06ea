"""Who reports, on which year, and where it was published: from title, labels, contact clause and signature.

The year is the title's, then that of the 统计期限 clause, then the one the body names most; never the
publication date. Several years in one title are `disputed`; so is a title year that the clause contradicts
and the body does not confirm, and one of several titles that name different years.

The agency is the title's; a short name there (市教育局) gives way to a fuller one that ends with it.
A title that names a place only (某区2012年…报告) names no body: its government is the agency where another
place says so, else it is `ambiguous`.
Without a title it is whom the opening clause presents (现公布某局…年度报告, 由某局编制).
Titles of different bodies are `disputed`. A name that neither confirms, from one place only (contact
clause, publisher, signature), is `ambiguous`; so is a bare date above the title. What two places agree on
is `verified`. A region is what the name begins with, a level only what it settles.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from structurer.document import Document, Section
from structurer.metadata.dates import iso
from structurer.metadata.fused import damaged_dates, fused_period, fused_published
from structurer.metadata.labels import labelled, published
from structurer.metadata.names import agency
from structurer.metadata.pages import Pages, observed
from structurer.metadata.titles import Title
from structurer.observation import Observation, Status
from structurer.running import Reading

__all__ = ["damaged_dates", "extent", "is_of_part", "metadata", "next_report", "report_agency", "report_year"]

_SPAN = re.compile(
    r"(?:统计|数据|期限|时限|报告期|所列"
    r"|截[止至])[^。\n]{0,40}?(?P<start>20[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}日)起?,?(?:至|到|-)"
    r"(?P<end>(?:20[0-9]{2}年)?[0-9]{1,2}月[0-9]{1,2}日)"
)
_YEAR = re.compile("(20[0-9]{2})年")
_SHORTER = re.compile("[上下]半年|半年度|季度")
_DAY = re.compile("(20[0-9]{2})(?:[-./]|年)[0-9]{1,2}(?:[-./]|月)[0-9]{1,2}(?![0-9])")
_ASIDE = re.compile(
    "度?(?:[0-9]{1,2}月)?(?:[0-9]{1,2}日)?(?:[^。;\n,]{0,12}?(?:将|计划|拟|力争|继续|发布|修订|修正|施行|实施|印发|公布"
    "|工作(?:思路|打算|安排))|[0-9]{1,2}日\n)"
)


class _Found(NamedTuple):
    """A year and where the reading prints it."""

    value: int
    start: int
    end: int


def metadata(document: Document, sections: Sequence[Section]) -> list[Observation]:
    """What the report says about itself, in the order of its keys; what is not found has no observation."""
    pages = Pages(document, sections)
    found = [*agency(pages), *_year(pages)]
    if pages.title is not None:
        place = (pages.front, pages.title.start, pages.title.end)
        found.append(observed(document, "title", pages.title.text, [place], *_rivals(pages, pages.title)))
    dated = list(published(pages)) or list(fused_published(pages))
    return [*found, *dated, *_period(pages), *labelled(pages)]


def _rivals(pages: Pages, title: Title) -> tuple[Status, tuple[str, ...]]:
    """Whether other titles in front, of another year or body, leave it open which is this report's."""
    clause = _span(pages)
    rivals = [other.text for other in pages.titles if pages.is_another(other)]
    if not rivals or (clause is not None and clause[1].value == title.year):
        return "stated", ()
    return "disputed", tuple(dict.fromkeys((title.text, *rivals)))


def report_year(document: Document, sections: Sequence[Section]) -> int | None:
    """The year reported on, by the rules of `metadata`, whether or not it is disputed."""
    pages = Pages(document, sections)
    if pages.title is not None and pages.title.year is not None:
        clause = _span(pages)
        named = {year for title in pages.titles for year in title.years}
        return clause[1].value if clause and len(named) > 1 and clause[1].value in named else pages.title.year
    year = next((found.value for found in _year(pages)), None)
    return year if isinstance(year, int) else None


def report_agency(document: Document, sections: Sequence[Section]) -> str | None:
    """The reporting agency, by the rules of `metadata`; None where it is open."""
    found = next(agency(Pages(document, sections)), None)
    return found.value if found is not None and found.accepted and isinstance(found.value, str) else None


def extent(document: Document, sections: Sequence[Section]) -> int:
    """The offset up to which a file states figures of its year: the whole text, unless a second report
    begins in it; 0 where the title names a part of a year only."""
    pages = Pages(document, sections)
    if pages.title is not None and _SHORTER.search(pages.title.text):
        return 0
    second = pages.next_report()
    return len(document.text) if second is None else second


def is_of_part(about: Sequence[Observation]) -> bool:
    """Whether the title among the metadata names a part of a year only: 某局2021年上半年…报告."""
    titles = (found for found in about if found.indicator == "metadata.title")
    return any(_SHORTER.search(str(title.value or title.candidates[0])) for title in titles)


def next_report(document: Document, sections: Sequence[Section]) -> int | None:
    """The offset at which a second report begins in a file, of another year or body; None where none does."""
    return Pages(document, sections).next_report()


def _year(pages: Pages) -> Iterator[Observation]:
    document, title = pages.document, pages.title
    clause = _span(pages)
    counted = _majority(pages)
    said = clause[1].value if clause else None
    if title is not None and title.year is not None:
        place = [(pages.front, title.start, title.end)]
        others = {other.year for other in pages.titles} - {None, title.year}
        if _SHORTER.search(title.text):
            yield observed(document, "year", None, place, "ambiguous", (title.year,))
        elif len(title.years) > 1:
            candidates = (title.year, *(year for year in title.years if year != title.year))
            yield observed(document, "year", title.year, place, "disputed", candidates)
        elif others and said != title.year:
            yield observed(
                document,
                "year",
                title.year,
                place,
                "disputed",
                (title.year, *sorted(year for year in others if year)),
            )
        elif said is None and counted is not None and not _is_named(pages, title.year):
            yield observed(document, "year", title.year, place, "disputed", (title.year, counted.value))
        elif said is None or said == title.year:
            both = [*place, (clause[0], clause[1].start, clause[1].end)] if clause else place
            yield observed(document, "year", title.year, both, "verified" if clause else "stated")
        elif counted is not None and counted.value == title.year:
            yield observed(document, "year", title.year, place)
        else:
            yield observed(document, "year", title.year, place, "disputed", (title.year, said))
    elif clause is not None and said is not None:
        yield observed(document, "year", said, [(clause[0], clause[1].start, clause[1].end)])
    elif counted is not None:
        yield observed(document, "year", counted.value, [(pages.body, counted.start, counted.end)])


def _span(pages: Pages) -> tuple[Reading, _Found] | None:
    """The 统计期限 clause, with the year it ends in."""
    for reading in (pages.intro, pages.body):
        found = _SPAN.search(reading.text)
        if found is not None:
            year = _YEAR.match(found["end"]) or _YEAR.match(found["start"])
            if year is not None:
                return reading, _Found(int(year[1]), found.start("start"), found.end("end"))
    fused = fused_period(pages)
    whole = fused.whole_year() if fused else None
    return (fused.reading, _Found(whole, fused.start, fused.end)) if fused and whole else None


def _majority(pages: Pages) -> _Found | None:
    """The year that more than half of the dates in the body name, at least twice.

    Neither the year of publication counts nor what is planned, published or revised in a year.
    """
    front = {found[1] for found in _DAY.finditer(pages.front.text)}
    years = [
        (found[1], found.start())
        for found in _YEAR.finditer(pages.body.text)
        if found[1] not in front and not _ASIDE.match(pages.body.text, found.end())
    ]
    if not years:
        return None
    year, times = Counter(year for year, _ in years).most_common(1)[0]
    if times < 2 or times * 2 <= len(years):
        return None
    at = next(start for found, start in years if found == year)
    return _Found(int(year), at, at + 5)


def _is_named(pages: Pages, year: int) -> bool:
    """Whether the body names a year anywhere."""
    return any(int(found[1]) == year for found in _YEAR.finditer(pages.body.text))


def _period(pages: Pages) -> Iterator[Observation]:
    for reading in (pages.intro, pages.body):
        found = _SPAN.search(reading.text)
        if found is None:
            continue
        start = iso(found["start"])
        printed = found["end"] if found["end"].startswith("20") else found["start"][:5] + found["end"]
        end = iso(printed)
        if start and end and start < end:
            yield observed(pages.document, "period_start", start, [(reading, *found.span("start"))])
            yield observed(pages.document, "period_end", end, [(reading, *found.span("end"))])
        return
    fused = fused_period(pages)
    if fused is not None:
        status: Status = "stated" if fused.whole_year() else "ambiguous"
        place = [(fused.reading, fused.start, fused.end)]
        for key, days in zip(("period_start", "period_end"), zip(*fused.days, strict=True), strict=True):
            each = tuple(dict.fromkeys(days))
            value, candidates = (each[0], ()) if status == "stated" else (None, each)
            yield observed(pages.document, key, value, place, status, candidates)
