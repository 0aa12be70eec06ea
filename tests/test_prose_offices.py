"""Statements in the report of a known office: what its own sentences say of it, and what they say of others."""

from __future__ import annotations

import pytest

from structurer import structure
from structurer.prose.organs import is_same

OFFICE = "云州市青河区水务局"
OVERVIEW = "一、总体情况"


def accepted(sentence: str, heading: str = OVERVIEW, office: str = OFFICE) -> dict[str, object]:
    """Row → value of all that is accepted from a sentence as the office's own figure of its year."""
    found = structure(f"{office}2016年政府信息公开工作年度报告\n\n{heading}\n{sentence}\n")
    return {
        one.indicator.split(".")[1]: one.value
        for one in found.observations
        if one.accepted and one.indicator.startswith("narrative.") and one.period == "year" and not one.scope
    }


@pytest.mark.parametrize(
    "sentence",
    [
        "在云州市水务局网站公开信息12条。",
        "我局在市水务局网站公开信息12条。",
        "市局网站公开信息12条。",
        "在市水务局网站上,全年公开信息12条。",
        "在上级主管部门网站发布信息12条。",
        "在水利部网站发布信息12条。",
        "在云州市人民政府网站公开信息12条。",
        "在市级门户网站公开信息12条。",
        "通过区融媒体中心微信公众号发布信息12条。",
        "在区委宣传部微信公众号发布信息12条。",
        "通过市住建局官方微博发布信息12条。",
        "通过青河街道办事处网站公开信息12条。",
        "向市水务局微信公众号“云州水务”推送信息12条。",
        "区财政局门户网站访问量达12万次。",
    ],
)
def test_the_channel_of_another_body_is_not_the_offices(sentence: str) -> None:
    assert accepted(sentence) == {}


@pytest.mark.parametrize(
    "sentence",
    [
        "在区水务局网站公开信息12条。",
        "在青河区水务局门户网站公开信息12条。",
        "在局网站公开信息12条。",
        "在本局网站公开信息12条。",
        "由我局主办的网站公开信息12条。",
        "通过青河区人民政府网站公开信息12条。",
        "通过区政府门户网站公开信息12条。",
        "通过青河区门户网站公开信息12条。",
    ],
)
def test_the_site_of_the_office_or_of_its_place_is(sentence: str) -> None:
    assert accepted(sentence) == {"disclosed_website": 12}


def test_a_body_whose_name_joins_two_fields_has_one_site() -> None:
    said = accepted("测试市文化和旅游局网站公开信息44条。", office="测试市文化和旅游局")
    assert said == {"disclosed_website": 44}


def test_a_town_shares_the_site_of_its_county() -> None:
    assert accepted("在县政府网站公开信息12条。", office="青岩县北屏镇人民政府") == {"disclosed_website": 12}
    assert accepted("在县水务局网站公开信息12条。", office="青岩县北屏镇人民政府") == {}


@pytest.mark.parametrize(
    ("name", "agency", "same"),
    [
        ("市水务局", OFFICE, False),
        ("云州市水务局", OFFICE, False),
        ("市局", OFFICE, False),
        ("区水务局", OFFICE, True),
        ("青河水务局", OFFICE, True),
        ("市水务局", "上海市水务局", True),
        ("市水务局", "上海市青浦区水务局", False),
        ("白云区水务局", OFFICE, False),
    ],
)
def test_the_body_of_another_level_is_another(name: str, agency: str, same: bool) -> None:
    assert is_same(name, agency) is same


@pytest.mark.parametrize(
    "sentence",
    [
        "深化政务公开,做好依法行政,全年行政复议2件,行政诉讼1件。",
        "政务公开工作有序开展,法律顾问办理诉讼3件。",
        "法律顾问代理政府信息公开行政诉讼3件。",
        "公开庭审,行政诉讼3件均由负责人出庭。",
        "公开行政诉讼3件的判决书。",
        "重点公开执法信息,全年行政复议案件3件。",
        "政府信息公开行政复议2件,其中涉及政府信息公开1件。",
        "政务公开。全年行政复议案件2件,均为征地拆迁类。",
        "公开监督电话,全年收到举报12件。",
        "公开投诉举报电话,受理投诉12件。",
        "收到举报投诉2件,均与政府信息公开无关。",
        "公开办事流程,收取费用300元。",
        "公开拍卖收入120万元,专项经费3万元。",
        "公开执法人员3名,兼职2名。",
    ],
)
def test_cases_charges_and_staff_of_another_subject_are_open(sentence: str) -> None:
    assert accepted(sentence) == {}


@pytest.mark.parametrize(
    ("heading", "sentence", "rows"),
    [
        (
            "五、因政府信息公开申请行政复议、提起行政诉讼情况",
            "全年行政复议2件,行政诉讼1件。",
            {"reconsiderations": 2, "litigations": 1},
        ),
        (
            OVERVIEW,
            "因政府信息公开被提起行政复议2件,行政诉讼1件。",
            {"reconsiderations": 2, "litigations": 1},
        ),
        (OVERVIEW, "全年发生政府信息公开行政诉讼3件。", {"litigations": 3}),
        (OVERVIEW, "收到信息公开投诉2件。", {"complaints": 2}),
        ("六、依法行政情况", "全年行政复议2件,行政诉讼1件。", {}),
    ],
)
def test_cases_about_disclosure_are_counted(heading: str, sentence: str, rows: dict[str, object]) -> None:
    assert accepted(sentence, heading) == rows


@pytest.mark.parametrize(
    "sentence",
    [
        "与区环保局联合召开政务公开工作会议2次。",
        "与区环保局召开新闻发布会2次。",
        "联合区环保局召开新闻发布会2场。",
        "会同区环保局举办新闻发布会2场。",
        "配合区政府召开新闻发布会2场。",
        "参加区政府召开的新闻发布会2场。",
        "参加市局组织的政府信息公开培训3次。",
        "参加区政务公开办举办的培训班2期。",
        "与区司法局共同举办政务公开培训班1期。",
        "联合举办政府信息公开培训班3期。",
        "列席政务公开工作会议2次。",
    ],
)
def test_what_others_hold_or_hold_as_well_is_open(sentence: str) -> None:
    assert accepted(sentence) == {}


def test_what_the_office_holds_is_counted() -> None:
    assert accepted("举办政府信息公开培训班3期,培训人员120人次。") == {"trainings": 3, "trainees": 120}
    assert accepted("与网民开展在线访谈3次。") == {"online_interviews": 3}
    joined = accepted("市残疾人联合会举办政务公开培训班2期。", office="云州市残疾人联合会")
    assert joined == {"trainings": 2}


@pytest.mark.parametrize(
    "sentence",
    [
        "审核发布12条。",
        "通过网站审核发布信息12条。",
        "网站转载发布信息12条。",
        "网站采编信息12条。",
        "向门户网站推送信息50条。",
        "上报公开信息12条。",
        "报送公开政府信息12条。",
        "区政府网站录用信息12条。",
        "报送并发布信息50条。",
    ],
)
def test_what_is_reviewed_passed_on_or_taken_over_is_not_published(sentence: str) -> None:
    assert accepted(sentence) == {}


def test_a_push_to_readers_is_published() -> None:
    assert accepted("微信公众号向公众推送信息50条。") == {"disclosed_wechat": 50}


TABLE = """二、主动公开政府信息情况
第二十条第（一）项
信息内容 | 本年制发件数 | 本年废止件数 | 现行有效件数 |
规章 | 0 | 0 | 0 |
行政规范性文件 | {n} | 0 | {n} |
第二十条第（五）项
信息内容 | 本年处理决定数量 |
行政许可 | {n} |
第二十条第（六）项
信息内容 | 本年处理决定数量 |
行政处罚 | 0 |
行政强制 | 0 |
第二十条第（八）项
信息内容 | 本年收费金额（单位：万元） |
行政事业性收费 | 0 |
"""
FIRST = "云州市水务局2021年政府信息公开工作年度报告\n\n一、总体情况\n主动公开政府信息31条。\n"


def numbers(text: str) -> dict[str, object]:
    """Key → value of every accepted count over nine."""
    return {
        one.indicator: one.value
        for one in structure(text).observations
        if one.accepted and isinstance(one.value, int) and not one.indicator.startswith("metadata.")
        if one.value > 9
    }


@pytest.mark.parametrize(
    "title",
    [
        "云州市水务局2022年政府信息公开工作年度报告",
        "云州市教育局2021年政府信息公开工作年度报告",
        "云州市青河区水务局2021年政府信息公开工作年度报告",
    ],
)
def test_of_two_reports_in_a_file_the_first_is_read(title: str) -> None:
    only = {"narrative.disclosed_items.count": 31}
    assert numbers(f"{FIRST}{title}\n{TABLE.format(n=71)}") == only
    assert numbers(f"{FIRST}{title}\n收到政府信息公开申请71件。\n") == only
    both = structure(f"{FIRST}{TABLE.format(n=31)}{title}\n{TABLE.format(n=71)}")
    assert {both["disclosure.licensing.decisions"].value, both["narrative.disclosed_items.count"].value} == {
        31
    }
    told = [one for one in both.findings if one.rule == "document.second_report"]
    assert [one.severity for one in told] == ["warning"]
    assert "give each report a file of its own" in told[0].message


@pytest.mark.parametrize(
    "title",
    [
        "市水务局2021年政府信息公开工作年度报告",
        "云州市水务局2021年度政府信息公开工作报告",
    ],
)
def test_the_title_once_more_begins_no_second_report(title: str) -> None:
    assert numbers(f"{FIRST}{title}\n{TABLE.format(n=31)}")["disclosure.licensing.decisions"] == 31


def test_links_to_other_years_end_no_report() -> None:
    links = "\n".join(f"云州市水务局{year}年政府信息公开工作年度报告" for year in (2019, 2020))
    assert numbers(f"{FIRST}{TABLE.format(n=31)}{links}\n")["disclosure.licensing.decisions"] == 31
    before = structure(f"{links}\n{FIRST}")
    assert [before[f"metadata.{key}"].accepted for key in ("title", "year")] == [False, False]


@pytest.mark.parametrize("part", ["上半年", "第三季度"])
def test_the_tables_of_a_part_of_a_year_are_open(part: str) -> None:
    text = f"云州市水务局2021年{part}政府信息公开工作报告\n{TABLE.format(n=71)}"
    found = structure(text)
    assert found["disclosure.licensing.decisions"].candidates == (71,)
    assert not [
        one for one in found.observations if one.accepted and not one.indicator.startswith("metadata.")
    ]
    assert any(one.rule == "document.part_of_year" for one in found.findings)


@pytest.mark.parametrize(
    "sentence",
    [
        "要求各科室公开信息不少于30条。",
        "各科室全年公开信息不少于30条。",
        "年度任务为公开信息300条。",
        "在门户网站“河长制”专栏发布信息30条。",
        "网站水利要闻栏目发布信息30条。",
        "新增微信粉丝320人。",
        "收到书面政府信息公开申请3件,口头申请2件。",
    ],
)
def test_what_is_asked_for_and_what_is_a_part_is_open(sentence: str) -> None:
    assert accepted(sentence) == {}


@pytest.mark.parametrize(
    ("sentence", "rows"),
    [
        ("在门户网站各栏目发布信息30条。", {"disclosed_website": 30}),
        ("在区政府网站信息公开专栏发布信息30条。", {"disclosed_website": 30}),
        ("微信推送120期、信息360条。", {"disclosed_wechat": 360}),
        ("没有收到公民、法人和其他组织提出的政府信息公开申请。", {"applications_received": 0}),
        ("行政复议和行政诉讼数均为0。", {"reconsiderations": 0, "litigations": 0}),
    ],
)
def test_what_is_the_whole_is_counted(sentence: str, rows: dict[str, object]) -> None:
    assert accepted(sentence) == rows


@pytest.mark.parametrize(
    "sentence",
    [
        "公开建议提案办理情况8条。",
        "主动公开建议提案答复8件。",
        "主动公开政府信息300条(截至10月底)。",
        "主动公开政府信息300条,该数据截至11月30日。",
        "(截至12月20日)主动公开政府信息300条。",
        "主动公开政府信息300条,其中当年信息200条。",
        "主动公开政府信息300条,其中2015年及以前信息100条。",
        "“云州水务”微信公众号(市局主办)发布信息300条。",
    ],
)
def test_what_is_of_another_time_or_kind_is_open(sentence: str) -> None:
    assert accepted(sentence) == {}


HOUSING = "安岭市海棠区住房和城乡建设局"


@pytest.mark.parametrize(
    "sentence",
    [
        "在安岭市住房和城乡建设局网站公开信息33条。",
        "在安岭政府网公开信息33条。",
        "在市政府信息公开网公开信息33条。",
        "在安岭房产网公开信息33条。",
        "在全国信用信息公示平台公开信息33条。",
        "在“信用海棠”网站公示信息33条。",
        "在各级政府网站公开信息33条。",
        "在市区两级政府网站公开信息33条。",
        "在区建管站网站公开信息33条。",
        "通过微信群公开信息33条。",
        "通过企业网站公开信息33条。",
        "督促物业企业公开信息33条。",
        "协调市住建局公开信息33条。",
        "随机抽取网站发布信息33条。",
        "市住建局在我局网站发布信息33条。",
        "市住建局主动公开政府信息33条。",
        "听证会公开信息33条。",
    ],
)
def test_the_places_and_bodies_around_an_office_are_not_the_office(sentence: str) -> None:
    assert accepted(sentence, office=HOUSING) == {}


@pytest.mark.parametrize(
    ("sentence", "row"),
    [
        ("在区住建局网站公开信息33条。", "disclosed_website"),
        ("在安岭市海棠区人民政府网站公开信息33条。", "disclosed_website"),
        ("在海棠政府网公开信息33条。", "disclosed_website"),
        ("在区政务公开网公开信息33条。", "disclosed_website"),
        ("通过区政府“海棠发布”微信公众号公开信息33条。", "disclosed_wechat"),
        ("区住房城乡建设局主动公开政府信息33条。", "disclosed_items"),
        ("通过多种渠道主动公开政府信息33条。", "disclosed_items"),
    ],
)
def test_its_short_names_and_its_place_are(sentence: str, row: str) -> None:
    assert accepted(sentence, office=HOUSING) == {row: 33}


def test_a_town_speaks_through_its_government() -> None:
    assert accepted("北屏镇主动公开政府信息120条。", office="青岩县北屏镇人民政府") == {
        "disclosed_items": 120
    }


def test_petitions_that_one_body_assigned_are_a_part() -> None:
    assert accepted("县信访局交办信访件12件。") == {}


@pytest.mark.parametrize(
    "sentence",
    [
        "不宜公开信息12条。",
        "暂不公开信息12条。",
        "转为主动公开信息12条。",
        "重复公开信息12条。",
        "延期答复政府信息公开申请3件。",
        "口头答复政府信息公开申请3件。",
        "参与答复政府信息公开申请3件。",
        "举办政务公开等各类培训班30期。",
        "政务公开培训班3期,其中参加市级1期。",
    ],
)
def test_what_was_not_done_so_is_open(sentence: str) -> None:
    assert accepted(sentence) == {}


@pytest.mark.parametrize(
    "lines",
    [
        "2015年\n主动公开政府信息120条。",
        "2015年,\n全局主动公开政府信息120条。",
        "上年度\n主动公开政府信息120条。",
        "截至2015年底\n主动公开政府信息120条。",
        "局属单位:\n主动公开政府信息120条。",
        "2015年\n,主动公开政府信息120条。",
    ],
)
def test_a_short_line_that_says_when_or_whose_holds_for_the_next(lines: str) -> None:
    assert accepted(lines) == {}


def test_a_line_broken_behind_each_comma_reads_as_the_whole() -> None:
    assert accepted("2016年,\n我局主动公开政府信息120条,\n其中通过网站公开90条。") == {
        "disclosed_items": 120,
        "disclosed_website": 90,
    }
