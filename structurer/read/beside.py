"""Pictures that a saved page names and that lie beside it: their tables are read in their place."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import unquote

from structurer.document import CELL, OffsetMap, Places, Span
from structurer.errors import ReadError
from structurer.read import eyes
from structurer.read.reading import Reading

_MOST = 40
_LARGEST = 20 * 2**20
_SMALLEST = (200, 60)
"""Pixels across and down below which a picture is an icon."""
_FEWEST = 40
"""Characters below which a picture without a table says nothing."""
_SRC = re.compile(r"""\ssrc\s*=\s*(?:"([^"]{1,500})"|'([^']{1,500})'|([^\s>"']{1,500}))""", re.I)
_TAG = 4000
_SUFFIX = re.compile(r"\.(?:png|jpe?g|gif|bmp|tiff?|webp)\Z", re.I)


class _Inserted(NamedTuple):
    """A picture's text: after which offset of the reading's text it goes, and what in the source names it."""

    at: int
    text: str
    places: Places
    source: Span


def with_pictures(reading: Reading, folder: str) -> Reading:
    """A reading with the text of the pictures that it names and that are files in or below a folder.

    Evidence in such text names the picture's place in the source, and the box within the picture.
    Unchanged where the extra `ocr` is not installed.
    """
    if not reading.images or not eyes.available():
        return reading
    found = [one for image in reading.images[:_MOST] if (one := _read(reading, image, folder)) is not None]
    return _inserted(reading, found) if found else reading


def _read(reading: Reading, image: Span, folder: str) -> _Inserted | None:
    source = image
    if reading.offsets is not None:
        source = Span(
            start=reading.offsets.source(image.start), end=reading.offsets.source_end(image.end - 1)
        )
    path = _path(_named(reading, source), folder)
    made = _seen(path) if path else None
    if made is None:
        return None
    return _Inserted(image.end, "\n" + made[0] + "\n", made[1], source)


def _named(reading: Reading, source: Span) -> str:
    """The file that a picture's tag names; in plain text the name itself."""
    if reading.offsets is None:
        return reading.source[source.start : source.end]
    start = reading.source.rfind("<", max(source.start - _TAG, 0), source.start + 1)
    end = reading.source.find(">", source.end, source.end + _TAG)
    found = _SRC.search(reading.source, start, end + 1) if 0 <= start < end else None
    return next((group for group in found.groups() if group), "") if found else ""


def _path(named: str, folder: str) -> str | None:
    """The file a name stands for, if it is a picture in or below the folder."""
    name = unquote(named.split("?")[0].split("#")[0]).replace("\\", "/").strip()
    if not name or name.startswith("/") or ":" in name or "\0" in name or not _SUFFIX.search(name):
        return None
    root = os.path.realpath(folder)
    path = os.path.realpath(os.path.join(root, name))
    inside = path.startswith(root.rstrip(os.sep) + os.sep)
    return path if inside and os.path.isfile(path) and os.path.getsize(path) <= _LARGEST else None


def _seen(path: str) -> tuple[str, Places] | None:
    from structurer.read.layout.compose import compose
    from structurer.read.printed import seen
    from structurer.read.raster import frames

    try:
        with open(path, "rb") as file:
            grey, scale = next(frames(file.read(_LARGEST), path))
    except (ReadError, OSError, StopIteration):
        return None
    if grey.shape[1] < _SMALLEST[0] or grey.shape[0] < _SMALLEST[1]:
        return None
    page = seen(grey, scale, 1)
    made = compose([page] if page else [])
    return (made.text.strip("\n"), made.places) if CELL in made.text or len(made.text) >= _FEWEST else None


def _inserted(reading: Reading, pictures: Sequence[_Inserted]) -> Reading:
    runs: list[tuple[int, int, int]] = []
    wide: list[tuple[int, int]] = []
    parts: list[str] = []
    places = Places()
    places.nowhere(0)
    recognised: list[Span] = []
    old = reading.offsets or OffsetMap(runs=((0, 0, len(reading.text)),))
    done = length = 0
    for picture in [*pictures, None]:
        end = picture.at if picture else len(reading.text)
        runs.extend(
            (
                max(start, done) - done + length,
                source + max(done - start, 0),
                min(start + size, end) - max(start, done),
            )
            for start, source, size in old.runs
            if start < end and start + size > done
        )
        wide.extend((at - done + length, to) for at, to in old.wide if done <= at < end)
        parts.append(reading.text[done:end])
        length += end - done
        done = end
        if picture:
            runs.extend((length + at, picture.source.start, 1) for at in range(len(picture.text)))
            wide.extend((length + at, picture.source.end) for at in range(len(picture.text)))
            places.extend(picture.places, length + 1)
            parts.append(picture.text)
            recognised.append(Span(start=length, end=length + len(picture.text)))
            length += len(picture.text)
            places.nowhere(length)
    moved = tuple(_moved(span, pictures) for span in reading.images)
    return reading._replace(
        text="".join(parts),
        offsets=OffsetMap(runs=tuple(runs), wide=tuple(wide)),
        images=moved,
        places=places,
        recognised=tuple(recognised),
        notes=(*reading.notes, f"{len(pictures)} pictures beside the page were read by OCR"),
    )


def _moved(span: Span, pictures: Sequence[_Inserted]) -> Span:
    by = sum(len(picture.text) for picture in pictures if picture.at < span.end)
    return Span(start=span.start + by, end=span.end + by)
