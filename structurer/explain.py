"""Why an indicator has its value: what the page prints, the readings it allows, the rules that decide."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from math import comb

from structurer.confront import Check, confront
from structurer.document import Document
from structurer.errors import UnknownIndicator
from structurer.forms import Forms, load_forms
from structurer.meanings import STATUSES
from structurer.observation import Evidence, Extraction, Observation
from structurer.pipeline import extract, present
from structurer.read import read
from structurer.settings import Settings
from structurer.tables import TableReading, read_tables
from structurer.tables.place import PlacedRow


@dataclass(frozen=True, slots=True)
class Explanation:
    """The reasons for one indicator's value, as sentences in reading order."""

    indicator: str
    label: str
    observation: Observation | None
    lines: tuple[str, ...]


def explain(
    source: str | os.PathLike[str] | bytes,
    indicator: str,
    *,
    path: str | None = None,
    settings: Settings | None = None,
    forms: Forms | None = None,
) -> Explanation:
    """Explain one indicator of one report.

    Raises UnknownIndicator, naming the nearest known one, and ReadError as `structure` does.
    """
    settings, forms = settings or Settings(), forms or load_forms()
    known = forms.cells.get(indicator)
    document = read(source, path=path, limit=settings.max_bytes)
    extraction = extract(document, forms)
    observation = extraction.get(indicator)
    if known is None and observation is None:
        raise UnknownIndicator(indicator, get_close_matches(indicator, forms.cells, n=1))
    tables = read_tables(document, forms)
    label = observation.label if observation is not None else known.label if known is not None else indicator
    return Explanation(
        indicator, label, observation, tuple(_lines(document, extraction, tables, indicator, forms))
    )


def _lines(
    document: Document, extraction: Extraction, tables: Sequence[TableReading], indicator: str, forms: Forms
) -> Iterator[str]:
    observation = extraction.get(indicator)
    table = next((table for table in tables if table.table == indicator.partition(".")[0]), None)
    if observation is None:
        yield "The report says nothing about it" + (f": its table is {table.info.state}." if table else ".")
        return
    value = "no value" if observation.value is None else f"{observation.value} {observation.unit}".strip()
    taken = "accepted" if observation.accepted else "not accepted"
    yield f"{value}: {observation.status}, {taken} ({STATUSES[observation.status]})."
    row = _row(table, indicator)
    if row is not None:
        yield from _on_the_page(document, row)
    else:
        yield from (f'{_where(document, item)} prints "{item.quote}".' for item in observation.evidence)
    yield from _rules(extraction, tables, indicator, forms)
    if observation.candidates:
        yield (
            "Candidates: "
            + ", ".join("left blank" if c is None else str(c) for c in observation.candidates)
            + "."
        )
    yield "Assumed: " + (", ".join(observation.assumes) if observation.assumes else "nothing") + "."


def _row(table: TableReading | None, indicator: str) -> PlacedRow | None:
    rows = table.rows if table is not None else ()
    return next((row for row in rows if any(cell.indicator == indicator for cell in row.places)), None)


def _on_the_page(document: Document, row: PlacedRow) -> Iterator[str]:
    tokens = [token for token in row.cells if token is not None]
    width = len(row.places)
    if not tokens:
        yield "No number is printed in its row." if row.layout != "missing" else "Its row is not printed."
        return
    printed = " ".join(document.text[token.start : token.end] for token in tokens)
    first = document.evidence(tokens[0].start, tokens[0].end)
    where = _where(document, first) if first.page else f"From {_where(document, first).lower()} on the page"
    yield f"{where} prints {len(tokens)} of the row's {width} cells: {printed}"
    if row.layout == "exact":
        yield "Each stands in its column."
    elif row.layout == "short":
        ways = comb(width, len(tokens))
        yield f"In their order they fit the {width} columns in {ways:,} ways; the sums decide between them."
    else:
        yield "They fit its columns in no certain way, so the row is left open."


def _rules(
    extraction: Extraction, tables: Sequence[TableReading], indicator: str, forms: Forms
) -> Iterator[str]:
    checks = [
        c for c in confront(extraction.observations, present(tables, forms)) if indicator in c.indicators
    ]
    if not checks:
        yield "No rule of the form binds it."
    for check in checks:
        yield f"Rule {check.rule} {_verdict(check)}"


def _verdict(check: Check) -> str:
    if check.outcome == "unknown":
        return f"cannot be evaluated: {check.message}"
    relation = "=" if check.left == check.right else "≠"
    word = "holds" if check.outcome == "pass" else "fails"
    return f"{word} ({check.left} {relation} {check.right}): {check.message}"


def _where(document: Document, evidence: Evidence) -> str:
    """The page, or the line of the source, that evidence begins on, counted from 1."""
    if evidence.page is not None:
        return f"Page {evidence.page}"
    return f"Line {document.source.count(chr(10), 0, evidence.start) + 1}"
