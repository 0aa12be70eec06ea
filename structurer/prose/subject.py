"""Whether what is counted is about disclosure: cases, fees, staff and trainings have many other subjects."""

from __future__ import annotations

import re

_PUBLIC = re.compile("(?:信息|政务|申请)公开|公开(?:工作|[^,。;]{0,8}申请)")
_CASES = "(?:行政)?(?:复议|诉讼|应诉|投诉|举报|申诉)"
_CASE_OF_IT = re.compile(
    "(?:信息|政务|申请)公开(?:申请|工作|类|方面|领域|事项|相关|有关|案件|的|引[发起]|而|被|提起|申请|产生|导致|答复|行为|问题|内容|不服|发生"
    f"|处理|决定|行政|复议|诉讼|投诉|举报|[、和及与或])*{_CASES}"
    "|(?:因|由于|涉及?|关于|针对|有关|就|对|与)[^,。;0-9]{0,24}(?:(?:信息|政务)公开|公开[^,。;0-9]{0,8}(?:信息|申请))"
    "|公开[^,。;0-9]{0,12}申请|申请[^,。;0-9]{0,8}公开"
)
_OF_CASES = re.compile("复议|诉讼|投诉|举报|监督|救济|申诉")
_ABOUT_OTHER = re.compile(
    "[,(:]?(?:均|都|全部|主要)(?:为|是|属于?|系|因|涉及|与)"
    "(?![^,。;]{0,16}公开(?!无关)|维持|驳回|纠正|撤|自然人|公民|法人|胜|办结|结案|审结|已|我|本)"
)
_ADVISER = re.compile("法律顾问|律师|代理|司法局|法制办")
_FEE = re.compile(
    "(?:信息|申请|政务)公开|公开[^,。;]{0,8}(?:申请|信息)|申请[^,。;]{0,8}公开|依申请|信息处理费|检索|复制|邮寄"
)
_OF_FEES = re.compile("收费|费用|减免|申请")


def is_public(text: str, low: int, high: int, heads: str) -> bool:
    """Whether the sentence, or its heading, speaks of the work of disclosure."""
    return "公开" in heads or _PUBLIC.search(text, low, high) is not None


def is_case(text: str, low: int, start: int, end: int, high: int, heads: str) -> bool:
    """Whether cases counted in `text[start:end]` are said to be about disclosure.

    `low` and `high` bound the sentence, `start` the clause.
    """
    if _ADVISER.search(text, start, end) or _ABOUT_OTHER.match(text, end, high):
        return False
    named = "公开" in heads and _OF_CASES.search(heads) is not None
    return named or _CASE_OF_IT.search(text, low, high) is not None


def is_fee(text: str, low: int, high: int, heads: str) -> bool:
    """Whether a charge is one for information."""
    return _OF_FEES.search(heads) is not None or _FEE.search(text, low, high) is not None
