"""Handing reports in, and waiting for what becomes of them."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from structurer.service.context import Service, caller_of, refusals, service_of
from structurer.service.problems import Refused
from structurer.service.shapes import JobList, JobReport, JobState
from structurer.service.submitting import FORM_TYPE, JSON_TYPE, Text, Uploads, received
from structurer.store.jobs import Job

router = APIRouter(tags=["jobs"])
_LISTED = 100
_EACH_LOOK = 0.5
"""Seconds between two looks at a job that another server may be at."""
_FILES = {
    "type": "array",
    "minItems": 1,
    "items": {"type": "string", "contentMediaType": "application/octet-stream"},
}
_FORM = {
    "type": "object",
    "required": ["files"],
    "properties": {"files": _FILES},
    "additionalProperties": False,
}
_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        FORM_TYPE: {"schema": _FORM},
        JSON_TYPE: {"schema": Text.model_json_schema()},
    },
}
_Wait = Annotated[float, Query(ge=0, le=3600, description="Seconds to wait for the end, within limits.")]
_Id = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="As POST /v1/jobs answered.")]


@router.post(
    "/v1/jobs",
    status_code=202,
    response_model=JobState,
    responses={**refusals(400, 415)},
    openapi_extra={"requestBody": _BODY},
    summary="Hand in reports: a text, files, or archives of them",
)
async def submit(
    request: Request,
    wait: _Wait = 0,
    force: Annotated[bool, Query(description="Extract again what is unchanged.")] = False,
) -> JSONResponse:
    """Keeps the reports until a worker has been through them, as `structurer import` would.

    The answer is the job; `Location` is where to ask for it. Archives stand for what is in them; a saved
    page and its pictures belong into one request, under names with their folders.
    """
    service = service_of(request)
    await run_in_threadpool(_check_room, service)
    uploads = await received(request, service.limits)
    try:
        job = await run_in_threadpool(_keep, service, uploads, caller_of(request).name, {"force": force})
    finally:
        await uploads.close()
    service.runner.wake()
    if wait:
        job = await _waited(service, job, wait)
    return JSONResponse(told(job), 202, {"Location": f"/v1/jobs/{job.id}"})


@router.get("/v1/jobs", response_model=JobList, responses={**refusals()}, summary="The newest jobs")
def newest(request: Request, limit: Annotated[int, Query(ge=1, le=1000)] = 20) -> JSONResponse:
    """The jobs that were handed in last, the newest first."""
    return JSONResponse({"jobs": [told(job) for job in service_of(request).jobs.newest(limit)]})


@router.get(
    "/v1/jobs/{id}",
    response_model=JobReport,
    responses={**refusals(404, 410)},
    summary="One job; `wait` returns when it is over, or when the time is up",
)
async def one(
    request: Request,
    id: _Id,
    wait: _Wait = 0,
    after: Annotated[str, Query(description="Documents behind this path.")] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = _LISTED,
) -> JSONResponse:
    """How a job stands, and what became of its documents so far.

    A job is kept for some time after it has ended (30 days, if the service was not told otherwise). Then it
    is 410 where documents of it are in the store, which stay, and 404 where none are.
    """
    service = service_of(request)
    job = await run_in_threadpool(service.jobs.get, id)
    if wait:
        job = await _waited(service, job, wait)
    kept = await run_in_threadpool(lambda: service.jobs.documents(id, after=after, limit=limit))
    listed = {
        "documents": [asdict(document) for document in kept],
        "next": kept[-1].path if len(kept) == limit else None,
    }
    headers = {} if job.over else {"Retry-After": "1"}
    return JSONResponse(told(job) | listed, headers=headers)


def told(job: Job) -> dict[str, Any]:
    """A job as JSON."""
    made = asdict(job)
    for name in ("submitted_at", "started_at", "ended_at"):
        made[name] = made[name].isoformat() if made[name] is not None else None
    return made


def _check_room(service: Service) -> None:
    """Refuses before a body is read when there is no room for another job."""
    count, size = service.jobs.waiting()
    if service.runner.stopping:
        raise Refused(503, "stopping", "the service stops", "try again when it is back", again=10)
    if count >= service.limits.jobs or size >= service.limits.queued:
        raise Refused(
            503,
            "full",
            "too much to do",
            f"{count} jobs of {size:,} bytes are not through yet; try again later",
            again=10,
        )


def _keep(service: Service, uploads: Uploads, by: str, options: dict[str, Any]) -> Job:
    return service.jobs.submit(uploads.pieces(), by=by, options=options)


async def _waited(service: Service, job: Job, seconds: float) -> Job:
    """The job when it is over, or after so many seconds; at once when too many wait already."""
    if service.waiters >= service.limits.waiters:
        return job
    until = time.monotonic() + min(seconds, service.limits.wait_seconds)
    service.waiters += 1
    try:
        while not job.over and not service.runner.stopping and (rest := until - time.monotonic()) > 0:
            await service.runner.until_news(min(rest, _EACH_LOOK))
            job = await run_in_threadpool(service.jobs.get, job.id)
    finally:
        service.waiters -= 1
    return job
