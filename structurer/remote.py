"""Files on object storage and other machines, under URLs that fsspec knows; the only door to it."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Callable, Collection, Iterator
from typing import Any

from structurer.errors import ReadError, TooLarge, UnsupportedFormat

_URL = re.compile(r"[a-z][a-z0-9+.-]{1,20}://", re.I)
_SECRET = re.compile(r"//[^/@]*:[^/@]*@|[?&][^=]*(?:sig|key|token|secret|credential)[^=]*=", re.I)


def is_remote(path: str) -> bool:
    """Whether a path is a URL and not the path of a file here."""
    return _URL.match(path) is not None


def filesystem(url: str) -> tuple[Any, str]:
    """The file system of a URL or a local path, and the path in it. Raises ReadError."""
    if is_remote(url) and _SECRET.search(url):
        shown = _SECRET.sub("//***@", url).partition("?")[0]
        raise ReadError(shown, "a URL with a key in it would be stored; give the key by the environment")
    try:
        import fsspec
    except ImportError:
        reason = "files under URLs need fsspec: pip install 'structurer[ray]'"
        raise UnsupportedFormat(url, reason) from None
    try:
        fs, path = fsspec.core.url_to_fs(url)
    except (ValueError, ImportError, OSError) as error:
        raise ReadError(url, str(error)) from None
    return fs, str(path)


def find(
    url: str, suffixes: Collection[str], skipped: Callable[[str, str], object] | None = None
) -> Iterator[str]:
    """The URLs of the files that a URL stands for: a file, a folder (all below it, sorted), or a glob."""
    fs, path = filesystem(url)
    try:
        if glob.has_magic(path):
            names, named = sorted(fs.glob(path)), False
        elif fs.isdir(path):
            names, named = sorted(fs.find(path)), False
        else:
            names, named = [path], True
    except Exception as error:  # each storage has errors of its own
        raise ReadError(url, f"cannot be listed: {error}") from None
    if named or not names:
        yield url
        return
    for name in map(str, names):
        found = fs.unstrip_protocol(name)
        if any(part.startswith(".") for part in name.split("/")):
            continue
        suffix = os.path.splitext(name)[1].lower()
        if suffix in suffixes:
            yield found
        elif skipped:
            skipped(found, f"{suffix} files are not read from there")


def read(url: str, max_bytes: int) -> bytes:
    """The bytes under a URL. Raises ReadError, TooLarge when there are more."""
    fs, path = filesystem(url)
    try:
        with fs.open(path, "rb") as stream:
            content = bytes(stream.read(max_bytes + 1))
    except FileNotFoundError:
        raise ReadError(url, "no such file; check the address") from None
    except Exception as error:  # each storage has errors of its own
        raise ReadError(url, str(error) or type(error).__name__) from None
    if len(content) > max_bytes:
        raise TooLarge(url, f"more than {max_bytes:,} bytes; the setting max_bytes allows more")
    return content
