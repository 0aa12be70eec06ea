"""What every reader by format gives back."""

from __future__ import annotations

from typing import NamedTuple

from structurer.document import OffsetMap, Places, Span


class Reading(NamedTuple):
    """What a reader by format makes of some bytes: source, its text, and where the text came from."""

    source: str
    text: str
    encoding: str
    offsets: OffsetMap | None = None
    images: tuple[Span, ...] = ()
    notes: tuple[str, ...] = ()
    places: Places | None = None
    recognised: tuple[Span, ...] = ()
    """Parts of the text that a machine's eyes read: any digit there may be wrong."""
