"""A value that the machine missed: its case, with the place in the report where it is printed."""

from __future__ import annotations

from structurer.desk.cases import Case, Cases, Report
from structurer.errors import ReviewError
from structurer.review.events import Seen
from structurer.review.fold import standing
from structurer.review.identity import ABSENT, item_id, unit_id
from structurer.review.rulebook import Rulebook
from structurer.store.reviews import Reviews

Place = tuple[int, int, str]
"""Start, end and quote of a place in the decoded report."""


def missed(
    reviews: Reviews, cases: Cases, report: Report, indicator: str, quote: str, book: Rulebook
) -> Case:
    """The case of a value that nothing was found for; `quote` is where the report prints it, if anywhere.

    Raises ReviewError when the indicator is unknown or already there, or the quote does not stand in the
    report exactly once.
    """
    if indicator not in book.forms.cells:
        raise ReviewError(f"{indicator}: no such indicator; `structurer forms NAME` lists them")
    places = (_place_of(reviews, cases, report, quote),) if quote else ()
    table = indicator.partition(".")[0]
    handle = f"{indicator}@{places[0][0]}" if table in book.prose and places else indicator
    if handle in report.handles:
        raise ReviewError(f"{handle}: already there; decide {report.id[:12]}:{handle} correct --value")
    id = item_id(report.id, handle)
    own = reviews.of_items([id])[id]
    return Case(
        id=id,
        handle=handle,
        number=report.number,
        document=report.id,
        unit=unit_id(report.id, table),
        place=table,
        indicator=indicator,
        seen_sha=ABSENT,
        found=None,
        reason="chosen",
        why="",
        seen=Seen(label=book.label(indicator), evidence=places, why="missed"),
        standing=standing(own, ABSENT),
    )


def _place_of(reviews: Reviews, cases: Cases, report: Report, quote: str) -> Place:
    cases.page(reviews, report)
    source = report.source or ""
    count = source.count(quote)
    if count > 1:
        raise ReviewError(f"{quote[:40]!r}: stands there {count} times; quote more")
    if not count:
        raise ReviewError(f"{quote[:40]!r}: {report.missing or 'is not in the report'}")
    start = source.index(quote)
    return start, start + len(quote), quote
