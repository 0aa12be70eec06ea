"""Where an import stands, on one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from structurer.terminal import plain

if TYPE_CHECKING:
    from structurer.bulk import Summary

_MINUTE, _HOUR = 60, 3600


def progress_text(summary: Summary, total: int | None = None) -> str:
    """Files done of how many, the rate, the time left, the cost so far, statuses, failures by kind."""
    done, seconds = summary.done, max(summary.seconds, 1e-9)
    rate = done / seconds
    parts = [f"{done:,} of {total:,} files" if total is not None else f"{done:,} files"]
    parts.append(f"{rate:,.1f}/s" if rate < 100 else f"{rate:,.0f}/s")
    if summary.stopped:
        parts.append("stopping")
    elif total is not None and done:
        parts.append(f"{duration(max(0, total - done) / rate)} left")
    if summary.usage is not None:
        parts.append(_cost(summary))
    if summary.unchanged:
        parts.append(f"{summary.unchanged:,} unchanged")
    if known := sum(summary.statuses.values()):
        waiting = {name: count for name, count in summary.statuses.items() if count}
        told = " ".join(
            f"{name} {count:,}" for name, count in sorted(waiting.items(), key=lambda one: -one[1])
        )
        parts.append(f"{summary.accepted / known:.1%} accepted ({told})")
    if summary.failed:
        kinds = sorted(summary.failures.items(), key=lambda one: (-one[1], one[0]))
        parts.append(f"failed: {', '.join(f'{count:,} {plain(kind)}' for kind, count in kinds)}")
    return " · ".join(parts)


def _cost(summary: Summary) -> str:
    usage = summary.usage
    assert usage is not None
    tokens = f"{usage.calls:,} calls, {usage.prompt_tokens + usage.completion_tokens:,} tokens"
    return tokens if usage.cost is None else f"{tokens}, cost {usage.cost:.4f}"


def duration(seconds: float) -> str:
    """A time as people say it: `50 s`, `4 min`, `3 h 20 min`."""
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    hours, rest = divmod(int(seconds), _HOUR)
    return f"{hours} h {rest // _MINUTE} min"
