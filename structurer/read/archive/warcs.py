"""Pages in a web archive (WARC): what servers answered, record by record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from structurer.errors import ReadError, TooLarge, UnsupportedFormat
from structurer.read.archive.entry import Entry
from structurer.read.archive.limits import Budget, inflated

MAGIC = b"WARC/"
_LINE = 16 * 2**10
_LINES = 200
_STATUS = re.compile(rb"HTTP/[0-9.]{1,5} +([0-9]{3})")
_TEXT = ("text/html", "text/plain", "application/xhtml+xml")
_PACKED = {"gzip": "gzip", "x-gzip": "gzip"}


def warc_entries(stream: BinaryIO, budget: Budget) -> Iterator[Entry]:
    """Pages and plain texts of a web archive, named by their addresses. Raises ReadError where it is damaged.

    Answers other than 200, and what is neither a page nor a text, are told as skipped.
    """
    count = 0
    while (headers := _record(stream, budget, count)) is not None:
        count += 1
        length = headers.get("content-length", "")
        if not re.fullmatch("[0-9]{1,15}", length):
            raise ReadError(budget.path, f"damaged: record {count} has no length")
        block = _Block(stream, int(length), budget, count)
        kind = headers.get("warc-type", "").lower()
        name = headers.get("warc-target-uri", "").strip("<>")
        if kind in ("response", "resource") and name and not name.startswith(("dns:", "whois:")):
            yield from _entries(name, kind, headers, block, budget)
        block.pass_by()


def _entries(name: str, kind: str, headers: dict[str, str], block: _Block, budget: Budget) -> Iterator[Entry]:
    if kind == "resource":
        skip = _unwanted(headers.get("content-type", ""))
        yield Entry(name, block.read, not skip, skip)
        return
    head = block.head()
    status = _STATUS.match(head)
    if status is None or status[1] != b"200":
        return
    answer = _headers(head.split(b"\n")[1:])
    skip = _unwanted(answer.get("content-type", ""))
    yield Entry(name, lambda: _body(block, answer, budget), not skip, skip)


def _unwanted(kind: str) -> str:
    kind = kind.partition(";")[0].strip().lower()
    return "" if kind in _TEXT else f"{kind or 'untyped'} content is not read"


def _record(stream: BinaryIO, budget: Budget, count: int) -> dict[str, str] | None:
    """The headers of the next record; None at the end."""
    line = b"\n"
    while line in (b"\r\n", b"\n"):
        line = stream.readline(_LINE)
    if not line:
        return None
    if not line.startswith(MAGIC):
        raise ReadError(budget.path, f"damaged behind record {count}: no record begins there")
    return _headers(_head(stream, budget, count))


def _head(stream: BinaryIO, budget: Budget, count: int) -> list[bytes]:
    lines: list[bytes] = []
    while (line := stream.readline(_LINE)).strip():
        lines.append(line)
        if len(lines) > _LINES or not line.endswith(b"\n"):
            raise ReadError(budget.path, f"damaged: the headers behind record {count} do not end")
    if not line:
        raise ReadError(budget.path, f"cut off behind record {count}")
    return lines


def _headers(lines: list[bytes]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(b":")
        if colon:
            found.setdefault(name.strip().lower().decode("latin-1"), value.strip().decode("utf-8", "replace"))
    return found


class _Block:
    """The content of one record, which has to be read or passed by before the next."""

    def __init__(self, stream: BinaryIO, length: int, budget: Budget, count: int) -> None:
        self._stream, self._left, self._budget, self._count = stream, length, budget, count

    def head(self) -> bytes:
        """The headers of an HTTP answer; nothing where they do not end in time."""
        lines: list[bytes] = []
        while self._left and len(lines) < _LINES:
            line = self._stream.readline(min(self._left, _LINE))
            self._left -= len(line)
            if not line.strip() or not line.endswith(b"\n"):
                break
            lines.append(line)
        return b"".join(lines)

    def read(self) -> bytes:
        """The rest."""
        most = self._budget.limits.member
        if self._left > most:
            raise TooLarge(self._budget.path, f"over {most:,} bytes; the setting max_bytes allows more")
        return self._take(self._left)

    def pass_by(self) -> None:
        while self._left:
            self._take(min(self._left, 2**20))

    def _take(self, size: int) -> bytes:
        data = self._stream.read(size)
        if len(data) < size:
            self._left = 0
            raise ReadError(self._budget.path, f"cut off in record {self._count}")
        self._left -= size
        return data


def _body(block: _Block, answer: dict[str, str], budget: Budget) -> bytes:
    """The page itself. Many crawlers store it unpacked and keep the header that says it is packed."""
    body = block.read()
    if answer.get("transfer-encoding", "").lower() == "chunked":
        body = _unchunked(body)
    packed = answer.get("content-encoding", "").strip().lower()
    if packed in _PACKED and body.startswith(b"\x1f\x8b"):
        return inflated(body, "gzip", budget.limits.member, budget)
    if packed in ("br", "zstd", "deflate", "compress"):
        if b"<" in body[:200].lstrip(b"\xef\xbb\xbf \r\n\t")[:1]:
            return body
        raise UnsupportedFormat(budget.path, f"the page is packed by {packed}, which is not read")
    return body


def _unchunked(body: bytes) -> bytes:
    """The pieces joined; the body as it is where it does not consist of pieces."""
    parts: list[bytes] = []
    at = 0
    while (end := body.find(b"\n", at, at + 100)) >= 0:
        size = re.fullmatch(rb"([0-9A-Fa-f]{1,8})(?:;.*)?", body[at:end].strip())
        if size is None:
            return body
        length = int(size[1], 16)
        if length == 0:
            return b"".join(parts)
        parts.append(body[end + 1 : end + 1 + length])
        at = end + 1 + length
        at += 2 if body.startswith(b"\r\n", at) else 1 if body.startswith(b"\n", at) else 0
    return body if not parts else b"".join(parts)
