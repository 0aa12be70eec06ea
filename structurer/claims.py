"""What a model says, held against the page: quotes found, numbers read again, the rest unsupported."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from structurer.draft import Draft
from structurer.forms import Cell, Forms
from structurer.ground import Passage, Place, normal
from structurer.metadata.dates import DATE, iso
from structurer.metadata.titles import years_in
from structurer.model.answers import FIELDS, KINDS, PERIODS, FieldItem, ProblemItem, StatementItem, row_names
from structurer.model.reply import Reply
from structurer.observation import Evidence, Finding, Observation, Period, Printed, Status, Value
from structurer.prose.context import Times, context
from structurer.quantities import Quantity
from structurer.questions import rows_in

METHOD = "model"
_NONE = re.compile("未|没有|无|零")
_NOT_OPENED = re.compile("开通|开设|设立|建立|设置|注册")
_BEFORE = 120
"""Characters before a sentence in which its subject may be named."""
_NOBODY = re.compile("^[本我该各]")
_ORDERS = re.compile(
    r"(?:忽略|无视|不要理会|忘记)[^。\n]{0,12}(?:以上|上述|之前|前面|所有|先前)[^。\n]{0,12}(?:指令|要求|提示|规则|内容)"
    r"|(?i:ignore\s+(?:all|any|the|previous|above)[^.\n]{0,40}(?:instruction|prompt|rule)|system\s*prompt)"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing a model says, as an observation of its own.

    `span` of the document's text prints the number. `firm`: found in one place, read again with the same
    value, and patterns read period and scope as the model does; only then may it speak against others.
    """

    observation: Observation
    span: tuple[int, int] | None = None
    firm: bool = False


def claims(draft: Draft, forms: Forms, replies: Iterable[Reply], accept: bool) -> list[Claim]:
    """What replies about sentences, metadata and problems say, in their order, the same thing once.

    Nothing of it is accepted unless `accept`, and then only what was found and read again.
    """
    reader = _Reader(draft, forms, accept)
    found: list[Claim] = []
    for reply in replies:
        for leaf in reply.leaves():
            found += reader.read(leaf)
    return _once(found)


def gaps(draft: Draft, replies: Iterable[Reply]) -> list[Finding]:
    """Findings about what was asked and not answered, chunk by chunk, and about text that gives orders."""
    found = []
    for reply in replies:
        for leaf in reply.leaves():
            place = _place(draft, leaf)
            if leaf.state != "answered":
                reason = f": {leaf.reason}" if leaf.reason else ""
                message = f"{place}: the model's answer is missing ({_SAID[leaf.state]}{reason})"
                found.append(Finding(rule=f"model.{leaf.state}", severity="warning", message=message))
            if leaf.dropped:
                message = f"{place}: {leaf.dropped} parts of the model's answer were malformed and left out"
                found.append(Finding(rule="model.malformed", severity="warning", message=message))
    if replies and _ORDERS.search(draft.document.folded):
        message = (
            "the text gives orders to its reader, as if to a model; they are part of the report, nothing else"
        )
        found.append(Finding(rule="document.orders", severity="warning", message=message))
    return found


_SAID = {
    "truncated": "too long even in parts",
    "endless": "nothing but blank space",
    "refused": "refused",
    "empty": "empty",
    "garbled": "not in the shape asked for",
    "rejected": "the endpoint did not take the request",
    "failed": "the endpoint could not be reached",
    "unasked": "not asked",
    "divided": "divided",
}


def _place(draft: Draft, reply: Reply) -> str:
    """The section a reply is about, as a reader would name it."""
    if reply.question.about:
        return f"table {reply.question.about}"
    start = reply.question.chunk.pieces[0].start
    title = next((one.title for one in draft.sections if one.start <= start < one.end), "")
    return title[:30] or "the top of the report"


class _Reader:
    """Reads replies about one report."""

    def __init__(self, draft: Draft, forms: Forms, accept: bool) -> None:
        self._draft, self._document, self._accept = draft, draft.document, accept
        self._forms = forms
        self._rows = {name: row for row, name in row_names(forms).items()}

    def read(self, reply: Reply) -> Iterator[Claim]:
        if not reply.items or reply.question.about:
            return
        passage = self._passage(reply)
        agency = next(
            (str(one.value) for one in self._draft.about if one.indicator == "metadata.agency"), None
        )
        times = Times(passage.masked, self._draft.year, agency)
        for item in reply.items:
            if isinstance(item, StatementItem):
                yield self._statement(item, passage, times)
            elif isinstance(item, FieldItem):
                yield self._field(item, passage)
            elif isinstance(item, ProblemItem):
                yield self._problem(item, passage)

    def _passage(self, reply: Reply) -> Passage:
        """The text that was sent, within its sections where they hold no table."""
        spans = [(piece.start, piece.end) for piece in reply.question.chunk.pieces]
        within: list[tuple[int, int]] = []
        for section in self._draft.sections:
            touched = [span for span in spans if section.start <= span[0] < section.end]
            whole = (section.start, section.end)
            within += (
                [whole]
                if touched and section.state != "table" and all(s[1] <= section.end for s in touched)
                else touched
            )
        # A span cut across sections is its own context.
        covered = all(any(left <= start and end <= right for left, right in within) for start, end in spans)
        return Passage(self._document, spans, sorted(within) if covered else spans)

    # -- statements

    def _statement(self, item: StatementItem, passage: Passage, times: Times) -> Claim:
        row = self._rows[item.indicator]
        cell = self._cell(row)
        number: int | float = int(item.number) if item.number == int(item.number) else item.number
        if number == 0 and _NONE.search(item.quote) and not re.search("[0-9]", item.quote):
            return self._denial(item, cell, row, passage, times)
        read = passage.reread(item.quote, number)
        if read.state == "missing" or not self._speaks_of(row, passage, read.places[0]):
            return Claim(self._observation(cell, None, "unsupported", candidates=(number,)))
        evidence = tuple(
            self._evidence(passage, *_around(place, quantity))
            for place, quantity in zip(read.places, read.quantities, strict=True)
        )
        quantity = read.quantities[0]
        if read.state == "ambiguous":
            values = tuple(dict.fromkeys(quantity.value for quantity in read.quantities))
            return Claim(self._observation(cell, None, "ambiguous", evidence=evidence, candidates=values))
        when = context(times, passage.sentence(read.places[0]).start, quantity.start, quantity.end)
        scope = when.scope if when else item.scope or None
        claimed: Period = PERIODS[item.period]
        observation = self._observation(
            cell,
            quantity.value,
            "stated",
            unit=quantity.unit,
            qualifier=quantity.qualifier,
            period=when.period if when else claimed,
            as_of=when.as_of if when else None,
            scope=scope,
            evidence=evidence,
            label=f"正文/{_wording(passage, read.places[0], quantity)}" if row == "other" else "",
        )
        firm = when is not None and when.period == claimed and (when.scope is None) == (not item.scope)
        return Claim(_as_firm(observation, firm), passage.span(*quantity.number), firm)

    def _denial(self, item: StatementItem, cell: Cell, row: str, passage: Passage, times: Times) -> Claim:
        """A zero that is said in words: nothing was received, nothing was charged."""
        places = passage.find(item.quote)
        if not places or _NOT_OPENED.search(item.quote) or not self._speaks_of(row, passage, places[0]):
            return Claim(self._observation(cell, None, "unsupported", candidates=(0,)))
        evidence = tuple(self._evidence(passage, place.start, place.end) for place in places)
        if len(places) > 1:
            return Claim(self._observation(cell, None, "ambiguous", evidence=evidence, candidates=(0,)))
        when = context(times, passage.sentence(places[0]).start, places[0].start, places[0].end)
        claimed: Period = PERIODS[item.period]
        observation = self._observation(
            cell,
            0,
            "stated",
            period=when.period if when else claimed,
            scope=when.scope if when else item.scope or None,
            printed="text",
            evidence=evidence,
        )
        firm = when is not None and when.period == claimed and when.scope is None and not item.scope
        return Claim(_as_firm(observation, firm), None, firm)

    def _speaks_of(self, row: str, passage: Passage, place: Place) -> bool:
        """Whether the words around a quote can mean this row at all."""
        if row == "other":
            return True
        sentence = passage.sentence(place)
        start = passage.origin(place.start)
        title = next((one.title for one in self._draft.sections if one.start <= start < one.end), "")
        return row in rows_in(title + "\n" + passage.text[max(0, sentence.start - _BEFORE) : sentence.end])

    def _cell(self, row: str) -> Cell:
        for column in ("count", "amount"):
            cell = self._forms.cells.get(f"narrative.{row}.{column}")
            if cell is not None:
                return cell
        raise KeyError(row)

    # -- the rest

    def _field(self, item: FieldItem, passage: Passage) -> Claim:
        key = FIELDS[item.field]
        indicator, label = f"metadata.{key}", f"元数据/{item.field}"
        printed: Printed = "number" if key == "year" else "text"
        places = passage.find(item.quote)
        value = _field_value(key, item, passage.text[places[0].start : places[0].end]) if places else None
        if value is None:
            return Claim(self._told(indicator, label, None, "unsupported", printed, (), (item.value,)))
        evidence = (self._evidence(passage, places[0].start, places[0].end),)
        return Claim(self._told(indicator, label, value, "stated", printed, evidence))

    def _problem(self, item: ProblemItem, passage: Passage) -> Claim:
        indicator, label = f"problems.{KINDS[item.kind]}.text", f"五/{item.kind}"
        places = passage.find(item.quote)
        if not places:
            return Claim(self._told(indicator, label, None, "unsupported", "text", (), (item.quote,)))
        evidence = self._evidence(passage, places[0].start, places[0].end)
        return Claim(
            self._told(indicator, label, re.sub(r"\s+", "", evidence.quote), "stated", "text", (evidence,))
        )

    # -- observations

    def _evidence(self, passage: Passage, start: int, end: int) -> Evidence:
        return self._document.evidence(*passage.span(start, end))

    def _observation(self, cell: Cell, value: Value, status: Status, **given: object) -> Observation:
        filled = {name: thing for name, thing in given.items() if thing}
        return Observation.model_validate(
            {
                "indicator": cell.indicator,
                "label": cell.label,
                "value": value,
                "unit": cell.unit,
                "printed": "number" if value is not None else "omitted",
                "status": status,
                "accepted": self._accept and status == "stated",
                "methods": (METHOD,),
                **filled,
            }
        )

    def _told(
        self,
        indicator: str,
        label: str,
        value: Value,
        status: Status,
        printed: Printed,
        evidence: tuple[Evidence, ...],
        candidates: tuple[Value, ...] = (),
    ) -> Observation:
        return Observation(
            indicator=indicator,
            label=label,
            value=value,
            printed=printed if value is not None else "omitted",
            status=status,
            accepted=self._accept and status == "stated",
            methods=(METHOD,),
            evidence=evidence,
            candidates=candidates,
        )


def _as_firm(observation: Observation, firm: bool) -> Observation:
    """What leaves no doubt about period and scope may be accepted, the rest never."""
    return observation if firm else observation.model_copy(update={"accepted": False})


def _field_value(key: str, item: FieldItem, quoted: str) -> Value:
    """What the quoted words themselves say, None where that is not what the model says."""
    if key == "year":
        named = years_in(quoted) or tuple(int(found) for found in re.findall("20[0-9]{2}", quoted))
        year = named[0] if len(set(named)) == 1 else None
        return year if str(year) == item.value else None
    if key == "published":
        dates = [iso(found[0]) for found in re.finditer(DATE, quoted)]
        return item.value if item.value in dates else None
    wanted = normal(item.value)
    if not wanted or wanted not in normal(quoted) or (key == "agency" and _NOBODY.search(wanted)):
        return None
    return wanted


def _around(place: Place, quantity: Quantity) -> tuple[int, int]:
    """The quote, and what of the quantity stands outside of it (近, 余, a unit)."""
    return min(place.start, quantity.start), max(place.end, quantity.end)


def _wording(passage: Passage, place: Place, quantity: Quantity) -> str:
    return passage.text[place.start : quantity.start].strip("、,:;和及与") or "其他陈述"


def _once(found: Sequence[Claim]) -> list[Claim]:
    """The claims, those that say the same of the same place once."""
    kept: dict[object, Claim] = {}
    for claim in found:
        one = claim.observation
        key = (
            one.indicator,
            one.value,
            one.period,
            one.scope,
            one.status,
            one.candidates,
            claim.span,
            one.evidence,
        )
        kept.setdefault(key, claim)
    return list(kept.values())
