"""Stands before everything else: whose request it is, from where, how large, how often, how slow."""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections.abc import Callable, Collection, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from structurer.service.limits import Bucket, Limits
from structurer.service.problems import Refused, of_mistake, where
from structurer.service.tokens import ANYONE, Caller, Tokens
from structurer.terminal import plain

CALLER = "structurer.caller"
"""Where a request's scope says who sent it."""
OPEN = frozenset({"/health"})
"""What anybody may ask: only whether the service is there."""
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
)
_GUESSES = 30
"""Wrong tokens a minute, after which the answer is to wait. Right ones are let in meanwhile."""

_THROWN_AWAY, _LINGERS = 2_000_000, 2.0
"""Bytes and seconds of a body that nobody wants, before the connection is closed over it."""

Say = Callable[[str], object]


class Guard:
    """An ASGI app around an ASGI app. It decides before any byte of a body has been read."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        tokens: Tokens,
        hosts: Collection[str],
        limits: Limits,
        say: Say | None = None,
    ) -> None:
        self._app, self._tokens, self._limits, self._say = app, tokens, limits, say
        self._hosts = {host.lower().rstrip(".") for host in (*hosts, "localhost")}
        self._rates: dict[int, Bucket] = {}
        self._guesses = Bucket(_GUESSES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request in, or answers it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.monotonic()
        body = _Body(scope, receive, self._room(scope), self._limits.upload_seconds)
        answer = _Answer(send, body)
        caller = None
        try:
            try:
                self._check_origin(scope)
                caller = self._caller(scope)
                self._check_rate(caller)
                body.check()
                scope[CALLER] = caller
                await self._app(scope, body, answer)
            except ClientDisconnect:
                pass
            except Refused as refused:
                await refused.response()(scope, receive, answer)
            except Exception as error:
                # A traceback would print what was sent, so only the place is said.
                if self._say is not None:
                    self._say(f"error: {scope['method']} {plain(str(scope['path']))[:200]}: {where(error)}")
                if answer.status is None:
                    await of_mistake(error)(scope, receive, answer)
        finally:
            if self._say is not None:
                took = (time.monotonic() - began) * 1000
                path = plain(str(scope["path"]))[:200]
                who = plain(caller.shown) if caller else "-"
                self._say(f"{scope['method']} {path} {answer.status or '-'} {took:.0f} ms {who}")

    def _check_origin(self, scope: Scope) -> None:
        """No page of another site gets in: not by its name made to mean this machine, not by a form."""
        host = _header(scope, b"host")
        name = _hostname(host)
        if name is None or not (name in self._hosts or _is_address(name)):
            raise Refused(
                421,
                "host",
                "not the name of this service",
                f"the Host header is {host[:80]!r}; use the address, or serve with --allow-host NAME",
            )
        origin = _header(scope, b"origin")
        site = _header(scope, b"sec-fetch-site")
        foreign = origin and urlsplit(origin).netloc.lower() != host.lower()
        if foreign or site in ("cross-site", "same-site"):
            raise Refused(
                403, "origin", "not from a page of another site", "call from a program, not from a web page"
            )

    def _caller(self, scope: Scope) -> Caller:
        if not self._tokens or scope["path"] in OPEN:
            return ANYONE
        caller = self._tokens.caller(_header(scope, b"authorization"))
        if caller is not None:
            return caller
        wait = self._guesses.take()
        if wait:
            raise Refused(429, "rate", "too many wrong tokens", "wait, then send a right one", again=wait)
        raise Refused(
            401,
            "token",
            "no token, or a wrong one",
            "send the header `Authorization: Bearer TOKEN` with a token of this service",
            WWW_Authenticate="Bearer",
        )

    def _check_rate(self, caller: Caller) -> None:
        bucket = self._rates.setdefault(caller.number, Bucket(self._limits.rate))
        if wait := bucket.take():
            raise Refused(
                429,
                "rate",
                "too many requests",
                f"{self._limits.rate} a minute are served; wait as long as Retry-After says",
                again=wait,
            )

    def _room(self, scope: Scope) -> int:
        if scope["path"] == "/v1/jobs":
            return self._limits.upload
        return self._limits.decisions if scope["path"] == "/v1/decisions/apply" else self._limits.body


class _Body:
    """A request's body on its way in: refused as soon as it is too large or takes too long."""

    def __init__(self, scope: Scope, receive: Receive, room: int, seconds: float) -> None:
        self._receive, self._room, self._seconds = receive, room, seconds
        self._until = time.monotonic() + seconds
        self._length = _header(scope, b"content-length")
        self._asks = bool(_header(scope, b"expect"))
        self._got = 0
        self._whole = self._length in ("", "0") and not _header(scope, b"transfer-encoding")

    def check(self) -> None:
        """Refuses a body that says itself that it is too large."""
        # isascii, because other scripts' digits are digits to Python and no length.
        if self._length.isascii() and self._length.isdigit() and int(self._length[:20]) > self._room:
            raise self._too_large()

    async def left_behind(self) -> bool:
        """Whether an answer is due before everything was read; a little is read, and thrown away.

        Many clients look for an answer only when they have sent everything.
        """
        until, got = time.monotonic() + _LINGERS, 0
        while not self._whole and not self._asks and got < _THROWN_AWAY:
            try:
                message = await asyncio.wait_for(self._receive(), max(until - time.monotonic(), 0.001))
            except asyncio.TimeoutError:
                break
            got += len(message.get("body", b""))
            self._whole = not message.get("more_body", False)
        return not self._whole

    async def __call__(self) -> Message:
        """The next part."""
        if self._whole:
            return await self._receive()
        try:
            message = await asyncio.wait_for(self._receive(), max(self._until - time.monotonic(), 0.001))
        except asyncio.TimeoutError:
            raise Refused(
                408,
                "slow",
                "the request takes too long to arrive",
                f"it has to arrive within {self._seconds:g} seconds; send less at once",
            ) from None
        self._got += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._got > self._room:
            raise self._too_large()
        return message

    def _too_large(self) -> Refused:
        return Refused(
            413,
            "too-large",
            "the request is too large",
            f"{self._room:,} bytes are taken here at most; hand in fewer reports at once",
        )


class _Answer:
    """A response on its way out, with headers that keep browsers from making anything of it."""

    def __init__(self, send: Send, body: _Body) -> None:
        self._send, self._body = send, body
        self.status: int | None = None

    async def __call__(self, message: MutableMapping[str, Any]) -> None:
        """The next part."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            closing = [(b"connection", b"close")] if await self._body.left_behind() else []
            message = {**message, "headers": [*message.get("headers", ()), *_HEADERS, *closing]}
        await self._send(message)


def _header(scope: Scope, name: bytes) -> str:
    """A header's value, "" where it is absent; sent twice it is both, which then fit nothing."""
    return b", ".join(value for key, value in scope["headers"] if key == name).decode("latin-1")


def _hostname(host: str) -> str | None:
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        return None
    return name.rstrip(".") if name else None


def _is_address(name: str) -> bool:
    """Whether a name is an address: those cannot be made to mean another machine."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
