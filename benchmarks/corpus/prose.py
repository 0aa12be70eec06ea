"""Prose around the tables: invented offices, and sentences with the statements they make."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import NamedTuple

_REGIONS = (
    "云溪区",
    "临河市",
    "青岩县",
    "北屏镇",
    "安岭省",
    "长汀河街道",
    "明川市",
    "丰陵自治县",
    "海棠新区",
)
_OFFICES = (
    "教育局",
    "统计局",
    "水务局",
    "民政局",
    "文化和旅游局",
    "市场监督管理局",
    "人民政府办公室",
    "医疗保障局",
)
_TITLES = (
    "{agency}{year}年政府信息公开工作年度报告",
    "{agency}{year}年政府信息公开工作年度报告",
    "{agency}{year}年政府信息公开工作年度报告",
    "{agency}{year}年度政府信息公开工作年度报告",
    "{year}年{agency}政府信息公开工作年度报告",
    "{agency}{year}年政府信息公开年度报告",
    "{agency}政府信息公开工作{year}年度报告",
    "{agency}{year}政府信息公开工作年度报告",
    "{agency}政府信息公开工作年度报告（{year}年）",
    "{agency}关于{year}年政府信息公开工作情况的报告",
    "{agency}{year}年度信息公开工作报告",
    "{agency}{year}年政务公开工作年度报告",
)
_OVERVIEWS = ("总体情况", "总体情况", "总体情况", "概述", "工作概述", "总体公开情况")


class Statement(NamedTuple):
    """What a sentence states: one row of the narrative table."""

    indicator: str
    value: int | float
    token: str
    anchor: str
    unit: str = ""
    qualifier: str = "exact"
    period: str = "year"


class Office(NamedTuple):
    """Who reports, and on which year."""

    agency: str
    year: int
    title: str
    published: str
    """ISO 8601."""
    printed_date: str
    overview: str
    """The heading of section 一."""


def office(kind: str, rng: Random) -> Office:
    """An invented office with a title and a day of publication."""
    year = {"2019": (2019, 2020), "2021": (2021, 2024), "hybrid": (2022, 2024)}.get(kind, (2014, 2017))
    reported = rng.randint(*year)
    agency = rng.choice(_REGIONS) + rng.choice(_OFFICES)
    month, day = rng.randint(1, 3), rng.randint(1, 28)
    shape = rng.choice(_DATES)
    return Office(
        agency=agency,
        year=reported,
        title=rng.choice(_TITLES).format(agency=agency, year=reported),
        published=f"{reported + 1}-{month:02d}-{day:02d}",
        printed_date=shape.format(year=reported + 1, month=month, day=day, agency=agency),
        overview=rng.choice(_OVERVIEWS),
    )


_DATES = (
    "发布日期：{year}-{month:02d}-{day:02d}",
    "发布日期：{year}-{month:02d}-{day:02d} 09:26",
    "日期:{year}/{month}/{day}",
    "时间：{year}年{month}月{day}日 来源：{agency}",
    "发布时间：{year}.{month:02d}.{day:02d}",
    "{year}-{month:02d}-{day:02d}09:26",
)


def _row(name: str) -> str:
    return f"narrative.{name}.count"


def _website(year: int, rng: Random) -> tuple[str, list[Statement]]:
    n = rng.randint(120, 9_000)
    return f"全年在门户网站更新各类政府信息{n}条，栏目内容逐季清点。", [
        Statement(_row("disclosed_website"), n, str(n), "更新各类政府信息", "条")
    ]


def _disclosed(year: int, rng: Random) -> tuple[str, list[Statement]]:
    n = rng.randint(30, 20_000)
    return f"{year}年，我单位主动公开政府信息{n}条。", [
        Statement(_row("disclosed_items"), n, str(n), "主动公开政府信息", "条")
    ]


def _wechat(year: int, rng: Random) -> tuple[str, list[Statement]]:
    n = rng.randrange(50, 3_000, 50)
    return f"政务微信公众号推送信息{n}余条，语言更加通俗。", [
        Statement(_row("disclosed_wechat"), n, str(n), "公众号推送信息", "条", "over")
    ]


def _weibo(year: int, rng: Random) -> tuple[str, list[Statement]]:
    n = rng.randint(10, 4_000)
    return f"政务微博发布信息{n}条。", [Statement(_row("disclosed_weibo"), n, str(n), "微博发布信息", "条")]


def _briefings(year: int, rng: Random) -> tuple[str, list[Statement]]:
    n = rng.randint(1, 14)
    return f"围绕民生实事召开新闻发布会{n}次。", [
        Statement(_row("press_conferences"), n, str(n), "召开新闻发布会", "次")
    ]


def _training(year: int, rng: Random) -> tuple[str, list[Statement]]:
    n, m = rng.randint(1, 6), rng.randint(20, 400)
    return f"举办政务公开培训班{n}期，培训工作人员{m}人次。", [
        Statement(_row("trainings"), n, str(n), "政务公开培训班", "期"),
        Statement(_row("trainees"), m, str(m), "培训工作人员", "人次"),
    ]


def _proposals(year: int, rng: Random) -> tuple[str, list[Statement]]:
    a, b = rng.randint(1, 60), rng.randint(1, 90)
    return f"办理人大代表建议{a}件、政协提案{b}件，答复情况均已上网。", [
        Statement(_row("npc_suggestions"), a, str(a), "人大代表建议", "件"),
        Statement(_row("cppcc_proposals"), b, str(b), "政协提案", "件"),
    ]


def _monthly(year: int, rng: Random) -> tuple[str, list[Statement]]:
    n = rng.randint(5, 80)
    return f"各科室每月在门户网站更新信息{n}条。", [
        Statement(_row("disclosed_website"), n, str(n), "更新信息", "条", period="month")
    ]


def _cumulative(year: int, rng: Random) -> tuple[str, list[Statement]]:
    n = rng.randint(9_000, 60_000)
    return f"自条例施行以来累计主动公开政府信息{n}条。", [
        Statement(_row("disclosed_items"), n, str(n), "主动公开政府信息", "条", period="cumulative")
    ]


def _hotline(year: int, rng: Random) -> tuple[str, list[Statement]]:
    return f"便民热线转来工单{rng.randint(100, 9_000)}单，均在时限内办结。", []


def _papers(year: int, rng: Random) -> tuple[str, list[Statement]]:
    return f"印发各类公文{rng.randint(40, 900)}份，归档卷宗{rng.randint(10, 99)}卷。", []


def _unopened(year: int, rng: Random) -> tuple[str, list[Statement]]:
    return "我单位尚未开通政务微博。", []


def _plain(year: int, rng: Random) -> tuple[str, list[Statement]]:
    return rng.choice(_PLAIN), []


_PLAIN = (
    "一年来，我单位把公开透明当作日常工作的一部分，遇事先问能否公开。",
    "各科室轮流校对公开目录，发现缺漏随时补上。",
    "办事指南改用浅白的语言，方便来访群众对照准备材料。",
    "分管领导每季度抽查一次栏目，抽查记录存档备查。",
    "部分制度沿用2017年修订的文本，2011年的旧版已经停用。",
    "对照条例第二十条第（五）项，逐项核对了办事流程图。",
)

_Sentence = Callable[[int, Random], tuple[str, list[Statement]]]
_YEARLY: tuple[_Sentence, ...] = (_website, _disclosed, _wechat, _weibo, _briefings, _training, _proposals)
_TRAPS: tuple[_Sentence, ...] = (_monthly, _cumulative, _hotline, _papers, _unopened, _plain)

_PROBLEMS = (
    "一是部分栏目更新不够及时；二是解读形式偏少。下一步将把更新责任落到人，多用图解和短视频。",
    "存在的不足主要是人手紧、业务生。今后将安排专题学习，并请同行来传授经验。",
)
_OTHER = ("本年度没有其他需要报告的事项。", "无其他需要说明的事项。")


def overview(year: int, received: int | None, rng: Random) -> tuple[list[str], list[Statement]]:
    """Paragraphs of section 一 and all they state; `received` is what the table says."""
    chosen = [*rng.sample(_YEARLY, rng.randint(1, 4)), *rng.sample(_TRAPS, rng.randint(1, 2))]
    paragraphs, statements = [rng.choice(_PLAIN)], []
    for sentence in chosen:
        text, stated = sentence(year, rng)
        paragraphs.append(text)
        statements += stated
    if received is not None and rng.random() < 0.5:
        paragraphs.append(f"本年度共收到政府信息公开申请{received}件。")
        key = _row("applications_received")
        statements.append(Statement(key, received, str(received), "政府信息公开申请", "件"))
    return paragraphs, statements


def problems(rng: Random) -> str:
    """Section 五."""
    return rng.choice(_PROBLEMS)


def other(rng: Random) -> str:
    """Section 六."""
    return rng.choice(_OTHER)
