"""Members of a zip file."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import BinaryIO

from structurer.errors import ReadError, TooLarge, UnsupportedFormat
from structurer.read.archive.entry import Entry
from structurer.read.archive.limits import Budget

_DIRECTORY = 64 * 2**20
_RECORD = b"PK\x01\x02"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_UTF8, _LOCKED = 0x800, 0x1


def zip_entries(stream: BinaryIO, budget: Budget) -> Iterator[Entry]:
    """The files of a zip archive, in the order of its directory. Raises ReadError."""
    try:
        archive = zipfile.ZipFile(_Guarded(stream, budget))
    except ReadError:
        raise
    except Exception as error:  # zipfile raises half a dozen kinds, none of them promised
        raise ReadError(budget.path, "damaged: its list of members cannot be read") from error
    with archive:
        files = [info for info in archive.infolist() if not info.is_dir()]
        # No member gives more than the directory says it does: what all would cost is known beforehand.
        budget.spend(sum(min(info.file_size, budget.limits.member) for info in files))
        for info in files:
            yield Entry(_name(info), lambda info=info: _content(archive, info, budget))  # type: ignore[misc]


class _Guarded:
    """A file that refuses to hand out a directory of more members than are allowed."""

    def __init__(self, stream: BinaryIO, budget: Budget) -> None:
        self._stream, self._budget = stream, budget
        self.seek, self.tell = stream.seek, stream.tell
        self.seekable, self.close = stream.seekable, lambda: None

    def read(self, size: int = -1) -> bytes:
        """As a file does; the directory is read in one piece, when the archive is opened."""
        if size > _DIRECTORY:
            raise TooLarge(self._budget.path, f"its list of members takes {size:,} bytes")
        data = self._stream.read(size)
        if data.startswith(_RECORD) and data.count(_RECORD) > self._budget.limits.members:
            raise TooLarge(self._budget.path, f"over {self._budget.limits.members:,} members")
        return data


def _name(info: zipfile.ZipInfo) -> str:
    """The name, which older programs in China wrote as GBK without saying so."""
    if info.flag_bits & _UTF8:
        return info.orig_filename
    try:
        raw = info.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return info.orig_filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.orig_filename


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget) -> bytes:
    if info.flag_bits & _LOCKED:
        raise UnsupportedFormat(budget.path, "locked with a password; unpack it first")
    if info.compress_type not in _METHODS:
        raise UnsupportedFormat(budget.path, f"packed by method {info.compress_type}; unpack it first")
    most = budget.limits.member
    try:
        with archive.open(info) as member:
            data = member.read(most + 1)
    except ReadError:
        raise
    except Exception as error:  # as above
        raise ReadError(budget.path, "damaged: it cannot be unpacked whole") from error
    if len(data) > most:
        raise TooLarge(budget.path, f"over {most:,} bytes; the setting max_bytes allows more")
    return data
