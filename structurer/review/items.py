"""The queue of one report: what deserves a person's time, why, and in which order (selective editing)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from math import log2
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from structurer.observation import Extraction, Finding, Observation, Value
from structurer.review.events import Event
from structurer.review.identity import Known, identified, item_id, seen_sha, unit_id
from structurer.review.rulebook import Rulebook

Reason = Literal[
    "unsupported", "ungrounded", "hard_edit", "ambiguous", "contradiction", "unique_repair",
    "model_only", "open", "soft_edit", "audit", "chosen",
]  # fmt: skip

REASONS: Mapping[Reason, str] = {
    "unsupported": "a model claims it and the text does not hold it",
    "ungrounded": "it has a value but no place in the text",
    "hard_edit": "a sum of the form fails and no single change repairs it",
    "ambiguous": "several readings fit, so none was chosen",
    "contradiction": "the report says two things about it",
    "unique_repair": "one value alone makes the sums agree; confirm it",
    "model_only": "only a model read it",
    "open": "it is not accepted",
    "soft_edit": "a rule says it is unlikely",
    "audit": "a random sample of what was accepted",
    "chosen": "a reviewer chose to decide it",
}
"""Why an item is in the queue, most suspicious first; this is the order of the queue."""
RANK: Mapping[str, int] = {reason: rank for rank, reason in enumerate(REASONS)}
_INFLUENCE = 999
_MODEL = "model"


class Plan(BaseModel):
    """How the queue is made; part of the events, so that every reviewer gets the same queue."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = 0
    audit: float = Field(0.01, ge=0, le=1)
    """Share of the accepted values that is looked at anyway."""
    overlap: float = Field(0.0, ge=0, le=1)
    """Share of the units that two reviewers decide."""

    @property
    def mark(self) -> str:
        """What the queue of a document depends on besides its extraction."""
        return f"{self.seed}:{self.audit}:{self.overlap}"


@dataclass(frozen=True, slots=True)
class Item:
    """One value to decide about, in its unit (a table or a section)."""

    id: str
    unit: str
    place: str
    indicator: str
    label: str
    position: int
    reason: Reason
    why: str
    rules: tuple[str, ...]
    """Rules it breaks."""
    seen_sha: str
    needed: int
    observation: Observation | None
    check: Value = None
    """For a seeded item: the value that was shown in place of the true one."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A table or a section: its items in order, and its place in the queue."""

    id: str
    place: str
    rank: int
    shuffle: int
    items: tuple[Item, ...]


def units(extraction: Extraction, book: Rulebook, plan: Plan, events: Sequence[Event] = ()) -> list[Unit]:
    """The units of a report that hold anything to decide or decided, each with its items in order."""
    grouped: dict[str, list[Item]] = defaultdict(list)
    for item in items(extraction, book, plan, events):
        grouped[item.place].append(item)
    return [_unit(extraction, place, found, plan) for place, found in grouped.items()]


def items(extraction: Extraction, book: Rulebook, plan: Plan, events: Sequence[Event] = ()) -> Iterator[Item]:
    """Everything of a report that has a reason to be looked at, or that somebody looked at, in order."""
    decided = {event.item for event in events if event.item}
    broken = _broken(extraction.findings)
    sure = _unlocated(extraction)
    for position, (key, found) in enumerate(identified(extraction, book, known(events))):
        reason = _reason(found, broken.get(found.indicator, ()), sure)
        if reason is None and drawn(plan, "audit", key) < plan.audit and found.value is not None:
            reason = "audit"
        if reason is None and key in decided:
            reason = "chosen"
        if reason is not None:
            yield _item(extraction, book, plan, key, found, position, reason, broken)
    yield from _added(extraction, book, plan, events)
    yield from _checks(extraction, book, plan, events)


def known(events: Iterable[Event]) -> list[Known]:
    """The items that these events are about."""
    made = {}
    for event in events:
        if event.item:
            start = event.seen.evidence[0][0] if event.seen and event.seen.evidence else None
            made[event.item] = Known(event.item, event.indicator, start)
    return list(made.values())


def place_of(extraction: Extraction, found: Observation, book: Rulebook) -> str:
    """The unit a value belongs to: its table, or the section that states it."""
    table = found.indicator.partition(".")[0]
    if table not in book.prose or not found.evidence:
        return table
    start = found.evidence[0].start
    for section in extraction.sections:
        if section.start <= start < section.end:
            return f"section:{section.start}"
    return table


def one_item(
    extraction: Extraction, book: Rulebook, plan: Plan, indicator: str, key: str, found: Observation | None
) -> Item:
    """An item for a value that a reviewer chose, whether or not the queue has it."""
    broken = _broken(extraction.findings)
    if found is None:
        return _item(
            extraction, book, plan, key, None, len(extraction.observations), "chosen", broken, indicator
        )
    position = next(n for n, one in enumerate(extraction.observations) if one is found)
    reason = _reason(found, broken.get(indicator, ()), _unlocated(extraction)) or "chosen"
    return _item(extraction, book, plan, key, found, position, reason, broken)


def needed(plan: Plan, unit: str) -> int:
    """How many reviewers have to decide the items of a unit."""
    return 2 if drawn(plan, "overlap", unit) < plan.overlap else 1


def _unit(extraction: Extraction, place: str, found: Sequence[Item], plan: Plan) -> Unit:
    key = unit_id(extraction.document.id, place)
    rank = min(RANK[item.reason] for item in found)
    influence = sum(_influence(item.observation) for item in found)
    return Unit(
        id=key,
        place=place,
        rank=rank * (_INFLUENCE + 1) + _INFLUENCE - min(int(influence), _INFLUENCE),
        shuffle=int(drawn(plan, "order", key) * 2**31),
        items=tuple(sorted(found, key=lambda item: (item.position, item.id))),
    )


def _influence(found: Observation | None) -> float:
    """How much depends on a value: its size, and the rules it stands in."""
    if found is None:
        return 1
    amounts = [abs(v) for v in (found.value, *found.candidates) if isinstance(v, int | float)]
    return 1 + log2(1 + max(amounts, default=0)) + len(found.rules)


def _item(
    extraction: Extraction,
    book: Rulebook,
    plan: Plan,
    key: str,
    found: Observation | None,
    position: int,
    reason: Reason,
    broken: Mapping[str, Sequence[Finding]],
    indicator: str = "",
) -> Item:
    indicator = found.indicator if found is not None else indicator
    place = place_of(extraction, found, book) if found is not None else indicator.partition(".")[0]
    unit = unit_id(extraction.document.id, place)
    failed = broken.get(indicator, ())
    rules = dict.fromkeys(finding.rule for finding in failed)
    if found is not None and found.status == "disputed":
        rules |= dict.fromkeys(found.rules)
    return Item(
        id=key,
        unit=unit,
        place=place,
        indicator=indicator,
        label=found.label if found is not None else book.label(indicator),
        position=position,
        reason=reason,
        why="; ".join([REASONS[reason], *(finding.message for finding in failed[:3])]),
        rules=tuple(rules),
        seen_sha=seen_sha(found, book.form_of(extraction, indicator), book),
        needed=needed(plan, unit),
        observation=found,
    )


def _broken(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    made: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.severity != "info":
            for indicator in finding.indicators:
                made[indicator].append(finding)
    return made


def _unlocated(extraction: Extraction) -> frozenset[str]:
    """Totals of broken hard edits in which no cell was found to be the wrong one."""
    disputed = {found.indicator for found in extraction.observations if not found.accepted}
    return frozenset(
        finding.indicators[-1]
        for finding in extraction.findings
        if finding.severity == "error" and finding.indicators and not disputed & set(finding.indicators)
    )


def _reason(found: Observation, failed: Sequence[Finding], unlocated: frozenset[str]) -> Reason | None:
    """Why a value deserves a look; None for one that does not."""
    if found.status == "unsupported":
        return "unsupported"
    if found.value is not None and not found.evidence and found.printed not in ("omitted", "blank"):
        return "ungrounded"
    if found.status == "disputed":
        hard = any(finding.severity == "error" for finding in failed)
        if len(found.candidates) == 1:
            return "unique_repair"
        return "hard_edit" if hard or not failed else "contradiction"
    if found.status == "ambiguous":
        return "ambiguous"
    if not found.accepted:
        return "model_only" if all(method.startswith(_MODEL) for method in found.methods) else "open"
    if found.indicator in unlocated:
        return "hard_edit"
    if found.status == "inferred" and found.printed == "omitted" and found.value:
        return "unique_repair"
    unlikely = found.period == "year" and any(finding.severity == "warning" for finding in failed)
    return "soft_edit" if unlikely else None


def _added(extraction: Extraction, book: Rulebook, plan: Plan, events: Sequence[Event]) -> Iterator[Item]:
    """Values that reviewers added, of which the report was found to say nothing."""
    taken = {key for key, _ in identified(extraction, book, known(events))}
    added = {event.item: event for event in events if event.kind == "add" and event.item not in taken}
    for event in added.values():
        last = len(extraction.observations)
        yield _item(extraction, book, plan, event.item, None, last, "chosen", {}, event.indicator)


def _checks(extraction: Extraction, book: Rulebook, plan: Plan, events: Sequence[Event]) -> Iterator[Item]:
    """Accepted values that are shown wrong on purpose, to learn whether wrong ones are noticed."""
    by_id = dict(identified(extraction, book, known(events)))
    for event in events:
        found = by_id.get(event.undoes) if event.kind == "check" else None
        if found is not None and found.value != event.value:
            position = next(n for n, one in enumerate(extraction.observations) if one is found)
            shown = found.model_copy(update={"value": event.value})
            made = _item(extraction, book, plan, event.item, shown, position, "audit", {})
            yield replace(made, check=event.value)


def check_id(document: str, of: str) -> str:
    """The id of a seeded item: nothing in it tells that it is one."""
    return item_id(document, f"\0{of}")


def drawn(plan: Plan, purpose: str, key: str) -> float:
    """A number in [0, 1) that depends on the plan's seed and the key only."""
    digest = sha256(f"{plan.seed}\0{purpose}\0{key}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48
