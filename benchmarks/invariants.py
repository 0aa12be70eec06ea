"""What holds of every extraction, of whatever input: no truth is needed to check it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from structurer.confront import confront
from structurer.document import Document
from structurer.fold import fold, squeeze
from structurer.forms import Forms
from structurer.observation import ACCEPTING, Extraction, Observation
from structurer.quantities import quantities
from structurer.reconcile import asked
from structurer.review.page import prints

_YEAR = "metadata.year"
_CHINESE_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_TEN_THOUSAND = 10_000
_DOWN = ("减", "降", "少")
_NUMERAL = re.compile(r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?")


def violations(found: Extraction, document: Document, forms: Forms) -> Iterator[str]:
    """What does not hold, each with its place; nothing when all is well."""
    yield from _quotes(found, document)
    yield from _statuses(found)
    yield from _printed(found)
    yield from _sums(found, forms)
    yield from _sections(found, document)
    if Extraction.model_validate_json(found.model_dump_json()) != found:
        yield "json: read again it is another extraction"


def _quotes(found: Extraction, document: Document) -> Iterator[str]:
    for one in found.observations:
        for span in one.evidence:
            if document.source[span.start : span.end] != span.quote:
                yield f"quote: {one.indicator}: {span.quote[:40]!r} is not at {span.start}"


def _statuses(found: Extraction) -> Iterator[str]:
    for one in found.observations:
        if one.accepted and one.status not in ACCEPTING:
            yield f"status: {one.indicator}: accepted, but {one.status}"
        if one.accepted and one.value is None and one.printed not in ("blank", "not_applicable"):
            yield f"status: {one.indicator}: accepted without a value, printed {one.printed}"
        if one.status == "ambiguous" and one.value is not None:
            yield f"status: {one.indicator}: ambiguous with a value"
        if one.status in ("verified", "stated") and one.value is not None and not one.evidence:
            yield f"status: {one.indicator}: {one.status} without evidence"
        if one.status == "inferred" and one.printed == "number" and not one.rules:
            yield f"status: {one.indicator}: inferred from no rule"


def _printed(found: Extraction) -> Iterator[str]:
    """An accepted value that is said to be printed stands in its evidence."""
    for one in found.observations:
        if one.accepted and one.printed == "number" and one.value is not None and not _stands(one):
            quotes = " ".join(span.quote[:30] for span in one.evidence)
            yield f"printed: {one.indicator}: {one.value} is not in {quotes!r}"


def _stands(one: Observation) -> bool:
    return any(_says(span.quote, one) for span in one.evidence)


def _says(quote: str, one: Observation) -> bool:
    value = one.value
    if one.indicator == _YEAR:
        return str(value) in squeeze(fold(quote)).translate(_CHINESE_DIGITS)
    if isinstance(value, str):
        return squeeze(fold(value)) in squeeze(fold(quote))
    if prints(quote, value) or value is None:
        return True
    numbers = {float(q.value) for q in quantities(quote)} | set(_numerals(quote))
    amounts = {*numbers, *(number / _TEN_THOUSAND for number in numbers)}
    if "-" in fold(quote) or any(word in quote for word in _DOWN):
        amounts |= {-amount for amount in amounts}
    return any(abs(value - amount) < 1e-9 for amount in amounts)


def _numerals(quote: str) -> Iterator[float]:
    for found in _NUMERAL.findall(squeeze(fold(quote))):
        yield float(found.replace(",", ""))


def _sums(found: Extraction, forms: Forms) -> Iterator[str]:
    """A hard edit over accepted values only holds, and one that fails is an error among the findings."""
    told = {(one.rule, one.indicators) for one in found.findings if one.severity == "error"}
    by = {one.indicator: one for one in reversed(found.observations) if one.period == "year"}
    for check in confront(found.observations, asked(found, forms)):
        if check.severity != "error" or check.outcome != "fail":
            continue
        if (check.rule, check.indicators) not in told:
            yield f"sums: {check.rule} {check.where}: fails and is not among the findings"
        here = [by[key] for key in check.indicators if key in by]
        if all(one.accepted for one in here):
            yield f"sums: {check.rule} {check.where}: fails over accepted values: {check.message}"


def _sections(found: Extraction, document: Document) -> Iterator[str]:
    at = 0
    for section in found.sections:
        if not 0 <= section.start <= section.end <= len(document.source):
            yield f"sections: {section.title[:20]!r} reaches out of the text"
        if section.start < at:
            yield f"sections: {section.title[:20]!r} begins before the one ahead of it"
        at = section.start
