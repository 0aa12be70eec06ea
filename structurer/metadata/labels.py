"""What labels say: dates, numbers, source, and whom to ask."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from structurer.metadata.dates import DATE, iso
from structurer.metadata.names import NEXT_LABEL, ORGAN
from structurer.metadata.pages import Pages, observed
from structurer.observation import Observation

_PUBLISHED = (
    re.compile(
        rf"(?:发布日期|发布时间|公开日期|公开时间|发布于|上传时间|上网时间)[:|\n]{{0,2}}(?P<value>{DATE})"
    ),
    re.compile(rf"(?:^|\n)[Pp]ub[Dd]ate\n(?P<value>{DATE})"),
    re.compile(rf"(?:发文时间|发文日期|发稿时间|更新时间)[:|\n]{{0,2}}(?P<value>{DATE})"),
    re.compile(rf"(?<![\u4e00-\u9fff])(?:日期|时间)[:|]{{0,2}}(?P<value>{DATE})"),
    re.compile(
        rf"(?:^|\n)(?:[^\u4e00-\u9fff0-9\n]{{0,6}}|{ORGAN})(?P<value>{DATE})(?:[0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}})?"
        rf"| [0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}})?)?(?=\n|来源|\||浏览|点击|作者|字体|\[)"
    ),
)
_INDEX = (
    re.compile(
        r"(?:索引号|信息索引|索取号|信息索引号|索引)[:"
        r"|\n]{0,2}(?P<value>[0-9A-Za-z][0-9A-Za-z/._-]{5,40})(?![0-9A-Za-z])"
    ),
    re.compile(
        r"(?:^|\n)[^0-9A-Za-z\n]{0,4}(?P<value>[0-9A-Za-z]{8,12}(?:-[0-9A-Za-z])?[/-](?:19"
        r"|20)[0-9]{2}[-/]?[0-9]{2,6})(?=\n)"
    ),
)
_NUMBER = re.compile(
    r"(?<!依据|根据|参照)(?:文号|发文字号|发文文号|文件编号|公文字号)[:"
    r"|\n]{0,2}(?P<value>[\u4e00-\u9fff]{1,14}[\[(](?:19|20)[0-9]{2}[\])][0-9]{1,4}号)"
)
_SOURCE = re.compile(
    r"(?:(?:信息来源|文章来源|稿件来源|来源)[:|]|(?:^|\n)[Cc]ontent[Ss]ource\n)"
    rf"(?P<value>[^\n|:]{{2,24}}?){NEXT_LABEL}"
)
_REACH = re.compile(r"(?:疑问|请与|请联系|请直接与|可与)[^。\n]{0,260}")
_ELSEWHERE = re.compile("[^。\\n(:]{0,12}?(?:信访|投诉|举报|监察|热线)")
"""Whom to ask about something else than the report."""
_ADDRESS = re.compile(
    r"(?:联系地址|通讯地址|通信地址|办公地址|地址|地点)[:为是]{1,2}(?P<value>[^,;。:)(\n"
    r"|]{4,50}?)(?=[,;。)(\n|]|邮编|邮政编码|电话|联系电话|传真|、邮)"
)
_PHONE = re.compile(
    r"(?:(?<!监督|举报|投诉|信访|热线|支持|维护)电话"
    r"|联系方式)(?:\(传真\))?[:为是]{1,2}(?P<value>(?:\(?0[0-9]{2,3}\)?-?)?[1-9][0-9]{6,7}(?![0-9])|1[3-9][0-9]{9}(?![0-9]))"
)
_EMAIL = re.compile(
    r"(?<!举报邮箱:|投诉邮箱:|监督邮箱:|信访邮箱:)(?P<value>[0-9A-Za-z][0-9A-Za-z._+-]{0,63}@[0-9A-Za-z-]{1,63}(?:\.[0-9A-Za-z-]{1,63}){1,4})"
)


def published(pages: Pages) -> Iterator[Observation]:
    """The publication date: a labelled one before a bare one; nothing when equals differ.

    A bare date above the title, printed once, is ambiguous.
    """
    front = pages.front
    chosen: list[tuple[str, int, int]] = []
    bare = False
    for pattern in _PUBLISHED:
        here = [(iso(found["value"]), *found.span("value")) for found in pattern.finditer(front.text)]
        dated = [(value, start, end) for value, start, end in here if value is not None]
        if not chosen and len({value for value, _, _ in dated}) > 1:
            return
        bare = bare or (not chosen and pattern is _PUBLISHED[-1])
        chosen += [
            place
            for place in dated
            if (not chosen or place[0] == chosen[0][0]) and place[1:] not in [c[1:] for c in chosen]
        ]
    said = [title.start for title in pages.titles if title.text == pages.title.text] if pages.title else []
    above = bool(said) and bool(chosen) and chosen[-1][2] <= said[-1]
    if not chosen:
        return
    # A bare date above the title may be the day the page was saved.
    saved = bare and above and len(chosen) == 1
    if saved or _untimely(chosen[0][0], pages, bare) or _is_update(front.text, chosen):
        yield observed(
            pages.document, "published", None, [(front, *chosen[0][1:])], "ambiguous", (chosen[0][0],)
        )
    else:
        places = [(front, start, end) for _, start, end in chosen[:2]]
        yield observed(
            pages.document, "published", chosen[0][0], places, "verified" if len(places) > 1 else "stated"
        )


def _is_update(text: str, chosen: Sequence[tuple[str, int, int]]) -> bool:
    """Whether the only day is that of an update, which may have come long after publication."""
    return all("更新" in text[max(0, start - 8) : start] for _, start, _ in chosen)


def _untimely(day: str, pages: Pages, bare: bool) -> bool:
    """Whether a report cannot have been published then: before its year was over, or, where no label says
    what the day is, long after."""
    reported = pages.title.year if pages.title else None
    if reported is None:
        return False
    return day < f"{reported}-12-01" or (bare and int(day[:4]) > reported + 1)


def labelled(pages: Pages) -> Iterator[Observation]:
    """Index number, document number, contact and source."""
    front = pages.front
    for key, patterns in (("index_number", _INDEX), ("document_number", (_NUMBER,))):
        printed = next((each for pattern in patterns if (each := list(pattern.finditer(front.text)))), [])
        said = tuple(dict.fromkeys(one["value"] for one in printed))
        place = [(front, *printed[0].span("value"))] if printed else []
        if len(said) == 1:
            yield observed(pages.document, key, None, place)
        elif said:  # that of a linked document is one of them
            yield observed(pages.document, key, None, place, "ambiguous", said)
    yield from _contacts(pages)
    found = _SOURCE.search(front.text)
    if found is not None and not re.fullmatch("(?:本站|本网|原创)", found["value"]):
        yield observed(pages.document, "source", found["value"], [(front, *found.span("value"))])


def _contacts(pages: Pages) -> Iterator[Observation]:
    """Address, telephone and e-mail of the clause that says whom to ask; never those of the site's footer."""
    for key, pattern in (("contact_address", _ADDRESS), ("contact_phone", _PHONE), ("contact_email", _EMAIL)):
        for reading in (pages.intro, pages.body):
            found = next(
                (
                    found
                    for clause in _REACH.finditer(reading.text)
                    if not _ELSEWHERE.match(reading.text, clause.start())
                    if (found := pattern.search(reading.text, *clause.span()))
                ),
                None,
            )
            if found is not None:
                yield observed(pages.document, key, None, [(reading, *found.span("value"))])
                break
