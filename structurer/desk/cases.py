"""Items as they are named, loaded and held: the report at hand, and a case for each value to decide."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from structurer.errors import ReadError, UnknownItem
from structurer.observation import Extraction, Observation
from structurer.review.events import Event, Seen
from structurer.review.fold import Standing, standing
from structurer.review.identity import handles, identified
from structurer.review.items import Item, known, one_item
from structurer.review.page import line_starts
from structurer.review.rulebook import Rulebook
from structurer.review.values import acceptable
from structurer.store.assembling import machine
from structurer.store.reviews import Reviews
from structurer.store.store import Store

_KEPT = 4
"""Documents kept in memory: the one at hand, and those an undo goes back to."""
_HANDLE = re.compile(r"(?P<document>.+):(?P<handle>[a-z]+\.[a-z_0-9.]+(?:@[0-9]+)?(?:#[0-9]+)?)")
_ID = re.compile(r"[0-9a-f]{4,16}")


@dataclass
class Report:
    """A document at hand: what the machine found, and its page once somebody looks at it."""

    number: int
    extracted_at: datetime
    machine: Extraction
    handles: Sequence[str]
    source: str | None = None
    starts: Sequence[int] = ()
    missing: str = ""
    """Why there is no page."""

    @property
    def id(self) -> str:
        """The id of the document."""
        return self.machine.document.id


@dataclass(frozen=True, slots=True)
class Case:
    """An item that was named: what the queue, the report and the events know of it."""

    id: str
    handle: str
    number: int
    document: str
    unit: str
    place: str
    indicator: str
    seen_sha: str
    found: Observation | None
    reason: str
    why: str
    seen: Seen
    standing: Standing

    @property
    def acceptable(self) -> bool:
        """Whether there is a value, or a place left blank, that can be accepted as it is."""
        return acceptable(self.found)


class Cases:
    """Finds and loads cases; keeps the last few reports."""

    def __init__(self, store: Store, book: Rulebook) -> None:
        self._store, self._book = store, book
        self._reports: dict[int, Report] = {}

    def report(self, reviews: Reviews, number: int) -> Report:
        """A document as the store holds it now."""
        at = reviews.extracted_at(number)
        report = self._reports.get(number)
        if report is None or report.extracted_at != at:
            extraction, at = machine(reviews.connection, number)
            report = Report(number, at, extraction, handles(extraction.observations, self._book))
            while len(self._reports) >= _KEPT:
                del self._reports[next(iter(self._reports))]
            self._reports[number] = report
        return report

    def page(self, reviews: Reviews, report: Report) -> None:
        """Loads the page of a report: from the store, else from its file."""
        if report.source is None and not report.missing:
            report.source, report.missing = _source(reviews, report)
            report.starts = line_starts(report.source) if report.source else ()

    def resolve(self, reviews: Reviews, key: str) -> Case:
        """What an id, the beginning of one, or DOC:INDICATOR means. Raises UnknownItem."""
        key = key.strip()
        if _ID.fullmatch(key):
            rows = reviews.items_like(key)
            if len(rows) > 1:
                raise UnknownItem(f"{key}: several items begin so; give more of the id")
            if rows:
                return self.of_rows(reviews, rows)[0]
        named = _HANDLE.fullmatch(key)
        if named is None:
            raise UnknownItem(
                f"{key}: no such item; `structurer queue` lists them, and DOC:INDICATOR names any value"
            )
        number = self._store.number(named["document"], reviews.connection)
        return self._named(reviews, number, named["handle"], key)

    def of_rows(self, reviews: Reviews, rows: Sequence[Any]) -> list[Case]:
        """The cases of items of one document."""
        report = self.report(reviews, rows[0].document)
        acts = events_of(reviews, report.id)
        return [_of_row(row, report, [act for act in acts if act.item == row.id]) for row in rows]

    def _named(self, reviews: Reviews, number: int, handle: str, key: str) -> Case:
        report = self.report(reviews, number)
        acts = events_of(reviews, report.id)
        pairs = identified(report.machine, self._book, known(acts))
        here = [n for n, name in enumerate(report.handles) if name == handle]
        here = here or [n for n, (_, one) in enumerate(pairs) if one.indicator == handle]
        if len(here) > 1:
            several = ", ".join(report.handles[n] for n in here)
            raise UnknownItem(f"{key}: several values are called so: {several}")
        if here:
            id, found = pairs[here[0]]
            row = reviews.item(id)
            if row is not None:
                return self.of_rows(reviews, [row])[0]
            item = one_item(report.machine, self._book, reviews.plan(), found.indicator, id, found)
            own = [act for act in acts if act.item == id]
            return _chosen(item, report, report.handles[here[0]], own)
        added = [act for act in acts if act.kind == "add" and act.indicator == handle]
        row = reviews.item(added[-1].item) if added else None
        if row is None:
            raise UnknownItem(f"{key}: the report was not found to state it; `review add` adds a value")
        return self.of_rows(reviews, [row])[0]


def events_of(reviews: Reviews, document: str) -> list[Event]:
    """The events about a document, in time order."""
    return reviews.of_documents([document]).get(document, [])


def is_id(key: str) -> bool:
    """Whether a key looks like an item's id or the beginning of one."""
    return _ID.fullmatch(key) is not None


def _of_row(row: Any, report: Report, own: Sequence[Event]) -> Case:
    found, handle = None, row.indicator
    if row.position < len(report.handles):
        found = report.machine.observations[row.position]
        handle = report.handles[row.position]
        if row.check is not None:
            found = found.model_copy(update={"value": row.check})
    seen = _seen(found, row.reason, row.rules.split("|")) if found is not None else _added(row, own)
    return Case(
        row.id, handle, row.document, report.id, row.unit, row.place, row.indicator, row.seen_sha, found,
        row.reason, row.why, seen, standing(own, row.seen_sha, row.needed),
    )  # fmt: skip


def _chosen(item: Item, report: Report, handle: str, own: Sequence[Event]) -> Case:
    found = item.observation
    seen = _seen(found, item.reason, item.rules) if found is not None else Seen()
    return Case(
        item.id, handle, report.number, report.id, item.unit, item.place, item.indicator, item.seen_sha,
        found, item.reason, item.why, seen, standing(own, item.seen_sha, item.needed),
    )  # fmt: skip


def _seen(found: Observation, reason: str, rules: Sequence[str]) -> Seen:
    return Seen(
        value=found.value,
        unit=found.unit,
        status=found.status,
        accepted=found.accepted,
        printed=found.printed,
        methods=found.methods,
        rules=tuple(rule for rule in rules if rule),
        candidates=found.candidates,
        evidence=tuple((span.start, span.end, span.quote) for span in found.evidence),
        label=found.label,
        why=reason,
    )


def _added(row: Any, own: Sequence[Event]) -> Seen:
    added = (act.seen for act in own if act.kind == "add" and act.seen is not None)
    return next(added, Seen(label=row.label, why=row.reason))


def _source(reviews: Reviews, report: Report) -> tuple[str | None, str]:
    """The decoded page of a document, or why there is none."""
    from structurer.read import read_bytes

    document = report.machine.document
    content = reviews.content(report.number) or _file(document.path, document.id)
    if content is None:
        return None, f"the file {document.path} is not here, so the page cannot be shown"
    try:
        return read_bytes(content, document.path, limit=max(len(content), 1)).source, ""
    except ReadError as error:
        return None, str(error)


def _file(path: str, id: str) -> bytes | None:
    """The bytes of a file, if they are still those of the document."""
    try:
        content = Path(path).read_bytes()
    except (OSError, ValueError):
        return None
    return content if sha256(content).hexdigest() == id else None
