"""What reviewing answers to a program: the JSON of the commands, and of every other way in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from structurer.review.events import Event
from structurer.review.views import View

if TYPE_CHECKING:
    from structurer.desk.deciding import Decided
    from structurer.desk.desk import Entry
    from structurer.store.reviews import Left


def queue_json(left: Left, entries: Sequence[Entry]) -> dict[str, Any]:
    """How much is left, and its first items."""
    return {
        "left": left.total,
        "decided": left.decided,
        "reasons": dict(left.kinds),
        "same": left.same,
        "items": [asdict(entry) for entry in entries],
    }


def decided_json(made: Decided) -> dict[str, Any]:
    """An act that was stored, where its item stands now, and the sums that bind it."""
    return {
        "event": event_json(made.event),
        "state": made.state,
        "sums": [asdict(one) for one in made.sums],
    }


def acts_json(acts: Sequence[Event]) -> list[dict[str, Any]]:
    """Acts that were taken back or restored."""
    return [event_json(act) for act in acts]


def batch_json(views: Sequence[View], *, dry_run: bool) -> dict[str, Any]:
    """Items that were accepted at once, or would be."""
    return {"dry_run": dry_run, "items": [view.to_json(full=False) for view in views]}


def event_json(event: Event) -> dict[str, Any]:
    """An event; what is at its default is left out."""
    return event.model_dump(mode="json", exclude_defaults=True)
