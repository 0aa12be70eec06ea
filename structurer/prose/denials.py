"""Zero statements: what a sentence says did not happen (未收到申请), row by row."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from structurer.prose.claim import Claim
from structurer.prose.lexicon import WORDS, only, trie
from structurer.running import Reading

_TOPICS = {
    "apply": WORDS["apply"],
    "pronoun": "申请 申请件 该项申请 此类申请",
    "recon": WORDS["recon"],
    "lit": WORDS["lit"] + " 行政应诉",
    "complaint": WORDS["complaint"] + " 群众投诉 群众举报",
    "fee": "收费 费用 任何费用 收取费用 信息处理费",
    "press": "新闻发布会",
    "both": WORDS["both"],
    "npc": WORDS["npc"],
    "cppcc": WORDS["cppcc"],
}
_HINT = re.compile("诉讼|复议|申请|费|投诉|举报|发布会|提案|建议|议案")
_ZERO = re.compile("[0零〇无]")
_KIND = {word: kind for kind, words in _TOPICS.items() for word in words.split()}
_TOPIC = re.compile(trie(_KIND))
_ROWS = {
    "apply": "applications_received",
    "pronoun": "applications_received",
    "recon": "reconsiderations",
    "lit": "litigations",
    "complaint": "complaints",
    "fee": "fees_charged",
    "press": "press_conferences",
    "both": "suggestions_and_proposals",
    "npc": "npc_suggestions",
    "cppcc": "cppcc_proposals",
}

# 无法, 无偿, 未来, 未公开, 未开通 are other words; after 未 and 没 something must be said to have happened.
_NOT = re.compile(r"没有|未有|从无|并无|均无|无(?<![毫若如]无)(?![法偿论关障正线效锡须需人疑])|未|没")
_HAPPENED = """收到过 收到 接到过 接到 受理过 受理 接收到 接收 发生过 发生 产生过 产生 出现过 出现 引发
引起 有 被提起 提起 被申请 再 曾 收取 办理
收悉 新收到 新收 存在 涉及 承办 召开 举办 提出 出现 被 形成"""
_BETWEEN = """任何 一例 一起 一件 一宗 例 件 过 了 相关 有关 关于 对 本机关 本局 本单位 政府信息公开
信息公开 政务公开 政府信息 的 公民 、 法人
或 和 及 其他组织 其它组织 组织 社会 群众 公众 人 个人 单位 要求 提交 提出 涉及 申请人 各类 针对 方面 工作
公开政府信息 就 向我局 向本机关
向本局 向我委 向本单位 我局 我委 行政 申请 提起 书面 因此 此类 该类 由此 主动 省 市 区 县 级 直接 公开 以及
其他 而 引起 引发 产生 导致 造成"""
_LEAD = re.compile(trie((_HAPPENED + " " + _BETWEEN).split()))
_HAPPENED_AT = re.compile(trie(_HAPPENED.split()))
_BECAUSE = re.compile(r"因|由于|针对|就|对|由|基于|关于|有关|涉及")
_AFTER = (
    "案件 事件 情况 事项 申请 件 案 问题 现象 行为 业务 请求 办件 工单 情形 的 等 办理 数量 一事 之 "
    "的情况 信息 和受理 发生 的情况发生"
)
_TAIL = re.compile(trie(_AFTER.split()))
_LINK = re.compile(r"[、和及与或/]|以及|或者|,(?=(?:行政)?(?:复议|诉讼|投诉|举报))")
_STOP = re.compile(r"[,。;:!?\n()|]|也|亦|均|都|;|而|且|\Z")
_NEVER_BEFORE = re.compile(r"(?:如|若|是否|凡|确保|防止|避免|杜绝|力争|假如|对|要|应)[^,。;\n]{0,12}\Z")

_EXCEPT = re.compile("除(?!此(?:之|以)?外)[^;。\\n]{1,40}?(?:之外|以外|外),?[^,;。\\n]{0,20}\\Z")
# A cause that is a fault other than not disclosing narrows what did not happen.
_FAULT = re.compile(
    "[未不没](?!(?:及时|主动|依法|予)*公开)|违|超期|逾期|超时|瑕疵|失误|拖延|错误|过错|败诉|泄"
)

_SOME = re.compile("(?<![、和及与或])(?<!其[他它])(?:法人|企业|单位|组织)(?![、和及与或])(?:提出|提交|申请)")
"""Who alone did not apply: 未收到法人提出的申请."""

_FEE = re.compile(
    r"(?:未|没有|没|不(?!得|应|能|准|足|仅|断|同)|无)(?!按|及时|缴|依|违|乱|超|擅"
    r"|规)(?:[^,。;:!?\n(),]{0,24}?(?:收取|收过|产生|发生|存在|收缴))"
    r"[^,。;:!?\n(),]{0,20}?(?:费用|收费|信息处理费|检索费|手续费)(?:和减免)?(?:的?(?:情况|现象"
    r"|问题|行为|事项|情形))?"
    r"(?=[,。;、!?\n)(|]|\Z|和|及|也|或)"
    r"|(?:没有|无)收费(?:的?(?:情况|现象|项目))?(?=[,。;、!?\n)(|]|\Z)|收费(?:和减免"
    r"|及减免)?(?:的?情况)?:(?:无|没有|零)(?=[,。;!?\n]|\Z)"
)
_LISTED = re.compile(
    rf"(?P<list>(?:{_TOPIC.pattern})(?:(?:案件|情况|申请|事项|数量|办件)?(?:[、和及与或]"
    rf"|以及)(?:{_TOPIC.pattern})){{0,6}})(?:案件|的?情况|申请|事项|数量|总数|总量|数)?"
    r"(?:均|都|皆|全部|全年)?(?:发生|受理|收到)?(?P<says>(?:为|是|:|数为"
    r"|数量为)?(?P<zero>零(?:申请|投诉|诉讼)?|〇|0(?![0-9.,%])|无(?![法偿论关障正线效]))(?:件|起"
    r"|宗|例|次|元)?)"
    r"(?=[,。;、!?\n)(|]|\Z|,)"
)


def denials(reading: Reading, spans: Sequence[tuple[int, int]]) -> Iterator[Claim]:
    """Every row that the text says is zero; the claims of one sentence share its wording."""
    text = reading.text
    ends = [end for _, end in spans]
    seen = -1
    for hint in _HINT.finditer(text):
        index = bisect_left(ends, hint.start())
        if index == seen or index >= len(spans):
            continue
        seen = index
        start, end = spans[index]
        yield from _negated(reading, index, start, end)
        if text.find("费", start, end) >= 0:
            yield from _fees(reading, index, start, end)
        if _ZERO.search(text, start, end):
            yield from _listed(reading, index, start, end)


def _negated(reading: Reading, index: int, start: int, end: int) -> Iterator[Claim]:
    text, at = reading.text, start
    while found := _NOT.search(text, at, end):
        at = found.end()
        if _NEVER_BEFORE.search(text[max(start, found.start() - 16) : found.start()]):
            continue
        if _EXCEPT.search(text, max(start, found.start() - 80), found.start()):
            continue
        strong = found[0] not in ("未", "没")
        topics, last = _objects(reading, at, min(end, at + 120), strong)
        if _SOME.search(text, at, last):
            topics = []
        for kind in dict.fromkeys(topics):
            yield _claim(_ROWS[kind], found.start(), last, index)
        at = max(at, last)


def _objects(reading: Reading, at: int, end: int, strong: bool) -> tuple[list[str], int]:
    """The topics a negation reaches, in a row joined by 、和或, and where the last ends."""
    text, kinds, last = reading.text, [], 0
    if not strong and not _happens(text, at, end):
        return [], 0
    topic = _first(text, at, end)
    while topic is not None:
        after = _past(_TAIL, text, topic.end(), end)
        if _STOP.match(text, after) is None and _LINK.match(text, after) is None and after < end:
            return [], 0  # 未发生行政复议、诉讼败诉案件: it is not lawsuits that did not happen
        if kind := _settled(reading, topic, at):
            kinds.append(kind)
        last = after
        link = _LINK.match(text, after, end)
        if link is None:
            break
        begin = _past(_LEAD, text, link.end(), end, keep=True)
        topic = _TOPIC.match(text, begin, end)
    return kinds, last


def _happens(text: str, at: int, end: int) -> bool:
    if _HAPPENED_AT.match(text, at, end):
        return True
    because = _BECAUSE.match(text, at, end)
    return because is not None and _HAPPENED_AT.search(text, because.end(), end) is not None


def _first(text: str, at: int, end: int) -> re.Match[str] | None:
    """The first topic after a negation. What comes after 因 is the cause: topics there only lead to the
    first other one."""
    stop = re.compile(r"[,。;:!?\n()|]").search(text, at, end)
    end = stop.start() if stop else end
    while at < end:
        because = _BECAUSE.match(text, at, end)
        if because is not None:
            topics = [t for t in _TOPIC.finditer(text, at, end) if _KIND[t[0]] not in ("apply", "pronoun")]
            if topics:
                return None if _FAULT.search(text, because.end(), topics[0].start()) else topics[0]
            if because[0] not in ("关于", "有关", "涉及", "由"):
                return None
        topic = _TOPIC.match(text, at, end)
        if topic is not None and not (_KIND[topic[0]] == "pronoun" and _TOPIC.match(text, topic.end(), end)):
            return topic
        word = _LEAD.match(text, at, end)
        if word is None:
            return None
        at = word.end()
    return None


def _past(words: re.Pattern[str], text: str, at: int, end: int, keep: bool = False) -> int:
    """Skip these words; with `keep`, stop where a topic begins."""
    while at < end and not (keep and _TOPIC.match(text, at, end)):
        word = words.match(text, at, end)
        if word is None or word.end() == at:
            break
        at = word.end()
    return at


def _settled(reading: Reading, topic: re.Match[str], at: int) -> str | None:
    """The kind of a topic; 申请 alone is an application only where a heading or a sentence before says so."""
    kind = _KIND[topic[0]]
    if kind == "pronoun":
        text = reading.text
        between = text[at : topic.start()]
        named = (
            "公开" in between
            or "申请公开" in text[max(0, at - 200) : at]
            or "公开申请" in text[max(0, at - 200) : at]
        )
        return kind if named or "申请" in reading.title(at) else None
    return kind


def _fees(reading: Reading, index: int, start: int, end: int) -> Iterator[Claim]:
    for found in _FEE.finditer(reading.text, start, end):
        around = reading.text[start:end] + reading.title(start) + reading.text[max(0, start - 60) : start]
        if re.search("公开|申请", around):
            yield _claim("fees_charged", found.start(), found.end(), index)


def _listed(reading: Reading, index: int, start: int, end: int) -> Iterator[Claim]:
    text = reading.text
    for found in _LISTED.finditer(text, start, end):
        before = text[max(start, found.start() - 6) : found.start()]
        if (
            before
            and not only(_LEAD, text, found.start() - len(before), found.start())
            and before[-1] not in ",、:"
        ):
            continue
        kinds = [_KIND[topic[0]] for topic in _TOPIC.finditer(text, *found.span("list"))]
        for kind in dict.fromkeys(kinds):
            claim = _claim(_ROWS[kind], found.start(), found.end(), index)
            claim.printed = "number" if found["zero"] == "0" else "text"
            if kind != "pronoun":
                yield claim


def _claim(row: str, start: int, end: int, sentence: int) -> Claim:
    return Claim((row,), 0, "", "exact", start, end, sentence, printed="text", at=start)
