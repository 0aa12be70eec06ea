"""The words next to a quantity: what names it from the left or the right, with nothing unknown in between."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from structurer.prose.lexicon import (
    CHANNEL_KINDS,
    CHANNELS,
    FILLER,
    KINDS,
    LEAD,
    MODIFIER,
    NOUNS,
    TOKEN,
    VERBS,
    only,
)

ENDS = re.compile(
    r"(?:左右|以上|余|多|次|的?情况|工作|等|以来|[(][^()]{0,30}[)])?"
    r"(?:[,。;、!?\n|):(]|\Z|和|及|与|并|以及|(?:具体|专门)?(?:负责|从事)|通过|均|已|都|其中"
    r"|全部|进行|涉及|同时|在|由)"
)
"""What may follow a quantity, or the noun behind it, so that nothing more is counted than these say."""
_CAUSED = re.compile(r"(?:引发|引起|被提起|提起|被申请|产生|发生|提出|引发的|引起的|产生的)\Z")
_BROUGHT = ("行政", "复议", "诉讼", "投诉", "举报")
_JOINS = ("、", "和", "及", "与", "或", "")


class Token(NamedTuple):
    """A known word: its kind and where it stands."""

    kind: str
    start: int
    end: int


class Named(NamedTuple):
    """What the words next to a quantity say: the kinds of noun, the kinds of verb, the channels."""

    nouns: tuple[str, ...]
    verbs: tuple[Token, ...]
    channels: tuple[str, ...]
    start: int
    end: int


def tokens(text: str, start: int, end: int) -> list[Token]:
    """The known words of `text[start:end]`, longest first, without overlap."""
    return [Token(KINDS[word[0]], word.start(), word.end()) for word in TOKEN.finditer(text, start, end)]


def clause_start(text: str, low: int, at: int) -> int:
    """Where the clause before `at` begins: behind the last comma, colon or bracket, not before `low`."""
    find = text.rfind
    last = max(find(",", low, at), find(":", low, at), find("(", low, at), find(")", low, at))
    return last + 1 if last >= low else low


def noun_before(text: str, words: Sequence[Token], clause: int, at: int) -> Named | None:
    """The noun (or nouns joined by 、和) directly before `at`, and the verbs and channels that govern it."""
    verbs: list[Token] = []
    nouns: list[Token] = []
    index = len(words) - 1
    while index >= 0 and only(FILLER, text, words[index].end, at):
        word = words[index]
        if word.kind in VERBS:
            verbs.append(word)
        elif word.kind in NOUNS or word.kind == "apply_bare" or _is_post(text, words, index):
            nouns.append(word)
            index -= 1
            break
        else:
            break
        at, index = word.start, index - 1
    if not nouns:
        channels = [word.kind for word in words if word.kind in CHANNEL_KINDS]
        return Named((), tuple(verbs), tuple(channels), clause, at) if verbs else None
    while index >= 0 and words[index].kind in NOUNS and text[words[index].end : nouns[-1].start] in _JOINS:
        nouns.append(words[index])
        index -= 1
    if not _is_whole(text, words[: index + 1], clause, nouns[-1].start):
        return None
    rest = words[: index + 1]
    verbs += [word for word in rest if word.kind in VERBS][::-1]
    channels = [word.kind for word in rest if word.kind in CHANNEL_KINDS]
    if nouns[0].kind in CHANNEL_KINDS:
        return Named(("info",), tuple(verbs), (nouns[0].kind,), clause, at)
    return Named(tuple(noun.kind for noun in nouns), tuple(verbs), tuple(channels), clause, at)


def _is_post(text: str, words: Sequence[Token], index: int) -> bool:
    """Whether a channel's name is what was published: 发布微信12条."""
    governed = index > 0 and words[index - 1].kind == "publish"
    return (
        governed
        and words[index].kind in CHANNELS
        and only(MODIFIER, text, words[index - 1].end, words[index].start)
    )


def _is_whole(text: str, words: Sequence[Token], clause: int, start: int) -> bool:
    """Whether the noun at `start` is all that is counted: nothing unknown narrows it from the left."""
    if _CAUSED.search(text, max(clause, start - 4), start) and text.startswith(_BROUGHT, start):
        return True
    if not words:
        return only(LEAD, text, clause, start)
    previous = words[-1]
    if previous.kind in VERBS or previous.kind in CHANNEL_KINDS:
        return only(MODIFIER, text, previous.end, start)
    gap = text[previous.end : start]
    return gap.startswith("等") and only(MODIFIER, text, previous.end, start)


def noun_after(text: str, end: int, following: int) -> Named | None:
    """The noun directly after a quantity, when nothing but the end of the clause follows it."""
    at = end
    while at < following:
        word = TOKEN.match(text, at, following)
        if word is not None and KINDS[word[0]] in NOUNS:
            if ENDS.match(text, word.end()):
                return Named((KINDS[word[0]],), (), (), end, word.end())
            return None
        filler = MODIFIER.match(text, at, following)
        if filler is None or filler[0] in ("、", "和", "或", "等") or filler.end() == at:
            return None
        at = filler.end()
    return None
