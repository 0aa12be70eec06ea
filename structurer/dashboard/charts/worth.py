"""What the values of each table and form are worth, as shares."""

from __future__ import annotations

from structurer.dashboard.charts.marks import Row, layers
from structurer.dashboard.collect import LEAVES, WORTH, Overview
from structurer.dashboard.drawing import Chart, Tip, fitted
from structurer.forms import Forms


def worth(overview: Overview, forms: Forms, width: int) -> Chart:
    """What the values of each table and form are worth, as shares."""
    row, gap = (20, 22) if width > 500 else (18, 22)
    cells: list[Row] = []
    texts: list[Row] = []
    ends: list[Row] = []
    tips: dict[str, Tip] = {}
    for at, ((table, form), counted) in enumerate(overview.worth.items()):
        y = at * (row + gap) + gap - 4
        total = sum(counted.values())
        left = sum(count for kind, count in counted.items() if kind not in LEAVES)
        title = table_title(table, form, forms)
        waits = f"{_percent(left, total)} open"
        waits += f" of {total:,}" if width > 420 else ""
        texts.append(
            {"x": 0, "y": y - 10, "text": table_title(table, form, forms, 52 if width > 400 else 32)}
        )
        ends.append({"x": width, "y": y - 10, "text": waits})
        x = 0.0
        for kind in WORTH:
            if count := counted.get(kind, 0):
                end = x + width * count / total
                key = f"w{at}{kind}"
                cells.append(
                    {"x": x, "x2": end, "y": y, "y2": y + row, "fill": f"var(--w-{kind})", "key": key}
                )
                tips[key] = Tip(f"{title}: {count:,} {kind} ({count / total:.2%})")
                x = end
    height = len(overview.worth) * (row + gap)
    lay = layers(width, height)
    drawn = [
        lay(cells, {"type": "rect"}),
        lay(texts, {"type": "text", "align": "left", "baseline": "middle", "fontWeight": 600}),
        lay(ends, {"type": "text", "align": "right", "baseline": "middle", "fill": "var(--soft)"}),
    ]
    return Chart("What values are worth by table and form", width, height, drawn, 0, 0, 0, 4, tips)


def _percent(part: int, whole: int) -> str:
    """A share in percent that says 0 only when it is none."""
    return "0%" if not part else "<0.1%" if part / whole < 0.001 else f"{part / whole:.1%}"


def table_title(table: str, form: str, forms: Forms, most: int = 99) -> str:
    """A table by its official title, at most so many cells, and the form it follows."""
    known = forms.tables.get(table, {})
    one = known.get(form) or next(iter(known.values()), None)
    if one is None:
        return table
    number = f"{one.number}、" if one.number and one.number not in one.title else ""
    name = one.title if one.prose else f"{number}{one.title}"
    return f"{fitted(name, most - len(form) - 3)} · {form}" if form else fitted(name, most)
