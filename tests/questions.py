"""Questions made by hand, for tests of what asks them."""

from __future__ import annotations

from collections.abc import Sequence

from structurer.chunks import Piece, chunks, halves
from structurer.document import Document
from structurer.model import Question
from structurer.model.answers import statements
from structurer.prompts import load_prompt
from structurer.tokens import bound

NAMES = ("收到申请数", "申请办结数")


def question(
    text: str = "全年收到申请17件，办结16件。", names: Sequence[str] = NAMES, limit: int = 300
) -> Question:
    """A question about one short text."""
    document = Document(path="x", id="d" * 64, source=text, text=text, encoding="utf-8")
    (chunk,) = chunks(document, [Piece(0, len(text))], bound)
    prompt = load_prompt("statements")

    def made(part: object) -> Question:
        return Question(
            prompt,
            part,  # type: ignore[arg-type]
            statements(tuple(names)),
            limit,
            document.id,
            divide=lambda: [made(half) for half in halves(document, part, bound)],  # type: ignore[arg-type]
        )

    return made(chunk)
