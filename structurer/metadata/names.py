"""Which body reports: from title, opening clause, contact clause, publisher and signature."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from structurer.metadata.pages import Pages, Place, observed
from structurer.metadata.regions import region_of
from structurer.metadata.titles import BODY_END
from structurer.observation import Observation, Status
from structurer.running import Reading

NEXT_LABEL = (
    r"(?=\n|\||发布日期|发布时间|日期|时间|浏览|点击|作者|字体|字号|选择|阅读|访问|打印|分享|责任|编辑"
    r"|发布|公开|索引|\[|\(|(?:19|20)[0-9]{2}|\Z)"
)
ORGAN = r"[\u4e00-\u9fff]{2,30}?(?:局|委|厅|办|委员会|人民政府|政府|办公室|办公厅|中心|街道办事处|院|镇|乡)"
_PUBLISHER = re.compile(
    rf"(?:发布机构|发文机构|公开机构|发布单位|发文单位|发布机关|公开责任部门|责任部门|信息来源"
    rf"|来源)[:|\n]{{0,2}}(?P<value>{ORGAN}){NEXT_LABEL}"
)
_CONTACT = re.compile(
    rf"(?:与|联系)(?P<value>{ORGAN})(?:[\u4e00-\u9fff]{{0,12}}?)(?:\([^()\n]{{0,200}}\))?联系"
)
_YEAR = "(?:(?:19|20)[0-9]{2}|二[〇○零0][〇○零一二三四五六七八九]{2})年度?(?!度)"
_NAMED = "(?:(?!公布|发布|编制|编写|公开|报告|年报|信息|工作)[\u4e00-\u9fff]){2,30}?"
# The opening clause that presents the report: 现公布某市水利局2022年政府信息公开工作年度报告.
_PRESENTED = re.compile(
    rf"(?:公布|发布|现公开|社会公开|编制|编写)(?:了|的)?[\"《]?(?:{_YEAR}(?!政府|政务)(?P<late>{_NAMED})"
    rf"|(?P<early>{_NAMED}){_YEAR})的?(?:政府|政务)?信息公开(?:工作)?(?:年度)?(?:工作)?(?:报告|年报|情况)"
)
_COMPILED = re.compile(rf"由(?P<value>{ORGAN}|[\u4e00-\u9fff]{{2,20}}?街道)(?:负责|组织|汇总)?编制")
_NO_NAME = re.compile("^(?:[我本该各]|[省市区县州旗镇乡]?(?:人民)?政府$)")
_OFFICE = re.compile("(?:办公室|办公厅|办)\\Z")
_SIGNED = re.compile(
    rf"\n(?P<value>{ORGAN})\n*(?:(?:20[0-9]{{2}}|[〇○零二一0-9]{{4}})年[^\n]{{2,12}}日)(?=\n|\Z)"
)
# One name that begins anew (某市甲局某市乙局) is that of two bodies.
_SEVERAL = re.compile(
    r"(?P<first>(?P<region>[\u4e00-\u9fff]{2,6}[省市区县州旗])[\u4e00-\u9fff]{1,20})[、和与及]?(?P<second>(?P=region)[\u4e00-\u9fff]{1,20})"
)
_PLACE = re.compile("(?:[省市区县旗州盟镇乡]|街道)\\Z")
"""What a name ends with that is a place's; who reports for it is its government."""
_SEAT = re.compile("(?:人民政府|政府|管理委员会|管委会|办事处)\\Z")
_KINDS = {_CONTACT: "contact", _PUBLISHER: "publisher", _SIGNED: "signature"}
_NOBODY = re.compile("^[本我该各]|信息公开|领导小组|本站|本网|原创|网站|编辑|管理员")


class _Name(NamedTuple):
    """A body's name and where it stands."""

    text: str
    place: Place
    kind: str = "title"


def agency(pages: Pages) -> Iterator[Observation]:
    """The agency, and the region and level its name settles."""
    titled = _titled(pages)
    others = [name for name in _others(pages) if not _NOBODY.search(name.text)]
    if titled is not None and _PLACE.search(titled.text):
        yield from _of_place(pages, titled, others)
        return
    fuller = [name for name in others if titled and _is_fuller(name.text, titled.text)]
    known = [titled, *others] if titled else others
    chosen = next(iter(fuller or known), None)
    if chosen is None:
        return
    name = chosen.text
    doubt = _doubt(pages, chosen, titled, others)
    if doubt is not None:
        status, candidates = doubt
        value = name if status == "disputed" else None
        yield observed(pages.document, "agency", value, [chosen.place], status, candidates)
        return
    places = [other.place for other in known if other.text == name]
    said = pages.body.text.find(name)
    if len(places) < 2 and said >= 0:
        places.append((pages.body, said, said + len(name)))
    agreed = len({(id(reading), start) for reading, start, _ in places}) > 1
    yield observed(pages.document, "agency", name, places, "verified" if agreed else "stated")
    yield from _region(pages, name, places[:1])


def _of_place(pages: Pages, titled: _Name, others: Sequence[_Name]) -> Iterator[Observation]:
    """Of a title that names a place only, no body: who reports is its government where another place says so
    (contact clause, publisher, signature, opening clause, a fuller title); else it is open."""
    seats = [*_seated(pages, titled.text), *(name for name in others if _is_seat(name.text, titled.text))]
    strange = [
        title.agency
        for title in pages.titles
        if title.agency not in (None, titled.text) and not _is_seat(title.agency or "", titled.text)
    ]
    if seats and not strange:
        name = seats[0].text
        places = [seat.place for seat in seats if seat.text == name]
        yield observed(pages.document, "agency", name, places, "verified" if len(places) > 1 else "stated")
    else:
        named = (titled.text, *(seat.text for seat in seats), *strange, *(other.text for other in others))
        candidates = tuple(dict.fromkeys(named))
        yield observed(pages.document, "agency", None, [titled.place], "ambiguous", candidates)
    yield from _region(pages, titled.text, [titled.place])


def _seated(pages: Pages, place: str) -> Iterator[_Name]:
    """The government of a place where another title names it."""
    for title in pages.titles:
        if title.agency and _is_seat(title.agency, place):
            at = pages.front.text.find(title.agency, title.start, title.end)
            span = (at, at + len(title.agency)) if at >= 0 else (title.start, title.end)
            yield _Name(title.agency, (pages.front, *span))


def _is_seat(name: str, place: str) -> bool:
    """Whether a body is the government of a place: 某区人民政府, 某街道办事处, 某新区管委会."""
    seat = _SEAT.search(name)
    if seat is None or not seat.start():
        return False
    of = name[: seat.start()]
    return of.endswith(place) or place.endswith(of)


def _region(pages: Pages, name: str, places: Sequence[Place]) -> Iterator[Observation]:
    """The region that a name begins with, and the level that it settles."""
    region = region_of(name)
    if region is not None:
        yield observed(pages.document, "region", region.name, places)
        if region.level is not None:
            yield observed(pages.document, "level", region.level, places)


def _doubt(
    pages: Pages, chosen: _Name, titled: _Name | None, others: Sequence[_Name]
) -> tuple[Status, tuple[str, ...]] | None:
    """Why a name is not certain, with the candidates: titles that name several bodies, or none that names it.

    A publisher, a contact or a signature alone may be that of the office that keeps the site.
    """
    name = chosen.text
    if titled is None:
        sources = {other.kind for other in others if other.text == name}
        if len(sources) > 1 or "presented" in sources:
            return None
        return "ambiguous", tuple(dict.fromkeys(other.text for other in others))
    parts = _SEVERAL.fullmatch(name)
    if parts is not None:
        return "ambiguous", (parts["first"], parts["second"])
    bodies = dict.fromkeys(title.agency for title in pages.titles if title.agency is not None)
    strange = [body for body in bodies if not (name.endswith(body) or body.endswith(name))]
    if strange and not any(other.text == name and other.kind == "contact" for other in others):
        return "disputed", tuple(dict.fromkeys([name, *strange]))
    return None


def _titled(pages: Pages) -> _Name | None:
    title = pages.title
    if title is None or title.agency is None:
        return None
    at = pages.front.text.find(title.agency, title.start, title.end)
    span = (at, at + len(title.agency)) if at >= 0 else (title.start, title.end)
    return _Name(title.agency, (pages.front, *span))


def _is_fuller(name: str, short: str) -> bool:
    return name != short and name.endswith(short)


def _others(pages: Pages) -> Iterator[_Name]:
    """Names in the order of trust after the title's: opening clause, contact clause, publisher, signature."""
    yield from _presented(pages)
    yield from _named(_CONTACT, pages.intro)
    yield from _named(_CONTACT, pages.body)
    yield from _named(_PUBLISHER, pages.front)
    yield from [*_named(_SIGNED, pages.tail)][-1:]


def _presented(pages: Pages) -> Iterator[_Name]:
    """The body whose report the opening clause presents, or that compiled it. An office that compiles a
    report may do so for a whole region."""
    for reading in (pages.intro, pages.body):
        for found in _PRESENTED.finditer(reading.text):
            kind = "late" if found["late"] else "early"
            if BODY_END.search(found[kind]) and not _NO_NAME.search(found[kind]):
                yield _Name(found[kind], (reading, *found.span(kind)), "presented")
                return
        for found in _COMPILED.finditer(reading.text):
            if not _OFFICE.search(found["value"]):
                yield _Name(found["value"], (reading, *found.span("value")), "presented")
                return


def _named(pattern: re.Pattern[str], reading: Reading) -> Iterator[_Name]:
    for found in pattern.finditer(reading.text):
        name = found["value"].removesuffix("办公室") if pattern is _CONTACT else found["value"]
        start = found.start("value")
        yield _Name(name, (reading, start, start + len(name)), _KINDS[pattern])
        if pattern is not _SIGNED:
            return
