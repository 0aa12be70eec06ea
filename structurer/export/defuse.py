"""Text that a spreadsheet would compute, made to stay text."""

from __future__ import annotations

from functools import lru_cache

#: What makes a spreadsheet take a text for a formula, wide forms included.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@lru_cache(maxsize=1 << 15)
def defused(text: str | None) -> str | None:
    """The text, with a leading apostrophe if a spreadsheet would take it for a formula.

    A NUL, which no CSV and no spreadsheet can hold, becomes U+FFFD.
    """
    if text and "\0" in text:
        text = text.replace("\0", "\ufffd")
    return "'" + text if text and text.startswith(FORMULA) else text
