"""The panel over a store: a few agencies in memory at a time, in the order of their names."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from structurer.crosswalk import Crosswalk, crosswalk
from structurer.errors import PanelError, UnknownIndicator
from structurer.forms import Forms, load_forms
from structurer.panel.agencies import Agency, Recognised, Seen, Unplaced, recognise
from structurer.panel.cells import Harmoniser, added
from structurer.panel.hierarchy import Family, against_parent, families, gaps
from structurer.panel.series import (
    WORTH,
    Edition,
    PanelFinding,
    Series,
    Sheet,
    across,
    between,
    sheet,
    within,
)
from structurer.panel.told import Merger, Told
from structurer.store.panels import About, Figure, Link, Panels
from structurer.store.store import Store

_AT_ONCE = 300
"""Reports in memory at a time, give or take an agency."""
_SHORTEST_ID = 8


class Row(NamedTuple):
    """A cell of the panel, with whose it is and where it comes from."""

    agency: str
    year: int
    indicator: str
    label: str
    value: int | float | str | None
    unit: str
    qualifier: str
    printed: str
    status: str
    accepted: bool
    how: Literal["identity", "sum"]
    source: tuple[str, ...]
    document: str
    note: str
    reviewed: bool
    path: str


@dataclass(frozen=True, slots=True)
class Missing:
    """An agency and the years it has no report for."""

    agency: str
    years: tuple[int, ...]


class Panel:
    """A panel that is ready to be read, as often as wanted; every reading asks the store anew.

    Made by `panel`. Who reports is known from the start; figures are read when asked for.
    """

    def __init__(
        self,
        store: Store,
        recognised: Recognised,
        told: Told,
        walk: Crosswalk,
        forms: Forms,
        indicators: Collection[str],
        agency: str,
        years: tuple[int, int] | None,
    ) -> None:
        self._reading: Panels = store.panels()
        self._told, self._walk, self._forms = told, walk, forms
        self._wanted, self._agency, self._years = tuple(indicators), agency, years
        self.recognised = recognised

    @property
    def agencies(self) -> Sequence[Agency]:
        """The agencies of the panel, by name."""
        return [one for one in self.recognised.agencies if self._agency in one.name]

    @property
    def indicators(self) -> tuple[str, ...]:
        """Ids of the indicators, in the crosswalk's order."""
        return tuple(one.id for one in self._walk.indicators if not self._wanted or one.id in self._wanted)

    def series(self) -> Iterator[Series]:
        """Agency after agency with its years; merged agencies as one."""
        yield from self._series(self._units(), Harmoniser(self._walk, self._wanted))

    def rows(self, *, status: Literal["accepted", "all"] = "accepted") -> Iterator[Row]:
        """Cell after cell, by agency, year and indicator; with `all`, those that still need a look too."""
        for one in self.series():
            for year in one.sheets:
                path = year.about.path if year.about is not None else ""
                for cell in year.cells.values():
                    if cell.accepted or status == "all":
                        yield Row._make((one.agency, year.year, *cell, path))

    def findings(self) -> Iterator[PanelFinding]:
        """What years and agencies say of each other: rules, jumps, several reports for a year, sums below."""
        tables = across(self._forms.tables)
        for one in self.series():
            yield from within(one)
            yield from between(one, tables)
        yield from self.hierarchy()

    def hierarchy(self) -> Iterator[PanelFinding]:
        """Agencies against the sums of those below them."""
        additive = [one.id for one in self._walk.indicators if one.additive]
        for family in self._families(Harmoniser(self._walk, additive)):
            yield from against_parent(family, self._walk)

    def _families(self, harmoniser: Harmoniser) -> Iterator[Family]:
        by_name = {one.name: one for one in self.recognised.agencies}
        for name, below in sorted(families(self.recognised.agencies).items()):
            if self._agency not in name:
                continue
            units: list[_Unit] = [(one.name, (one,), None) for one in (by_name[name], *below)]
            read = {one.agency: one for one in self._series(units, harmoniser)}
            above = read.pop(name, None)
            named = sum(up == name for up in self._told.parents.values())
            if above is not None:
                yield Family(
                    above,
                    tuple(read.values()),
                    number=max(named, len(below)),
                    told=all(one.told_parent for one in below),
                    whole=name in self._told.whole,
                )

    def gaps(self) -> Iterator[Missing]:
        """Who has no report for which year: of the panel's years if given, else between first and last."""
        first, last = self._years or (None, None)
        known = {one.name for one in self.recognised.agencies}
        absent = {
            name: None for name in self._told.aliases.values() if name not in known and self._agency in name
        }
        for name, years in gaps(self.agencies, first, last, absent):
            yield Missing(name, years)

    def links(self) -> Iterator[Link]:
        """Reports that bind each other: a year and the next of an agency, an agency and those below it."""
        for one in self._series(self._units(), Harmoniser.nothing(self._walk)):
            for earlier, later in one.pairs():
                if earlier.about is not None and later.about is not None:
                    yield Link("years", earlier.about.number, later.about.number, later.year)
            for each in one.sheets:
                for other in each.others:
                    if each.about is not None:
                        yield Link("edition", each.about.number, other.number, each.year)
        yield from self._links_up()

    def into_queue(self) -> tuple[int, int, int]:
        """Has the reviewers' queue hold what reports say of each other, and follow what is decided.

        Returns how many pairs of reports bind each other, how many reports that is news for, and how many
        findings are worth a reviewer's time.
        """
        tables = across(self._forms.tables)
        links = set(self.links())
        changed = self._reading.link(links)
        told = {one.name for one in self.recognised.agencies if one.told_parent}
        found = 0
        for one in self.series():
            found += sum(each.severity == "warning" for each in within(one))
            found += sum(each.severity == "warning" for each in between(one, tables, worth=WORTH))
        if told:
            found += sum(each.severity == "warning" for each in self.hierarchy())
        return len(links), changed, found

    def failed(self) -> int:
        """Files whose import failed: what is missing here may be among them."""
        return self._reading.failed()

    def paths(self, numbers: Sequence[int]) -> dict[int, str]:
        """Where documents were found, by number."""
        return {number: about.path for number, about in self._reading.abouts(numbers).items()}

    def _links_up(self) -> Iterator[Link]:
        for family in self._families(Harmoniser.nothing(self._walk)):
            for own in family.above.sheets if family.told else ():
                here = [one.about for child in family.below for one in child.sheets if one.year == own.year]
                complete = family.whole and len(here) == family.number
                for below in here:
                    if own.about is not None and below is not None:
                        kind: Literal["whole", "parent"] = "whole" if complete else "parent"
                        yield Link(kind, own.about.number, below.number, own.year)

    def _units(self) -> list[_Unit]:
        """What makes one series: an agency, or the agencies of a merger."""
        by_name = {one.name: one for one in self.recognised.agencies}
        units: list[_Unit] = []
        merged: set[str] = set()
        for merger in self._told.mergers:
            members = {name: by_name[name] for name in (*merger.of, merger.then) if name in by_name}
            if members and self._agency in merger.name:
                units.append((merger.name, tuple(members.values()), merger))
            merged |= set(members)
        units += [(one.name, (one,), None) for one in self.agencies if one.name not in merged]
        return sorted(units, key=lambda unit: unit[0])

    def _series(self, units: Iterable[_Unit], harmoniser: Harmoniser) -> Iterator[Series]:
        batch: list[_Unit] = []
        count = 0
        for unit in units:
            batch.append(unit)
            count += sum(len(one.reports) for one in unit[1])
            if count >= _AT_ONCE:
                yield from self._loaded(batch, harmoniser)
                batch, count = [], 0
        yield from self._loaded(batch, harmoniser)

    def _loaded(self, units: Sequence[_Unit], harmoniser: Harmoniser) -> Iterator[Series]:
        numbers = sorted(
            number
            for _, agencies, _ in units
            for one in agencies
            for year, number in one.reports
            if self._in_years(year)
        )
        if not numbers:
            return
        abouts = self._reading.abouts(numbers)
        parts = harmoniser.parts if self._wanted or not harmoniser.parts else ()
        figures = self._reading.figures(numbers, parts) if harmoniser.parts else {}
        for name, agencies, merger in units:
            made = [self._one(one, abouts, figures, harmoniser) for one in agencies]
            series = _merged(name, made, merger) if merger is not None else Series(name, made[0].sheets)
            if series.sheets:
                yield series

    def _one(
        self,
        agency: Agency,
        abouts: Mapping[int, About],
        figures: Mapping[int, Sequence[Figure]],
        harmoniser: Harmoniser,
    ) -> Series:
        editions: dict[int, list[Edition]] = defaultdict(list)
        for year, number in agency.reports:
            about = abouts.get(number)
            if about is not None and self._in_years(year):
                cells = harmoniser.cells(figures.get(number, ()), year, about.id)
                editions[year].append(Edition(about, cells))
        return Series(
            agency.name, tuple(sheet(agency.name, year, editions[year]) for year in sorted(editions))
        )

    def _in_years(self, year: int) -> bool:
        return self._years is None or self._years[0] <= year <= self._years[1]


_Unit = tuple[str, tuple[Agency, ...], "Merger | None"]


def panel(
    store: Store,
    *,
    told: Told | None = None,
    indicators: Collection[str] = (),
    agency: str = "",
    years: tuple[int, int] | None = None,
    walk: Crosswalk | None = None,
    forms: Forms | None = None,
) -> Panel:
    """The panel of a store. `told` is what a file of agencies says (`load_told`).

    `indicators` are ids of the crosswalk (all, if none is named); `agency` is a part of a name; `years` are
    the first and the last. Raises UnknownIndicator and StoreError.
    """
    walk, told = walk or crosswalk(), told or Told()
    for key in indicators:
        if key not in walk.by_id:
            from difflib import get_close_matches

            raise UnknownIndicator(key, get_close_matches(key, walk.by_id, n=1))
    recognised = _recognised(store.panels(), told)
    return Panel(store, recognised, told, walk, forms or load_forms(), indicators, agency, years)


def _recognised(reading: Panels, told: Told) -> Recognised:
    """Who reports, over everything the store holds: a part of it could not tell what is unique."""
    seen: list[Seen] = []
    nobody: list[int] = []
    yearless: list[int] = []
    identities = list(reading.identities())
    of_document = _told_documents(reading, told, [one.number for one in identities])
    for number, agency, year in identities:
        agency = of_document.get(number, agency)
        if agency is None:
            nobody.append(number)
        elif year is None:
            yearless.append(number)
        else:
            seen.append(Seen(number, agency, year))
    made = recognise(seen, _Contacts(reading, [one.number for one in seen]), told, of_document)
    open_in: dict[tuple[int, str], tuple[str, ...]] = {
        (number, what): found for number, what, found in reading.candidates(sorted((*nobody, *yearless)))
    }
    unplaced = [
        *(Unplaced(number, _open("agency", open_in.get((number, "agency"), ()))) for number in nobody),
        *(Unplaced(number, _open("year", open_in.get((number, "year"), ()))) for number in yearless),
    ]
    return Recognised(made.agencies, made.suggestions, tuple(sorted((*made.unplaced, *unplaced))))


class _Contacts:
    """The telephones and e-mail addresses of documents, read where names alone do not tell."""

    def __init__(self, reading: Panels, numbers: Sequence[int]) -> None:
        self._reading, self._numbers = reading, sorted(numbers)
        self._known: dict[int, frozenset[str]] = {}

    def __call__(self, number: int) -> frozenset[str]:
        """Those of a document; its neighbours' are read with it."""
        if number not in self._known:
            at = bisect_left(self._numbers, number)
            beside = self._numbers[at - at % _AT_ONCE :][:_AT_ONCE]
            self._known.update(dict.fromkeys((*beside, number), frozenset()))
            for document, contact in self._reading.contacts(beside):
                self._known[document] |= {contact}
        return self._known[number]


def _told_documents(reading: Panels, told: Told, numbers: Sequence[int]) -> dict[int, str]:
    """Documents that the file names, by path, end of a path, or id.

    Raises PanelError for one that fits twice.
    """
    if not told.documents:
        return {}
    made: dict[int, str] = {}
    for about in reading.abouts(numbers).values():
        for agency in {agency for key, agency in told.documents.items() if _is_called(about, key)}:
            if made.setdefault(about.number, agency) != agency:
                raise PanelError(f"{about.path} is told to be of {made[about.number]} and of {agency}")
    return made


def _is_called(about: About, key: str) -> bool:
    whole = about.path == key or about.path.endswith("/" + key)
    return whole or (len(key) >= _SHORTEST_ID and about.id.startswith(key))


def _open(what: str, candidates: Sequence[str]) -> str:
    said = f"; it may be {' or '.join(candidates[:4])}" if candidates else ""
    return f"its {what} is open{said}"


def _merged(name: str, members: Sequence[Series], merger: Merger) -> Series:
    """A series of agencies that became one: sums until then, the one that reports from then on."""
    by_name = {one.agency: {sheet.year: sheet for sheet in one.sheets} for one in members}
    years = sorted({year for sheets in by_name.values() for year in sheets})
    made = []
    for year in years:
        if year >= merger.since:
            own = by_name.get(merger.then, {}).get(year)
            if own is not None:
                made.append(own)
            continue
        sheets = [by_name.get(member, {}).get(year) for member in merger.of]
        keys = dict.fromkeys(key for one in sheets if one is not None for key in one.cells)
        label = f"sum of {', '.join(merger.of)}"
        cells = {
            key: added([one.cells.get(key) if one is not None else None for one in sheets], label)
            for key in keys
        }
        found = tuple(finding for one in sheets if one is not None for finding in one.findings)
        made.append(Sheet(year, None, {key: cell for key, cell in cells.items() if cell is not None}, found))
    return Series(name, tuple(made))


__all__ = ["WORTH", "Missing", "Panel", "Row", "panel"]
