"""Settled cells as observations: evidence, unit, and what else every observation of a cell says."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import islice

from structurer.document import Document
from structurer.forms import Cell, Table
from structurer.observation import ACCEPTING, Observation, trusted
from structurer.tables.amounts import unit_above, unit_beside
from structurer.tables.cells import Token
from structurer.tables.locate import Span
from structurer.tables.settled import Settled

Units = Collection[str]


def observed(
    settled: Sequence[Settled], document: Document, span: Span, around: Units = ()
) -> list[Observation]:
    """The observations of settled cells, in order.

    `around` are the units that the page names for all amounts of the table.
    """
    printed_by = [token for one in settled for token in one.tokens]
    evidence = iter(document.evidences([token[:2] for token in printed_by]))
    plain = not any(token.unit for token in printed_by)
    each = []
    for cell, value, printed, status, tokens, rules, assumes, candidates in settled:
        values = cell.observed.copy()
        values["value"] = value
        if not plain or cell.kind == "money":
            values["unit"] = _unit(cell, tokens, document, span, around)
            if value and not values["unit"] and cell.unit:
                value, status, candidates = None, "ambiguous", (value,)
                values["value"], values["unit"] = value, cell.unit
        values["printed"] = printed
        values["status"] = status
        values["accepted"] = status in ACCEPTING
        values["evidence"] = (next(evidence),) if len(tokens) == 1 else tuple(islice(evidence, len(tokens)))
        values["rules"] = rules
        values["assumes"] = assumes
        values["candidates"] = candidates
        each.append(values)
    return trusted(Observation, each)


def confirmed(
    table: Table, tokens: Sequence[Token], document: Document, span: Span, around: Units = ()
) -> list[Observation]:
    """The observations of a table that prints each cell, by one of `tokens`, and breaks no sum.

    As `observed` would make them, in half the time: nearly all that varies is the number and its place.
    """
    each = []
    evidences = document.evidences([token[:2] for token in tokens])
    for same, token, evidence in zip(table.confirmed, tokens, evidences, strict=True):
        values = same.copy()
        values["value"] = token.value
        values["evidence"] = (evidence,)
        each.append(values)
    if table.has_money or any(token.unit for token in tokens):
        for cell, token, values in zip(table.cells, tokens, each, strict=True):
            values["unit"] = _unit(cell, (token,), document, span, around)
    return trusted(Observation, each)


def left_open(cell: Cell) -> Observation:
    """A cell of which nothing is known."""
    return trusted(Observation, [cell.observed.copy()])[0]


def _unit(cell: Cell, tokens: Sequence[Token], document: Document, span: Span, around: Units) -> str:
    """As printed in the cell, else beside it, in the header above, or for the whole table; else the form's.

    "" where the page names several units for its amounts.
    """
    for token in tokens:
        if token.unit:
            return token.unit
    if cell.kind != "money" or not tokens:
        return cell.unit
    at, end = tokens[0][:2]
    printed = unit_beside(document.folded, span.start, at, end) or unit_above(document.folded, span.start, at)
    if printed or not around:
        return printed or cell.unit
    return next(iter(around)) if len(around) == 1 else ""
