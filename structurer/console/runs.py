"""Runs of imports in a terminal: a line a run, numbers first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from structurer.console.progress import duration
from structurer.terminal import plain

if TYPE_CHECKING:
    from structurer.store import Run

_HEAD = (
    "began (UTC)",
    "end",
    "time",
    "imported",
    "a second",
    "unchanged",
    "failed",
    "calls",
    "tokens",
    "cost",
)
ENDS = {"": "not ended", "done": "done", "stopped": "stopped", "failed": "broke"}
"""What is said of how a run ended."""


def runs_text(runs: Sequence[Run]) -> str:
    """The runs, the newest first; how each was run stands last."""
    table = [_HEAD, *(_cells(run) for run in runs)]
    widths = [max(len(row[column]) for row in table) for column in range(len(_HEAD))]
    lines = [_line(_HEAD, widths, "how")]
    for run, cells in zip(runs, table[1:], strict=True):
        lines.append(_line(cells, widths, how(run)))
        if run.problem:
            lines.append(f"    {plain(run.problem)}")
        if not run.end:
            lines.append(
                f"    last heard of {run.seen_at:%Y-%m-%d %H:%M:%S}: it was killed, or goes on;"
                " the same command goes on where it was"
            )
    return "\n".join(lines)


def how(run: Run) -> str:
    """Where it ran and what was asked: `local, 4 workers, gpt-x`."""
    workers = f"{run.workers} worker{'s' if run.workers != 1 else ''}" if run.workers else "no workers"
    return ", ".join(part for part in (run.engine, workers, plain(run.model)) if part)


def _cells(run: Run) -> tuple[str, ...]:
    asked = bool(run.model)
    return (
        f"{run.began_at:%Y-%m-%d %H:%M}",
        ENDS[run.end],
        duration(run.seconds),
        f"{run.imported:,}",
        f"{run.rate:,.1f}" if run.rate is not None else "-",
        f"{run.unchanged:,}",
        f"{run.failed + run.left:,}",
        f"{run.calls:,}" if asked else "-",
        f"{run.tokens:,}" if asked else "-",
        f"{run.cost:.4f}" if asked and run.cost is not None else "-",
    )


def _line(cells: Sequence[str], widths: Sequence[int], last: str) -> str:
    # Words to the left, figures to the right.
    shown = [
        cell.ljust(width) if at < 2 else cell.rjust(width)
        for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join([*shown, last])
