"""A run of an import as the store is told of it: with each commit, and at its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from structurer.errors import StoreError, StructurerError

if TYPE_CHECKING:
    from structurer.bulk.intake import Keeping
    from structurer.bulk.tally import Summary
    from structurer.observation import Usage
    from structurer.store import Run
    from structurer.store.runs import End, Engine

_LONGEST_PROBLEM = 500


class Noted:
    """The row of one run. What is committed and what the row says of it are one transaction."""

    def __init__(
        self,
        store: Keeping,
        engine: Engine,
        *,
        model: str = "",
        workers: int = 0,
        usage: Callable[[], Usage | None] = lambda: None,
    ) -> None:
        self._store, self._usage = store, usage
        self._run = store.begin_run(engine, model, workers)

    def renewed(self, outcomes: Mapping[str, int]) -> Run | None:
        """The row with these counts of files by outcome; None where no runs are kept."""
        run = self._run
        if run is None:
            return None
        moment = datetime.now(timezone.utc)
        imported = outcomes.get("imported", 0)
        second = (moment - run.began_at).total_seconds()
        return replace(
            run,
            seen_at=moment,
            imported=imported,
            unchanged=outcomes.get("unchanged", 0),
            failed=outcomes.get("failed", 0),
            left=outcomes.get("left", 0),
            pace=run.pace.add(second, imported - run.imported) if imported > run.imported else run.pace,
            **_used(self._usage()),
        )

    def committed(self, run: Run | None) -> None:
        """Takes over a row that was written."""
        self._run = run

    def broke(self, summary: Summary, error: BaseException) -> None:
        """Notes that a run was cut off, as far as the store can still be told."""
        stopped = isinstance(error, KeyboardInterrupt | asyncio.CancelledError)
        told = isinstance(error, StructurerError)
        problem = "" if stopped else str(error) if told else type(error).__name__
        with suppress(StoreError):
            self.end(summary, end="stopped" if stopped else "failed", problem=problem)

    def end(self, summary: Summary, *, end: End, problem: str = "") -> None:
        """Notes how the run ended. Raises StoreError."""
        outcomes = {name: getattr(summary, name) for name in ("imported", "unchanged", "failed", "left")}
        run = self.renewed(outcomes)
        if run is not None:
            run = replace(
                run,
                ended_at=run.seen_at,
                end=end,
                problem=problem[:_LONGEST_PROBLEM],
                copies=summary.copies,
            )
            self._store.write(run=run)
            self.committed(run)


def _used(usage: Usage | None) -> dict[str, Any]:
    if usage is None:
        return {}
    names = ("calls", "cached_calls", "prompt_tokens", "completion_tokens", "cost")
    return {name: getattr(usage, name) for name in names}
