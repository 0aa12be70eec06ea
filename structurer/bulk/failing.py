"""What is said about a file that gave no extraction."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

from structurer.bulk.finding import folder_of, read_file, written
from structurer.errors import ReadError, StructurerError
from structurer.settings import Settings

if TYPE_CHECKING:
    from structurer.forms import Forms
    from structurer.observation import Extraction

INTERNAL = "internal"
CRASHED = "crashed"
TIMEOUT = "timeout"
MEMORY = "memory"


@dataclass(frozen=True)
class Failure:
    """A file that gave no extraction: `kind` is the error's code, or "internal" for a mistake of ours.

    "crashed": the process that read it ended; "timeout": it was not through in time; "memory": it needs more
    than a process may hold.
    """

    path: str
    kind: str
    reason: str


def attempt(path: str, *, settings: Settings, forms: Forms | None = None) -> Extraction | Failure:
    """The extraction of one file, or why there is none; raises nothing a file could cause."""
    from structurer.pipeline import structure

    try:
        content = read_file(path, settings.max_bytes)
        named, beside = written(path), folder_of(path)
        return structure(content, path=named, settings=settings, forms=forms, beside=beside)
    except Exception as error:
        return failure(path, error)


def failure(path: str, error: Exception) -> Failure:
    """What to say about a file that raised; a mistake of ours asks to be reported."""
    path = written(path)
    if isinstance(error, ReadError):
        return Failure(path, error.code, error.reason)
    if isinstance(error, StructurerError):
        return Failure(path, error.code, str(error))
    if isinstance(error, MemoryError):
        return Failure(path, MEMORY, "it needs more memory than it may have; memory_limit allows more")
    reason = (
        f"{type(error).__name__}: {error} (a mistake in structurer, {raised_at(error)}: please report it)"
    )
    return Failure(path, INTERNAL, reason)


def raised_at(error: Exception) -> str:
    """Module and line that raised."""
    *_, (frame, line) = traceback.walk_tb(error.__traceback__)
    return f"{frame.f_globals.get('__name__', '?')}:{line}"
