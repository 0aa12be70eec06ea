"""What an import did so far: counts only, so that memory stays flat."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from structurer.bulk.failing import Failure

if TYPE_CHECKING:
    from structurer.model.ledger import Estimate
    from structurer.observation import Usage
    from structurer.record import Counts

Outcome = Literal["imported", "unchanged", "failed", "left"]
"""`left`: it failed before and nothing has changed since, so that it was not tried again."""


@dataclass(frozen=True)
class Step:
    """What became of one file of an import."""

    path: str
    outcome: Outcome
    failure: Failure | None = None


@dataclass(frozen=True)
class Summary:
    """What an import did. `statuses` and `tables` count the documents it imported, not the unchanged ones."""

    imported: int = 0
    unchanged: int = 0
    failed: int = 0
    left: int = 0
    """Files that failed before and were left alone: nothing has changed since."""
    accepted: int = 0
    statuses: Mapping[str, int] = field(default_factory=dict)
    tables: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    findings: Mapping[str, int] = field(default_factory=dict)
    failures: Mapping[str, int] = field(default_factory=dict)
    copies: int = 0
    """Documents found to be the same report as another one."""
    seconds: float = 0.0
    usage: Usage | None = None
    """What a model was asked and what it cost; None where none was to be asked."""
    problem: str = ""
    """Why a model was not asked everything."""
    estimate: Estimate | None = None
    """What asking would use, from a dry run."""
    stopped: bool = False
    """Whether it was stopped before every file was through."""

    @property
    def done(self) -> int:
        """How many files are through."""
        return self.imported + self.unchanged + self.failed + self.left


class Tally:
    """Counts the steps of one import."""

    def __init__(self) -> None:
        self._outcomes: Counter[str] = Counter()
        self._statuses: Counter[str] = Counter()
        self._findings: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()
        self._tables: dict[str, Counter[str]] = {}
        self._accepted = 0
        self._started = time.perf_counter()

    @property
    def outcomes(self) -> Counter[str]:
        """How many files came to what."""
        return Counter(self._outcomes)

    def step(self, step: Step) -> Step:
        """Counts what became of a file."""
        self._outcomes[step.outcome] += 1
        if step.failure is not None and step.outcome == "failed":
            self._failures[step.failure.kind] += 1
        return step

    def count(self, counts: Counts) -> None:
        """Counts what an extraction holds."""
        self._accepted += counts.accepted
        self._statuses.update(counts.statuses)
        self._findings.update(counts.findings)
        for name, state in counts.tables.items():
            self._tables.setdefault(name, Counter())[state] += 1

    def summary(self) -> Summary:
        """What was done so far."""
        return Summary(
            imported=self._outcomes["imported"],
            unchanged=self._outcomes["unchanged"],
            failed=self._outcomes["failed"],
            left=self._outcomes["left"],
            accepted=self._accepted,
            statuses=dict(self._statuses),
            tables={name: dict(states) for name, states in self._tables.items()},
            findings=dict(self._findings),
            failures=dict(self._failures),
            seconds=time.perf_counter() - self._started,
        )
