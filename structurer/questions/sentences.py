"""The sentences that patterns left open: with a quantity or a denial that no accepted statement takes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from structurer.draft import Draft
from structurer.quantities import quantities
from structurer.questions.topics import rows_in, topics
from structurer.running import read

_DENIAL = re.compile("未[发收接受产有]|没有[发收接受产申]|无[申依行信举投因人]|为零")

Settled = Sequence[tuple[int, int, object]]
"""Spans of the source with the value that was taken from them."""


def open_sentences(draft: Draft) -> Iterator[tuple[int, int]]:
    """Spans of the document's text, in order."""
    reading = read(draft.document, draft.sections, ((table.start, table.end) for table in draft.tables))
    settled: Settled = [
        (span.start, span.end, found.value)
        for found in draft.prose.observations
        if found.accepted
        for span in found.evidence
    ]
    never, denied = topics().never, topics().denied
    for start, end in reading.sentences():
        rows = rows_in(reading.text[start:end])
        if not rows:
            continue
        whole = reading.origin(start), reading.origin(end - 1) + 1
        for quantity in quantities(reading.text, start, end):
            place = reading.origin(quantity.number[0]), reading.origin(quantity.number[1] - 1) + 1
            if quantity.unit not in never and not _takes(draft, place, quantity.value, settled):
                yield whole
                break
        else:
            denies = denied.intersection(rows) and _DENIAL.search(reading.text, start, end)
            if denies and not _touched(draft, whole, settled):
                yield whole


def _takes(draft: Draft, place: tuple[int, int], value: object, settled: Settled) -> bool:
    """Whether a statement takes this value from this number."""
    span = draft.document.to_source(*place)
    return any(start <= span.start and span.end <= end and value == known for start, end, known in settled)


def _touched(draft: Draft, place: tuple[int, int], settled: Settled) -> bool:
    """Whether any statement is taken from this sentence."""
    span = draft.document.to_source(*place)
    return any(start < span.end and span.start < end for start, end, _ in settled)
