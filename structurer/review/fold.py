"""Where an item stands: the fold over its events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from structurer.observation import Value
from structurer.review.events import ACTS, VERDICTS, Event

State = Literal["open", "stale", "second", "differ", "later", "flagged", "decided"]
"""`second`: waits for another reviewer; `differ`: two decided differently; `stale`: what was seen changed."""

DUE: dict[State, int] = {
    "open": 0, "stale": 0, "second": 0, "differ": 0, "later": 1, "flagged": 2, "decided": 3,
}  # fmt: skip
"""The order in which states are served: 0 now, 1 after those, 2 only when asked for, 3 never."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a decision makes of an item: a value that stands, or none that does."""

    accepted: bool
    value: Value
    kind: str
    """`accept`, `correct`, `add`, `reject` or `unknown`."""

    @property
    def key(self) -> tuple[object, ...]:
        """What two decisions have in common when they agree: the final value, not the key pressed."""
        if not self.accepted:
            return (self.kind,)
        number = isinstance(self.value, int | float)
        return ("value", float(self.value) if number else self.value)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of an item, the outcome if it is decided, and what led there."""

    state: State
    outcome: Outcome | None = None
    decision: Event | None = None
    """The decision that gives the outcome; for a stale item, the latest one that no longer counts."""
    votes: tuple[Event, ...] = ()
    """Each reviewer's latest decision about what is seen now."""
    since: datetime | None = None
    """When it was put off."""

    @property
    def voters(self) -> tuple[str, ...]:
        """Who decided."""
        return tuple(vote.by for vote in self.votes)


def outcome_of(event: Event) -> Outcome:
    """What one decision says about the value."""
    if event.kind == "accept":
        return Outcome(True, event.seen.value if event.seen else None, "accept")
    if event.kind in ("correct", "add"):
        return Outcome(True, event.value, event.kind)
    return Outcome(False, None, event.kind)


def active(events: Iterable[Event]) -> list[Event]:
    """The acts that are not taken back, in time order."""
    ordered = sorted(events, key=lambda event: event.order)
    undone = taken_back(ordered)
    return [event for event in ordered if event.kind in ACTS and event.id not in undone]


def taken_back(events: Iterable[Event]) -> set[str]:
    """The ids of the acts that are taken back; `events` come in time order, for the last word counts."""
    last = {event.undoes: event.kind for event in events if event.kind in ("undo", "redo")}
    return {id for id, kind in last.items() if kind == "undo"}


def standing(events: Iterable[Event], seen_sha: str, needed: int = 1) -> Standing:
    """Where an item stands whose evidence, value and rules hash to `seen_sha`.

    `needed` is how many reviewers have to decide. A decision made over something else is stale.
    """
    acts = active(events)
    latest = {act.by: act for act in acts}
    verdicts = [act for act in latest.values() if act.kind in VERDICTS]
    votes = sorted((v for v in verdicts if v.seen_sha == seen_sha), key=lambda vote: vote.order)
    if own := [vote for vote in votes if not vote.of]:
        votes = own
    else:
        needed = 1  # what was carried over had been decided by as many as it takes
    marks = sorted((act for act in latest.values() if act.kind not in VERDICTS), key=lambda mark: mark.order)
    if votes:
        return _decided(votes, needed, marks)
    if marks:
        return _marked(marks)
    if verdicts:
        return Standing("stale", decision=max(verdicts, key=lambda verdict: verdict.order))
    return Standing("open")


def _decided(votes: Sequence[Event], needed: int, marks: Sequence[Event]) -> Standing:
    final = next((vote for vote in reversed(votes) if vote.settles), None)
    chosen = final or votes[-1]
    made = tuple(votes)
    if any(mark.kind == "flag" for mark in marks):
        return Standing("flagged", votes=made)
    if final is None and len({outcome_of(vote).key for vote in votes}) > 1:
        return Standing("differ", votes=made)
    if final is None and len(votes) < needed:
        return Standing("second", votes=made)
    return Standing("decided", outcome_of(chosen), chosen, made)


def _marked(marks: Sequence[Event]) -> Standing:
    flagged = any(mark.kind == "flag" for mark in marks)
    return Standing("flagged" if flagged else "later", since=marks[-1].at)


def undoable(newest_first: Iterable[Event]) -> Event | None:
    """Of one reviewer's events, newest first, the act that an undo takes back now."""
    undone: dict[str, bool] = {}
    for event in newest_first:
        if event.of:
            continue  # it follows another act
        if event.kind in ("undo", "redo"):
            undone.setdefault(event.undoes, event.kind == "undo")
        elif event.kind in ACTS and not undone.get(event.id):
            return event
    return None


def redoable(newest_first: Iterable[Event]) -> str | None:
    """Of one reviewer's events, newest first, the id of the act a redo restores; None after a new act."""
    redone: set[str] = set()
    for event in newest_first:
        if event.of:
            continue
        if event.kind == "redo":
            redone.add(event.undoes)
        elif event.kind == "undo":
            if event.undoes not in redone:
                return event.undoes
            redone.discard(event.undoes)
        elif event.kind in ACTS:
            return None
    return None
