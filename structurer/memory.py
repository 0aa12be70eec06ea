"""How much memory a process may hold, so that one report cannot take that of everybody."""

from __future__ import annotations

import contextlib


def limit_memory(most: int) -> None:
    """Lets this process hold `most` bytes and no more: what needs more raises MemoryError.

    Where the system knows no such limit (it does on Linux), nothing is changed; a lower one stays.
    """
    with contextlib.suppress(ImportError, AttributeError, ValueError, OSError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if hard == resource.RLIM_INFINITY or most < hard:
            resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
