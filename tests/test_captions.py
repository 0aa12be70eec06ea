"""A statistics table of another year or of another body than the report's."""

from __future__ import annotations

import pytest

import structurer
from tests.test_onecolumn import cells, laid, printed

TITLE = "政府信息公开情况统计表（2016年度）\n"
OFFICE = "某某县林业局"


def said(
    caption: str, *, head: str = "统计指标 单位 统计数\n", office: str = OFFICE
) -> structurer.Extraction:
    return structurer.structure(laid(printed(), head=head).replace(TITLE, caption).replace(OFFICE, office))


@pytest.mark.parametrize(
    "caption",
    [
        "政府信息公开情况统计表\n",
        "2016年政府信息公开情况统计表\n",
        "政府信息公开情况统计表\n统计时段：2016年1月1日至12月31日\n",
        "政府信息公开情况统计表\n（2016年1月—12月）\n",
        "政府信息公开情况统计表\n填报单位（盖章）：某某县林业局    填报日期：2017年1月20日\n",
        "政府信息公开情况统计表\n填报单位：县林业局办公室\n",
        "各科室政府信息公开情况统计表\n",
    ],
)
def test_a_table_of_the_years_and_the_offices(caption: str) -> None:
    assert all(one.accepted for one in cells(said(caption)).values())


@pytest.mark.parametrize(
    ("caption", "why"),
    [
        ("政府信息公开情况统计表（2015年度）\n", "2015年"),
        ("政府信息公开情况统计表\n统计时段：2016年1月1日至6月30日\n", "至6月"),
        ("政府信息公开情况统计表（2016年上半年）\n", "上半年"),
        ("政府信息公开情况统计表（自《条例》实施以来）\n", "以来"),
        ("全县政府信息公开情况统计表\n", "全县"),
        ("局属单位政府信息公开情况统计表（2016年度）\n", "局属"),
        ("政府信息公开情况统计表\n填报单位：某某县林业技术推广站\n", "某某县林业技术推广站"),
    ],
)
def test_a_table_of_another_time_or_body_stays_open_and_says_why(caption: str, why: str) -> None:
    found = said(caption)
    open_ = cells(found)
    assert not any(one.accepted or one.value is not None for one in open_.values())
    assert open_["disclosed_items"].candidates == (128,)
    (finding,) = (one for one in found.findings if one.rule == "statistics.caption")
    assert f"say {why}:" in finding.message


@pytest.mark.parametrize("column", ["2015年", "上年数", "累计", "同比增减"])
def test_a_column_that_is_not_the_years(column: str) -> None:
    title = "政府信息公开情况统计表\n"
    assert not any(one.accepted for one in cells(said(title, head=f"统计指标 单位 {column}\n")).values())


def test_a_whole_county_is_what_its_government_reports_on() -> None:
    caption = "全县政府信息公开情况统计表\n"
    assert all(one.accepted for one in cells(said(caption, office="某某县人民政府")).values())
