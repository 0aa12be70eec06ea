"""Finding files: what paths stand for, the bytes under a path, and what lies beside it."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from structurer.errors import ReadError, TooLarge
from structurer.remote import find, is_remote
from structurer.remote import read as read_remote

if TYPE_CHECKING:
    from structurer.document import Document

SUFFIXES = frozenset(
    (
        *("", ".txt", ".text", ".htm", ".html", ".md", ".mht", ".mhtml"),
        *(".pdf", ".docx", ".docm", ".doc", ".wps", ".rtf", ".odt"),
    )
)
"""Files that a folder or an archive is searched for; a file that is named is tried whatever its suffix."""
PICTURES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff"})
"""As SUFFIXES, where the extra `ocr` is installed to read them."""
_OF_A_PAGE = ("_files", ".files")
"""How the folders end that browsers save beside a page; pictures in them are the page's."""

Skipped = Callable[[str, str], object]


def find_files(paths: Iterable[str], *, skipped: Skipped | None = None) -> Iterator[str]:
    """The files that paths stand for, in the order given: files, folders (all below them, sorted), globs.

    Hidden files and folders inside a folder are passed over; other suffixes than SUFFIXES are reported to
    `skipped` with a reason. What does not exist is passed on, so that reading it can say so. Archives stand
    for their members, and so do lists of texts (CSV, JSON Lines) that are named or matched by a glob; a
    member's path is `ARCHIVE!NAME`. URLs stand for files on object storage.
    """
    from structurer.read.archive import is_archive, is_list, members

    for path in paths:
        if is_remote(path):
            yield from _remote(path, skipped)
        elif os.path.isdir(path):
            yield from _below(path, skipped)
        elif os.path.isfile(path) and (is_archive(path) or is_list(path)):
            yield from members(path, SUFFIXES, skipped=skipped)
        elif os.path.lexists(path) or not glob.has_magic(path):
            yield path
        else:
            matches = sorted(glob.glob(path, recursive=True))
            yield from find_files(matches, skipped=skipped) if matches else (path,)


def _remote(url: str, skipped: Skipped | None) -> Iterator[str]:
    try:
        yield from find(url, SUFFIXES, skipped)
    except ReadError:
        yield url  # reading it says why


def _below(folder: str, skipped: Skipped | None) -> Iterator[str]:
    from structurer.read.archive import is_archive, is_list, members

    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = os.path.join(parent, name)
            suffix = os.path.splitext(name)[1].lower()
            if name.startswith("."):
                continue
            why = _passed_over(parent, suffix)
            if why is None:
                yield path
            elif is_archive(name):
                yield from members(path, SUFFIXES, skipped=skipped)
            elif is_list(name) and skipped:
                skipped(path, "a list of texts is read when it is named")
            elif skipped:
                skipped(path, why)


def _passed_over(parent: str, suffix: str) -> str | None:
    """Why a file of a folder is not read; None for one that is."""
    if suffix in SUFFIXES:
        return None
    from structurer.read import eyes

    if suffix not in PICTURES:
        return f"{suffix} files are not read"
    if not eyes.available():
        return f"{suffix} files are read only with the extra ocr: pip install 'structurer[ocr]'"
    return "a picture of the page beside its folder" if parent.endswith(_OF_A_PAGE) else None


def read_file(path: str, max_bytes: int) -> bytes:
    """The bytes of a file, or of a member of an archive (`ARCHIVE!NAME`).

    Raises ReadError when it cannot be read, TooLarge when it is over the limit.
    """
    from structurer.read.archive import is_archive, is_list, read_member, split

    if is_remote(path):
        return read_remote(path, max_bytes)
    if split(path) or ((is_archive(path) or is_list(path)) and os.path.isfile(path)):
        return read_member(path, limit=max_bytes)
    try:
        with open(path, "rb") as stream:
            content = stream.read(max_bytes + 1)
    except FileNotFoundError:
        raise ReadError(written(path), "no such file; check its name and folder") from None
    except (OSError, ValueError) as error:
        raise ReadError(written(path), getattr(error, "strerror", None) or str(error)) from error
    if len(content) > max_bytes:
        raise TooLarge(written(path), f"more than {max_bytes:,} bytes; the setting max_bytes allows more")
    return content


def read_document(path: str, content: bytes, max_bytes: int) -> Document:
    """The bytes of a file as a document under its path, with the pictures beside it. Raises ReadError."""
    from structurer.read import read

    return read(content, path=written(path), limit=max_bytes, beside=folder_of(path))


def folder_of(path: str) -> str:
    """The folder of a file, where the pictures lie that a saved page names."""
    return os.path.dirname(path) or os.curdir


def written(path: str) -> str:
    """The path as text that can be stored and printed, whatever bytes its name is made of."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
