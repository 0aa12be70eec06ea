"""Where the tables are: found by what their headers print, never by a section's number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from structurer.fold import fold
from structurer.forms import Anchor, Forms, Table
from structurer.tables.cells import han
from structurer.tables.headers import FURTHER

# Between the characters of a label: breaks, bars and marks of any layout.
_J = r"[\s\u200b|\x1e\x1f\"'()\[\],、:/.*-]{0,12}"
_CLOSING = ("存在的主要问题", "存在的问题", "主要问题及", "主要问题和", "问题及改进", "其他需要报告")
_NUMERAL = r"(?:第[一二三四五六七八九]+部分|\(?[一二三四五六七八九十]{1,2}\)?[、.,]|[0-9]{1,2}[、.])?"
_LOOK_BACK = 80
_REPEATED = 100
"""Characters within which a label met again is a merged cell printed for each of its columns."""


@dataclass(frozen=True, slots=True)
class Span:
    """A located table: its id and its half-open span in the folded text."""

    table: str
    start: int
    end: int


@dataclass(slots=True)
class _Cluster:
    """Anchors of one table that follow each other."""

    table: str
    start: int
    end: int
    seen: dict[str, int] = field(default_factory=dict)
    """Anchor → where it last ended."""


class Locator:
    """The patterns of all forms' tables, compiled once."""

    def __init__(self, forms: Forms) -> None:
        self._anchors: list[tuple[str, Anchor]] = []
        headings = {han(text) for text in _CLOSING}
        leads: dict[str, set[str]] = {}
        for table_id, of_form in forms.tables.items():
            for table in of_form.values():
                self._anchors.extend((table_id, anchor) for anchor in table.anchors)
                headings.update(han(fold(text)) for text in table.headings)
                leads.setdefault(table_id, set()).update(_leads(table))
        self._anchors = list(dict.fromkeys(self._anchors))
        # Without groups, so that the search skips what begins no anchor; which one it was is asked after.
        patterns = [_anchored(anchor) for _, anchor in self._anchors]
        self._heads = re.compile("|".join(patterns))
        self._each = [re.compile(pattern) for pattern in patterns]
        after = "|".join(_loose(heading) for heading in sorted(headings, key=len, reverse=True))
        self._after = re.compile(
            rf"\n(?![0-9]*\n)[ \t\u200b|]*{_NUMERAL}[ \t]*(?:因|政府信息公开工作)?(?:{after})"
        )
        self._leads = {
            table: re.compile(
                rf"(?:{'|'.join(_loose(lead) for lead in sorted(texts, key=len, reverse=True))}){_J}$"
            )
            for table, texts in leads.items()
            if texts
        }

    def locate(self, folded: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
        """The first table of each id, and further ones of an id already met, in printing order.

        A span begins at the table's header and ends before the next table or the next section's
        heading; it may hold prose behind the table, which no row will claim.
        """
        clusters: list[_Cluster] = []
        for head in self._heads.finditer(folded):
            table, anchor = self._of(head)
            cluster = clusters[-1] if clusters else None
            before = cluster.seen.get(anchor.label) if cluster is not None else None
            second = anchor.once and before is not None and head.start() - before > _REPEATED
            if cluster is None or cluster.table != table or second:
                cluster = _Cluster(table, head.start(), head.end())
                clusters.append(cluster)
            cluster.end = cluster.seen[anchor.label] = head.end()
        first: dict[str, Span] = {}
        again: list[Span] = []
        for index, cluster in enumerate(clusters):
            limit = clusters[index + 1].start if index + 1 < len(clusters) else len(folded)
            after = self._after.search(folded, cluster.end - 1, limit)
            begin = self._begin(folded, cluster.start, cluster.table)
            span = Span(cluster.table, begin, after.start() + 1 if after else limit)
            if span.table in first:
                again.append(span)
            else:
                first[span.table] = span
        return tuple(first.values()), tuple(again)

    def _of(self, head: re.Match[str]) -> tuple[str, Anchor]:
        each = zip(self._anchors, self._each, strict=True)
        return next(anchor for anchor, pattern in each if pattern.match(head.string, head.start()))

    def _begin(self, folded: str, start: int, table: str) -> int:
        """Before the labels that lead up to the anchor: an item heading, the rows' labels above."""
        leads = self._leads.get(table)
        while leads is not None and (lead := leads.search(folded, max(0, start - _LOOK_BACK), start)):
            start = lead.start()
        return start


def _leads(table: Table) -> Iterator[str]:
    """Labels that may be printed above the first anchor."""
    for block in table.blocks:
        yield from filter(None, (han(fold(block.heading)),))
        if table.labels_first:
            yield from (han(fold(row.label)) for row in block.rows)
    if not table.single_column:
        yield from (han(fold(text)) for text in table.furniture)
        yield from FURTHER


def _anchored(anchor: Anchor) -> str:
    pattern = _loose(anchor.label)
    if not anchor.follow:
        return pattern
    follow = "|".join(_loose(text) for text in anchor.follow)
    between = _J if anchor.within <= 12 else rf"[^。]{{0,{anchor.within}}}"
    return rf"{pattern}(?={between}(?:{follow}))"


def _loose(text: str) -> str:
    return _J.join(text)


_MADE: dict[str, Locator] = {}


def locate(folded: str, forms: Forms) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """As Locator.locate, for these forms."""
    made = _MADE.get(forms.fingerprint)
    if made is None:
        made = _MADE[forms.fingerprint] = Locator(forms)
    return made.locate(folded)
