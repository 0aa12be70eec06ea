"""How much memory a process may hold, so that one report cannot take that of everybody."""

from __future__ import annotations

import contextlib


def limit_memory(most: int) -> None:
    """Lets this process hold `most` bytes and no more: what needs more raises MemoryError.

    A lower limit that is there already stays. Where the system knows none (Linux does), nothing is changed.
    """
    with contextlib.suppress(ImportError, AttributeError, ValueError, OSError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if soft == resource.RLIM_INFINITY or most < soft:
            resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
