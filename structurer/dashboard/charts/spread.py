"""A figure over agencies and years, with what stands out named and linked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import log1p

from structurer.dashboard.charts.marks import MOST_YEARS, Row, amount, layers, year_text
from structurer.dashboard.drawing import Chart, Tip, fitted, pixels
from structurer.dashboard.spread import Outlier, Spread

_BOXED = 5
"""Values of a year from which on they get a box; fewer are dots."""


def distribution(found: Spread, links: Mapping[str, str], width: int) -> Chart:
    """A figure over the years: half of the agencies in the box, nine in ten on the line."""
    left, top, field, bottom = 46, 12, 190, 26
    height = top + field + bottom
    years = found.years[-MOST_YEARS:]
    shown = {one.year for one in years}
    outliers = [one for one in found.outliers if one.year in shown]
    most = max(
        [one.high for one in years] + [o.value for o in outliers] + [v for _, v in found.points] + [1.0]
    )
    wide = (width - left - 8) / max(1, len(years))
    place = {one.year: left + (at + 0.5) * wide for at, one in enumerate(years)}

    def up(value: float) -> float:
        return top + field * (1 - log1p(max(0.0, value)) / log1p(most))

    half = min(wide * 0.3, 16)
    tips: dict[str, Tip] = {}
    grid = [{"x": left - 6, "x2": width, "y": up(v), "y2": up(v)} for v in _ticks(most)]
    scale = [{"x": left - 12, "y": up(v), "text": amount(v)} for v in _ticks(most)]
    stems, boxes, middles = [], [], []
    for one in years:
        x, key = place[one.year], f"y{one.year}"
        if one.count >= _BOXED:
            stems.append({"x": x, "x2": x, "y": up(one.low), "y2": up(one.high)})
        tall = {"y": up(one.third) - 0.5, "y2": up(one.first) + 0.5}
        if one.count >= _BOXED:
            boxes.append({"x": x - half, "x2": x + half, **tall, "key": key})
        middles.append({"x": x - half, "x2": x + half, "y": up(one.middle), "y2": up(one.middle)})
        tips[key] = Tip(
            f"{one.year}: {one.count:,} agencies, median {amount(one.middle)},"
            f" half of them {amount(one.first)} to {amount(one.third)}"
        )
    dots = [
        {"x": place[year] + _shaken(at) * half, "y": up(value)}
        for at, (year, value) in enumerate(found.points)
        if year in place
    ]
    far, names = _outliers(outliers, place, up, links, tips, width)
    heads = [{"x": place[one.year], "y": height - 8, "text": year_text(one.year, wide)} for one in years]
    lay = layers(width, height)
    drawn = [
        lay(grid, {"type": "rule", "stroke": "var(--line)"}),
        lay(
            scale,
            {"type": "text", "align": "right", "baseline": "middle", "fill": "var(--soft)", "fontSize": 11},
        ),
        lay(stems, {"type": "rule", "stroke": "var(--box-edge)", "strokeWidth": 1.5}),
        lay(boxes, {"type": "rect", "fill": "var(--box)", "stroke": "var(--box-edge)", "cornerRadius": 2}),
        lay(dots, {"type": "circle", "size": 12, "fill": "var(--dot)", "opacity": 0.6}),
        lay(middles, {"type": "rule", "stroke": "var(--ink)", "strokeWidth": 2}),
        lay(far, {"type": "circle", "size": 64, "fill": "var(--far)", "opacity": 1}),
        lay(
            names,
            {"type": "text", "align": "left", "baseline": "middle", "fontSize": 11, "fill": "var(--far)"},
        ),
        lay(heads, {"type": "text", "align": "center", "baseline": "middle", "fill": "var(--soft)"}),
    ]
    return Chart(f"{found.label} over the years", width, height, drawn, 0, 0, 0, 0, tips)


def _outliers(
    outliers: Sequence[Outlier],
    place: Mapping[int, float],
    up: Callable[[float], float],
    links: Mapping[str, str],
    tips: dict[str, Tip],
    width: int,
) -> tuple[list[Row], list[Row]]:
    """Dots of values that stand out, and names beside as many of them as find room."""
    far: list[Row] = []
    names: list[Row] = []
    taken = [(up(one.value), place[one.year] - 6, place[one.year] + 6) for one in outliers]
    for at, one in enumerate(outliers):
        x, y, key = place[one.year], up(one.value), f"o{at}"
        who = one.place.agency or one.place.path
        far.append({"x": x, "y": y, "key": key})
        href = links.get(one.place.id, "")
        tips[key] = Tip(f"{who} {one.year}: {amount(one.value)}", f"{href}#v{one.position}" if href else "")
        name = fitted(who, 22)
        wide = pixels(name, 11)
        begin = x + 8 if x + 8 + wide <= width else x - 8 - wide
        free = all(abs(y - row) > 13 or begin + wide < start or end < begin for row, start, end in taken)
        if begin >= 40 and free:
            taken.append((y, begin, begin + wide))
            names.append({"x": begin, "y": y, "text": name})
    return far, names


def _ticks(most: float) -> Iterator[float]:
    yield 0.0
    step = 1.0
    every = 1 if most < 5_000 else 2
    while step <= most:
        if every == 1 or round(log1p(step - 1) / log1p(9)) % every == 0 or step == 1:
            yield step
        step *= 10


def _shaken(at: int) -> float:
    """Where beside the middle a dot goes, the same every time."""
    return ((at * 7919) % 101) / 50.5 - 1
