"""The way of one report through the house; the only place that names the order of the steps."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from structurer._version import __version__
from structurer.captions import own
from structurer.confront import confront, report
from structurer.datafiles import data_folder
from structurer.document import Document, Section
from structurer.doubt import doubt_statements, doubt_tables, waiting
from structurer.draft import Draft
from structurer.errors import NotAReport
from structurer.forms import Forms, Table, load_forms
from structurer.metadata import damaged_dates, is_of_part, metadata, next_report
from structurer.observation import (
    DocumentInfo,
    Extraction,
    Finding,
    Observation,
    SectionInfo,
    TableInfo,
    Usage,
    trusted,
)
from structurer.partial import of_a_part, told
from structurer.prose import statements
from structurer.read import read
from structurer.reconcile import crossings, reconcile
from structurer.segment import segment
from structurer.settings import Settings
from structurer.tables import TableReading, read_tables

if TYPE_CHECKING:
    from structurer.model.reply import Reply


_SECOND = (
    "another report begins at character {} of the text, with a title of its own; from there on"
    " nothing is read: give each report a file of its own"
)


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
    drafted = draft(read(source, path=path, limit=settings.max_bytes, beside=beside), forms)
    if not asks(settings):
        return finish(drafted, forms)
    from structurer.asking import ask

    return finish(drafted, forms, ask(drafted, forms, settings), accept=settings.accept_model)


def asks(settings: Settings) -> bool:
    """Whether a model is to be asked anything."""
    return settings.model is not None and settings.ask != "none"


def extract(document: Document, forms: Forms) -> Extraction:
    """As `structure`, from a document that has been read, and without a model."""
    return finish(draft(document, forms), forms)


def draft(document: Document, forms: Forms) -> Draft:
    """Everything that tables, patterns and titles say, each on its own.

    Raises NotAReport when that is nothing at all.
    """
    tables, spans, sections = _parts(document, forms)
    second = next_report(document, sections)
    if second is not None:
        document = document.until(second)
        tables, spans, sections = _parts(document, forms)
    about = metadata(document, sections)
    year = _year(about)
    agency = _agency(about)
    tables = own(tables, document, forms, year, agency)
    prose = statements(document, sections, forms, spans, year=year, agency=agency)
    if second is not None:
        left = Finding(rule="document.second_report", severity="warning", message=_SECOND.format(second))
        prose = replace(prose, findings=(left, *prose.findings))
    if not (tables or prose.observations or _named(about)):
        raise NotAReport(
            document.path,
            "no title, section or table of an annual report on information disclosure;"
            " see whether it is another document",
        )
    return Draft(document, sections, tuple(tables), prose, tuple(about), year)


def _parts(
    document: Document, forms: Forms
) -> tuple[list[TableReading], list[tuple[str, int, int]], tuple[Section, ...]]:
    """The tables of a document, the spans they lie in, and its sections."""
    tables = read_tables(document, forms)
    spans = [(table.table, table.start, table.end) for table in tables]
    return tables, spans, segment(document, forms, spans)


def finish(draft: Draft, forms: Forms, replies: Sequence[Reply] = (), *, accept: bool = False) -> Extraction:
    """One account of what all steps say, confronted with the edit rules.

    `replies` are a model's; what only they say is accepted only with `accept`.
    """
    document, tables = draft.document, draft.tables
    cells = [observation for table in tables for observation in table.observations]
    asked = [*present(tables, forms), *crossings(forms, (table.table for table in tables))]
    checks = confront([*cells, *draft.prose.observations], asked)
    stated = reconcile(draft.prose.observations, checks)
    about, said = list(draft.about), list[Finding]()
    if replies:
        about, cells, stated, said = _with_model(draft, forms, replies, cells, stated, accept)
    if document.recognised:
        cells = doubt_tables(cells, tables, document, forms)
        about, stated = doubt_statements(about, document), doubt_statements(stated, document)
    if cells and is_of_part(draft.about):
        cells = of_a_part(cells)
        said = [*said, told(cells)]
    observations = (*about, *cells, *stated)
    findings = [
        *report(checks, observations),
        *(finding for table in tables for finding in table.findings),
        *draft.prose.findings,
        *said,
        *damaged_dates(about),
        *waiting(observations),
        *(Finding(rule="document.reading", severity="info", message=note) for note in document.notes),
    ]
    return Extraction(
        document=_info(document, about, tables, draft.sections, forms),
        observations=observations,
        findings=tuple(findings),
        sections=tuple(trusted(SectionInfo, [_section(document, section) for section in draft.sections])),
        usage=_usage(replies),
    )


def _year(about: Sequence[Observation]) -> int | None:
    """The year reported on, also where it is disputed: the best guess decides what "this year" means."""
    for observation in about:
        if observation.indicator == "metadata.year":
            year = observation.value if observation.value is not None else observation.candidates[0]
            return year if isinstance(year, int) else None
    return None


def _with_model(
    draft: Draft,
    forms: Forms,
    replies: Sequence[Reply],
    cells: list[Observation],
    stated: list[Observation],
    accept: bool,
) -> tuple[list[Observation], list[Observation], list[Observation], list[Finding]]:
    """Metadata, cells and statements with what a model says of them, and findings about it."""
    from structurer.claims import claims, gaps
    from structurer.claims.account import with_claims
    from structurer.claims.cells import merge
    from structurer.claims.tables import table_claims

    found = claims(draft, forms, replies, accept)
    stated, said = with_claims(stated, found, draft.document)
    for claim in table_claims(draft, forms, replies):
        cells, told = merge(cells, claim, draft.document, forms, accept)
        said = [*said, *told]
    about = [one for one in stated if one.indicator.startswith("metadata.")]
    stated = [one for one in stated if not one.indicator.startswith("metadata.")]
    return [*draft.about, *about], cells, stated, [*said, *gaps(draft, replies)]


def _usage(replies: Sequence[Reply]) -> Usage:
    if not replies:
        return Usage()
    from structurer.model.ledger import added

    return added(reply.usage for reply in replies)


def _agency(about: Sequence[Observation]) -> str | None:
    """The agency that reports, where that is accepted."""
    found = next((one for one in about if one.indicator == "metadata.agency" and one.accepted), None)
    return str(found.value) if found is not None and found.value is not None else None


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
    read_as = {table.table: table.info for table in tables}
    newest_first = [table for form in reversed(forms.forms) for table in form.tables if not table.prose]
    expected = dict.fromkeys(table.id for table in newest_first)
    missing = (s for s in sections if s.kind in expected and s.kind not in read_as)
    pictured = {s.kind for s in missing if document.pictured(s.body, s.end)}
    read_as.update(dict.fromkeys(pictured, TableInfo(form=None, state="image")))
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


def _section(document: Document, section: Section) -> dict[str, Any]:
    """The fields of a SectionInfo."""
    span = document.to_source(section.start, section.end)
    return {"title": section.title, "start": span.start, "end": span.end, "state": section.state}


@cache
def fingerprint(forms: Forms | None = None) -> str:
    """What an extraction depends on besides the report: library version, forms and prompts (sha256)."""
    digest = sha256(f"{__version__}\0{(forms or load_forms()).fingerprint}".encode())
    for prompt in sorted(data_folder("prompts").glob("*.md")):
        digest.update(prompt.name.encode() + b"\0" + prompt.read_bytes())
    return digest.hexdigest()


def fingerprint_with(forms: Forms, settings: Settings) -> str:
    """As `fingerprint`, and what a model adds: which one, what it is asked, what of it is accepted."""
    if not asks(settings):
        return fingerprint(forms)
    base = settings.base_url.get_secret_value() if settings.base_url else ""
    parts = (fingerprint(forms), settings.model, settings.provider, base, settings.ask, settings.accept_model)
    return sha256("\0".join(map(str, parts)).encode()).hexdigest()
