"""Archives and lists: many reports in one file, each with a path of its own, `reports.zip!2019/a.html`.

Names of members are labels (see `names`), nothing is ever written to disk, and one archive can cost only so
much (see `limits`). What is damaged, locked or too large is an error in the member's or the archive's name;
the members before it are kept.
"""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import BinaryIO, NamedTuple, cast

from structurer.errors import ReadError, TooLarge, UnsupportedFormat
from structurer.read.archive.entry import Entry
from structurer.read.archive.limits import Budget, Limits, Unpacked
from structurer.read.archive.lists import csv_entries, jsonl_entries
from structurer.read.archive.names import MARK, Labels
from structurer.read.archive.tars import tar_entries
from structurer.read.archive.warcs import MAGIC, warc_entries
from structurer.read.archive.zips import zip_entries

__all__ = ["ARCHIVES", "LISTS", "MARK", "Limits", "is_archive", "is_list", "members", "read_member", "split"]

ARCHIVES = (".zip", ".tar", ".tgz", ".tbz", ".tbz2", ".txz", ".gz", ".bz2", ".xz", ".warc")
"""Suffixes of files that hold others."""
LISTS = (".csv", ".tsv", ".jsonl", ".ndjson")
"""Suffixes of lists of texts; in a folder they are as often something else, so they have to be named."""
_PACKED = ((b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ\0", "xz"))
_TAR_MAGIC = slice(257, 262)
_HIDDEN = ("__MACOSX/",)

Skipped = Callable[[str, str], object]


class _Member(NamedTuple):
    """A member under its label, `!` between an archive and what is packed in it; "" is the archive itself."""

    label: str
    read: Callable[[], bytes]
    skip: str = ""
    sure: bool = False
    """Whether it is to be read whatever its name: the archive says what it is, or it is an error."""


def is_archive(path: str) -> bool:
    """Whether a path names a file that holds others, by its suffix."""
    return path.lower().endswith(ARCHIVES)


def is_list(path: str) -> bool:
    """Whether a path names a list of texts, by its suffix."""
    return path.lower().endswith(LISTS)


def split(path: str) -> tuple[str, str] | None:
    """An archive's path and the label of a member in it; None for the path of anything else.

    What stands behind the mark is compared with labels and never opened.
    """
    at = path.find(MARK)
    while at >= 0:
        if (is_archive(path[:at]) or is_list(path[:at])) and os.path.isfile(path[:at]):
            return path[:at], path[at + 1 :]
        at = path.find(MARK, at + 1)
    return None


def members(
    path: str, suffixes: Collection[str], *, limits: Limits | None = None, skipped: Skipped | None = None
) -> Iterator[str]:
    """The paths of the members of an archive or a list that may be reports, in order.

    Hidden members and other suffixes than these are passed over and told to `skipped`. Where the archive is
    damaged, or holds nothing to read, its own path comes last: reading it says why.
    """
    found = 0
    with _opened(path, limits or Limits()) as entries:
        for member in entries:
            reason = member.skip or ("" if member.sure else _unread(member.label, suffixes))
            if not reason:
                found += 1
                yield f"{path}{MARK}{member.label}" if member.label else path
            elif skipped:
                skipped(f"{path}{MARK}{member.label}", reason)
    if not found:
        yield path


def read_member(path: str, *, limit: int, limits: Limits | None = None) -> bytes:
    """The bytes of a member, or of the record that a list's member is made of.

    For the path of an archive itself it says what is wrong with it. Members that are asked for in their order
    cost one pass over the archive. Raises ReadError.
    """
    place, label = split(path) or (path, "")
    return _shelf.read(place, label, replace(limits or Limits(), member=limit), path)


def _unread(label: str, suffixes: Collection[str]) -> str:
    inner = label.rpartition(MARK)[2]
    if any(part.startswith(".") for part in inner.split("/")) or inner.startswith(_HIDDEN):
        return "a hidden file"
    suffix = os.path.splitext(inner)[1].lower()
    return "" if suffix in suffixes else f"{suffix} files are not read"


# --- from a file to its members -----------------------------------------------------------------------------


@contextmanager
def _opened(path: str, limits: Limits) -> Iterator[Iterator[_Member]]:
    """All members of a file, those of archives inside it in their places; damage comes last, as member ""."""
    try:
        stream = open(path, "rb")  # noqa: SIM115 - closed below, with what was made of it
    except OSError as error:
        reason = error.strerror or str(error)
        yield iter([_Member("", _raising(ReadError(_shown(path), reason)), sure=True)])
        return
    with stream:
        budget = Budget(_shown(path), os.fstat(stream.fileno()).st_size, limits)
        yield _members(stream, os.path.basename(path), "", budget, limits.depth)


def _members(stream: BinaryIO, name: str, prefix: str, budget: Budget, depth: int) -> Iterator[_Member]:
    labels = Labels()
    try:
        for entry in _entries(stream, name, budget):
            budget.member()
            label = prefix + labels.one(entry.name)
            if is_archive(entry.name) and not entry.text and not entry.skip:
                yield from _nested(entry, label, budget, depth)
            else:
                yield _Member(label, _named(entry.read, label, budget), entry.skip, entry.text)
    except (ReadError, OSError) as error:
        named = (
            error
            if isinstance(error, ReadError)
            else ReadError(budget.path, f"cannot be read: {error.strerror}")
        )
        yield _Member(prefix.removesuffix(MARK), _raising(named), sure=True)


def _nested(entry: Entry, label: str, budget: Budget, depth: int) -> Iterator[_Member]:
    """The members of an archive inside an archive."""
    if depth <= 1:
        reason = f"archives in archives, over {budget.limits.depth} deep; unpack it first"
        yield _Member(label, _raising(TooLarge(f"{budget.path}{MARK}{label}", reason)), sure=True)
        return
    try:
        data = _named(entry.read, label, budget)()
    except ReadError as error:
        yield _Member(label, _raising(error), sure=True)
        return
    yield from _members(io.BytesIO(data), entry.name, label + MARK, budget, depth - 1)


def _entries(stream: BinaryIO, name: str, budget: Budget) -> Iterator[Entry]:
    """The entries of one stream, by what it begins with; lists by their suffix."""
    if is_list(name):
        lower = name.lower()
        if lower.endswith((".jsonl", ".ndjson")):
            return jsonl_entries(stream, budget)
        return csv_entries(stream, budget, "\t" if lower.endswith(".tsv") else ",")
    head = _peek(stream, 512)
    packed = next((kind for magic, kind in _PACKED if head.startswith(magic)), None)
    if packed is not None:
        return _unpacked(stream, name, packed, budget)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return zip_entries(stream, budget)
    return _plain(stream, head, name, budget)


def _plain(stream: BinaryIO, head: bytes, name: str, budget: Budget) -> Iterator[Entry]:
    if head.startswith(MAGIC):
        return warc_entries(stream, budget)
    if head[_TAR_MAGIC] == b"ustar" or name.lower().endswith(".tar"):
        return tar_entries(stream, budget)
    if not head:
        raise ReadError(budget.path, "an empty file, not an archive")
    raise UnsupportedFormat(budget.path, "not an archive of a kind that is read; unpack it first")


def _unpacked(stream: BinaryIO, name: str, kind: str, budget: Budget) -> Iterator[Entry]:
    buffered = io.BufferedReader(Unpacked(stream, kind, budget))
    head, inner = buffered.peek(512)[:512], cast(BinaryIO, buffered)
    stem, suffix = os.path.splitext(name)
    if head.startswith(MAGIC) or head[_TAR_MAGIC] == b"ustar" or stem.lower().endswith((".tar", ".warc")):
        return _plain(inner, head, stem, budget)
    return iter([Entry(stem if suffix.lower() in ARCHIVES else name, lambda: _whole(inner, budget))])


def _whole(stream: BinaryIO, budget: Budget) -> bytes:
    most = budget.limits.member
    data = stream.read(most + 1)
    if len(data) > most:
        raise TooLarge(budget.path, f"over {most:,} bytes unpacked; the setting max_bytes allows more")
    return data


def _peek(stream: BinaryIO, size: int) -> bytes:
    head = stream.read(size)
    stream.seek(0)
    return head


def _named(read: Callable[[], bytes], label: str, budget: Budget) -> Callable[[], bytes]:
    """A reader whose errors name the member, and not only the archive."""

    def named() -> bytes:
        try:
            return read()
        except ReadError as error:
            raise type(error)(f"{budget.path}{MARK}{label}", error.reason) from error

    return named


def _raising(error: ReadError) -> Callable[[], bytes]:
    def read() -> bytes:
        raise error

    return read


def _shown(path: str) -> str:
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


# --- one member after the other -----------------------------------------------------------------------------


class _Shelf(threading.local):
    """The archive that was read last, open where it was left, so that its members cost one pass in all."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._entries: Iterator[_Member] | None = None
        self._close: Callable[[], object] = lambda: None

    def read(self, place: str, label: str, limits: Limits, path: str) -> bytes:
        key = (place, limits, *_state(place))
        for again in (False, True):
            if key != self._key or self._entries is None or again:
                self._open(place, limits, key)
            assert self._entries is not None
            count = 0
            for member in self._entries:
                if member.label == label:
                    return member.read()
                count += 1
            self.put_back()
        if label:
            raise ReadError(_shown(path), "no such member; `structurer import` of the archive finds them all")
        told = f"an archive of {count} members, not one report; name one as {_shown(place)}{MARK}NAME"
        raise ReadError(_shown(path), told)

    def put_back(self) -> None:
        self._close()
        self._key, self._entries, self._close = (), None, lambda: None

    def _open(self, place: str, limits: Limits, key: tuple[object, ...]) -> None:
        self.put_back()
        opened = _opened(place, limits)
        self._entries, self._key = opened.__enter__(), key
        self._close = lambda: opened.__exit__(None, None, None)


def _state(place: str) -> tuple[object, ...]:
    try:
        state = os.stat(place)
    except OSError:
        return ()
    return state.st_mtime_ns, state.st_size, state.st_ino


_shelf = _Shelf()
