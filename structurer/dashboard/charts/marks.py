"""Layers of marks laid out in pixels, so that what is drawn does not hang on fonts or scales."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Row = dict[str, Any]
"""A mark: positions in pixels, and its text, fill and key where it has them."""
Lay = Callable[[Sequence[Row], Mapping[str, Any]], dict[str, Any]]
MOST_YEARS = 24
"""Years that are drawn; of more, the latest."""


def layers(width: int, height: int) -> Lay:
    """What makes layers whose positions are pixels of this field: the scales change nothing."""
    axes = {
        name: {"type": "quantitative", "axis": None, "scale": {"domain": [0, most], "range": [0, most]}}
        for name, most in (("x", width), ("y", height))
    }

    def lay(rows: Sequence[Row], mark: Mapping[str, Any]) -> dict[str, Any]:
        given = rows[0] if rows else {}
        encoding: dict[str, Any] = {name: {"field": name, **axis} for name, axis in axes.items()}
        encoding |= {name: {"field": name} for name in ("x2", "y2", "text") if name in given}
        if "key" in given:
            encoding["description"] = {"field": "key"}
        if "fill" in given:
            encoding["fill"] = {"field": "fill", "type": "nominal", "scale": None}
        return {"data": {"values": list(rows)}, "mark": dict(mark), "encoding": encoding}

    return lay


def without_holes(years: Sequence[int]) -> list[int]:
    """The years with those between them of which there is no report at all, unless they are far apart."""
    whole = list(range(years[0], years[-1] + 1)) if years else []
    return whole if len(whole) <= MOST_YEARS else list(years)


def year_text(year: int, wide: float) -> str:
    """A year as it fits a column of so many pixels."""
    return str(year) if wide >= 32 else f"{year % 100:02d}"


def amount(value: float) -> str:
    """A number as short as an axis needs it."""
    if value >= 100_000_000:
        return f"{value / 100_000_000:.3g}亿"
    if value >= 10_000:
        return f"{value / 10_000:.3g}万"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def span(seconds: float) -> str:
    """A stretch of time in the unit that suits it."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
