"""When and for whom a statement holds; plans, rules and conditions tell of nothing that happened."""

from __future__ import annotations

import re
from typing import NamedTuple

from structurer.observation import Period
from structurer.prose.scope import scope_of
from structurer.prose.times import NEAR, Times, bracketed, period
from structurer.prose.words import clause_start

# What is planned, required or supposed did not happen. 将 alone also marks an object (将意见公开), so only
# in the same clause.
_PLAN = re.compile(
    r"将(?:继续|进一步|不断|大力|着力|认真|持续|切实|重点|全面|深入|严格|努力|力争)|计划(?:在|于"
    r"|开展|召开|举办|组织|发布|公开|培训)|拟(?<!虚拟)(?:于|在|召开|举办|组织|开展|发布)"
    r"|力争|下一步|下步|预计|争取|明年|来年|今后|要求[^,。;]{0,12}(?:不少于|至少|每)|要求(?=[各全所下每])|(?:目标|任务)(?:是|为|任务|数|量)|指标(?:是|为|:)"
)
# A rule or a condition says what is to be done, in whatever clause: 如收到…, 各单位应…; not 应公开尽公开.
_RULE = re.compile(
    "(?<![例比诸不自有正犹假])如(?![期下实今何此同图上约皋东意数])"
    "|(?<![回相对响适供反效感答呼顺因理])应当?(?!急|用|诉|对|邀|届|征|聘|变|收|付|[^,;。]{1,12}[的尽])"
    "|(?<![必无])须(?!知|要?的)|假设|倘若|假若"
    "|(?<![需主重必只还摘概纲简首紧不想纪])(?:需要?|要)(?=(?:主动|依法|全面|及时)*(?:公开|发布|收到|办理|召开|举办|组织|开展|完成)(?!的))"
)
_RULED = re.compile("(?:(?:以上|以下)?的|(?<=的)),[^,;。]{0,8}(?:应|须|要|可)")
_EACH = re.compile("[各每所]")
_AT_LEAST = re.compile("不少于|不得少于|不低于|至少")
_BEHIND = re.compile(r"\((?P<when>20[0-9]{2}年度?|[上去]一?年度?)(?:数据?|同期)?\)")
_GROWN = re.compile(
    "[^。\\n]{0,24}?(?:其中[,:]?(?:(?:本年度?|今年|当年|年内|20[0-9]{2}年度?)(?:新|制定|制发|出台|印发)"
    "|新(?:制|出台|印发|增[^0-9]{0,8}[0-9]+[件条]))|(?:其中|含|包括)[^。;0-9]{0,8}(?:历年|往年|以前年度|20[0-9]{2}年度?(?:及?以前|之前))"
    "|其中[,:]?(?:本年度?|今年|当年|年内|20[0-9]{2}年度?)[^,。;0-9]{0,4}[0-9]+[条件篇份])"
)
"""What behind a figure makes it more than the year's: 公开90条,其中今年新增30条."""
_UP_TO = re.compile("[,(](?:该|此|以上|上述)?[项组些]?(?:数据|统计|数字)*(?:时间)?截[至止]")
"""A day named behind a figure closes it: 300条(截至10月底)."""
_SHARED = re.compile(
    "[,(:]?(?:其中|含|包括|包含)[,:]?[^。;()0-9]{0,12}?(?:[下所局直委厅]属|二级单位|乡镇|镇街|(?:局|委|厅|府|[市县区镇])(?:机关|本级))"
    "|[,(](?:局|委|厅|[市县区镇])?(?:机关|本级)[0-9]"
)
"""What behind a figure makes it that of other bodies as well: 300条,其中局机关120条."""
_WILL = re.compile("将|如果|若|假如|不得|应当|必须")


class Context(NamedTuple):
    """The period, its closing date and the scope of one statement."""

    period: Period = "year"
    as_of: str | None = None
    scope: str | None = None


def context(words: Times, start: int, at: int, end: int) -> Context | None:
    """When and for whom a quantity at `at`, named up to `end`, in the sentence from `start`, holds; None when
    that is not certain."""
    text = words.text
    near = max(start, at - NEAR)
    clause = clause_start(text, near, at)
    if _PLAN.search(text, near, at) or _WILL.search(text, clause, at) or _RULE.search(text, near, at):
        return None
    if _AT_LEAST.match(text, at) and _EACH.search(text, clause, at):
        return None  # 各科室每月公开信息不少于30条: what is asked of each
    if _RULED.match(text, end) or _GROWN.match(text, end) or _UP_TO.match(text, end):
        return None
    behind = _BEHIND.match(text, end)
    dated = bracketed(words, behind["when"]) if behind else period(words, start, clause, at)
    if dated is None:
        return None
    scope = scope_of(text, near, at, words.agency)
    if scope is None or (not scope and _SHARED.match(text, end)):
        return None
    return Context(*dated, scope or None)
