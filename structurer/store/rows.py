"""Extractions as rows of tables, and back, without loss."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row as SQLRow

from structurer.observation import (
    DocumentInfo,
    Evidence,
    Extraction,
    Finding,
    Observation,
    SectionInfo,
    TableInfo,
    Usage,
)

Row = dict[str, Any]
Rows = Iterable[SQLRow[Any]]


def document_row(extraction: Extraction) -> Row:
    """What the documents table holds of an extraction, identity and times left out."""
    document = extraction.document
    return {
        "agency": document.agency,
        "year": document.year,
        "title": document.title,
        "published": document.published,
        "forms": {
            name: {"form": table.form, "state": table.state} for name, table in document.tables.items()
        },
        "usage": extraction.usage.model_dump(mode="json"),
    }


def observation_rows(number: int, extraction: Extraction) -> list[Row]:
    """One row an observation, in order."""
    return [
        {
            "document": number,
            "position": position,
            "indicator": found.indicator,
            "label": found.label,
            "value": found.value,
            "unit": found.unit,
            "qualifier": found.qualifier,
            "period": found.period,
            "as_of": found.as_of,
            "scope": found.scope,
            "printed": found.printed,
            "status": found.status,
            "accepted": found.accepted,
            "methods": found.methods,
            "evidence": [_span(span) for span in found.evidence],
            "rules": found.rules,
            "assumes": found.assumes,
            "candidates": list(found.candidates),
        }
        for position, found in enumerate(extraction.observations)
    ]


def _span(span: Evidence) -> list[Any]:
    """Evidence as a list; its page, box and confidence only where it has one."""
    place = [span.page, span.box, span.confidence]
    return [span.start, span.end, span.quote, *(place if any(part is not None for part in place) else ())]


def _evidence(
    start: int,
    end: int,
    quote: str,
    page: int | None = None,
    box: tuple[float, float, float, float] | None = None,
    confidence: float | None = None,
) -> Evidence:
    return Evidence(start=start, end=end, quote=quote, page=page, box=box, confidence=confidence)


def finding_rows(number: int, extraction: Extraction) -> list[Row]:
    """One row a finding, in order."""
    return [
        {"document": number, "position": position, **finding.model_dump(mode="json")}
        for position, finding in enumerate(extraction.findings)
    ]


def section_rows(number: int, extraction: Extraction) -> list[Row]:
    """One row a section, in order."""
    return [
        {"document": number, "position": position, **section.model_dump(mode="json")}
        for position, section in enumerate(extraction.sections)
    ]


def extraction(
    document: SQLRow[Any], path: str, observations: Rows, findings: Rows, sections: Rows
) -> Extraction:
    """The extraction that these rows were made from, as found under `path`."""
    return Extraction(
        document=DocumentInfo(
            path=path,
            id=document.id,
            agency=document.agency,
            year=document.year,
            title=document.title,
            published=document.published,
            tables={name: TableInfo(**table) for name, table in document.forms.items()},
        ),
        observations=tuple(map(_observation, observations)),
        findings=tuple(
            Finding(
                rule=row.rule, severity=row.severity, message=row.message, indicators=tuple(row.indicators)
            )
            for row in findings
        ),
        sections=tuple(
            SectionInfo(title=row.title, start=row.start, end=row.end, state=row.state) for row in sections
        ),
        usage=Usage(**document.usage),
    )


def _observation(row: SQLRow[Any]) -> Observation:
    return Observation(
        indicator=row.indicator,
        label=row.label,
        value=row.value,
        unit=row.unit,
        qualifier=row.qualifier,
        period=row.period,
        as_of=row.as_of,
        scope=row.scope,
        printed=row.printed,
        status=row.status,
        accepted=row.accepted,
        methods=tuple(row.methods),
        evidence=tuple(_evidence(*span) for span in row.evidence),
        rules=tuple(row.rules),
        assumes=tuple(row.assumes),
        candidates=tuple(row.candidates),
    )
