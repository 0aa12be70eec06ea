"""What went wrong as problem+json (RFC 9457): what, where, and what to do next."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from structurer.bulk import INTERNAL
from structurer.bulk.failing import raised_at
from structurer.errors import (
    Conflict,
    ForgottenJob,
    MissingExtra,
    ReadError,
    ReviewError,
    StoreError,
    StructurerError,
    UnknownDocument,
    UnknownItem,
)

MEDIA_TYPE = "application/problem+json"
_STATUS: Sequence[tuple[type[StructurerError], int, str]] = (
    (ForgottenJob, 410, "forgotten"),
    (UnknownDocument, 404, "not there"),
    (UnknownItem, 404, "not there"),
    (Conflict, 409, "in conflict"),
    (ReviewError, 422, "cannot be decided so"),
    (ReadError, 422, "cannot be read"),
    (StoreError, 503, "the store fails"),
    (MissingExtra, 501, "not installed"),
    (StructurerError, 500, "cannot be done"),
)
_AGAIN = 5.0
"""Seconds after which a failing store may be tried again."""


class Place(BaseModel):
    """One thing that is wrong with a request, and where it stands."""

    place: str = Field(examples=["body.kind"])
    message: str


class Problem(BaseModel):
    """Why a request was not done. `code` is for programs, `detail` names the place and the next step."""

    type: str = Field(examples=["urn:structurer:problem:unknown-document"])
    title: str
    status: int
    code: str = Field(examples=["unknown-document"])
    detail: str
    errors: list[Place] = Field(default_factory=list)


class Refused(HTTPException):
    """A request that is not done; becomes a problem wherever it is raised."""

    def __init__(
        self, status: int, code: str, title: str, detail: str, *, again: float | None = None, **headers: str
    ) -> None:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if again is not None:
            given["Retry-After"] = str(max(1, math.ceil(again)))
        super().__init__(status, detail, given)
        self.code, self.title = code, title

    def response(self) -> Response:
        """The refusal as it is sent."""
        return _response(self.status_code, self.code, self.title, str(self.detail), headers=self.headers)


def _response(
    status: int,
    code: str,
    title: str,
    detail: str,
    *,
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    made: dict[str, Any] = {
        "type": f"urn:structurer:problem:{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
    }
    if errors:
        made["errors"] = list(errors)
    # A path or a message may hold half a character, which JSON can say and UTF-8 cannot.
    content = json.dumps(made, ensure_ascii=False).encode("utf-8", "backslashreplace")
    return Response(content, status, headers, MEDIA_TYPE)


def of_error(error: StructurerError) -> Response:
    """The problem that a named error is."""
    status, title = next((status, title) for kind, status, title in _STATUS if isinstance(error, kind))
    headers = {"Retry-After": str(int(_AGAIN))} if status == 503 else None
    return _response(status, error.code, title, str(error), headers=headers)


def of_mistake(error: Exception) -> Response:
    """The problem that a mistake of ours is: where it happened, nothing of what was sent."""
    return _response(500, INTERNAL, "a mistake in structurer", where(error))


def where(error: Exception) -> str:
    """The kind of an error that has no name, and the line that raised it; nothing of what it says."""
    return f"{type(error).__name__} in {raised_at(error)}"


def install(app: FastAPI) -> None:
    """Makes every error of an app a problem."""

    async def named(request: Request, error: Exception) -> Response:
        assert isinstance(error, StructurerError)
        return of_error(error)

    async def http(request: Request, error: Exception) -> Response:
        if isinstance(error, Refused):
            return error.response()
        assert isinstance(error, HTTPException)
        return _http(request, error)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        places = [
            {"place": ".".join(map(str, one["loc"])), "message": str(one["msg"])} for one in error.errors()
        ]
        first = f"{places[0]['place']}: {places[0]['message']}" if places else "cannot be read"
        detail = f"{first}; /openapi.json says what is expected"
        return _response(422, "invalid", "the request cannot be used", detail, errors=places)

    async def mistake(request: Request, error: Exception) -> Response:
        return of_mistake(error)

    app.add_exception_handler(StructurerError, named)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(Exception, mistake)


def _http(request: Request, error: HTTPException) -> Response:
    """What the framework itself refuses."""
    known = {
        400: ("body", "the body cannot be read"),
        404: ("no-such-address", "nothing here"),
        405: ("method", "cannot be done here"),
    }
    code, title = known.get(error.status_code, ("invalid", "the request cannot be used"))
    detail = f"{request.method} {request.url.path}: {error.detail}; /openapi.json says what is expected"
    return _response(error.status_code, code, title, detail, headers=error.headers)
