"""The statistics table of 2014 to 2018 as offices lay it out: more columns, sentences, units of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

import structurer
from structurer.forms import Table, load_forms
from structurer.observation import Extraction, Observation

(TABLE,) = load_forms().tables["statistics"].values()
ROWS = [row for block in TABLE.blocks for row in block.rows]
HEAD = "某某县林业局2016年政府信息公开工作年度报告\n\n一、概述\n我局推进政府信息公开。\n\n附件\n"
TITLE = "政府信息公开情况统计表（2016年度）\n"


def figures(**given: float) -> dict[str, float]:
    """A year of a small office, in which every sum holds."""
    return {row.id: 0 for row in ROWS} | {
        "disclosed_items": 128,
        "disclosed_website": 97,
        "applications_received": 4,
        "applications_received_online": 4,
        "applications_completed": 4,
        "applications_completed_on_time": 4,
        "replies": 4,
        "replies_granted": 4,
        "offices": 1,
        "reading_points": 2,
        "staff": 3,
        "staff_full_time": 1,
        "staff_part_time": 2,
        **given,
    }


def laid(
    rows: dict[str, str], *, head: str = "统计指标 单位 统计数\n", order: list[str] | None = None
) -> str:
    """A report with the table; `rows` is what stands behind each label."""
    labels = {row.id: row.label for row in ROWS}
    body = "".join(f"{labels[row]} {rows[row]}\n" for row in order or rows)
    return HEAD + TITLE + head + body


def printed(**given: str) -> dict[str, str]:
    """What the small office's table prints behind each label, unit first."""
    units = {row.id: row.unit for row in ROWS}
    return {row: f"{units[row]} {value:g}" for row, value in figures().items()} | given


def read(text: str) -> Extraction:
    return structurer.structure(text)


def cells(extraction: Extraction) -> dict[str, Observation]:
    return {
        one.indicator.split(".")[1]: one
        for one in extraction.observations
        if one.indicator.startswith("statistics.")
    }


def wrong(text: str, truth: dict[str, float]) -> list[tuple[str, object]]:
    """What is accepted and is not so."""
    return [
        (row, one.value)
        for row, one in cells(read(text)).items()
        if one.accepted and (one.value or 0) != truth[row]
    ]


def test_the_table_as_the_form_has_it() -> None:
    found = cells(read(laid(printed())))
    assert {row: one.value for row, one in found.items()} == figures()
    assert all(one.accepted for one in found.values())


# --- more columns


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("bar", [" ", " | ", "\t", "\n"])
def test_where_a_second_year_stands_beside_a_lone_number_is_of_neither(bar: str, swapped: bool) -> None:
    this = figures()
    last = figures(disclosed_items=88, disclosed_website=60, disclosed_weibo=15, complaints=2, meetings=1)
    pairs = {row: [f"{n:g}" if n else "" for n in (this[row], last[row])] for row in this}
    rows = {row: bar.join(pair[::-1] if swapped else pair) for row, pair in pairs.items()}
    text = laid(rows, head="统计指标 2016年 2015年\n")
    assert wrong(text, this) == []


def test_the_same_number_in_every_column_is_the_rows() -> None:
    rows = {row: f"件 {n:g} {n:g} 0" if n else "件 0 0 0" for row, n in figures().items()}
    found = cells(read(laid(rows, head="统计指标 单位 合计 本级 下属\n")))
    assert (found["complaints"].value, found["complaints"].accepted) == (0, True)
    assert not found["disclosed_items"].accepted
    assert not found["staff"].accepted


def test_one_number_with_a_space_in_it_opens_its_own_row_only() -> None:
    found = cells(read(laid(printed(disclosed_items="条 1 128"))))
    assert [row for row, one in found.items() if not one.accepted] == ["disclosed_items"]


def test_numbers_beside_headings_are_numbers_that_slipped() -> None:
    text = laid(printed(applications_received="件", meetings="次"))
    slipped = text.replace("（一）收到申请数", "三、依申请公开情况 4\n（一）收到申请数")
    assert cells(read(text))["disclosed_website"].accepted
    assert not any(one.accepted and one.value for one in cells(read(slipped)).values())


# --- labels out of order


def test_labels_of_two_rows_beneath_one_out_of_place_are_out_of_place() -> None:
    truth = figures(reconsiderations=3, reconsiderations_corrected=3, litigations=2, litigations_corrected=2)
    rows = {row.id: f"{row.unit} {truth[row.id]:g}" for row in ROWS}
    dropped = {"reconsiderations_upheld", "litigations_upheld"}
    order = [row for row in rows if row not in dropped]
    first, second = order.index("reconsiderations"), order.index("litigations")
    order[first : second + 3] = order[second : second + 3] + order[first:second]
    text = laid(rows, order=order)
    assert [row for row, _ in wrong(text, truth)] == []


# --- sentences


@pytest.mark.parametrize(
    "lead",
    ["自条例实施以来，累计", "2015年，", "全县各单位", "局属事业单位", "平均每月", "2017年计划", "上半年"],
)
def test_a_sentence_of_others_or_of_another_time_is_no_table(lead: str) -> None:
    said = f"{lead}主动公开政府信息数890条，其中政府网站公开政府信息数700条，政务微信公开政府信息数40条。\n"
    assert not [one for one in cells(read(HEAD + said)).values() if one.accepted]
    assert cells(read(HEAD + said.removeprefix(lead)))["disclosed_items"].value == 890


def test_a_sentence_that_uses_the_labels_does_not_stand_for_the_table() -> None:
    said = "2015年，主动公开政府信息数89条，政府网站公开政府信息数70条，政务微信公开政府信息数4条。\n\n"
    between = "我局安排专人维护栏目，及时更新内容，逐条核对文号与日期。" * 4 + "\n\n"
    text = laid(printed()).replace(TITLE, said + between + TITLE)
    found = cells(read(text))
    assert {row: one.value for row, one in found.items() if one.accepted} == figures()


# --- inexact numbers


@pytest.mark.parametrize(
    "cell", ["条 128 余", "条 128 多条", "条 128 左右", "万条 128", "128 万条", "（万条） 128"]
)
def test_a_rounded_or_multiplied_number_is_not_the_count(cell: str) -> None:
    once = cells(read(laid(printed())))  # a layout met before is no excuse
    assert once["disclosed_items"].accepted
    found = cells(read(laid(printed(disclosed_items=cell))))
    assert [row for row, one in found.items() if not one.accepted] == ["disclosed_items"]


# --- amounts


@pytest.mark.parametrize(
    ("cell", "unit"),
    [
        ("万元 3.5", "万元"),
        ("元 35000", "元"),
        ("| 元 | 35,000.00 |", "元"),
        ("| 35000 | 元", "元"),
        ("35000\n元", "元"),
        ("35000元", "元"),
        ("（元） 35000", "元"),
        ("，元 35000", "元"),
        ("/元 35000", "元"),
        ("3.5", "万元"),
    ],
)
def test_an_amount_has_the_unit_beside_it(cell: str, unit: str) -> None:
    budget = cells(read(laid(printed(budget=cell))))["budget"]
    assert (budget.value, budget.unit, budget.accepted) == (3.5 if unit == "万元" else 35000, unit, True)


def test_an_amount_in_cells_on_lines_has_the_unit_above() -> None:
    rows = {row: "\n" + text.replace(" ", "\n") for row, text in printed(budget="元 35000").items()}
    budget = cells(read(laid(rows)))["budget"]
    assert (budget.value, budget.unit, budget.accepted) == (35000, "元", True)


@pytest.mark.parametrize(
    "note", ["金额单位：元\n", "单位：件、条、次、元\n", "（表中金额以元为单位）\n", "金额单位均为元\n"]
)
def test_an_amount_without_a_unit_has_the_tables(note: str) -> None:
    rows = {row: text.split()[1] for row, text in printed(budget="元 35000").items()}
    for text in (
        laid(rows, head=f"{note}统计指标 统计数\n"),
        laid(rows, head="统计指标 统计数\n") + "注：" + note,
    ):
        budget = cells(read(text))["budget"]
        assert (budget.value, budget.unit, budget.accepted) == (35000, "元", True)


def test_an_amount_stays_open_where_the_page_names_two_units() -> None:
    rows = {row: text.split()[1] for row, text in printed(budget="元 35000").items()}
    text = laid(rows, head="单位：元\n统计指标 统计数\n") + "注：经费以万元为单位。\n"
    budget = cells(read(text))["budget"]
    assert (budget.value, budget.accepted, budget.candidates) == (None, False, (35000,))


# --- copies


def test_a_blank_in_a_copy_speaks_against_a_number() -> None:
    last = laid(printed(meetings="次 7"))
    this = laid(printed(meetings="次")).removeprefix(HEAD)
    found = cells(read(last + "\n" + this))
    assert not found["meetings"].accepted
    assert found["disclosed_items"].accepted


def test_the_form_has_one_column() -> None:
    assert isinstance(TABLE, Table)
    assert TABLE.single_column


# --- the cells of a grid


def grid(rows: dict[str, list[str]], head: list[str]) -> bytes:
    labels = {row.id: row.label for row in ROWS}
    lines = [head, *([labels[row], *cells_] for row, cells_ in rows.items())]
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in line)}</tr>" for line in lines)
    title = "某某县林业局2016年政府信息公开工作年度报告"
    return (
        f"<html><head><meta charset='utf-8'></head><body><h1>{title}</h1><p>一、概述</p>"
        f"<p>附件</p><p>{TITLE}</p><table>{body}</table></body></html>"
    ).encode()


@pytest.mark.parametrize(
    "remarks", [{"complaints": "7"}, {"complaints": "7", "meetings": "3", "budget": "2"}]
)
def test_a_remarks_number_is_not_the_count(remarks: dict[str, str], tmp_path: Path) -> None:
    truth = figures()
    rows = {
        row.id: [str(row.unit), f"{truth[row.id]:g}" if truth[row.id] else "", remarks.get(row.id, "")]
        for row in ROWS
    }
    page = tmp_path / "report.html"
    page.write_bytes(grid(rows, ["统计指标", "单位", "统计数", "备注"]))
    found = cells(structurer.structure(page))
    assert not [row for row, one in found.items() if one.accepted and (one.value or 0) != truth[row]]
    assert found["disclosed_items"].accepted is (len(remarks) == 1)


def test_numbers_before_their_labels_are_left_open() -> None:
    labels = {row.id: row.label for row in ROWS}
    rows = "".join(f"{n:g} 件 {labels[row]}\n" for row, n in figures().items())
    found = cells(read(HEAD + TITLE + "统计数 单位 统计指标\n" + rows))
    assert not any(one.accepted for one in found.values())


# --- numbers of no row


def test_the_number_of_a_page_is_not_the_row_above() -> None:
    text = laid(printed(litigations="件", trainees="人次"))
    for label in ("（一）维持具体行政行为或者", ""):
        paged = text.replace(label, f"4\n{label}") if label else text + "4\n"
        row = "litigations" if label else "trainees"
        found = cells(read(paged))
        assert not found[row].accepted or not found[row].value
        assert found["disclosed_items"].accepted


def test_the_number_beside_a_heading_is_not_the_row_above() -> None:
    text = laid(printed(responses_other="次")).replace(
        "（一）收到申请数", "三、依申请公开情况 件 4\n（一）收到申请数"
    )
    assert not cells(read(text))["responses_other"].accepted


def test_a_number_that_was_not_read_is_no_blank() -> None:
    rows = printed(trainees="人次 28.", complaints="件 3.")
    found = cells(read(laid(rows)))
    assert not [row for row in ("trainees", "complaints") if found[row].accepted]
