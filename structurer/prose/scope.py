"""For whom a statement holds: the office itself, or the bodies that stand before its quantity."""

from __future__ import annotations

import re

from structurer.prose.organs import is_same, other_organ
from structurer.prose.words import clause_start

_BODIES = (
    "单位|部门|学校|乡镇|镇街|街镇|街道|县区|区县|市县|县市区|县市|镇办|机构|企业|中小学|幼儿园|院校"
    "|高校|系统|镇|乡|村居|村|社区|局|市|县|区"
)
_SCOPE = re.compile(
    rf"(?:辖区)?(?:范围)?内?各?[0-9一二三四五六七八九十两]{{1,4}}[个家所](?:{_BODIES})|辖区(?:范围)?内?各?(?:类|级)?(?:{_BODIES})?|"
    rf"全[省市区县州旗镇乡](?:[\u4e00-\u9fff]{{0,6}}系统|各级|各类)?(?:各?(?:{_BODIES}))?"
    rf"|(?:各|下属|所属|直属|局属|委属|厅属|校属|省属|市属|区属|县属|省直|市直|区直|县直)"
    rf"(?:各|级|类|事业){{0,2}}(?:{_BODIES})(?:\([^()]{{1,6}}\))?"
    r"|全[局委厅]?系统|村级"
    r"|中学|小学|幼儿园|职业学院|街道办事处"
)
_QUOTATION = re.compile('"[^"\\n]{1,80}"|《[^《》\\n]{1,80}》')
_CHANNEL = re.compile('"?(?:官方)?(?:政务)?(?:微信|微博|公众号|抖音|客户端|网站|网|专栏|栏目|平台|APP)')
_CHANNEL_OF_IT = re.compile(f"的?(?:机关|门户|政府)*{_CHANNEL.pattern}")
"""What makes 我局 no subject: 甲局在我局网站发布."""
_SCHOOLS = frozenset(("中学", "小学", "幼儿园", "职业学院", "街道办事处"))
_NAME = re.compile(r"[\u4e00-\u9fff]+\Z")
SELF = re.compile("我[局厅委办镇乡院中市区县]|本[局厅委机单办镇乡院]|局机关|厅机关|委机关|机关本级|局本级")
_TOGETHER = re.compile(
    "(?<![不未])(?:含|包括|包含|连同)[^,。;:()0-9]{0,8}?"
    "(?:(?:[下所局直委厅]属|二级)(?:事业)?(?:单位|机构|部门)|乡镇|镇街|街道|学校)"
)
"""Bodies that the office counts with its own: 我局(含下属单位)."""
_OF_PLACE = re.compile("(?:^|[,:(、。共年度])[省市区县](?:级|(?:人民)?政府)?(?=政府信息公开|信息公开)")
"""A place's applications and cases in the report of one of its offices: 市政府信息公开行政复议3件."""
_OWNER = re.compile(
    "12345|(?:[下所直]属|团委|工会|党委|妇联|协会)[^,。;:()、]{0,12}?(?:微信|微博|公众号|抖音|客户端|网站)"
)
"""A body whose own channel it is: 局团委微信公众号, 12345热线."""
_OFFICES = ("局", "委", "厅", "委员会")
_ASIDE = frozenset("在向对为给到于就受和及、与使让将被跨")
_OPENING = frozenset(',:(、年度底月日末来内"共中')


def _quoted(text: str, start: int, at: int) -> list[tuple[int, int]]:
    """Where the quotations lie that close before `at`: a body that a title speaks of (小学入学政策解读) does
    not act. None is sure where a mark has no partner."""
    if text.count('"', start, at) % 2:
        return []
    return [(word.start() + 1, word.end() - 1) for word in _QUOTATION.finditer(text, start, at)]


def scope_of(text: str, start: int, at: int, agency: str | None) -> str | None:
    """Whose figure it is: "" the office's own, None when another body is named but not as the subject."""
    if agency is not None and agency.endswith(_OFFICES) and _OF_PLACE.search(text[start:at]):
        return None
    if _OWNER.search(text, clause_start(text, start, at), at):
        return None
    scope = ""
    quoted = _quoted(text, start, at)
    for word in _SCOPE.finditer(text, start, at):
        begin = word.start()
        if any(opens <= begin and word.end() < closes for opens, closes in quoted):
            continue
        if text[word.end()] == '"' and _CHANNEL.match(text, word.end()):
            return None  # "阳光小学"微信公众号 is a channel
        if word[0] in _SCHOOLS:  # 实验小学: its name stands before it
            name = _NAME.search(text, max(start, begin - 8), begin)
            begin = name.start() if name else begin
        before = text[begin - 1] if begin > start else ","
        if before in _OPENING or (before == "、" and scope):
            scope = text[begin : word.end()]
        elif before not in _ASIDE and begin >= clause_start(text, start, at):
            return None
    organ = other_organ(text, start, at, agency)
    if organ is not None and (not scope or text.rfind(scope, start, at) < organ[1]):
        scope = organ[0]
    if scope and agency and (organ is None or scope != organ[0]) and is_same(scope, agency):
        return ""
    if scope:
        own = [one for one in SELF.finditer(text, start, at) if not _CHANNEL_OF_IT.match(text, one.end())]
        if own and text.rfind(scope, start, at) + len(scope) <= own[-1].start():
            scope = ""
    if not scope and _TOGETHER.search(text, start, at):
        return None
    return scope
