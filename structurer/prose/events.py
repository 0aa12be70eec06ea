"""Press conferences, interviews, trainings and meetings: who held them, and what is counted with them."""

from __future__ import annotations

import re

from structurer.prose.lexicon import Noun
from structurer.prose.said import Said
from structurer.prose.words import Named
from structurer.quantities import Quantity

_OFF_SITE = re.compile("微博|微信|公众号|抖音|电台|广播|电视")
_PARAGRAPH = 500
"""Characters of a paragraph before a figure that may name its medium."""
_PRINCIPAL = re.compile("主要负责|主要领导|一把手|负责同志")
_GUEST = re.compile("(?:[局区市县厅镇委][长]|主任|书记|班子成员|领导)[^,。;]{0,6}(?:参加|出席|做客|走进)")
_ATTENDED = re.compile("(?:参加|出席|列席|选派|选送|派员|派出)(?!或|人)")
_SOME_ATTENDED = re.compile("[,(]?其中[^。;0-9]{0,4}(?:参加|出席)")
_INVITED = re.compile(
    "(?:参加|参与|出席|列席)[^,。;]{0,20}(?:政府|[局委办厅部]|中心|单位|上级)[^,。;]{0,12}(?:召开|举办|举行|组织|主持|的)"
)


def press(kind: str, noun: Noun, said: Said, named: Named, quantity: Quantity) -> tuple[str, ...]:
    """The row of press conferences or online interviews; none for those that others held."""
    if _GUEST.search(said.text, named.start, quantity.start):
        return ()  # 局长参加新闻发布会3次: there may have been more without
    if _PRINCIPAL.search(said.text, said.clause(named.start), quantity.start):
        return (f"{noun.row}_by_principal",)
    if kind == "interview" and _is_off_site(said, quantity.start):
        return ()  # the row counts those on the government's website
    if _INVITED.search(said.text, named.start, quantity.start):
        return ()  # 参加区政府召开的新闻发布会2场
    return (noun.row,)


def is_mixed(said: Said, start: int, quantity: Quantity) -> bool:
    """Whether meetings or trainings held by others, or on other matters, are among those counted."""
    words = said.text[start : quantity.start]
    return (
        "等" in words
        or _ATTENDED.search(words) is not None
        or _SOME_ATTENDED.match(said.text, quantity.end, said.high) is not None
    )


def _is_off_site(said: Said, at: int) -> bool:
    """Whether the paragraph up to here names another medium and no website: 通过官方微博访谈3期."""
    words = said.text[max(0, at - _PARAGRAPH, said.text.rfind("\n", 0, at) + 1) : at]
    return _OFF_SITE.search(words) is not None and "网站" not in words
