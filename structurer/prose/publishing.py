"""What was published: in all, or by the channel that is named with the figure or carried to it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from structurer.prose.channels import (
    channel_rows,
    clause_of,
    inherited,
    is_alone,
    is_narrowed,
    names_one,
    names_own,
)
from structurer.prose.lexicon import CHANNEL_KINDS, CHANNELS, FILLER, LEAD, NOUNS, VERBS, only
from structurer.prose.said import Said
from structurer.prose.words import Named, Token, tokens
from structurer.quantities import Quantity

_BY = re.compile("通过|利用|依托|借助|运用|以|开通|在|充分发挥")
_ITEMS = re.compile("主动公开(?:的?(?:各类|政府|政务))*信息|(?:发布|推送|更新|刊发)[^,;。]{0,12}信息")


def published(said: Said, named: Named, quantity: Quantity, noun_stands: bool = True) -> tuple[str, ...]:
    """The rows of a figure of published items; `noun_stands` where 信息 is printed with it."""
    verb = named.verbs[0] if named.verbs else None
    if verb is None and not (named.channels and noun_stands):
        return ()
    if verb is not None and verb.kind != "publish":
        return ()
    word = said.text[verb.start : verb.end] if verb else ""
    if named.channels:
        if len(set(named.channels)) == 1 and not is_alone(said.text, named.start, quantity.start):
            return ()
        return channel_rows(named.channels, said.text[named.start : quantity.start], word)
    main = noun_stands and _is_main(said, verb, quantity)
    kinds = said.inherited(named.start)
    if kinds:
        return _by_earlier(said, named, quantity, kinds, word, main)
    narrowed = main and (
        names_one(said.text, said.start, quantity.start)
        or is_narrowed(said.text, said.start, quantity.start, said.heads)
    )
    return ("disclosed_items",) if main and not narrowed else ()


def counted_alone(
    said: Said, named: Named, words: Sequence[Token], clause: int, quantity: Quantity
) -> tuple[str, ...]:
    """The row of a figure with a verb and no noun: 微博发布12篇."""
    if quantity.unit not in NOUNS["info"].units or not (named.channels or said.inherited(clause)):
        return ()
    if not _is_clean(said, words, named.end, clause):
        return ()
    return published(said, named, quantity, noun_stands=False)


def listed(said: Said, words: Sequence[Token], clause: int, quantity: Quantity) -> tuple[str, ...]:
    """The row of a figure with a channel alone, in a list of what each published: 网站300条."""
    if said.family != "publish" or len(words) != 1 or quantity.unit not in NOUNS["info"].units:
        return ()
    word = words[0]
    alone = (
        word.kind in CHANNELS
        and only(LEAD, said.text, clause, word.start)
        and only(FILLER, said.text, word.end, quantity.start)
    )
    return (CHANNELS[word.kind],) if alone else ()


def is_published(said: Said, quantity: Quantity) -> bool:
    """Whether the clause says that it was published: 发布动态20条、建议提案1条, 公开建议提案答复8件."""
    begin = said.clause(quantity.start)
    return any(
        word.kind == "publish" and not said.text.endswith(("政务", "信息"), begin, word.start)
        for word in tokens(said.text, begin, quantity.start)
    )


def is_about(said: Said, quantity: Quantity) -> bool:
    """Whether the quantity counts published items of one kind, in a list of their kinds."""
    parts = said.text.rfind("其中", said.low, quantity.start)
    if parts < 0:
        return False
    total = said.text.rfind(",", said.low, max(said.low, parts - 1)) + 1
    return said.family == "publish" or _ITEMS.search(said.text, max(said.low, total), parts) is not None


def _by_earlier(
    said: Said, named: Named, quantity: Quantity, kinds: Sequence[str], word: str, main: bool
) -> tuple[str, ...]:
    """The rows of the channels that an earlier clause named, where they reach this figure."""
    channels = inherited(said.text, said.start, named.start)
    if _is_spent(said, channels[-1].end, named.start, quantity):
        return ()
    clause = clause_of(said.text, channels, said.low, named.start)
    single = len(set(kinds)) == 1
    if single and not is_alone(clause, 0, len(clause)):
        return ()
    if main and single and not _BY.match(clause.lstrip("0123456789年度,全本我局单位")):
        return ()
    return channel_rows(kinds, clause, word)


def _is_main(said: Said, verb: Token | None, quantity: Quantity) -> bool:
    """Whether it counts all that was disclosed: 主动公开, or publishing that names 政府信息."""
    if verb is None or said.in_part(quantity):
        return False
    if said.text.endswith(("法定", "会", "会议"), said.start, verb.start):
        return False  # 法定主动公开信息: what the law lists, among other kinds
    word, words = said.text[verb.start : verb.end], said.text[verb.end : quantity.end + 6]
    if word in ("主动公开", "公开发布", "公开") or said.text.endswith("主动", 0, verb.start):
        return True
    return word == "发布" and "政府信息" in words


def _is_spent(said: Said, channel: int, at: int, quantity: Quantity) -> bool:
    """Whether a channel that an earlier clause names does not reach this figure: another was counted
    since, or the clause has a way of its own."""
    since = any(channel <= other.start and other.end <= at for other in said.counted)
    return since or names_own(said.text, said.start, quantity.start)


def _is_clean(said: Said, words: Sequence[Token], at: int, clause: int) -> bool:
    """Whether the channel alone leads to the verb at `at`: nothing unnamed was published."""
    before = [word for word in words if word.end <= at]
    return (
        not before
        or before[-1].kind in CHANNEL_KINDS
        or before[-1].kind in VERBS
        or only(LEAD, said.text, clause, at)
    )
