"""An extraction with the reviewers' decisions laid over it. What the machine found is never changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from structurer.observation import Evidence, Extraction, Observation, Value
from structurer.review.events import Event
from structurer.review.fold import Outcome, Standing, standing
from structurer.review.identity import ABSENT, identified, seen_sha, unit_id
from structurer.review.items import Plan, known, needed, place_of
from structurer.review.page import prints
from structurer.review.rulebook import Rulebook

REVIEWER = "reviewer"
"""The method of a value that a person decided."""


def standings(
    extraction: Extraction, book: Rulebook, plan: Plan, events: Sequence[Event]
) -> dict[str, tuple[Observation | None, Standing]]:
    """Every item of a report that has events, with what the machine found and where it stands.

    Seeded items are left out: they are about the reviewer, not about the report.
    """
    by_item: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.item:
            by_item[event.item].append(event)
    if not by_item:
        return {}
    made: dict[str, tuple[Observation | None, Standing]] = {}
    for key, found in identified(extraction, book, known(events)):
        if key in by_item:
            sha = seen_sha(found, book.form_of(extraction, found.indicator), book)
            unit = unit_id(extraction.document.id, place_of(extraction, found, book))
            made[key] = (found, standing(by_item[key], sha, needed(plan, unit)))
    for key, acts in by_item.items():
        if key not in made and any(act.kind == "add" for act in acts):
            made[key] = (None, standing(acts, ABSENT))
    return made


def decided(extraction: Extraction, book: Rulebook, plan: Plan, events: Sequence[Event]) -> Extraction:
    """The report as reviewers left it: what they accepted is accepted, what they corrected is corrected."""
    found = standings(extraction, book, plan, events)
    if not found:
        return extraction
    keys = [key for key, _ in identified(extraction, book, known(events))]
    kept = [
        _with(observation, found[key][1].outcome) if key in found else observation
        for key, observation in zip(keys, extraction.observations, strict=True)
    ]
    added = [
        _added(one.decision, book)
        for observation, one in found.values()
        if observation is None and one.outcome is not None and one.outcome.accepted and one.decision
    ]
    return extraction.model_copy(update={"observations": (*kept, *added)})


def _with(found: Observation, outcome: Outcome | None) -> Observation:
    if outcome is None:
        return found
    methods = tuple(dict.fromkeys((*found.methods, REVIEWER)))
    if outcome.kind == "accept":
        return found.model_copy(update={"accepted": True, "methods": methods})
    if outcome.kind == "reject":
        return found.model_copy(update={"accepted": False, "methods": methods})
    if outcome.kind == "unknown":
        return found.model_copy(update={"accepted": False, "value": None, "methods": methods})
    return _corrected(found, outcome.value)


def _corrected(found: Observation, value: Value) -> Observation:
    """What a reviewer put in the place of a reading; nothing that confirmed the old value confirms it."""
    changed: dict[str, object] = {
        "value": value,
        "status": "stated",
        "accepted": True,
        "methods": (REVIEWER,),
        "qualifier": found.qualifier if value == found.value else "exact",
        "evidence": tuple(span for span in found.evidence if prints(span.quote, value)),
        "rules": (),
        "assumes": (),
        "candidates": (),
    }
    if value is None:
        changed["printed"] = "blank"
    return found.model_copy(update=changed)


def _added(event: Event, book: Rulebook) -> Observation:
    seen = event.seen
    cell = book.forms.cells.get(event.indicator)
    spans = seen.evidence if seen is not None else ()
    return Observation(
        indicator=event.indicator,
        label=book.label(event.indicator),
        value=event.value,
        unit=seen.unit if seen is not None and seen.unit else cell.unit if cell is not None else "",
        printed="number" if isinstance(event.value, int | float) else "text",
        status="stated",
        accepted=True,
        methods=(REVIEWER,),
        evidence=tuple(Evidence(start=start, end=end, quote=quote) for start, end, quote in spans),
    )
