"""What is true of one report, in the shape a model is asked for it: quoted facts, rows as printed, names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from structurer.evaluate import Gold, Statement

_BREAK = re.compile(r"[。；，、：:;,!！|\n\x1e\x1f]")
_UNIT = re.compile(r"[余多]?[万亿]?[余多]?(?:人次|条次|件次|万元|[一-鿿]?)")
_NEAR = 12


class Fact(NamedTuple):
    """One statement: where it is printed, and what it says."""

    indicator: str
    quote: str
    number: float
    unit: str = ""
    qualifier: str = "exact"
    period: str = "year"
    scope: str = ""


class Truth(NamedTuple):
    """Everything true of one report."""

    facts: tuple[Fact, ...] = ()
    rows: Mapping[tuple[str, str], tuple[str, ...]] = {}
    """(table, row) → what is printed in each column, "" for nothing."""
    metadata: Mapping[str, str] = {}


def truth(gold: Gold, text: str, tokens: Mapping[str, str] | None = None) -> Truth:
    """The truth of a report out of its gold entry.

    `tokens` are the printed cells by indicator where they are known; else they are written from the values.
    """
    facts = tuple(fact for stated in gold.statements or () if (fact := _fact(stated, text)) is not None)
    about = {key: str(value) for key, value in gold.metadata.items() if value is not None}
    return Truth(facts, _rows(_printed(gold) if tokens is None else tokens), about)


def _fact(stated: Statement, text: str) -> Fact | None:
    """A statement with the words that make it; None where its anchor is not found in the text."""
    place = -1
    for _ in range(stated.occurrence):
        place = text.find(stated.anchor, place + 1) if stated.anchor else -1
        if place < 0:
            return None
    token = text.find(stated.token, place) if stated.token else place
    if token < 0 or token > place + len(stated.anchor) + _NEAR:
        return None
    start = max((found.end() for found in _BREAK.finditer(text, max(0, place - 20), place)), default=place)
    end = token + len(stated.token)
    if any(char.isdigit() for char in stated.token) or stated.value:
        unit = _UNIT.match(text, end)
        end = unit.end() if unit else end
    else:
        stop = _BREAK.search(text, end)
        end = min(stop.start() if stop else len(text), end + 20)
    return Fact(
        stated.indicator,
        text[start:end].strip(),
        stated.value,
        stated.unit or "",
        stated.qualifier or "exact",
        stated.period or "year",
        stated.scope or "",
    )


def _printed(gold: Gold) -> dict[str, str]:
    """Cells as they would be printed, as far as gold says that they are."""
    return {
        key: "" if value.printed in ("omitted", "blank") or value.value is None else str(value.value)
        for key, value in gold.observations.items()
    }


def _rows(tokens: Mapping[str, str]) -> dict[tuple[str, str], tuple[str, ...]]:
    rows: dict[tuple[str, str], tuple[str, ...]] = {}
    for key, token in tokens.items():
        table, row, _ = key.split(".")
        rows[table, row] = (*rows.get((table, row), ()), token or "")
    return rows
