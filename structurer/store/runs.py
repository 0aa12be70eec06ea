"""Runs of imports: when each began and ended, what became of its files and what it cost; a row a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import uuid4

from sqlalchemy import Connection, insert, select, update
from sqlalchemy import Row as SQLRow

from structurer.store.tables import now, runs

Engine = Literal["local", "ray", "batch"]
End = Literal["", "done", "stopped", "failed"]
"""How a run ended: through, stopped by somebody, by an error; "" for one that did not, or not yet."""
_BINS = 64


@dataclass(frozen=True, slots=True)
class Pace:
    """How many reports were kept in each stretch of a run; stretches double where there would be too many."""

    width: int = 1
    """Seconds of a stretch."""
    counts: tuple[int, ...] = ()

    def add(self, second: float, count: int) -> Pace:
        """With `count` more reports, kept so many seconds after the run began."""
        width, counts = self.width, list(self.counts)
        at = max(0, int(second))
        while at // width >= _BINS:
            counts = [sum(counts[first : first + 2]) for first in range(0, len(counts), 2)]
            width *= 2
        counts += [0] * (at // width + 1 - len(counts))
        counts[at // width] += count
        return Pace(width, tuple(counts))


@dataclass(frozen=True, slots=True)
class Run:
    """One import as its store knows it: as far as it had committed when it was last heard of."""

    id: str
    engine: Engine
    model: str
    """The model that was asked, "" where none was."""
    workers: int
    began_at: datetime
    seen_at: datetime
    """Its last commit."""
    ended_at: datetime | None = None
    end: End = ""
    problem: str = ""
    """The error that ended it."""
    imported: int = 0
    unchanged: int = 0
    failed: int = 0
    left: int = 0
    """Files that failed before and were left alone."""
    copies: int = 0
    calls: int = 0
    cached_calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = None
    pace: Pace = field(default_factory=Pace)

    @property
    def tokens(self) -> int:
        """Prompts and answers together."""
        return self.prompt_tokens + self.completion_tokens

    @property
    def seconds(self) -> float:
        """How long it took, or has been heard of so far."""
        return max(0.0, ((self.ended_at or self.seen_at) - self.began_at).total_seconds())

    @property
    def rate(self) -> float | None:
        """Reports a second; None where it imported none."""
        return self.imported / self.seconds if self.imported and self.seconds > 0 else None

    def to_json(self) -> dict[str, Any]:
        """The run for a program; times in UTC, `end` null for one that has none."""
        made: dict[str, Any] = {name: getattr(self, name) for name in Run.__dataclass_fields__}
        for name in ("began_at", "seen_at", "ended_at"):
            made[name] = made[name].isoformat() if made[name] is not None else None
        made |= {"end": self.end or None, "seconds": self.seconds, "rate": self.rate}
        return made | {"pace": {"width": self.pace.width, "counts": list(self.pace.counts)}}

    def over_time(self) -> list[tuple[float, float]]:
        """Seconds since it began, and reports a second from there on."""
        width = self.pace.width
        made = []
        for at, count in enumerate(self.pace.counts):
            last = at == len(self.pace.counts) - 1
            lasted = min(width, max(self.seconds - at * width, 1.0)) if last else width
            made.append((float(at * width), count / lasted))
        return made


def begin(connection: Connection, engine: Engine, model: str, workers: int) -> Run:
    """Notes that a run begins."""
    moment = now()
    run = Run(uuid4().hex, engine, model, workers, moment, moment)
    connection.execute(insert(runs).values(id=run.id, **_values(run)))
    return run


def renew(connection: Connection, run: Run) -> None:
    """Brings the row of a run up to date."""
    connection.execute(update(runs).where(runs.c.id == run.id).values(_values(run)))


def latest(connection: Connection, limit: int) -> list[Run]:
    """The runs that began last, the newest first."""
    query = select(runs).order_by(runs.c.number.desc()).limit(limit)
    return [_run(row) for row in connection.execute(query)]


def _values(run: Run) -> dict[str, Any]:
    made = {name: getattr(run, name) for name in Run.__dataclass_fields__ if name not in ("id", "pace")}
    return made | {"pace": {"width": run.pace.width, "counts": list(run.pace.counts)}}


def _run(row: SQLRow[Any]) -> Run:
    values = dict(row._mapping)
    values.pop("number")
    pace = values.pop("pace")
    return Run(**values, pace=Pace(pace["width"], tuple(pace["counts"])))
