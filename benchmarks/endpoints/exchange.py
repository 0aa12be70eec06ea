"""One request as it arrived, and the reply to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cached_property
from hashlib import sha256
from random import Random
from typing import Any, NamedTuple

FINISHED = "stop"


class Call:
    """One request as it arrived.

    `headers` have lower-case names; `seen` is how often the same body came before, `open_now` how many
    requests are open with this one.
    """

    def __init__(
        self, index: int, path: str, headers: Mapping[str, str], raw: bytes, *, seen: int, open_now: int
    ) -> None:
        self.index, self.path, self.headers, self.raw = index, path, headers, raw
        self.seen, self.open_now = seen, open_now

    @cached_property
    def body(self) -> dict[str, Any]:
        """The request as JSON; {} where there is none."""
        try:
            return dict(json.loads(self.raw))
        except ValueError:
            return {}

    @property
    def schema(self) -> dict[str, Any] | None:
        """The JSON Schema the answer has to follow, wherever the request says it."""
        wanted = self.body.get("response_format") or {}
        if wanted.get("type") == "json_schema":
            return dict(wanted["json_schema"]["schema"])
        tools = self.body.get("tools") or ()
        return dict(tools[0]["function"]["parameters"]) if tools else None

    @property
    def tool(self) -> str | None:
        """The tool that has to be called, if the answer is wanted as a call of one."""
        tools = self.body.get("tools") or ()
        return str(tools[0]["function"]["name"]) if tools else None

    @cached_property
    def messages(self) -> list[str]:
        """The text of every message in order."""
        return [_text(message.get("content")) for message in self.body.get("messages", ())]

    @property
    def document(self) -> str:
        """The last message: by custom the text to read."""
        return self.messages[-1] if self.messages else ""

    def random(self, salt: object) -> Random:
        """Chance that depends on the request alone, not on when it came: the same call, the same luck."""
        return Random(sha256(f"{salt}\0".encode() + self.raw).digest())


class Reply(NamedTuple):
    """What goes back, and how."""

    status: int = 200
    headers: Mapping[str, str] = {}
    body: bytes = b"{}"
    delay: float = 0.0
    """Seconds before the first byte."""
    cut: int | None = None
    """After how many bytes of the body the connection is closed; None sends it whole."""


Behaviour = Callable[[Call], Reply]


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "".join(str(part.get("text", "")) for part in content or ())


def as_json(value: Any) -> bytes:
    """JSON as providers send it: Chinese as it is."""
    return json.dumps(value, ensure_ascii=False).encode()


def chat(
    call: Call,
    content: str | None,
    *,
    finish: str = FINISHED,
    refusal: str | None = None,
    usage: bool = True,
    **reply: Any,
) -> Reply:
    """A chat completion with this content, as a call of the tool where one is asked for."""
    message: dict[str, Any] = {"role": "assistant", "content": content}
    if refusal is not None:
        message["refusal"] = refusal
    elif call.tool and content is not None:
        function = {"name": call.tool, "arguments": content}
        message = {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "call_0", "type": "function", "function": function}],
        }
        finish = "tool_calls" if finish == FINISHED else finish
    answer: dict[str, Any] = {
        "id": f"chatcmpl-{call.index}",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": call.body.get("model", "none"),
        "choices": [{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}],
    }
    if usage:
        answer["usage"] = spent(call, content or "")
    headers = {"x-request-id": f"req_{call.index}", **reply.pop("headers", {})}
    return Reply(body=as_json(answer), headers=headers, **reply)


def spent(call: Call, content: str) -> dict[str, Any]:
    """A usage block: one token a character, so that sums can be checked by hand."""
    prompt, completion = sum(map(len, call.messages)), len(content)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": 0},
    }


def failed(status: int, message: str, kind: str = "server_error", **reply: Any) -> Reply:
    """An error as OpenAI words it."""
    error = {"error": {"message": message, "type": kind, "param": None, "code": None}}
    return Reply(status=status, body=as_json(error), **reply)
