"""What needs a person, on top of the page: open values by row, and rules that failed with their sums."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from structurer.confront import Check, confront
from structurer.console.signs import SIGNS
from structurer.forms import Cell, Edit, Table
from structurer.meanings import ORDER
from structurer.observation import Finding, Observation, Status
from structurer.page import words
from structurer.page.links import Values
from structurer.page.safe import safe
from structurer.reconcile import asked

_AT_MOST = 8
"""Rows of one table, open for one reason, that are listed one by one."""
_Reason = tuple[str, Status, str]
"""Row (or table), status, and why it is open."""


def open_values(values: Values) -> Iterator[str]:
    """Values that are not accepted, unsupported ones first, those of one row and reason together."""
    found = list(values.extraction.select(accepted=False))
    found.sort(key=lambda one: ORDER.index(one.status))
    rows: dict[_Reason, list[list[Observation]]] = {}
    for (row, status, reason), alike in groupby(found, _row_and_reason):
        rows.setdefault((row.partition(".")[0], status, reason), []).append(list(alike))
    official = values.extraction.document.tables
    for whole, known in rows.items():
        if len(known) > _AT_MOST and whole[1] == "ambiguous" and whole[0] in official:
            yield _whole(values, whole, known)
        else:
            yield from (_item(values, alike, whole[2]) for alike in known)


def _whole(values: Values, whole: _Reason, rows: Sequence[Sequence[Observation]]) -> str:
    """A table that is open for one reason in more rows than are worth a line each."""
    name, status, reason = whole
    known = list(values.forms.tables.get(name, {}).values())
    title = safe(f"{known[-1].number}、{known[-1].title}") if known else safe(name)
    return (
        f'<li class="item {status}"><span class="st {status}">{SIGNS[status] or "~"} {status}</span> '
        f'<a class="what d" lang="zh" href="#t-{safe(name)}">{title}</a>'
        f'<span class="why d">{sum(map(len, rows))} values in {len(rows)} rows: {reason}</span></li>\n'
    )


def _item(values: Values, alike: Sequence[Observation], reason: str) -> str:
    """Values of one row that are open for one reason."""
    status = alike[0].status
    first = alike[0]
    label = safe(first.label if len(alike) == 1 else values.split(first.indicator, first.label)[0])
    cells = "".join(f"<li>{values.refer(one, _short(values, one, len(alike)))}</li>" for one in alike)
    line = next(filter(None, map(values.line, alike)), "")
    return (
        f'<li class="item {status}"><span class="st {status}">{words.sign(first) or "~"} {status}</span>'
        f' <span class="what d" lang="zh">{label}</span> <ul class="cells">{cells}</ul>'
        f'<span class="why d">{reason}{f" · {line}" if line else ""}</span></li>\n'
    )


def _row_and_reason(found: Observation) -> tuple[str, Status, str]:
    return found.indicator.rpartition(".")[0], found.status, words.why_open(found)


def _short(values: Values, found: Observation, of: int) -> str:
    """What a link of the list says: the column where it is one of several, and the value."""
    column = f"{safe(values.split(found.indicator, found.label)[1])} " if of > 1 else ""
    return f"{column}{words.value(found)}".strip() or "no value"


def failed(values: Values) -> Iterator[str]:
    """Rules that do not hold, both sides added up; then every other error and warning."""
    tables = asked(values.extraction, values.forms)
    edits = {
        (edit.rule.id, (*edit.left, *edit.right)): (edit, table) for table in tables for edit in table.edits
    }
    said = {(finding.rule, finding.indicators): finding for finding in values.extraction.findings}
    shown: set[tuple[str, tuple[str, ...]]] = set()
    for check in confront(values.extraction.observations, tables):
        key = check.rule, check.indicators
        if check.outcome == "fail" and key in edits:
            shown.add(key)
            yield _rule(values, check, *edits[key], said.get(key))
    for finding in values.extraction.findings:
        if finding.severity != "info" and (finding.rule, finding.indicators) not in shown:
            yield _finding(values, finding)


def notes(values: Values) -> list[str]:
    """What could not be evaluated, and what reading had to assume."""
    return [
        f"<li>{safe(finding.message)} <code>{safe(finding.rule)}</code></li>"
        for finding in values.extraction.findings
        if finding.severity == "info"
    ]


def _rule(values: Values, check: Check, edit: Edit, table: Table, finding: Finding | None) -> str:
    message = finding.message if finding is not None else check.message
    signs = ("=", "≠") if edit.rule.relation == "equal" else ("≤", ">")
    sides = [
        _side(values, edit, table, side, total)
        for side, total in ((edit.left, check.left), (edit.right, check.right))
    ]
    return (
        f'<li class="rule {check.severity}"><p class="d"><span class="st {_tone(check.severity)}">'
        f"{_badge(check.severity)}</span> {safe(message)} <code>{safe(check.rule)}</code></p>"
        f'<div class="sums">{sides[0]}<b class="ne">{signs[1]}</b>{sides[1]}</div></li>\n'
    )


def _side(values: Values, edit: Edit, table: Table, keys: Sequence[str], total: int | float | None) -> str:
    terms, zeros = [], 0
    for key in keys:
        found = values.get(key)
        if found is not None and found.value == 0 and found.accepted and len(keys) > 2:
            zeros += 1
            continue
        name = safe(_name(values, table, key, edit.rule.for_each))
        worth = values.refer(found) if found is not None else "–"
        terms.append(f'<li><span class="d" lang="zh">{name}</span> {worth}</li>')
    if zeros:
        terms.append(f'<li class="zeros">and {zeros} zero{"s" * (zeros > 1)}</li>')
    added = f'<b class="total">{words.amount(total)}</b>' if total is not None else '<b class="total">?</b>'
    return f'<div class="side">{added}<ul>{"".join(terms)}</ul></div>'


def _name(values: Values, table: Table, key: str, along: str | None) -> str:
    """What tells one term of a sum from the next: its row or its column."""
    cell: Cell | None = table.by_indicator.get(key)
    if cell is None:
        return key
    line, column = values.split(key, cell.label)
    if along == "row":
        return column
    return line.rpartition("/")[2] if along == "column" else cell.label


def _finding(values: Values, finding: Finding) -> str:
    links = [one for one in values.extraction.observations if one.indicator in finding.indicators][:_AT_MOST]
    cells = "".join(f"<li>{values.refer(found)}</li>" for found in links)
    return (
        f'<li class="rule {finding.severity}"><p class="d"><span class="st {_tone(finding.severity)}">'
        f"{_badge(finding.severity)}</span> {safe(finding.message)} <code>{safe(finding.rule)}</code></p>"
        + (f'<ul class="cells">{cells}</ul>' if cells else "")
        + "</li>\n"
    )


def _tone(severity: str) -> str:
    return "disputed" if severity == "error" else "ambiguous"


def _badge(severity: str) -> str:
    return "! broken" if severity == "error" else "? doubtful"
