"""The dashboard's parts in their order, in one file that stands alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from structurer._version import __version__
from structurer.dashboard import charts
from structurer.dashboard.collect import LEAVES, WORTH, Overview
from structurer.dashboard.drawing import Chart, draw
from structurer.dashboard.spread import Year
from structurer.forms import Forms
from structurer.page.head import head
from structurer.page.safe import attribute, safe
from structurer.store import Run

WIDE, HALF, NARROW = 1080, 500, 330
"""Pixels that a chart is drawn for: over the page, over half of it, on a telephone."""
_FEWEST = 3
"""Agencies in a year from which on a spread is drawn."""
_WORDS: Mapping[str, str] = {
    "verified": "confirmed by sums or a second reading",
    "stated": "printed, nothing contradicts it",
    "inferred": "the only value that fits",
    "decided": "accepted by a reviewer",
    "waiting": "waits for a reviewer",
    "disputed": "the sums contradict it",
    "ambiguous": "several readings fit",
    "unsupported": "not in the text",
}


_ENDS: Mapping[str, str] = {"": "not ended", "done": "done", "stopped": "stopped", "failed": "broke"}


def dashboard(overview: Overview, forms: Forms, links: Mapping[str, str]) -> str:
    """A store as one HTML file, to be stored as UTF-8.

    `links` are the addresses of reports' pages by the reports' ids, relative to this page. The same overview
    gives the same page. Raises MissingExtra where no library is there to draw charts.
    """
    parts = (
        *_head(overview),
        *_tiles(overview),
        "<main>",
        *_coverage(overview),
        *_worth(overview, forms),
        *_rules(overview, forms),
        *_work(overview, links),
        *_runs(overview),
        *_spreads(overview, links),
        "</main>",
        f"<footer>structurer {__version__} · {safe(overview.store)}</footer></body>\n</html>\n",
    )
    return "".join(parts)


def named(overview: Overview) -> list[str]:
    """Ids of the reports the dashboard names, each once."""
    far = (one.place.id for found in overview.spreads for one in found.outliers)
    return list(dict.fromkeys((*far, *(one.id for one in overview.work))))


@cache
def _style() -> str:
    return files("structurer.dashboard").joinpath("dashboard.css").read_text(encoding="utf-8")


def _head(overview: Overview) -> Iterator[str]:
    yield from head(f"{overview.reports:,} reports", _style())
    years = overview.years
    span = f"{years[0]}–{years[-1]}" if len(years) > 1 else "".join(map(str, years))
    yield "<header><h1>政府信息公开工作年度报告 <small>annual reports on information disclosure</small></h1>"
    yield f'<p class="span">{span}</p></header>\n'


def _tiles(overview: Overview) -> Iterator[str]:
    totals = overview.totals
    values = sum(totals.values())
    accepted = sum(totals.get(kind, 0) for kind in LEAVES)
    failed = sum(count for _, count in overview.failed)
    tiles = [
        (f"{overview.reports:,}", "reports" if overview.reports != 1 else "report", ""),
        (f"{len(overview.coverage):,}", "agencies" if len(overview.coverage) != 1 else "agency", ""),
        (_short(values), "values", ""),
        (f"{_share(accepted, values)}", "accepted", "good"),
        (_short(values - accepted), "open, waiting for a person", "warn" if values - accepted else ""),
        (f"{failed:,}", "files failed", "bad" if failed else ""),
    ]
    yield '<section class="tiles">'
    for number, name, tone in tiles:
        yield f'<div class="tile {tone}"><b>{number}</b><span>{name}</span></div>'
    yield "</section>\n"


def _share(part: int, whole: int) -> str:
    """A share in percent that says 100 only when it is all of it."""
    if not whole:
        return "–"
    share = 100 * part / whole
    return "100%" if part == whole else f"{min(share, 99.9):.1f}%"


def _short(number: int) -> str:
    if number >= 10_000_000:
        return f"{number / 1_000_000:.1f} M"
    return f"{number:,}"


def _card(title: str, said: str, *parts: str, wide: bool = False) -> Iterator[str]:
    yield f'<section class="card{" full" if wide else ""}"><h2>{title}</h2><p class="said">{said}</p>'
    yield from parts
    yield "</section>\n"


def _both(make: Callable[[int], Chart], wide: int) -> str:
    """A chart as it is drawn for a large window, and as it is drawn for a telephone."""
    large, small = draw(make(wide)), draw(make(NARROW))
    return f'<figure class="large">{large}</figure><figure class="small">{small}</figure>'


def _coverage(overview: Overview) -> Iterator[str]:
    if not overview.coverage:
        return
    many = len(overview.coverage) > charts.MOST_AGENCIES
    if many:
        said = (
            "Each row is a pattern of years and how many agencies have just these reports: a hole is a gap to"
            " fill."
        )
        legend = _legend((("var(--c4)", "report there"), ("var(--none)", "no report")))
    else:
        said = "Colour: share of the report’s values that are accepted. Number: values that are still open."
        shades = [
            ("c5", "all"),
            ("c4", "98%"),
            ("c3", "90%"),
            ("c2", "70%"),
            ("c1", "less"),
            ("none", "no report"),
        ]
        legend = _legend([(f"var(--{name})", word) for name, word in shades])
    if overview.unplaced:
        said += f" {overview.unplaced:,} reports do not say which agency or year they are of."
    drawn = _both(lambda width: charts.coverage(overview, width), WIDE)
    yield from _card("Who reported when", said, legend, drawn, wide=True)


def _legend(entries: Sequence[tuple[str, str]]) -> str:
    """Swatches with words; the colour is drawn, because the page allows no style of its own elements."""
    made = "".join(
        f'<span class="key"><svg width="12" height="12" aria-hidden="true"><rect width="12" height="12"'
        f' rx="2" fill="{colour}"/></svg>{word}</span>'
        for colour, word in entries
    )
    return f'<p class="legend">{made}</p>'


def _worth(overview: Overview, forms: Forms) -> Iterator[str]:
    if not overview.worth:
        return
    used = [kind for kind in WORTH if overview.totals.get(kind)]
    legend = _legend([(f"var(--w-{kind})", f"{kind}: {_WORDS[kind]}") for kind in used])
    drawn = _both(lambda width: charts.worth(overview, forms, width), HALF)
    said = "Shares of all values of a table and form; what is open waits for a person."
    yield from _card("What the values are worth", said, legend, drawn)


def _rules(overview: Overview, forms: Forms) -> Iterator[str]:
    failures = "".join(f"<li>{count:,} × <code>{safe(kind)}</code></li>" for kind, count in overview.failed)
    listed = f'<h3>Files that could not be read</h3><ul class="plain">{failures}</ul>' if failures else ""
    if not overview.broken:
        yield from _card("Rules that are broken", "No report breaks a rule of its form.", listed)
        return
    legend = _legend(
        [
            ("var(--w-disputed)", "hard: figures contradict each other"),
            ("var(--w-ambiguous)", "soft: doubtful, can be right"),
        ]
    )
    meanings = {
        rule.id: rule.message
        for table in (table for form in forms.forms for table in form.tables)
        for rule in table.rules
    }
    drawn = _both(lambda width: charts.rules(overview, meanings, width), HALF)
    said = "In how many reports, as they were extracted. Agencies’ own mistakes stay as published."
    yield from _card("Rules that are broken", said, legend, drawn, listed)


def _spreads(overview: Overview, links: Mapping[str, str]) -> Iterator[str]:
    shown = [found for found in overview.spreads if any(_tells(one) for one in found.years)]
    if not shown:
        return
    yield '<section class="band"><h2>How figures spread over agencies and years</h2><p class="said">'
    yield "Box: half of the agencies, with the median. Line: nine in ten. The scale is logarithmic; accepted"
    yield " values only. Named: what stands far out of its year, to be looked at; it can be right.</p>"
    legend = [("var(--box-edge)", "half of the agencies"), ("var(--far)", "stands out")]
    yield _legend(legend) + "</section>\n"
    for found in shown:
        title = f'<span lang="zh">{safe(found.label.replace("/", " / "))}</span>'
        said = f"{safe(found.unit)} · <code>{safe(found.indicator)}</code>"
        drawn = _both(lambda width, found=found: charts.distribution(found, links, width), HALF)  # type: ignore[misc]
        rows = [
            (
                _linked(one.place.agency or one.place.path, links.get(one.place.id), one.position),
                one.year,
                one.value,
            )
            for one in found.outliers
        ]
        listed = "".join(
            f'<tr><td>{who}</td><td class="n">{year}</td><td class="n">{value:,.10g}</td></tr>'
            for who, year, value in rows
        )
        count = f"{len(rows)} stand{'s' if len(rows) == 1 else ''} out"
        table = f"<details><summary>{count}</summary><table>{listed}</table></details>"
        yield from _card(title, said, drawn, table if rows else "")


def _tells(year: Year) -> bool:
    """Whether a year has enough agencies for a spread to say anything."""
    return year.count >= _FEWEST and year.high > 0


def _linked(name: str, href: str | None, position: int | None = None) -> str:
    shown = f'<span lang="zh">{safe(name)}</span>'
    anchor = f"#v{position}" if position is not None else ""
    return f'<a href="{attribute(href)}{anchor}">{shown}</a>' if href else shown


def _work(overview: Overview, links: Mapping[str, str]) -> Iterator[str]:
    if not overview.work:
        return
    rows = "".join(
        f"<tr><td>{_linked(one.agency or one.path, links.get(one.id))}</td>"
        f'<td class="n">{one.year or ""}</td><td class="n">{one.open:,}</td></tr>'
        for one in overview.work
    )
    head = '<tr><th>report</th><th class="n">year</th><th class="n">open</th></tr>'
    table = f"<table><thead>{head}</thead>{rows}</table>"
    said = "The reports with most open values: <code>structurer review</code> takes them one by one."
    yield from _card("Where most is left to do", said, table)


def _runs(overview: Overview) -> Iterator[str]:
    if not overview.runs:
        return
    drawn = ""
    told = next((run for run in overview.runs if len(run.over_time()) > 3), None)
    if told is not None:
        drawn = _both(lambda width: charts.throughput(told, width), WIDE)
        drawn = f"<h3>Reports a second in the run of {told.began_at:%Y-%m-%d %H:%M}</h3>{drawn}"
    names = ("reports", "unchanged", "failed", "time", "a second", "calls", "tokens", "cost")
    head = "".join(f'<th class="n">{name}</th>' for name in names)
    rows = "".join(map(_run, overview.runs))
    table = (
        '<div class="scroll"><table><thead><tr><th>began (UTC)</th><th>end</th><th>how</th>'
        f"{head}</tr></thead>{rows}</table></div>"
    )
    said = "The latest imports, the newest first; one that has not ended was killed, or goes on."
    yield from _card("Runs: throughput and cost", said, drawn, table, wide=True)


def _run(run: Run) -> str:
    asked = bool(run.model)
    cells = (
        f"{run.imported:,}",
        f"{run.unchanged:,}",
        f"{run.failed + run.left:,}",
        charts.span(run.seconds),
        f"{run.rate:.1f}" if run.rate is not None else "–",
        f"{run.calls:,}" if asked else "–",
        f"{run.tokens:,}" if asked else "–",
        f"{run.cost:.4f}" if asked and run.cost is not None else "–",
    )
    shown = "".join(f'<td class="n">{cell}</td>' for cell in cells)
    end = safe(_ENDS[run.end])
    if not run.end:
        end = f'<span class="open">{end}</span>, last heard of {run.seen_at:%H:%M:%S}'
    return f"<tr><td>{run.began_at:%Y-%m-%d %H:%M}</td><td>{end}</td><td>{safe(_how(run))}</td>{shown}</tr>"


def _how(run: Run) -> str:
    """Where it ran and what was asked."""
    workers = f"{run.workers} worker{'s' if run.workers != 1 else ''}" if run.workers else ""
    return ", ".join(part for part in (run.engine, workers, run.model) if part)
