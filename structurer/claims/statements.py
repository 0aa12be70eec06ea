"""A quantity a model says is stated: its quote found, its number read again, its period and scope checked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from structurer.claims.claim import Claim, evidence, of_cell
from structurer.document import Document, Section
from structurer.forms import Cell, Forms
from structurer.ground import Passage, Place
from structurer.model.answers import PERIODS, StatementItem, row_names
from structurer.observation import Observation, Period, Status, Value
from structurer.prose.context import context
from structurer.prose.times import Times
from structurer.quantities import Quantity
from structurer.questions import rows_in

_NONE = re.compile("未|没有|无|零")
_NOT_OPENED = re.compile("开通|开设|设立|建立|设置|注册")
_BEFORE = 120
"""Characters before a sentence in which its subject may be named."""


class Statements:
    """Holds the statements that a model finds in one passage against that passage."""

    def __init__(
        self,
        document: Document,
        sections: Sequence[Section],
        forms: Forms,
        passage: Passage,
        times: Times,
        accept: bool,
    ) -> None:
        self._document, self._sections, self._forms = document, sections, forms
        self._passage, self._times, self._accept = passage, times, accept
        self._rows = {name: row for row, name in row_names(forms).items()}

    def claim(self, item: StatementItem) -> Claim:
        """What an item comes to."""
        row = self._rows[item.indicator]
        number: int | float = int(item.number) if item.number == int(item.number) else item.number
        if number == 0 and _NONE.search(item.quote) and not re.search("[0-9]", item.quote):
            return self._denial(item, row)
        return self._quantity(item, row, number)

    def _quantity(self, item: StatementItem, row: str, number: int | float) -> Claim:
        cell, passage = self._cell(row), self._passage
        read = passage.reread(item.quote, number)
        if read.state == "missing" or not self._speaks_of(row, read.places[0]):
            return Claim(self._observed(cell, None, "unsupported", candidates=(number,)))
        shown = tuple(
            evidence(self._document, passage, *_around(place, quantity))
            for place, quantity in zip(read.places, read.quantities, strict=True)
        )
        quantity = read.quantities[0]
        if read.state == "ambiguous":
            values = tuple(dict.fromkeys(quantity.value for quantity in read.quantities))
            return Claim(self._observed(cell, None, "ambiguous", evidence=shown, candidates=values))
        sentence = passage.sentence(read.places[0])
        when = context(self._times, sentence.start, quantity.start, quantity.end)
        claimed: Period = PERIODS[item.period]
        observation = self._observed(
            cell,
            quantity.value,
            "stated",
            unit=quantity.unit,
            qualifier=quantity.qualifier,
            period=when.period if when else claimed,
            as_of=when.as_of if when else None,
            scope=when.scope if when else item.scope or None,
            evidence=shown,
            label=f"正文/{_wording(passage, read.places[0], quantity)}" if row == "other" else "",
        )
        firm = when is not None and when.period == claimed and (when.scope is None) == (not item.scope)
        return Claim(_as_firm(observation, firm), passage.span(*quantity.number), firm)

    def _denial(self, item: StatementItem, row: str) -> Claim:
        """A zero that is said in words: nothing was received, nothing was charged."""
        cell, passage = self._cell(row), self._passage
        places = passage.find(item.quote)
        if not places or _NOT_OPENED.search(item.quote) or not self._speaks_of(row, places[0]):
            return Claim(self._observed(cell, None, "unsupported", candidates=(0,)))
        shown = tuple(evidence(self._document, passage, place.start, place.end) for place in places)
        if len(places) > 1:
            return Claim(self._observed(cell, None, "ambiguous", evidence=shown, candidates=(0,)))
        when = context(self._times, passage.sentence(places[0]).start, places[0].start, places[0].end)
        claimed: Period = PERIODS[item.period]
        observation = self._observed(
            cell,
            0,
            "stated",
            period=when.period if when else claimed,
            scope=when.scope if when else item.scope or None,
            printed="text",
            evidence=shown,
        )
        firm = when is not None and when.period == claimed and when.scope is None and not item.scope
        return Claim(_as_firm(observation, firm), None, firm)

    def _speaks_of(self, row: str, place: Place) -> bool:
        """Whether the words around a quote can mean this row at all."""
        if row == "other":
            return True
        passage = self._passage
        sentence, start = passage.sentence(place), passage.origin(place.start)
        title = next((one.title for one in self._sections if one.start <= start < one.end), "")
        return row in rows_in(title + "\n" + passage.text[max(0, sentence.start - _BEFORE) : sentence.end])

    def _cell(self, row: str) -> Cell:
        for column in ("count", "amount"):
            cell = self._forms.cells.get(f"narrative.{row}.{column}")
            if cell is not None:
                return cell
        raise KeyError(row)

    def _observed(self, cell: Cell, value: Value, status: Status, **given: object) -> Observation:
        return of_cell(cell, value, status, self._accept, **given)


def _as_firm(observation: Observation, firm: bool) -> Observation:
    """What leaves no doubt about period and scope may be accepted, the rest never."""
    return observation if firm else observation.model_copy(update={"accepted": False})


def _around(place: Place, quantity: Quantity) -> tuple[int, int]:
    """The quote, and what of the quantity stands outside of it (近, 余, a unit)."""
    return min(place.start, quantity.start), max(place.end, quantity.end)


def _wording(passage: Passage, place: Place, quantity: Quantity) -> str:
    return passage.text[place.start : quantity.start].strip("、,:;和及与") or "其他陈述"
