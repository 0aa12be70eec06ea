"""Extractions against true values: what was right, what was wrong, and what was left to people.

A gold file is JSONL, one object a document:

    path          the report's file, relative to the gold file
    observations  {indicator: {"value": …, "printed"?: …, "unit"?: …}}; a null value cannot be known
    absent        ids of tables the report does not hold (or only as an image); nothing may be accepted there
    open          indicators that nobody could know from the text: short for a null value
    broken        [[rule, row or column], …]: hard edits that the published figures themselves break
    statements    what prose states, as a list of Statement; present, even if empty, only where
                  the prose was read to the end
    contradictions  [{"indicator", "tokens", "note"?}, …]: statements of one report that cannot both hold
    metadata      {"agency": …, "year": …, "title"?: …, "published"?: …}
    partial       true where only some of the report was checked, as by reviewers: what gold does not name
                  is not judged
    refuted       statements of prose that are not true, as a list of Statement

Numbers compare exactly: 12 and 12.0 are one value, 12 and 13 are two. Names compare without regard to
width and spaces. Units count where they change the value: 元 and 万元 are two, 件 and 条 are not compared.
A table is covered when gold names an indicator of it, or names it absent; what stands in other tables
is not judged.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator, Mapping, Sequence
from math import sqrt
from os import PathLike
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from structurer.errors import GoldError
from structurer.fold import fold, squeeze
from structurer.observation import Extraction, Finding, Observation, Period, Printed, Qualifier, Value

Outcome = Literal["right", "wrong", "queued", "missing", "invented", "left_open"]
Kind = Literal["zero", "nonzero", "text", "unknown"]
_MONEY = frozenset({"元", "万元", "亿元"})
_Key = TypeVar("_Key", bound=Hashable)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class _Strict(_Frozen):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GoldValue(_Strict):
    """What is true of one indicator; a null value is one that the text cannot tell."""

    value: Value
    printed: Printed | None = None
    unit: str | None = None
    note: str = ""


class Statement(_Strict):
    """One thing that prose states; what is null or left out is not compared."""

    indicator: str
    value: int | float
    qualifier: Qualifier | None = "exact"
    period: Period | None = "year"
    unit: str | None = None
    scope: str | None = None
    as_of: str | None = None
    alternatives: tuple[str, ...] = ()
    """Other indicators under which the same words are true as well."""
    optional: bool = False
    """True if found, but nobody has to find it: part of a sum, a doubtful row, a repetition."""
    token: str = ""
    """The figure, or the words for none, as printed."""
    anchor: str = ""
    """A few characters that find it: the token stands in them or soon after them."""
    occurrence: int = 1
    """Which occurrence of the anchor."""
    pattern: bool = True
    """Whether a pattern could be expected to find it; if not, it takes a reader."""
    note: str = ""


class Contradiction(_Strict):
    """Statements of one report that cannot both hold."""

    indicator: str
    tokens: tuple[str, ...]
    note: str = ""


class Gold(_Strict):
    """The truth about one document."""

    path: str
    observations: Mapping[str, GoldValue] = Field(default_factory=dict)
    absent: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    broken: tuple[tuple[str, str], ...] = ()
    statements: tuple[Statement, ...] | None = None
    contradictions: tuple[Contradiction, ...] = ()
    metadata: Mapping[str, Value] = Field(default_factory=dict)
    partial: bool = False
    """Only what is named here was checked; nothing else is judged."""
    refuted: tuple[Statement, ...] = ()
    """Statements of prose that were found to be false."""
    note: str = ""

    @property
    def values(self) -> dict[str, GoldValue]:
        """The true values by indicator, the open ones among them as null."""
        return {**self.observations, **{key: GoldValue(value=None) for key in self.open}}


class Mark(NamedTuple):
    """One judged thing: what became of it, and where."""

    indicator: str
    outcome: Outcome
    kind: Kind
    status: str
    expected: object
    found: object


class Tally(_Frozen):
    """Counts of outcomes."""

    right: int = 0
    wrong: int = 0
    queued: int = 0
    missing: int = 0
    invented: int = 0
    left_open: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(**{name: getattr(self, name) + getattr(other, name) for name in Tally.model_fields})

    @property
    def knowable(self) -> int:
        """How many values gold knows."""
        return self.right + self.wrong + self.queued + self.missing

    @property
    def false(self) -> int:
        """How many accepted values are not true: wrong or invented."""
        return self.wrong + self.invented


class Score(_Frozen):
    """How extractions compare with gold; scores add up."""

    documents: int = 0
    tallies: Mapping[tuple[str, str], Tally] = Field(default_factory=dict)
    """Outcomes by table and kind of true value: `zero`, `nonzero`, `text`, `unknown`."""
    statuses: Mapping[str, Tally] = Field(default_factory=dict)
    """Outcomes by status of the observation; `none` where there was none."""
    violations_expected: int = 0
    violations_found: int = 0
    violations_spurious: int = 0
    """Errors reported over figures whose sums hold."""

    def __add__(self, other: Score) -> Score:
        return Score(
            documents=self.documents + other.documents,
            tallies=_merged(self.tallies, other.tallies),
            statuses=_merged(self.statuses, other.statuses),
            violations_expected=self.violations_expected + other.violations_expected,
            violations_found=self.violations_found + other.violations_found,
            violations_spurious=self.violations_spurious + other.violations_spurious,
        )

    def tally(self, *, table: str | None = None, kind: str | None = None) -> Tally:
        """The outcomes of one table, one kind of value, or all together; metadata only by name."""
        return sum(
            (
                tally
                for (where, what), tally in self.tallies.items()
                if kind in (None, what) and (where == table if table else where != "metadata")
            ),
            Tally(),
        )


def _merged(one: Mapping[_Key, Tally], other: Mapping[_Key, Tally]) -> dict[_Key, Tally]:
    merged = dict(one)
    for key, tally in other.items():
        merged[key] = merged[key] + tally if key in merged else tally
    return merged


def read_gold(path: str | PathLike[str]) -> Iterator[Gold]:
    """The documents of a gold file, in order; blank lines are skipped.

    Raises GoldError naming the file, the line and the place in it.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise GoldError(f"{path}: cannot be read: {error}") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield parse_gold(line, where=f"{path}:{number}")


def parse_gold(line: str, *, where: str = "gold") -> Gold:
    """One line of a gold file. Raises GoldError; `where` is what its message names."""
    try:
        return Gold.model_validate(json.loads(line))
    except json.JSONDecodeError as error:
        raise GoldError(f"{where}: not JSON: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "object"
        raise GoldError(f"{where}: {place}: {first['msg']}") from error


def score(extraction: Extraction, gold: Gold) -> Score:
    """The score of one extraction."""
    tallies: dict[tuple[str, str], dict[str, int]] = {}
    statuses: dict[str, dict[str, int]] = {}
    for mark in marks(extraction, gold):
        cell = tallies.setdefault((mark.indicator.partition(".")[0], mark.kind), {})
        cell[mark.outcome] = cell.get(mark.outcome, 0) + 1
        status = statuses.setdefault(mark.status, {})
        status[mark.outcome] = status.get(mark.outcome, 0) + 1
    expected = set(gold.broken)
    errors = [finding for finding in extraction.findings if finding.severity == "error"]
    found = {edit for edit in expected if any(_reports(finding, *edit) for finding in errors)}
    judged = [] if gold.partial else errors
    spurious = [finding for finding in judged if not any(_reports(finding, *edit) for edit in expected)]
    return Score(
        documents=1,
        tallies={key: Tally(**counts) for key, counts in tallies.items()},
        statuses={key: Tally(**counts) for key, counts in statuses.items()},
        violations_expected=len(expected),
        violations_found=len(found),
        violations_spurious=len(spurious),
    )


def marks(extraction: Extraction, gold: Gold) -> Iterator[Mark]:
    """Every judgement about one extraction: cells, then prose, then metadata."""
    by_indicator: dict[str, list[Observation]] = {}
    for observation in extraction.observations:
        by_indicator.setdefault(observation.indicator, []).append(observation)
    yield from _cell_marks(by_indicator, gold)
    if gold.statements is not None:
        yield from _prose_marks(by_indicator, gold.statements, partial=gold.partial)
    yield from _refuted_marks(by_indicator, gold.refuted)
    info = extraction.document
    for name, true in gold.metadata.items():
        found = getattr(info, name, None)
        outcome: Outcome = (
            "missing" if found is None else "right" if _named(found) == _named(true) else "wrong"
        )
        yield Mark(f"metadata.{name}", outcome, "text", "none", true, found)


def _named(value: object) -> object:
    """A name without the differences of type: width of brackets, spaces."""
    return squeeze(fold(value)) if isinstance(value, str) else value


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


def _accepts(observation: Observation) -> bool:
    return observation.accepted and observation.value is not None


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


def _reports(finding: Finding, rule: str, where: str) -> bool:
    """Whether a finding is about this rule in this row or column."""
    if finding.rule != rule:
        return False
    places = [indicator.split(".")[1:] for indicator in finding.indicators]
    if not where or not places:
        return True
    return all(place[0] == where for place in places) or all(place[-1] == where for place in places)


def wilson(part: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's interval for a share: where the true one lies, 95% sure at the default `z`."""
    if not of:
        return 0.0, 1.0
    share = part / of
    centre = share + z * z / (2 * of)
    spread = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    scale = 1 + z * z / of
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def render(total: Score) -> str:
    """A score as a plain-text table."""
    rows: list[tuple[str, ...]] = [("", *_COLUMNS, "accepted", "95%")]
    tables = dict.fromkeys(table for table, _ in total.tallies if table != "metadata")
    rows += [_row(table, total.tally(table=table)) for table in tables]
    if tables:
        rows.append(_row("zero", total.tally(kind="zero")))
        rows.append(_row("non-zero", total.tally(kind="nonzero")))
        rows.append(_row("all", total.tally()))
    if any(table == "metadata" for table, _ in total.tallies):
        rows.append(_row("metadata", total.tally(table="metadata")))
    rows += [_row(f"status {status}", tally) for status, tally in sorted(total.statuses.items())]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell.ljust(width) if not column else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    lines.append(
        f"broken hard edits: {total.violations_found} of {total.violations_expected} reported,"
        f" {total.violations_spurious} reported without cause"
    )
    lines.append(f"documents: {total.documents}")
    return "\n".join(lines)


_COLUMNS = ("right", "wrong", "queued", "missing", "invented", "left open")


def _row(name: str, tally: Tally) -> tuple[str, ...]:
    counts = (tally.right, tally.wrong, tally.queued, tally.missing, tally.invented, tally.left_open)
    if not tally.knowable:
        return (name, *map(str, counts), "-", "-")
    low, high = wilson(tally.right, tally.knowable)
    share = f"{tally.right / tally.knowable:.2%}"
    return (name, *map(str, counts), share, f"{low:.1%}..{high:.1%}")
