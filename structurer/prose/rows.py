"""Which row a quantity states: decided from the words that name it and from what its sentence is about."""

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
from structurer.prose.lexicon import CHANNEL_KINDS, CHANNELS, FILLER, LEAD, NOUNS, VERBS, Noun, only
from structurer.prose.subject import is_case, is_fee, is_public
from structurer.prose.words import Named, Token, tokens
from structurer.quantities import Quantity

_LEVELS = re.compile("(全国|省|市|区|县)级?(?:人大|政协|两会)")
_MADE = re.compile("制作|制发|产生|形成|印发|属性|公文|发文|拟制")
_BY = re.compile("通过|利用|依托|借助|运用|以|开通|在|充分发挥")
_CARRIED = re.compile("[,(:]?(?:其中|含|包括|包含)[^。;]{0,30}?(?:结转|新收)")
_PARTLY = re.compile("[,(]?其中[^。;0-9]{0,16}公开")
_WHOLE_ONLY = frozenset(
    ["views", "press", "petition", "consultation", "complaint", "meeting", "training", "column"]
)
"""Families of which a part after 其中 has no row of its own."""
_ITEMS = re.compile("主动公开(?:的?(?:各类|政府|政务))*信息|(?:发布|推送|更新|刊发)[^,;。]{0,12}信息")
_BUSINESS = re.compile("行政(?:许可|处罚|强制|检查|执法|审批|确认|征收)")
_OFF_SITE = re.compile("微博|微信|公众号|抖音|电台|广播|电视")
_COUNTER = re.compile("(?:总|累计|历史)(?:访问|点击|浏览)")
_GUEST = re.compile("(?:[局区市县厅镇委][长]|主任|书记|班子成员|领导)[^,。;]{0,6}(?:参加|出席|做客|走进)")
_ATTENDED = re.compile("(?:参加|出席|列席|选派|选送|派员|派出)(?!或|人)")
_SOME_ATTENDED = re.compile("[,(]?其中[^。;0-9]{0,4}(?:参加|出席)")
_INVITED = re.compile(
    "(?:参加|参与|出席|列席)[^,。;]{0,20}(?:政府|[局委办厅部]|中心|单位|上级)[^,。;]{0,12}(?:召开|举办|举行|组织|主持|的)"
)
_KIND = re.compile("书面|口头|网上|公民|法人|企业|群众|个人|单位")
_OTHER_KIND = re.compile("[,、及和与](?!其中)[^,。;0-9(]{1,12}申请[^,。;0-9]{0,3}[0-9]")
_GAINED = re.compile("新增|净增|增[加长粉]|涨粉")
_LATE = re.compile("逾期|超期|延期|超时")
_PARAGRAPH = 500
"""Characters of a paragraph before a figure that may name its medium."""
_ANSWERED = re.compile("答复|回复|办结|办复")
_ONE_WAY = re.compile(
    "(?:通过|利用|依托|借助|经由)(?![^,;。0-9]{0,24}(?:[各多]|等))(?:12345|[^,;。0-9]){1,24},?(?:共|全年|累计|新)*\\Z"
)
_WAYS = frozenset(("in_person", "fax", "online", "letter"))


class Rows:
    """One sentence, as far as it decides rows: its text, what surrounds the quantity at hand, its subject."""

    def __init__(self, text: str, span: tuple[int, int], before: str, heads: str) -> None:
        self.text = text
        self.start, self.end = span
        self.low, self.high = span
        self.heads = heads
        self.family = before if text.startswith("其中", self.start) else ""
        self.carried = before
        self.counted: Sequence[Quantity] = ()
        """The quantities of the sentence, in order."""
        self.subject: int | None = None
        """Where the clause begins that named an inherited channel."""

    def rows(self, named: Named, quantity: Quantity) -> tuple[str, ...]:
        """The row a quantity states by the noun next to it; several for a sum of them, none when unsure."""
        kinds = named.nouns
        if len(kinds) > 1:
            return self._joint(named, quantity)
        kind = kinds[0]
        if kind == "apply_bare":
            return self._received(named, quantity, bare=True)
        noun = NOUNS[kind]
        if quantity.unit not in noun.units or (
            noun.about and not self._is_about_disclosure(noun, named, quantity)
        ):
            return ()
        if noun.within and (noun.within != self.family or _MADE.search(self.text, self.low, quantity.start)):
            return ()
        if not self._governed(noun, named):
            return ()
        if noun.family == "proposals" and self._is_published(quantity):
            return ()  # 公开提案答复7件: what was put online, not what was handled
        if noun.family != "publish" and self._is_about(quantity):
            return ()  # 发布信息81条,其中建议提案1条: what the items are about
        if (
            noun.family in _WHOLE_ONLY
            and self._in_part(quantity)
            and "主要" not in self.text[named.start : quantity.start]
        ):
            return ()
        return self._special(kind, noun, named, quantity)

    def _in_part(self, quantity: Quantity) -> bool:
        """Whether the quantity stands in a list of parts."""
        return "其中" in self.text[self.low : quantity.start]

    def _is_published(self, quantity: Quantity) -> bool:
        """Whether the clause says that it was published: 发布动态20条、建议提案1条, 公开建议提案答复8件."""
        begin = self._clause(quantity.start)
        return any(
            word.kind == "publish" and not self.text.endswith(("政务", "信息"), begin, word.start)
            for word in tokens(self.text, begin, quantity.start)
        )

    def _is_about(self, quantity: Quantity) -> bool:
        """Whether the quantity counts published items of one kind, in a list of their kinds."""
        parts = self.text.rfind("其中", self.low, quantity.start)
        if parts < 0:
            return False
        total = self.text.rfind(",", self.low, max(self.low, parts - 1)) + 1
        return self.family == "publish" or _ITEMS.search(self.text, max(self.low, total), parts) is not None

    def _governed(self, noun: Noun, named: Named) -> bool:
        verb = named.verbs[0].kind if named.verbs else ""
        if noun.family == "consultation" and verb == "handle":
            return _ANSWERED.search(self.text, named.verbs[0].end, self.high) is not None
        if verb in ("share", "report"):
            return False
        if not verb:
            return noun.bare
        return not noun.verbs or verb in noun.verbs

    def _special(self, kind: str, noun: Noun, named: Named, quantity: Quantity) -> tuple[str, ...]:
        if kind == "info":
            return self._published(named, quantity, noun_stands=True)
        if kind == "apply":
            return self._received(named, quantity)
        if kind == "normative":
            return self._normative(named)
        if kind == "follower":
            if _GAINED.search(self.text, self._clause(quantity.start), quantity.start):
                return ()  # 新增粉丝320人
            if len(set(named.channels)) > 1 and "均" not in self.text[named.start : quantity.start]:
                return ()  # 微信、微博粉丝共9万人: the sum of several
            channels = named.channels[-1:] or self._inherited(named.start)
            return (f"{channels[0]}_followers",) if channels in (("wechat",), ("weibo",)) else ()
        if kind in ("upheld", "rejected", "corrected", "other_result"):
            return self._result(kind, noun)
        if kind == "visit":
            channels = named.channels[-1:] or self._inherited(named.start)
            said = self.text[self.start : quantity.start]
            if _COUNTER.search(said) and "年" not in said:
                return ()  # 总访问量: of the year, or since the site opened
            own = self.text.find("网站", named.start, quantity.start) >= 0
            return (noun.row,) if own or channels == ("website",) else ()
        if noun.family == "proposals" and len(set(_LEVELS.findall(self.text, self.low, self.high))) > 1:
            return ()  # 省提案2件、市提案5件: each a part
        if kind in ("press", "interview") and _GUEST.search(self.text, named.start, quantity.start):
            return ()  # 局长参加新闻发布会3次: there may have been more without
        if kind in ("press", "interview") and self._principal(named.start, quantity.start):
            return (f"{noun.row}_by_principal",)
        if kind == "interview" and self._is_off_site(quantity.start):
            return ()  # the row counts those on the government's website
        if kind == "suggestion":
            around = self.text[max(self.start, quantity.start - 30) : quantity.end + 12]
            return (noun.row,) if "提案" in around else ()
        if kind in ("recon", "lit") and (
            self._is_business(named.start)
            or (named.verbs and named.verbs[0].kind in ("handle", "finish", "reply"))
            or (quantity.value and any(self.text.startswith("受理", verb.start) for verb in named.verbs))
        ):
            return ()  # cases an agency decides for others, not those brought against it
        if kind in ("recon", "lit") and _CARRIED.match(self.text, quantity.end, self.high):
            return ()  # with what was carried in
        if kind == "petition" and any(self.text.startswith("交办", verb.start) for verb in named.verbs):
            return ()  # 信访局交办信访件12件: those of one way
        if kind in ("recon", "lit", "complaint") and _PARTLY.match(self.text, quantity.end, self.high):
            return ()  # 举报投诉12件,其中涉及政府信息公开2件
        if kind in ("training", "meeting") and self._is_mixed(named.start, quantity):
            return ()
        if kind in ("press", "interview") and _INVITED.search(self.text, named.start, quantity.start):
            return ()  # 参加区政府召开的新闻发布会2场
        if kind == "interpretation" and named.verbs and self.text.startswith("转", named.verbs[0].start):
            return ()
        return (noun.row,)

    def _is_mixed(self, start: int, quantity: Quantity) -> bool:
        """Whether meetings or trainings held by others, or on other matters, are among those counted."""
        said = self.text[start : quantity.start]
        return (
            "等" in said
            or _ATTENDED.search(said) is not None
            or _SOME_ATTENDED.match(self.text, quantity.end, self.high) is not None
        )

    def _clause(self, at: int) -> int:
        """Where the clause before `at` begins."""
        return max(self.start, self.text.rfind(",", self.start, at) + 1)

    def _is_off_site(self, at: int) -> bool:
        """Whether the paragraph up to here names another medium and no website: 通过官方微博访谈3期."""
        said = self.text[max(0, at - _PARAGRAPH, self.text.rfind("\n", 0, at) + 1) : at]
        return _OFF_SITE.search(said) is not None and "网站" not in said

    def _principal(self, start: int, at: int) -> bool:
        """Whether the clause says that those in charge took part."""
        start = self._clause(start)
        return re.search("主要负责|主要领导|一把手|负责同志", self.text[start:at]) is not None

    def _is_business(self, at: int) -> bool:
        """Whether a case stands in a list of what the office does for others: 行政许可4件、行政复议1件."""
        begin = self._clause(at)
        return _BUSINESS.search(self.text, begin, at) is not None

    def _is_about_disclosure(self, noun: Noun, named: Named, quantity: Quantity) -> bool:
        """Whether the sentence or its heading says so of what the noun counts. That there was none of
        something at all was so of disclosure, too."""
        if not is_public(self.text, self.low, self.high, self.heads):
            return False
        if noun.row == "fees_charged":
            return is_fee(self.text, self.low, self.high, self.heads)
        if noun.family in ("recon", "lit", "complaint") and quantity.value:
            end = max(named.end, quantity.end)
            return is_case(self.text, self.low, named.start, end, self.high, self.heads)
        return True

    def _joint(self, named: Named, quantity: Quantity) -> tuple[str, ...]:
        """Nouns that share one number: only proposals have a row for the sum, and only zero settles each."""
        kinds = set(named.nouns)
        if (
            kinds <= {"npc", "cppcc", "suggestion"}
            and len(kinds) == 2
            and "cppcc" in kinds
            and quantity.unit in NOUNS["both"].units
        ):
            return ("suggestions_and_proposals",) if self._governed(NOUNS["both"], named) else ()
        return ()

    def _received(self, named: Named, quantity: Quantity, bare: bool = False) -> tuple[str, ...]:
        """Applications received, completed or answered, by the nearest verb; no documents, no complaints."""
        text = self.text
        if quantity.unit not in NOUNS["apply"].units or _MADE.search(text, self.low, quantity.start):
            return ()
        if bare and "申请" not in self.heads and self.family != "apply" and self.carried != "apply":
            return ()
        verb = named.verbs[0] if named.verbs else None
        kind = verb.kind if verb else ""
        if kind in ("finish", "reply") and self._is_carried(quantity):
            return ()  # 上年收到、结转至本年答复的申请: a part of what was answered
        if kind == "receive":
            if any(
                word.kind in _WAYS or word.kind == "email"
                for word in tokens(text, named.start, verb.start if verb else named.start)
            ):
                return ()  # 通过网络收到: what came in by one way only
            if verb and _ONE_WAY.search(text, self.low, verb.start):
                return ()  # 通过申请系统收到
            if _CARRIED.match(text, quantity.end, self.high):
                return ()  # with what was carried in
            if _KIND.search(text, named.start, quantity.start) and _OTHER_KIND.match(
                text, quantity.end, self.high
            ):
                return ()  # 收到书面申请3件,口头申请2件
            return ("applications_received",)
        if kind == "finish":
            return self._finished(verb)
        if kind == "reply":
            return self._replied(verb)
        if kind in ("handle", "") and (quantity.value == 0 or self._by_ways(quantity)):
            return ("applications_received",)
        if kind == "handle":
            self.family = "apply"
        return ()

    def _is_carried(self, quantity: Quantity) -> bool:
        """Whether the words since the last figure say that only what was carried over is counted."""
        ends = [other.end for other in self.counted if other.end <= quantity.start]
        return self.text.find("结转", max([self.start, *ends]), quantity.start) >= 0

    def _by_ways(self, quantity: Quantity) -> bool:
        """Whether the rest of the sentence divides the figure by ways of applying: such a total counts
        what came in."""
        rest = self.text[quantity.end : min(self.end, quantity.end + 120)]
        return re.search("其中|[:(]", rest) is not None and any(
            word.kind in _WAYS and re.match("[^,;、0-9]{0,8}[0-9]", rest[word.end :])
            for word in tokens(rest, 0, len(rest))
        )

    def _replied(self, verb: Token | None) -> tuple[str, ...]:
        """Replies; not those of one manner (延期, 口头), nor those in time alone, where the sentence has late
        ones too: 按时答复7件,逾期答复1件."""
        if verb is None:
            return ("replies",)
        if self.text.endswith(("延期", "延长", "口头", "当场"), self.start, verb.start):
            return ()
        timely = self.text.endswith(("按时", "按期", "如期"), self.start, verb.start)
        return () if timely and _LATE.search(self.text, self.start, self.end) else ("replies",)

    def _finished(self, verb: Token | None) -> tuple[str, ...]:
        before = self.text[max(self.start, verb.start - 4) : verb.start] if verb else ""
        if before.endswith(("延期", "延长")):
            return ("applications_completed_extended",)
        if before.endswith(("按时", "按期", "如期", "及时")):
            return ("applications_completed_on_time",)
        return ("applications_completed",)

    def _normative(self, named: Named) -> tuple[str, ...]:
        verb = named.verbs[0] if named.verbs else None
        if verb is None:
            return ()
        if verb.kind == "publish":
            return ("normative_documents_disclosed",) if not named.channels else ()
        if any(word.kind == "publish" for word in named.verbs):
            return ()  # 公开新制定规范性文件: what was disclosed of them
        made = verb.kind == "make" or self.text.startswith("制发", verb.start)
        return ("normative_documents_issued",) if made else ()

    def _result(self, kind: str, noun: Noun) -> tuple[str, ...]:
        if self.family == "lit":
            return (f"litigations{noun.row}",)
        return (f"reconsiderations{noun.row}",) if self.family == "recon" and kind != "rejected" else ()

    # --- what was published ---

    def _published(self, named: Named, quantity: Quantity, noun_stands: bool) -> tuple[str, ...]:
        verb = named.verbs[0] if named.verbs else None
        if verb is None and not (named.channels and noun_stands):
            return ()
        if verb is not None and verb.kind != "publish":
            return ()
        word = self.text[verb.start : verb.end] if verb else ""
        if named.channels:
            if len(set(named.channels)) == 1 and not is_alone(self.text, named.start, quantity.start):
                return ()
            return channel_rows(named.channels, self.text[named.start : quantity.start], word)
        main = noun_stands and self._is_main(verb, quantity)
        kinds = self._inherited(named.start)
        if kinds:
            channels = inherited(self.text, self.start, named.start)
            if self._is_spent(channels[-1].end, named.start, quantity):
                return ()
            clause = clause_of(self.text, channels, self.low, named.start)
            if len(set(kinds)) == 1 and not is_alone(clause, 0, len(clause)):
                return ()
            if main and len(set(kinds)) == 1 and not _BY.match(clause.lstrip("0123456789年度,全本我局单位")):
                return ()
            return channel_rows(kinds, clause, word)
        narrowed = main and (
            names_one(self.text, self.start, quantity.start)
            or is_narrowed(self.text, self.start, quantity.start, self.heads)
        )
        return ("disclosed_items",) if main and not narrowed else ()

    def _is_main(self, verb: Token | None, quantity: Quantity) -> bool:
        """Whether it counts all that was disclosed: 主动公开, or publishing that names 政府信息."""
        if verb is None or self._in_part(quantity):
            return False
        if self.text.endswith(("法定", "会", "会议"), self.start, verb.start):
            return False  # 法定主动公开信息: what the law lists, among other kinds
        word, words = self.text[verb.start : verb.end], self.text[verb.end : quantity.end + 6]
        if word in ("主动公开", "公开发布", "公开") or self.text.endswith("主动", 0, verb.start):
            return True
        return word == "发布" and "政府信息" in words

    def unnamed(
        self, named: Named | None, words: Sequence[Token], clause: int, quantity: Quantity
    ) -> tuple[str, ...]:
        """A quantity without a noun: `微博发布12篇`, `网站300条` in a list, `办结12件` after applications."""
        if named is not None and named.verbs:
            verb = named.verbs[0]
            if verb.kind == "publish" and quantity.unit in NOUNS["info"].units:
                if not (named.channels or self._inherited(clause)):
                    return ()
                if not self._clean(words, named.end, clause):
                    return ()
                return self._published(named, quantity, noun_stands=False)
            if (
                quantity.unit in NOUNS["apply"].units
                and self.family == "apply"
                and only(LEAD, self.text, clause, self._lead_end(verb))
            ):
                if verb.kind == "finish":
                    return self._finished(verb)
                if verb.kind == "reply":
                    return self._replied(verb)
                if verb.kind == "receive" and self.text.startswith("新收", verb.start):
                    return ("applications_received",)
            return ()
        if (
            self.family == "publish"
            and words
            and words[-1].kind in CHANNELS
            and quantity.unit in NOUNS["info"].units
        ):
            word = words[-1]
            if (
                len(words) == 1
                and only(LEAD, self.text, clause, word.start)
                and only(FILLER, self.text, word.end, quantity.start)
            ):
                return (CHANNELS[word.kind],)
        return ()

    def _is_spent(self, channel: int, at: int, quantity: Quantity) -> bool:
        """Whether a channel that an earlier clause names does not reach this figure: another was counted
        since, or the clause has a way of its own."""
        since = any(channel <= other.start and other.end <= at for other in self.counted)
        return since or names_own(self.text, self.start, quantity.start)

    def _lead_end(self, verb: Token) -> int:
        before = self.text[max(self.start, verb.start - 2) : verb.start]
        return verb.start - 2 if before in ("延期", "按时", "按期", "如期", "延长") else verb.start

    def _clean(self, words: Sequence[Token], at: int, clause: int) -> bool:
        """Whether the channel alone leads to the verb at `at`: nothing unnamed was published."""
        before = [word for word in words if word.end <= at]
        return (
            not before
            or before[-1].kind in CHANNEL_KINDS
            or before[-1].kind in VERBS
            or only(LEAD, self.text, clause, at)
        )

    def _inherited(self, at: int) -> tuple[str, ...]:
        """The channels of the nearest earlier clause that names any; evidence then begins there."""
        words = inherited(self.text, self.start, at)
        if words:
            self.subject = max(self.low, self.text.rfind(",", self.low, words[0].start) + 1)
        return tuple(word.kind for word in words)
