"""The one door to openai and instructor: a call goes out as strict as can be and comes back as text."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

from pydantic import BaseModel

from structurer.model.presets import Endpoint
from structurer.model.strict import response_format, strict_schema
from structurer.model.transport import exhausted, retry_after
from structurer.model.wire import Call, Completion, Denied, Limited, Rejected, Transient

_KNOWN = (
    "temperature",
    "max_completion_tokens",
    "max_tokens",
    "response_format",
    "json_schema",
    "tools",
    "tool_choice",
)


class Door:
    """A backend that asks an OpenAI-compatible endpoint over HTTP."""

    def __init__(
        self, endpoint: Endpoint, *, timeout: float, pause: Callable[[float], None] | None = None
    ) -> None:
        import instructor
        import openai

        # Instructor logs what an endpoint answers to an error, which can repeat the document.
        logging.getLogger("instructor").setLevel(logging.CRITICAL + 1)
        self._openai = openai
        self._endpoint = endpoint
        self._pause = pause
        self._http = openai.DefaultAsyncHttpxClient(
            event_hooks={"response": [self._seen]},
            timeout=openai.Timeout(timeout, connect=min(timeout, 10.0)),
            **_tls(endpoint.base_url),
        )
        self.client = openai.AsyncOpenAI(
            api_key=endpoint.key, base_url=endpoint.base_url, max_retries=0, http_client=self._http
        )
        completions: Any = self.client.chat.completions
        completions.create = _noting(completions.create)
        self._by_schema = instructor.from_openai(self.client, mode=instructor.Mode.JSON_SCHEMA)
        self._by_tool = instructor.from_openai(self.client, mode=instructor.Mode.TOOLS)
        self._answer = _prepared()

    async def _seen(self, response: Any) -> None:
        """Every answer's headers, so that an announced limit is met before it is run into."""
        wait = exhausted(response.headers)
        if wait and self._pause and response.status_code < 400:
            self._pause(wait)

    async def complete(self, call: Call) -> Completion:
        """Sends one request, once."""
        asked = self._by_tool if call.capability == "tools" else self._by_schema
        messages: Any = [dict(message) for message in call.messages]
        arrived: list[Any] = []
        noting = _ARRIVED.set(arrived)
        try:
            await asked.chat.completions.create(
                model=self._endpoint.model,
                messages=messages,
                response_model=self._answer,
                max_retries=0,
                strict=False,
                extra_body=self._shape(call),
                **self._parameters(call),
            )
        except Exception as error:
            # What came is judged by us, also where instructor would give it up or ask again.
            if not arrived:
                raise self._failure(error) from None
        finally:
            _ARRIVED.reset(noting)
        return _completion(arrived[0])

    async def close(self) -> None:
        """Closes the connections."""
        await self.client.close()

    def _parameters(self, call: Call) -> dict[str, Any]:
        limit = self._endpoint.preset.limit
        if limit in call.dropped:
            limit = "max_tokens" if limit == "max_completion_tokens" else "max_completion_tokens"
        given: dict[str, Any] = {limit: call.limit}
        if "temperature" not in call.dropped:
            given["temperature"] = 0
        return given

    def _shape(self, call: Call) -> dict[str, Any]:
        """How the answer's shape is asked for; it replaces what instructor asks, which is never strict."""
        if call.capability == "json_schema":
            return {"response_format": response_format(call.answer)}
        if call.capability == "tools":
            name = self._answer.__name__
            function = {"name": name, "strict": True, "parameters": strict_schema(call.answer)}
            return {
                "tools": [{"type": "function", "function": function}],
                "tool_choice": {"type": "function", "function": {"name": name}},
            }
        return {"response_format": {"type": "json_object" if call.capability == "json_object" else "text"}}

    def _failure(self, raised: Exception) -> Exception:
        """What an error of the client's means for what to do next; texts never hold key or address."""
        openai = self._openai
        error = _cause(raised, openai.APIError)
        if error is None:
            # A page of a proxy's, where an answer should have been; anything else is a mistake of ours.
            unreadable = _cause(raised, ValueError) is not None
            return Transient("the answer could not be read") if unreadable else raised
        if isinstance(error, openai.APITimeoutError):
            return Transient("no answer in time")
        if isinstance(error, openai.APIConnectionError):
            return Transient("the connection failed")
        if not isinstance(error, openai.APIStatusError):
            return Transient("the answer could not be read")
        status, said = error.status_code, _said(error)
        after = retry_after(error.response.headers)
        code = str(error.code or "")
        if code in ("insufficient_quota", "invalid_api_key", "model_not_found") or status in (
            401,
            402,
            403,
            404,
        ):
            return Denied(f"{status}: {said}")
        if status == 429:
            return Limited(after)
        if status >= 500 or status in (408, 409, 425):
            return Transient(f"{status}: {said}", after)
        return Rejected(f"{status}: {said}", _parameter(error, said))


def _tls(address: str) -> dict[str, Any]:
    """How certificates are checked. Loading authorities takes 85 ms, which plain HTTP need not wait for."""
    if not address.startswith("http:"):
        return {}
    from ssl import PROTOCOL_TLS_CLIENT, SSLContext

    return {"verify": SSLContext(PROTOCOL_TLS_CLIENT)}  # trusts nobody, should the endpoint redirect to TLS


_ARRIVED: ContextVar[list[Any]] = ContextVar("arrived")
"""Where the completion of the call under way is put, so that no exception can lose it."""


def _noting(create: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def noted(*positional: Any, **named: Any) -> Any:
        completion = await create(*positional, **named)
        _ARRIVED.get().append(completion)
        return completion

    return noted


class Items(BaseModel):
    """What instructor is told of every answer: a list of items.

    The answer's own schema goes out beside it and its items are judged one by one; told of it, instructor
    would make its schema anew for each call, which takes as long as the rest of the call.
    """

    items: list[Any]

    @classmethod
    def model_json_schema(cls, *_: Any, **__: Any) -> dict[str, Any]:
        """Nothing: what goes out is the schema of the answer."""
        return {"title": "Items", "type": "object", "properties": {}}


def _prepared() -> Any:
    from instructor.v2.core.response_model import prepare_response_model

    return prepare_response_model(Items)


def _cause(raised: BaseException, kind: type[BaseException]) -> Any:
    """The client's own error inside instructor's."""
    found: BaseException | None = raised
    while found is not None and not isinstance(found, kind):
        found = found.__cause__ or found.__context__
    return found


def _said(error: Any) -> str:
    """The endpoint's own words about an error, shortened."""
    body = error.body if isinstance(error.body, dict) else {}
    message = body.get("message") or (body.get("error") if isinstance(body.get("error"), str) else "")
    return str(message or "no reason given")[:200]


def _parameter(error: Any, said: str) -> str | None:
    named = str(error.param or "")
    return next((name for name in _KNOWN if name in named), None) or next(
        (name for name in _KNOWN if name in said), None
    )


def _completion(completion: Any) -> Completion:
    choice = completion.choices[0] if getattr(completion, "choices", None) else None
    usage = getattr(completion, "usage", None)
    message = choice.message if choice else None
    calls = getattr(message, "tool_calls", None) or ()
    text = (calls[0].function.arguments if calls else message.content if message else "") or ""
    if not isinstance(text, str):
        text = json.dumps(text, ensure_ascii=False)
    return Completion(
        text=text,
        finish=str(choice.finish_reason or "stop") if choice else "empty",
        refusal=str(getattr(message, "refusal", None) or ""),
        prompt_tokens=getattr(usage, "prompt_tokens", None),
        completion_tokens=getattr(usage, "completion_tokens", None),
    )
