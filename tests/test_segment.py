"""Sections: the headings that stand there, and each character in exactly one place."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from structurer.document import Document, Section, Span
from structurer.forms import load_forms
from structurer.read import read, read_text
from structurer.segment import segment
from tests import reports

FORMS = load_forms()
REPORTS = reports.FOLDER
Tables = list[tuple[str, int, int]]


def document(text: str, *furniture: tuple[int, int]) -> Document:
    spans = tuple(Span(start=start, end=end) for start, end in furniture)
    return Document(path="t", id="0", source=text, text=text, encoding="utf-8", furniture=spans)


def sections(text: str, tables: Tables | None = None) -> tuple[Section, ...]:
    found = document(text)
    return whole(found, segment(found, FORMS, tables or []))


def whole(found: Document, parts: tuple[Section, ...]) -> tuple[Section, ...]:
    """The sections, once it is sure that they and the furniture hold each character exactly once."""
    spans = sorted([*((s.start, s.end) for s in parts), *((f.start, f.end) for f in found.furniture)])
    place = 0
    for start, end in spans:
        assert start == place
        assert end > start
        place = end
    assert place == len(found.text)
    assert [part.start for part in parts] == sorted(part.start for part in parts)
    assert all(part.start <= part.body <= part.end for part in parts)
    return parts


def outline(text: str, tables: Tables | None = None) -> list[tuple[str, str]]:
    return [(part.title, part.kind) for part in sections(text, tables) if part.kind != "front"]


STANDARD = (
    "某局2021年政府信息公开工作年度报告\n\n一、总体情况\n全年公开30条。\n\n二、主动公开政府信息情况\n[二]\n\n"
    "三、收到和处理政府信息公开申请情况\n[三]\n\n四、政府信息公开行政复议、行政诉讼情况\n[四]\n\n"
    "五、存在的主要问题及改进情况\n人手不足。\n\n六、其他需要报告的事项\n无。\n"
)


def tables_of(text: str) -> Tables:
    marks = {"disclosure": "[二]", "applications": "[三]", "disputes": "[四]"}
    return [(name, text.index(mark), text.index(mark) + 3) for name, mark in marks.items() if mark in text]


def test_the_standard_report() -> None:
    parts = sections(STANDARD, tables_of(STANDARD))
    assert [(part.kind, part.state) for part in parts] == [
        ("front", "read"),
        ("overview", "read"),
        ("disclosure", "table"),
        ("applications", "table"),
        ("disputes", "table"),
        ("problems", "read"),
        ("other", "read"),
    ]
    assert [part.title for part in parts][1] == "一、总体情况"
    assert STANDARD[parts[1].start : parts[1].body] == "一、总体情况"


def test_a_table_heading_over_prose_is_prose() -> None:
    text = STANDARD.replace("[二]", "全年公开信息7800条,内容包括规章。")
    assert outline(text, tables_of(text))[1] == ("二、主动公开政府信息情况", "prose")


def test_a_table_heading_over_nothing_or_an_image_is_empty() -> None:
    text = STANDARD.replace("[二]", " \u3000").replace("[三]", "截图1.png")
    found = read_text(text)
    parts = whole(found, segment(found, FORMS, tables_of(text)))
    assert [(part.kind, part.state) for part in parts][2:4] == [
        ("disclosure", "empty"),
        ("applications", "empty"),
    ]


def test_other_empty_headings_are_empty_too() -> None:
    assert sections("一、总体情况\n二、收费情况\n没有收费。\n")[0].state == "empty"


def test_no_heading_at_all_is_front() -> None:
    assert [part.kind for part in sections("全年公开信息3条。\n没有申请。\n")] == ["front"]
    assert sections("") == ()


def test_rows_of_a_located_table_are_no_headings() -> None:
    rows = "一、主动公开情况\n3\n二、依申请公开情况\n0\n三、收费情况\n0\n"
    text = f"一、总体情况\n见下。\n二、统计表\n{rows}三、其他\n无。\n"
    start = text.index(rows)
    assert outline(text, [("statistics", start, start + len(rows))]) == [
        ("一、总体情况", "overview"),
        ("二、统计表", "statistics"),
        ("三、其他", "prose"),
    ]


def test_rows_of_the_form_are_no_headings_even_where_no_table_was_located() -> None:
    rows = "一、本年新收政府信息公开申请数量\n1\n二、上年结转政府信息公开申请数量\n0\n"
    rows += "三、本年度办理结果\n四、结转下年度继续办理\n0\n"
    text = STANDARD.replace("[三]", rows)
    assert len(outline(text)) == 6


@pytest.mark.parametrize(
    "heading",
    [
        "主动公开政府信息的情况",
        "2021年主动公开政府信息情况",
        "主动公开政府信息情况：",
        "主动公开 政府信息情况",
    ],
)
def test_wording_of_a_table_heading_may_vary(heading: str) -> None:
    assert [part.kind for part in sections(f"二、{heading}\n三、其他\n无\n")] == ["disclosure", "prose"]


@pytest.mark.parametrize(
    "heading",
    [
        "政府信息公开行政复议、行政诉讼情况",
        "政府信息公开行政复议和行政诉讼情况",
        "政府信息公开行政复议行政诉讼情况",
        "因政府信息公开工作被申请行政复议、提起行政诉讼情况",
    ],
)
def test_wording_of_the_disputes_heading_may_vary(heading: str) -> None:
    assert sections(f"四、{heading}\n")[0].kind == "disputes"


def test_a_heading_that_only_begins_like_the_form_is_prose() -> None:
    assert sections("二、主动公开政府信息的数量\n")[0].kind == "prose"


@pytest.mark.parametrize(
    "title", ["总体情况", "概 述", "2020年总体情况", "工作概述", "政府信息公开工作基本情况", "总体要求"]
)
def test_overviews(title: str) -> None:
    assert sections(f"一、{title}\n公开3条。\n")[0].kind == "overview"


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("存在的主要问题及改进情况", "problems"),
        ("存在问题和下一步打算", "problems"),
        ("不足之处及改进措施", "problems"),
        ("其他需要报告的事项", "other"),
        ("需要说明的其他事项", "other"),
        ("依申请公开基本情况", "prose"),
        ("收费情况", "prose"),
    ],
)
def test_kinds(title: str, kind: str) -> None:
    assert sections(f"五、{title}\n文字。\n")[0].kind == kind


# Headings as they really are


def test_a_lost_numeral() -> None:
    text = "、总体情况\n公开3条。\n二、收费情况\n无。\n"
    assert outline(text) == [("、总体情况", "overview"), ("二、收费情况", "prose")]
    assert len(sections("一、总体情况\n公开教育\n、卫生信息3条。\n")) == 1


def test_a_lost_mark() -> None:
    assert outline("一 概 述\n公开3条。\n二 收费\n无\n三、其他\n无\n")[0] == ("一 概 述", "overview")


def test_a_lost_numeral_and_mark() -> None:
    text = "总体情况\n公开3条。\n二、收费情况\n无。\n三、其他事项\n无。\n"
    assert outline(text)[0] == ("总体情况", "overview")


def test_parts_and_their_numbered_points() -> None:
    text = "第一部分 概述\n一、机构\n设1个。\n二、制度\n有。\n第二部分 公开情况\n一、数量\n3条。\n"
    assert outline(text) == [("第一部分 概述", "overview"), ("第二部分 公开情况", "prose")]


def test_arabic_numbers_on_top() -> None:
    text = "1、总体情况\n公开3条。\n2、收费情况\n(1)无。\n3.存在的主要问题\n少。\n"
    assert [kind for _, kind in outline(text)] == ["overview", "prose", "problems"]


def test_brackets_on_top() -> None:
    text = "（一）总体情况\n1.公开3条。\n2.更新2次。\n（二）收费情况\n无。\n"
    assert [title for title, _ in outline(text)] == ["（一）总体情况", "（二）收费情况"]


def test_inner_levels_stay_inside() -> None:
    text = (
        "一、总体情况\n（一）主动公开\n1.公开3条。\n1、更新。\n一是加强。\n二是改进。\n二、收费情况\n无。\n"
    )
    assert len(sections(text)) == 2


def test_an_arabic_first_heading_among_numerals() -> None:
    text = "1、总体情况\n公开3条。\n二、收费情况\n1、无。\n三、其他事项\n无。\n"
    assert [title for title, _ in outline(text)] == ["1、总体情况", "二、收费情况", "三、其他事项"]


def test_text_behind_a_heading_on_its_line() -> None:
    text = "一、总体情况 2020年,本局公开信息33条。\n二、收费情况。全年没有收取费用,也没有减免。\n"
    text += "三、总体要求2020年公开3条\n"
    parts = sections(text)
    assert [text[part.start : part.body] for part in parts] == [
        "一、总体情况",
        "二、收费情况。",
        "三、总体要求",
    ]
    assert all(part.state == "read" for part in parts)


def test_a_numbered_sentence_is_no_heading() -> None:
    text = (
        "一、总体情况\n二、" + "按照上级关于进一步加强公开工作的部署要求本局组织开展了全面自查" * 2 + "。\n"
    )
    assert len(sections(text)) == 1


def test_a_body_in_one_line() -> None:
    text = (
        "某局2019年政府信息公开工作年度报告一、总体情况2019年公开信息88条。见“二、主动公开政府信息情况”。二、主动公开政府信息情况规章0件。"
        "三、收到和处理政府信息公开申请情况没有收到。四、政府信息公开行政复议、行政诉讼情况没有。五、存在的主要问题及改进情况人少。"
        "六、其他需要报告的事项无。"
    )
    assert [title for title, _ in outline(text)] == [
        "一、总体情况",
        "二、主动公开政府信息情况",
        "三、收到和处理政府信息公开申请情况",
        "四、政府信息公开行政复议、行政诉讼情况",
        "五、存在的主要问题及改进情况",
        "六、其他需要报告的事项",
    ]


def test_titles_listed_in_a_sentence_are_no_headings() -> None:
    text = (
        "本报告包括:一、总体情况;二、主动公开政府信息情况;三、收到和处理政府信息公开申请情况。全年公开3条。\n"
    )
    assert [part.kind for part in sections(text)] == ["front"]


def test_contents_with_page_numbers() -> None:
    listed = "一、总体情况…………1\n二、收费情况 ...... 3\n"
    assert len(sections(listed + "一、总体情况\n公开3条。\n二、收费情况\n无。\n")) == 3


def test_contents_in_one_line() -> None:
    listed = "一、总体情况,二、收费情况,三、其他需要报告的事项\n"
    assert len(sections(listed + "一、总体情况\n公开3条。\n二、收费情况\n无。\n")) == 3


def test_contents_as_a_list_of_titles() -> None:
    listed = "目录\n一、总体情况\n二、收费情况\n三、其他事项\n"
    body = "一、总体情况\n公开3条。\n二、收费情况\n无。\n三、其他事项\n无。\n"
    parts = sections(listed + body)
    assert [part.kind for part in parts] == ["front", "overview", "prose", "other"]
    assert parts[0].end == len(listed)
    with_preamble = sections(listed + "本局按规定编制本报告。\n" + body)
    assert [part.kind for part in with_preamble] == ["front", "overview", "prose", "other"]


def test_numbers_that_restart() -> None:
    text = "一、工作情况\n好。\n二、培训\n2次。\n" + STANDARD[STANDARD.index("一、") :].replace(
        "四、政府", "政府"
    )
    kinds = [kind for _, kind in outline(text, tables_of(text))]
    assert kinds == [
        "prose",
        "prose",
        "overview",
        "disclosure",
        "applications",
        "disputes",
        "problems",
        "other",
    ]


def test_a_table_whose_heading_is_lost_starts_its_own_section() -> None:
    text = STANDARD.replace("三、收到和处理政府信息公开申请情况\n", "").replace(
        "二、主动公开政府信息情况\n", ""
    )
    parts = sections(text, tables_of(text))
    kinds = [(part.kind, part.title) for part in parts]
    assert kinds[1:4] == [("overview", "一、总体情况"), ("disclosure", ""), ("applications", "")]


def test_a_statistics_table_without_a_number() -> None:
    text = "一、总体情况\n好。\n二、其他事项\n无。\n某市2016年政府信息公开情况统计表\n[表]\n"
    place = text.index("[表]")
    assert outline(text, [("statistics", place, place + 3)])[-1] == (
        "某市2016年政府信息公开情况统计表",
        "statistics",
    )


def test_furniture_splits_what_it_stands_in() -> None:
    text = "导航\n标题\n打印\n一、总体情况\n公开3条。\n"
    found = document(text, (0, 3), (6, 9))
    parts = whole(found, segment(found, FORMS))
    assert [(part.kind, text[part.start : part.end]) for part in parts] == [
        ("front", "标题\n"),
        ("overview", "一、总体情况\n公开3条。\n"),
    ]


def test_furniture_inside_a_section_makes_two_runs_of_it() -> None:
    text = "一、总体情况\n公开3条。\n第 4 页\n更新2条。\n"
    place = text.index("第 4 页")
    found = document(text, (place, place + 6))
    first, second = whole(found, segment(found, FORMS))
    assert (first.title, first.kind) == (second.title, second.kind)
    assert second.body == second.start
    assert text[second.start : second.end] == "更新2条。\n"


def test_headings_and_tables_in_furniture_do_not_count() -> None:
    text = "一、总体情况\n公开3条。\n一、总体情况\n公开3条。\n[二]"
    place = text.rindex("一、")
    found = document(text, (place, len(text)))
    parts = whole(found, segment(found, FORMS, [("disclosure", len(text) - 3, len(text))]))
    assert [(part.kind, part.end) for part in parts] == [("overview", place)]


_PIECES = st.sampled_from(
    ["一、总体情况", "二、主动公开政府信息情况", "、概述", "三 概述", "(一)公开", "1.总体情况",
     "2、", "第一部分 甲", "\n", "\n\n", "。",
     "公开3条。", "0", " ", "\x1f", "\x1e", "…… 3", "某市政府信息公开情况统计表", "一、本年新收",
     "十一、其他"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=40), st.data())
@settings(max_examples=400, deadline=None)
def test_each_character_is_in_one_place(pieces: list[str], data: st.DataObject) -> None:
    text = "".join(pieces)
    cuts = sorted(set(data.draw(st.lists(st.integers(0, len(text)), max_size=8))))
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    kinds = data.draw(
        st.lists(st.sampled_from(["furniture", "disclosure", "disputes"]), min_size=4, max_size=4)
    )
    found = document(text, *(span for span, kind in zip(spans, kinds, strict=False) if kind == "furniture"))
    tables = [(kind, *span) for span, kind in zip(spans, kinds, strict=False) if kind != "furniture"]
    for part in whole(found, segment(found, FORMS, tables)):
        if part.state == "table":
            assert part.kind in {kind for kind, _, _ in tables}
        elif part.kind in FORMS.tables:
            assert part.state == "empty"


@pytest.mark.parametrize(
    "unit",
    [
        "一、总体情况\n",
        "1、总体情况\n一、甲\n",
        "(一)甲\n",
        "总体情况\n",
        "。一、总体情况二",
        "一、",
        "、",
        "\n ",
        "第一部分 甲\n统计表\n",
    ],
)
def test_time_is_linear(unit: str) -> None:
    found = document(unit * (600_000 // len(unit)))
    begun = time.process_time()
    segment(found, FORMS)
    assert time.process_time() - begun < 15


# The real reports: their top-level titles, read by eye


def real(number: str) -> Document:
    found = sorted(REPORTS.glob(f"{number}_*.txt"))
    if not found:
        pytest.skip("the real reports are not at hand")
    return read(found[0])


FORM_TITLES = [
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
]
TITLES = {
    "000": [
        "一、信息公开基础工作",
        "二、主动公开政府信息情况",
        "三、推进重点领域信息公开情况",
        "四、推进“互联网+政务服务”工作",
        "五、建议提案办理结果公开情况",
        "六、开展政策解读情况",
        "七、政务舆情处置回应情况",
        "八、依申请公开情况",
        "九、信息公开相关举报、复议、诉讼情况",
        "十、制度机制建设情况",
    ],
    "001": FORM_TITLES,
    "002": FORM_TITLES[:5],
    "003": FORM_TITLES,
    "004": [
        "一、年度政府信息公开工作基本情况",
        "二、年度信息公开报告公开情况",
        "三、依申请公开政府信息的情况",
        "四、收费情况",
        "五、复议、诉讼情况",
        "六、政府信息公开工作存在的主要问题及改进措施",
        "七、2016年信息公开工作思路",
    ],
}
TABLES: dict[str, Tables] = {
    "001": [("disclosure", 1634, 1974), ("applications", 1994, 3094), ("disputes", 3116, 3287)],
    "003": [("disclosure", 3843, 4170), ("applications", 4190, 5105), ("disputes", 5132, 5289)],
}


@pytest.mark.parametrize("number", sorted(TITLES))
def test_real_titles(number: str) -> None:
    found = real(number)
    parts = whole(found, segment(found, FORMS, TABLES.get(number, [])))
    assert [part.title for part in parts if part.kind != "front"] == TITLES[number]


@pytest.mark.parametrize("number", ["001", "003"])
def test_real_tables(number: str) -> None:
    found = real(number)
    states = [(part.kind, part.state) for part in segment(found, FORMS, TABLES[number])]
    assert states[-6:] == [
        ("overview", "read"),
        ("disclosure", "table"),
        ("applications", "table"),
        ("disputes", "table"),
        ("problems", "read"),
        ("other", "read"),
    ]


def test_real_titles_without_located_tables_are_the_same() -> None:
    for number in ("001", "003"):
        found = real(number)
        assert [part.title for part in segment(found, FORMS) if part.kind != "front"] == TITLES[number]


def test_real_prose_under_a_table_heading() -> None:
    assert segment(real("000"), FORMS)[3].kind == "prose"


def test_real_empty_table_headings() -> None:
    states = [(part.kind, part.state) for part in segment(real("002"), FORMS)]
    assert states[2:5] == [("disclosure", "empty"), ("applications", "empty"), ("disputes", "empty")]


def test_a_real_second_body_is_in_no_section() -> None:
    assert segment(real("004"), FORMS)[-1].end == 2099
