"""Web pages saved with everything in them (MHTML): the page and its frames as one HTML source."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.message import Message
from typing import NamedTuple

from structurer.errors import EmptyInput, ReadError
from structurer.read.encoding import decode

_NESTING = re.compile(rb"^content-type:[ \t]*(?:\r?\n[ \t]+)?[\"']?(?:multipart|message)/", re.I | re.M)
_MOST_NESTED = 20
"""Parts that hold parts; a saved page has one, and each makes all lines dearer to read."""
_PAGES = ("text/html", "application/xhtml+xml")


class Saved(NamedTuple):
    """The HTML of a saved page, with its frames behind it, and what reading assumed."""

    source: str
    encoding: str
    notes: tuple[str, ...]


def saved_page(data: bytes, path: str) -> Saved:
    """The page in a web archive. Raises ReadError where there is none, or where it is damaged."""
    if len(_NESTING.findall(data)) > _MOST_NESTED:
        raise ReadError(path, "damaged: too many parts within parts for a saved page")
    try:
        message = message_from_bytes(data)
        parts = [part for part in message.walk() if part.get_content_type() in _PAGES]
        first = _first(message, parts)
        bodies = [body for part in _ordered(parts, first) if (body := _body(part)).strip()]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ReadError(path, "damaged: its parts cannot be told apart") from error
    decoded = [found for found in map(decode, bodies) if found is not None]
    if not decoded:
        raise EmptyInput(path, "a web archive without a page in it")
    notes = [note for found in decoded for note in found.notes]
    notes.append("offsets count in the page's HTML inside the web archive")
    if len(decoded) > 1:
        notes.append(f"frames read behind the page: {len(decoded) - 1}")
    return Saved("\n".join(found.text for found in decoded), decoded[0].encoding, tuple(dict.fromkeys(notes)))


def _first(message: Message, parts: list[Message]) -> Message | None:
    """The part that the archive names as the page itself, else its first page."""
    start = message.get_param("start")
    named = [part for part in parts if isinstance(start, str) and part.get("Content-ID", "") == start]
    return next(iter([*named, *parts]), None)


def _ordered(parts: list[Message], first: Message | None) -> list[Message]:
    return [*(part for part in parts if part is first), *(part for part in parts if part is not first)]


def _body(part: Message) -> bytes:
    body = part.get_payload(decode=True)
    return body if isinstance(body, bytes) else b""
