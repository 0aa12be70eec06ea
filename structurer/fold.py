"""Folding: the same characters for the same meaning, one for one, so that offsets never move."""

from __future__ import annotations

import re
import unicodedata

#: Characters that print nothing; they fold to U+200B so that one class can skip them.
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff"
_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\x0b\x0c\x1c\x1d\x85"
_LOOKALIKES = {
    "｜": "|", "│": "|", "┃": "|", "║": "|", "¦": "|",
    "，": ",", "、": "、", "。": "。", "：": ":", "；": ";", "．": ".", "﹒": ".", "·": "·",
    "【": "[", "】": "]", "〔": "[", "〕": "]", "［": "[", "］": "]", "﹝": "[", "﹞": "]",
    "﹙": "(", "﹚": ")", "❨": "(", "❩": ")",
    "“": '"', "”": '"', "„": '"', "‟": '"', "＂": '"', "「": '"', "」": '"', "『": '"', "』": '"',
    "‘": "'", "’": "'", "－": "-", "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "─": "-", "━": "-",
    "／": "/", "∕": "/", "＋": "+", "﹢": "+", "㈠": "一", "〇": "〇",
    "\u2028": "\n", "\u2029": "\n", "\r": "\n",
}  # fmt: skip


def _table() -> dict[int, str]:
    table: dict[int, str] = {}
    for code in range(0xFF01, 0xFF5F):
        table[code] = chr(code - 0xFEE0)
    # Digits of every script read as what they count; compatibility forms of one character likewise.
    for code in (*range(0x2E80, 0x2FE0), *range(0xF900, 0xFB00), *range(0x1D7CE, 0x1D800)):
        folded = unicodedata.normalize("NFKC", chr(code))
        if len(folded) == 1 and folded != chr(code):
            table[code] = folded
    table.update({ord(char): "\u200b" for char in _INVISIBLE})
    table.update({ord(char): " " for char in _SPACES})
    table.update({ord(char): folded for char, folded in _LOOKALIKES.items()})
    return table


_TABLE = _table()
_GAPS = re.compile(r"[\s\u200b]+")


def fold(text: str) -> str:
    """The text with widths, spaces, brackets, quotes and dashes made equal.

    `len(fold(text)) == len(text)`, and folding twice is folding once: an offset into one is an
    offset into the other. Carriage returns become line breaks.
    """
    return text.translate(_TABLE)


def squeeze(folded: str) -> str:
    """Folded text without any white space or invisible characters (offsets are lost)."""
    return _GAPS.sub("", folded)
