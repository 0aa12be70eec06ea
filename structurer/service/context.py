"""What every route needs: the store, the settings, the runner; and who asks."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request

from structurer.desk.desk import Desk
from structurer.review.rulebook import Rulebook
from structurer.service.guard import CALLER
from structurer.service.limits import Limits
from structurer.service.problems import MEDIA_TYPE, Refused
from structurer.service.runner import Runner
from structurer.service.tokens import Caller
from structurer.settings import Settings
from structurer.store import Store
from structurer.store.jobs import Jobs


@dataclass
class Service:
    """One service over one store."""

    store: Store
    settings: Settings
    limits: Limits
    runner: Runner
    book: Rulebook
    waiters: int = 0
    exporting: threading.Semaphore = field(default_factory=threading.Semaphore)

    @property
    def jobs(self) -> Jobs:
        """The store's jobs."""
        return self.store.jobs()

    def desk(self, *, blind: bool = False) -> Desk:
        """A reviewer's desk, for one request."""
        return Desk(self.store, book=self.book, blind=blind)


def service_of(request: Request) -> Service:
    """The service that a request is for."""
    found = request.app.state.service
    assert isinstance(found, Service)
    return found


def caller_of(request: Request) -> Caller:
    """Who sent a request, as the guard found."""
    found = request.scope[CALLER]
    assert isinstance(found, Caller)
    return found


def reviewer(request: Request, by: str) -> str:
    """Who decides: whom the token belongs to, else whom the request names. Raises Refused."""
    name = caller_of(request).name
    if not name and not by.strip():
        raise Refused(422, "invalid", "nobody decides", "body.by: name the reviewer; this token has no name")
    if name and by.strip() not in ("", name):
        raise Refused(
            403,
            "reviewer",
            "not this reviewer's token",
            f"body.by: this token is {name}'s; leave it out",
        )
    return name or by


def refusals(*codes: int) -> Mapping[int | str, dict[str, Any]]:
    """The refusals of a route, for the OpenAPI document; those of the guard are on every one."""
    told = {
        400: "The body cannot be read.",
        401: "No token, or a wrong one.",
        403: "Not for this token, or from a web page.",
        404: "There is no such document, job or item.",
        408: "The request took too long to arrive.",
        409: "Somebody else holds it, or it changed since it was shown.",
        410: "The job ended long ago and is forgotten; what it imported is kept.",
        413: "The request is too large.",
        415: "Neither a form nor JSON.",
        421: "The Host header is not this service's.",
        422: "The request cannot be used; `detail` says where and why.",
        429: "Too many requests; Retry-After says how long to wait.",
        500: "A mistake in structurer.",
        501: "It needs an extra that is not installed.",
        503: "Too much to do, or the store fails; Retry-After says how long to wait.",
    }
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    made: dict[int | str, dict[str, Any]] = {}
    for code in (400, 401, 403, 408, 413, 421, 422, 429, 500, 503, *codes):
        made[code] = {"description": told[code], "content": {MEDIA_TYPE: schema}}
    return made
