"""What stands around the body of a report on its page: navigation, widgets, the footer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from structurer.document import Span

_HEAD_LINES = 60
_HEAD_LINE = 60
"""Lines longer than this end the head of a page, unless they are a trail of links."""
_FOOTER_LINES = 1000
_FOOTER_LINE = 160

_TRAIL = re.compile(
    r"[ \t\u200b]{0,40}(?:您?(?:当前|现在|目前)?(?:所在)?的?(?:当前)?位置[: ]{1,4}[^\n]{0,120}"
    r"|(?:网站)?首页[ \t]{0,8}(?:->|>|»|›|/|\||\\)[^\n]{0,120})$"
)
_SCAN = re.compile(r"(?:扫一扫|扫描二维码|微信扫|手机扫|扫码)[^\n。]{0,30}$")
_WIDGET = re.compile(
    "打印(?:本页|文章|此文|文本)?|关闭(?:本页|窗口)?|收藏(?:本页)?|分享(?:到|至)?|字体|字号|纠错|下载(?:文字版|文档)?|微信(?:好友)?"
    "|微博|新浪|QQ空间|朋友圈|复制链接|[大中小特]|返回(?:顶部|首页|列表|上页)?|语音播报|朗读|保存|全文|网站地图|站点地图"
    "|联系我们|关于我们|网站声明|隐私声明|设为首页|加入收藏|无障碍(?:浏览|阅读|版|模式)?|长者(?:模式|版|助手)|适老化|繁體|繁体|简体"
    "|English|登录|注册|个人中心|智能问答|政府网站找错|上一[篇条][^\n]{0,60}|下一[篇条][^\n]{0,60}"
)
_BETWEEN = re.compile(r"[ \t\u200b|:\[\]()/、,·.>-]+")
_SINGLE = frozenset("大中小特")
_FOOTER = re.compile(
    r"版权所有|ICP备[^\n]{0,4}[0-9]|网站标识码|公网安备|友情链接|[Cc]opyright|COPYRIGHT|建议使用[^\n]{0,40}(?:浏览|分辨率)"
    "|(?:主办|承办|制作维护|技术支持|网站支持|网站管理|网站维护)(?:单位)?:"
)
_CONTACT = re.compile("(?:地址|邮编|邮政编码|电话|联系电话|传真|邮箱|电子邮箱|备案号?|序号)[: ]")
_SENTENCE = re.compile("[。;!?]")
_NUMBERS = re.compile(r"[-+0-9.,/%| \t\u200b\x1e\x1f]*$")
_NUMBERED = re.compile(r"[ \t\u200b]{0,40}\(?[一二三四五六七八九十0-9]{1,3}[).、]")
_LINK = 24
"""A footer's links and names are no longer than this."""


def furniture(folded: str) -> tuple[Span, ...]:
    """The parts of a folded text that are no part of the report itself, ascending and apart.

    Takes whole lines: before the body only trails of links and print, font and share widgets, behind
    it the footer from its first certain line on. Publication metadata (dates, sources, index numbers)
    is not furniture, nor is any line in a table or of numbers; where in doubt, a line is body.
    """
    body = _footer(folded)
    spans = [*_head(folded, body), *((Span(start=body, end=len(folded)),) if body < len(folded) else ())]
    return joined(folded, spans)


def is_widget(line: str) -> bool:
    """Whether a folded line holds widgets and nothing else: `[字体: ] 打印`, `分享到: 微信 微博`."""
    if len(line) > _FOOTER_LINE:
        return False
    if _SCAN.search(line) and not _SENTENCE.search(line):
        return True
    if _BETWEEN.sub("", _WIDGET.sub("", line)):
        return False
    # A lone 大, 中 or 小 is a word like any other; only beside a widget it is a size of print.
    return any(name not in _SINGLE for name in _WIDGET.findall(line))


def joined(folded: str, spans: Iterable[Span]) -> tuple[Span, ...]:
    """Ascending spans, each stretched over the blank lines behind it, those that touch made one."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start):
        end = _past_blank_lines(folded, span.end)
        start = 0 if not merged and not folded[: span.start].strip() else span.start
        if merged and start <= merged[-1].end:
            start, end = merged[-1].start, max(end, merged[-1].end)
            merged.pop()
        merged.append(Span(start=start, end=end))
    return tuple(merged)


def _past_blank_lines(folded: str, end: int) -> int:
    while end < len(folded):
        line = folded.find("\n", end)
        stop = len(folded) if line < 0 else line + 1
        if folded[end:stop].strip(" \t\n\u200b"):
            return end
        end = stop
    return end


def _head(folded: str, body: int) -> Iterator[Span]:
    for start, end in _lines(folded, body):
        line = folded[start:end]
        if _NUMBERED.match(line) or (len(line) > _HEAD_LINE and not _TRAIL.match(line)):
            return
        if _TRAIL.match(line) or is_widget(line):
            yield Span(start=start, end=min(end + 1, len(folded)))


def _lines(folded: str, stop: int) -> Iterator[tuple[int, int]]:
    start = 0
    for _ in range(_HEAD_LINES):
        if start >= stop:
            return
        end = folded.find("\n", start, stop)
        if end < 0:
            end = stop
        if end > start:
            yield start, end
        start = end + 1


def _footer(folded: str) -> int:
    """Where the footer begins: its first certain line with nothing but footer behind it."""
    found = end = len(folded)
    for _ in range(_FOOTER_LINES):
        if end <= 0:
            break
        start = folded.rfind("\n", 0, end) + 1
        kind = _footer_kind(folded, start, end)
        if kind == "body":
            break
        if kind == "certain":
            found = start
        end = start - 1
    return found


def _footer_kind(folded: str, start: int, end: int) -> str:
    """Whether a line is certainly of a footer, may be of one, or is body."""
    if end - start > _FOOTER_LINE:
        return "body"
    line = folded[start:end].strip(" \t\u200b")
    if not line:
        return "maybe"
    if "\x1f" in line or _NUMBERS.match(line):
        return "body"
    if _FOOTER.search(line) and "。" not in line:
        return "certain"
    if is_widget(line):
        return "certain"
    if _SENTENCE.search(line) or _NUMBERED.match(line):
        return "body"
    return "maybe" if len(line) <= _LINK or _CONTACT.match(line) else "body"
