"""One account out of what tables, prose and a model each say: agreement confirms, difference is reported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from structurer.confront import Check
from structurer.document import Document, Span
from structurer.forms import Forms, Rule, Table
from structurer.observation import Extraction, Finding, Observation, Value

if TYPE_CHECKING:
    from structurer.claims import Claim


def crossings(forms: Forms, present: Iterable[str]) -> list[Table]:
    """The prose tables with the soft rules that compare them to the tables a report holds."""
    return list(_crossings(forms, frozenset(present)))


_MADE: dict[tuple[str, frozenset[str]], tuple[Table, ...]] = {}


def _crossings(forms: Forms, held: frozenset[str]) -> tuple[Table, ...]:
    made = _MADE.get((forms.fingerprint, held))
    if made is None:
        made = _MADE[forms.fingerprint, held] = tuple(_made(forms, held))
    return made


def _made(forms: Forms, held: frozenset[str]) -> Iterator[Table]:
    return (
        table.model_copy(update={"rules": (*table.rules, *_mirrors(table, forms))})
        for tables in forms.tables.values()
        for table in tables.values()
        if table.prose and (held & _compared(table))
    )


def asked(extraction: Extraction, forms: Forms) -> list[Table]:
    """The tables whose rules can be asked of an extraction: those it read, then prose beside tables."""
    states = extraction.document.tables
    here = [name for name, found in states.items() if found.state in ("read", "partial")]
    own = [
        table
        for name in here
        for form, table in forms.tables.get(name, {}).items()
        if form == states[name].form
    ]
    return [*own, *crossings(forms, here)]


def _compared(table: Table) -> set[str]:
    return {table.mirrors, *(key.partition(".")[0] for rule in table.rules for key in rule.right)}


def _mirrors(table: Table, forms: Forms) -> list[Rule]:
    """A statement and the cell of the same row in the table it mirrors should say the same."""
    if not table.mirrors:
        return []
    (mirrored, *_) = forms.tables[table.mirrors].values()
    return [
        Rule(
            id=f"{table.id}.{table.mirrors}",
            severity="warning",
            left=(cell.indicator,),
            right=(key,),
            message=f"prose says {{left}} for {cell.label}, the table says {{right}}",
            origin="the same quantity stated twice in one report",
        )
        for cell in table.cells
        if (key := cell.indicator.replace(table.id, table.mirrors, 1)) in mirrored.by_indicator
    ]


def reconcile(statements: Sequence[Observation], checks: Iterable[Check]) -> list[Observation]:
    """The statements of prose, those verified that a table of the same report confirms."""
    confirmed: dict[str, list[str]] = {}
    for check in checks:
        if check.outcome == "pass" and check.left:
            confirmed.setdefault(check.indicators[0], []).append(check.rule)
    return [_confirm(statement, confirmed.get(statement.indicator, ())) for statement in statements]


def _confirm(statement: Observation, rules: Sequence[str]) -> Observation:
    own = statement.period == "year" and statement.scope is None and statement.qualifier == "exact"
    if not rules or not own or statement.status not in ("stated", "verified"):
        return statement
    return statement.model_copy(
        update={"status": "verified", "rules": tuple(dict.fromkeys((*statement.rules, *rules)))}
    )


# --- what a model says beside it ---

DIFFERS = "model.differs"
ELSEWHERE = "model.means_other"


def with_claims(
    stated: Sequence[Observation], claims: Sequence[Claim], document: Document
) -> tuple[list[Observation], list[Finding]]:
    """Statements of patterns and what a model says, as one account that keeps who said what.

    The same value of the same thing verifies what was only stated. Another value, or the same number read as
    another thing, disputes it, if the claim is firm; what sums or a second printed place have verified stays,
    and a finding tells of it. What only the model says stands apart, not accepted unless it came accepted.
    """
    known = list(stated)
    alone: list[Observation] = []
    findings: list[Finding] = []
    for claim in claims:
        said = claim.observation
        if said.status != "stated" or not said.indicator.startswith("narrative."):
            alone.append(said)
            continue
        place = document.to_source(*claim.span) if claim.span else None
        same = [at for at, one in enumerate(known) if _same_thing(one, said)]
        agreeing = [
            at for at in same if (known[at].value, known[at].qualifier) == (said.value, said.qualifier)
        ]
        if agreeing:
            for at in agreeing:
                known[at] = _agreed(known[at], said)
            continue
        covering = [at for at, one in enumerate(known) if place and _prints(one, place, said.value)]
        if said.indicator.startswith("narrative.other."):
            if not covering:
                alone.append(said)
            continue
        if not claim.firm:
            alone.append(said)
            continue
        for at in same or covering:
            rule = DIFFERS if same else ELSEWHERE
            findings.append(_difference(known[at], said, rule))
            if known[at].status == "stated":
                known[at] = _disputed(known[at], said, rule)
        if not same:
            alone.append(said)
    return [*known, *_settled_apart(alone)], findings


def _settled_apart(alone: Sequence[Observation]) -> list[Observation]:
    """What only the model says; where it says two things of one, neither is taken."""
    values: dict[tuple[object, ...], set[Value]] = {}
    for one in alone:
        if one.status == "stated":
            values.setdefault(_thing(one), set()).add(one.value)
    return [
        one.model_copy(
            update={"status": "disputed", "accepted": False, "candidates": tuple(values[_thing(one)])}
        )
        if one.status == "stated" and _single(one) and len(values[_thing(one)]) > 1
        else one
        for one in alone
    ]


def _thing(one: Observation) -> tuple[object, ...]:
    return one.indicator, one.period, one.scope, one.as_of


def _single(one: Observation) -> bool:
    """Whether a report can state only one value of it."""
    return not one.indicator.startswith(("narrative.other.", "problems."))


def _same_thing(one: Observation, said: Observation) -> bool:
    return _thing(one) == _thing(said)


def _prints(one: Observation, place: Span, value: Value) -> bool:
    """Whether an observation takes its value from this very number."""
    covers = any(span.start <= place.start and place.end <= span.end for span in one.evidence)
    return covers and one.value == value


def _agreed(one: Observation, said: Observation) -> Observation:
    update: dict[str, object] = {"methods": tuple(dict.fromkeys((*one.methods, *said.methods)))}
    if one.status == "stated":
        update["status"] = "verified"
    return one.model_copy(update=update)


def _disputed(one: Observation, said: Observation, rule: str) -> Observation:
    other = said.indicator == one.indicator
    return one.model_copy(
        update={
            "status": "disputed",
            "accepted": False,
            "methods": tuple(dict.fromkeys((*one.methods, *said.methods))),
            "evidence": (*one.evidence, *said.evidence) if other else one.evidence,
            "rules": (*one.rules, rule),
            "candidates": tuple(dict.fromkeys((one.value, said.value))) if other else (),
        }
    )


def _difference(one: Observation, said: Observation, rule: str) -> Finding:
    told = f"{said.value}" if said.indicator == one.indicator else f"{said.label} {said.value}"
    return Finding(
        rule=rule,
        severity="warning" if one.status == "stated" else "info",
        message=f"{one.label}: read as {one.value}, by the model as {told}",
        indicators=tuple(dict.fromkeys((one.indicator, said.indicator))),
    )
