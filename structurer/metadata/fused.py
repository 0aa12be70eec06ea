"""Dates that lost the characters between their digits (`202011日`): read where the form settles which day.

All digits are taken to be there, and every way to set 年, 月 and 日 between them is tried. The clause of
the form names the year reported on, from its first day to its last: a clause that can be read so, and in no
other way, says just that. Any other date stays open with its candidates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

from structurer.metadata.dates import iso
from structurer.metadata.pages import Pages, observed
from structurer.observation import Finding, Observation
from structurer.running import Reading

_DIGITS = "[0-9年月日 ]"
_CLAUSE = re.compile(
    rf"(?:统计|期限|时限|报告期|所列|截[止至])[^。\n0-9]{{0,30}}(?P<span>20[0-9]{{2}}{_DIGITS}{{1,12}}"
    rf"(?:起?,?[至到-])?{_DIGITS}{{0,14}}日)"
)
_LABELLED = re.compile(
    r"(?:发布日期|发布时间|公开日期|公开时间|生成日期|成文日期|发文日期|日期|时间)[:|]{0,2}"
    r"(?P<date>20[0-9]{2}年?(?=[0-9月 ]{2,6}日)(?![0-9]{1,2}月[0-9]{1,2}日)[0-9月 ]{2,6}日)"
)
_SHORT = ("[0-9]", "[0-9]{2}")
_JOINED = re.compile("[起至到-]")
_DATES = frozenset(("metadata.published", "metadata.period_start", "metadata.period_end"))
_FUSED = re.compile("20[0-9]{3}|月[0-9]{3}|[0-9]{3}日|年[0-9]{1,4}日")
"""What a date looks like that lost a character between its digits."""


class Period(NamedTuple):
    """A clause that lost characters: where it stands, and all (first, last) days it may name."""

    reading: Reading
    start: int
    end: int
    days: tuple[tuple[str, str], ...]

    def whole_year(self) -> int | None:
        """The year whose first and last day are the only ones that the clause can name."""
        if len(self.days) != 1:
            return None
        first, last = self.days[0]
        year = int(first[:4])
        return year if (first, last) == (f"{year}-01-01", f"{year}-12-31") else None


def fused_period(pages: Pages) -> Period | None:
    """The first damaged 统计期限 clause that names any two days of the calendar."""
    for reading in (pages.intro, pages.body):
        for found in _CLAUSE.finditer(reading.text):
            days = tuple(dict.fromkeys(_days(found["span"])))
            period = Period(reading, *found.span("span"), days)
            if days and (_JOINED.search(found["span"]) or period.whole_year()):
                return period
    return None


def fused_published(pages: Pages) -> Iterator[Observation]:
    """A labelled date that lost characters: ambiguous, with every day it may be."""
    found = _LABELLED.search(pages.front.text)
    if found is None:
        return
    printed = found["date"].replace(" ", "")
    days = dict.fromkeys(
        day
        for month, day_ in product(_SHORT, repeat=2)
        if (parts := re.fullmatch(rf"(20[0-9]{{2}})年?({month})月?({day_})日", printed))
        and (day := iso("-".join(parts.groups())))
    )
    if days:
        place = [(pages.front, *found.span("date"))]
        yield observed(pages.document, "published", None, place, "ambiguous", tuple(days))


def damaged_dates(about: Sequence[Observation]) -> Iterator[Finding]:
    """A finding for each date among these observations that lost characters."""
    told: set[str] = set()
    for found in about:
        quote = re.sub(r"\s+", "", found.evidence[0].quote) if found.indicator in _DATES else ""
        if quote and quote not in told and _FUSED.search(quote):
            told.add(quote)
            read = "read" if found.accepted else "left open"
            message = f"characters were lost in the date {quote[:40]}; it is {read}"
            yield Finding(
                rule="metadata.lost_characters",
                severity="warning",
                message=message,
                indicators=(found.indicator,),
            )


def _days(span: str) -> Iterator[tuple[str, str]]:
    """Every pair of days that the digits of a clause may print, the first before the last."""
    span = span.replace(" ", "")
    for month, day, again, later, last in product(_SHORT, _SHORT, ("", "[0-9]{4}"), _SHORT, _SHORT):
        pattern = rf"(20[0-9]{{2}})年?({month})月?({day})日?起?,?[至到-]?({again})年?({later})月?({last})日"
        parts = re.fullmatch(pattern, span)
        if parts is None:
            continue
        first = iso("-".join(parts.group(1, 2, 3)))
        final = iso("-".join((parts[4] or parts[1], parts[5], parts[6])))
        if first and final and first < final and final[:4] <= str(int(first[:4]) + 1):
            yield first, final
