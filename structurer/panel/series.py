"""One agency's years: of several reports for a year the one that counts; what years say of each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple, Protocol

from structurer.confront import confront_years, jumps
from structurer.forms import NEXT, Table
from structurer.observation import Value
from structurer.panel.cells import Cell

_CORRECTED = re.compile("更正|更新版|修订版|修正|勘误|补正|重新(?:发布|公布|公开)")
_READ = {"read": 2, "partial": 1}
CONFIRMED = "; confirmed by a reviewer"
WORTH = 20
"""A jump between smaller numbers is listed, but takes no reviewer's time."""


class About(Protocol):
    """A document as the store tells of it."""

    @property
    def number(self) -> int:
        """The store's number."""

    @property
    def id(self) -> str:
        """sha256 of its bytes."""

    @property
    def path(self) -> str:
        """Where it was found."""

    @property
    def title(self) -> str | None:
        """Its title."""

    @property
    def published(self) -> str | None:
        """ISO 8601, as far as it is printed."""

    @property
    def tables(self) -> Mapping[str, Mapping[str, object]]:
        """Form and state of each table."""


@dataclass(frozen=True, slots=True)
class PanelFinding:
    """What two reports say of each other, or a thing a reader of a series has to know."""

    rule: str
    severity: Literal["error", "warning", "info"]
    message: str
    agency: str
    year: int | None = None
    indicators: tuple[str, ...] = ()
    """Of the form, as each report prints them."""
    documents: tuple[str, ...] = ()
    """Ids of the reports it is about."""

    def to_json(self) -> dict[str, object]:
        """The finding as an object of plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


class Sheet(NamedTuple):
    """An agency's year: the report that counts and its cells."""

    year: int
    about: About | None
    """None for a year of a merged series, which several reports make."""
    cells: Mapping[str, Cell]
    findings: tuple[PanelFinding, ...] = ()
    others: tuple[About, ...] = ()
    """Other reports for the year, which do not count."""


class Series(NamedTuple):
    """An agency and its years, in order."""

    agency: str
    sheets: tuple[Sheet, ...]

    def pairs(self) -> Iterator[tuple[Sheet, Sheet]]:
        """Each year with the next, where both have a report."""
        for earlier, later in pairwise(self.sheets):
            if later.year == earlier.year + 1:
                yield earlier, later


class Edition(NamedTuple):
    """One of the reports an agency has for a year."""

    about: About
    cells: Mapping[str, Cell]

    @property
    def rank(self) -> tuple[bool, int, str, int]:
        """The greatest counts: a corrected one, then the one more of which was read, then the latest."""
        read = sum(_READ.get(str(table.get("state")), 0) for table in self.about.tables.values())
        corrected = bool(_CORRECTED.search(self.about.title or ""))
        return corrected, read, self.about.published or "", -self.about.number


def sheet(agency: str, year: int, editions: Sequence[Edition]) -> Sheet:
    """The year as the edition that counts states it.

    Where another edition has another accepted value, and the one that counts does not call itself corrected,
    nobody can tell which is right: the cell is disputed.
    """
    chosen, *others = sorted(editions, key=lambda one: one.rank, reverse=True)
    if not others:
        return Sheet(year, chosen.about, chosen.cells)
    differing = {key: found for key in chosen.cells if (found := _differ(chosen.cells[key], key, others))}
    corrected = chosen.rank[0] and not any(other.rank[0] for other in others)
    cells = dict(chosen.cells)
    if not corrected:
        for key, values in differing.items():
            said = " and ".join(f"{path} says {value}" for value, path in values[:2])
            note = f"{chosen.about.path} counts for {year}, but {said}"
            cells[key] = cells[key]._replace(status="disputed", accepted=False, note=note)
    said_of = _several(agency, year, chosen, others, differing, corrected)
    return Sheet(year, chosen.about, cells, (said_of,), tuple(one.about for one in others))


def _differ(cell: Cell, key: str, others: Sequence[Edition]) -> list[tuple[Value, str]]:
    """Accepted values of other editions that are not this accepted one, each with where it stands.

    Where a person has decided, that stands.
    """
    if not cell.accepted or cell.reviewed:
        return []
    found = [(other.cells.get(key), other.about.path) for other in others]
    return [(one.value, path) for one, path in found if one and one.accepted and one.value != cell.value]


def _several(
    agency: str,
    year: int,
    chosen: Edition,
    others: Sequence[Edition],
    differing: Mapping[str, object],
    corrected: bool,
) -> PanelFinding:
    count = len(others) + 1
    if not differing:
        said = "they say the same"
    elif corrected:
        said = f"{len(differing)} values differ; its title says that it is the corrected one"
    else:
        said = f"{len(differing)} values differ and none calls itself corrected, so these are disputed"
    also = ", ".join(other.about.path for other in others[:3]) + (" and more" if len(others) > 3 else "")
    return PanelFinding(
        rule="panel.several_reports",
        severity="warning" if differing else "info",
        message=f"{count} reports for {year}: {said}; {chosen.about.path} counts, not {also}",
        agency=agency,
        year=year,
        indicators=tuple(differing),
        documents=(chosen.about.id, *(other.about.id for other in others)),
    )


def between(series: Series, tables: Sequence[Table], *, worth: int = 0) -> Iterator[PanelFinding]:
    """What each year says of the next: the forms' rules between years, and jumps from `worth` on."""
    for earlier, later in series.pairs():
        yield from _rules(series.agency, earlier, later, tables)
        yield from _jumps(series.agency, earlier, later, worth)


def within(series: Series) -> Iterator[PanelFinding]:
    """What one year says about itself: several reports for it, items where decisions are asked for."""
    for one in series.sheets:
        yield from one.findings
        for row in ("licensing", "penalties", "coercion"):
            parts = [
                one.cells.get(f"disclosure.{row}.{name}")
                for name in ("previous_items", "change", "decisions")
            ]
            values = [part.value for part in parts if part is not None and isinstance(part.value, int)]
            if len(values) == 3 and values[1] and values[2] and values[0] + values[1] == values[2]:
                before, change, decisions = values
                yield PanelFinding(
                    rule="panel.items_as_decisions",
                    severity="info",
                    message=f"{one.year}: {decisions:,} decisions are just the {before:,} items before"
                    f" and their change of {change:,}: perhaps items, not decisions",
                    agency=series.agency,
                    year=one.year,
                    indicators=(f"disclosure.{row}.decisions",),
                    documents=_ids(one),
                )


def _rules(agency: str, earlier: Sheet, later: Sheet, tables: Sequence[Table]) -> Iterator[PanelFinding]:
    before = [cell for cell in earlier.cells.values() if cell.counts]
    after = [cell for cell in later.cells.values() if cell.counts]
    for check in confront_years(before, after, tables):
        if check.outcome == "fail":
            bound = [
                (later if key.startswith(NEXT) else earlier).cells[key.removeprefix(NEXT)]
                for key in check.indicators
            ]
            confirmed = all(cell.reviewed for cell in bound)
            yield PanelFinding(
                rule=check.rule,
                severity="info" if confirmed else check.severity,
                message=f"{earlier.year} and {later.year}: {check.message}{CONFIRMED if confirmed else ''}",
                agency=agency,
                year=later.year,
                indicators=check.indicators,
                documents=(*_ids(earlier), *_ids(later)),
            )


def _jumps(agency: str, earlier: Sheet, later: Sheet, worth: int) -> Iterator[PanelFinding]:
    found_in = {one.indicators[0]: one for one in jumps(earlier.cells.values(), later.cells.values())}
    for key, found in found_in.items():
        total = f"{key.rpartition('.')[0]}.total"
        if key != total and total in found_in:
            continue  # the total says it for its parts
        both = (earlier.cells[key], later.cells[key])
        if max(cell.value for cell in both if isinstance(cell.value, int)) >= worth:
            confirmed = both[1].reviewed
            yield PanelFinding(
                rule=found.rule,
                severity="info" if confirmed else found.severity,
                message=f"{earlier.year} and {later.year}: {found.message}{CONFIRMED if confirmed else ''}",
                agency=agency,
                year=later.year,
                indicators=tuple(NEXT + part for part in later.cells[key].source),
                documents=(*_ids(earlier), *_ids(later)),
            )


def _ids(one: Sheet) -> tuple[str, ...]:
    return (one.about.id,) if one.about is not None else ()


def across(tables: Mapping[str, Mapping[str, Table]]) -> list[Table]:
    """Tables that together have every rule between years once: a rule of two generations is asked once."""
    asked: set[tuple[str, tuple[str, ...], tuple[str, ...]]] = set()
    made = []
    for generations in tables.values():
        for table in reversed(list(generations.values())):
            rules = {(edit.rule.id, edit.left, edit.right) for edit in table.edits_across_years}
            if rules - asked:
                made.append(table)
                asked |= rules
    return made
