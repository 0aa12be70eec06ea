"""One extraction held against gold: what became of each value, statement and name.

Numbers compare exactly: 12 and 12.0 are one value, 12 and 13 are two. Names compare without regard to
width and spaces. Units count where they change the value: 元 and 万元 are two, 件 and 条 are not compared.
A table is covered when gold names an indicator of it, or names it absent; what stands in other tables
is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from structurer.evaluate.gold import Gold, GoldValue, Statement
from structurer.fold import fold, squeeze
from structurer.observation import Extraction, Observation, Value

Outcome = Literal["right", "wrong", "queued", "missing", "invented", "left_open"]
Kind = Literal["zero", "nonzero", "text", "unknown"]
_MONEY = frozenset({"元", "万元", "亿元"})


class Mark(NamedTuple):
    """One judged thing: what became of it, and where."""

    indicator: str
    outcome: Outcome
    kind: Kind
    status: str
    expected: object
    found: object


def marks(extraction: Extraction, gold: Gold) -> Iterator[Mark]:
    """Every judgement about one extraction: cells, then prose, then metadata."""
    by_indicator: dict[str, list[Observation]] = {}
    for observation in extraction.observations:
        by_indicator.setdefault(observation.indicator, []).append(observation)
    yield from _cell_marks(by_indicator, gold)
    if gold.statements is not None:
        yield from _prose_marks(by_indicator, gold.statements, partial=gold.partial)
    yield from _refuted_marks(by_indicator, gold.refuted)
    yield from _metadata_marks(extraction, gold)


def _cell_marks(found: Mapping[str, list[Observation]], gold: Gold) -> Iterator[Mark]:
    values = gold.values
    covered = set() if gold.partial else {key.partition(".")[0] for key in values} | set(gold.absent)
    for key, true in values.items():
        yield _judge(key, true, found.get(key, ()))
    for key, observations in found.items():
        if key not in values and key.partition(".")[0] in covered:
            for seen in observations:
                if _accepts(seen):
                    yield Mark(key, "invented", "unknown", seen.status, None, seen.value)


def _judge(key: str, true: GoldValue, seen: Sequence[Observation]) -> Mark:
    """What became of one value; of several accepted observations a false one decides."""
    kind: Kind = "unknown" if true.value is None else _kind(true.value)
    told = [each for each in seen if _accepts(each)]
    outcome: Outcome
    if not told:
        outcome = "left_open" if true.value is None else "queued" if seen else "missing"
        status, value = (seen[0].status, seen[0].value) if seen else ("none", None)
        return Mark(key, outcome, kind, status, true.value, value)
    false = next((each for each in told if true.value is None or not _same(each, true)), None)
    outcome = "right" if false is None else "invented" if true.value is None else "wrong"
    shown = false or told[0]
    return Mark(key, outcome, kind, shown.status, true.value, shown.value)


def _prose_marks(
    found: Mapping[str, list[Observation]], statements: tuple[Statement, ...], *, partial: bool
) -> Iterator[Mark]:
    """Each statement that has to be found; then, unless `partial`, each accepted one that none backs."""
    told: dict[str, list[Statement]] = {}
    for statement in statements:
        keys = (statement.indicator, *statement.alternatives)
        for key in keys:
            told.setdefault(key, []).append(statement)
        if statement.optional:
            continue
        seen = [each for key in keys for each in found.get(key, ())]
        match = next((each for each in seen if _accepts(each) and _matches(each, statement)), None)
        near = match or next((each for each in seen if not _accepts(each) and _hints(each, statement)), None)
        outcome: Outcome = "right" if match else "queued" if near else "missing"
        status, value = (near.status, near.value) if near else ("none", None)
        yield Mark(statement.indicator, outcome, _kind(statement.value), status, statement.value, value)
    for key, seen in () if partial else found.items():
        if not key.startswith("narrative.") or key.startswith("narrative.other."):
            continue  # what has no row of its own is open-ended: gold cannot list it all
        true = told.get(key, [])
        for each in seen:
            if _accepts(each) and not any(_matches(each, statement) for statement in true):
                yield Mark(key, "wrong", _kind(each.value), each.status, None, each.value)


def _refuted_marks(found: Mapping[str, list[Observation]], refuted: tuple[Statement, ...]) -> Iterator[Mark]:
    """Each refuted statement that is accepted nevertheless; one that is not is as it should be."""
    for false in refuted:
        told = [each for each in found.get(false.indicator, ()) if _accepts(each) and _matches(each, false)]
        if told:
            yield Mark(false.indicator, "wrong", _kind(false.value), told[0].status, None, told[0].value)


def _metadata_marks(extraction: Extraction, gold: Gold) -> Iterator[Mark]:
    for name, true in gold.metadata.items():
        found = getattr(extraction.document, name, None)
        outcome: Outcome = (
            "missing" if found is None else "right" if _named(found) == _named(true) else "wrong"
        )
        yield Mark(f"metadata.{name}", outcome, "text", "none", true, found)


def _named(value: object) -> object:
    """A name without the differences of type: width of brackets, spaces."""
    return squeeze(fold(value)) if isinstance(value, str) else value


def _accepts(observation: Observation) -> bool:
    return observation.accepted and observation.value is not None


def _kind(value: Value) -> Kind:
    if isinstance(value, str):
        return "text"
    return "nonzero" if value else "zero"


def _same(seen: Observation, true: GoldValue) -> bool:
    return _equal(seen.value, true.value) and _alike(true.unit, seen.unit)


def _alike(true: str | None, seen: str) -> bool:
    """Whether two units mean the same figure: only units of money change it."""
    return not true or true == seen or not {true, seen} & _MONEY


def _equal(one: Value, other: Value) -> bool:
    return isinstance(one, str) == isinstance(other, str) and one == other


def _matches(seen: Observation, true: Statement) -> bool:
    return (
        _equal(seen.value, true.value)
        and true.qualifier in (None, seen.qualifier)
        and true.period in (None, seen.period)
        and _alike(true.unit, seen.unit)
        and (true.scope is None or seen.scope is None or seen.scope == true.scope)
    )


def _hints(seen: Observation, true: Statement) -> bool:
    """Whether an observation that waits for a reviewer offers the statement's value."""
    return _equal(seen.value, true.value) or any(_equal(value, true.value) for value in seen.candidates)
