"""The way of one report through the house; the only place that names the order of the steps."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from hashlib import sha256

from structurer._version import __version__
from structurer.confront import confront, report
from structurer.document import Document, Section
from structurer.doubt import doubt_statements, doubt_tables, waiting
from structurer.errors import NotAReport
from structurer.forms import Forms, Table, data_folder, load_forms
from structurer.metadata import metadata
from structurer.observation import DocumentInfo, Extraction, Finding, Observation, SectionInfo, TableInfo
from structurer.prose import statements
from structurer.read import read
from structurer.reconcile import crossings, reconcile
from structurer.segment import segment
from structurer.settings import Settings
from structurer.tables import TableReading, read_tables


def structure(
    source: str | os.PathLike[str] | bytes,
    *,
    path: str | None = None,
    settings: Settings | None = None,
    forms: Forms | None = None,
    beside: str | None = None,
) -> Extraction:
    """Everything one report states, each value with its evidence and status.

    `source` is a file's path, its bytes, or the report's text (see structurer.read.read for how a str
    is told apart); `path` is the name to report; `beside` is the folder with the pictures that a page
    given as bytes names (a file's is its own). Raises ReadError (NotAReport among them) naming the
    file and the reason; never anything else for any input.
    """
    settings = settings or Settings()
    forms = forms or load_forms()
    return extract(read(source, path=path, limit=settings.max_bytes, beside=beside), forms)


def extract(document: Document, forms: Forms) -> Extraction:
    """As `structure`, from a document that has been read."""
    tables = read_tables(document, forms)
    spans = [(table.table, table.start, table.end) for table in tables]
    sections = segment(document, forms, spans)
    about = metadata(document, sections)
    prose = statements(document, sections, forms, spans, year=_year(about))
    cells = [observation for table in tables for observation in table.observations]
    if not (tables or prose.observations or _named(about)):
        raise NotAReport(
            document.path, "no title, section or table of an annual report on information disclosure"
        )
    crossed = crossings(forms, (table.table for table in tables))
    between = confront([*cells, *prose.observations], crossed)
    stated = reconcile(prose.observations, between)
    within = confront(cells, present(tables, forms))
    if document.recognised:
        cells = doubt_tables(cells, tables, document, forms)
        about, stated = doubt_statements(about, document), doubt_statements(stated, document)
    observations = (*about, *cells, *stated)
    findings = [
        *report([*within, *between], observations),
        *(finding for table in tables for finding in table.findings),
        *prose.findings,
        *waiting(observations),
        *(Finding(rule="document.reading", severity="info", message=note) for note in document.notes),
    ]
    return Extraction(
        document=_info(document, about, tables, sections, forms),
        observations=observations,
        findings=tuple(findings),
        sections=tuple(_section(document, section) for section in sections),
    )


def _year(about: Sequence[Observation]) -> int | None:
    """The year reported on, also where it is disputed: the best guess decides what "this year" means."""
    for observation in about:
        if observation.indicator == "metadata.year":
            year = observation.value if observation.value is not None else observation.candidates[0]
            return year if isinstance(year, int) else None
    return None


def _named(about: Sequence[Observation]) -> bool:
    return any(observation.indicator == "metadata.title" for observation in about)


def present(tables: Sequence[TableReading], forms: Forms) -> list[Table]:
    """The forms' tables that were read, whose rules can be asked."""
    return [
        forms.tables[table.table][table.info.form]
        for table in tables
        if table.info.form is not None and table.info.state in ("read", "partial")
    ]


def _info(
    document: Document,
    about: Sequence[Observation],
    tables: Sequence[TableReading],
    sections: Sequence[Section],
    forms: Forms,
) -> DocumentInfo:
    known = {observation.indicator: observation.value for observation in about if observation.accepted}
    absent = TableInfo(form=None, state="absent")
    pictured = {s.kind for s in sections if document.pictured(s.body, s.end)}
    read_as = dict.fromkeys(pictured, TableInfo(form=None, state="image"))
    read_as.update((table.table, table.info) for table in tables)
    newest_first = [table for form in reversed(forms.forms) for table in form.tables if not table.prose]
    expected = dict.fromkeys(table.id for table in newest_first)
    year = known.get("metadata.year")
    return DocumentInfo(
        path=document.path,
        id=document.id,
        agency=_text(known.get("metadata.agency")),
        year=int(year) if isinstance(year, int | float) else None,
        title=_text(known.get("metadata.title")),
        published=_text(known.get("metadata.published")),
        tables={table: read_as.get(table, absent) for table in expected},
    )


def _text(value: object) -> str | None:
    return str(value) if value is not None else None


def _section(document: Document, section: Section) -> SectionInfo:
    span = document.to_source(section.start, section.end)
    return SectionInfo(title=section.title, start=span.start, end=span.end, state=section.state)


@cache
def fingerprint(forms: Forms | None = None) -> str:
    """What an extraction depends on besides the report: library version, forms and prompts (sha256)."""
    digest = sha256(f"{__version__}\0{(forms or load_forms()).fingerprint}".encode())
    for prompt in sorted(data_folder("prompts").glob("*.md")):
        digest.update(prompt.name.encode() + b"\0" + prompt.read_bytes())
    return digest.hexdigest()
