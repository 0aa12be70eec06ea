"""Bytes, files and text become a Document; the one place where a format finds its reader.

A report that cannot be read raises a ReadError, and nothing else: see structurer.errors.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from hashlib import sha256

from structurer.document import Document, Span
from structurer.errors import BinaryInput, EmptyInput, ReadError, TooLarge, UnsupportedFormat
from structurer.fold import fold
from structurer.read.duplicate import second_copy
from structurer.read.encoding import decode
from structurer.read.formats import ADVICE, is_garbage, sniff
from structurer.read.furniture import furniture, joined
from structurer.read.html import is_html, read_html
from structurer.read.losses import PINYIN, losses, without_pinyin
from structurer.read.reading import Reading

__all__ = ["READERS", "Reading", "read", "read_bytes", "read_file", "read_text"]

LIMIT = 64 * 2**20
"""Largest input read by default, in bytes."""

_MARK = "!"
"""Stands between an archive and a member of it; see structurer.read.archive."""
_LONG = 400
_TOLD = 500
"""Characters of what a list says of a text that are kept."""
_SENTENCE = re.compile("[\u4e00-\u9fff][^/\\\\]*[。；！？;!?]|<[a-zA-Z!]")
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}\Z")
_SURROGATE = re.compile("[\ud800-\udfff]")
_IMAGE_NAME = re.compile(r"[^\s/\\<>]{1,60}\.(?:png|jpe?g|gif|bmp)(?![A-Za-z0-9])", re.I)
_IMAGE_SUFFIX = re.compile(r"\.(?:png|jpe?g|gif|bmp)", re.I)


def read(
    source: str | os.PathLike[str] | bytes,
    *,
    path: str | None = None,
    limit: int = LIMIT,
    beside: str | None = None,
) -> Document:
    """Read a report from a file, from bytes, or from its text.

    Bytes are the content of a file, a PathLike is its path. A str is text if it holds a line break
    or more than 400 characters; else a path if a file or folder of that name exists; else text if it
    holds a Chinese sentence or an HTML tag and does not end in a file suffix; else a path, too,
    and the error says that there is no such file. `path` is the name to report (else the path as given).
    `beside` is the folder with the pictures that a page in bytes names; a file's is its own.

    Raises ReadError: EmptyInput, BinaryInput, TooLarge (over `limit` bytes), UnsupportedFormat.
    """
    if isinstance(source, bytes | bytearray | memoryview):
        return read_bytes(bytes(source), path or "<bytes>", limit=limit, beside=beside)
    if isinstance(source, str) and _is_text(source):
        return read_text(source, path or "<text>", limit=limit)
    return read_file(source, name=path, limit=limit)


def read_file(path: str | os.PathLike[str], *, name: str | None = None, limit: int = LIMIT) -> Document:
    """Read the file at a path; `name` is reported in its place where given.

    Raises ReadError as `read` does, and with the reason where the file cannot be opened.
    """
    given = os.fsdecode(path)
    name = name or given
    if _MARK in given:
        from structurer.read.archive import read_member, split

        if split(given):
            return read_bytes(read_member(given, limit=limit), name, limit=limit)
    try:
        with open(given, "rb") as file:
            data = file.read(limit + 1)
    except FileNotFoundError:
        raise ReadError(name, "no such file; check its name and folder") from None
    except IsADirectoryError:
        raise ReadError(name, "a folder, not a file; name the files in it") from None
    except PermissionError:
        raise ReadError(name, "no permission to read it") from None
    except (OSError, ValueError) as error:
        raise ReadError(name, f"cannot be opened: {getattr(error, 'strerror', None) or error}") from None
    return read_bytes(data, name, limit=limit, beside=os.path.dirname(given) or os.curdir)


def read_bytes(
    data: bytes, path: str = "<bytes>", *, limit: int = LIMIT, beside: str | None = None
) -> Document:
    """Read a report from the bytes of a file; `path` is the name to report. Raises ReadError.

    `beside` is the folder that holds the pictures which a saved page names.
    """
    if not data:
        raise EmptyInput(path, "the file is empty; fetch it again")
    if len(data) > limit:
        raise TooLarge(path, f"over {limit:,} bytes; raise the limit to read it")
    form = sniff(data)
    reader = READERS.get(form)
    if reader is None:
        raise UnsupportedFormat(path, ADVICE[form])
    reading = reader(data, path)
    if beside is not None and reading.images:
        from structurer.read.beside import with_pictures

        reading = with_pictures(reading, beside)
    return _document(reading, path, sha256(data).hexdigest())


def read_text(text: str, path: str = "<text>", *, limit: int = LIMIT) -> Document:
    """Read a report from its text, plain or HTML; the id is that of its UTF-8. Raises ReadError."""
    notes: tuple[str, ...] = ()
    if not text.isascii() and _SURROGATE.search(text):
        text = _SURROGATE.sub("\ufffd", text)
        notes = ("lone surrogates were replaced",)
    data = text.encode("utf-8")
    if len(data) > limit:
        raise TooLarge(path, f"over {limit:,} bytes; raise the limit to read it")
    return _document(_lay_out(text, data, "utf-8", notes, path), path, sha256(data).hexdigest())


def _is_text(source: str) -> bool:
    if len(source) > _LONG or "\n" in source or "\r" in source:
        return True
    if not source or os.path.exists(source):
        return not source
    return _SENTENCE.search(source) is not None and not _SUFFIX.search(source)


def _read_decoded(data: bytes, path: str) -> Reading:
    """The reader of text and HTML in any encoding."""
    decoded = decode(data)
    if decoded is None:
        raise BinaryInput(
            path,
            "not text in any encoding a report comes in; save the report anew, as PDF, Word, HTML or text",
        )
    utf8 = data if decoded.encoding == "utf-8" else decoded.text.encode("utf-8", "replace")
    return _lay_out(decoded.text, utf8, decoded.encoding, decoded.notes, path)


def _lay_out(text: str, utf8: bytes, encoding: str, notes: tuple[str, ...], path: str) -> Reading:
    if not text or text.isspace():
        raise EmptyInput(path, "nothing but white space; fetch it again, or give the file it was made from")
    if is_garbage(text, utf8):
        raise BinaryInput(path, "a binary file, perhaps decoded as text; read the original instead")
    if not is_html(text):
        return Reading(text, text, encoding, images=_images(text), notes=notes)
    page = read_html(text)
    if not page.text or page.text.isspace():
        raise EmptyInput(
            path,
            "a page without visible text; a script may fill it: save it in a browser or give its attachment",
        )
    return Reading(text, page.text, encoding, page.offsets, page.images, (*notes, *page.notes))


def _images(text: str) -> tuple[Span, ...]:
    """Names of image files that a crawler left in a plain text."""
    if _IMAGE_SUFFIX.search(text) is None:
        return ()
    return tuple(Span(start=found.start(), end=found.end()) for found in _IMAGE_NAME.finditer(text))


def _document(reading: Reading, path: str, identity: str) -> Document:
    plain = fold(reading.text)
    folded = without_pinyin(plain)
    pinyin = () if folded is plain else (PINYIN,)
    copies = second_copy(folded)
    spans = furniture(folded)
    if copies.span:
        spans = joined(folded, (*spans, copies.span))
    document = Document(
        path=_SURROGATE.sub("\ufffd", path),
        id=identity,
        source=reading.source,
        text=reading.text,
        encoding=reading.encoding,
        offsets=reading.offsets,
        places=reading.places,
        recognised=reading.recognised,
        furniture=spans,
        images=reading.images,
        notes=(*reading.notes, *pinyin, *losses(folded), *((copies.note,) if copies.note else ())),
    )
    document.__dict__["folded"] = folded  # folding is a third of the work of reading: do it once
    return document


def _read_pdf(data: bytes, path: str) -> Reading:
    from structurer.read.printed import read_pdf

    return read_pdf(data, path)


def _read_image(data: bytes, path: str) -> Reading:
    from structurer.read.printed import read_image

    return read_image(data, path)


def _read_docx(data: bytes, path: str) -> Reading:
    from structurer.read.docx import read_docx

    return read_docx(data, path)


def _read_office(form: str) -> Callable[[bytes, str], Reading]:
    def reader(data: bytes, path: str) -> Reading:
        from structurer.read import office

        readers = {"ole": office.read_ole, "rtf": office.read_rtf, "odt": office.read_odt}
        return readers[form](data, path)

    return reader


def _read_saved(data: bytes, path: str) -> Reading:
    """The reader of web archives (MHTML)."""
    from structurer.read.mhtml import saved_page

    page = saved_page(data, path)
    return _lay_out(page.source, page.source.encode("utf-8", "replace"), page.encoding, page.notes, path)


def _read_record(data: bytes, path: str) -> Reading:
    """The reader of a text that came in a list, with what the list says of it; any other object is text."""
    from structurer.read.archive.lists import record, text_of, told_of

    given = record(data)
    if given is None:
        return _read_decoded(data, path)
    text = _SURROGATE.sub("\ufffd", text_of(given) or "")
    told = _SURROGATE.sub("\ufffd", "; ".join(told_of(given)))
    notes = (f"the list it came in says: {told[:_TOLD]}",) if told else ()
    return _lay_out(text, text.encode("utf-8"), "utf-8", notes, path)


READERS: Mapping[str, Callable[[bytes, str], Reading]] = {
    "text": _read_decoded,
    "pdf": _read_pdf,
    "image": _read_image,
    "docx": _read_docx,
    **{form: _read_office(form) for form in ("ole", "rtf", "odt")},
    "mhtml": _read_saved,
    "record": _read_record,
}
"""Format name (see `formats.sniff`) → its reader; a format without one raises UnsupportedFormat."""
