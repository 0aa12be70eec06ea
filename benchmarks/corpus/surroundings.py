"""What stands around a report, and what crawlers do to its headings: one small function each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from benchmarks.corpus.layouts import Part
from benchmarks.corpus.prose import Office

Around = Callable[[list[Part], Office, Random], list[Part]]


def navigation(parts: list[Part], who: Office, rng: Random) -> list[Part]:
    """A trail of links and a share line above; links and a copyright line below."""
    above = [
        Part(
            "text",
            rng.choice(("首页 > 政务公开 > 法定主动公开内容 > 年度报告", "您现在的位置：首页 -> 公开年报")),
        ),
        Part("text", "分享到微信 行政规范性文件 政策解读 政民互动"),
    ]
    below = [
        Part("text", "上一篇：没有了"),
        Part("text", f"版权所有：{who.agency}　网站标识码：{rng.randint(10**9, 10**10)}"),
    ]
    return [*above, *parts, *below]


def metadata_lines(parts: list[Part], who: Office, rng: Random) -> list[Part]:
    """Index number, publisher and date above the title, in one of three shapes; some are empty."""
    index = f"{rng.randint(10**8, 10**9)}/{who.year + 1}-{rng.randint(1, 400):05d}"
    pairs = (("索 引 号", index), ("发布机构", who.agency), ("文 号", ""), ("成文日期", who.published))
    shape = rng.randrange(3)
    if shape == 0:
        lines = [f"{name}：{value}" for name, value in pairs]
    elif shape == 1:
        lines = ["| " + " | ".join(pair) + " |" for pair in pairs]
    else:
        lines = [f"• {text}" for pair in pairs for text in pair if text]
    return [Part("text", "\n".join(lines)), *parts]


def title_again(parts: list[Part], who: Office, rng: Random) -> list[Part]:
    """The title stands there twice, the second time over two lines."""
    half = who.title.find("年") + 1 or len(who.title) // 2
    return [parts[0], Part("text", f"{who.title[:half]}\n{who.title[half:]}"), *parts[1:]]


def contents(parts: list[Part], who: Office, rng: Random) -> list[Part]:
    """A table of contents before the body, with page numbers."""
    headings = [part.text for part in parts if part.kind == "heading"]
    listed = "\n".join(f"{heading} …… {page}" for page, heading in enumerate(headings, 1))
    return [parts[0], Part("text", f"目录\n{listed}"), *parts[1:]]


def body_twice(parts: list[Part], who: Office, rng: Random) -> list[Part]:
    """The whole report a second time below the first."""
    return [*parts, *parts]


def numerals_lost(parts: list[Part], who: Office, rng: Random) -> list[Part]:
    """Headings that begin with a bare `、`."""
    return [
        part._replace(text=part.text[1:]) if part.kind == "heading" and part.text[1:2] == "、" else part
        for part in parts
    ]


def prose_numbered_first(parts: list[Part], who: Office, rng: Random) -> list[Part]:
    """Prose has sections 一 to 三 of its own; then the numbering begins again for the tables."""
    own = [
        Part("heading", "一、组织领导"),
        Part("text", "分管领导牵头，各科室各有一名联络员。"),
        Part("heading", "二、政府信息公开申请情况"),
        Part("text", "申请渠道畅通，登记、答复、归档各有专人。"),
        Part("heading", "三、平台建设"),
        Part("text", "网站栏目重新梳理，查找更加方便。"),
    ]
    at = next(index for index, part in enumerate(parts) if part.kind == "heading")
    return [*parts[:at], *own, *parts[at:]]


def residue(parts: list[Part], who: Office, rng: Random) -> list[Part]:
    """Rests of markup and doubled commas in prose, invisible characters in headings."""
    return [
        part._replace(text=part.text.replace("，", "，，") + "</p>")
        if part.kind == "text"
        else part._replace(text=part.text[:3] + "\u200b" + part.text[3:] + "\ufeff")
        if part.kind == "heading"
        else part
        for part in parts
    ]


def headings_lost(parts: list[Part], who: Office, rng: Random) -> list[Part]:
    """The headings above the tables are gone."""
    return [
        part
        for index, part in enumerate(parts)
        if not (part.kind == "heading" and parts[index + 1].kind == "table" and parts[index + 1].lines)
    ]


def prose_before_tables(parts: list[Part], who: Office, rng: Random) -> list[Part]:
    """A sentence and a left-over instruction stand between heading and table."""
    out = []
    for part in parts:
        if part.kind == "table" and part.lines:
            out.append(
                Part("text", rng.choice(("具体情况见下表。", "（该部分以表格形式填报，没有的填0。）")))
            )
        out.append(part)
    return out


def hard_wraps(parts: list[Part], who: Office, rng: Random) -> list[Part]:
    """Prose is broken into lines of one width, inside words too, though not inside figures."""
    width = rng.randint(24, 40)
    return [part._replace(text=_wrapped(part.text, width)) if part.kind == "text" else part for part in parts]


def _wrapped(text: str, width: int) -> str:
    lines = []
    while len(text) > width:
        cut = width
        while cut < len(text) and text[cut - 1].isdigit():
            cut += 1
        lines.append(text[:cut])
        text = text[cut:]
    return "\n".join([*lines, text])


def small_table(parts: list[Part], who: Office, rng: Random) -> list[Part]:
    """A table of the office's own within section 一, with units in its cells."""
    rows = "| 值班安排 | 接待窗口 | 宣传展板 |\n| 3班 | 2处 | 21块 |"
    at = next(index for index, part in enumerate(parts) if part.kind == "heading")
    return [*parts[: at + 2], Part("text", rows), *parts[at + 2 :]]


def contact(parts: list[Part], who: Office, rng: Random) -> list[Part]:
    """A clause on period and contact in front of section 一."""
    clause = (
        f"本报告所列数据的统计期限为{who.year}年1月1日至{who.year}年12月31日。"
        f"如有疑问，请与{who.agency}办公室联系（电话：0599-{rng.randint(2000000, 8999999)}）。"
    )
    at = next(index for index, part in enumerate(parts) if part.kind == "heading")
    return [*parts[:at], Part("text", clause), *parts[at:]]


def _same(parts: list[Part], who: Office, rng: Random) -> list[Part]:
    return parts


#: Every surrounding by name.
SURROUNDINGS: Mapping[str, Around] = {
    "plain": _same,
    "navigation": navigation,
    "metadata-lines": metadata_lines,
    "title-again": title_again,
    "contents": contents,
    "body-twice": body_twice,
    "numerals-lost": numerals_lost,
    "prose-numbered-first": prose_numbered_first,
    "residue": residue,
    "headings-lost": headings_lost,
    "prose-before-tables": prose_before_tables,
    "hard-wraps": hard_wraps,
    "small-table": small_table,
    "contact": contact,
}
