"""An agency against those below it: the figure of the one above should be the sum of theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

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


def against_parent(
    parent: Series, below: Sequence[Series], crosswalk: Crosswalk, *, told: bool, whole: bool
) -> Iterator[PanelFinding]:
    """Where the agencies below have more together than the one above.

    With `whole` also where all of them have less: the user said that it counts them and nothing else.
    `told`: the user named it as theirs. Of a hierarchy seen in the names alone it is not certain what the one
    above counts, so that says `info` only.
    """
    below_in: dict[int, list[tuple[str, Sheet]]] = {}
    for series in below:
        for sheet in series.sheets:
            below_in.setdefault(sheet.year, []).append((series.agency, sheet))
    for sheet in parent.sheets:
        here = below_in.get(sheet.year, [])
        for one in crosswalk.indicators:
            if one.additive:
                yield from _compared(parent.agency, sheet, here, len(below), one.id, told, whole)


def _compared(
    agency: str,
    above: Sheet,
    here: Sequence[tuple[str, Sheet]],
    count: int,
    key: str,
    told: bool,
    equal: bool,
) -> Iterator[PanelFinding]:
    own = above.cells.get(key)
    cells = [sheet.cells.get(key) for _, sheet in here]
    values = [cell.value for cell in cells if cell is not None and cell.accepted]
    numbers = [value for value in values if isinstance(value, int | float)]
    if own is None or not own.accepted or not isinstance(own.value, int | float) or not numbers:
        return
    total, complete = sum(numbers), len(numbers) == count
    if total <= own.value and not (equal and complete and total != own.value):
        return
    told_of = f"all {count}" if complete else f"{len(numbers)} of {count}"
    yield PanelFinding(
        rule="panel.parent",
        severity="warning" if told else "info",
        message=f"{above.year}: {own.label}: it says {own.value:,}, {told_of} below it make {total:,}",
        agency=agency,
        year=above.year,
        indicators=own.source,
        documents=tuple(
            sheet.about.id for sheet in (above, *(one for _, one in here)) if sheet.about is not None
        ),
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
