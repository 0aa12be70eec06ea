"""Decisions as truth: what reviewers settled, in the form that `evaluate` reads."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from structurer.desk.cases import events_of
from structurer.observation import Extraction, Observation
from structurer.review.decided import standings
from structurer.review.events import Event
from structurer.review.fold import Outcome
from structurer.review.items import Plan
from structurer.review.rulebook import Rulebook
from structurer.store.store import Store

_METADATA = ("agency", "year", "title", "published")


def gold_lines(store: Store, book: Rulebook) -> Iterator[str]:
    """What was decided in a store as lines of a gold file, a document at a time."""
    with store.reviews() as reviews:
        plan = reviews.plan()
    for extraction in store.extractions(reviewed=False):
        with store.reviews() as reviews:
            acts = events_of(reviews, extraction.document.id)
        line = gold_line(extraction, book, plan, acts) if acts else None
        if line is not None:
            yield line


def gold_line(extraction: Extraction, book: Rulebook, plan: Plan, events: Sequence[Event]) -> str | None:
    """The truth about one report as far as it was decided, as a line of a gold file; None for none.

    It is partial: what nobody decided is not in it, and `evaluate` does not judge it.
    """
    cells: dict[str, Any] = {}
    left_open: list[str] = []
    statements: list[dict[str, Any]] = []
    refuted: list[dict[str, Any]] = []
    metadata: dict[str, Any] = {}
    for found, one in standings(extraction, book, plan, events).values():
        if one.outcome is None or one.decision is None:
            continue
        indicator, outcome = one.decision.indicator, one.outcome
        table, _, rest = indicator.partition(".")
        if table == "metadata":
            if rest in _METADATA and outcome.accepted and outcome.value is not None:
                metadata[rest] = outcome.value
        elif table in book.prose:
            _statement(indicator, found, outcome, statements, refuted)
        elif outcome.accepted and outcome.value is not None:
            cells[indicator] = {"value": outcome.value} | _unit(found)
        else:
            left_open.append(indicator)
    if not (cells or left_open or statements or refuted or metadata):
        return None
    gold: dict[str, Any] = {"path": extraction.document.path, "partial": True, "observations": cells}
    gold |= {"open": left_open, "statements": statements, "refuted": refuted, "metadata": metadata}
    return json.dumps(gold, ensure_ascii=False)


def _statement(
    indicator: str,
    found: Observation | None,
    outcome: Outcome,
    statements: list[dict[str, Any]],
    refuted: list[dict[str, Any]],
) -> None:
    said = _said(found) if found is not None else {"period": "year", "qualifier": "exact"}
    if outcome.accepted and isinstance(outcome.value, int | float):
        changed = found is not None and outcome.value != found.value
        kept = said | ({"qualifier": None} if changed else {})
        statements.append({"indicator": indicator, "value": outcome.value} | kept)
    wrong = not outcome.accepted or (found is not None and outcome.value != found.value)
    if wrong and found is not None and isinstance(found.value, int | float):
        refuted.append({"indicator": indicator, "value": found.value} | said)


def _said(found: Observation) -> dict[str, Any]:
    said = {"qualifier": found.qualifier, "period": found.period} | _unit(found)
    return said | ({"scope": found.scope} if found.scope else {})


def _unit(found: Observation | None) -> dict[str, Any]:
    return {"unit": found.unit} if found is not None and found.unit else {}
