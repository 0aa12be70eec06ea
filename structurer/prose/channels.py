"""Where something was published: the channels a sentence names, and the rows that count for each."""

from __future__ import annotations

import re
from collections.abc import Sequence

from structurer.prose.lexicon import CHANNEL_KINDS, CHANNELS, MODIFIER, VERBS, only
from structurer.prose.words import Token, tokens

_BACK = 120
"""Characters of the same sentence in which an earlier clause may name the channel."""
_WAYS_OUT = re.compile("(?:等|多种|各种|各类)[^,。;]{0,8}(?:方式|渠道|途径|载体|形式|平台|媒介|媒体)")
_WHERE = re.compile('"([^"]{2,15})"(?=平台|网|公众|群众|市民|栏目)')
# Words in the name of an agency (财政局, 生态环境局) are no topic.
_TOPIC = re.compile(
    "(?:重点领域|重点信息|财政|预算|决算|资金|专项|权力|许可|处罚|双随机|招生|招聘|采购|建议|提案"
    "|解读|扶贫|脱贫|环境|安全|目录|领域|方面)(?![\u4e00-\u9fff]{0,4}[局厅委办])"
)
_BOTH = ("disclosed_wechat", "disclosed_weibo")
_REACHED = re.compile("通过|利用|依托|借助|运用|充分|以及|[在于以]")
_QUOTED = re.compile('"[^"]{1,20}"|[(][^()]{1,30}[)]')
_OTHERS = re.compile("等(?!级|[^,]{0,6}(?:栏|板块|版块|模块|频道|目录))|[、和与及]")
_COLUMNS = re.compile("(?:栏目?|板块|版块|模块|频道|目录)[上中内里]?\\Z")
_ONE_COLUMN = re.compile(
    '(?:"(?![^"]*公开)[^"]{1,20}"|(?<=[\u4e00-\u9fff]{2})(?<!相关)(?<!有关)(?<!对应)(?<!公开)(?<!信息)(?<!网站)(?<![各等个类同的]))'
    "(?:专栏|栏目|专题|板块|版块|模块|频道)"
)
"""A column with a name of its own is a part of the site: 网站"河长制"专栏."""
_PART = re.compile("英文|外文|首页|子站|分站")
_BODY_OF_TWO = re.compile("[\u4e00-\u9fff]{2,12}?[和与及][\u4e00-\u9fff]{2,8}?(?:局|委员会|委|厅|部)")
"""A body whose name joins two fields (文化和旅游局) is one body."""
_JOIN = re.compile("[、和与及]")
_ONE_PLACE = re.compile(
    "(?:通过|利用|依托|借助|[在于])(?![^,。;]{0,24}(?:等|各种|各类|多种|多渠道|多形式|多途径|[、和及与]))[^,。;0-9]{1,20}"
    "(?:网|平台|栏目?|系统|群|屏|公众号)上?(?=(?:主动|依法|集中|及时|对外|向社会)*(?:发|公|推|刊|更))"
)
_OWN_WAY = re.compile(
    "通过|利用|依托|借助|[在于][^,]{2,16}(?:网|平台|号|栏目?|媒体|上)(?=发|公|推|刊|更|共|主)"
)


def channel_rows(channels: Sequence[str], clause: str, verb: str) -> tuple[str, ...]:
    """The row of what these channels published; several for a sum; all disclosed for an open list of many."""
    kinds = list(dict.fromkeys(channels))
    if len(kinds) == 1:
        row = CHANNELS.get(kinds[0])
        if row is None:
            return _BOTH if kinds[0] == "both_micro" else ()
        return (row,)
    if set(kinds) <= {"wechat", "weibo", "both_micro"}:
        return _BOTH
    open_list = _WAYS_OUT.search(clause) is not None
    whole = len(kinds) >= 3 and "website" in kinds and open_list and verb.endswith("公开")
    return ("disclosed_items",) if whole else ()


def is_alone(text: str, start: int, at: int) -> bool:
    """Whether the channel named in `text[start:at]` is the only place there: 甲报、微信等 sums up several."""
    if _is_column(text, start, at):
        return False
    clause = _QUOTED.sub(lambda quoted: "_" * len(quoted[0]), text[start:at])
    words = tokens(clause, 0, len(clause))
    named = [word for word in words if word.kind in CHANNEL_KINDS]
    if not named:
        return True
    if _PART.search(clause):
        return False
    after, first = named[-1].end, named[0].start
    verb = next((word.start for word in words if word.kind in VERBS and word.start >= after), len(clause))
    behind = clause[after:verb]
    if _OTHERS.search(behind) and not _COLUMNS.search(behind):
        return False
    begin = max((reached.end() for reached in _REACHED.finditer(clause, 0, first)), default=0)
    before = clause[begin : first + clause.startswith(("局", "厅", "委"), first)]  # 局网站 is one word
    items = _JOIN.split(_BODY_OF_TWO.sub("", before.replace("_", "")))[:-1]
    return all(only(MODIFIER, item, 0, len(item)) for item in items)


def _is_column(text: str, start: int, at: int) -> bool:
    """Whether the words between the channel and what was done there name one column of it."""
    words = tokens(text, start, at)
    after = next((word.end for word in words if word.kind in CHANNEL_KINDS), at)
    verb = next((word.start for word in words if word.kind in VERBS and word.start >= after), at)
    return _ONE_COLUMN.search(text, after, verb) is not None


def names_own(text: str, start: int, at: int) -> bool:
    """Whether the clause that ends at `at` says itself by what way, in words that are no known channel."""
    return _OWN_WAY.search(text, max(start, text.rfind(",", start, at) + 1), at) is not None


def names_one(text: str, start: int, at: int) -> bool:
    """Whether the clause that ends at `at` names one place, known or not, where something was published."""
    return _ONE_PLACE.search(text, max(start, text.rfind(",", start, at) + 1), at) is not None


def place(text: str, start: int, at: int) -> str | None:
    """The channel or platform a figure is of, as printed: views and answers are counted for each."""
    low = max(start, at - _BACK)
    named = list(_WHERE.finditer(text, low, at))
    if named:
        return named[-1][1]
    words = [word for word in tokens(text, low, at) if word.kind in CHANNEL_KINDS]
    return text[words[-1].start : words[-1].end] if words else None


def clause_of(text: str, words: Sequence[Token], start: int, at: int) -> str:
    """The clause these words stand in."""
    low = max(start, text.rfind(",", start, words[0].start) + 1)
    high = text.find(",", words[-1].end, at)
    return text[low : high if high >= 0 else at]


def inherited(text: str, start: int, at: int) -> list[Token]:
    """The channels of the nearest earlier clause of the sentence that names any."""
    low = max(start, at - _BACK)
    words = [word for word in tokens(text, low, at) if word.kind in CHANNEL_KINDS]
    if not words:
        return []
    comma = text.rfind(",", low, words[-1].start)
    return [word for word in words if word.start > comma]


def is_narrowed(text: str, start: int, at: int, heading: str) -> bool:
    """Whether heading or preceding sentence make a figure at `at` that of one channel or topic only."""
    low = max(0, start - 60)
    before = text[low:start].rstrip("。;\n")
    cut = max(before.rfind(stop) for stop in "。;\n") + 1
    if (
        _TOPIC.search(heading)
        or _TOPIC.search(before, cut)
        or _TOPIC.search(text, max(start, at - _BACK), at)
    ):
        return True
    return any(word.kind in CHANNEL_KINDS for word in tokens(before, cut, len(before)))
