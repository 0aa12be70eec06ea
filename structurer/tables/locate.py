"""Where the tables are: found by what their headers print, never by a section's number."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Between the characters of a label: breaks, bars and marks of any layout.
_J = r"[\s\u200b|\x1e\x1f\"'()\[\],、:：/.*-]{0,12}"


def _loose(text: str) -> str:
    return _J.join(text)


_HEADERS = re.compile(
    "|".join(
        (
            rf"(?P<disclosure>(?:{_loose('第二十条')}{_J}第?{_J}\(?{_J}[一五六八九]{_J}\)?{_J}项?{_J})?"
            rf"{_loose('信息内容')}(?={_J}(?:本{_J}年|上{_J}一?{_J}年|处{_J}理{_J}决|采{_J}购|现{_J}行)))",
            rf"(?P<applications>{_loose('申请人情况')}(?=[^。]{{0,80}}自{_J}然)|{_loose('本列数据的勾稽')}"
            rf"|{_loose('本年新收政府信息')})",
            rf"(?P<disputes>(?:{_loose('行政复议')}{_J}{_loose('行政诉讼')}{_J})?(?:{_loose('未经复议直接起诉')}{_J}"
            rf"{_loose('复议后起诉')}{_J})?{_loose('结果维持')}(?={_J}{_loose('结果纠正')}))",
            rf"(?P<statistics>{_loose('主动公开政府信息数')}(?=[\s|(,:0-9\x1f]))",
        )
    )
)
_AFTER = re.compile(
    r"^[ \t\u200b|]*(?:(?:第[一二三四五六七八九]+部分|\(?[一二三四五六七八九十]{1,2}\)?[、.,]|[0-9]{1,2}[、.])?[ \t]*"
    r"(?:收到和(?:处理|办理)政府信息公开申请|(?:因)?政府信息公开(?:工作)?(?:被申请|引起的?)?行政复议|"
    r"(?:政府信息公开工作)?(?:存在的?)?(?:主要)?问题(?:及|和|与|以及)|其他需要报告|主动公开政府信息情况))",
    re.M,
)


_STARTS_ONCE = frozenset({"statistics"})
"""Tables whose header is printed once only: met again, it begins a second copy."""


@dataclass(frozen=True, slots=True)
class Span:
    """A located table: its id and its half-open span in the folded text."""

    table: str
    start: int
    end: int


def locate(folded: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """The first table of each id, and further ones of an id already met, in printing order.

    A span begins at the table's header and ends before the next table or the next section's heading;
    it may hold prose behind the table, which no row will claim.
    """
    heads = [(match.start(), str(match.lastgroup)) for match in _HEADERS.finditer(folded)]
    clusters: list[tuple[str, int]] = []
    for start, table in heads:
        if not clusters or clusters[-1][0] != table or table in _STARTS_ONCE:
            clusters.append((table, start))
    first: dict[str, Span] = {}
    again: list[Span] = []
    for index, (table, start) in enumerate(clusters):
        limit = clusters[index + 1][1] if index + 1 < len(clusters) else len(folded)
        last = max(head for head, name in heads if name == table and start <= head < limit)
        after = _AFTER.search(folded, last, limit)
        span = Span(table, start, after.start() if after else limit)
        if table in first:
            again.append(span)
        else:
            first[table] = span
    return tuple(first.values()), tuple(again)
