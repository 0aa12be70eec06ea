"""The one door to openai and instructor: a call goes out as strict as can be and comes back as text."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import cache
from ssl import SSLCertVerificationError
from typing import Any

from structurer.model.answers import Answer
from structurer.model.presets import Capability, Endpoint
from structurer.model.strict import model_of, response_format, strict_schema
from structurer.model.transport import exhausted, retry_after
from structurer.model.wire import Call, Completion, Denied, Limited, Rejected, Transient, completion

_BEGINNING = 6
"""Characters of a key that are told from any other word."""
_PATH = "/chat/completions"
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
        import openai

        self._openai = openai
        self._endpoint = endpoint
        self._pause = pause
        self._turns = _Turns()
        # openai's other transport looks through all its connections twice a call.
        http = openai.DefaultAioHttpClient(
            timeout=openai.Timeout(timeout, connect=min(timeout, 10.0)),
            event_hooks={"request": [self._turns.over]},
            **_tls(endpoint.base_url),
        )
        self.client = openai.AsyncOpenAI(
            api_key=endpoint.key, base_url=endpoint.base_url, max_retries=0, http_client=http
        )

    async def complete(self, call: Call) -> Completion:
        """Sends one request, once."""
        try:
            response = await self._sent(self._body(call))
            body = response.json()
        except self._openai.APIError as error:
            raise self._failure(error) from None
        except ValueError:
            raise Transient("the answer could not be read") from None
        wait = exhausted(response.headers)
        if wait and self._pause:
            self._pause(wait)
        return completion(body) or Completion("", finish="empty")

    async def _sent(self, body: Mapping[str, Any]) -> Any:
        # `chat.completions.create` holds every message against every type it might have and builds a model
        # of the answer, which takes as long as the whole rest of a call.
        async with self._turns:
            return await self.client.post(_PATH, body=body, cast_to=_response_type())

    async def close(self) -> None:
        """Closes the connections."""
        await self.client.close()

    def _body(self, call: Call) -> dict[str, Any]:
        limit = self._endpoint.preset.limit
        if limit in call.dropped:
            limit = "max_tokens" if limit == "max_completion_tokens" else "max_completion_tokens"
        body: dict[str, Any] = {"model": self._endpoint.model, "messages": call.messages, limit: call.limit}
        if "temperature" not in call.dropped:
            body["temperature"] = 0
        return {**body, **shape(call.answer, call.capability)}

    def _failure(self, error: Any) -> Exception:
        """What an error of the client's means for what to do next; texts never hold key or address."""
        openai = self._openai
        if isinstance(error, openai.APIConnectionError):
            return _not_reached(error)
        if not isinstance(error, openai.APIStatusError):
            return Transient("the answer could not be read")
        status, said = error.status_code, _said(error, self._endpoint.key)
        after = retry_after(error.response.headers)
        code = str(error.code or "")
        if code in ("insufficient_quota", "invalid_api_key", "model_not_found") or status in (
            401,
            402,
            403,
            404,
        ):
            variable = self._endpoint.preset.key_variable
            advice = f"; check {variable}" if status == 401 and variable else ""
            return Denied(f"{status}: {said}{advice}")
        if status == 429:
            return Limited(after)
        if status >= 500 or status in (408, 409, 425):
            return Transient(f"{status}: {said}", after)
        return Rejected(f"{status}: {said}", _parameter(error, said))


class _Turns:
    """One request after the other is made ready, each until it goes out.

    Made ready all at once, they would go out all at once, and all be late; one by one, the first of them is
    under way while the next is made, and their answers do not come all at once either.
    """

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._holds: ContextVar[bool] = ContextVar("holds", default=False)

    async def __aenter__(self) -> None:
        await self._lock.acquire()
        self._holds.set(True)

    async def __aexit__(self, *_: object) -> None:
        await self.over()

    async def over(self, _: object = None) -> None:
        """Lets the next one begin, if this task's turn is not over already."""
        if self._holds.get():
            self._holds.set(False)
            self._lock.release()


def shape(answer: Answer, capability: Capability) -> Mapping[str, Any]:
    """How a request asks for the shape of its answer: as instructor words it, and strict, as it never is."""
    if capability in ("json_object", "text"):
        return {"response_format": {"type": capability}}
    worded = _worded(answer.kind, capability)
    if capability == "json_schema":
        return {"response_format": {**worded["response_format"], **response_format(answer)}}
    (tool,) = worded["tools"]
    name = tool["function"]["name"]
    function = {"name": name, "strict": True, "parameters": strict_schema(answer)}
    return {"tools": [{**tool, "function": function}], "tool_choice": worded["tool_choice"]}


def warm(capability: Capability) -> None:
    """Loads the clients, which takes a second, and has instructor word the kind of answer asked for most."""
    import openai

    _ = openai
    if capability in ("json_schema", "tools"):
        _worded("statements", capability)


@cache
def _worded(kind: str, capability: Capability) -> Mapping[str, Any]:
    """Instructor's words for a kind of answer. It is asked once a kind: what it does in every call would cost
    more than sending, and its answers are judged by us, item by item."""
    from instructor import Mode
    from instructor.processing import handle_response_model

    mode = Mode.TOOLS if capability == "tools" else Mode.JSON_SCHEMA
    worded: Mapping[str, Any] = handle_response_model(model_of(kind), mode=mode, messages=[])[1]
    return worded


@cache
def _response_type() -> Any:
    import httpx2

    return httpx2.Response


def _tls(address: str) -> dict[str, Any]:
    """How certificates are checked. Loading authorities takes 85 ms, which plain HTTP need not wait for."""
    if not address.startswith("http:"):
        return {}
    from ssl import PROTOCOL_TLS_CLIENT, SSLContext

    return {"verify": SSLContext(PROTOCOL_TLS_CLIENT)}  # trusts nobody, should the endpoint redirect to TLS


def _not_reached(error: BaseException) -> Exception:
    """What it means that no answer came. A cut connection is reported as one that took too long, too."""
    while error.__cause__ is not None:
        error = error.__cause__
    if isinstance(error, SSLCertVerificationError):
        return Denied("its certificate is not trusted; SSL_CERT_FILE names the authorities to trust")
    late = isinstance(error, TimeoutError | asyncio.TimeoutError)
    return Transient("no answer in time" if late else "the connection failed")


def _said(error: Any, key: str) -> str:
    """The endpoint's own words about an error, shortened, and without the key that some repeat in part."""
    body = error.body if isinstance(error.body, dict) else {}
    message = body.get("message") or (body.get("error") if isinstance(body.get("error"), str) else "")
    words = str(message or "no reason given").split()
    begins = key[:_BEGINNING]
    return " ".join("(key)" if _is_key(word, begins) else word for word in words)[:200]


def _is_key(word: str, begins: str) -> bool:
    return word.lstrip("'\"`([").startswith("sk-") or (len(begins) == _BEGINNING and begins in word)


def _parameter(error: Any, said: str) -> str | None:
    named = str(error.param or "")
    return next((name for name in _KNOWN if name in named), None) or next(
        (name for name in _KNOWN if name in said), None
    )
