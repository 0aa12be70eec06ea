"""Values as links: each observation once under its own id, and as often as needed by reference."""

from __future__ import annotations

from collections.abc import Iterator

from structurer.forms import Forms
from structurer.meanings import STATUSES
from structurer.observation import Extraction, Observation
from structurer.page import words
from structurer.page.left import Source
from structurer.page.safe import safe


class Values:
    """The observations of one page, by number and by indicator."""

    def __init__(self, extraction: Extraction, source: Source, forms: Forms) -> None:
        self.extraction = extraction
        self.source = source
        self.forms = forms
        self._numbers = {id(found): number for number, found in enumerate(extraction.observations)}
        self._shown: set[int] = set()

    def number(self, found: Observation) -> int:
        """The number of an observation of this extraction."""
        return self._numbers[id(found)]

    def get(self, indicator: str) -> Observation | None:
        """The observation a table shows for an indicator."""
        return self.extraction.get(indicator)

    def rest(self) -> Iterator[Observation]:
        """Observations that have not been placed on the page yet."""
        for number, found in enumerate(self.extraction.observations):
            if number not in self._shown:
                yield found

    def place(self, found: Observation) -> str:
        """The value where it belongs: the one element that carries its id."""
        number = self.number(found)
        if number in self._shown:
            return self.refer(found)
        self._shown.add(number)
        return self._link(found, f'id="v{number}" data-v="{number}" href="{self.source.link(number)}"')

    def refer(self, found: Observation, text: str = "") -> str:
        """The value (or `text`, already safe) as a link to where it stands."""
        number = self.number(found)
        return self._link(found, f'data-to="{number}" href="#v{number}"', text)

    def line(self, found: Observation) -> str:
        """`line 12`, or nothing where no line prints it."""
        number = self.source.printed(self.number(found))
        return f"line {number}" if number else ""

    def details(self) -> Iterator[str]:
        """Everything known of each value, hidden until it is asked for."""
        for number, found in enumerate(self.extraction.observations):
            yield f'<div class="detail" data-d="{number}" hidden>{"".join(self._detail(found))}</div>\n'

    def _link(self, found: Observation, attributes: str, text: str = "") -> str:
        kind = f"v {found.status}{'' if found.accepted else ' open'}{_kind(found)}"
        shown, sign = text or words.value(found), words.sign(found)
        mark = f'<span class="sg" aria-hidden="true">{sign}</span>' if sign else ""
        return (
            f'<a class="{kind}" {attributes}><span class="n d">{shown}</span>{mark}'
            f'<span class="vh"> {words.said(found)}</span></a>'
        )

    def _detail(self, found: Observation) -> Iterator[str]:
        taken = "accepted" if found.accepted else "not accepted"
        unit = f' <span class="d" lang="zh">{safe(found.unit)}</span>' if found.unit else ""
        worth = words.value(found) or "no value"
        yield f'<p class="dl d" lang="zh">{safe(found.label)}</p>'
        status = f'<span class="st {found.status}">{words.sign(found)} {found.status}</span>'
        yield (
            f'<p><b class="d {found.status}">{worth}</b>{unit} {status}, {taken}: '
            f"{STATUSES[found.status]}</p>"
        )
        aside = ", ".join(words.asides(found))
        if aside:
            yield f'<p class="d" lang="zh">{aside}</p>'
        if not found.accepted:
            yield f'<p class="why d">{words.why_open(found)}</p>'
        yield from self._printed(found)
        if found.accepted and found.rules:
            yield f"<p>Confirmed by {', '.join(map(safe, found.rules))}</p>"
        if found.assumes:
            yield f"<p>Assumes {', '.join(map(safe, found.assumes))}</p>"
        methods = safe(", ".join(found.methods)) or "no method"
        yield f'<p class="key">{safe(found.indicator)} · by {methods}</p>'

    def _printed(self, found: Observation) -> Iterator[str]:
        if not found.evidence:
            yield f"<p>No place in the text prints it ({words.printed(found)}).</p>"
        for place in found.evidence:
            where = f"characters {place.start}–{place.end}"
            page = f"page {place.page}, " if place.page is not None else ""
            seen = f", recognised with {place.confidence:.0%}" if place.confidence is not None else ""
            yield (
                f'<p>“<q class="d" lang="zh">{safe(place.quote)}</q>” '
                f'<span class="key">{page}{where}{seen}</span></p>'
            )

    def label(self, found: Observation) -> str:
        """The label without its table, and without the column where it is the form's own; safe."""
        label = found.label.partition("/")[2] or found.label
        cell = self.forms.cells.get(found.indicator)
        own = cell is None or cell.label != found.label
        return safe(label if own else self.split(found.indicator, label)[0])

    def split(self, indicator: str, label: str) -> tuple[str, str]:
        """A label as its row and its column; the column of some holds a slash itself."""
        table, _, place = indicator.partition(".")
        column = place.rpartition(".")[2]
        for form in self.forms.tables.get(table, {}).values():
            for block in form.blocks:
                for one in block.columns:
                    if one.id == column and label.endswith(f"/{one.label}"):
                        return label[: -len(one.label) - 1], one.label
        row, _, last = label.rpartition("/")
        return row, last


def _kind(found: Observation) -> str:
    """Class of a value that is a zero, or words."""
    if isinstance(found.value, str):
        return " w"
    return " z" if found.value == 0 else ""
