"""What people overruled most: rules whose suspicion was unfounded, and readings that were wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from structurer.review.events import VERDICTS, Event
from structurer.review.fold import active, outcome_of


@dataclass(frozen=True, slots=True)
class Overruled:
    """How often a rule, or a way of reading an indicator, was put to a person, and was overruled."""

    name: str
    decided: int
    overruled: int

    @property
    def share(self) -> float:
        """The share that was overruled."""
        return self.overruled / self.decided


@dataclass(frozen=True, slots=True)
class Lessons:
    """What to mend first, most overruled first."""

    rules: tuple[Overruled, ...]
    """A rule is overruled when the value it threw suspicion on was accepted as it stood."""
    readings: tuple[Overruled, ...]
    """A reading is overruled when its value was corrected, rejected or called wrong."""
    missed: tuple[tuple[str, int], ...]
    """Indicators that reviewers had to add."""


def lessons(events: Iterable[Event]) -> Lessons:
    """What the decisions in force say about rules and patterns; seeded items say nothing."""
    events = list(events)
    checks = {event.item for event in events if event.kind == "check"}
    latest = {
        (act.item, act.by): act
        for act in active(events)
        if act.kind in VERDICTS and not act.of and act.item not in checks
    }
    rules: list[tuple[str, bool]] = []
    readings: list[tuple[str, bool]] = []
    missed: Counter[str] = Counter()
    for act in latest.values():
        if act.kind == "add":
            missed[act.indicator] += 1
        elif act.seen is not None:
            upheld = _upheld(act)
            rules += [(rule, upheld) for rule in act.seen.rules]
            readings.append((f"{'+'.join(act.seen.methods) or 'none'} {act.indicator}", not upheld))
    most = sorted(missed.items(), key=lambda pair: (-pair[1], pair[0]))
    return Lessons(_counted(rules), _counted(readings), tuple(most))


def _upheld(act: Event) -> bool:
    """Whether the value stands as the machine showed it."""
    outcome = outcome_of(act)
    return outcome.accepted and act.seen is not None and outcome.value == act.seen.value


def _counted(told: Iterable[tuple[str, bool]]) -> tuple[Overruled, ...]:
    decided: Counter[str] = Counter()
    overruled: Counter[str] = Counter()
    for name, against in told:
        decided[name] += 1
        overruled[name] += against
    made = (Overruled(name, decided[name], overruled[name]) for name in decided)
    return tuple(sorted(made, key=lambda one: (-one.overruled, -one.share, one.name)))
