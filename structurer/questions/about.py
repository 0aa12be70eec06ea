"""Questions about what a report says of itself, and about the problems it admits in section 五."""

from __future__ import annotations

import re
from collections.abc import Iterator

from structurer.chunks import Piece
from structurer.model.answers import FIELDS, PROBLEMS, fields
from structurer.model.question import Question
from structurer.prompts import load_prompt
from structurer.questions.making import Asking, Shape, limit

_HEAD, _TAIL = 900, 300
"""Characters at the top and the end of a report in which it says who it is."""
_YEAR = re.compile(r"(?:19|20)[0-9]{2}|二[〇○零]")


def metadata(asking: Asking) -> Iterator[Question]:
    """One question about who reports, on which year and under what title, where that is not known."""
    known = {found.indicator for found in asking.draft.about if found.value is not None}
    missing = [name for name, key in FIELDS.items() if f"metadata.{key}" not in known]
    text = asking.draft.document.text
    end = len(text)
    pieces = [Piece(0, min(end, _HEAD))]
    if end > _HEAD + _TAIL:
        pieces.append(Piece(end - _TAIL, end))
    if not any(_YEAR.search(text, piece.start, piece.end) for piece in pieces):
        missing = [name for name in missing if name not in ("报告年度", "发布日期")]
    if not missing or missing == ["发布日期"]:
        return
    asked = tuple(missing)
    yield from asking.about(
        load_prompt("metadata"), pieces, lambda _: Shape(fields(asked), limit(len(asked)), 40 * len(asked))
    )


def problems(asking: Asking) -> Iterator[Question]:
    """Questions about section 五: the problems an office admits, and what it means to do."""
    pieces = [
        Piece(section.body, section.end, section.title)
        for section in asking.draft.sections
        if section.kind == "problems" and section.state == "read"
    ]
    yield from asking.about(
        load_prompt("problems"),
        pieces,
        lambda chunk: Shape(PROBLEMS, limit(4 + len(re.findall("[。;；]", chunk.text))), 55),
    )
