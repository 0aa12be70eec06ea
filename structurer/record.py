"""An extraction as plain values: ready to be bound to a database's rows, and to travel between processes.

A store keeps some two hundred rows a report. Whoever has extracted it makes their values, so that the one
writer of an import only hands them on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from zlib import compress

from pydantic_core import to_json

from structurer.observation import Evidence, Extraction, Value

LARGEST_KEPT = 2_000_000
"""Bytes of a file that are kept at most; a report takes some ten thousand."""

OBSERVATION = (
    "position", "indicator", "label", "value", "unit", "qualifier", "period", "as_of", "scope", "printed",
    "status", "accepted", "methods", "evidence", "rules", "assumes", "candidates",
)  # fmt: skip
"""What an observation's row holds, the document's number left out; lists and values as JSON."""
FINDING = ("position", "rule", "severity", "message", "indicators")
SECTION = ("position", "title", "start", "end", "state")

Values = tuple[Any, ...]


class Counts(NamedTuple):
    """What an import's summary says of one extraction."""

    accepted: int
    statuses: Mapping[str, int]
    findings: Mapping[str, int]
    tables: Mapping[str, str]


class Record(NamedTuple):
    """One extraction as the values of its rows."""

    id: str
    path: str
    about: dict[str, Any]
    """Columns of the documents table, identity and times left out."""
    observations: Sequence[Values]
    findings: Sequence[Values]
    sections: Sequence[Values]
    packed: bytes | None
    """The document's bytes, compressed."""
    sentences: bytes
    """The mark of its sentences (see structurer.sameness), empty where none was made."""
    counts: Counts
    fingerprint: str = ""
    """What made it: library, forms and prompts; empty where it is to be made again."""


def record(
    extraction: Extraction, *, content: bytes | None = None, sentences: bytes = b"", fingerprint: str = ""
) -> Record:
    """The record of an extraction; `content`, the document's bytes, is kept unless it is very large."""
    document = extraction.document
    return Record(
        id=document.id,
        path=document.path,
        about={
            "agency": document.agency,
            "year": document.year,
            "title": document.title,
            "published": document.published,
            "forms": {name: {"form": one.form, "state": one.state} for name, one in document.tables.items()},
            "usage": extraction.usage.model_dump(mode="json"),
        },
        observations=_observations(extraction),
        findings=[
            (position, found.rule, found.severity, found.message, dumps(found.indicators))
            for position, found in enumerate(extraction.findings)
        ],
        sections=[
            (position, section.title, section.start, section.end, section.state)
            for position, section in enumerate(extraction.sections)
        ],
        packed=compress(content, 1) if content is not None and len(content) <= LARGEST_KEPT else None,
        sentences=sentences,
        counts=counts(extraction),
        fingerprint=fingerprint,
    )


def counts(extraction: Extraction) -> Counts:
    """What a summary counts of an extraction."""
    return Counts(
        accepted=sum(found.accepted for found in extraction.observations),
        statuses=dict(Counter(found.status for found in extraction.observations)),
        findings=dict(Counter(finding.severity for finding in extraction.findings)),
        tables={name: table.state for name, table in extraction.document.tables.items()},
    )


def _observations(extraction: Extraction) -> list[Values]:
    return [
        (
            position,
            found.indicator,
            found.label,
            _value(found.value),
            found.unit,
            found.qualifier,
            found.period,
            found.as_of,
            found.scope,
            found.printed,
            found.status,
            found.accepted,
            dumps(found.methods),
            _encoded([_span(span) for span in found.evidence]) if found.evidence else "[]",
            dumps(found.rules),
            dumps(found.assumes),
            _encoded(found.candidates) if found.candidates else "[]",
        )
        for position, found in enumerate(extraction.observations)
    ]


def _value(value: Value) -> Any:
    """A value as JSON; a float as it is, for of one in a text SQLite keeps fifteen digits."""
    return value if value is None or isinstance(value, float) else dumps(value)


def _span(span: Evidence) -> tuple[Any, ...]:
    """Evidence as a list; its page, box and confidence only where it has one."""
    if span.page is None and span.box is None and span.confidence is None:
        return span.start, span.end, span.quote
    return span.start, span.end, span.quote, span.page, span.box, span.confidence


def dumps(value: object) -> str:
    """A value as JSON; a tuple must hold texts only."""
    # Two hundred rows a document, five JSON columns each: the plain encoder takes longer than the database.
    if type(value) is int:
        return str(value)
    return _texts(value) if type(value) is tuple else _encoded(value)


def _encoded(value: object) -> str:
    return to_json(value, inf_nan_mode="constants").decode()


_texts = lru_cache(maxsize=4096)(_encoded)
"""For tuples of texts, of which few differ; equal numbers of two types would share an entry."""
