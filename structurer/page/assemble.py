"""The parts of the page in their order, in one file that stands alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from structurer.console.signs import LEGEND, SIGNS
from structurer.document import CELL, Document
from structurer.forms import Forms
from structurer.meanings import ORDER, STATUSES
from structurer.observation import Extraction
from structurer.page import look
from structurer.page.head import head
from structurer.page.left import Source
from structurer.page.links import Values
from structurer.page.original import original
from structurer.page.safe import attribute, safe
from structurer.page.said import about, others, statements
from structurer.page.tables import absent, tables


def page(extraction: Extraction, forms: Forms, document: Document | str) -> str:
    """One report as one HTML file, to be stored as UTF-8.

    `document` is what the extraction was made from, or in words why it cannot be shown. The same input
    gives the same page, byte for byte.
    """
    source = Source(extraction, original(extraction, document))
    values = Values(extraction, source, forms)
    return "".join(
        (*_head(extraction), *_top(values), "<main>", *_values(values), *_source(values), "</main>", *_end())
    )


@cache
def _asset(name: str) -> str:
    return files("structurer.page").joinpath(name).read_text(encoding="utf-8")


def _head(extraction: Extraction) -> Iterator[str]:
    title = attribute(extraction.document.title or extraction.document.path)
    return head(title, _asset("page.css"), _asset("page.js"))


def _top(values: Values) -> Iterator[str]:
    document = values.extraction.document
    facts = [
        f'<span lang="zh">{safe(document.agency)}</span>' if document.agency else "agency unknown",
        str(document.year or "year unknown"),
        f"published {safe(document.published)}" if document.published else "publication date unknown",
    ]
    missing = absent(values)
    if missing:
        facts.append(f'not in this report: <span lang="zh">{"、".join(missing)}</span>')
    yield '<header class="top"><a class="skip" href="#values">Skip to the values</a>'
    yield f'<h1 class="d" lang="zh">{safe(document.title or "(no title)")}</h1>'
    yield f'<p class="facts d">{" · ".join(facts)}</p>'
    yield f'<p class="file d"><code>{safe(document.path)}</code> <code>{safe(document.id[:12])}</code></p>'
    yield f'<ul class="counts">{"".join(_counts(values.extraction))}</ul></header>\n'


def _counts(extraction: Extraction) -> Iterator[str]:
    counts = Counter(found.status for found in extraction.observations)
    for status in ORDER:
        if counts[status]:
            sign = f"{SIGNS[status]} " if SIGNS[status] else ""
            yield f'<li class="st {status}">{sign}{counts[status]} {status}</li>'


def _values(values: Values) -> Iterator[str]:
    yield '<div class="pane values" id="values" tabindex="-1">\n'
    yield from _look(values)
    yield from tables(values)
    yield from statements(values)
    yield from about(values)
    yield from others(values)
    noted = look.notes(values)
    if noted:
        yield '<section aria-labelledby="t-notes"><h2 id="t-notes">Notes</h2><ul class="notes d">'
        yield from noted
        yield "</ul></section>\n"
    yield '<section aria-labelledby="t-signs"><h2 id="t-signs">Signs</h2><dl class="signs">'
    for status in ORDER[::-1]:
        sign = SIGNS[status] or "&nbsp;"
        yield f'<dt><span class="st {status}">{sign} {status}</span></dt><dd>{STATUSES[status]}</dd>'
    for sign, meaning in list(LEGEND.items())[len(SIGNS) :]:
        yield f'<dt><span class="st">{sign}</span></dt><dd>{meaning}</dd>'
    yield "</dl></section>\n</div>\n"


def _look(values: Values) -> Iterator[str]:
    waiting, broken = list(look.open_values(values)), list(look.failed(values))
    if not waiting and not broken:
        yield '<section class="look clear"><h2>Nothing needs a look</h2></section>\n'
        return
    yield '<section class="look" aria-labelledby="t-look">'
    if waiting:
        count = sum(1 for _ in values.extraction.select(accepted=False))
        yield f'<h2 id="t-look">To look at: {count} value{"s" * (count > 1)}</h2><ul class="items">'
        yield from waiting
        yield "</ul>"
    if broken:
        title = f"{len(broken)} rule{'s' * (len(broken) > 1)} broken or doubtful"
        yield f'<h2{"" if waiting else " id=t-look"}>{title}</h2><ul class="rules">'
        yield from broken
        yield "</ul>"
    yield "</section>\n"


def _source(values: Values) -> Iterator[str]:
    shown = values.source.original
    yield '<aside class="pane source" id="source" aria-labelledby="t-source"><div class="bar">'
    yield '<div class="barline"><h2 id="t-source">Source</h2>'
    yield '<span class="buttons"><button type="button" data-step="-1" hidden>'
    yield '‹<span class="vh"> previous value to look at</span></button>'
    yield '<button type="button" data-step="1" hidden>next to look at ›</button>'
    yield '<button type="button" data-sheet hidden aria-expanded="false">open</button></span></div>'
    yield '<div class="details" aria-live="polite">'
    yield '<p class="hint">Choose a value or a marked place in the text: the other side lights up.</p>\n'
    yield from values.details()
    yield "</div></div>\n"
    if shown.missing:
        yield f'<p class="notice">The source is not shown: {safe(shown.missing)}. '
        yield "The quotes are those kept at extraction.</p>"
    else:
        yield from _text(values)
    yield "</aside>\n"


def _text(values: Values) -> Iterator[str]:
    shown = values.source.original
    if shown.lost:
        quotes = "1 quote" if shown.lost == 1 else f"{shown.lost} quotes"
        lost = f"{quotes} could not be found again at its place, and is not marked."
        yield f'<p class="notice">{lost}</p>'
    contents = values.source.contents()
    if len(contents) > 1:
        yield f'<details class="contents"><summary>{len(contents)} sections</summary><ul class="d" lang="zh">'
        yield from (f'<li><a href="#L{line}">{safe(title)}</a></li>' for line, title in contents)
        yield "</ul></details>"
    if shown.visible:
        yield '<p class="notice">What a reader of the page sees; the markup is left out.</p>'
    kind = "text" if CELL in shown.text else "text lines"
    yield f'<div class="{kind}" lang="zh" translate="no">\n'
    yield from values.source.html()
    yield "</div>\n"


def _end() -> Iterator[str]:
    yield f"<script>{_asset('page.js')}</script>\n</body>\n</html>\n"
