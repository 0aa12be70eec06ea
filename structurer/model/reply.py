"""What became of a question: a state, never an exception, and the items that have the right shape."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel

from structurer.model.question import Question
from structurer.model.wire import Completion
from structurer.observation import Usage

State = Literal[
    "answered",
    "divided",
    "truncated",
    "endless",
    "refused",
    "empty",
    "garbled",
    "rejected",
    "failed",
    "unasked",
]
"""What became of a question. `divided`: its halves were asked; `endless`: blank space up to the limit;
`unasked`: a budget or an endpoint that has failed too often stopped it. All but the first two are gaps."""

_ENDLESS = 100
"""Blank characters at the end of an answer that make it an endless one."""


@dataclass(frozen=True)
class Reply:
    """What became of a question, what it used, and the items that have the right shape."""

    question: Question
    state: State
    items: tuple[BaseModel, ...] = ()
    dropped: int = 0
    """Items left out because their shape was wrong even when asked again."""
    usage: Usage = field(default_factory=Usage)
    reason: str = ""
    parts: tuple[Reply, ...] = ()
    """Replies to the halves of a question that was too long."""
    known: Usage | None = None
    """What an answer that was known already had used when it was asked for."""

    @property
    def paid(self) -> Usage:
        """What getting the answer used, in this run or in the one that asked for it."""
        return self.usage if self.known is None else self.known

    def leaves(self) -> Iterable[Reply]:
        """The replies at the ends: this one, or those of its parts."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()

    @property
    def lasting(self) -> bool:
        """Whether asking again would change nothing."""
        return all(leaf.state not in ("failed", "unasked") for leaf in self.leaves())


def state_of(completion: Completion) -> State:
    """What kind of answer came, before its content is looked at."""
    if completion.refusal or completion.finish == "content_filter":
        return "refused"
    text = completion.text.rstrip()
    if completion.finish == "length":
        return "endless" if len(completion.text) - len(text) >= _ENDLESS or not text else "truncated"
    return "answered" if text else "empty"
