"""Values outside the tables: what the prose states, what the report says of itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from structurer.observation import Observation
from structurer.page import words
from structurer.page.links import Values
from structurer.page.safe import safe

_QUOTED = 160
"""Characters of a quote that are shown in a list; the source pane holds all of it."""


def statements(values: Values) -> Iterator[str]:
    """What the prose states, in the order of the text."""
    prose = {
        name for name, known in values.forms.tables.items() if any(table.prose for table in known.values())
    }
    found = [one for one in values.extraction.observations if one.indicator.partition(".")[0] in prose]
    yield from _list(values, "prose", "In the prose", found)


def about(values: Values) -> Iterator[str]:
    """What the report says of itself: agency, year, dates, addresses."""
    found = [one for one in values.extraction.observations if one.indicator.startswith("metadata.")]
    yield from _list(values, "about", "About the report", found)


def others(values: Values) -> Iterator[str]:
    """Whatever no other part of the page has shown."""
    yield from _list(values, "others", "Other values", list(values.rest()))


def _list(values: Values, name: str, title: str, found: Iterable[Observation]) -> Iterator[str]:
    items = [_item(values, one) for one in found]
    if items:
        yield f'<section aria-labelledby="t-{name}"><h2 id="t-{name}">{title}</h2><ul class="said {name}">\n'
        yield from items
        yield "</ul></section>\n"


def _item(values: Values, found: Observation) -> str:
    unit = f'<span class="u d" lang="zh">{safe(found.unit)}</span>' if found.unit else ""
    aside = "".join(f'<span class="aside d">{one}</span>' for one in words.asides(found))
    quote = next((place.quote for place in found.evidence), "")
    cut = safe(quote[:_QUOTED]) + ("…" if len(quote) > _QUOTED else "")
    same = isinstance(found.value, str) and quote == found.value
    told = f'<q class="d" lang="zh">{cut}</q>' if quote and not same else ""
    line = values.line(found)
    note = f'<span class="ln">{line}</span>' if line else ""
    return (
        f'<li class="r"><span class="val">{values.place(found)}{unit}</span> <span class="what">'
        f'<span class="d" lang="zh">{values.label(found)}</span>{aside} {told} {note}</span></li>\n'
    )
