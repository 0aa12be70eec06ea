import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from structurer.numerals import parse_number
from structurer.quantities import Quantity, quantities
from tests import reports

REPORTS = reports.FOLDER


def read(text: str) -> list[tuple[int | float, str, str]]:
    return [(q.value, q.unit, q.qualifier) for q in quantities(text)]


def only(text: str) -> Quantity:
    (found,) = quantities(text)
    return found


STATED = [
    # digits, separators, width
    ("主动公开信息3294条。", 3294, "条", "exact"),
    ("主动公开信息3,294条。", 3294, "条", "exact"),
    ("主动公开信息3，294条。", 3294, "条", "exact"),
    ("主动公开信息１２条。", 12, "条", "exact"),
    ("阅读１,２３４,５６７次", 1234567, "次", "exact"),
    ("收到申请 17 件", 17, "件", "exact"),
    ("收到申请17\u3000件", 17, "件", "exact"),
    ("收到申请0件", 0, "件", "exact"),
    ("全年发布2025条信息", 2025, "条", "exact"),
    ("共发布5941,另有转载", 5941, "", "exact"),
    ("(全年计10次)", 10, "次", "exact"),
    ("办结率100%", 100, "%", "exact"),
    ("办结率99.5％", 99.5, "%", "exact"),
    ("发生诉讼5起因公开引起", 5, "起", "exact"),
    ("收到3起诉讼", 3, "起", "exact"),
    ("办理3例行政复议", 3, "例", "exact"),
    ("培训120人次", 120, "人次", "exact"),
    ("公开12件次", 12, "件次", "exact"),
    ("连续10年直播", 10, "年", "exact"),
    ("时长400分钟", 400, "分钟", "exact"),
    ("在20个工作日内", 20, "个工作日", "exact"),
    ("历时3个月", 3, "个月", "exact"),
    ("历时3个多月", 3, "个月", "over"),
    ("提高5个百分点", 5, "个百分点", "exact"),
    ("目前12条", 12, "条", "exact"),
    ("公開條目外資訊12條", 12, "条", "exact"),
    # multipliers
    ("粉丝46万人", 460000, "人", "exact"),
    ("访问23.9847万次", 239847, "次", "exact"),
    ("访问 7.5 万次", 75000, "次", "exact"),
    ("访问2.1亿次", 210000000, "次", "exact"),
    ("推荐量1750万,", 17500000, "", "exact"),
    ("推荐量1750万的成绩", 17500000, "", "exact"),
    ("访问1亿2000万次", 120000000, "次", "exact"),
    ("访问3万5千次", 35000, "次", "exact"),
    ("访问1.2万亿次", 1200000000000, "次", "exact"),
    ("发放5千份", 5000, "份", "exact"),
    # qualifiers
    ("发布20多篇", 20, "篇", "over"),
    ("发布3000余条", 3000, "条", "over"),
    ("发布3000 余条", 3000, "条", "over"),
    ("共20余所学校", 20, "所", "over"),
    ("有1000余粉丝", 1000, "", "over"),
    ("播放10余万次", 100000, "次", "over"),
    ("播放10万余次", 100000, "次", "over"),
    ("播放3.2余万次", 32000, "次", "over"),
    ("播放3万多次", 30000, "次", "over"),
    ("播放量10万+的视频", 100000, "", "over"),
    ("播放10万＋次", 100000, "次", "over"),
    ("播放近6000余万次", 60000000, "次", "about"),
    ("播放近6000次", 6000, "次", "under"),
    ("播放不足100次", 100, "次", "under"),
    ("不到30人", 30, "人", "under"),
    ("不超过30人", 30, "人", "under"),
    ("未超过30人", 30, "人", "under"),
    ("超24万人次", 240000, "人次", "over"),
    ("超过100次", 100, "次", "over"),
    ("突破7.5万", 75000, "", "over"),
    ("突破了7.5万人", 75000, "人", "over"),
    ("逾9万次", 90000, "次", "over"),
    ("约300条", 300, "条", "about"),
    ("大约300条", 300, "条", "about"),
    ("约1000余条", 1000, "条", "about"),
    ("300条左右", 300, "条", "about"),
    ("20来次", 20, "次", "about"),
    ("至少3次", 3, "次", "at_least"),
    ("不少于3次", 3, "次", "at_least"),
    ("不低于3次", 3, "次", "at_least"),
    ("100条以上", 100, "条", "at_least"),
    ("阅读5000以上", 5000, "", "at_least"),
    ("大约超过50家", 50, "家", "about"),
    ("超过50家以上", 50, "家", "over"),
    ("接近50家", 50, "家", "under"),
    ("将近50家", 50, "家", "under"),
    ("附近5家学校", 5, "家", "exact"),
    ("最近12次会议", 12, "次", "exact"),
    ("签约12家", 12, "家", "exact"),
    ("预约30次", 30, "次", "exact"),
    # money stays as published
    ("采购1276.5534万元", 1276.5534, "万元", "exact"),
    ("采购3405820元", 3405820, "元", "exact"),
    ("采购3000余万元", 3000, "万元", "over"),
    ("采购3万余元", 3, "万元", "over"),
    ("采购1.2亿元", 1.2, "亿元", "exact"),
    ("采购1亿2000万元", 12000, "万元", "exact"),
    ("采购近5千元", 5000, "元", "under"),
    ("采购二十余万元", 20, "万元", "over"),
    ("采购近百万元", 100, "万元", "under"),
    ("采购近万元", 10000, "元", "under"),
    ("收取信息处理费0元", 0, "元", "exact"),
    # numerals in characters
    ("召开会议两次", 2, "次", "exact"),
    ("由一名干部负责", 1, "名", "exact"),
    ("举办三场活动", 3, "场", "exact"),
    ("制作十期节目", 10, "期", "exact"),
    ("做好十期“访谈”", 10, "期", "exact"),
    ("设有两个专栏", 2, "个", "exact"),
    ("收到一件来信", 1, "件", "exact"),
    ("受理一起案件", 1, "起", "exact"),
    ("未发生一起投诉", 1, "起", "exact"),
    ("发布一百二十三条", 123, "条", "exact"),
    ("发布二十余条", 20, "条", "over"),
    ("发布十余条", 10, "条", "over"),
    ("发布十几条", 10, "条", "over"),
    ("发布十来条", 10, "条", "about"),
    ("发布百余条", 100, "条", "over"),
    ("发布近百条", 100, "条", "under"),
    ("发布近千条", 1000, "条", "under"),
    ("召开近十次", 10, "次", "under"),
    ("参加者上千人", 1000, "人", "over"),
    ("转评赞达百万次", 1000000, "次", "exact"),
    ("播放十余万次", 100000, "次", "over"),
    ("发放两千零五十份", 2050, "份", "exact"),
    ("发放一万五千份", 15000, "份", "exact"),
    ("阅读近千万,", 10000000, "", "under"),
    ("复议、诉讼均为零。", 0, "", "exact"),
]


@pytest.mark.parametrize(("text", "value", "unit", "qualifier"), STATED)
def test_stated(text: str, value: float, unit: str, qualifier: str) -> None:
    assert read(text) == [(value, unit, qualifier)]
    assert type(only(text).value) is type(value)


NOT_STATED = "|".join(
    [
        # years, dates, times
        "2018年工作|2015年度报告|2019 年|2019\n年|二〇一九年|二○一一年|一九九八年|2018-2020年",
        "2018至2020年|2019年03月28日|2019-03-28|2017- 01- 13 00: 00|2012.02.15|2017/3/29|9月30日前",
        "12月份|10:22|10：22：01|18年3月|19年底|202011日|20241月1 日|十二月三十日|1月至10月|前三季度",
        "前11个月|15日内|1.2021年|9时30分",
        # enumerators, ordinals, clauses
        "(一)总体|（一）总体|(3)其他|1.属于|1．属于|2、申请|一、总体|第二十条|第(五)项|第 (五) 项",
        "第3名|第二名|第1、2条|第十九条、二十条|第三批|排名前十名|前3名|前两位|4 概述|1)内容",
        # documents, phones, codes, addresses
        "〔2021〕30号|[2017]446号|(2016)|55号楼|024-22714263|电话:22714263|手机13912345678",
        "13912345678|邮编:110002|邮政编码：110002|22821577@163.com|www.gov123.cn/2019/3.html",
        "https://a.cn/12?b=3条|gs0004-01-2020-012|备17003689号-1|005252266/2021-00002|00002|10.0.0.1",
        "62010202000617号|ICP备17003689号|编号为1234|捕获2.PNG|A4纸|5G网络|附件3.docx",
        # brands
        "12345热线|12345平台|12345市长热线|“12345”热线|12345、12315等|热线12345件|500强|96345服务",
        # ranges and broken numbers
        "4-5条|4—5条|4至5条|3万至5万条|3条至5条|1-2万次|三至五条|三到五次|三五条|七八次|四五十条",
        "3 294条|12\n34条|7.5\n万次|3,\n294条|3\u200b294条|3.15条|。2.3000条|-35件|3,294,12件",
        "1,2345,678件|1/3|7×24小时|5+2天|1+3+N|0 0 0 0",
        # no number at all
        "数百条|数十家|若干条|几次|几十条|几百人|数万人|上下级|好几次|成百上千件",
        # words
        "一是|二是|四是|一方面|一起努力|一次性|一些|一定|统一|进一步|万一|三审三校|两会|两微一端",
        "双微|三公经费|十三五|十四五|十九大|十九届二中|一站式|一网通办|互联网+|一体化|百分之九十",
        "百分之95|三分之二|一个|一种|一批|一系列|每一项|任何一件|同一件|万名|千家万户|“四个短板”",
        "四个意识|两个维护|三项制度|八项规定|最多跑一次|一次告知|一件事|十分重视|三位一体|二维码",
        "五一期间|十一期间|三元区|五家渠市|四家子乡|一处处长|基础教育一处等|逐一件|十字路口|百姓",
        "百家争鸣|二次创业|二期工程|无一例外|百千万工程|二级巡视员|三级调研员|收支两条线|10部分",
        "12部门|3处理决定|5起草|2本局|网上千条|零件|一人一档|周一至周五|新一轮",
        "- 4 -|10+A级|一百二条|五千 三百条|二 十条|1 万 5 千条|共3.15条",
        "3万二亿次|3万5条|三万5条|1万2千5次|5万零3条|作为一项|— 5 —|加+3件",
        "《二十条》",
    ]
).split("|")


@pytest.mark.parametrize("text", NOT_STATED)
def test_not_stated(text: str) -> None:
    assert read(text) == []


SEVERAL = [
    ("2018,7800", [(2018, "", "exact"), (7800, "", "exact")]),
    ("两个号分别5篇、12篇", [(2, "个", "exact"), (5, "篇", "exact"), (12, "篇", "exact")]),
    ("分别为5、8、12件", [(5, "", "exact"), (8, "", "exact"), (12, "件", "exact")]),
    ("网站3，241条，微博53条", [(3241, "条", "exact"), (53, "条", "exact")]),
    ("至2019年底共3件,同比降5%", [(3, "件", "exact"), (5, "%", "exact")]),
    ("由3件增至5件", [(3, "件", "exact"), (5, "件", "exact")]),
    ("1.新收2件,2.结转1件", [(2, "件", "exact"), (1, "件", "exact")]),
    ("信息42、公示7、", [(42, "", "exact"), (7, "", "exact")]),
    ("3名专职、两名兼职人员", [(3, "名", "exact"), (2, "名", "exact")]),
]


@pytest.mark.parametrize(("text", "expected"), SEVERAL)
def test_several(text: str, expected: list[tuple[int, str, str]]) -> None:
    assert read(text) == expected


UNITS = (
    "条 件 篇 次 期 个 项 份 宗 起 例 场 人 名 位 部 本 册 只 封 通 批 家 处 户 字 所 天 套 张 块 幅 "
    "枚 辆 台 则 集 支 页 笔 轮 组 款 元 万元 亿元 美元 人次 件次 条次 场次 期次 批次 篇次 份次 班次 "
    "家次 户次 轮次 分钟 小时 课时 学时 年 % ‰ 个月 个小时 个工作日 个百分点"
)


@pytest.mark.parametrize("unit", UNITS.split())
def test_units(unit: str) -> None:
    assert read(f"共计12{unit},") == read(f"共计12 {unit}") == [(12, unit, "exact")]


def test_spans() -> None:
    text = "总量近 6000余万次，采购约３万余元。"
    views, money = quantities(text)
    assert text[views.start : views.end] == "近 6000余万次"
    assert text[slice(*views.number)] == "6000余万"
    assert text[money.start : money.end] == "约３万余元"
    assert text[slice(*money.number)] == "３"


def test_piece_is_read_alone() -> None:
    text = "公开12345条,收到67件"
    assert [(q.start, q.end, q.value) for q in quantities(text, 4, 8)] == [(4, 8, 345)]
    assert [(q.start, q.end, q.value) for q in quantities(text, 9)] == [(11, 14, 67)]
    assert list(quantities(text, 9, 2)) == []


NUMERALS = [
    ("3,294", 3294),
    ("１２", 12),
    ("二十", 20),
    ("两", 2),
    ("7.5万", 75000),
    ("1276.5534万", 12765534),
    ("百余", 100),
    ("20余万", 200000),
    ("〇", 0),
    ("二〇一九", 2019),
    ("一百一十", 110),
    ("一千零一", 1001),
    ("一千零一十万", 10100000),
    ("一亿零一", 100000001),
    ("两万五千", 25000),
    ("百万", 1000000),
    ("7.12345万", 71234.5),
    ("0.5", 0.5),
    ("", None),
    ("条", None),
    ("12条", None),
    ("一百二", None),
    ("三五", None),
    ("两万五", None),
    ("3万5", None),
    ("3万500", None),
    ("百千", None),
    ("十百", None),
    ("万一", None),
    ("2018,7800", None),
    ("1,23", None),
    ("1.2.3", None),
    ("余", None),
    ("1万2亿3亿", None),
    ("一十" * 20, None),
]


@pytest.mark.parametrize(("numeral", "value"), NUMERALS)
def test_parse_number(numeral: str, value: float | None) -> None:
    assert parse_number(numeral) == value


# --- laws ---


def below_ten_thousand(number: int) -> str:
    """Spell 1..9999 in the standard way, with 零 for each inner gap and 一十 in full."""
    spelt, gap = "", False
    for place, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        if digit:
            spelt += "零" * (gap and bool(spelt)) + "零一二三四五六七八九"[digit] + name
            gap = False
        else:
            gap = True
    return spelt


def spell(number: int) -> str:
    """Spell 0..99999999."""
    if number == 0:
        return "零"
    high, low = divmod(number, 10000)
    if not high:
        spelt = below_ten_thousand(low)
    elif not low:
        spelt = below_ten_thousand(high) + "万"
    else:
        spelt = below_ten_thousand(high) + "万" + "零" * (low < 1000) + below_ten_thousand(low)
    return spelt.removeprefix("一") if spelt.startswith("一十") else spelt


FULL_WIDTH = str.maketrans("0123456789,", "０１２３４５６７８９，")


@settings(deadline=None)
@given(st.integers(0, 99_999_999))
@example(10)
@example(100_010)
@example(10_100_000)
@example(10_000_001)
@example(50_005_000)
def test_spelt_numbers_read_back(number: int) -> None:
    spelt = spell(number)
    assert parse_number(spelt) == number
    if number > 10 and spelt not in ("一千", "一百"):
        assert [q.value for q in quantities(f"共计{spelt}份,")] == [number]


@settings(deadline=None)
@given(st.integers(0, 10**15 - 1))
def test_printed_numbers_read_back(number: int) -> None:
    for printed in (str(number), f"{number:,}"):
        for form in (printed, printed.translate(FULL_WIDTH)):
            assert parse_number(form) == number
            assert [q.value for q in quantities(f"共计{form}份，")] == [number]


@settings(deadline=None)
@given(st.decimals(0, 99999, places=4), st.sampled_from(["万", "亿"]))
def test_multiplied_exactly(number, level) -> None:  # type: ignore[no-untyped-def]
    value = parse_number(f"{number:f}{level}")
    assert value == float(number * {"万": 10**4, "亿": 10**8}[level])


BITS = st.sampled_from(
    [
        *"0123456789,，.。、:-~ \n()年月日号%+余多几来近约超上第前至到条件次个元万亿千百十一二三两〇零A@/",
        "以上",
        "左右",
        "12345",
    ]
)


@settings(deadline=None)
@given(st.one_of(st.text(), st.lists(BITS, max_size=30).map("".join)))
@example("第")
@example("近近近约")
def test_spans_hold_on_any_text(text: str) -> None:
    last = 0
    for q in quantities(text):
        assert last <= q.start <= q.number[0] < q.number[1] <= q.end <= len(text)
        last = q.end
        number = text[slice(*q.number)]
        assert number in text[q.start : q.end]
        assert q.value >= 0
        if "万" not in q.unit and "亿" not in q.unit:
            assert parse_number(number) == q.value
    parse_number(text)


@settings(deadline=None)
@given(st.lists(BITS, max_size=20).map("".join), st.integers(0, 10), st.integers(0, 20))
def test_piece_equals_its_copy(text: str, start: int, size: int) -> None:
    end = start + size
    alone = [(q.start + start, q.end + start, q.value) for q in quantities(text[start:end])]
    assert [(q.start, q.end, q.value) for q in quantities(text, start, end)] == alone


def seconds(text: str) -> float:
    """Measure the time to read the whole text, in processor seconds."""
    begun = time.process_time()
    for _ in quantities(text):
        pass
    parse_number(text)
    return time.process_time() - begun


@pytest.mark.parametrize("unit", ["7", "一", "1,", "万", "近", "第", "1.", "1-", "a", " ", "余"])
def test_a_hostile_megabyte_takes_less_than_a_second(unit: str) -> None:
    assert seconds(unit * (1_000_000 // len(unit))) < 1.0


@pytest.mark.parametrize(
    "unit", ["1至", "1 ", "1a", "1、", "一条", "一、", "3条至", "二十至", "1,234,", "近1"]
)
def test_many_small_tokens_stay_linear(unit: str) -> None:
    """Ten times the text takes about ten times as long; a hundred times would be quadratic."""
    small = unit * (10_000 // len(unit))
    assert seconds(small * 10) < 40 * max(min(seconds(small) for _ in range(3)), 0.001)


# --- real reports ---

REAL = {
    "000": "3例 1次 近十次 20多篇 3000余条 10所 7800多条 近千条 117篇 20余次 5条 3例",
    "001": "49项 49项 17项 3294条 3241条 超24万人次 17条 649件 123条 32条 15条 35条 2370条 53条 "
    "超过10万 37条 27期 超过400分钟 超过100次 1次 3次",
    "002": "4971条 19个 90万次 1095篇 46万人 734条 超过54万人 1211条 1750万 530万 139条 310万 52期 "
    "24期 139期 1600多条 52期 1271条 1271件 223件 1件 6件 100% 58条 两个 143件 42件 101件 19件 "
    "18件 1件 2名 3次 2次 5次 2次",
    "003": "20个工作日 十几个 1100余条 1300余条 660条 10余次 2次 5次 10余次 5次 10次 17条 一起 "
    "10350件 十期 十期 10万+ 5941条 2.1亿次 百万次 174条 超过302万次 约1000余条 850余条 "
    "近6000余万次 10余万次 十期 43件 36件 34件 2件 100% 119件",
    "004": "34个 突破7.5万 1356条 3700余条 10年 3853条 5起 34个 突破7.5万 1356条 3700余条 10年 3853条 5起",
}


@pytest.mark.skipif(not REPORTS.is_dir(), reason="the real reports are not here")
@pytest.mark.parametrize("number", sorted(REAL))
def test_real_reports(number: str) -> None:
    """Every quantity of the prose, read by eye; cells of tables stand bare."""
    (path,) = REPORTS.glob(f"{number}_*.txt")
    text = path.read_text(encoding="utf-8")
    found = [q for q in quantities(text) if q.unit or q.qualifier != "exact" or q.value >= 10**6]
    assert [text[q.start : q.end] for q in found] == REAL[number].split()


@pytest.mark.skipif(not REPORTS.is_dir(), reason="the real reports are not here")
def test_real_values() -> None:
    text = next(REPORTS.glob("003_*.txt")).read_text(encoding="utf-8")
    values = {text[q.start : q.end]: (q.value, q.unit, q.qualifier) for q in quantities(text)}
    assert values["2.1亿次"] == (210_000_000, "次", "exact")
    assert values["近6000余万次"] == (60_000_000, "次", "about")
    assert values["十几个"] == (10, "个", "over")
    assert values["一起"] == (1, "起", "exact")
