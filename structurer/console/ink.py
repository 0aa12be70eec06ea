"""Colour, where a terminal wants it; it repeats what the words and signs already say."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TextIO

NARROWEST, WIDEST, UNKNOWN = 60, 160, 100


@dataclass(frozen=True)
class Ink:
    """Marks whole pieces of a line as important, alarming or aside."""

    color: bool = False

    def bold(self, text: str) -> str:
        """A heading."""
        return self._in("1", text)

    def alarm(self, text: str) -> str:
        """Something a person has to look at."""
        return self._in("31", text)

    def dim(self, text: str) -> str:
        """An aside."""
        return self._in("2", text)

    def _in(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.color and text else text


def wants_color(stream: TextIO) -> bool:
    """Whether a stream is a terminal that shows colour; NO_COLOR says it is not wanted."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def terminal_width() -> int:
    """The width to write for: that of the terminal (or COLUMNS), within what can be read well."""
    return min(max(shutil.get_terminal_size((UNKNOWN, 24)).columns, NARROWEST), WIDEST)
