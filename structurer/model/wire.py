"""What goes to a model and what comes back, and the few ways in which that fails."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from structurer.model.answers import Answer
from structurer.model.presets import Capability

Message = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Call:
    """One request: messages, the answer's shape and how to ask for it, and the completion limit in tokens."""

    messages: tuple[Message, ...]
    answer: Answer
    limit: int
    capability: Capability = "json_schema"
    dropped: frozenset[str] = frozenset()
    """Parameters the endpoint has turned down before: `temperature`, `max_completion_tokens`."""


@dataclass(frozen=True, slots=True)
class Completion:
    """What came back: the text, why it ended, and what it used (None where the endpoint does not say)."""

    text: str
    finish: str = "stop"
    refusal: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cached_tokens: int = 0
    """Of the prompt's, those the provider had in its own cache."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", _whole(self.text))
        object.__setattr__(self, "refusal", _whole(self.refusal))


def _whole(text: str) -> str:
    """The text without half characters, which JSON can say and neither a file nor a store can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


class Backend(Protocol):
    """Whatever answers a call: an endpoint, or a model in this process."""

    async def complete(self, call: Call) -> Completion:
        """Answers, or raises one of the failures below."""

    async def close(self) -> None:
        """Lets go of connections."""


class Limited(Exception):
    """The endpoint asks for patience; `after` is the seconds it names, None when it names none."""

    def __init__(self, after: float | None = None) -> None:
        super().__init__("asked to wait")
        self.after = after


class Transient(Exception):
    """A failure of the way there or back that may not come again: 5xx, time-out, lost connection."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


class Rejected(Exception):
    """The endpoint will not take this request; `parameter` where it names what it does not know."""

    def __init__(self, reason: str, parameter: str | None = None) -> None:
        super().__init__(reason)
        self.parameter = parameter


class Denied(Exception):
    """The endpoint will not work for us: key, model, address or credit."""


def completion(body: Any) -> Completion | None:
    """What a response says, as JSON: a chat completion; None where it is none."""
    try:
        choice, usage = body["choices"][0], body.get("usage") or {}
        message = choice.get("message") or {}
        calls = message.get("tool_calls")
        text = (calls[0]["function"]["arguments"] if calls else message.get("content")) or ""
        return Completion(
            text=text if isinstance(text, str) else json.dumps(text, ensure_ascii=False),
            finish=str(choice.get("finish_reason") or "stop"),
            refusal=str(message.get("refusal") or ""),
            prompt_tokens=_tokens(usage.get("prompt_tokens")),
            completion_tokens=_tokens(usage.get("completion_tokens")),
            cached_tokens=_cached(usage),
        )
    except (TypeError, KeyError, IndexError, AttributeError):
        return None


def _tokens(said: Any) -> int | None:
    """A count of tokens, None where it is none."""
    return said if isinstance(said, int) and said >= 0 else None


def _cached(usage: Mapping[str, Any]) -> int:
    """Prompt tokens that the provider's own cache held, as OpenAI says it, or as DeepSeek does."""
    details = usage.get("prompt_tokens_details") or {}
    return _tokens(details.get("cached_tokens")) or _tokens(usage.get("prompt_cache_hit_tokens")) or 0
