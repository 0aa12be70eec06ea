"""Extractions as plain tuples: what reading millions of values needs, where a model apiece would dominate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from structurer.observation import (
    DocumentInfo,
    Evidence,
    Extraction,
    Finding,
    Observation,
    SectionInfo,
    Usage,
    Value,
    trusted,
)

Span = Sequence[Any]
"""Start, end and quote; where the format knows them also page, box and confidence."""


class Line(NamedTuple):
    """An observation as a tuple; the fields are those of `Observation`, in its order."""

    indicator: str
    label: str
    value: Value
    unit: str
    qualifier: str
    period: str
    as_of: str | None
    scope: str | None
    printed: str
    status: str
    accepted: bool
    methods: Sequence[str]
    evidence: Sequence[Span]
    rules: Sequence[str]
    assumes: Sequence[str]
    candidates: Sequence[Value]

    @property
    def table(self) -> str:
        """The table its indicator belongs to."""
        return self.indicator.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Report:
    """A document and what was found in it; `findings` and `sections` only where they were asked for."""

    document: DocumentInfo
    lines: Sequence[Line]
    findings: Sequence[Finding] = ()
    sections: Sequence[SectionInfo] = ()
    usage: Mapping[str, Any] = field(default_factory=dict)
    settled_at: datetime | None = None
    """When what is said here came to stand: extracted or, if later, decided by a reviewer."""

    def form_of(self, table: str) -> str | None:
        """The form that a table of this report follows."""
        info = self.document.tables.get(table)
        return info.form if info is not None else None

    def accepted(self) -> Iterator[Line]:
        """The values that leave by default."""
        return (line for line in self.lines if line.accepted)

    def to_json(self) -> dict[str, Any]:
        """The report in the shape of schemas/json/extraction.json."""
        return {
            "document": self.document.model_dump(mode="json"),
            "observations": [_as_json(line) for line in self.lines],
            "findings": [finding.model_dump(mode="json") for finding in self.findings],
            "sections": [section.model_dump(mode="json") for section in self.sections],
            "usage": Usage(**self.usage).model_dump(mode="json"),
        }

    def extraction(self) -> Extraction:
        """The same as an `Extraction`."""
        return Extraction(
            document=self.document,
            observations=tuple(trusted(Observation, map(_fields, self.lines))),
            findings=tuple(self.findings),
            sections=tuple(self.sections),
            usage=Usage(**self.usage),
        )


def flat(extraction: Extraction, *, settled_at: datetime | None = None) -> Report:
    """An extraction as tuples."""
    return Report(
        document=extraction.document,
        lines=[_line(found) for found in extraction.observations],
        findings=extraction.findings,
        sections=extraction.sections,
        usage=extraction.usage.model_dump(mode="json"),
        settled_at=settled_at,
    )


def evidence(span: Span) -> Evidence:
    """A span as `Evidence`."""
    start, end, quote, page, box, confidence = whole(span)
    box = tuple(box) if box is not None else None
    return Evidence(start=start, end=end, quote=quote, page=page, box=box, confidence=confidence)


def whole(span: Span) -> Span:
    """A span with all six of its parts."""
    return span if len(span) == 6 else (*span, None, None, None)


def _line(found: Observation) -> Line:
    values = dict(found)
    values["evidence"] = [_span(one) for one in found.evidence]
    return Line(**values)


def _span(one: Evidence) -> Span:
    return one.start, one.end, one.quote, one.page, one.box, one.confidence


def _fields(line: Line) -> dict[str, Any]:
    made: dict[str, Any] = line._asdict()
    made["evidence"] = tuple(map(evidence, line.evidence))
    for name in ("methods", "rules", "assumes", "candidates"):
        made[name] = tuple(made[name])
    return made


_PARTS = ("start", "end", "quote", "page", "box", "confidence")


def _as_json(line: Line) -> dict[str, Any]:
    made: dict[str, Any] = line._asdict()
    made["evidence"] = [
        {name: part for name, part in zip(_PARTS, span, strict=False) if part is not None}
        for span in line.evidence
    ]
    return made
