"""Organs that a sentence is about: a figure of another one is not the office's own."""

from __future__ import annotations

import re
from functools import lru_cache

from structurer.metadata.regions import abbreviates, is_of_place, parts_of

_HAN = "[\u4e00-\u9fff]"
_OPENS = re.compile(r"[,:()、]")
# What may stand before the organ in its clause.
_BEFORE = re.compile(
    "(?:(?:关于|20[0-9]{2}年度?|全年|本年度?|(?:今年|去年|近年)以?来|一年来|以来|今年|去年|上年度?|年内|其中|同时|此外|另外|另|据统计|[一二三四五六七八九]是"
    "|截[至止](?:到)?(?:20[0-9]{2}年)?(?:[0-9]{1,2}月)?(?:[0-9]{1,2}日)?[底末]?))*"
)
_ORGAN = (
    f"{_HAN}{{0,18}}?(?:人民政府|政府(?!信息|网|公报|门户|采购|部门|工作|购买|规章|数据|职能)|委员会|管委会"
    "|指挥部|局|[改健委工教建信农]委|委(?=办|[未没共收受公主发全累通答办])|厅|街道办事处|街道办?|单位|机构|部门|企业|公司|热线|信箱|邮箱|镇|乡|中心|法院|支队|大队|(?<!网)站|(?<!场)所(?![属有])|(?<![好用益去])处|(?<!本)科|[利育政]部"
    "|(?<!申请)(?<!办公)(?<!管理)(?<!信息)(?<!服务)(?<!平台)系统|(?<=[我本])[省市县区州]"
    "|(?<![承主协交督催接会举])办|办公室|馆|窗口|集团|纪检组|[妇残商侨文]联|村|社区|[医学]院|院校|[协学工]会|[居村]委会|武装部)"
    "(?:办公室|办公厅|办)?"
)
# What a subject does here, with the words that may stand before it.
_ACTS = (
    r"(?:\([^()]{1,12}\))?"
    "(?:共计?|总共|累计|全年|本年度?|20[0-9]{2}年度?|年内|均|也|还|已|则|依法|及时|新|先后|主动|分别|合计|一共)*"
    "(?:收到|受理|接到|接收|收悉|新收|办理|承办|办结|处理|答复|回复|公开|发布|推送|更新|公布|推出|刊|召开|举办|举行"
    "|组织|开展|制定|制发|出台|印发|开设|设立|设有|配备|安排|收取|未|没有|没|无|不(?:予|同)|被|发生|通过|利用|依托|在"
    "|[0-9])"
)
_SHORTEST = 2
"""Characters of a body's name: in 其中站在我方的9件 nobody is named."""
_SUBJECT = re.compile(f"(?P<name>{_ORGAN})(?={_ACTS})")
_DESK = re.compile(
    "(?:政府信息公开|政府信息|政务公开|信息公开)(?=(?:工作)?(?:领导小组)?(?:办公室|办)\\Z)|12345(?=[^0-9]{0,6}热线)"
)
"""What an organ's own name says of disclosure, or of numbers."""
_DIVISION = re.compile("(?:机关)?办公室|[局委厅院]办公室(?=(?:共计?|主动|依法|全年)*(?:公开|发布|推送|更新))")
"""A part of an office; of an office that is called so itself, the whole. What comes in comes to all of it."""
_WORDS = re.compile(
    "公开|发布|收到|受理|信息|通过|网站|平台|组织|召开|举办|开展|制定|配备|[向对由在将为报经按给把被与就]|根据|加强|推进"
    "|[0-9]"
)
_OWN = re.compile(f"[我本该各全]|[局委厅办院](?!校)(?:{_HAN}|\\Z)|[镇乡](?!政府|人民)")
_SELF = re.compile("[我本](?:局|厅|委|办|镇|乡|院|中心|单位|部门|机关|街道|市|县|区)\\Z")
_PLACE = re.compile("[我本][省市县区州]")
_PARTS = ("局", "委", "厅", "委员会")
"""What is one office of a place: 我市 is then more than the office."""
_BELOW = re.compile("[所下直]属|[站所处科院校队]\\Z|中心\\Z|公司\\Z")
_JOINED = re.compile("[局委厅办府院心镇乡][、和与及]")
_OFFICE = re.compile("(?<=[局委厅会])(?:办公室|办)\\Z")
_KINDS_OF_PLACE = frozenset("省市区县州旗镇乡")


def other_organ(text: str, start: int, at: int, agency: str | None) -> tuple[str, int] | None:
    """The organ, not the agency itself, that is the last subject of `text[start:at]`, and where it ends.

    An agency that is not known (None) is none of those named.
    """
    last: tuple[str, int] | None = None
    for begin in (start, *(opened.end() for opened in _OPENS.finditer(text, start, at))):
        found = _subject(text, begin)
        if found is None or found.end() > at:
            continue
        name = found["name"]
        if len(name) < _SHORTEST or _WORDS.search(_DESK.sub("", name)):
            continue
        division = _DIVISION.match(text, found.start())
        if division is not None and division.end() == found.end():
            whole = agency is not None and agency.endswith(("办公室", "办"))
            last = None if whole else (name, found.end())
            continue
        before = _listed(text, start, begin) if begin > start and text[begin - 1] == "、" else ""
        if _WORDS.search(before):
            continue  # 通过档案馆、图书馆: where, not who
        joint = _JOINED.search(name) or _JOINED.search(before)
        if not joint and _SELF.search(name):
            ours = _PLACE.fullmatch(name) is not None and agency is not None and agency.endswith(_PARTS)
            last = (name, found.end()) if ours else None
            continue
        if _OWN.match(name) and not joint:
            continue
        name = before + name  # 甲局、乙局共收到: the figure of both
        last = None if agency and is_same(name, agency) else (name, found.end())
    return last


@lru_cache(maxsize=512)
def _subject(text: str, begin: int) -> re.Match[str] | None:
    """The organ a clause begins with; the clause is asked about for each figure of its sentence."""
    lead = _BEFORE.match(text, begin)
    return _SUBJECT.match(text, lead.end() if lead else begin)


def is_same(name: str, agency: str) -> bool:
    """Whether a name, short (市水务局) or abbreviated (区教委), is that of the agency or of its office."""
    if _JOINED.search(name):
        return False
    if agency.endswith(name) or name.endswith(agency):
        return True
    if name.startswith(agency):
        return _BELOW.search(name, len(agency)) is None  # 某局河道管理处 is a body below it
    office = _OFFICE.search(name)
    if office is not None and is_same(name[: office.start()], agency):
        return True
    if name == parts_of(agency).town:
        return True  # a town and its government
    return _is_of_same_place(name, agency) and abbreviates(name, agency)


def _is_of_same_place(name: str, agency: str) -> bool:
    """Whether the place a name begins with, if any, is the agency's: 市水务局 is not 某市某区水务局."""
    places = parts_of(name).places
    if places:
        return is_of_place(places[-1], agency)
    return name[0] not in _KINDS_OF_PLACE or is_of_place(name[0], agency)


def _listed(text: str, start: int, at: int) -> str:
    """What stands before `at` in its list of subjects."""
    begin = max(start, *(text.rfind(stop, start, at) + 1 for stop in ",:("))
    lead = _BEFORE.match(text, begin, at)
    return text[lead.end() if lead else begin : at]
