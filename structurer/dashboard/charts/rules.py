"""The rules that most reports break."""

from __future__ import annotations

from collections.abc import Mapping

from structurer.dashboard.charts.marks import layers
from structurer.dashboard.collect import Overview
from structurer.dashboard.drawing import Chart, Tip, fitted

_MOST_RULES = 14


def rules(overview: Overview, meanings: Mapping[str, str], width: int) -> Chart:
    """The rules that most reports break."""
    shown = overview.broken[:_MOST_RULES]
    most = max((one.documents for one in shown), default=1)
    step, bars, texts, ends = 40, [], [], []
    tips: dict[str, Tip] = {}
    for at, one in enumerate(shown):
        y = at * step + 18
        end = max(3.0, (width - 120) * one.documents / most)
        fill = "var(--w-disputed)" if one.severity == "error" else "var(--w-ambiguous)"
        key = f"r{at}"
        bars.append({"x": 0, "x2": end, "y": y, "y2": y + 12, "fill": fill, "key": key})
        said = meanings.get(one.rule, "")
        tips[key] = Tip(
            f"{one.rule} ({one.severity}): {one.times:,} times in {one.documents:,} reports. {said}"
        )
        texts.append({"x": 0, "y": y - 9, "text": fitted(one.rule, 60 if width > 420 else 44)})
        ends.append(
            {"x": end + 8, "y": y + 7, "text": f"{one.documents:,} report{'s' * (one.documents > 1)}"}
        )
    height = len(shown) * step
    lay = layers(width, height)
    drawn = [
        lay(bars, {"type": "rect", "cornerRadius": 2}),
        lay(texts, {"type": "text", "align": "left", "baseline": "middle"}),
        lay(ends, {"type": "text", "align": "left", "baseline": "middle", "fill": "var(--soft)"}),
    ]
    return Chart("Rules that most reports break", width, height, drawn, 0, 0, 0, 4, tips)
