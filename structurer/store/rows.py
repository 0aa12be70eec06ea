"""Rows of tables as the extractions they were made from, without loss; see structurer.record."""

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

Rows = Iterable[SQLRow[Any]]


def _evidence(
    start: int,
    end: int,
    quote: str,
    page: int | None = None,
    box: tuple[float, float, float, float] | None = None,
    confidence: float | None = None,
) -> Evidence:
    return Evidence(start=start, end=end, quote=quote, page=page, box=box, confidence=confidence)


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
