"""What a report says about itself: titles in all their forms, labels, contact clause, signature."""

from __future__ import annotations

import time

import pytest

from structurer.document import Document, Section
from structurer.metadata import metadata, next_report, report_year
from structurer.metadata.dates import iso
from structurer.metadata.regions import parts_of, region_of
from structurer.observation import Observation
from tests import reports

REPORTS = reports.FOLDER
BODY = "\n一、总体情况\n认真落实各项要求。\n"


def document(text: str) -> Document:
    return Document(path="x.txt", id="0", source=text, text=text, encoding="utf-8")


def split(text: str) -> list[Section]:
    """A front and one section, as far as there is a heading."""
    at = text.find("\n一、") + 1
    if at <= 0:
        return [Section(title="", start=0, body=0, end=len(text), kind="prose")]
    return [
        Section(title="", start=0, body=0, end=at, kind="front"),
        Section(title="一、总体情况", start=at, body=at + 6, end=len(text), kind="overview"),
    ]


def found(text: str) -> dict[str, Observation]:
    observations = metadata(document(text), split(text))
    for observation in observations:
        for evidence in observation.evidence:
            assert text[evidence.start : evidence.end] == evidence.quote
    return {observation.indicator.removeprefix("metadata."): observation for observation in observations}


def values(text: str) -> dict[str, object]:
    return {key: observation.value for key, observation in found(text).items()}


@pytest.mark.parametrize(
    ("title", "agency", "year"),
    [
        ("南京市教育局2021年政府信息公开工作年度报告", "南京市教育局", 2021),
        ("2022年南京市教育局政府信息公开工作年度报告", "南京市教育局", 2022),
        ("南京市教育局2019年度政府信息公开年度报告", "南京市教育局", 2019),
        ("南京市教育局政府信息公开工作2016年度报告", "南京市教育局", 2016),
        ("南京市教育局政务公开年报(2016年)", "南京市教育局", 2016),
        ("南京市教育局2014年度信息公开工作报告", "南京市教育局", 2014),
        ("(文字版)南京市教育局2023年政府信息公开工作年度报告", "南京市教育局", 2023),
        ("南京市教育局\n2020年政府信息公开工作年度报告", "南京市教育局", 2020),
        ("南京市教育局\n2020年政府信息公开\n工作年度报告", "南京市教育局", 2020),
        ("南京市教育局关于2018年政府信息公开工作情况的报告", "南京市教育局", 2018),
        ("关于公布南京市教育局2012年政府信息公开年度报告的公告", "南京市教育局", 2012),
        ("二〇一一年南京市教育局政府信息公开工作报告", "南京市教育局", 2011),
        ("南京市教育局2023政府信息公开工作年度报告", "南京市教育局", 2023),
        ("2023政府信息公开工作年度报告", None, 2023),
        ("我局2019年政府信息公开工作年度报告", None, 2019),
        ("南京市教育局关于印发2019年政府信息公开指南的通知", None, None),
        ("首页 > 2019年政府信息公开年报", None, None),
    ],
)
def test_title(title: str, agency: str | None, year: int | None) -> None:
    result = values(title + BODY)
    assert result.get("agency") == agency
    assert result.get("year") == year
    assert ("title" in result) == (year is not None)


def test_title_is_joined_from_its_lines() -> None:
    assert (
        values("南京市教育局\n2020年政府信息公开\n工作年度报告" + BODY)["title"]
        == "南京市教育局2020年政府信息公开工作年度报告"
    )


def test_a_fuller_name_in_the_contact_clause_wins() -> None:
    text = (
        "市教育局2018年度政府信息公开报告\n如有疑问,请与南京市教育局办公室联系(地址:南京市某路5号)。" + BODY
    )
    result = found(text)
    assert result["agency"].value == "南京市教育局"
    assert result["region"].value == "南京市"


def test_another_agency_in_the_contact_clause_does_not_win() -> None:
    text = "南京市教育局2018年政府信息公开报告\n请与南京市数据局联系(电话:025-83335500)。" + BODY
    assert values(text)["agency"] == "南京市教育局"


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        (
            "发布机构:南京市民政局\n\n请与南京市教育局联系(电话:025-83335500)。" + BODY,
            ("南京市教育局", "南京市民政局"),
        ),
        ("发布机构:南京市民政局\n" + BODY, ("南京市民政局",)),
        ("2019年政府信息公开工作年度报告\n发布机构:南京市民政局\n" + BODY, ("南京市民政局",)),
        ("前言\n一、总体情况\n认真落实。\n南京市水务局\n2020年1月7日\n", ("南京市水务局",)),
    ],
)
def test_a_name_from_one_place_that_no_title_confirms_is_a_candidate(
    text: str, candidates: tuple[str, ...]
) -> None:
    result = found(text)
    agency = result["agency"]
    assert (agency.value, agency.status, agency.accepted) == (None, "ambiguous", False)
    assert agency.candidates == candidates
    assert not {"region", "level"} & set(result)


def test_two_places_that_agree_name_the_agency_without_a_title() -> None:
    text = "发布机构:南京市水务局\n前言\n一、总体情况\n认真落实。\n南京市水务局\n2020年1月7日\n"
    assert found(text)["agency"].status == "verified"
    assert "agency" not in values("前言\n一、总体情况\n我局认真落实。\n")


@pytest.mark.parametrize(
    ("clause", "agency"),
    [
        ("现公布南京市教育局2019年政府信息公开工作年度报告。", "南京市教育局"),
        ("特向社会公布2019年度南京市教育局政府信息公开年度报告。", "南京市教育局"),
        ("编制并向社会公布南京市教育局2019年度信息公开年度报告。", "南京市教育局"),
        ("本报告由南京市教育局编制。", "南京市教育局"),
        ("由玄武街道编制的2019年度政府信息公开年度报告。", "玄武街道"),
        ("本报告由南京市人民政府办公室编制。", None),
        ("现公布我局2019年政府信息公开年度报告。", None),
        ("向社会公开2019年度镇政府信息公开年度报告。", None),
        ("编制的2019年度政府信息公开年度报告。", None),
    ],
)
def test_the_opening_clause_names_the_agency_where_no_title_does(clause: str, agency: str | None) -> None:
    assert values(clause + BODY).get("agency") == agency


def test_a_menu_above_a_whole_title_is_no_part_of_it() -> None:
    text = "南京市人民政府\n政府信息公开\n南京市玄武街道办事处2020年政府信息公开工作年度报告"
    assert values(text + BODY)["title"] == "南京市玄武街道办事处2020年政府信息公开工作年度报告"
    broken = "南京市\n教育局2020年政府信息公开工作年度报告"
    assert values(broken + BODY)["agency"] == "南京市教育局"


@pytest.mark.parametrize(
    ("title", "agency"),
    [
        ("南京市人民政府办公室关于转发南京市教育局2019年政府信息公开工作年度报告的通知", "南京市教育局"),
        ("南京市人民政府办公室关于印发南京市教育局2019年政府信息公开年度报告的通知", "南京市教育局"),
        ("南京市人民政府办公室关于印发2019年政府信息公开年度报告的通知", None),
        ("转发南京市教育局2019年政府信息公开工作年度报告", "南京市教育局"),
    ],
)
def test_a_report_passed_on_is_that_of_the_body_behind(title: str, agency: str | None) -> None:
    result = values(title + BODY)
    assert result.get("agency") == agency
    assert result["year"] == 2019


def test_titles_of_different_bodies_dispute_the_agency() -> None:
    text = "".join(f"南京市{name}局2020年政府信息公开工作年度报告\n" for name in ("财政", "教育", "水务"))
    result = found(text + BODY)
    assert (result["agency"].status, result["agency"].accepted) == ("disputed", False)
    assert result["agency"].candidates == ("南京市财政局", "南京市教育局", "南京市水务局")
    assert not {"region", "level"} & set(result)
    short = "市财政局2020年政府信息公开工作年度报告\n南京市财政局2020年政府信息公开工作年度报告\n"
    assert found(short + BODY)["agency"].accepted


def test_two_bodies_in_one_name_are_two_candidates() -> None:
    agency = found("南京市水务局 南京市水利局2020年政府信息公开工作年度报告\n" + BODY)["agency"]
    assert (agency.status, agency.candidates) == ("ambiguous", ("南京市水务局", "南京市水利局"))


def test_agreement_of_two_places_verifies_the_agency() -> None:
    title = "南京市教育局2021年政府信息公开工作年度报告"
    assert found(title + BODY)["agency"].status == "stated"
    signed = title + BODY + "南京市教育局\n2022年1月7日\n"
    assert found(signed)["agency"].status == "verified"


CLAUSE = "\n本报告所列数据的统计期限自{0}年1月1日起,至{0}年12月31日止。"


def test_title_and_period_that_agree_verify_the_year() -> None:
    result = found("南京市教育局2021年政府信息公开工作年度报告" + CLAUSE.format(2021) + BODY)
    assert (result["year"].value, result["year"].status) == (2021, "verified")
    assert result["period_start"].value == "2021-01-01"
    assert result["period_end"].value == "2021-12-31"


def test_a_period_that_contradicts_the_title_disputes_the_year() -> None:
    title = "南京市教育局2021年政府信息公开工作年度报告"
    year = found(title + CLAUSE.format(2020) + BODY)["year"]
    assert (year.value, year.status, year.accepted, year.candidates) == (
        2021,
        "disputed",
        False,
        (2021, 2020),
    )
    body = BODY + "2021年收到申请。2021年全部办结。"
    assert found(title + CLAUSE.format(2020) + body)["year"].status == "stated"


def test_titles_of_different_years_dispute_the_year() -> None:
    text = "南京市教育局2021年政府信息公开工作年度报告\n南京市教育局2020年政府信息公开工作年度报告" + BODY
    assert found(text)["year"].status == "disputed"


@pytest.mark.parametrize(
    ("title", "candidates"),
    [
        ("2021年南京市教育局2020年政府信息公开工作年度报告", (2020, 2021)),
        ("南京市教育局2019-2020年政府信息公开工作年度报告", (2020, 2019)),
        ("南京市教育局2019年至2020年政府信息公开工作年度报告", (2020, 2019)),
        ("南京市教育局2019、2020年政府信息公开工作年度报告", (2020, 2019)),
        ("南京市教育局2020年政府信息公开年报(2021年)", (2021, 2020)),
    ],
)
def test_several_years_in_one_title_are_disputed(title: str, candidates: tuple[int, ...]) -> None:
    year = found(title + BODY)["year"]
    assert (year.status, year.accepted, year.candidates) == ("disputed", False, candidates)
    assert found("南京市教育局2020年度政府信息公开2020年年报" + BODY)["year"].accepted


@pytest.mark.parametrize(
    "text",
    [
        "南京市教育局政府信息公开报告\n2021年1月20日\n" + BODY + "2021年共研究2次,2021年3月完善。",
        BODY + "2021年将继续努力。2021年计划公开500条。2021年1月发布。",
        BODY + "按照《条例》(2019年修订)办理。《办法》(2019年修订)同时执行。",
        BODY + "特此报告。\n2021年1月5日\n附件1\n2021年1月5日\n",
    ],
)
def test_the_year_of_publication_or_of_plans_is_not_the_year_reported_on(text: str) -> None:
    assert "year" not in values(text)


def test_the_year_without_a_title() -> None:
    assert values(CLAUSE.format(2020) + BODY)["year"] == 2020
    assert values("发布日期:2021-01-20" + BODY + "2020年收到3件。2020年办结3件。")["year"] == 2020
    assert "year" not in values("发布日期:2021-01-20" + BODY)
    assert "year" not in values(BODY + "2020年收到3件。2019年办结3件。")


def test_report_year_is_the_title_year_even_when_disputed() -> None:
    text = "南京市教育局2021年政府信息公开工作年度报告" + CLAUSE.format(2020) + BODY
    assert report_year(document(text), split(text)) == 2021
    assert report_year(document(BODY), split(BODY)) is None


TITLE = "南京市教育局2020年政府信息公开工作年度报告\n"


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("发布日期:2021-01-20", "2021-01-20"),
        ("发布时间:2021-03-2918:26", "2021-03-29"),
        ("发布日期:2017- 01- 13 00: 00", "2017-01-13"),
        ("日期:2012.02.15 来源:区统计局", "2012-02-15"),
        ("时间: 2017/3/29  | 点击数:", "2017-03-29"),
        ("2019年03月28日来源:市教育局\n[字体: ] 打印", "2019-03-28"),
        ("来源:市教育局办公室  发布日期:2016-01-29 10:22:01  浏览次数:", "2016-01-29"),
        ("发布日期 | 2021-01-20 |", "2021-01-20"),
        ("• 2021-01-26\n• 2021-01-26", "2021-01-26"),
        ("• 2021-01-26\n• 2021-01-28", None),
        ("发布日期:", None),
        ("发布日期:2021-13-45", None),
        ("成文日期:2021-01-26", None),
    ],
)
def test_published(line: str, date: str | None) -> None:
    title = TITLE.replace("2020", str(int(date[:4]) - 1)) if date else TITLE
    assert values(title + line + BODY).get("published") == date


def test_a_bare_date_above_the_title_is_only_a_candidate() -> None:
    published = found("2025-03-02\n" + TITLE + BODY)["published"]
    assert (published.value, published.status, published.accepted) == (None, "ambiguous", False)
    assert published.candidates == ("2025-03-02",)
    assert found(TITLE + "2021-03-02\n" + BODY)["published"].accepted
    assert found("发布日期:2021-03-02\n" + TITLE + BODY)["published"].accepted


def test_a_wrapped_period_clause_is_no_publication_date() -> None:
    clause = "报告中所列数据的统计期限自 2020 年 1 月 1 日\n起至 2020 年 12 月 31 日止。"
    contact = "如有任何疑问,请与南京市玄武区教育局联系(电话:025-\n83335500)。"
    result = values(TITLE + clause + contact + BODY)
    assert "published" not in result
    assert (result["period_start"], result["period_end"]) == ("2020-01-01", "2020-12-31")
    assert result["contact_phone"] == "025-83335500"
    assert result["agency"] == "南京市教育局"


def test_dates_in_the_body_are_no_publication_date() -> None:
    assert "published" not in values(TITLE + BODY + "2021年1月20日召开会议。\n南京市教育局\n2021年1月26日\n")


def test_dates_of_the_calendar_only() -> None:
    assert iso("2020年2月29日") == "2020-02-29"
    assert iso("二〇一二年三月二十八日") == "2012-03-28"
    assert iso("2021-02-29") is None


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        ("索引号:014231456/2021-00012", "index_number", "014231456/2021-00012"),
        ("索 引 号:014231456/2021-00012", "index_number", "014231456/2021-00012"),
        ("索引号 | 014231456/2021-00012 |", "index_number", "014231456/2021-00012"),
        ("信息索引:gs0004-01-2020-012 发文机构:", "index_number", "gs0004-01-2020-012"),
        ("• 014231456/2021-00012\n• 南京市教育局", "index_number", "014231456/2021-00012"),
        ("索引号:\n发布机构:", "index_number", None),
        ("文 号:宁教〔2021〕3号", "document_number", "宁教〔2021〕3号"),
        ("发文字号:\n信息类别:", "document_number", None),
        ("来源:市教育局  点击数:3", "source", "市教育局"),
        ("来源:市教育局 选择字号:大", "source", "市教育局"),
        ("来源:本网", "source", None),
        ("来源:\n作者:", "source", None),
    ],
)
def test_label(line: str, key: str, value: str | None) -> None:
    assert values(TITLE + line + BODY).get(key) == value


def test_contact_is_read_from_its_clause_only() -> None:
    contact = "地址:南京市某路43号;邮编:210008;电话:025-83335500;电子邮箱:a@b.cn"
    clause = f"如有疑问,请与南京市教育局办公室联系({contact})。"
    result = values(TITLE + clause + BODY)
    assert result["contact_address"] == "南京市某路43号"
    assert result["contact_phone"] == "025-83335500"
    assert result["contact_email"] == "a@b.cn"
    footer = values(TITLE + BODY + "主办单位:某市政府办公厅 地址:某市某路233号 电话:0371-67180000")
    assert not {"contact_address", "contact_phone"} & set(footer)


def test_fused_phone_numbers_are_left_alone() -> None:
    assert "contact_phone" not in values(TITLE + "请与我局联系(电话:025833355008333660)。" + BODY)


@pytest.mark.parametrize(
    ("agency", "region", "level"),
    [
        ("国家统计局", "全国", "country"),
        ("甘肃省教育厅", "甘肃省", "province"),
        ("重庆市教育委员会", "重庆市", "province"),
        ("重庆市开州区教育委员会", "重庆市开州区", "county"),
        ("新疆维吾尔自治区统计局", "新疆维吾尔自治区", "province"),
        ("郑州市教育局", "郑州市", "city"),
        ("南京市城市管理局", "南京市", "city"),
        ("南京市玄武区教育局", "南京市玄武区", "county"),
        ("海淀区统计局", "海淀区", "county"),
        ("武定县教育体育局", "武定县", "county"),
        ("苏州市吴江区平望镇人民政府", "苏州市吴江区平望镇", "township"),
        ("大理白族自治州统计局", "大理白族自治州", "city"),
        # a city that is not listed may be of either level; a zone is of none
        ("昆山市教育局", "昆山市", None),
        ("浦东新区教育局", None, None),
        ("合肥高新技术产业开发区管委会", None, None),
        ("市教育局", None, None),
        # an office that a body of the country keeps in a place is of that place
        ("国家税务总局昆山市税务局", "昆山市", None),
        ("国家税务总局南京市玄武区税务局", "南京市玄武区", "county"),
        ("国家统计局昆山调查队", None, None),
        ("国家市场监督管理总局", "全国", "country"),
        ("国家发展和改革委员会", "全国", "country"),
        # 市场, 市政 and 区域 are words of their own
        ("武定县市场监督管理局", "武定县", "county"),
        ("武定县市政管理处", "武定县", "county"),
        ("玄武区市容管理局", "玄武区", "county"),
        ("南京市区域合作办公室", "南京市", "city"),
        ("南京市政府办公厅", "南京市", "city"),
        ("南京市民政局", "南京市", "city"),
        ("昆山市景德镇路街道办事处", "昆山市景德镇路街道", "township"),
        ("城市管理局", None, None),
        ("教育局", None, None),
    ],
)
def test_region(agency: str, region: str | None, level: str | None) -> None:
    result = region_of(agency)
    assert (result and result.name) == region
    assert (result and result.level) == level


REAL = {
    "000": {
        "agency": "沈阳市教育局", "region": "沈阳市", "level": "city", "year": 2018,
        "title": "市教育局2018年度政府信息公开报告", "published": "2019-03-28",
        "period_start": "2018-01-01", "period_end": "2018-12-31", "source": "市教育局",
        "contact_address": "沈阳市沈河区北二经街55号", "contact_phone": "024-22714263",
        "contact_email": "22821577@163.com",
    },
    "001": {
        "agency": "重庆市开州区教育委员会", "region": "重庆市开州区", "level": "county", "year": 2019,
        "title": "重庆市开州区教育委员会2019年政府信息公开工作年度报告", "published": "2020-06-11",
    },
    "002": {
        "agency": "甘肃省教育厅", "region": "甘肃省", "level": "province", "year": 2019,
        "title": "甘肃省教育厅2019年政府信息公开工作年度报告", "published": "2020-02-04",
        "index_number": "gs0004-01-2020-012", "source": "本单位",
    },
    "003": {
        "agency": "郑州市教育局", "region": "郑州市", "level": "city", "year": 2020,
        "title": "郑州市教育局2020年政府信息公开工作年度报告", "published": "2021-01-26",
        "index_number": "005252266/2021-00002",
    },
    "004": {
        "agency": "杭州市教育局", "region": "杭州市", "level": "city", "year": 2015,
        "title": "杭州市教育局2015年政府信息公开工作年度报告", "published": "2016-01-29",
        "source": "市教育局办公室",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(REAL))
def test_real_report(name: str) -> None:
    paths = sorted(REPORTS.glob(f"{name}_*.txt"))
    if not paths:
        pytest.skip(f"the real reports are not at {REPORTS}")
    text = paths[0].read_text(encoding="utf-8")
    heading = text.index("一、")
    sections = [
        Section(title="", start=0, body=0, end=heading, kind="front"),
        Section(title="一", start=heading, body=heading, end=len(text), kind="overview"),
    ]
    result = {
        one.indicator.removeprefix("metadata."): one.value for one in metadata(document(text), sections)
    }
    assert result == REAL[name]


@pytest.mark.parametrize(
    "piece", ["与教育局", "政府信息公开", "2019年", "联系", "索引号", "局\n", "某\n", "来源:", "1"]
)
def test_time_is_bounded_on_hostile_text(piece: str) -> None:
    text = piece * (400_000 // len(piece))
    begin = time.process_time()
    metadata(document(text), split(text))
    assert time.process_time() - begin < 2


WATER = "测试市水务局2022年政府信息公开工作年度报告\n"


@pytest.mark.parametrize(
    ("front", "key", "value"),
    [
        (WATER + "2019-05-15\n", "published", None),
        (WATER + "2023-01-15\n", "published", "2023-01-15"),
        (WATER + "发布日期:2021-01-15\n", "published", None),
        ("索引号:TC001-2021-003\n索引号:TC001-2022-004\n" + WATER, "index_number", None),
        (WATER + "依据文号:测办函〔2021〕30号\n", "document_number", None),
        ("关于更正" + WATER.rstrip() + "的公告\n", "agency", "测试市水务局"),
        ("2023年1月测试市水务局政府信息公开工作年度报告\n", "year", None),
        ("测试市水务局2022年1月至6月政府信息公开工作报告\n", "year", None),
        (
            WATER + "如有疑问,请与测试市水务局联系(监督电话:021-59720000,咨询电话:021-59720011)。\n",
            "contact_phone",
            "021-59720011",
        ),
        (WATER + "如有疑问,请拨打市民热线电话:12345678。\n", "contact_phone", None),
        (WATER + "群众有疑问,可与市信访办联系(电话:021-59720099)。\n", "contact_phone", None),
        (WATER + "如有疑问,请联系我局。举报邮箱:jubao@example.cn\n", "contact_email", None),
    ],
)
def test_what_another_date_number_or_office_says_is_not_the_report_s(
    front: str, key: str, value: object
) -> None:
    said = found(front + BODY).get(key)
    assert (said.value if said is not None and said.accepted else None) == value


@pytest.mark.parametrize("part", ["上半年", "第一季度"])
def test_a_report_on_a_part_of_a_year_gives_no_year(part: str) -> None:
    year = found(f"测试市水务局2022年{part}政府信息公开工作报告{BODY}")["year"]
    assert (year.value, year.status, year.candidates) == (None, "ambiguous", (2022,))


def test_a_title_year_that_the_body_contradicts_is_disputed() -> None:
    body = "2021年,我局主动公开政府信息120条。2021年共收到申请3件。"
    year = found(f"测试市水务局2022年政府信息公开工作年度报告{BODY}{body}\n")["year"]
    assert (year.status, year.accepted, year.candidates) == ("disputed", False, (2022, 2021))
    both = found(f"测试市水务局2022年政府信息公开工作年度报告{BODY}{body}2022年有所增加。\n")["year"]
    assert (both.value, both.status) == (2022, "stated")


def test_a_day_of_update_is_no_day_of_publication() -> None:
    title = "测试市水务局2022年政府信息公开工作年度报告"
    assert not found(f"更新时间:2023-05-04\n{title}{BODY}")["published"].accepted
    assert (
        found(f"发布时间:2023-01-20\n更新时间:2023-05-04\n{title}{BODY}")["published"].value == "2023-01-20"
    )


@pytest.mark.parametrize("place", ["青岩县", "云州市青河区", "北屏镇", "白云街道", "云州市高新区", "全市"])
def test_a_place_is_no_agency(place: str) -> None:
    title = f"{place}2012年政府信息公开年度报告\n"
    agency = found(title + BODY)["agency"]
    assert (agency.value, agency.status, agency.candidates) == (None, "ambiguous", (place,))
    signed = found(title + BODY + "\n青河区水务局\n2013年3月1日\n")["agency"]
    assert (signed.value, signed.accepted) == (None, False)


@pytest.mark.parametrize(
    "said",
    [
        "来源:青岩县人民政府\n",
        "现公布青岩县人民政府2012年政府信息公开年度报告。\n",
        "如有疑问,请与青岩县人民政府办公室联系(电话:0512-5550000)。\n",
    ],
)
def test_the_government_of_the_place_reports_where_it_is_named(said: str) -> None:
    seen = found(f"青岩县2012年政府信息公开年度报告\n{said}{BODY}")
    assert (seen["agency"].value, seen["agency"].accepted) == ("青岩县人民政府", True)
    assert (seen["region"].value, seen["level"].value) == ("青岩县", "county")


def test_a_field_is_no_town() -> None:
    named = parts_of("安岭市海棠区住房和城乡建设局")
    assert (named.city, named.county, named.town, named.rest) == ("安岭市", "海棠区", "", "住房和城乡建设局")


@pytest.mark.parametrize(
    ("title", "agency", "region"),
    [
        ("云州市水务局(云州市河长办)2016年政府信息公开工作年度报告", "云州市水务局", "云州市"),
        ("一图读懂云州市水务局2016年政府信息公开工作年度报告", "云州市水务局", "云州市"),
        ("云州市水务局2016年政府信息公开工作年度报告(2017年1月修订)", "云州市水务局", "云州市"),
        ("中共云州市委办公室2016年政府信息公开工作年度报告", "中共云州市委办公室", "云州市"),
    ],
)
def test_what_stands_around_a_name_is_not_of_it(title: str, agency: str, region: str) -> None:
    seen = values(f"{title}\n{BODY}")
    assert (seen["agency"], seen["region"], seen["year"]) == (agency, region, 2016)


def test_two_bodies_in_a_title_are_not_one() -> None:
    agency = found(f"云州市水务局、云州市河长办2016年政府信息公开工作年度报告\n{BODY}")["agency"]
    assert (agency.value, agency.candidates) == (None, ("云州市水务局", "云州市河长办"))


def test_a_list_of_other_reports_titles_costs_no_more_than_its_length() -> None:
    text = "云州市水务局2016年政府信息公开年度报告\n\n" + "云州市水务局2014年政府信息公开年度报告\n" * 4_000
    sections = split(text)
    begin = time.process_time()
    assert next_report(document(text), sections) is None
    assert time.process_time() - begin < 10
