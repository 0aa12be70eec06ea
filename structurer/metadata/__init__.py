"""Who reports, on which year, and where it was published: from title, labels, contact clause and signature.

The year is the title's, then that of the 统计期限 clause, then the one the body names most; never the
publication date. The agency is the title's, then that of the contact clause, the publisher, the signature;
a short name in the title (市教育局) gives way to a fuller one that ends with it. What two places agree on
is
`verified`. A title year that the clause contradicts, and the body does not confirm, is `disputed` and not
accepted; so is one of several titles that name different years. A region is what the name
begins with, a level only what it settles.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from structurer.document import Document, Section
from structurer.metadata.dates import DATE, iso
from structurer.metadata.regions import region_of
from structurer.metadata.titles import Title, best, titles
from structurer.observation import Observation, Status, Value
from structurer.running import Reading, running

__all__ = ["metadata", "report_year"]

_FRONT = 4_000
"""Characters of the text in which title and labels stand, when no section begins earlier."""
_BODY = 6_000
"""Characters of the body in which a contact clause and the years it names are looked for."""
_TAIL = 1_500

_LABELS = {
    "agency": "机构", "region": "地区", "level": "层级", "year": "年度", "title": "标题",
    "published": "发布日期", "period_start": "统计期限起", "period_end": "统计期限止",
    "index_number": "索引号", "document_number": "文号", "source": "来源",
    "contact_address": "联系地址", "contact_phone": "联系电话", "contact_email": "电子邮箱",
}  # fmt: skip

_DATE = re.compile(DATE)
_PUBLISHED = (
    re.compile(
        rf"(?:发布日期|发布时间|公开日期|公开时间|发布于|上传时间|上网时间)[:|\n]{{0,2}}(?P<value>{DATE})"
    ),
    re.compile(rf"(?:发文时间|发文日期|发稿时间|更新时间)[:|\n]{{0,2}}(?P<value>{DATE})"),
    re.compile(rf"(?<![\u4e00-\u9fff])(?:日期|时间)[:|]{{0,2}}(?P<value>{DATE})"),
    re.compile(
        rf"(?:^|\n)[^0-9\n:]{{0,24}}?(?P<value>{DATE})(?:[0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}})?"
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
    r"(?:文号|发文字号|发文文号|文件编号|公文字号)[:"
    r"|\n]{0,2}(?P<value>[\u4e00-\u9fff]{1,14}[\[(](?:19|20)[0-9]{2}[\])][0-9]{1,4}号)"
)
_NEXT_LABEL = (
    r"(?=\n|\||发布日期|发布时间|日期|时间|浏览|点击|作者|字体|字号|阅读|访问|打印|分享|责任|编辑"
    r"|发布|公开|索引|\[|\(|(?:19|20)[0-9]{2}|\Z)"
)
_SOURCE = re.compile(rf"(?:信息来源|文章来源|稿件来源|来源)[:|](?P<value>[^\n|:]{{2,24}}?){_NEXT_LABEL}")
_ORGAN = r"[\u4e00-\u9fff]{2,30}?(?:局|委|厅|办|委员会|人民政府|政府|办公室|办公厅|中心|街道办事处|院|镇|乡)"
_PUBLISHER = re.compile(
    rf"(?:发布机构|发文机构|公开机构|发布单位|发文单位|发布机关|公开责任部门|责任部门|信息来源"
    rf"|来源)[:|\n]{{0,2}}(?P<value>{_ORGAN}){_NEXT_LABEL}"
)
_CONTACT = re.compile(
    rf"(?:与|联系)(?P<value>{_ORGAN})(?:[\u4e00-\u9fff]{{0,12}}?)(?:\([^()\n]{{0,200}}\))?联系"
)
_SPAN = re.compile(
    r"(?:统计|数据|期限|时限|报告期|所列"
    r"|截[止至])[^。\n]{0,40}?(?P<start>20[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}日)起?,?(?:至|到|-)"
    r"(?P<end>(?:20[0-9]{2}年)?[0-9]{1,2}月[0-9]{1,2}日)"
)
_REACH = re.compile(r"(?:疑问|联系)[^。\n]{0,260}")
_ADDRESS = re.compile(
    r"(?:联系地址|通讯地址|通信地址|办公地址|地址|地点)[:为是]{1,2}(?P<value>[^,;。:)(\n"
    r"|]{4,50}?)(?=[,;。)(\n|]|邮编|邮政编码|电话|联系电话|传真|、邮)"
)
_PHONE = re.compile(
    r"(?:电话"
    r"|联系方式)(?:\(传真\))?[:为是]{1,2}(?P<value>(?:\(?0[0-9]{2,3}\)?-?)?[1-9][0-9]{6,7}(?![0-9])|1[3-9][0-9]{9}(?![0-9]))"
)
_EMAIL = re.compile(
    r"(?P<value>[0-9A-Za-z][0-9A-Za-z._+-]{0,63}@[0-9A-Za-z-]{1,63}(?:\.[0-9A-Za-z-]{1,63}){1,4})"
)
_SIGNED = re.compile(
    rf"\n(?P<value>{_ORGAN})\n*(?:(?:20[0-9]{{2}}|[〇○零二一0-9]{{4}})年[^\n]{{2,12}}日)(?=\n|\Z)"
)
_YEAR = re.compile("(20[0-9]{2})年")
_NOBODY = re.compile("^[本我该各]|本站|本网|原创|网站|编辑|管理员")


class Found(NamedTuple):
    """A value and where the reading prints it."""

    value: Value
    start: int
    end: int


class _Pages(NamedTuple):
    """The text before the first section, the text from there on, and the last of it."""

    front: Reading
    body: Reading
    tail: Reading


def metadata(document: Document, sections: Sequence[Section]) -> list[Observation]:
    """What the report says about itself, in the order of its keys; what is not found has no observation."""
    pages = _pages(document, sections)
    title = _find_title(pages)
    found: list[Observation] = []
    found += _agency(document, pages, title)
    found += _year(document, pages, title)
    if title is not None:
        found.append(_observation(document, "title", title.text, [(pages.front, title.start, title.end)]))
    found += _published(document, pages.front)
    found += _period(document, pages)
    found += _labelled(document, pages)
    return found


def report_year(document: Document, sections: Sequence[Section]) -> int | None:
    """The year reported on, by the rules of `metadata`, whether or not it is disputed."""
    pages = _pages(document, sections)
    for observation in _year(document, pages, _find_title(pages)):
        year = observation.value if observation.value is not None else observation.candidates[0]
        return int(year) if isinstance(year, int) else None
    return None


def _pages(document: Document, sections: Sequence[Section]) -> _Pages:
    folded = document.folded
    first = next((section.start for section in sections if section.kind != "front"), len(folded))
    if first == 0 or first > _FRONT:
        first = min(len(folded), _FRONT)
    first = max(first, 0)
    front = running(document, [(0, first)], front=True)
    body = running(document, _spans(sections, first, len(folded)))
    end = max((section.end for section in sections if section.state != "furniture"), default=len(folded))
    tail = running(document, [(max(first, end - _TAIL), end)])
    return _Pages(front, body, tail)


def _spans(sections: Sequence[Section], first: int, end: int) -> Iterator[tuple[int, int]]:
    """The spans of the body, tables left out, up to _BODY characters."""
    left = _BODY
    for section in sections or (Section(title="", start=first, body=first, end=end, kind="prose"),):
        start, stop = max(section.start, first), min(section.end, max(section.start, first) + left)
        if section.state in ("read", "empty") and start < stop:
            left -= stop - start
            yield start, stop


def _titles(pages: _Pages) -> list[Title]:
    return titles(pages.front.text, len(pages.front.text))


def _find_title(pages: _Pages) -> Title | None:
    return best(_titles(pages))


# --- who ---


def _agency(document: Document, pages: _Pages, title: Title | None) -> Iterator[Observation]:
    named = (
        [(pages.front, Found(title.agency, *_within(title, title.agency, pages.front)))]
        if title and title.agency
        else []
    )
    others = [
        (reading, found) for reading, found in _other_names(pages) if not _NOBODY.search(str(found.value))
    ]
    fuller = next(
        (other for other in others if named and _is_fuller(str(other[1].value), str(named[0][1].value))), None
    )
    chosen = fuller or next(iter(named or others), None)
    if chosen is None:
        return
    name = str(chosen[1].value)
    agreeing = [(reading, found) for reading, found in (*named, *others) if found.value == name]
    places = [(reading, found.start, found.end) for reading, found in agreeing]
    said = pages.body.text.find(name)
    if len(places) < 2 and said >= 0:
        places.append((pages.body, said, said + len(name)))
    agreed = len({(id(reading), start) for reading, start, _ in places}) > 1
    yield _observation(document, "agency", name, places, "verified" if agreed else "stated")
    region = region_of(name)
    if region is not None:
        yield _observation(document, "region", region.name, places[:1])
        if region.level is not None:
            yield _observation(document, "level", region.level, places[:1])


def _within(title: Title, name: str, reading: Reading) -> tuple[int, int]:
    at = reading.text.find(name, title.start, title.end)
    return (at, at + len(name)) if at >= 0 else (title.start, title.end)


def _is_fuller(name: str, short: str) -> bool:
    return name != short and name.endswith(short)


def _other_names(pages: _Pages) -> Iterator[tuple[Reading, Found]]:
    """Agencies in the order they are trusted after the title: contact clause, publisher, signature."""
    for pattern, reading in (
        (_CONTACT, pages.front),
        (_CONTACT, pages.body),
        (_PUBLISHER, pages.front),
        (_SIGNED, pages.tail),
    ):
        found = list(pattern.finditer(reading.text))
        if found:
            last = found[-1] if pattern is _SIGNED else found[0]
            name = re.sub("办公室$", "", last["value"]) if pattern is _CONTACT else last["value"]
            start = last.start("value")
            yield reading, Found(name, start, start + len(name))


# --- when ---


def _year(document: Document, pages: _Pages, title: Title | None) -> Iterator[Observation]:
    clause = _span(pages)
    counted = _majority(pages)
    said = int(clause[1].value) if clause and isinstance(clause[1].value, int) else None
    if title is not None and title.year is not None:
        place = [(pages.front, title.start, title.end)]
        others = {other.year for other in _titles(pages)} - {None, title.year}
        if others and said != title.year:
            yield _observation(
                document,
                "year",
                title.year,
                place,
                "disputed",
                (title.year, *sorted(year for year in others if year)),
            )
        elif said is None or said == title.year:
            both = [*place, (clause[0], clause[1].start, clause[1].end)] if clause else place
            yield _observation(document, "year", title.year, both, "verified" if clause else "stated")
        elif counted is not None and counted.value == title.year:
            yield _observation(document, "year", title.year, place)
        else:
            yield _observation(document, "year", title.year, place, "disputed", (title.year, said))
    elif clause is not None and said is not None:
        yield _observation(document, "year", said, [(clause[0], clause[1].start, clause[1].end)])
    elif counted is not None:
        yield _observation(document, "year", counted.value, [(pages.body, counted.start, counted.end)])


def _span(pages: _Pages) -> tuple[Reading, Found] | None:
    """The 统计期限 clause, with the year it ends in."""
    for reading in (pages.front, pages.body):
        found = _SPAN.search(reading.text)
        if found is not None:
            year = _YEAR.match(found["end"]) or _YEAR.match(found["start"])
            if year is not None:
                return reading, Found(int(year[1]), found.start("start"), found.end("end"))
    return None


def _majority(pages: _Pages) -> Found | None:
    """The year that more than half of the dates in the body name, at least twice."""
    years = [(found[1], found.start()) for found in _YEAR.finditer(pages.body.text)]
    if not years:
        return None
    year, times = Counter(year for year, _ in years).most_common(1)[0]
    if times < 2 or times * 2 <= len(years):
        return None
    at = next(start for found, start in years if found == year)
    return Found(int(year), at, at + 5)


def _period(document: Document, pages: _Pages) -> Iterator[Observation]:
    for reading in (pages.front, pages.body):
        found = _SPAN.search(reading.text)
        if found is None:
            continue
        start = iso(found["start"])
        printed = found["end"] if found["end"].startswith("20") else found["start"][:5] + found["end"]
        end = iso(printed)
        if start and end and start < end:
            yield _observation(document, "period_start", start, [(reading, *found.span("start"))])
            yield _observation(document, "period_end", end, [(reading, *found.span("end"))])
        return


def _published(document: Document, front: Reading) -> Iterator[Observation]:
    """The publication date: a labelled one before a bare one; nothing when equals differ."""
    chosen: list[tuple[str, int, int]] = []
    for pattern in _PUBLISHED:
        here = [(iso(found["value"]), *found.span("value")) for found in pattern.finditer(front.text)]
        dated = [(value, start, end) for value, start, end in here if value is not None]
        if not chosen and len({value for value, _, _ in dated}) > 1:
            return
        chosen += [
            place
            for place in dated
            if (not chosen or place[0] == chosen[0][0]) and place[1:] not in [c[1:] for c in chosen]
        ]
    if chosen:
        places = [(front, start, end) for _, start, end in chosen[:2]]
        yield _observation(
            document, "published", chosen[0][0], places, "verified" if len(places) > 1 else "stated"
        )


# --- labels ---


def _labelled(document: Document, pages: _Pages) -> Iterator[Observation]:
    front = pages.front
    for key, patterns in (("index_number", _INDEX), ("document_number", (_NUMBER,))):
        found = next((found for pattern in patterns if (found := pattern.search(front.text))), None)
        if found is not None:
            yield _observation(document, key, None, [(front, *found.span("value"))])
    yield from _contacts(document, pages)
    found = _SOURCE.search(front.text)
    if found is not None and not re.fullmatch("(?:本站|本网|原创)", found["value"]):
        yield _observation(document, "source", found["value"], [(front, *found.span("value"))])


def _contacts(document: Document, pages: _Pages) -> Iterator[Observation]:
    """Address, telephone and e-mail of the clause that says whom to ask; a site's footer is somebody
    else's."""
    for key, pattern in (("contact_address", _ADDRESS), ("contact_phone", _PHONE), ("contact_email", _EMAIL)):
        for reading in (pages.front, pages.body):
            found = next(
                (
                    found
                    for clause in _REACH.finditer(reading.text)
                    if (found := pattern.search(reading.text, *clause.span()))
                ),
                None,
            )
            if found is not None:
                yield _observation(document, key, None, [(reading, *found.span("value"))])
                break


def _observation(
    document: Document,
    key: str,
    value: Value,
    places: Sequence[tuple[Reading, int, int]],
    status: Status = "stated",
    candidates: tuple[Value, ...] = (),
) -> Observation:
    """An observation of one key; without a value, the value is what its first place prints."""
    evidence = tuple(
        document.evidence(reading.origin(start), reading.origin(end - 1) + 1)
        for reading, start, end in places
    )
    return Observation(
        indicator=f"metadata.{key}",
        label=f"元数据/{_LABELS[key]}",
        value=re.sub(r"\s+", "", evidence[0].quote) if value is None else value,
        printed="number" if key == "year" else "text",
        status=status,
        accepted=status != "disputed",
        methods=("pattern",),
        evidence=evidence,
        candidates=candidates,
    )
