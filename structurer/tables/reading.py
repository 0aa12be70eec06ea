"""From a document to the cells of its tables: located, placed, settled, and held against further copies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from structurer.document import Document
from structurer.forms import Forms, Table
from structurer.observation import Finding, Observation, TableInfo, TableState
from structurer.tables.alike import recall, remember
from structurer.tables.amounts import units_around
from structurer.tables.cells import Atom, Token, Word, atoms, mask
from structurer.tables.copies import MOST_COPIES, compared, different, not_compared
from structurer.tables.damage import deduplicated
from structurer.tables.eaten import give_back
from structurer.tables.labels import Vocabulary, vocabulary
from structurer.tables.listed import plain_rows
from structurer.tables.locate import Span, locate
from structurer.tables.observe import Units, confirmed, left_open, observed
from structurer.tables.onecolumn import lead_in, looked_at, mark_unsure
from structurer.tables.place import PlacedRow, Placement, place
from structurer.tables.recover import recover
from structurer.tables.rows import Line, cut, lines
from structurer.tables.sequence import place_blank, place_in_sequence
from structurer.tables.settle import complete, settle
from structurer.tables.settled import Settled
from structurer.tables.table import TableReading

_NOTES = ("注", "备注", "说明")
_FEWEST_ROWS = 3
"""Rows below which a list of labels and numbers is no statistics table."""


def read_tables(document: Document, forms: Forms) -> list[TableReading]:
    """The tables of a document in printing order; what is not there is not listed.

    Where a table stands more than once, its first copy is read; cells in which the copies differ stay open.
    """
    spans, again = locate(document.folded, forms)
    if not spans:
        return []
    one_column = {span.table for span in spans if _is_one_column(forms, span.table)}
    masked = plain_rows(mask(document.folded), (*spans, *again), one_column)
    streams = [atoms(masked, span.start, span.end, vocabulary(forms, span.table).ends) for span in spans]
    lost = deduplicated(document.folded, spans, streams)
    there = []
    for span, stream in zip(spans, streams, strict=True):
        table = _read(document, masked, span, stream, forms, lost)
        others = different(masked, [other for other in again if other.table == span.table])
        if len(others) > MOST_COPIES:
            there += [not_compared(table, len(others))] if table is not None else []
            continue
        read = [table, *(_copy(document, masked, other, forms) for other in others)]
        copies = [copy for copy in read if copy is not None]  # the first may be prose that uses rows' words
        there += [compared(copies[0], copies[1:])] if copies else []
    return [_as_its_neighbours(table, there, forms) for table in there]


def _is_one_column(forms: Forms, table: str) -> bool:
    return all(form.single_column for form in forms.tables[table].values())


def _copy(document: Document, masked: str, span: Span, forms: Forms) -> TableReading | None:
    stream = atoms(masked, span.start, span.end, vocabulary(forms, span.table).ends)
    return _read(document, masked, span, stream, forms, lost=False)


def _as_its_neighbours(table: TableReading, found: Sequence[TableReading], forms: Forms) -> TableReading:
    """A table that is the same in several forms follows the form of the table printed beside it."""
    same = forms.twins[table.table]
    if len(same) < 2 or table.info.form not in same:
        return table
    beside = [other.info for other in reversed(found) if other is not table and other.info.form in same]
    return replace(table, info=table.info.model_copy(update={"form": beside[0].form})) if beside else table


def _read(
    document: Document, masked: str, span: Span, stream: Sequence[Atom], forms: Forms, lost: bool
) -> TableReading | None:
    words = vocabulary(forms, span.table)
    first_form = next(iter(words.tables.values()))
    if first_form.labels_first:
        found, placement = _labels_first(stream, words)
    else:
        found, placement = _by_rows(stream, words, _Printed(document.folded, masked, span.start))
    named = {line.row for line in found if line.row}
    if first_form.single_column and len(named) < _FEWEST_ROWS:
        return None  # prose that happens to use a row's words
    if not named and not (first_form.labels_first and any(line.tokens for line in found)):
        return _nothing_read(document, span)
    end = max((line.tokens[-1].end for line in found if line.tokens), default=max(line.end for line in found))
    if not placement.rows:
        return _nothing_read(document, span)
    table = words.tables[placement.form]
    rows = [row for row in placement.rows if row.layout != "missing" or (table.rules and _hard(table))]
    if lost:
        return TableReading(
            span.table,
            span.start,
            end,
            TableInfo(form=placement.form, state="deduplicated"),
            tuple(left_open(cell) for row in rows for cell in row.places),
            (_lines_lost(span.table),),
        )
    trusted = not placement.unplaced
    state, observations, said = _cells(document, span, table, rows, found, trusted=trusted)
    return TableReading(
        span.table,
        span.start,
        end,
        TableInfo(form=placement.form, state=state),
        tuple(observations),
        (*said, *_about(placement, document, span.table)),
        tuple(rows),
    )


class _Printed(NamedTuple):
    """The text around a table: folded, as it is read, and where the table begins in it."""

    folded: str
    masked: str
    start: int


def _by_rows(stream: Sequence[Atom], words: Vocabulary, printed: _Printed) -> tuple[list[Line], Placement]:
    """The lines and rows of a table that prints each row's label before its numbers."""
    pieces = cut(stream)
    single = next(iter(words.tables.values())).single_column
    led = single and lead_in(printed.masked, printed.start, words)
    known = None if led else recall(pieces, words)
    if known is not None and not (single and looked_at(known[0], printed.folded)):
        return known
    found = lines(pieces, words)
    recover(found, words)
    found = _without_tail(found, words)
    if single:
        mark_unsure(found, printed.folded, printed.masked, words, printed.start, led=led)
    placement = place(found, words)
    remember(pieces, found, placement, words)
    return found, placement


def _labels_first(stream: Sequence[Atom], words: Vocabulary) -> tuple[list[Line], Placement]:
    """The lines and rows of a table that prints all its labels before all its numbers."""
    found = lines(cut(_without_note(stream)), words)
    recover(found, words)
    return found, place_blank(stream, words) or place_in_sequence(found, words)


def _cells(
    document: Document,
    span: Span,
    table: Table,
    rows: Sequence[PlacedRow],
    found: Sequence[Line],
    *,
    trusted: bool,
) -> tuple[TableState, list[Observation], Sequence[Finding]]:
    """How far a table's cells could be read, their observations, and what was lost in them.

    The commonest way is the first.
    """
    whole = complete(table, rows)
    around = _units(document, span, table, found)
    if whole and len(around) <= 1:
        return "read", confirmed(table, whole, document, span, around), ()
    if not any(line.tokens for line in found):
        blank = [cell for row in rows for cell in _unfilled(row)]
        stray = any(line.stray for line in found)
        return "unreadable" if stray else "blank", observed(blank, document, span), ()
    settled, said = give_back(settle(table, rows, trusted=trusted), table, document.folded)
    cells = observed(settled, document, span, around)
    partial = any(cell.status == "ambiguous" for cell in cells)
    return "partial" if partial else "read", cells, said


def _units(document: Document, span: Span, table: Table, found: Sequence[Line]) -> Units:
    """The units that the page names for all amounts of a table of one column."""
    if not table.single_column or not table.has_money:
        return ()
    return units_around(document.folded, span.start, max(line.end for line in found))


def _hard(table: Table) -> bool:
    return any(rule.severity == "error" for rule in table.rules)


def _without_note(stream: Sequence[Atom]) -> Sequence[Atom]:
    """Drop the note behind a table whose numbers all follow its labels: it names the labels again."""
    begun = False
    for at, atom in enumerate(stream):
        begun |= isinstance(atom, Token)
        if begun and isinstance(atom, Word) and atom.han.startswith(_NOTES):
            return stream[:at]
    return stream


def _without_tail(found: list[Line], words: Vocabulary) -> list[Line]:
    """Drop prose behind the table's last row: its numbers are not the table's."""
    last = max((index for index, line in enumerate(found) if line.row), default=None)
    if last is None or found[last].row != words.rows[-1]:
        return found
    return found[: last + 1]


def _nothing_read(document: Document, span: Span) -> TableReading:
    state: TableState = "image" if document.pictured(span.start, span.end) else "unreadable"
    return TableReading(span.table, span.start, span.end, TableInfo(form=None, state=state))


def _unfilled(row: PlacedRow) -> list[Settled]:
    """A table without a single number: blanks that are seen stay blank, nothing is inferred."""
    blank = row.layout == "exact"
    return [
        Settled(cell, None, "blank" if blank else "omitted", "stated" if blank else "ambiguous", ())
        for cell in row.places
    ]


def _about(placement: Placement, document: Document, table: str) -> list[Finding]:
    findings = []
    if placement.mixed:
        message = "its parts follow different forms; each is read by its own header"
        findings.append(Finding(rule=f"{table}.mixed_forms", severity="info", message=message))
    for line in placement.unplaced:
        numbers = " ".join(document.text[token.start : token.end] for token in line.tokens[:12])
        message = f"numbers under no label of the form ({line.label[:20] or 'no label'}): {numbers}"
        findings.append(Finding(rule=f"{table}.unplaced", severity="warning", message=message))
    for row in placement.rows:
        if row.layout == "unreadable" and row.cells:
            message = (
                f"{row.row or 'the row'}: {len(row.cells)} numbers for {len(row.places)} cells, left open"
            )
            keys = tuple(cell.indicator for cell in row.places)
            findings.append(
                Finding(rule=f"{table}.unreadable_row", severity="warning", message=message, indicators=keys)
            )
    return findings


def _lines_lost(table: str) -> Finding:
    message = (
        "repeated lines were removed from this text, so its numbers cannot be placed; find the original page"
    )
    return Finding(rule=f"{table}.deduplicated", severity="warning", message=message)
