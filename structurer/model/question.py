"""One question: instructions, a piece of a report, and the shape of the answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Any

from structurer.chunks import Chunk
from structurer.model.answers import Answer
from structurer.model.parse import Bad
from structurer.model.presets import Endpoint
from structurer.model.strict import strict_schema
from structurer.model.wire import Message
from structurer.prompts import Prompt, load_prompt

_VERSION = 1
"""Of the way a request is put together; another one is another question."""
_WORDS = {"string": "文字", "number": "数"}


@dataclass(frozen=True)
class Question:
    """What is asked about one chunk of one document."""

    prompt: Prompt
    chunk: Chunk
    answer: Answer
    limit: int
    """Completion tokens: enough for the most the chunk can hold, and no more."""
    document: str = ""
    about: str = ""
    """The table asked about, where it is one."""
    divide: Callable[[], Sequence[Question]] | None = field(default=None, compare=False)
    """Asks about the chunk's halves, if it is long enough; None where another process put the question."""
    likely: int = field(default=0, compare=False)
    """Completion tokens that an answer takes as a rule: for estimates only."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _made, (
            self.prompt.id, self.chunk, self.answer, self.limit, self.document, self.about
        )  # fmt: skip

    def messages(self, *, shown: bool) -> tuple[Message, ...]:
        """Instructions first, the report's text last between two equal lines that do not occur in it.

        `shown`: the provider itself shows the model the schema, so that it need not be told.
        """
        instructions = self.prompt.body
        if not shown:
            instructions += f"\n{load_prompt('shape').body}{skeleton(self.answer)}"
        line = f"----{sha256(self.chunk.text.encode()).hexdigest()[:8]}----"
        return (
            {"role": "system", "content": instructions},
            {"role": "user", "content": f"{line}\n{self.chunk.text}\n{line}"},
        )

    def again(self, bad: Sequence[Bad], *, shown: bool) -> tuple[Message, ...]:
        """The question once more, for the items of the wrong shape only."""
        told = [
            f"{written(one.item)}：{'、'.join(f'{place} {kind}' for place, kind in one.problems)}"
            for one in bad
        ]
        content = "\n".join((load_prompt("reask").body, *told))
        return (*self.messages(shown=shown), {"role": "user", "content": content})

    def key(self, endpoint: Endpoint) -> str:
        """What an answer is kept under: all that could change it, and nothing secret."""
        parts = (
            _VERSION,
            endpoint.model,
            endpoint.identity,
            {"temperature": 0, "limit": self.limit},
            self.messages(shown=endpoint.preset.shows_schema),
            strict_schema(self.answer),
        )
        return sha256(written(parts).encode()).hexdigest()


def _made(
    prompt: str,
    chunk: Chunk,
    answer: Answer,
    limit: int,
    document: str,
    about: str,
) -> Question:
    """A question from another process."""
    return Question(load_prompt(prompt), chunk, answer, limit, document, about)


def written(value: Any) -> str:
    """A value as JSON as short as can be; Chinese stays as it is, for escapes cost four times as much."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=list)


@lru_cache(maxsize=256)
def skeleton(answer: Answer) -> str:
    """The shape of an answer in a few words, for models that are not shown its schema."""
    return _shape(strict_schema(answer))


def _shape(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return "|".join(map(str, schema["enum"]))
    if schema.get("type") == "object":
        return "{" + ",".join(f'"{name}":{_shape(part)}' for name, part in schema["properties"].items()) + "}"
    if schema.get("type") == "array":
        return f"[{_shape(schema['items'])},…]"
    return str(schema.get("description") or _WORDS.get(str(schema.get("type")), "值"))
