"""Statements in prose that patterns can read: rows of the statistics table, said in sentences.

What is not certain is not stated. A quantity is bound to a row only by words that leave nothing unknown
between them; what stays open is for the model stage or a reviewer.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from structurer.document import Document, Section
from structurer.forms import Forms
from structurer.metadata import extent, report_agency, report_year
from structurer.observation import Evidence, Finding, Observation, Status, stating
from structurer.prose import settle
from structurer.prose.bind import Sentence
from structurer.prose.claim import Claim
from structurer.prose.context import context
from structurer.prose.denials import denials
from structurer.prose.done import hedged, undone
from structurer.prose.owners import is_elsewhere
from structurer.prose.scope import SELF
from structurer.prose.times import NEAR, Times
from structurer.prose.words import clause_start
from structurer.quantities import quantities
from structurer.running import Reading, read

__all__ = ["Statements", "statements"]

_AMOUNTS = frozenset(("fees_charged", "budget"))
# A numeral before a classifier, a multiplier or a stop: sentences without one need no closer look.
_COUNTS = re.compile(
    "[0-9一二三四五六七八九十两百千万]"
    r"(?:[余多几百千万亿 ]{0,4}[人件条场期批篇份次项宗起例名位个则处户家元班幅+,)]|[万亿余多]{0,2}\Z|[万亿])"
)
_LONGEST = 80
"""Characters of evidence; a longer clause is cut from the left."""
_LONGEST_SENTENCE = 2_000
"""Characters; what runs on longer lost its stops, and nothing in it is certain."""


@dataclass(frozen=True, slots=True)
class Statements:
    """What prose states, and what a reader has to know about it."""

    observations: tuple[Observation, ...]
    findings: tuple[Finding, ...]


def statements(
    document: Document,
    sections: Sequence[Section],
    forms: Forms,
    tables: Sequence[tuple[str, int, int]] = (),
    *,
    year: int | None = None,
    agency: str | None = None,
) -> Statements:
    """Read the statements in the prose of these sections.

    `tables` are the located tables (id, start, end in the text); they are left out, as is furniture.
    `year` is the year reported on and `agency` who reports; by default what `structurer.metadata` finds.
    Observations come in reading order; of those that contradict each other, all are disputed.
    """
    reading = read(document, sections, ((start, end) for _, start, end in tables))
    year = year or report_year(document, sections)
    words = Times(reading.text, year, agency or report_agency(document, sections))
    listed, claims = _claims(reading, words)
    end = extent(document, sections)
    if end < len(document.text):
        claims = [claim for claim in claims if reading.origin(claim.at) < end]
        listed = {
            index: [claim for claim in of_sentence if reading.origin(claim.at) < end]
            for index, of_sentence in listed.items()
        }
    claims = settle.without_parts(reading.text, claims)
    kept = {id(claim) for claim in claims}
    for of_sentence in listed.values():
        for claim in of_sentence:
            if claim.row and id(claim) not in kept:
                claim.rows = ()
    claims += settle.add_up(reading.text, listed)
    findings = list(settle.families(claims))
    groups = settle.grouped(claims)
    disputed = settle.contradictions(groups)
    observations = []
    for same in settle.grouped(claim for group in groups for claim in group if claim.row):
        if id(same[0]) in disputed:
            findings.append(_contradiction(same, disputed[id(same[0])]))
        observations += _observations(document, reading, forms, same, disputed)
    return Statements(tuple(sorted(observations, key=lambda found: found.evidence[0].start)), tuple(findings))


def _claims(reading: Reading, words: Times) -> tuple[dict[int, list[Claim]], list[Claim]]:
    """All claims by sentence, also those bound to no row; and in reading order those that state something."""
    text = reading.text
    spans = list(reading.sentences())
    denied = list(denials(reading, spans))
    listed: dict[int, list[Claim]] = {}
    bound: list[Claim] = []
    family = ""
    for index, (span, following) in enumerate(zip(spans, [*spans[1:], (0, 0)], strict=False)):
        if span[1] - span[0] > _LONGEST_SENTENCE or _COUNTS.search(text, *span) is None:
            continue
        if _in_column(text, span, following):
            continue
        own = list(quantities(text, *span))
        if not own:
            continue
        sentence = Sentence(reading, span, index, family, reading.title(span[0]))
        listed[index] = list(sentence.read(own))
        family = sentence.family or family
        bound += [claim for claim in listed[index] if claim.rows]
    if denied:
        zero = [(claim.start, claim.end) for claim in denied]
        bound = [claim for claim in bound if claim.value or not any(a <= claim.at < b for a, b in zero)]
    nothing = {id(claim) for claim in denied}
    stated = []
    last: tuple[int, str | None] = (0, None)
    for claim in sorted([*bound, *denied], key=lambda claim: claim.at):
        start = spans[claim.sentence][0]
        clause = clause_start(text, max(start, claim.at - NEAR), claim.at)
        said = hedged(text, claim.at) if id(claim) in nothing else undone(text, clause, claim.at, claim.end)
        when = None if said else context(words, start, claim.at, claim.end)
        if when is None or is_elsewhere(claim.rows, text, start, claim.at, words.agency):
            claim.rows = ()
            continue
        claim.period, claim.as_of = when.period, when.as_of
        scope = when.scope or _carried(text, claim, last)
        claim.scope = scope or claim.scope
        last = (claim.end, scope)
        stated.append(claim)
    return listed, stated


def _in_column(text: str, span: tuple[int, int], following: tuple[int, int]) -> bool:
    """Whether a sentence is a bare number, and so is the next: no words will say what it counts."""
    if not text[slice(*span)].isdecimal():
        return False
    behind = text[slice(*following)]
    return not behind or behind.isdecimal()


def _carried(text: str, claim: Claim, last: tuple[int, str | None]) -> str | None:
    """The scope of the statement before, which holds on in its paragraph until the office itself is named."""
    end, scope = last
    if scope is None or claim.at - end > 200 or "\n" in text[end : claim.at]:
        return None
    return None if SELF.search(text, end, claim.at) else scope


def _contradiction(same: Sequence[Claim], values: Sequence[int | float]) -> Finding:
    indicator = _indicator(same[0].row)
    printed = " and ".join(f"{value:g}" if isinstance(value, float) else str(value) for value in values)
    return Finding(
        rule=settle.CONTRADICTION,
        severity="warning",
        message=f"prose states {printed} for {indicator}",
        indicators=(indicator,),
    )


def _indicator(row: str) -> str:
    return f"narrative.{row}.{'amount' if row in _AMOUNTS else 'count'}"


def _observations(
    document: Document,
    reading: Reading,
    forms: Forms,
    same: Sequence[Claim],
    disputed: dict[int, tuple[int | float, ...]],
) -> list[Observation]:
    """One observation for each value stated, with every place that states it."""
    values: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
    for claim in same:
        values[claim.value, claim.qualifier].append(claim)
    return [_observation(document, reading, forms, claims, disputed) for claims in values.values()]


def _observation(
    document: Document,
    reading: Reading,
    forms: Forms,
    claims: Sequence[Claim],
    disputed: dict[int, tuple[int | float, ...]],
) -> Observation:
    first = claims[0]
    indicator = _indicator(first.row)
    cell = forms.cells[indicator]
    candidates = disputed.get(id(first), ())
    rules = tuple(dict.fromkeys(rule for claim in claims for rule in claim.rules))
    status: Status = "disputed" if candidates else "verified" if rules else "stated"
    return stating(
        indicator=indicator,
        label=f"正文/{first.wording}" if first.row == "other" else cell.label,
        value=first.value,
        unit=first.unit or cell.unit,
        qualifier=first.qualifier,
        period=first.period,
        as_of=first.as_of,
        scope=first.scope,
        printed=first.printed,
        status=status,
        accepted=not candidates,
        methods=("pattern",),
        evidence=tuple(_evidence(document, reading, claim) for claim in _apart(claims)),
        rules=(settle.CONTRADICTION,) if candidates else rules,
        candidates=candidates,
    )


def _apart(claims: Sequence[Claim]) -> list[Claim]:
    """The claims that do not overlap an earlier one: the same words found twice are one place."""
    kept: list[Claim] = []
    for claim in sorted(claims, key=lambda claim: claim.start):
        if not kept or claim.start >= kept[-1].end:
            kept.append(claim)
    return kept


def _evidence(document: Document, reading: Reading, claim: Claim) -> Evidence:
    start = max(claim.start, claim.end - _LONGEST)
    while start < claim.at and reading.text[start] in '、,:;)"\n ':
        start += 1
    return document.evidence(reading.origin(start), reading.origin(claim.end - 1) + 1)
