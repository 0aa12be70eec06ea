"""Whose channel it is: what stands on the site of another body says nothing of the office's own."""

from __future__ import annotations

import re

from structurer.metadata.regions import is_of_place
from structurer.prose.channels import inherited
from structurer.prose.organs import is_same
from structurer.prose.words import Token

_KEPT = frozenset(("website", "wechat", "weibo", "both_micro", "short_video"))
"""Channels that a body keeps itself; everybody is in the same newspapers."""
_OF_CHANNEL = frozenset(
    (
        "website_visits", "wechat_followers", "weibo_followers", "reads", "video_plays", "columns",
        "online_interviews", "interpretations", "consultations_answered",
    )
)  # fmt: skip
_REACH = 40
"""Characters before a channel in which its owner is named."""
_BETWEEN = re.compile(
    '(?:的|官方|政务|信息|机关|门户|主办的|开设的|新浪|腾讯|上的|"[^"]{1,20}"|《[^《》]{1,20}》|[(][^()]{1,20}[)])*\\Z'
)
_PRIVATE = re.compile("群|朋友圈|工作群|好友")
"""What is read by those who were asked in: 微信群."""
_SHARED = re.compile('(?:[各两三]级(?:人民政府|政府)?|信用(?:中国|[\u4e00-\u9fff]{2,4})"?)\\Z')
_RUN_BY = re.compile("[(]?(?:由)?(?P<name>[\u4e00-\u9fff]{2,16}?)(?:主办|主管|运营|开设|管理)[)]")
_HAN = re.compile("[\u4e00-\u9fff]*\\Z")
_LEADS = re.compile(
    ".*(?:通过|利用|依托|借助|运用|经由|充分|先后|同时|以及|其中|[在于年月日]|年度|全年|本年|分别|主要|由(?=[我本]))"
)
_OWN = re.compile("[我本自]|(?:局|厅|委|办|院|镇|乡|机关|单位)\\Z")
_OTHER_LEVEL = re.compile("(?:[省县州]|市(?![场政容民])|区(?![域块]))[\u4e00-\u9fff]")
_GOVERNMENT = re.compile("(?P<place>.*?)(?:人民政府|政府)\\Z|(?P<bare>.*?[省市区县州旗镇乡])级?\\Z")
_BODY = re.compile(
    "(?:[局厅署]|委(?:员会)?|(?<![全内外])部|(?<![主承开创举协新合])办|办公室|办公厅|中心|街道|办事处|院|公司|集团|协会|学会|联合会|工会"
    "|妇联|团委|报社|馆|(?<!平)台|大学|学校|[中小]学|[一二三四五六七八九十]中|[站所队]|企业|个人|社区|村|单位|部门|机构|机关|上级|国家级|系统)\\Z"
)


def is_elsewhere(rows: tuple[str, ...], text: str, start: int, at: int, agency: str | None) -> bool:
    """Whether a figure at `at` counts what stands on a channel of another body, neither the agency nor the
    government of its place. `start` is where the sentence begins."""
    if not any(row in _OF_CHANNEL or row.startswith("disclosed_") for row in rows):
        return False
    return any(_is_of_another(text, start, word, agency) for word in inherited(text, start, at))


def _is_of_another(text: str, start: int, channel: Token, agency: str | None) -> bool:
    if channel.kind not in _KEPT:
        return False
    if _PRIVATE.match(text, channel.end) or _SHARED.search(
        text[max(start, channel.start - _REACH) : channel.start]
    ):
        return True
    run = _RUN_BY.match(text, channel.end)
    name = run["name"] if run else _owner(text, start, channel)
    if not name or _OWN.match(name):
        return False
    if _OTHER_LEVEL.match(name) and not is_of_place(name[0], agency):
        return True  # 市教育信息网, in the report of a county's bureau
    government = _GOVERNMENT.match(name)
    if government is not None:
        return not is_of_place(government["place"] or government["bare"] or "", agency)
    return _BODY.search(name) is not None and not (agency is not None and is_same(name, agency))


def _owner(text: str, start: int, channel: Token) -> str:
    """The words directly before a channel that say whose it is; "" where none do."""
    before = text[max(start, channel.start - _REACH) : channel.start]
    word = text[channel.start : channel.end]
    if word.startswith("局"):
        before += "局"
    between = _BETWEEN.search(before)
    han = _HAN.search(before, 0, between.start() if between else len(before))
    name = han[0] if han else ""
    lead = _LEADS.match(name)
    name = name[lead.end() :] if lead else name
    if word.startswith("政府网") and name and not _OWN.match(name) and not _BODY.search(name):
        return f"{name}政府"  # 区政府网站
    return name
