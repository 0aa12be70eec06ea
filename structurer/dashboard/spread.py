"""How a figure spreads over the agencies, year by year, and which reports stand far out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log1p
from typing import TYPE_CHECKING, Any

from structurer.forms import Cell
from structurer.store.figures import Place, placed

if TYPE_CHECKING:
    from structurer.dashboard.collect import Column

FEW = 45
"""So many values of a year are drawn one by one."""
_FAR = 1.5
"""Interquartile ranges outside the quartiles, on a logarithmic scale."""
_LEAST_RANGE = 0.7
"""A year in which all agencies say nearly the same still lets a value double before it stands out."""
_NAMED = 6


@dataclass(frozen=True, slots=True)
class Year:
    """Quantiles of one year."""

    year: int
    count: int
    low: float
    first: float
    middle: float
    third: float
    high: float


@dataclass(frozen=True, slots=True)
class Outlier:
    """A report's value that stands far out, and where it is."""

    year: int
    value: float
    place: Place
    position: int


@dataclass(frozen=True, slots=True)
class Spread:
    """One indicator over the years."""

    indicator: str
    label: str
    unit: str
    years: Sequence[Year]
    points: Sequence[tuple[int, float]]
    """Year and value, of years with few values."""
    outliers: Sequence[Outlier]


def spread(connection: Any, indicator: str, cell: Cell, column: Column) -> Spread:
    """The spread of an indicator; its outliers are looked up, the rest stays numbers."""
    by_year: dict[int, list[int]] = {}
    for at, year in enumerate(column.years):
        by_year.setdefault(year, []).append(at)
    years, points, far = [], [], []
    for year, places in sorted(by_year.items()):
        values = sorted(column.values[at] for at in places)
        years.append(quantiles(year, values))
        if len(values) <= FEW:
            points += [(year, value) for value in values]
        for at in places:
            excess = beyond(column.values[at], years[-1])
            if excess > 0:
                far.append((excess, at))
    named = [at for _, at in sorted(far, key=lambda one: (-one[0], column.documents[one[1]]))[:_NAMED]]
    known = placed(connection, [column.documents[at] for at in named])
    return Spread(
        indicator=indicator,
        label=cell.label,
        unit=cell.unit,
        years=years,
        points=points,
        outliers=[
            Outlier(column.years[at], column.values[at], known[column.documents[at]], column.positions[at])
            for at in named
        ],
    )


def quantiles(year: int, values: Sequence[float]) -> Year:
    """Quantiles of sorted values."""
    at = [_quantile(values, share) for share in (0.05, 0.25, 0.5, 0.75, 0.95)]
    return Year(year, len(values), *at)


def beyond(value: float, year: Year) -> float:
    """How far outside the year's quartiles a value is, over what is usual; not above 0 is usual."""
    if year.count < 5 or value < 0:
        return 0.0
    first, third = log1p(max(0.0, year.first)), log1p(max(0.0, year.third))
    wide = _FAR * max(third - first, _LEAST_RANGE)
    return max(log1p(value) - third - wide, first - wide - log1p(value))


def _quantile(values: Sequence[float], share: float) -> float:
    place = share * (len(values) - 1)
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (place - low)
