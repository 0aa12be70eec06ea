"""Settled cells as observations: evidence, unit, and what else every observation of a cell says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from structurer.document import Document
from structurer.forms import Cell, Table
from structurer.observation import ACCEPTING, Observation, trusted
from structurer.tables.cells import Token
from structurer.tables.locate import Span
from structurer.tables.settled import Settled

_BLOCK = "第二十条"
_MONEY = "([十百千]?[万亿]?元|[万亿](?![一-龥]))"
_UNIT = re.compile(
    rf"单位(?:[:为]|\s)*(?:[件项条次][、/,和]){{0,2}}(?:人民币)?{_MONEY}|\((?:人民币)?{_MONEY}[^()]{{0,20}}\)|/{_MONEY}"
)


def observed(settled: Sequence[Settled], document: Document, span: Span) -> list[Observation]:
    """The observations of settled cells, in order."""
    printed_by = [token for one in settled for token in one.tokens]
    evidence = iter(document.evidences([token[:2] for token in printed_by]))
    plain = not any(token.unit for token in printed_by)
    each = []
    for cell, value, printed, status, tokens, rules, assumes, candidates in settled:
        values = cell.observed.copy()
        values["value"] = value
        if not plain or cell.kind == "money":
            values["unit"] = _unit(cell, tokens, document, span)
        values["printed"] = printed
        values["status"] = status
        values["accepted"] = status in ACCEPTING
        values["evidence"] = (next(evidence),) if len(tokens) == 1 else tuple(islice(evidence, len(tokens)))
        values["rules"] = rules
        values["assumes"] = assumes
        values["candidates"] = candidates
        each.append(values)
    return trusted(Observation, each)


def confirmed(table: Table, tokens: Sequence[Token], document: Document, span: Span) -> list[Observation]:
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
            values["unit"] = _unit(cell, (token,), document, span)
    return trusted(Observation, each)


def left_open(cell: Cell) -> Observation:
    """A cell of which nothing is known."""
    return trusted(Observation, [cell.observed.copy()])[0]


def _unit(cell: Cell, tokens: Sequence[Token], document: Document, span: Span) -> str:
    """As printed in the cell, else in the header above, else the form's."""
    for token in tokens:
        if token.unit:
            return token.unit
    if cell.kind == "money" and tokens:
        return _unit_above(document.folded, span.start, tokens[0].start) or cell.unit
    return cell.unit


def _unit_above(folded: str, start: int, amount: int) -> str:
    """The unit that the header of an amount's own block prints, "" where it prints none."""
    begin = max(start, amount - 120)
    begin = max(begin, folded.rfind(_BLOCK, begin, amount))
    units = _UNIT.findall(folded, begin, amount)
    return next((unit for pair in reversed(units) for unit in pair if unit), "")
