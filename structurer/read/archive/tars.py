"""Members of a tar file, read from front to back."""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterator
from typing import BinaryIO

from structurer.errors import ReadError, TooLarge
from structurer.read.archive.entry import Entry
from structurer.read.archive.limits import Budget

_BLOCK = 512
_LONGEST_NAME = 64 * 2**10
_EXTENDED, _GLOBAL, _LONG_NAME, _LONG_LINK = b"xX", b"g", b"L", b"K"
_FILES = b"\x00" + b"07"
_FIELD = re.compile(rb"([0-9]{1,9}) ([A-Za-z.]{1,40})=")


def tar_entries(stream: BinaryIO, budget: Budget) -> Iterator[Entry]:
    """The regular files of a tar archive, in order. Raises ReadError, also where the end is missing.

    The standard module takes a broken header inside an archive for its end, and says nothing; hence this.
    """
    name, size = None, None
    count = 0
    while True:
        block = _read(stream, _BLOCK, budget, count)
        if not block.strip(b"\0"):
            return
        info = _header(block, budget, count)
        kind = info.type
        length = info.size if size is None else size
        padded = -(-length // _BLOCK) * _BLOCK
        if kind in (_LONG_NAME, _LONG_LINK) or kind in _EXTENDED or kind == _GLOBAL:
            if length > _LONGEST_NAME:
                raise TooLarge(budget.path, f"a header of {length:,} bytes behind member {count}")
            data = _read(stream, padded, budget, count)[:length]
            if kind == _LONG_NAME:
                name = _text(data.rstrip(b"\0"))
            elif kind in _EXTENDED:
                fields = dict(_fields(data))
                name = _text(fields[b"path"]) if b"path" in fields else name
                size = _number(fields[b"size"], budget, count) if b"size" in fields else size
            continue
        count += 1
        member = _Member(stream, length, padded, budget, count)
        if kind in _FILES:
            yield Entry(name if name is not None else info.name, member.read)
        member.pass_by()
        name = size = None


class _Member:
    """The bytes of one member, which have to be read or passed by before the next."""

    def __init__(self, stream: BinaryIO, length: int, padded: int, budget: Budget, count: int) -> None:
        self._stream, self._length, self._left = stream, length, padded
        self._budget, self._count = budget, count

    def read(self) -> bytes:
        most = self._budget.limits.member
        if self._length > most:
            raise TooLarge(self._budget.path, f"over {most:,} bytes; the setting max_bytes allows more")
        data = _read(self._stream, self._left, self._budget, self._count)
        self._left = 0
        return data[: self._length]

    def pass_by(self) -> None:
        while self._left:
            self._left -= len(_read(self._stream, min(self._left, 2**20), self._budget, self._count))


def _read(stream: BinaryIO, size: int, budget: Budget, count: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        if size == _BLOCK and not data and count:
            return b""  # some programs leave out the empty blocks at the end
        raise ReadError(budget.path, f"cut off behind member {count}")
    return data


def _header(block: bytes, budget: Budget, count: int) -> tarfile.TarInfo:
    try:
        info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except (tarfile.HeaderError, ValueError, OverflowError) as error:
        raise ReadError(budget.path, f"damaged behind member {count}") from error
    if info.size < 0:
        raise ReadError(budget.path, f"damaged behind member {count}: a size below zero")
    info.name = _text(info.name.encode("utf-8", "surrogateescape"))
    return info


def _fields(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The records `LENGTH KEY=VALUE` of an extended header."""
    at = 0
    while (found := _FIELD.match(data, at)) is not None:
        length = int(found[1])
        if length < found.end() - at + 1:
            return
        yield found[2], data[found.end() : at + length - 1]
        at += length


def _number(data: bytes, budget: Budget, count: int) -> int:
    if not re.fullmatch(rb"[0-9]{1,15}", data):
        raise ReadError(budget.path, f"damaged behind member {count}: a size that is no number")
    return int(data)


def _text(raw: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "backslashreplace")
