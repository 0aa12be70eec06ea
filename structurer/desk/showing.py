"""Cases as views: the page around a value, its row, its sums as they stand, and what others decided."""

from __future__ import annotations

from collections.abc import Sequence

from structurer.desk.cases import Case, Report
from structurer.observation import Extraction, Observation, Value
from structurer.review.page import excerpt, line_of, prints, spans_of
from structurer.review.rulebook import Rulebook
from structurer.review.sums import Sum, Term, proven, sums_of_table
from structurer.review.views import About, View


def views(
    cases: Sequence[Case], report: Report, current: Extraction, book: Rulebook, *, blind: bool
) -> list[View]:
    """The cases of one report as a reviewer sees them; `current` is the report with what was decided."""
    worked: dict[str, dict[str, list[Sum]]] = {}
    rows: dict[str, list[Observation]] = {}
    for one in current.observations:
        rows.setdefault(one.indicator.rpartition(".")[0], []).append(one)
    made = []
    for case in cases:
        table = case.indicator.partition(".")[0]
        if table not in worked:
            worked[table] = sums_of_table(current, table, book)
        row = _row(rows.get(case.indicator.rpartition(".")[0], ()), case, blind)
        made.append(_view(case, report, row, worked[table].get(case.indicator, ()), blind))
    return made


def title(extraction: Extraction, place: str, book: Rulebook) -> str:
    """The official name of a table, or the title of a section."""
    if place.startswith("section:"):
        start = int(place.partition(":")[2])
        return next((one.title for one in extraction.sections if one.start == start), "") or "正文"
    known = book.forms.tables.get(place, {})
    own = book.table(place, book.form_of(extraction, place))
    table = own or next(reversed(list(known.values())), None)
    if table is None:
        return "元数据" if place == "metadata" else place
    return table.title if table.number == table.title else f"{table.number}、{table.title}"


def is_proven(view: View) -> bool:
    """Whether the sums prove a value that the page prints, or that alone fits."""
    found = view.found
    if found is None or found.value is None or found.status in ("ambiguous", "unsupported"):
        return False
    grounded = any(prints(span.quote, found.value) for span in found.evidence) or found.status == "inferred"
    return grounded and proven(view.sums)


def _view(case: Case, report: Report, row: tuple[Term, ...], found: Sequence[Sum], blind: bool) -> View:
    document = report.machine.document
    spans, on_page = _spans(case, report)
    valid = report.source is not None and _there(case, report.source)
    lines = excerpt(report.source or "", spans, mark=on_page) if valid else []
    at = case.standing
    return View(
        id=case.id,
        handle=f"{document.id[:12]}:{case.handle}",
        document=About(document.id, document.path, document.agency, document.year),
        unit=case.unit,
        place=case.place,
        indicator=case.indicator,
        label=case.found.label if case.found is not None else case.seen.label or case.indicator,
        reason=case.reason,
        why=case.why,
        state=at.state,
        seen_sha=case.seen_sha,
        found=case.found,
        lines=tuple(lines),
        on_page=on_page,
        page="" if lines else report.missing or "nothing of it is on the page",
        at_hand=report.source is not None,
        line=line_of(report.starts, spans[0][0]) + 1 if spans and report.starts else None,
        sums=() if blind else tuple(found),
        row=row,
        votes=at.votes if at.state == "differ" and not blind else (),
        old=at.decision if at.state == "stale" and not blind else None,
        decision=at.decision if at.state == "decided" and not blind else None,
        blind=blind,
    )


def _spans(case: Case, report: Report) -> tuple[list[tuple[int, int]], bool]:
    if case.found is not None:
        return spans_of(report.machine, case.found)
    spans = [(start, end) for start, end, _ in case.seen.evidence]
    return spans, bool(spans)


def _there(case: Case, source: str) -> bool:
    """Whether the page at hand is the one the evidence points into."""
    spans = case.found.evidence if case.found is not None else ()
    return all(source[span.start : span.end] == span.quote for span in spans)


def _row(cells: Sequence[Observation], case: Case, blind: bool) -> tuple[Term, ...]:
    """The values of the row that a cell stands in, as they are now."""
    if case.found is None or "@" in case.handle or case.indicator.startswith("metadata."):
        return ()
    shared = len(_shared([one.label for one in cells]))
    return tuple(Term(one.indicator, one.label[shared:], _shown(one, case, blind)) for one in cells)


def _shared(labels: Sequence[str]) -> str:
    """The parts that all labels begin with: what names the row."""
    first, last = min(labels), max(labels)
    same = next((n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    return first[: first.rfind("/", 0, same) + 1]


def _shown(one: Observation, case: Case, blind: bool) -> Value:
    """A cell as it is now; the one to be decided as the reviewer is meant to see it."""
    if one.indicator != case.indicator:
        return one.value
    return None if blind or case.found is None else case.found.value
