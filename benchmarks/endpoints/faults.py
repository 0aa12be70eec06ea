"""Everything an endpoint does wrong, each as a wrapper round one that answers well.

`FAULTS` are those an answer never comes out of; `PASSING` are over when the same request comes again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.endpoints.exchange import Behaviour, Call, Reply, as_json, chat, failed
from benchmarks.endpoints.forms import Chooser, fill

Fault = Callable[[Call, Behaviour], Reply]


def honest(call: Call) -> Reply:
    """A valid answer of no particular truth: for everything that is about transport only."""
    return chat(call, content(call))


def content(call: Call) -> str:
    """Valid JSON for the schema of the call."""
    if call.schema is None:
        return "{}"
    return json.dumps(fill(call.schema, Chooser(call.random("honest"), call.document)), ensure_ascii=False)


def answered(reply: Reply) -> str:
    """The content of a chat completion."""
    message = json.loads(reply.body)["choices"][0]["message"]
    if message.get("tool_calls"):
        return str(message["tool_calls"][0]["function"]["arguments"])
    return str(message["content"] or "")


def always(fault: Fault, inner: Behaviour = honest) -> Behaviour:
    """The fault at every call."""
    return lambda call: fault(call, inner)


def first(fault: Fault, inner: Behaviour = honest, times: int = 2) -> Behaviour:
    """The fault at the first calls with the same body; then an answer."""
    return lambda call: fault(call, inner) if call.seen < times else inner(call)


def some(fault: Fault, inner: Behaviour = honest, share: float = 0.3, seed: object = 0) -> Behaviour:
    """The fault at a share of the requests, and at those every time."""
    return lambda call: fault(call, inner) if call.random(f"some {seed}").random() < share else inner(call)


def only(fault: Fault, where: Callable[[Call], bool], inner: Behaviour = honest) -> Behaviour:
    """The fault at the requests that `where` picks."""
    return lambda call: fault(call, inner) if where(call) else inner(call)


def late(seconds: float, inner: Behaviour = honest) -> Behaviour:
    """Every answer after a fixed time."""
    return lambda call: inner(call)._replace(delay=seconds)


def storm(inner: Behaviour = honest, *, at_once: int = 2, seconds: float = 0.02) -> Behaviour:
    """Refuses whatever goes past so many calls at once; answers take a while."""
    return lambda call: (
        limited(call, inner) if call.open_now > at_once else inner(call)._replace(delay=seconds)
    )


def limited(call: Call, inner: Behaviour) -> Reply:
    """429 that says when to come back."""
    headers = {
        "retry-after": "0",
        "retry-after-ms": "20",
        "x-ratelimit-limit-requests": "100",
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "20ms",
    }
    return failed(429, "Rate limit reached for requests", "requests", headers=headers)


def limited_silently(call: Call, inner: Behaviour) -> Reply:
    """429 without a word about when."""
    return failed(429, "Too many requests", "requests")


def out_of_quota(call: Call, inner: Behaviour) -> Reply:
    """429 that no waiting cures."""
    error = {"message": "You exceeded your current quota", "type": "insufficient_quota"}
    return Reply(429, body=as_json({"error": {**error, "code": "insufficient_quota", "param": None}}))


def broken(call: Call, inner: Behaviour) -> Reply:
    """500, 502, 503 or 529."""
    status = call.random("5xx").choice((500, 502, 503, 529))
    return failed(status, "The server had an error", headers={"retry-after-ms": "10"})


def gateway(call: Call, inner: Behaviour) -> Reply:
    """A proxy's page instead of an answer."""
    page = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
    return Reply(502, {"content-type": "text/html"}, page)


def page(call: Call, inner: Behaviour) -> Reply:
    """A page with status 200: a captive portal."""
    return Reply(200, {"content-type": "text/html"}, "<html><body>请先登录</body></html>".encode())


def unauthorised(call: Call, inner: Behaviour) -> Reply:
    """401: the key is wrong. The message repeats part of it, as providers do."""
    key = call.headers.get("authorization", "").removeprefix("Bearer ")
    return failed(401, f"Incorrect API key provided: {key[:8]}", "invalid_request_error")


def unknown_model(call: Call, inner: Behaviour) -> Reply:
    """404: no such model."""
    return failed(404, "The model does not exist", "invalid_request_error")


def too_long(call: Call, inner: Behaviour) -> Reply:
    """400: more tokens than fit."""
    return failed(400, "This model's maximum context length is 8 tokens", "exceed_context_size_error")


def slow(call: Call, inner: Behaviour) -> Reply:
    """An answer after three seconds: longer than the tests' patience."""
    return inner(call)._replace(delay=3.0)


def cut(call: Call, inner: Behaviour) -> Reply:
    """The connection ends in the middle of the body."""
    reply = inner(call)
    return reply._replace(cut=len(reply.body) // 2)


def hung_up(call: Call, inner: Behaviour) -> Reply:
    """The connection ends without a word."""
    return Reply(cut=0)


def truncated(call: Call, inner: Behaviour) -> Reply:
    """The answer stops at the limit of tokens."""
    whole = answered(inner(call))
    return chat(call, whole[: len(whole) * 2 // 3], finish="length")


def whitespace(call: Call, inner: Behaviour) -> Reply:
    """The endless blank that models under a grammar fall into."""
    return chat(call, "{" + " \n" * 4_000, finish="length")


def garbage(call: Call, inner: Behaviour) -> Reply:
    """Words and control characters instead of JSON."""
    return chat(call, "好的！\x1b[31m以下是结果：见附件 ﻿{{{ 17 件 ]]")


def not_json(call: Call, inner: Behaviour) -> Reply:
    """Status 200 and JSON that is cut short."""
    return Reply(body=b'{"id": "chatcmpl-1", "choices": [{"index": 0, "mess')


def refused(call: Call, inner: Behaviour) -> Reply:
    """A refusal in the field made for it."""
    return chat(call, None, refusal="I cannot help with that.")


def refused_in_words(call: Call, inner: Behaviour) -> Reply:
    """A refusal as if it were the answer."""
    return chat(call, "抱歉，我无法协助完成这个请求。")


def filtered(call: Call, inner: Behaviour) -> Reply:
    """Stopped by a content filter."""
    return chat(call, "", finish="content_filter")


def empty(call: Call, inner: Behaviour) -> Reply:
    """Nothing at all."""
    return chat(call, "")


def no_choices(call: Call, inner: Behaviour) -> Reply:
    """An answer without an answer in it."""
    return Reply(body=as_json({"id": "chatcmpl-1", "object": "chat.completion", "choices": []}))


def wrong_schema(call: Call, inner: Behaviour) -> Reply:
    """Good JSON of another shape."""
    return chat(call, json.dumps({"result": {"received": "17件"}, "confidence": 0.99}, ensure_ascii=False))


def wrong_types(call: Call, inner: Behaviour) -> Reply:
    """The right shape with numbers where words belong, and the other way round."""

    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: turned(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [turned(inner) for inner in value] or [{"": None}]
        return value.split() if isinstance(value, str) else {"value": value}

    return chat(call, json.dumps(turned(json.loads(answered(inner(call)))), ensure_ascii=False))


def fenced(call: Call, inner: Behaviour) -> Reply:
    """A good answer in a fence, with a word before and after."""
    return chat(call, f"好的，结果如下：\n```json\n{answered(inner(call))}\n```\n以上。")


def without_usage(call: Call, inner: Behaviour) -> Reply:
    """A good answer that does not say what it took."""
    return chat(call, answered(inner(call)), usage=False)


#: No answer comes out of these however often one asks.
FAULTS: Mapping[str, Fault] = {
    fault.__name__.replace("_", "-"): fault
    for fault in (
        limited,
        limited_silently,
        out_of_quota,
        broken,
        gateway,
        page,
        unauthorised,
        unknown_model,
        too_long,
        slow,
        cut,
        hung_up,
        truncated,
        whitespace,
        garbage,
        not_json,
        refused,
        refused_in_words,
        filtered,
        empty,
        no_choices,
        wrong_schema,
        wrong_types,
    )
}
#: These pass when the same is asked again.
PASSING: Mapping[str, Fault] = {
    fault.__name__.replace("_", "-"): fault
    for fault in (limited, limited_silently, broken, gateway, cut, hung_up)
}
