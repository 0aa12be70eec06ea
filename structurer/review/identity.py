"""Names that last: which observation an item is, and a hash of what a reviewer sees of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from structurer.observation import Extraction, Observation
from structurer.review.rulebook import Rulebook

ABSENT = sha256(b"nothing was found").hexdigest()
"""What is seen of an indicator that the report was not found to state."""
_NEAR = 40
"""Characters that a newer version may move the evidence of a statement by before it counts as another."""


@dataclass(frozen=True, slots=True)
class Known:
    """An item that somebody has decided: where its evidence began then, None where there was none."""

    id: str
    indicator: str
    start: int | None


def item_id(document: str, handle: str) -> str:
    """The id of an item: of a document's sha256 and the item's handle in it."""
    return sha256(f"{document}\0{handle}".encode()).hexdigest()[:16]


def unit_id(document: str, place: str) -> str:
    """The id of a table or section of a document."""
    return sha256(f"{document}\0\0{place}".encode()).hexdigest()[:12]


def handles(observations: Sequence[Observation], book: Rulebook) -> list[str]:
    """What each observation is called in its document.

    A cell is its indicator; a statement of prose, which may stand there several times, also names where.
    """
    counted: Counter[str] = Counter()
    made = []
    for found in observations:
        name = found.indicator
        if name.partition(".")[0] in book.prose and found.evidence:
            name += f"@{found.evidence[0].start}"
        counted[name] += 1
        made.append(name if counted[name] == 1 else f"{name}#{counted[name]}")
    return made


def identified(
    extraction: Extraction, book: Rulebook, known: Iterable[Known] = ()
) -> list[tuple[str, Observation]]:
    """Every observation with its item's id, in order.

    A statement whose evidence moved a little since it was decided keeps the id of that decision.
    """
    document = extraction.document.id
    ids = [item_id(document, handle) for handle in handles(extraction.observations, book)]
    lost = {one.id: one for one in known if one.start is not None and one.id not in ids}
    decided = {one.id for one in known} if lost else set()
    for index, found in enumerate(extraction.observations if lost else ()):
        if ids[index] not in decided and found.evidence:
            near = _nearest(found, lost.values())
            if near is not None:
                ids[index] = lost.pop(near.id).id
    return list(zip(ids, extraction.observations, strict=True))


def _nearest(found: Observation, lost: Iterable[Known]) -> Known | None:
    start = found.evidence[0].start
    same = [one for one in lost if one.indicator == found.indicator and one.start is not None]
    close = [(abs(start - (one.start or 0)), one.id, one) for one in same]
    return min(close)[2] if close and min(close)[0] <= _NEAR else None


def seen_sha(found: Observation | None, form: str | None, book: Rulebook) -> str:
    """A hash of evidence, value and the edit rules that bind it; a decision is about exactly that."""
    if found is None:
        return ABSENT
    value = [found.value, found.unit, found.qualifier, found.period, found.as_of, found.scope]
    evidence = [[span.start, span.end, span.quote] for span in found.evidence]
    rules = book.signature(found.indicator, form)
    return sha256(json.dumps([evidence, value, rules], ensure_ascii=False).encode()).hexdigest()
