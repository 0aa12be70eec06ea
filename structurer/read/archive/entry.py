"""What the readers of archives give: a member's name and a way to its bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Entry(NamedTuple):
    """One member of an archive. `read` works only until the next entry is asked for."""

    name: str
    read: Callable[[], bytes]
    """Its bytes; raises ReadError."""
    text: bool = False
    """Whether the archive itself says that this is text, whatever the name."""
    skip: str = ""
    """Why the archive itself says that this is no report."""
