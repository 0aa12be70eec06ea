"""Document text as HTML: inert, in the order it is stored, with what is invisible made visible."""

from __future__ import annotations

import html
import re
import unicodedata

from structurer.terminal import plain

#: What HTML gives a meaning, and characters that a reader cannot see or that move others around.
_SPECIAL = re.compile(
    "[&<>\"'"
    "\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\uf8ff\ufdd0-\ufdef\ufeff\ufff0-\ufffb\ufffe\uffff\U0001fffe\U0001ffff\U000e0000-\U000e0fff"
    "\U000f0000-\U0010ffff]"
)
_MARKUP = "&<>\"'"


def safe(text: str) -> str:
    """The text as the content of an element.

    A character that cannot be seen becomes a small box with its number, `data-c` holding it in
    hexadecimal, so that the text can be had back exactly; see `Original`.
    """
    return _SPECIAL.sub(_replacement, text)


def attribute(text: str) -> str:
    """The text as an attribute's value or a title: one line, nothing in it that is not printed."""
    return html.escape(_SPECIAL.sub(_named, plain(text)), quote=True)


def _replacement(found: re.Match[str]) -> str:
    char = found[0]
    if char in _MARKUP:
        return html.escape(char, quote=True)
    number = ord(char)
    name = unicodedata.name(char, "control character" if number < 0xA0 else "unprintable character")
    return f'<i class="c" data-c="{number:x}" title="{html.escape(name.lower())}">{number:04X}</i>'


def _named(found: re.Match[str]) -> str:
    return found[0] if found[0] in _MARKUP else f"\\u{ord(found[0]):04x}"
