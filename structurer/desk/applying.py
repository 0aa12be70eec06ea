"""Decisions from a file: another store's as they are, and short ones about what is there now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from structurer.desk.building import Building
from structurer.desk.carrying import asked_as, carry
from structurer.desk.deciding import Deciding
from structurer.errors import Conflict, ReviewError
from structurer.review import events as ev
from structurer.review.events import Event, reviewer_name

_SHORT = frozenset({"item", "kind", "value", "reason", "by", "seen_sha"})


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a file of decisions."""

    applied: int = 0
    known: int = 0
    conflicts: tuple[str, ...] = ()


def applied(lines: Iterable[str], name: str, by: str, building: Building, deciding: Deciding) -> Applied:
    """Stores the decisions of a file; what `Desk.apply` says of its lines holds here."""
    whole: list[Event] = []
    short: list[tuple[str, Mapping[str, Any]]] = []
    for where, entry in ev.parse_lines(lines, name):
        if "id" in entry and "at" in entry:
            whole.append(ev.parse_event(entry, where))
        else:
            short.append((where, entry))
    stored, conflicts = _merged(whole, building), []
    for where, entry in short:
        try:
            stored += _decided(where, entry, by, building, deciding)
        except Conflict as error:
            conflicts.append(f"{where}: {error}")
    return Applied(stored, len(whole) + len(short) - stored - len(conflicts), tuple(conflicts))


def _merged(made: Sequence[Event], building: Building) -> int:
    if not made:
        return 0
    with building.store.reviews(writes=True) as reviews:
        fresh = reviews.unknown([event.id for event in made])
        new = list({event.id: event for event in made if event.id in fresh}.values())
        reviews.append(new)
        absent = reviews.refold(sorted({event.item for event in new if event.item}))
        building.rebuild(reviews, {event.document for event in new if event.item in absent})
        carry(reviews, building.cases, asked_as(reviews, sorted({event.item for event in new if event.item})))
        building.decided_in(reviews, {event.document for event in new if event.item})
    building.sync()
    return len(new)


def _decided(where: str, entry: Mapping[str, Any], by: str, building: Building, deciding: Deciding) -> int:
    extra = sorted(set(entry) - _SHORT)
    if extra or not {"item", "kind"} <= set(entry):
        said = f"unknown field {extra[0]}" if extra else "a decision needs item and kind"
        raise ReviewError(f"{where}: {said}; known: {', '.join(sorted(_SHORT))}")
    kind, who = entry["kind"], reviewer_name(str(entry.get("by") or by))
    if kind not in ev.ACTS - {"add"}:
        known = ", ".join(sorted(ev.ACTS - {"add"}))
        raise ReviewError(f"{where}: kind {str(kind)[:20]!r} is none of {known}")
    try:
        with building.store.reviews(writes=True) as reviews:
            case = building.case(reviews, str(entry["item"]))
            parts = {name: entry.get(name) for name in ("kind", "value", "reason")}
            id = ev.content_id(parts | {"item": case.id, "by": who, "seen": case.seen_sha})
            if not reviews.unknown([id]):
                return 0
            if entry.get("seen_sha") and entry["seen_sha"] != case.seen_sha:
                raise Conflict(f"{entry['item']}: it changed since it was shown")
            deciding.check_claim(reviews, case.unit, who)
            reason = str(entry.get("reason") or "")
            made = deciding.event(reviews, case, kind, who, value=entry.get("value"), reason=reason)
            deciding.put(reviews, case, made.model_copy(update={"id": id}))
            return 1
    except Conflict:
        raise
    except ReviewError as error:
        raise ReviewError(f"{where}: {error}") from None
