"""What stands around a body, and bodies that stand twice."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from structurer.document import Document
from structurer.fold import fold
from structurer.read import read, read_text
from structurer.read.duplicate import second_copy
from structurer.read.furniture import furniture, is_widget
from tests import reports

REPORTS = reports.FOLDER

HEAD = "某某县统计局2020年政府信息公开工作年度报告\n发布日期:2021-01-20 来源:县统计局\n"
BODY = (
    "一、总体情况\n"
    + "本局按照要求开展工作,全年主动公开信息一百余条,内容涉及统计数据、公告与政策。" * 3
    + "\n二、其他\n无。\n"
)
TAIL = "某某县统计局\n2021年1月20日\n"


def parts(text: str) -> list[str]:
    folded = fold(text)
    return [text[span.start : span.end].strip() for span in furniture(folded)]


@pytest.mark.parametrize(
    "line",
    [
        "首页 > 政务公开 > 年报",
        "首页 -> 公开",
        "当前位置:首页>>公开指南",
        "您现在的位置: 首页 / 年报",
        "【字体：大 中 小】 打印 关闭",
        "[字号:大 中 小]",
        "分享到: 微信 微博 QQ空间",
        "打印本页 | 关闭窗口",
        "扫一扫在手机打开当前页",
        "用微信扫描二维码分享至朋友圈",
        "无障碍 长者模式 登录",
    ],
)
def test_widgets_before_the_body_are_furniture(line: str) -> None:
    assert parts(f"{line}\n{HEAD}{BODY}") == [line]
    assert parts(f"{HEAD}{line}\n{BODY}") == [line]


@pytest.mark.parametrize(
    "line",
    [
        "索引号:11370000/2021-00012",
        "发布日期:2021-01-20",
        "来源:县统计局 浏览次数:",
        "45455",
        "大",
        "中",
        "政务公开",
        "时间:2021-01-20 | 来源:本单位 | 点击数:",
        "2020年,全县政务公开工作在首页 > 栏目的规范上有进步,微信公众号也已开通。",
    ],
)
def test_what_may_belong_to_the_report_stays(line: str) -> None:
    assert parts(f"{line}\n{HEAD}{BODY}") == []


@pytest.mark.parametrize(
    "footer",
    [
        "版权所有:某某县人民政府",
        "主办单位:某某县人民政府办公室 地址:人民路1号 邮编:100000",
        "某ICP备12345678号-1 网站标识码:1234567890",
        "某公网安备 12345678901234号",
        "打印本页\n关闭窗口",
        "扫一扫在手机打开当前页\n微博\n微信\n部门网站\n新闻媒体网站",
        "友情链接\n省统计局\n市统计局",
        "版权所有:县统计局\n\n地址:人民路1号 电话:0000-1234567\n\n您是第位访客",
        "上一篇:某某县2019年年度报告\n下一篇:没有了",
        "Copyright © 2021 某某县",
    ],
)
def test_footers_are_furniture_and_signatures_are_not(footer: str) -> None:
    assert parts(HEAD + BODY + TAIL + footer) == [footer]
    assert parts(HEAD + BODY + TAIL + footer + "\n\n \n") == [footer]


def test_no_number_is_ever_in_a_footer() -> None:
    assert parts(HEAD + BODY + "版权所有:县统计局\n0\n12\n3.5\n") == []
    assert parts(HEAD + BODY + "版权所有:县统计局\n12\n网站标识码:1234567890\n") == ["网站标识码:1234567890"]


def test_a_table_at_the_end_is_no_footer() -> None:
    labels = "行政复议\n行政诉讼\n结果维持\n总计\n"
    assert parts(HEAD + BODY + labels + "0\n0\n") == []
    assert parts(HEAD + BODY + labels) == []
    assert parts(HEAD + BODY + "无障碍\x1f3\x1f\x1e") == []


def test_sentences_that_speak_of_widgets_stay() -> None:
    text = "网站增设了无障碍浏览、分享到微信和打印本页等功能,全年更新栏目十二个。"
    assert parts(HEAD + BODY + text) == []
    assert parts(HEAD + BODY + "主办单位:县统计局。全年举办活动3场。") == []


def test_is_widget_wants_nothing_else() -> None:
    assert is_widget("[字体: ] 打印")
    assert not is_widget("打印件3份")
    assert not is_widget("")
    assert not is_widget("12")


# Bodies that stand twice

LONG = (
    HEAD
    + BODY * 1
    + "三、收费情况\n"
    + "全年收到申请5件,均在期限内答复,没有产生费用,也没有复议和诉讼发生。" * 4
    + "\n"
)


def test_a_second_copy_is_furniture() -> None:
    document = read_text(LONG + "\n" + LONG)
    assert [document.text[span.start : span.end].strip() for span in document.furniture] == [LONG.strip()]
    assert document.notes == ("the body stands twice; the second copy was left out",)


def test_publication_lines_and_white_space_may_differ() -> None:
    again = LONG.replace("2021-01-20", "2021-01-20 10:22").replace("\n二、", "\n\n  二、")
    document = read_text(LONG + again)
    assert [(span.start, span.end) for span in document.furniture] == [(len(LONG), len(LONG + again))]


def test_a_copy_with_another_number_is_kept_and_noted() -> None:
    document = read_text(LONG + LONG.replace("申请5件", "申请6件", 1))
    assert document.furniture == ()
    assert document.notes == ("the body seems to stand twice, but the copies differ; both were read",)


def test_a_copy_with_another_word_is_kept() -> None:
    assert read_text(LONG + LONG.replace("没有复议", "还有复议")).furniture == ()


def test_what_follows_the_second_copy_is_kept() -> None:
    document = read_text(LONG + LONG + "四、补充\n另有建议提案9件。\n")
    assert "建议提案9件" not in "".join(document.text[span.start : span.end] for span in document.furniture)


def test_a_copy_is_never_cut_inside_a_number() -> None:
    body = LONG.rstrip() + "\n另有提案5"
    document = read_text(body + "\n" + body + "3件。\n")
    assert document.furniture == ()
    assert document.notes


def test_a_copy_that_is_cut_short_is_one() -> None:
    document = read_text(LONG + "\n" + LONG[:-40])
    assert document.furniture[-1].end == len(document.text)


def test_widgets_between_the_copies_do_not_hide_the_second() -> None:
    document = read_text(LONG + "【打印本页】【关闭窗口】\n" + LONG)
    assert document.notes
    assert document.furniture[-1].end == len(document.text)


def test_a_sentence_that_recurs_is_no_second_body() -> None:
    sentence = (
        "本局高度重视政府信息公开工作,认真贯彻落实有关规定,不断提高公开的质量与实效,切实保障群众权利。\n"
    )
    other = "".join(
        f"{number}、第{number}项工作取得了不同的进展,共完成{number}件。\n" for number in range(1, 40)
    )
    assert second_copy(fold(sentence + other + sentence)) == (None, None)


@given(st.text(alphabet="一二、公开条件0123\n 。首页>打印版权所有", max_size=200))
@settings(max_examples=300, deadline=None)
def test_spans_are_apart_and_hold_no_lines_of_numbers(text: str) -> None:
    spans = furniture(fold(text))
    place = 0
    for span in spans:
        assert place <= span.start < span.end <= len(text)
        place = span.end + 1
        assert not any(re.fullmatch(r" *[0-9]+ *", line) for line in text[span.start : span.end].split("\n"))


@pytest.mark.parametrize("unit", ["版权所有\n", "打印 ", "首页>", "\n", "公开\n", LONG])
def test_time_is_linear(unit: str) -> None:
    text = fold(unit * (2_000_000 // len(unit)))
    begun = time.monotonic()
    furniture(text)
    second_copy(text)
    assert time.monotonic() - begun < 10


# The real reports: where their bodies begin and end, read by eye


def real(number: str) -> Document:
    found = sorted(REPORTS.glob(f"{number}_*.txt"))
    if not found:
        pytest.skip("the real reports are not at hand")
    return read(found[0])


@pytest.mark.parametrize(
    ("number", "spans"),
    [
        ("000", [(0, 50), (88, 98)]),
        ("001", [(0, 21), (3645, 3719)]),
        ("002", [(3965, 4101)]),
        ("003", [(5888, 5927)]),
        ("004", [(2099, 4193)]),
    ],
)
def test_real_reports(number: str, spans: list[tuple[int, int]]) -> None:
    assert [(span.start, span.end) for span in real(number).furniture] == spans


def test_a_changed_digit_in_a_real_second_body_keeps_both() -> None:
    text = real("004").text
    place = text.rindex("3853条")
    changed = read_text(text[:place] + "3854条" + text[place + 5 :])
    assert changed.furniture == ()
    assert changed.notes
