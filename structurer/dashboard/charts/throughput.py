"""Reports a second in the course of a run."""

from __future__ import annotations

from structurer.dashboard.charts.marks import Row, layers, span
from structurer.dashboard.drawing import Chart, Tip
from structurer.store import Run


def throughput(run: Run, width: int) -> Chart:
    """Reports a second in the course of a run."""
    left, top, field = 46, 10, 130
    over = run.over_time()
    most = max((rate for _, rate in over), default=0.0) or 1.0
    wide = (width - left) / max(1, len(over))
    bars: list[Row] = []
    tips: dict[str, Tip] = {}
    for at, (second, rate) in enumerate(over):
        key = f"t{at}"
        x = left + at * wide
        bars.append(
            {
                "x": x,
                "x2": x + max(1.0, wide - 1),
                "y": top + field * (1 - rate / most),
                "y2": top + field,
                "key": key,
            }
        )
        tips[key] = Tip(f"after {span(second)}: {rate:.3g} reports a second")
    ticks = [0.0, most / 2, most]
    grid = [
        {"x": left, "x2": width, "y": top + field * (1 - v / most), "y2": top + field * (1 - v / most)}
        for v in ticks
    ]
    scale = [{"x": left - 8, "y": row["y"], "text": f"{v:.3g}"} for row, v in zip(grid, ticks, strict=True)]
    ends = [
        {"x": left, "y": top + field + 14, "text": "0"},
    ]
    last = [{"x": width, "y": top + field + 14, "text": span(run.seconds)}]
    height = top + field + 24
    lay = layers(width, height)
    soft = {"type": "text", "baseline": "middle", "fill": "var(--soft)", "fontSize": 11}
    drawn = [
        lay(grid, {"type": "rule", "stroke": "var(--line)"}),
        lay(bars, {"type": "rect", "fill": "var(--c4)"}),
        lay(scale, {**soft, "align": "right"}),
        lay(ends, {**soft, "align": "left"}),
        lay(last, {**soft, "align": "right"}),
    ]
    return Chart("Reports a second in the course of the run", width, height, drawn, 0, 0, 0, 0, tips)
