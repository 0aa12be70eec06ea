"""An agency against those below it: the figure of the one above should be the sum of theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from structurer.crosswalk import Crosswalk
from structurer.panel.agencies import Agency
from structurer.panel.series import PanelFinding, Series, Sheet


def families(agencies: Sequence[Agency]) -> dict[str, list[Agency]]:
    """Name of an agency → the agencies directly below it, where it is itself in the store."""
    known = {one.name for one in agencies}
    made: dict[str, list[Agency]] = {}
    for one in agencies:
        if one.parent is not None and one.parent in known:
            made.setdefault(one.parent, []).append(one)
    return made


class Family(NamedTuple):
    """An agency and those directly below it, as far as they report."""

    above: Series
    below: tuple[Series, ...]
    number: int
    """How many there are below it, with those that have no report."""
    told: bool
    """Whether the user named them. Of what names alone show it is not certain what the one above counts."""
    whole: bool
    """Whether the user said that it counts them and nothing else."""


def against_parent(family: Family, crosswalk: Crosswalk) -> Iterator[PanelFinding]:
    """Where the agencies below have more together than the one above.

    If it counts them and nothing else, also where all of them have less. `info` only for a hierarchy that was
    seen in the names alone.
    """
    for sheet in family.above.sheets:
        here = [one for series in family.below for one in series.sheets if one.year == sheet.year]
        for indicator in crosswalk.indicators:
            if indicator.additive:
                yield from _compared(family, sheet, here, indicator.id)


def _compared(family: Family, above: Sheet, here: Sequence[Sheet], key: str) -> Iterator[PanelFinding]:
    own = above.cells.get(key)
    cells = [sheet.cells.get(key) for sheet in here]
    values = [cell.value for cell in cells if cell is not None and cell.accepted]
    numbers = [value for value in values if isinstance(value, int | float)]
    if own is None or not own.accepted or not isinstance(own.value, int | float) or not numbers:
        return
    total, complete = sum(numbers), len(numbers) == family.number
    if total <= own.value and not (family.whole and complete and total != own.value):
        return
    told_of = f"all {family.number}" if complete else f"{len(numbers)} of {family.number}"
    yield PanelFinding(
        rule="panel.parent",
        severity="warning" if family.told else "info",
        message=f"{above.year}: {own.label}: it says {own.value:,}, {told_of} below it make {total:,}",
        agency=family.above.agency,
        year=above.year,
        indicators=own.source,
        documents=tuple(sheet.about.id for sheet in (above, *here) if sheet.about is not None),
    )


def gaps(
    agencies: Sequence[Agency],
    first: int | None = None,
    last: int | None = None,
    also: Mapping[str, object] | None = None,
) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Agencies with the years they have no report for.

    Between `first` and `last` if these are given, else between an agency's own first and last report.
    `also`: names that have no report at all; they are listed where `first` and `last` are given.
    """
    for one in agencies:
        years = set(one.years)
        begin = first if first is not None else min(years)
        end = last if last is not None else max(years)
        missing = tuple(year for year in range(begin, end + 1) if year not in years)
        if missing:
            yield one.name, missing
    if first is not None and last is not None:
        for name in sorted(also or ()):
            yield name, tuple(range(first, last + 1))
