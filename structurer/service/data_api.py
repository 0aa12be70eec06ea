"""What was found: extractions, exports; and what answers."""

from __future__ import annotations

import os
import tempfile
from typing import Annotated, get_args

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from starlette.background import BackgroundTask

from structurer._version import __version__
from structurer.export import Format, Shape, Which, export, json_line
from structurer.export.write import MEDIA_TYPES, WIDE, needed
from structurer.forms import load_forms
from structurer.observation import Extraction
from structurer.pipeline import asks, fingerprint
from structurer.service.context import refusals, service_of
from structurer.service.problems import Refused
from structurer.service.shapes import Health, Version

router = APIRouter(tags=["data"])
_FORMATS: tuple[Format, ...] = get_args(Format)
_TYPES: dict[Format, str] = {**MEDIA_TYPES, "csv": f"{MEDIA_TYPES['csv']}; charset=utf-8"}


@router.get("/health", response_model=Health, summary="Whether the service is there; needs no token")
async def health(request: Request) -> JSONResponse:
    """Answers as long as the service runs."""
    return JSONResponse({"status": "stopping" if service_of(request).runner.stopping else "ok"})


@router.get("/v1/version", response_model=Version, responses={**refusals()}, summary="What answers")
def version(request: Request) -> JSONResponse:
    """Version, forms, and whether a model is asked."""
    settings, forms = service_of(request).settings, load_forms()
    return JSONResponse(
        {
            "version": __version__,
            "forms": {form.form: form.title for form in forms.forms},
            "fingerprint": fingerprint(forms),
            "model": settings.model if asks(settings) else None,
        }
    )


@router.get(
    "/v1/documents/{document:path}",
    response_model=Extraction,
    responses={**refusals(404)},
    summary="Everything found in one document, with what reviewers decided",
)
def document(
    request: Request,
    document: Annotated[str, Path(description="Its id, the beginning of one, its path, or a path's end.")],
    reviewed: Annotated[bool, Query(description="False: what the machine found.")] = True,
) -> Response:
    """The extraction, as `structurer show --json` prints it."""
    found = service_of(request).store.get(document, reviewed=reviewed)
    return Response(json_line(found), media_type="application/json")


@router.get(
    "/v1/export",
    response_class=FileResponse,
    responses={
        200: {"description": "The file.", "content": {_TYPES[name]: {} for name in _FORMATS}},
        **refusals(501),
    },
    summary="The values of all documents as a file",
)
def exported(
    request: Request,
    format: Annotated[str, Query(json_schema_extra={"enum": list(_FORMATS)})] = "jsonl",
    status: Annotated[Which, Query(description="all: with what still needs a look.")] = "accepted",
    shape: Annotated[Shape, Query(description="wide: a row a report; csv and parquet only.")] = "tidy",
    bom: Annotated[bool | None, Query(description="Begin with a byte order mark; csv does.")] = None,
) -> Response:
    """What `structurer export` writes: whole, or not at all."""
    service = service_of(request)
    if format not in _FORMATS:
        raise Refused(422, "invalid", "no such format", f"query.format: one of {', '.join(_FORMATS)}")
    if shape == "wide" and format not in WIDE:
        raise Refused(
            422, "invalid", "no such shape", f"query.shape: wide is for {' and '.join(sorted(WIDE))}"
        )
    if not service.exporting.acquire(blocking=False):
        raise Refused(503, "busy", "too much to do", "other exports are being written", again=5)
    handle, path = tempfile.mkstemp(prefix="structurer-export-", suffix=f".{format}")
    os.close(handle)
    try:
        layout = format
        reports = service.store.reports(**needed(layout, status))
        export(reports, path, format=layout, status=status, shape=shape, bom=bom)
    except BaseException:
        os.unlink(path)
        raise
    finally:
        service.exporting.release()
    name, kind = f"structurer.{format}", _TYPES[layout]
    return FileResponse(path, media_type=kind, filename=name, background=BackgroundTask(os.unlink, path))
