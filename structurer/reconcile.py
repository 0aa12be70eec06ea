"""Tables and prose as one account: a statement that a table of the same report confirms is verified."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from structurer.confront import Check
from structurer.forms import Forms, Rule, Table
from structurer.observation import Extraction, Observation


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
    # Made anew and not copied: a copy would keep what was worked out of the table without these rules, once
    # anybody in this process had asked for it.
    return (
        Table.model_construct(**{**dict(table), "rules": (*table.rules, *_mirrors(table, forms))})
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
