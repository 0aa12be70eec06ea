"""The pages of the reports that a dashboard names, in a folder beside it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from structurer.document import Document
from structurer.errors import ReadError
from structurer.export import opened
from structurer.forms import Forms
from structurer.observation import Extraction
from structurer.page import page, reread
from structurer.store import Store

_SHORT = 16


def folder_of(out: str | os.PathLike[str]) -> Path:
    """Where the pages go that belong to a dashboard."""
    path = Path(out)
    return path.with_name(f"{path.stem}-pages")


def addresses(ids: Iterable[str], folder: Path) -> dict[str, str]:
    """The address of each report's page, relative to the folder's parent, by the report's id."""
    return {id: f"{quote(folder.name)}/{_name(id)}" for id in ids}


def write_pages(store: Store, forms: Forms, ids: Iterable[str], folder: Path, *, limit: int) -> None:
    """Writes the page of each report.

    The source is shown if the file is still there, at most `limit` bytes, or the store kept it.
    Raises OSError when the folder cannot be written.
    """
    folder.mkdir(exist_ok=True)
    for id in ids:
        extraction = store.get(id)
        with opened(folder / _name(id)) as stream:
            stream.write(page(extraction, forms, _source(store, extraction, limit)).encode())


def _name(id: str) -> str:
    return f"{id[:_SHORT]}.html"


def _source(store: Store, extraction: Extraction, limit: int) -> Document | str:
    """The document, from its file or else from the bytes the store keeps."""
    found = reread(extraction, limit=limit)
    if isinstance(found, Document):
        return found
    with store.reviews() as reviews:
        content = reviews.content(store.number(extraction.document.id, reviews.connection))
    if content is None:
        return found
    from structurer.read import read_bytes

    try:
        return read_bytes(content, extraction.document.path, limit=max(len(content), 1))
    except ReadError as error:
        return f"the bytes kept in the store could not be read: {error.reason}"
