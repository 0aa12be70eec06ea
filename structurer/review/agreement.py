"""How far reviewers agree about final values: percent, Cohen's kappa and Gwet's AC1, with n.

Nearly every answer accepts the machine's value, and so high a prevalence drives kappa down whatever the
reviewers do; the three are to be read together.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from structurer.review.events import VERDICTS, Event
from structurer.review.fold import active, outcome_of

Pair = tuple[Hashable, Hashable]
FIELDS: Mapping[str, Callable[[Event], str]] = {
    "indicator": lambda event: event.indicator,
    "table": lambda event: event.indicator.partition(".")[0],
    "reason": lambda event: event.seen.why if event.seen is not None else "",
}
"""What agreement may be told by."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement over `n` pairs of decisions; kappa is None where chance alone would always agree."""

    n: int
    percent: float
    kappa: float | None
    ac1: float


@dataclass(frozen=True, slots=True)
class Noticed:
    """What one reviewer made of values that were known to be wrong."""

    by: str
    shown: int
    noticed: int


def agreement(pairs: Sequence[Pair]) -> Agreement:
    """The three measures over pairs of final values; the first of each pair is one rater's.

    Raises ValueError for no pairs.
    """
    if not pairs:
        raise ValueError("agreement needs at least one pair of decisions")
    n = len(pairs)
    observed = sum(one == other for one, other in pairs) / n
    first, second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    kinds = first | second
    by_chance = sum(first[kind] * second[kind] for kind in kinds) / n**2
    kappa = None if by_chance == 1 else (observed - by_chance) / (1 - by_chance)
    shares = [(first[kind] + second[kind]) / (2 * n) for kind in kinds]
    gwet = sum(share * (1 - share) for share in shares) / (len(kinds) - 1) if len(kinds) > 1 else 0.0
    return Agreement(n, observed, kappa, (observed - gwet) / (1 - gwet))


def pairs_by(events: Iterable[Event], field: Callable[[Event], str]) -> dict[str, list[Pair]]:
    """Pairs of independent decisions about the same item as it was seen, by field.

    Each reviewer's latest decision counts; one made with the others' in view does not, nor do seeded
    items. Of each pair, the reviewer whose name comes first is first.
    """
    found: dict[str, list[Pair]] = defaultdict(list)
    for votes in _votes(events).values():
        for one, other in combinations(sorted(votes, key=lambda vote: vote.by), 2):
            found[field(one)].append((outcome_of(one).key, outcome_of(other).key))
    return dict(found)


def agreements(events: Sequence[Event], field: Callable[[Event], str]) -> Mapping[str, Agreement]:
    """Agreement by field, and over `all`; empty where no item was decided twice."""
    pairs = pairs_by(events, field)
    everything = [pair for some in pairs.values() for pair in some]
    measured = {name: agreement(some) for name, some in sorted(pairs.items())}
    return measured | ({"all": agreement(everything)} if everything else {})


def noticed(events: Sequence[Event]) -> list[Noticed]:
    """For each reviewer, how many of the known-wrong values they saw they did not accept."""
    wrong = {event.item: event.value for event in events if event.kind == "check"}
    shown: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    for act in active(events):
        if act.item in wrong and act.kind in VERDICTS:
            outcome = outcome_of(act)
            shown[act.by] += 1
            caught[act.by] += not (outcome.accepted and outcome.value == wrong[act.item])
    return [Noticed(by, shown[by], caught[by]) for by in sorted(shown)]


def _votes(events: Iterable[Event]) -> dict[tuple[str, str], list[Event]]:
    events = list(events)
    checks = {event.item for event in events if event.kind == "check"}
    latest: dict[tuple[str, str, str], Event] = {}
    for act in active(events):
        if act.kind in VERDICTS and not act.settles and not act.of and act.item not in checks:
            latest[act.item, act.seen_sha, act.by] = act
    votes: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for (item, seen, _), act in latest.items():
        votes[item, seen].append(act)
    return votes
