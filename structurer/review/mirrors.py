"""Which values of a copy are those of the report it is a copy of: proved one by one, never assumed.

Two documents are taken for one report by what they have in common (see `structurer.sameness`), which says
nothing about a value that is still in doubt. So one is the same in both only if everything about it is
equal: value, unit, period, status, candidates, the text that prints it, and what stands around it. Around a
cell that is its row; around a value that no text prints, its whole table. What stands there several times,
alike, is paired in order, and only where both have it as often.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

from structurer.fold import fold
from structurer.observation import Extraction, Observation
from structurer.review.events import Event
from structurer.review.fold import active
from structurer.review.items import Item, Unit
from structurer.review.rulebook import Rulebook

_TAGS_AND_BLANKS = re.compile(r"<[^<>]{0,2000}>|[\s\u200b\ufeff]+")


def asked_once(
    made: Sequence[Unit],
    copy: Extraction,
    of: Extraction,
    there: Sequence[tuple[str, Observation]],
    asked: Mapping[str, frozenset[str]],
    acts: Sequence[Event],
    book: Rulebook,
) -> tuple[list[Unit], dict[str, str]]:
    """The units of a copy, and which of its items are asked as items of the report it is a copy of.

    `there` are that report's values with their ids, `asked` its items that are in the queue with the rules
    each breaks, `acts` what was done about the copy. What is not provably the same, is in doubt for another
    rule, or was decided by itself stays to be asked, and says why.
    """
    pairs = mirrored(copy, of, book)
    decided = {act.item for act in active(acts) if not act.of}
    same: dict[str, str] = {}

    def told(item: Item) -> Item:
        if item.observation is None or item.check is not None or item.id in decided:
            return item
        first = there[pairs[item.position]][0] if item.position in pairs else ""
        covered = first in asked and frozenset(item.rules) <= asked[first]
        # What the report's own sample leaves out need not be sampled in its copies.
        if covered or (first and item.reason == "audit"):
            same[item.id] = first
            return item
        why = "nothing speaks against it" if first else differs(item.observation, of)
        note = f"a copy of {of.document.path}, where {why}: what is decided there does not hold here"
        return replace(item, why=f"{item.why}; {note}")

    return [replace(unit, items=tuple(map(told, unit.items))) for unit in made], same


def mirrored(copy: Extraction, of: Extraction, book: Rulebook) -> Mapping[int, int]:
    """Positions of observations of a copy, with the positions of the same ones in what it is a copy of."""
    ours, theirs = _positions(copy, book), _positions(of, book)
    return {
        position: other
        for key, positions in ours.items()
        if len(positions) == len(theirs.get(key, ()))
        for position, other in zip(positions, theirs[key], strict=True)
    }


def differs(found: Observation, of: Extraction) -> str:
    """In words how a value of a copy stands in what it is a copy of, where it is not the same there."""
    there = [one for one in of.observations if one.indicator == found.indicator]
    if not there:
        return "it is not stated"
    told = [
        "open" if one.value is None else str(one.value)
        for one in there
        if (one.value, one.status) != (found.value, found.status)
    ]
    if len(told) == len(there):
        return f"it is {' and '.join(dict.fromkeys(told))}"
    return "its place reads otherwise"


def _positions(extraction: Extraction, book: Rulebook) -> dict[Hashable, list[int]]:
    contexts = _Contexts(extraction, book)
    made: dict[Hashable, list[int]] = defaultdict(list)
    for position, found in enumerate(extraction.observations):
        context = contexts.of(found)
        if context is not None:
            made[_sign(found), context].append(position)
    return made


class _Contexts:
    """What stands around each value of one document, as a hash."""

    def __init__(self, extraction: Extraction, book: Rulebook) -> None:
        self._extraction, self._book = extraction, book
        self._known: dict[str, str] = {}
        self._within: dict[str, list[Observation]] = defaultdict(list)
        for found in extraction.observations:
            for prefix in {found.indicator.rpartition(".")[0], found.indicator.partition(".")[0]}:
                self._within[prefix].append(found)

    def of(self, found: Observation) -> str | None:
        """The context; None where there is nothing by which two could be told to be the same."""
        table = found.indicator.partition(".")[0]
        form = self._book.form_of(self._extraction, found.indicator) or ""
        if table in self._book.prose or table == "metadata":
            # The text of a statement holds its words; without one nothing is proved.
            return form if found.evidence else None
        around = found.indicator.rpartition(".")[0] if found.evidence else table
        if around not in self._known:
            signs = [_sign(one) for one in self._within[around]]
            self._known[around] = sha256(repr(signs).encode()).hexdigest()
        return f"{form}\0{self._known[around]}"


def _sign(found: Observation) -> Hashable:
    quotes = tuple(_TAGS_AND_BLANKS.sub("", fold(span.quote)) for span in found.evidence)
    about = (found.indicator, found.period, found.as_of, found.scope)
    # repr tells 1 from 1.0 and from True, which are equal and not the same.
    value = (repr(found.value), found.unit, found.qualifier, found.printed, repr(found.candidates))
    return (*about, *value, found.status, found.accepted, found.methods, found.assumes, quotes)
