"""The crosswalk as data: which figures of the forms are one quantity, and why the others are not."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from itertools import product
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from structurer.datafiles import contents, data_folder, validated
from structurer.errors import FormError
from structurer.forms import Forms, Kind, load_forms

FILE = "indicators.yaml"


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Value):
    """Figures of one form that together are the quantity: one that is the same, or several to be added up."""

    of: tuple[str, ...] = Field(min_length=1)
    years: tuple[int | None, int | None] = (None, None)
    """First and last year of the reports that may be read so; null is no limit."""

    def holds(self, year: int) -> bool:
        """Whether a report on this year may be read so."""
        first, last = self.years
        return (first is None or first <= year) and (last is None or year <= last)


class Entry(_Value):
    """One quantity, or many alike: `{row}` and `{column}` stand for each of `rows` and `columns`."""

    id: str
    label: str = ""
    """What a reader calls it; by default the official label of the figure with this id."""
    unit: str | None = None
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    additive: bool = False
    """Whether the figures of the agencies below one that reports for all of them add up to its own."""
    note: str = ""
    """What a reader of the series should know."""
    sources: Mapping[str, tuple[Source, ...]] = Field(alias="from", min_length=1)
    apart: Mapping[str, str] = Field(default_factory=dict)


class CrosswalkFile(_Value):
    """The file as it is written."""

    forms: tuple[str, ...]
    """The forms in the order in which their figures count: what one states, a later one does not."""
    reasons: Mapping[str, str]
    """Why a form does not state a quantity, by the names used under `apart`."""
    left_out: Mapping[str, str] = Field(default_factory=dict)
    """Figures that belong to no series, and why."""
    indicators: tuple[Entry, ...]


class Indicator(_Value):
    """One harmonised indicator: where each form states it, and why a form does not."""

    id: str
    label: str
    unit: str
    kind: Kind
    additive: bool
    note: str
    sources: Mapping[str, tuple[Source, ...]]
    apart: Mapping[str, str]


class Crosswalk(_Value):
    """All harmonised indicators, in the order of the file."""

    forms: tuple[str, ...]
    indicators: tuple[Indicator, ...]
    left_out: Mapping[str, str]

    @cached_property
    def by_id(self) -> Mapping[str, Indicator]:
        """The indicators by their ids."""
        return {indicator.id: indicator for indicator in self.indicators}


def crosswalk_folder() -> Path:
    """Where the crosswalk lies: beside the forms."""
    return data_folder("schemas") / "crosswalk"


def load_crosswalk(folder: str | os.PathLike[str] | None = None, forms: Forms | None = None) -> Crosswalk:
    """The crosswalk over the forms (default: those shipped).

    Raises FormError naming file and place: a figure that no form has, one that no entry mentions, a form
    about which an entry says nothing.
    """
    known = forms or load_forms()
    place = Path(folder) if folder is not None else crosswalk_folder()
    return _read(place / FILE, known)


def _read(path: Path, forms: Forms) -> Crosswalk:
    given = validated(path, contents(path), CrosswalkFile)
    try:
        indicators = tuple(one for entry in given.indicators for one in _expanded(entry, given, forms))
        _check(given, indicators, forms)
    except ValueError as error:
        raise FormError(f"{path}: {error}") from error
    return Crosswalk(forms=given.forms, indicators=indicators, left_out=given.left_out)


def _expanded(entry: Entry, given: CrosswalkFile, forms: Forms) -> Iterator[Indicator]:
    for row, column in product(entry.rows or ("",), entry.columns or ("",)):

        def filled(text: str, row: str = row, column: str = column) -> str:
            return text.replace("{row}", row).replace("{column}", column)

        key = filled(entry.id)
        sources = {
            form: tuple(Source(of=tuple(map(filled, one.of)), years=one.years) for one in entry.sources[form])
            for form in given.forms
            if form in entry.sources
        }
        if unknown := sorted({*entry.sources, *entry.apart} - set(given.forms)):
            raise ValueError(f"{key}: no such form: {', '.join(unknown)}")
        if silent := [form for form in given.forms if (form in entry.sources) == (form in entry.apart)]:
            raise ValueError(f"{key}: say either `from` or `apart` about {', '.join(silent)}")
        if nameless := sorted(set(entry.apart.values()) - set(given.reasons)):
            raise ValueError(f"{key}: no such reason: {', '.join(nameless)}")
        yield _indicator(key, column, entry, sources, given, forms)


def _indicator(
    key: str,
    column: str,
    entry: Entry,
    sources: Mapping[str, tuple[Source, ...]],
    given: CrosswalkFile,
    forms: Forms,
) -> Indicator:
    parts = [part for form in sources.values() for source in form for part in source.of]
    if unknown := sorted(set(parts) - set(forms.cells)):
        raise ValueError(f"{key}: no form has {', '.join(unknown)}")
    newest = [sources[form] for form in given.forms[:-1] if form in sources]
    first = forms.cells.get(key) or forms.cells[newest[-1][0].of[0] if newest else parts[0]]
    last = first.label.rpartition("/")[2]
    return Indicator(
        id=key,
        label=(f"{entry.label}/{last}" if column else entry.label) if entry.label else first.label,
        unit=entry.unit if entry.unit is not None else first.unit,
        kind=first.kind,
        additive=entry.additive,
        note=entry.note,
        sources=sources,
        apart={form: given.reasons[name] for form, name in entry.apart.items()},
    )


def _check(given: CrosswalkFile, indicators: tuple[Indicator, ...], forms: Forms) -> None:
    ids = [indicator.id for indicator in indicators]
    if twice := sorted({key for key in ids if ids.count(key) > 1}):
        raise ValueError(f"stands twice: {', '.join(twice)}")
    unused = set(given.reasons) - {name for entry in given.indicators for name in entry.apart.values()}
    if unused:
        raise ValueError(f"reasons that nothing gives: {', '.join(sorted(unused))}")
    used = {
        part for one in indicators for form in one.sources.values() for source in form for part in source.of
    }
    if forgotten := sorted(set(forms.cells) - used - set(given.left_out)):
        raise ValueError(f"figures that no entry mentions: {', '.join(forgotten)}")


@cache
def crosswalk() -> Crosswalk:
    """The crosswalk that is shipped, over the forms that are shipped."""
    return load_crosswalk()
