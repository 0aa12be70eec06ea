"""Reports as they are handed in: texts or files, under names that lead nowhere."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from structurer.service.limits import Limits
from structurer.service.problems import Refused
from structurer.store.jobs import PIECE, Piece

JSON_TYPE, FORM_TYPE = "application/json", "multipart/form-data"
_NAMELESS = "report.txt"
_LONGEST_PART, _DEEPEST = 200, 8
"""Bytes of a name, which file systems limit; folders around it."""


class Text(BaseModel):
    """A report as text."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, examples=["云溪市教育局2020年政府信息公开工作年度报告\n一、总体情况\n……"])
    name: str = Field(
        _NAMELESS,
        max_length=400,
        examples=["yunxi-2020.txt"],
        description="The end of the document's path; its suffix says what it is.",
    )


@dataclass(frozen=True)
class Upload:
    """A file that has arrived: its name, made harmless, and its bytes."""

    name: str
    stream: BinaryIO | None = None
    content: bytes = b""


class Uploads:
    """The files of one request; what they take on disk is freed at the end of the block."""

    def __init__(self, files: Sequence[Upload], form: FormData | None = None) -> None:
        self.files, self._form = files, form

    async def close(self) -> None:
        """Lets go of the files."""
        if self._form is not None:
            await self._form.close()

    def pieces(self) -> Iterator[Piece]:
        """All bytes, in pieces; reads files, so not for the event loop."""
        for position, (name, one) in enumerate(zip(_apart(self.files), self.files, strict=True)):
            for piece, content in enumerate(_pieces(one)):
                yield Piece(name, position, piece, content)


async def received(request: Request, limits: Limits) -> Uploads:
    """What a request hands in. Raises Refused."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == FORM_TYPE:
        return await _form(request, limits)
    if kind == JSON_TYPE:
        return Uploads([await _text(request)])
    raise Refused(
        415,
        "media-type",
        "neither a form nor JSON",
        f"Content-Type is {kind[:80]!r}; send {FORM_TYPE} with one or several `files`, or {JSON_TYPE} with"
        " `text` and `name`",
    )


async def _form(request: Request, limits: Limits) -> Uploads:
    try:
        form = await request.form(max_files=limits.files, max_fields=10)
    except Refused:
        raise
    except HTTPException as error:
        raise Refused(400, "form", "the form cannot be read", f"body: {error.detail}") from None
    unknown = sorted(set(form) - {"files"})
    files = [one for one in form.getlist("files") if isinstance(one, UploadFile)]
    if unknown or not files or len(files) != len(form.multi_items()):
        await form.close()
        said = f"field {unknown[0][:40]!r} is unknown" if unknown else "no file"
        raise Refused(422, "invalid", "the request cannot be used", f"body: {said}; send `files`")
    return Uploads([Upload(harmless(one.filename or ""), stream=one.file) for one in files], form)


async def _text(request: Request) -> Upload:
    try:
        made = Text.model_validate(json.loads(await request.body()))
        content = made.text.encode("utf-8")
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(["body", *map(str, first["loc"])])
        raise Refused(422, "invalid", "the request cannot be used", f"{place}: {first['msg']}") from None
    except (ValueError, RecursionError):
        raise Refused(400, "json", "not JSON", "body: send an object with `text`, in UTF-8") from None
    return Upload(harmless(made.name), content=content)


def harmless(name: str) -> str:
    """A name without anything that leads out of a folder, hides, or means an archive's member.

    Folders stay, so that a page finds the pictures beside it.
    """
    parts = [_part(part) for part in name.replace("\\", "/").split("/")]
    kept = [part for part in parts if part][-_DEEPEST:]
    return "/".join(kept) or _NAMELESS


def _part(part: str) -> str:
    shown = "".join(char if char.isprintable() and char not in '!:*?"<>|[]' else "_" for char in part)
    encoded = shown.strip().lstrip(". ").encode("utf-8", "replace")
    if len(encoded) > _LONGEST_PART:
        # The end stays: it says what kind of file it is.
        encoded = encoded[: _LONGEST_PART - 60] + b".." + encoded[-58:]
    return encoded.decode("utf-8", "ignore")


def _apart(files: Iterable[Upload]) -> Iterator[str]:
    """The names, made different from each other; none is a folder of another."""
    taken: set[str] = set()
    folders: set[str] = set()
    for one in files:
        # Where a file of this request already has the name of a folder, the folders become part of the name.
        inside = not any(folder in taken for folder in _folders(one.name))
        wanted = one.name if inside else one.name.replace("/", "_")[-_LONGEST_PART // 4 :]
        number, name = 2, wanted
        while name.lower() in taken | folders:
            stem, dot, suffix = wanted.rpartition(".")
            name = f"{stem} ({number}){dot}{suffix}" if dot and stem else f"{wanted} ({number})"
            number += 1
        taken.add(name.lower())
        folders.update(_folders(name))
        yield name


def _folders(name: str) -> list[str]:
    parts = name.lower().split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def _pieces(one: Upload) -> Iterator[bytes]:
    if one.stream is None:
        yield from (one.content[at : at + PIECE] for at in range(0, max(len(one.content), 1), PIECE))
        return
    one.stream.seek(0)
    piece = one.stream.read(PIECE)
    yield piece
    while piece := one.stream.read(PIECE):
        yield piece
