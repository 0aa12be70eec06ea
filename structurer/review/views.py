"""What a reviewer is shown: one value with its page, its sums, its candidates and what others decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from structurer.observation import Observation, Value
from structurer.review.events import Event
from structurer.review.fold import State, outcome_of, taken_back
from structurer.review.page import SourceLine
from structurer.review.sums import Sum, Term
from structurer.review.values import acceptable

AT_MOST_VALUES = 5
"""Values that can be chosen by their number."""


@dataclass(frozen=True, slots=True)
class About:
    """The document an item belongs to."""

    id: str
    path: str
    agency: str | None
    year: int | None


@dataclass(frozen=True, slots=True)
class View:
    """One item as shown. A blind one holds no value, no candidates, no sums and no status."""

    id: str
    handle: str
    document: About
    unit: str
    place: str
    indicator: str
    label: str
    reason: str
    why: str
    state: State
    seen_sha: str
    found: Observation | None
    lines: tuple[SourceLine, ...] = ()
    on_page: bool = False
    page: str = ""
    """Why no lines can be shown, where none can."""
    at_hand: bool = False
    """Whether the whole page can be read."""
    line: int | None = None
    """The line of the source it begins in, from 1."""
    sums: tuple[Sum, ...] = ()
    row: tuple[Term, ...] = ()
    """For a cell: its whole row as it stands now, itself included."""
    votes: tuple[Event, ...] = ()
    """For an item that reviewers differ about: what each decided."""
    old: Event | None = None
    """For a stale item: the decision that no longer counts."""
    decision: Event | None = None
    blind: bool = False
    copies: tuple[str, ...] = ()
    """Paths of copies of the report in which it is the same: what is decided holds there too."""

    @property
    def value(self) -> Value:
        """The value as found; None while blind."""
        return None if self.found is None or self.blind else self.found.value

    @property
    def acceptable(self) -> bool:
        """Whether there is a value, or a place left blank, that can be accepted as it is."""
        return not self.blind and acceptable(self.found)

    @property
    def values(self) -> tuple[Value, ...]:
        """What can be chosen by number: the value as found first, then the others that would fit."""
        if self.found is None or self.blind:
            return ()
        first = (self.found.value,) if self.acceptable else ()
        others = [
            *self.found.candidates,
            *(outcome_of(vote).value for vote in self.votes if vote.kind == "correct"),
        ]
        return tuple(dict.fromkeys((*first, *others)))[:AT_MOST_VALUES]

    @property
    def default(self) -> bool:
        """Whether Enter accepts: only where nothing speaks against the value."""
        calm = self.state in ("open", "later", "second") and self.reason in (
            "unique_repair", "audit", "model_only", "chosen",
        )  # fmt: skip
        return calm and self.acceptable and self.found is not None and self.found.status != "disputed"

    def to_json(self, *, full: bool = True) -> dict[str, Any]:
        """The view for a program. The page and the terms of sums only if `full`."""
        made: dict[str, Any] = {
            "id": self.id,
            "handle": self.handle,
            "document": asdict(self.document),
            "unit": self.unit,
            "place": self.place,
            "indicator": self.indicator,
            "label": self.label,
            "reason": self.reason,
            "why": self.why,
            "state": self.state,
            "seen_sha": self.seen_sha,
            "on_page": self.on_page,
            "line": self.line,
        }
        if self.blind:
            made["blind"] = True
        elif self.found is not None:
            kept = self.found.model_dump(mode="json", exclude={"indicator", "label"})
            made |= kept | {"values": list(self.values)}
        if not self.blind:
            made["sums"] = [_sum(one, full=full) for one in self.sums]
        if full:
            made["lines"] = [asdict(line) for line in self.lines]
        if self.copies:
            made["copies"] = list(self.copies)
        if self.votes:
            made["votes"] = [_vote(vote) for vote in self.votes]
        if self.old is not None:
            made["old"] = _vote(self.old)
        return made


@dataclass(frozen=True, slots=True)
class Task:
    """A unit to look at now: its open items in order, who holds it and how far the queue is."""

    unit: str
    title: str
    items: tuple[View, ...]
    by: str
    until: datetime | None
    done: int
    left: int
    kinds: Mapping[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The task for a program."""
        return {
            "unit": self.unit,
            "title": self.title,
            "by": self.by,
            "until": self.until.isoformat(timespec="seconds") if self.until else None,
            "done": self.done,
            "left": self.left,
            "items": [item.to_json(full=len(self.items) <= 20) for item in self.items],
        }


def _sum(one: Sum, *, full: bool) -> dict[str, Any]:
    made = asdict(one)
    if not full:
        del made["left_terms"], made["right_terms"]
    return made


def _vote(event: Event) -> dict[str, Any]:
    outcome = outcome_of(event)
    return {
        "by": event.by,
        "at": event.at.isoformat(timespec="seconds"),
        "kind": event.kind,
        "value": outcome.value,
        "accepted": outcome.accepted,
        "reason": event.reason,
        "seen": event.seen.model_dump(mode="json") if event.seen is not None else None,
    }


def told(events: Sequence[Event]) -> list[dict[str, Any]]:
    """Events as a log for a program, with what was taken back marked so."""
    undone = taken_back(events)
    return [
        event.model_dump(mode="json", exclude_defaults=True)
        | ({"undone": True} if event.id in undone else {})
        for event in events
    ]
