"""Which row a quantity states: decided from the words that name it and from what its sentence is about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from structurer.prose import applying, publishing
from structurer.prose.applying import MADE, received
from structurer.prose.cases import is_unsure, result
from structurer.prose.events import is_mixed, press
from structurer.prose.lexicon import NOUNS, Noun
from structurer.prose.publishing import is_about, is_published, published
from structurer.prose.said import Said
from structurer.prose.subject import is_case, is_fee, is_public
from structurer.prose.words import Named, Token
from structurer.quantities import Quantity

_WHOLE_ONLY = frozenset(
    ["views", "press", "petition", "consultation", "complaint", "meeting", "training", "column"]
)
"""Families of which a part after 其中 has no row of its own."""
_COUNTER = re.compile("(?:总|累计|历史)(?:访问|点击|浏览)")
_GAINED = re.compile("新增|净增|增[加长粉]|涨粉")
_ANSWERED = re.compile("答复|回复|办结|办复")


def rows_of(said: Said, named: Named, quantity: Quantity) -> tuple[str, ...]:
    """The row a quantity states by the noun next to it; several for a sum of them, none when unsure."""
    kinds = named.nouns
    if len(kinds) > 1:
        return _joint(said, named, quantity)
    kind = kinds[0]
    if kind == "apply_bare":
        return received(said, named, quantity, bare=True)
    noun = NOUNS[kind]
    if quantity.unit not in noun.units or _is_of_another(noun, said, named, quantity):
        return ()
    return _row(kind, noun, said, named, quantity)


def unnamed(
    said: Said, named: Named | None, words: Sequence[Token], clause: int, quantity: Quantity
) -> tuple[str, ...]:
    """A quantity without a noun: `微博发布12篇`, `网站300条` in a list, `办结12件` after applications."""
    if named is None or not named.verbs:
        return publishing.listed(said, words, clause, quantity)
    if named.verbs[0].kind == "publish":
        return publishing.counted_alone(said, named, words, clause, quantity)
    return applying.counted_alone(said, named.verbs[0], clause, quantity)


def _is_of_another(noun: Noun, said: Said, named: Named, quantity: Quantity) -> bool:
    """Whether the sentence makes it a count of something else than the noun's own row."""
    if noun.about and not _is_about_disclosure(noun, said, named, quantity):
        return True
    if noun.within and (noun.within != said.family or MADE.search(said.text, said.low, quantity.start)):
        return True
    if not _governed(noun, said, named):
        return True
    if noun.family == "proposals" and is_published(said, quantity):
        return True  # 公开提案答复7件: what was put online, not what was handled
    if noun.family != "publish" and is_about(said, quantity):
        return True  # 发布信息81条,其中建议提案1条: what the items are about
    part = noun.family in _WHOLE_ONLY and said.in_part(quantity)
    return part and "主要" not in said.text[named.start : quantity.start]


def _is_about_disclosure(noun: Noun, said: Said, named: Named, quantity: Quantity) -> bool:
    """Whether the sentence or its heading says so of what the noun counts. That there was none of
    something at all was so of disclosure, too."""
    if not is_public(said.text, said.low, said.high, said.heads):
        return False
    if noun.row == "fees_charged":
        return is_fee(said.text, said.low, said.high, said.heads)
    if noun.family in ("recon", "lit", "complaint") and quantity.value:
        end = max(named.end, quantity.end)
        return is_case(said.text, said.low, named.start, end, said.high, said.heads)
    return True


def _governed(noun: Noun, said: Said, named: Named) -> bool:
    verb = named.verbs[0].kind if named.verbs else ""
    if noun.family == "consultation" and verb == "handle":
        return _ANSWERED.search(said.text, named.verbs[0].end, said.high) is not None
    if verb in ("share", "report"):
        return False
    if not verb:
        return noun.bare
    return not noun.verbs or verb in noun.verbs


def _row(kind: str, noun: Noun, said: Said, named: Named, quantity: Quantity) -> tuple[str, ...]:
    if kind == "info":
        return published(said, named, quantity)
    if kind == "apply":
        return received(said, named, quantity)
    if kind == "normative":
        return _normative(said, named)
    if kind == "follower":
        return _followers(said, named, quantity)
    if kind == "visit":
        return _visits(noun, said, named, quantity)
    if noun.family == "result":
        return result(kind, noun, said)
    if kind in ("press", "interview"):
        return press(kind, noun, said, named, quantity)
    if kind in ("training", "meeting") and is_mixed(said, named.start, quantity):
        return ()
    if kind == "interpretation" and named.verbs and said.text.startswith("转", named.verbs[0].start):
        return ()
    return () if is_unsure(kind, noun, said, named, quantity) else (noun.row,)


def _joint(said: Said, named: Named, quantity: Quantity) -> tuple[str, ...]:
    """Nouns that share one number: only proposals have a row for the sum, and only zero settles each."""
    kinds, both = set(named.nouns), NOUNS["both"]
    proposals = kinds <= {"npc", "cppcc", "suggestion"} and len(kinds) == 2 and "cppcc" in kinds
    if proposals and quantity.unit in both.units and _governed(both, said, named):
        return ("suggestions_and_proposals",)
    return ()


def _normative(said: Said, named: Named) -> tuple[str, ...]:
    verb = named.verbs[0] if named.verbs else None
    if verb is None:
        return ()
    if verb.kind == "publish":
        return ("normative_documents_disclosed",) if not named.channels else ()
    if any(word.kind == "publish" for word in named.verbs):
        return ()  # 公开新制定规范性文件: what was disclosed of them
    made = verb.kind == "make" or said.text.startswith("制发", verb.start)
    return ("normative_documents_issued",) if made else ()


def _followers(said: Said, named: Named, quantity: Quantity) -> tuple[str, ...]:
    if _GAINED.search(said.text, said.clause(quantity.start), quantity.start):
        return ()  # 新增粉丝320人
    if len(set(named.channels)) > 1 and "均" not in said.text[named.start : quantity.start]:
        return ()  # 微信、微博粉丝共9万人: the sum of several
    channels = named.channels[-1:] or said.inherited(named.start)
    return (f"{channels[0]}_followers",) if channels in (("wechat",), ("weibo",)) else ()


def _visits(noun: Noun, said: Said, named: Named, quantity: Quantity) -> tuple[str, ...]:
    channels = named.channels[-1:] or said.inherited(named.start)
    words = said.text[said.start : quantity.start]
    if _COUNTER.search(words) and "年" not in words:
        return ()  # 总访问量: of the year, or since the site opened
    own = said.text.find("网站", named.start, quantity.start) >= 0
    return (noun.row,) if own or channels == ("website",) else ()
