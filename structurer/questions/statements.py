"""Questions about sentences: those that are open, or every section that states something."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from structurer.chunks import Chunk, Piece, states_something
from structurer.document import Section
from structurer.draft import Draft
from structurer.model.answers import row_names, statements
from structurer.model.question import Question
from structurer.prompts import load_prompt
from structurer.quantities import quantities
from structurer.questions.making import Asking, Shape, limit
from structurer.questions.sentences import open_sentences
from structurer.questions.topics import rows_in, topics
from structurer.running import AHEAD

_NONE = re.compile("未|没有|无|零")
_AROUND, _PER_QUANTITY = 5, 52.0
"""Tokens of a true answer: 56 to 62 an item, and an item for 74 to 100 of 100 quantities (benchmarks.dry)."""


def open_statements(asking: Asking) -> Iterator[Question]:
    """Questions about the sentences that hold a quantity nobody has settled."""
    sections = asking.draft.sections
    pieces = []
    for start, end in _joined(open_sentences(asking.draft)):
        section = next((one for one in sections if one.start <= start < one.end), None)
        pieces.append(
            Piece(start, end, section.title if section is not None and start > section.start else "")
        )
    yield from _asked(asking, pieces)


def all_statements(asking: Asking) -> Iterator[Question]:
    """Questions about every section that states something."""
    pieces = []
    for section in asking.draft.sections:
        if section.state == "furniture" or AHEAD.search(section.title) or section.kind == "front":
            continue
        for start, end in _prose(asking.draft, section):
            if states_something(asking.draft.document.folded[start:end]):
                pieces.append(Piece(start, end, section.title if start > section.start else ""))
    yield from _asked(asking, pieces)


def _asked(asking: Asking, pieces: Iterable[Piece]) -> Iterator[Question]:
    names = row_names(asking.forms)

    def shape(chunk: Chunk) -> Shape:
        rows = rows_in(chunk.text)
        offered = (*(name for row, name in names.items() if row in rows), names["other"])
        units = [quantity.unit for quantity in quantities(chunk.text)]
        stated = sum(unit not in topics().never for unit in units)
        most = limit(len(units) + len(_NONE.findall(chunk.text)))
        return Shape(statements(offered), most, _AROUND + round(_PER_QUANTITY * stated))

    return asking.about(load_prompt("statements"), pieces, shape)


def _prose(draft: Draft, section: Section) -> Iterator[tuple[int, int]]:
    """The parts of a section that no table takes."""
    start = section.start
    for table in sorted(draft.tables, key=lambda table: table.start):
        if table.end > start and table.start < section.end:
            if table.start > start:
                yield start, table.start
            start = max(start, table.end)
    if start < section.end:
        yield start, section.end


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order; those with little more than a stop between them as one."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start - joined[-1][1] <= 2:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined
