"""Applications: which of the counts that a sentence gives of them is received, completed or answered."""

from __future__ import annotations

import re

from structurer.prose.lexicon import LEAD, NOUNS, only
from structurer.prose.said import Said
from structurer.prose.words import Named, Token, tokens
from structurer.quantities import Quantity

MADE = re.compile("制作|制发|产生|形成|印发|属性|公文|发文|拟制")
"""What offices do with their own documents; documents are not applied for by it."""
CARRIED = re.compile("[,(:]?(?:其中|含|包括|包含)[^。;]{0,30}?(?:结转|新收)")
"""Behind a figure: with what was carried in."""
_KIND = re.compile("书面|口头|网上|公民|法人|企业|群众|个人|单位")
_OTHER_KIND = re.compile("[,、及和与](?!其中)[^,。;0-9(]{1,12}申请[^,。;0-9]{0,3}[0-9]")
_LATE = re.compile("逾期|超期|延期|超时")
_ONE_WAY = re.compile(
    "(?:通过|利用|依托|借助|经由)(?![^,;。0-9]{0,24}(?:[各多]|等))(?:12345|[^,;。0-9]){1,24},?(?:共|全年|累计|新)*\\Z"
)
_WAYS = frozenset(("in_person", "fax", "online", "letter"))
_EXTENDED, _ON_TIME = ("延期", "延长"), ("按时", "按期", "如期")


def received(said: Said, named: Named, quantity: Quantity, bare: bool = False) -> tuple[str, ...]:
    """The row of applications by the nearest verb; none for documents and complaints.

    `bare` is 申请 alone, which says only under a heading or after a sentence about them what was applied for.
    """
    if quantity.unit not in NOUNS["apply"].units or MADE.search(said.text, said.low, quantity.start):
        return ()
    if bare and "申请" not in said.heads and said.family != "apply" and said.carried != "apply":
        return ()
    verb = named.verbs[0] if named.verbs else None
    kind = verb.kind if verb else ""
    if kind in ("finish", "reply") and _is_carried(said, quantity):
        return ()  # 上年收到、结转至本年答复的申请: a part of what was answered
    if kind == "receive":
        return () if _is_part(said, named, verb, quantity) else ("applications_received",)
    if kind in ("finish", "reply"):
        return answered(said, verb)
    if kind in ("handle", "") and (quantity.value == 0 or _by_ways(said, quantity)):
        return ("applications_received",)
    if kind == "handle":
        said.family = "apply"
    return ()


def answered(said: Said, verb: Token | None) -> tuple[str, ...]:
    """The row of what was completed or replied to, by its verb."""
    return _finished(said, verb) if verb is not None and verb.kind == "finish" else _replied(said, verb)


def counted_alone(said: Said, verb: Token, clause: int, quantity: Quantity) -> tuple[str, ...]:
    """The row of a figure with a verb and no noun: 办结12件 in a sentence about applications."""
    if quantity.unit not in NOUNS["apply"].units or said.family != "apply":
        return ()
    if not only(LEAD, said.text, clause, _lead_end(said, verb)):
        return ()
    if verb.kind in ("finish", "reply"):
        return answered(said, verb)
    new = verb.kind == "receive" and said.text.startswith("新收", verb.start)
    return ("applications_received",) if new else ()


def _is_part(said: Said, named: Named, verb: Token | None, quantity: Quantity) -> bool:
    """Whether what was received came in by one way or of one kind only, or counts what was carried in."""
    text, end = said.text, verb.start if verb else named.start
    if any(word.kind in _WAYS or word.kind == "email" for word in tokens(text, named.start, end)):
        return True  # 通过网络收到
    if verb and _ONE_WAY.search(text, said.low, verb.start):
        return True  # 通过申请系统收到
    if CARRIED.match(text, quantity.end, said.high):
        return True
    of_kind = _KIND.search(text, named.start, quantity.start)
    return of_kind is not None and _OTHER_KIND.match(text, quantity.end, said.high) is not None


def _is_carried(said: Said, quantity: Quantity) -> bool:
    """Whether the words since the last figure say that only what was carried over is counted."""
    ends = [other.end for other in said.counted if other.end <= quantity.start]
    return said.text.find("结转", max([said.start, *ends]), quantity.start) >= 0


def _by_ways(said: Said, quantity: Quantity) -> bool:
    """Whether the rest of the sentence divides the figure by ways of applying: such a total counts
    what came in."""
    rest = said.text[quantity.end : min(said.end, quantity.end + 120)]
    return re.search("其中|[:(]", rest) is not None and any(
        word.kind in _WAYS and re.match("[^,;、0-9]{0,8}[0-9]", rest[word.end :])
        for word in tokens(rest, 0, len(rest))
    )


def _replied(said: Said, verb: Token | None) -> tuple[str, ...]:
    """Replies; not those of one manner (延期, 口头), nor those in time alone, where the sentence has late
    ones too: 按时答复7件,逾期答复1件."""
    if verb is None:
        return ("replies",)
    if said.text.endswith((*_EXTENDED, "口头", "当场"), said.start, verb.start):
        return ()
    timely = said.text.endswith(_ON_TIME, said.start, verb.start)
    return () if timely and _LATE.search(said.text, said.start, said.end) else ("replies",)


def _finished(said: Said, verb: Token) -> tuple[str, ...]:
    before = said.text[max(said.start, verb.start - 4) : verb.start]
    if before.endswith(_EXTENDED):
        return ("applications_completed_extended",)
    if before.endswith((*_ON_TIME, "及时")):
        return ("applications_completed_on_time",)
    return ("applications_completed",)


def _lead_end(said: Said, verb: Token) -> int:
    before = said.text[max(said.start, verb.start - 2) : verb.start]
    return verb.start - 2 if before in (*_EXTENDED, *_ON_TIME) else verb.start
