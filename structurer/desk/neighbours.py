"""What a report's neighbours say of it: those of other years, of agencies below, others for its year.

The links come from the last `panel --queue`; the findings are worked out anew whenever a report's part of
the queue is, over the values as reviewers left them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from structurer.crosswalk import crosswalk
from structurer.forms import NEXT
from structurer.observation import Finding
from structurer.panel.cells import Cell, Harmoniser
from structurer.panel.hierarchy import Family, against_parent
from structurer.panel.series import WORTH, Edition, PanelFinding, Series, Sheet, across, between, sheet
from structurer.review.rulebook import Rulebook
from structurer.store.panels import Link, abouts, figures, links_of
from structurer.store.reviews import Reviews


class _Pair(NamedTuple):
    """Two linked reports with their cells."""

    link: Link
    first: Edition
    second: Edition


def linked(reviews: Reviews, number: int) -> list[int]:
    """The reports whose queue depends on this one's values."""
    pairs = [(link.first, link.second) for link in links_of(reviews.connection, number, current=False)]
    return sorted({one for pair in pairs for one in pair} - {number})


def findings(reviews: Reviews, number: int, book: Rulebook) -> list[Finding]:
    """Findings about items of a report that only other reports show."""
    links = links_of(reviews.connection, number)
    if not links:
        return []
    editions = _editions(reviews, links)
    pairs = [
        _Pair(
            link, editions[link.first, link.year - (link.kind == "years")], editions[link.second, link.year]
        )
        for link in links
    ]
    return [*_years(pairs, number, book), *_parents(pairs, number), *_others(pairs, number)]


@cache
def _harmoniser() -> Harmoniser:
    return Harmoniser(crosswalk())


def _editions(reviews: Reviews, links: Sequence[Link]) -> dict[tuple[int, int], Edition]:
    wanted = {(link.first, link.year - (link.kind == "years")) for link in links}
    wanted |= {(link.second, link.year) for link in links}
    numbers = sorted({number for number, _ in wanted})
    rows = figures(reviews.connection, numbers)
    known = abouts(reviews.connection, numbers)
    return {
        (number, year): Edition(known[number], _harmoniser().cells(rows[number], year, known[number].id))
        for number, year in wanted
    }


def _years(pairs: Iterable[_Pair], number: int, book: Rulebook) -> Iterator[Finding]:
    for link, first, second in pairs:
        if link.kind == "years":
            series = Series(
                "",
                (
                    Sheet(link.year - 1, first.about, first.cells),
                    Sheet(link.year, second.about, second.cells),
                ),
            )
            other = first.about if link.second == number else second.about
            for found in between(series, across(book.forms.tables), worth=WORTH):
                yield from _of(found, other.path, later=link.second == number)


def _parents(pairs: Sequence[_Pair], number: int) -> Iterator[Finding]:
    """Only the report above is asked about: which of those below would be wrong cannot be told."""
    below = [pair for pair in pairs if pair.link.kind in ("parent", "whole") and pair.link.first == number]
    if below:
        whole = all(pair.link.kind == "whole" for pair in below)
        above = Series("", (_sheet(below[0].link.year, below[0].first),))
        children = tuple(Series("", (_sheet(pair.link.year, pair.second),)) for pair in below)
        family = Family(above, children, len(children), told=True, whole=whole)
        for found in against_parent(family, crosswalk()):
            yield from _of(found, f"{len(below)} reports below it", later=False)


def _others(pairs: Sequence[_Pair], number: int) -> Iterator[Finding]:
    """Other reports for the same year: asked about in the one that counts."""
    others = [pair for pair in pairs if pair.link.kind == "edition" and pair.link.first == number]
    if not others:
        return
    made = sheet("", others[0].link.year, [others[0].first, *(pair.second for pair in others)])
    for found in made.findings:
        for key in found.indicators if found.severity == "warning" else ():
            cell: Cell = made.cells[key]
            said = cell.note or found.message
            yield Finding(rule=found.rule, severity="warning", message=said, indicators=cell.source)


def _sheet(year: int, edition: Edition) -> Sheet:
    return Sheet(year, edition.about, edition.cells)


def _of(found: PanelFinding, other: str, *, later: bool) -> Iterator[Finding]:
    """A finding as one of the report at hand: about those of its indicators that it prints."""
    own = [key.removeprefix(NEXT) for key in found.indicators if key.startswith(NEXT) == later]
    if own and found.severity != "info":
        message = f"{found.message} [{other}]"
        yield Finding(rule=found.rule, severity=found.severity, message=message, indicators=tuple(own))
