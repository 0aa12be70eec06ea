"""How many of each outcome: scores of extractions, which add up."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field

from structurer.evaluate.gold import Gold
from structurer.evaluate.judging import marks
from structurer.observation import Extraction, Finding

_Key = TypeVar("_Key", bound=Hashable)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


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


def _reports(finding: Finding, rule: str, where: str) -> bool:
    """Whether a finding is about this rule in this row or column."""
    if finding.rule != rule:
        return False
    places = [indicator.split(".")[1:] for indicator in finding.indicators]
    if not where or not places:
        return True
    return all(place[0] == where for place in places) or all(place[-1] == where for place in places)
