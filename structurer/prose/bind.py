"""Binding a quantity to a row: reads a sentence's quantities in order, each with the words next to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from structurer.prose.channels import place
from structurer.prose.claim import Claim
from structurer.prose.lexicon import CHANNEL_KINDS, NOUNS, VERBS
from structurer.prose.rows import rows_of, unnamed
from structurer.prose.said import Said
from structurer.prose.words import ENDS, Named, clause_start, noun_after, noun_before, tokens
from structurer.quantities import Quantity
from structurer.running import Reading

_WINDOW = 60
"""Characters before a quantity that may name it."""
_REACH = 300
"""Characters of the sentence on either side that say what it is about."""

# Differences, shares and rates are about a figure and are none; 分别 gives several subjects their values.
_ABOUT = re.compile(
    "同比|环比|增长|增加|增至|减少|下降|提高|提升|上升|占|比上|比去|较上|较去|分别|最高|最多"
    "|单日|单条|平均|人均|其余|剩余|原创|近[0-9一二三四五]年"
)
_RATE = re.compile("(?:/|每)[天日月周年]|%")
_TRAINED = re.compile(
    r"(?:对|为|面向|组织|邀请|就|针对|围绕)?[^,;:。()、]{0,40}?(?:开展|组织|举办|召开)了?(?:各类"
    r"|专项|专题|业务|工作|相关|集中|政务公开|政府信息公开|信息公开)*"
    r"培训(?:班|会|活动)?(?=[,。;、!?\n:(]|\Z)"
)
_SEVERAL = frozenset(("reads", "video_plays", "consultations_answered"))
"""Rows counted for each channel; the channel is then their scope."""
_ISSUES, _ITEMS = frozenset(("期", "批", "组", "人次")), frozenset(("条", "篇", "则", "件", "份"))
_TOGETHER = re.compile(r"[,(、]?(?:共计?|合计|总计|累计|计)?(?:信息|图文|文章|稿件|消息|推文)?")
_LAST_YEAR = re.compile("(?:上一?年度?|去年|20[0-9]{2}年度?)(?:同期)?(?:为|是|:|共|数量)?")


class Sentence(Said):
    """Reads the quantities of one sentence in order; remembers what it has been about so far."""

    def __init__(self, reading: Reading, span: tuple[int, int], index: int, before: str, heads: str) -> None:
        super().__init__(reading.text, span, before, heads)
        self.index = index
        self.last: Claim | None = None

    def read(self, found: Sequence[Quantity]) -> Iterator[Claim]:
        """The claims of the sentence's quantities; those bound to no row carry their wording only."""
        at, self.counted = self.start, found
        for index, quantity in enumerate(found):
            if index and self._is_of(found[index - 1], quantity):
                continue
            if index + 1 < len(found) and self._is_of(quantity, found[index + 1]):
                index += 1  # 120期360条: the items are counted, not the issues they came in
                items = found[index]
                quantity = items._replace(start=quantity.start)
            following = found[index + 1].start if index + 1 < len(found) else self.end
            claim = self._claim(quantity, at, following)
            at = quantity.end
            if claim is not None:
                at = max(at, claim.end)
                yield claim

    def _is_of(self, issues: Quantity, items: Quantity) -> bool:
        """Whether the second quantity counts the items of the issues that the first counts."""
        return (
            issues.unit in _ISSUES
            and items.unit in _ITEMS
            and _TOGETHER.fullmatch(self.text, issues.end, items.start) is not None
        )

    def _claim(self, quantity: Quantity, at: int, following: int) -> Claim | None:
        text = self.text
        self.low, self.high = max(self.start, quantity.start - _REACH), min(self.end, quantity.end + _REACH)
        if quantity.unit in ("%", "‰") or _RATE.match(text, quantity.end):
            return None
        clause = clause_start(text, max(at, quantity.start - _WINDOW), quantity.start)
        if _ABOUT.search(text, clause, quantity.start):
            return None
        rows, named = self._bound(quantity, clause, following)
        scope = None
        if rows:
            self._remember(rows, named)
            scope = place(text, self.start, quantity.start) if rows[0] in _SEVERAL else None
        else:
            rows = self._bracketed(clause, quantity)
        start = clause if self.subject is None else self.subject
        self.subject = None
        claim = Claim(
            rows,
            quantity.value,
            quantity.unit,
            quantity.qualifier,
            start,
            max(named.end, quantity.end),
            self.index,
            scope=scope,
            at=quantity.start,
            wording=text[clause : quantity.start],
        )
        self.last = claim if rows else self.last
        return claim

    def _bound(self, quantity: Quantity, clause: int, following: int) -> tuple[tuple[str, ...], Named]:
        """The row by the words before the quantity, else by those behind it; and the words that say so."""
        text, words = self.text, tokens(self.text, clause, quantity.start)
        named = noun_before(text, words, clause, quantity.start)
        if named is not None and named.nouns:
            return rows_of(self, named, quantity), named
        behind = noun_after(text, quantity.end, following) or self._trained(quantity, following)
        if behind is not None:
            verbs = tuple(word for word in words if word.kind in VERBS)[-1:]
            channels = tuple(word.kind for word in words if word.kind in CHANNEL_KINDS)
            behind = Named(behind.nouns, verbs, channels, clause, behind.end)
            return rows_of(self, behind, quantity), behind
        said = named or Named((), (), (), clause, quantity.start)
        if ENDS.match(text, quantity.end):
            return unnamed(self, named, words, clause, quantity), said
        return (), said

    def _trained(self, quantity: Quantity, following: int) -> Named | None:
        """Training behind its number and those trained: 3次对联络员开展业务培训."""
        found = (
            _TRAINED.match(self.text, quantity.end, following)
            if quantity.unit in ("次", "期", "场")
            else None
        )
        return Named(("training",), (), (), quantity.end, found.end()) if found else None

    def _bracketed(self, clause: int, quantity: Quantity) -> tuple[str, ...]:
        """Last year's figure in brackets after this year's has the row of the figure it stands behind."""
        opened = clause > self.start and self.text[clause - 1] == "(" and self.last is not None
        if not opened or self.last is None or quantity.unit != self.last.unit or clause - self.last.end > 2:
            return ()
        inside = self.text[clause : quantity.start]
        return self.last.rows if _LAST_YEAR.fullmatch(inside) else ()

    def _remember(self, rows: tuple[str, ...], named: Named) -> None:
        kind = named.nouns[0] if named.nouns else ""
        if kind in NOUNS and NOUNS[kind].family not in ("", "result"):
            self.family = NOUNS[kind].family
        elif rows[0].startswith("disclosed"):
            self.family = "publish"
        elif rows[0].startswith(("applications", "replies")):
            self.family = "apply"
