"""One report as a person reads it: what needs a look first, then the tables, then the prose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, takewhile

from structurer.console.grid import Line, grid
from structurer.console.ink import Ink
from structurer.console.signs import QUALIFIERS, SIGNS, cell, legend, shown
from structurer.forms import Block, Forms, Row, Table
from structurer.meanings import why_open
from structurer.observation import ACCEPTING, Extraction, Finding, Observation, TableState
from structurer.terminal import cut, hanging, left, plain, right, width, wrap

STATES: dict[TableState, str] = {
    "read": "",
    "partial": "some cells could not be settled",
    "blank": "the form is there, its cells are empty",
    "image": "an image stands in place of the figures",
    "deduplicated": "repeated lines were removed before it reached us, so nothing can be placed",
    "unreadable": "no reading fits",
    "absent": "",
}
_PERIODS = {
    "month": "a month",
    "day": "a day",
    "cumulative": "since the beginning",
    "previous_year": "the year before",
}
_AT_MOST = 8
"""Rows of one table with open values that are listed before the rest is only counted."""


def view(extraction: Extraction, forms: Forms, *, width: int, color: bool = False, full: bool = False) -> str:
    """The report as text for a terminal of this width.

    Rows that hold zeros only are counted, not shown, unless `full`; so are values to look at past the
    first few of a table.
    """
    ink = Ink(color)
    parts = [
        _header(extraction, forms, width, ink),
        _to_look_at(extraction, width, ink, full),
        *(_table(extraction, table, width, ink, full) for table in _tables(extraction, forms)),
        _statements(extraction, forms, width, ink),
        _foot(extraction, width, ink),
    ]
    return "\n".join("\n".join(part) + "\n" for part in parts if part)


def _header(extraction: Extraction, forms: Forms, room: int, ink: Ink) -> list[str]:
    document = extraction.document
    facts = [
        plain(document.agency or "agency unknown"),
        str(document.year or "year unknown"),
        f"published {plain(document.published)}" if document.published else "publication date unknown",
    ]
    lines = [ink.bold(part) for part in wrap(plain(document.title or "(no title)"), room)]
    lines += wrap(", ".join(facts), room)
    lines += wrap(f"{plain(document.path)} ({document.id[:12]})", room)
    return lines + _table_states(extraction, forms, room)


def _table_states(extraction: Extraction, forms: Forms, room: int) -> list[str]:
    rows, absent = [], []
    for name, found in extraction.document.tables.items():
        known = list(forms.tables.get(name, {}).values())
        number = known[-1].number if known else name
        if found.state == "absent":
            absent.append(number)
        else:
            form = f"form {found.form}" if found.form else "no form"
            rows.append((number, form, f"{found.state}: {STATES[found.state]}".removesuffix(": ")))
    numbers = max((width(number) for number, *_ in rows), default=0)
    forms_width = max((width(form) for _, form, _ in rows), default=0)
    lines = []
    for number, form, state in rows:
        lines += hanging(f"  {left(number, numbers)}  {left(form, forms_width)}  ", state, room)
    return lines + (hanging("  not in this report: ", "、".join(absent), room) if absent else [])


def _tables(extraction: Extraction, forms: Forms) -> Iterator[Table]:
    for name, found in extraction.document.tables.items():
        if found.form is not None and found.form in forms.tables.get(name, {}):
            yield forms.tables[name][found.form]


def _to_look_at(extraction: Extraction, room: int, ink: Ink, full: bool) -> list[str]:
    open_values = list(extraction.select(accepted=False))
    findings = [finding for finding in extraction.findings if finding.severity != "info"]
    if not open_values and not findings:
        return [ink.bold("Nothing needs a look.")]
    lines = [
        ink.bold(f"Needs a look: {_count(len(open_values), 'value')}, {_count(len(findings), 'finding')}")
    ]
    listed: Counter[str] = Counter()
    for row, alike in groupby(open_values, _row_and_reason):
        group, table = list(alike), row[0].partition(".")[0]
        if full or listed[table] < _AT_MOST:
            lines += _open_values(group, room, ink)
        else:
            listed[f"{table} more"] += len(group)
        listed[table] += 1
    for table, count in listed.items():
        if table.endswith(" more"):
            lines.append(f"  ... and {_count(count, 'value')} more of {table.removesuffix(' more')}")
    for finding in findings:
        lines += _finding(finding, room, ink)
    return lines


def _row_and_reason(found: Observation) -> tuple[str, str]:
    return found.indicator.rpartition(".")[0], f"{found.status}: {_why_open(found)}"


def _open_values(group: Sequence[Observation], room: int, ink: Ink) -> list[str]:
    """Values of one row that are open for one reason."""
    row, reason = _row_and_reason(group[0])
    sign = SIGNS[group[0].status] or "~"
    label, key = plain(group[0].label), plain(group[0].indicator)
    if len(group) > 1:
        label = plain(_shared([found.label for found in group]))
        key = f"{plain(row)} ({', '.join(plain(found.indicator.rpartition('.')[2]) for found in group)})"
        reason = f"{_count(len(group), 'value')} {reason}"
    lines = hanging(f"  {sign}  ", label, room)
    lines[0] = lines[0].replace(sign, ink.alarm(sign), 1)
    return lines + [f"     {ink.dim(part)}" for part in (*wrap(reason, room - 5), *wrap(key, room - 5))]


def _shared(labels: Iterable[str]) -> str:
    """The parts with which all labels begin."""
    same = takewhile(lambda chars: len(set(chars)) == 1, zip(*labels, strict=False))
    return "".join(chars[0] for chars in same).rpartition("/")[0]


def _why_open(found: Observation) -> str:
    reason = why_open(found, lambda one: shown(one) or "blank", plain)
    return f"{shown(found.value)} {reason}" if found.status in ACCEPTING else reason


def _finding(finding: Finding, room: int, ink: Ink) -> list[str]:
    where = f" ({', '.join(map(plain, finding.indicators))})" if 0 < len(finding.indicators) <= 2 else ""
    lines = hanging(
        f"  {finding.severity}: ", f"{plain(finding.message)} [{plain(finding.rule)}]{where}", room
    )
    return [lines[0].replace(finding.severity, ink.alarm(finding.severity), 1), *lines[1:]]


def _table(extraction: Extraction, table: Table, room: int, ink: Ink, full: bool) -> list[str]:
    lines = [ink.bold(part) for part in wrap(f"{table.number}、{table.title}", room)]
    for block in table.blocks:
        lines += _block(extraction, table, block, room, full)
    return lines if len(lines) > 1 else []


def _block(extraction: Extraction, table: Table, block: Block, room: int, full: bool) -> list[str]:
    kept: list[Line] = []
    folded: Counter[str] = Counter()
    inferred: Counter[str] = Counter()
    for row in block.rows:
        found = [extraction.get(f"{table.id}.{row.id}.{column.id}") for column in block.columns]
        kind = None if full else _foldable([one for one in found if one is not None])
        if kind:
            folded[kind] += 1
            inferred[kind] += sum(one is not None and one.status == "inferred" for one in found)
            continue
        kept.append(_row(row, block, found))
    heads = [column.label for column in block.columns]
    lines = grid(heads, kept, room) if kept else []
    if block.heading and (kept or folded):
        lines.insert(0, f"  {block.heading}")
    for kind, count in folded.items():
        aside = f" ({_count(inferred[kind], 'value')} inferred)" if inferred[kind] else ""
        lines.append(f"  and {_count(count, 'row')} {kind}{aside}")
    return lines


def _row(row: Row, block: Block, found: Sequence[Observation | None]) -> Line:
    cells = tuple(cell(one) if one is not None else ("", "") for one in found)
    money = {
        f"({plain(one.unit)})"
        for one, column in zip(found, block.columns, strict=True)
        if one is not None and column.kind == "money" and one.value is not None and one.unit
    }
    return Line(" ".join(part for part in (row.under, row.label, *sorted(money)) if part), cells)


def _foldable(found: Sequence[Observation]) -> str:
    """What a row that needs no line of its own holds; "" for a row that needs one."""
    if not all(one.accepted for one in found):
        return ""
    if found and all(one.value == 0 for one in found):
        return "of zeros"
    if all(one.value is None and one.printed == "blank" for one in found):
        return "left blank"
    if all(one.value is None and one.printed == "not_applicable" for one in found):
        return "marked as not applicable"
    return ""


def _statements(extraction: Extraction, forms: Forms, room: int, ink: Ink) -> list[str]:
    prose = {name for name, known in forms.tables.items() if any(table.prose for table in known.values())}
    found = [one for one in extraction.observations if one.indicator.partition(".")[0] in prose]
    if not found:
        return []
    values = [f"{QUALIFIERS[one.qualifier]}{cell(one)[0]}" for one in found]
    column = max(map(width, values))
    units = max(width(plain(one.unit)) for one in found)
    lines = [ink.bold("In the prose")]
    for one, value in zip(found, values, strict=True):
        before = f"  {right(value, column)} {left(plain(one.unit), units)} {left(cell(one)[1], 1)} "
        lines += _statement(one, before, forms, room, ink)
    return lines


def _statement(found: Observation, before: str, forms: Forms, room: int, ink: Ink) -> list[str]:
    rest = room - width(before)
    label = ", ".join([_row_label(found, forms), *_aside(found)])
    quotes = ", ".join(f"「{plain(one.quote)}」" for one in found.evidence[:1])
    if width(label) + 2 + width(quotes) <= rest:
        return [f"{before}{label}  {ink.dim(quotes)}".rstrip()]
    lines = hanging(before, label, room)
    return [*lines, " " * width(before) + ink.dim(cut(quotes, rest))] if quotes else lines


def _row_label(found: Observation, forms: Forms) -> str:
    """The label without its table, and without the column where it is the form's own label."""
    known = forms.cells.get(found.indicator)
    label = found.label.partition("/")[2] or found.label
    own = known is None or known.label != found.label
    return plain(label if own else label.rpartition("/")[0])


def _aside(found: Observation) -> Iterator[str]:
    if found.period == "to_date":
        yield f"as of {plain(found.as_of)}" if found.as_of else "to date"
    elif found.period in _PERIODS:
        yield _PERIODS[found.period]
    if found.scope:
        yield plain(found.scope)


def _foot(extraction: Extraction, room: int, ink: Ink) -> list[str]:
    statuses = Counter(found.status for found in extraction.observations)
    told = ", ".join(f"{statuses[status]} {status}" for status in SIGNS if statuses[status])
    accepted = sum(found.accepted for found in extraction.observations)
    total = _count(len(extraction.observations), "value")
    lines = wrap(f"{total}, {accepted} accepted" + (f": {told}" if told else ""), room)
    unknown = sum(finding.severity == "info" for finding in extraction.findings)
    if unknown:
        lines += wrap(
            f"{_count(unknown, 'note')}: rules not evaluated and the like; `check` lists them", room
        )
    return lines + [ink.dim(part) for part in _fitted(legend(extraction.observations), room)]


def _fitted(lines: Iterable[str], room: int) -> Iterator[str]:
    for line in lines:
        sign, _, meaning = line.partition(" ")
        yield from hanging(f"{left(sign, 2)} ", meaning, room)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
