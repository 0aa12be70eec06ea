"""The app: routes, errors, guard."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from typing import Any

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI

from structurer._version import __version__
from structurer.review.rulebook import rulebook
from structurer.service import data_api, jobs_api, review_api
from structurer.service.context import Service
from structurer.service.guard import OPEN, Guard
from structurer.service.limits import Limits
from structurer.service.problems import Problem, install
from structurer.service.runner import Runner
from structurer.service.tokens import Tokens
from structurer.settings import Settings
from structurer.store import Store

_THREADS = 8
"""Requests that use the store at once; as many connections as its pool holds at most."""
_ABOUT = """Agencies' annual reports on information disclosure as figures one can trust: every value with
where it is printed, what confirms it, and whether a person still has to look.

Hand reports in (`POST /v1/jobs`), wait (`GET /v1/jobs/{id}?wait=30`), fetch (`GET /v1/documents/{id}`).
Errors are `application/problem+json`; 429 and 503 say in `Retry-After` how long to wait."""


def make_app(
    store: Store,
    settings: Settings,
    *,
    tokens: Tokens = Tokens(),  # noqa: B008 - frozen
    limits: Limits = Limits(),  # noqa: B008 - frozen
    hosts: Collection[str] = (),
    say: Callable[[str], object] = lambda line: None,
    log: bool = True,
) -> Guard:
    """The service as an ASGI app; `say` gets its talk, a line a request with `log`."""
    app = bare_app()

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        current_default_thread_limiter().total_tokens = _THREADS
        runner = Runner(store, settings, limits, say)
        exporting = threading.Semaphore(limits.exports)
        app.state.service = Service(store, settings, limits, runner, rulebook(), exporting=exporting)
        runner.start()
        try:
            yield
        finally:
            await runner.stop()

    app.router.lifespan_context = life
    return Guard(app, tokens=tokens, hosts=hosts, limits=limits, say=say if log else None)


def bare_app() -> FastAPI:
    """The routes alone, as `structurer serve --openapi` describes them."""
    # The pages that FastAPI would serve load scripts from elsewhere.
    app = FastAPI(title="structurer", version=__version__, description=_ABOUT, docs_url=None, redoc_url=None)
    for module in (jobs_api, data_api, review_api):
        app.include_router(module.router)
    install(app)
    made = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(made())
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
    return app


def _described(schema: dict[str, Any]) -> dict[str, Any]:
    """The OpenAPI document with what the guard does: tokens, and the shape of a problem."""
    parts = schema.setdefault("components", {})
    parts.setdefault("schemas", {})["Problem"] = Problem.model_json_schema(
        ref_template="#/components/schemas/{model}"
    )
    parts["schemas"].update(parts["schemas"]["Problem"].pop("$defs", {}))
    parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    for path, acts in schema["paths"].items():
        for act in acts.values():
            act["security"] = [] if path in OPEN else [{"token": []}]
    for unused in ("HTTPValidationError", "ValidationError"):
        parts["schemas"].pop(unused, None)
    return schema
