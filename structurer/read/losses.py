"""What conversions of a text left behind: pinyin between its characters, and marks where some were lost."""

from __future__ import annotations

import re

_TONES = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ"
_LETTERS = f"[a-zü{_TONES}]"
# One syllable behind the character that it sounds: in brackets, or glued to it.
_BRACKETED = re.compile(rf"(?<=[\u4e00-\u9fff])\({_LETTERS}{{1,6}}\)")
_GLUED = re.compile(
    rf"(?<=[\u4e00-\u9fff])(?={_LETTERS}{{0,5}}[{_TONES}]){_LETTERS}{{1,6}}(?![A-Za-z{_TONES}])"
)
_EATEN = re.compile("[0-9][?\ufffd]|[?\ufffd][0-9]")
PINYIN = "pinyin was glued into its words; it is passed over"


def without_pinyin(folded: str) -> str:
    """Folded text with pinyin made invisible, offsets unchanged; the text itself where it holds none.

    Syllables with a tone mark show that a text holds pinyin; only then are those without one passed over.
    """
    if folded.isascii() or not any(letter in folded for letter in _TONES):
        return folded
    return _GLUED.sub(_blank, _BRACKETED.sub(_blank, folded) if _sounds(folded) else folded)


def losses(folded: str) -> tuple[str, ...]:
    """What there is to say of digits that marks may have eaten, one sentence or none."""
    if "?" not in folded and "\ufffd" not in folded:
        return ()
    found = len(_EATEN.findall(folded))
    return (
        (f"{found} marks stand where digits may have been lost ('?' in or beside a number)",) if found else ()
    )


def _sounds(folded: str) -> bool:
    return any(not found[0].isascii() for found in _BRACKETED.finditer(folded))


def _blank(match: re.Match[str]) -> str:
    return "\u200b" * (match.end() - match.start())
