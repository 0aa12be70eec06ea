"""Agencies by years: who reported when, and where there are gaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from structurer.dashboard.charts.marks import MOST_YEARS, Row, layers, without_holes, year_text
from structurer.dashboard.collect import Covered, Overview
from structurer.dashboard.drawing import Chart, Tip, fitted, pixels

MOST_AGENCIES = 45
"""More than these are shown by the pattern of their years instead of one by one."""
_MOST_PATTERNS = 22
CLASSES = ((1.0, "c5"), (0.98, "c4"), (0.9, "c3"), (0.7, "c2"), (0.0, "c1"))
"""Share of accepted values from which on a cell has a colour."""


def coverage(overview: Overview, width: int) -> Chart:
    """Agencies by years: each agency, or the patterns of their years where there are many."""
    years = without_holes(overview.years)[-MOST_YEARS:]
    if len(overview.coverage) <= MOST_AGENCIES:
        return _agencies(overview, years, width)
    return _patterns(overview, years, width)


def _agencies(overview: Overview, years: Sequence[int], width: int) -> Chart:
    names = sorted(overview.coverage, key=lambda name: (-len(overview.coverage[name]), name))
    left = min(max(pixels(name) for name in names) + 14, 200 if width > 500 else 128) if names else 20
    most = int(left / 12 / 0.54)
    wide = min((width - left) / max(1, len(years)), 84.0)
    high = 24
    cells: list[Row] = []
    notes: list[Row] = []
    texts: list[Row] = []
    tips: dict[str, Tip] = {}
    for row, name in enumerate(names):
        top = 24 + row * high
        texts.append({"x": left - 10, "y": top + 11, "text": fitted(name, most)})
        for column, year in enumerate(years):
            one = overview.coverage[name].get(year)
            x = left + column * wide
            key = f"a{row}y{year}"
            cells.append(
                {
                    "x": x + 1,
                    "x2": x + wide - 1,
                    "y": top,
                    "y2": top + high - 3,
                    "fill": _shade(one),
                    "key": key,
                }
            )
            tips[key] = Tip(_covered_text(name, year, one))
            if one is not None and one.open:
                notes.append({"x": x + wide / 2, "y": top + 11, "text": f"{one.open:,}", "fill": _ink(one)})
    heads = [{"x": left + at * wide + wide / 2, "y": 10, "text": str(year)} for at, year in enumerate(years)]
    height = 24 + len(names) * high
    lay = layers(width, height)
    drawn = [
        lay(cells, {"type": "rect", "cornerRadius": 3}),
        lay(texts, {"type": "text", "align": "right", "baseline": "middle"}),
        lay(heads, {"type": "text", "align": "center", "baseline": "middle", "fill": "var(--soft)"}),
    ]
    if wide > 26:
        drawn.append(lay(notes, {"type": "text", "align": "center", "baseline": "middle", "fontSize": 11}))
    return Chart(
        f"Reports of {len(names)} agencies by year", width, height, drawn, left=0, right=0, top=0, tips=tips
    )


def _covered_text(name: str, year: int, one: Covered | None) -> str:
    if one is None:
        return f"{name} {year}: no report"
    reports = f"{one.reports} reports, " if one.reports > 1 else ""
    return f"{name} {year}: {reports}{one.accepted:,} of {one.values:,} values accepted, {one.open:,} open"


def _shade(one: Covered | None) -> str:
    if one is None:
        return "var(--none)"
    share = one.accepted / one.values if one.values else 0.0
    return next(f"var(--{name})" for least, name in CLASSES if share >= least)


def _ink(one: Covered) -> str:
    share = one.accepted / one.values if one.values else 0.0
    return "var(--on-dark)" if share >= 0.98 else "var(--on-light)"


def patterns(overview: Overview, years: Sequence[int]) -> list[tuple[tuple[int, ...], int]]:
    """Which years agencies have reports for, and how many agencies have just those; most agencies first."""
    shown = set(years)
    found = Counter(
        tuple(sorted(set(known) & shown)) for known in overview.coverage.values() if set(known) & shown
    )
    return sorted(found.items(), key=lambda one: (-one[1], one[0]))


def _patterns(overview: Overview, years: Sequence[int], width: int) -> Chart:
    found = patterns(overview, years)
    shown = found[:_MOST_PATTERNS]
    bar = 190 if width > 500 else 92
    wide = min((width - bar) / max(1, len(years)), 82.0)
    bar = int(width - wide * len(years))
    high, top = 22, 24
    matrix = wide * len(years)
    most = max((count for _, count in shown), default=1)
    cells: list[Row] = []
    bars: list[Row] = []
    texts: list[Row] = []
    tips: dict[str, Tip] = {}
    for row, (pattern, count) in enumerate(shown):
        y = top + row * high
        for column, year in enumerate(years):
            key = f"p{row}y{year}"
            there = year in pattern
            x = column * wide
            fill = "var(--c4)" if there else "var(--none)"
            cells.append(
                {"x": x + 1, "x2": x + wide - 1, "y": y, "y2": y + high - 3, "fill": fill, "key": key}
            )
            tips[key] = Tip(f"{count:,} agencies {'have' if there else 'lack'} a report for {year}")
        end = matrix + 12 + (bar - 70) * count / most
        bars.append({"x": matrix + 10, "x2": end, "y": y + 3, "y2": y + high - 6})
        texts.append({"x": end + 6, "y": y + 10, "text": f"{count:,}"})
    rest = sum(count for _, count in found[_MOST_PATTERNS:])
    height = top + len(shown) * high
    if rest:
        kinds = len(found) - len(shown)
        texts.append(
            {"x": 2, "y": height + 12, "text": f"and {rest:,} agencies with {kinds:,} other patterns"}
        )
        height += 24
    heads = [
        {"x": at * wide + wide / 2, "y": 10, "text": year_text(year, wide)} for at, year in enumerate(years)
    ]
    lay = layers(width, height)
    drawn = [
        lay(cells, {"type": "rect", "cornerRadius": 3}),
        lay(bars, {"type": "rect", "cornerRadius": 2, "fill": "var(--soft)"}),
        lay(texts, {"type": "text", "align": "left", "baseline": "middle"}),
        lay(heads, {"type": "text", "align": "center", "baseline": "middle", "fill": "var(--soft)"}),
    ]
    label = f"Which years {len(overview.coverage):,} agencies have reports for"
    return Chart(label, width, height, drawn, left=0, right=0, top=0, tips=tips)
