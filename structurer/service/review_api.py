"""Reviewing: the queue, the next unit, decisions, undo; through the desk, as every other way in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.concurrency import run_in_threadpool

from structurer.desk.shapes import acts_json, batch_json, decided_json, queue_json
from structurer.export.write import MEDIA_TYPES
from structurer.review.events import to_line
from structurer.review.views import told
from structurer.service import shapes
from structurer.service.context import caller_of, refusals, reviewer, service_of
from structurer.service.problems import Refused

router = APIRouter(tags=["review"])
_LINES = MEDIA_TYPES["jsonl"]
_Text = Annotated[str, Query(max_length=1_000)]
_ItemPath = Annotated[str, Path(description="An item's id, the beginning of one, or DOC:INDICATOR.")]
_BODY: dict[str, Any] = {
    "required": True,
    "content": {_LINES: {"schema": {"type": "string"}, "example": '{"item": "3f2a…", "kind": "accept"}\n'}},
}


@router.get(
    "/v1/queue", response_model=shapes.Queue, responses={**refusals(404)}, summary="What is left to review"
)
def queue(
    request: Request,
    document: _Text = "",
    reason: _Text = "",
    rule: _Text = "",
    table: _Text = "",
    year: Annotated[int | None, Query(ge=1900, le=2200)] = None,
    agency: _Text = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 20,
) -> JSONResponse:
    """The items that are left, most suspicious first, with the reason for each."""
    desk = service_of(request).desk()
    narrow = {"reason": reason, "rule": rule, "table": table, "year": year, "agency": agency}
    return JSONResponse(queue_json(*desk.queue(desk.filters(document, **narrow), limit)))


@router.post(
    "/v1/queue/next",
    response_model=shapes.NextTask,
    responses={**refusals(404)},
    summary="Claim the next unit: a table or a section with its open fields",
)
def next_unit(request: Request, body: shapes.Next) -> JSONResponse:
    """Nobody else gets the unit for half an hour, renewed by each decision."""
    desk, by = service_of(request).desk(), reviewer(request, body.by)
    filters = desk.filters(**body.filters())
    task = desk.next(by, filters, blind=body.blind)
    left = desk.left(filters).total
    return JSONResponse({"task": task.to_json() if task is not None else None, "left": left})


@router.get(
    "/v1/items/{item:path}", response_model=shapes.Item, responses={**refusals(404)}, summary="One item"
)
def item(request: Request, item: _ItemPath, blind: bool = False) -> JSONResponse:
    """One value with its page, its sums and its candidates, whether or not it is in the queue."""
    return JSONResponse(service_of(request).desk().show(item, blind=blind).to_json())


@router.get(
    "/v1/log/{item:path}",
    response_model=shapes.Acts,
    responses={**refusals(404)},
    summary="Who decided what about an item, and when",
)
def log(request: Request, item: _ItemPath) -> JSONResponse:
    """Everything that was done about one item, in time order."""
    return JSONResponse({"events": told(service_of(request).desk().log(item))})


@router.post(
    "/v1/decisions", response_model=shapes.Decided, responses={**refusals(404, 409)}, summary="Decide"
)
def decide(request: Request, body: shapes.Decide) -> JSONResponse:
    """Accepts, corrects or rejects one value; stored at once, and only ever added."""
    given = "value" in body.model_fields_set
    if given != (body.kind == "correct"):
        said = "correct takes a value; null if left blank" if not given else f"{body.kind} takes no value"
        raise Refused(422, "invalid", "the request cannot be used", f"body.value: {said}")
    made = (
        service_of(request)
        .desk()
        .decide(
            body.item,
            body.kind,
            reviewer(request, body.by),
            value=body.value,
            reason=body.reason,
            seen=body.seen_sha,
            settles=body.settle,
        )
    )
    return JSONResponse(decided_json(made))


@router.post(
    "/v1/decisions/apply",
    response_model=shapes.Applied,
    responses={**refusals(400, 404)},
    openapi_extra={"requestBody": _BODY},
    summary="Store the decisions of a file, each once however often it is applied",
)
async def apply(request: Request, by: Annotated[str, Query(max_length=80)] = "") -> JSONResponse:
    """Lines of JSON as `GET /v1/decisions` gives them, or `{"item": ..., "kind": ...}`.

    Refused for a token that belongs to one reviewer: a file may hold decisions of others.
    """
    service = service_of(request)
    if name := caller_of(request).name:
        raise Refused(403, "reviewer", "not with this token", f"it is {name}'s alone; use one without a name")
    try:
        lines = (await request.body()).decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise Refused(400, "encoding", "not UTF-8", f"body: not UTF-8 from byte {error.start} on") from None
    done = await run_in_threadpool(lambda: service.desk().apply(lines, "body", by=by))
    return JSONResponse(asdict(done))


@router.get(
    "/v1/decisions",
    response_class=StreamingResponse,
    responses={200: {"description": "An event a line.", "content": {_LINES: {}}}, **refusals()},
    summary="Every decision of the store",
)
def decisions(request: Request) -> StreamingResponse:
    """In time order, as `structurer review export` writes them."""
    desk = service_of(request).desk()

    def lines() -> Iterator[bytes]:
        for event in desk.decisions():
            yield to_line(event).encode() + b"\n"

    return StreamingResponse(lines(), media_type=_LINES)


@router.post("/v1/undo", response_model=shapes.Acts, responses={**refusals()}, summary="Take back the latest")
def undo(request: Request, body: shapes.By) -> JSONResponse:
    """The reviewer's latest decision; again for the one before, without limit. None: nothing to undo."""
    return JSONResponse({"events": acts_json(service_of(request).desk().undo(reviewer(request, body.by)))})


@router.post("/v1/redo", response_model=shapes.Acts, responses={**refusals()}, summary="Restore it")
def redo(request: Request, body: shapes.By) -> JSONResponse:
    """What was taken back last, unless something was decided since."""
    return JSONResponse({"events": acts_json(service_of(request).desk().redo(reviewer(request, body.by)))})


@router.post(
    "/v1/accept",
    response_model=shapes.Batch,
    responses={**refusals(404)},
    summary="Accept what the sums prove, many at once",
)
def accept(request: Request, body: shapes.Accept) -> JSONResponse:
    """Only where there is a proof; every value is listed."""
    desk, by = service_of(request).desk(), reviewer(request, body.by)
    views = desk.accept_proven(
        by, limit=body.limit, filters=desk.filters(**body.filters()), dry_run=body.dry_run
    )
    return JSONResponse(batch_json(views, dry_run=body.dry_run))


@router.post(
    "/v1/values",
    response_model=shapes.Decided,
    responses={**refusals(404, 409)},
    summary="Add a value that was missed",
)
def add(request: Request, body: shapes.Add) -> JSONResponse:
    """With the words that print it, if the report does."""
    desk, by = service_of(request).desk(), reviewer(request, body.by)
    made = desk.add(body.document, body.indicator, body.value, by, quote=body.quote, reason=body.reason)
    return JSONResponse(decided_json(made))


@router.post("/v1/release", response_model=shapes.Released, responses={**refusals()}, summary="Free units")
def release(request: Request, body: shapes.Release) -> JSONResponse:
    """What the reviewer holds, or what another one does, so that others get it."""
    return JSONResponse({"units": service_of(request).desk().release(reviewer(request, body.by), of=body.of)})
