"""The edit rules that bind one value, worked out over the values as they now stand, with both sides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from structurer.confront import Check, Number, Outcome, confront
from structurer.forms import Edit, Table
from structurer.observation import Extraction, Observation, Value
from structurer.reconcile import crossings
from structurer.review.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Term:
    """One value of a sum: whose it is, and what it is (None: open)."""

    indicator: str
    label: str
    value: Value


@dataclass(frozen=True, slots=True)
class Sum:
    """One rule over one row or column: both sides, their terms, and whether they agree."""

    rule: str
    severity: Literal["error", "warning", "info"]
    outcome: Outcome
    left: Number | None
    right: Number | None
    left_terms: tuple[Term, ...]
    right_terms: tuple[Term, ...]
    message: str


def sums(extraction: Extraction, indicator: str, book: Rulebook) -> list[Sum]:
    """The rules that bind an indicator in this report, in the form's order."""
    return sums_of_table(extraction, indicator.partition(".")[0], book).get(indicator, [])


def sums_of_table(extraction: Extraction, name: str, book: Rulebook) -> dict[str, list[Sum]]:
    """The rules that bind each indicator of a table (or of the prose), worked out once."""
    found: dict[str, Observation] = {}
    for one in extraction.observations:
        if one.period == "year":
            found.setdefault(one.indicator, one)
    made: dict[str, list[Sum]] = {}
    for table in _tables(extraction, name, book):
        edits = {(edit.rule.id, *edit.left, *edit.right): edit for edit in table.edits}
        for check in confront(extraction.observations, [table]):
            edit = edits.get((check.rule, *check.indicators))
            if edit is not None:
                worked = _sum(check, edit, found, book)
                for key in dict.fromkeys(check.indicators):
                    made.setdefault(key, []).append(worked)
    return made


def with_value(extraction: Extraction, found: Observation, value: Value) -> Extraction:
    """The report with another value for one observation, to see what the sums would say."""
    changed = found.model_copy(update={"value": value})
    kept = tuple(changed if one is found else one for one in extraction.observations)
    return extraction.model_copy(update={"observations": kept})


def proven(found: Sequence[Sum]) -> bool:
    """Whether hard edits bind a value, every one of them holds, and no soft one fails."""
    hard = [one for one in found if one.severity == "error"]
    return bool(hard) and all(one.outcome == "pass" for one in hard) and not _fails(found)


def _fails(found: Iterable[Sum]) -> bool:
    return any(one.outcome == "fail" for one in found)


def _tables(extraction: Extraction, name: str, book: Rulebook) -> list[Table]:
    """The table, and the comparisons of prose with tables that concern it."""
    states = extraction.document.tables
    here = [one for one, info in states.items() if info.state in ("read", "partial")]
    own = book.table(name, states[name].form) if name in here else None
    return [*([own] if own is not None else []), *crossings(book.forms, here)]


def _sum(check: Check, edit: Edit, found: dict[str, Observation], book: Rulebook) -> Sum:
    def terms(keys: Iterable[str]) -> tuple[Term, ...]:
        return tuple(Term(key, book.label(key), found[key].value if key in found else None) for key in keys)

    return Sum(
        rule=check.rule,
        severity=check.severity,
        outcome=check.outcome,
        left=check.left,
        right=check.right,
        left_terms=terms(edit.left),
        right_terms=terms(edit.right),
        message=check.message,
    )
