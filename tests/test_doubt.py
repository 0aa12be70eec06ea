"""What OCR read: kept where the sums prove it, left to a person where they do not."""

from __future__ import annotations

import pytest

from structurer.document import CELL, ROW, Document, Places, Span
from structurer.forms import load_forms
from structurer.observation import Extraction
from structurer.pipeline import extract
from structurer.read import read

ROWS = {
    "一、本年新收政府信息公开申请数量": 5,
    "二、上年结转政府信息公开申请数量": 1,
    "（一）予以公开": 4,
    "（二）部分公开": 1,
    "1.属于国家秘密": 0,
    "2.其他法律行政法规禁止公开": 0,
    "3.危及“三安全一稳定”": 0,
    "4.保护第三方合法权益": 0,
    "5.属于三类内部事务信息": 0,
    "6.属于四类过程性信息": 0,
    "7.属于行政执法案卷": 0,
    "8.属于行政查询事项": 0,
    "1.本机关不掌握相关政府信息": 0,
    "2.没有现成信息需要另行制作": 0,
    "3.补正后申请内容仍不明确": 0,
    "1.信访举报投诉类申请": 0,
    "2.重复申请": 0,
    "3.要求提供公开出版物": 0,
    "4.无正当理由大量反复申请": 0,
    "5.要求行政机关确认或重新出具已获取信息": 0,
    "（六）其他处理": 0,
    "（七）总计": 5,
    "四、结转下年度继续办理": 1,
}
HEAD = ["申请人情况", "自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
ONE = {
    "一、本年新收政府信息公开申请数量": 1,
    "二、上年结转政府信息公开申请数量": 0,
    "（一）予以公开": 1,
    "（二）部分公开": 0,
    "（七）总计": 1,
    "四、结转下年度继续办理": 0,
}


def grid(rows: list[list[str]]) -> str:
    return "".join("".join(cell + CELL for cell in row) + ROW for row in rows) + "\n"


def report(counts: dict[str, int], changed: dict[tuple[str, int], str] | None = None) -> str:
    rows = [HEAD]
    for label, count in counts.items():
        cells = [str(count), *"00000", str(count)]
        for (where, column), text in (changed or {}).items():
            if where == label:
                cells[column] = text
        rows.append([label, *cells])
    disclosure = [["信息内容", "本年制发件数", "本年废止件数", "现行有效件数"], ["规章", "1", "0", "11"]]
    return (
        "某某市教育局2023年政府信息公开工作年度报告\n一、总体情况\n全年主动公开政府信息120条。\n"
        + "二、主动公开政府信息情况\n"
        + grid(disclosure)
        + "三、收到和处理政府信息公开申请情况\n"
        + grid(rows)
    )


def seen(text: str, confidence: float = 0.99) -> Extraction:
    """The extraction of a text that OCR read."""
    places = Places()
    for at in range(len(text)):
        places.add(at, 1, (0.0, 0.0, 1.0, 1.0), confidence)
    changes = {"recognised": (Span(start=0, end=len(text)),), "places": places}
    document = Document(**{**dict(read(text)), **changes})
    return extract(document, load_forms())


def test_what_the_sums_prove_is_accepted_and_marked() -> None:
    found = seen(report(ROWS))["applications.received.total"]
    assert (found.value, found.status, found.accepted) == (5, "verified", True)
    assert found.methods == ("table", "ocr")
    assert found.evidence[0].confidence == pytest.approx(0.99)
    cells = [one for one in seen(report(ROWS)).observations if one.indicator.startswith("applications")]
    assert {one.indicator for one in cells if not one.accepted} == {
        f"applications.{row}.{column}"
        for row in ("carried_in", "carried_out")
        for column in ("natural_person", "total")
    }, "the one that came in and the one that is left may both be something else"


def test_what_no_sum_binds_waits_with_its_candidates() -> None:
    found = seen(report(ROWS))
    cell = found["disclosure.regulations.in_force"]
    assert (cell.value, cell.status, cell.accepted) == (None, "ambiguous", False)
    assert cell.candidates == (11, 71, 41, 17, 14)
    assert not found["disclosure.regulations.repealed"].accepted
    stated = found["narrative.disclosed_items.count"]
    assert (stated.accepted, stated.candidates[0], stated.methods[-1]) == (False, 120, "ocr")
    waiting = next(one for one in found.findings if one.rule == "document.ocr")
    assert waiting.severity == "warning"
    assert "disclosure.regulations.in_force" in waiting.indicators
    assert "applications.received.total" not in waiting.indicators


def test_a_misread_digit_is_disputed() -> None:
    found = seen(report(ROWS, {("（一）予以公开", 0): "9"}))["applications.granted.natural_person"]
    assert (found.value, found.status, found.accepted) == (9, "disputed", False)
    assert 4 in found.candidates


def test_a_misread_digit_that_one_change_explains_leaves_the_others_alone() -> None:
    found = seen(report(ROWS, {("（七）总计", 0): "6"}))
    wrong = found["applications.handled_total.natural_person"]
    assert (wrong.value, wrong.status, wrong.accepted, wrong.candidates[0]) == (6, "disputed", False, 5)
    assert found["applications.received.natural_person"].accepted
    assert found["applications.handled_total.total"].accepted
    far = seen(report(ROWS, {("（七）总计", 0): "9"}))
    assert not far["applications.handled_total.natural_person"].accepted
    assert not far["applications.granted.natural_person"].accepted, "9 is not what a 5 is taken for"


def test_a_digit_that_may_be_misread_everywhere_waits() -> None:
    """With a single application all sums hold for 1 as they do for 7."""
    counts = {label: ONE.get(label, 0) for label in ROWS}
    found = seen(report(counts))
    cell = found["applications.received.natural_person"]
    assert (cell.value, cell.accepted, cell.candidates) == (None, False, (1, 7, 4))
    assert found["applications.carried_in.natural_person"].accepted, "no digit taken for 0 keeps the sums"
    same = extract(read(report(counts)), load_forms())
    assert same["applications.received.natural_person"].accepted


def test_an_empty_cell_is_accepted_only_where_two_sums_agree() -> None:
    found = seen(report(ROWS, {("2.重复申请", 1): ""}))[
        "applications.not_processed_repeated.commercial_enterprise"
    ]
    assert (found.value, found.status, found.accepted) == (0, "inferred", True)
    open_ = seen(report(ROWS).replace("规章" + CELL + "1", "规章" + CELL))["disclosure.regulations.issued"]
    assert (open_.value, open_.accepted) == (None, False)


def test_text_that_nobody_had_to_recognise_is_not_doubted() -> None:
    found = extract(read(report(ROWS)), load_forms())
    assert found["disclosure.regulations.in_force"].accepted
    assert not any("ocr" in one.methods for one in found.observations)
    assert not any(one.rule == "document.ocr" for one in found.findings)
