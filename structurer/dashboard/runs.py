"""Runs of imports, as far as the store can tell them: reports extracted without a long pause between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from structurer.store.figures import Spent

PAUSE = timedelta(minutes=10)
"""A longer time without a report ends a run."""
_MOST_RUNS = 24
_BINS = 60


@dataclass(slots=True)
class Run:
    """One run: when, how many reports, and what asking a model took."""

    began: datetime
    ended: datetime
    reports: int = 0
    calls: int = 0
    tokens: int = 0
    cost: float | None = None
    seconds_of: dict[int, int] = field(default_factory=dict)
    """Second of the run → reports that were done in it."""

    @property
    def seconds(self) -> float:
        """How long it took; a run of one report took no time that the store knows."""
        return (self.ended - self.began).total_seconds()

    @property
    def rate(self) -> float | None:
        """Reports a second, None where too few tell."""
        return (self.reports - 1) / self.seconds if self.reports > 1 and self.seconds > 0 else None

    def take(self, one: Spent) -> None:
        """Counts one report."""
        self.ended = one.at
        self.reports += 1
        self.calls += one.usage.get("calls") or 0
        self.tokens += (one.usage.get("prompt_tokens") or 0) + (one.usage.get("completion_tokens") or 0)
        cost = one.usage.get("cost")
        if cost is not None:
            self.cost = (self.cost or 0.0) + cost
        second = int((one.at - self.began).total_seconds())
        self.seconds_of[second] = self.seconds_of.get(second, 0) + 1

    def over_time(self) -> list[tuple[float, float]]:
        """Seconds since its beginning, and reports a second there."""
        width = max(1, int(self.seconds) // _BINS + 1)
        bins: dict[int, int] = {}
        for second, count in self.seconds_of.items():
            bins[second // width] = bins.get(second // width, 0) + count
        return [(at * width, bins.get(at, 0) / width) for at in range(max(bins, default=-1) + 1)]


def runs(found: Iterable[Spent], pause: timedelta = PAUSE) -> list[Run]:
    """The latest runs, oldest first. Reports extracted again count where they were extracted last."""
    made: list[Run] = []
    for one in found:
        if not made or one.at - made[-1].ended > pause:
            made.append(Run(one.at, one.at))
            made = made[-_MOST_RUNS:]
        made[-1].take(one)
    return made
