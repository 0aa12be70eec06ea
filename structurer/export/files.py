"""Files that are there whole once everything is written, or not at all; those of before stay till then."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

STDOUT = "-"


@contextmanager
def opened(out: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """A stream to a file that is there whole once the block ends, or not at all; `-` is standard output."""
    if out == STDOUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(os.path.realpath(out))
    if path.exists() and not path.is_file():
        # A device or a pipe cannot be replaced, only written to.
        with path.open("wb") as stream:
            yield stream
        return
    draft = path.with_name(f".{path.name[:60]}.{os.getpid()}.tmp")
    try:
        stream = draft.open("wb")
    except OSError as error:
        raise type(error)(error.errno, error.strerror, os.fspath(out)) from None
    try:
        with stream:
            yield stream
        os.replace(draft, path)
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()
