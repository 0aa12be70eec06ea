"""Tables read from text: every layout by hand, and what must stay open."""

from __future__ import annotations

import pytest

from structurer.forms import load_forms
from structurer.observation import Observation
from structurer.read import read_bytes, read_text
from structurer.tables import TableReading, read_tables
from structurer.tables.settle import _MANY, _believed
from structurer.tables.settled import Settled

FORMS = load_forms()

HEADER = "申请人情况\n自然人\n法人或其他组织\n总计\n商业企业\n科研机构\n社会公益组织\n法律服务机构\n其他\n"
LABELS = {
    "received": "一、本年新收政府信息公开申请数量",
    "carried_in": "二、上年结转政府信息公开申请数量",
    "granted": "三、本年度办理结果\n（一）予以公开",
    "partially_granted": "（二）部分公开（区分处理的，只计这一情形，不计其他情形）",
    "refused_state_secret": "（三）不予公开\n1.属于国家秘密",
    "refused_prohibited_by_law": "2.其他法律行政法规禁止公开",
    "refused_security_and_stability": "3.危及“三安全一稳定”",
    "refused_third_party_rights": "4.保护第三方合法权益",
    "refused_internal_affairs": "5.属于三类内部事务信息",
    "refused_deliberative_process": "6.属于四类过程性信息",
    "refused_enforcement_file": "7.属于行政执法案卷",
    "refused_administrative_inquiry": "8.属于行政查询事项",
    "not_provided_not_held": "（四）无法提供\n1.本机关不掌握相关政府信息",
    "not_provided_requires_creation": "2.没有现成信息需要另行制作",
    "not_provided_still_unclear": "3.补正后申请内容仍不明确",
    "not_processed_petition_or_complaint": "（五）不予处理\n1.信访举报投诉类申请",
    "not_processed_repeated": "2.重复申请",
    "not_processed_open_publication": "3.要求提供公开出版物",
    "not_processed_vexatious": "4.无正当理由大量反复申请",
    "not_processed_reconfirmation": "5.要求行政机关确认或重新出具已获取信息",
    "other_handling": "（六）其他处理",
    "handled_total": "（七）总计",
    "carried_out": "四、结转下年度继续办理",
}
ZERO = "0 0 0 0 0 0 0"
#: 12 applications: 9 granted, 2 not held, 1 carried out; one of the granted from a company.
FIGURES = {
    "received": "10 1 0 0 0 0 11",
    "carried_in": "1 0 0 0 0 0 1",
    "granted": "8 1 0 0 0 0 9",
    "not_provided_not_held": "2 0 0 0 0 0 2",
    "handled_total": "10 1 0 0 0 0 11",
    "carried_out": "1 0 0 0 0 0 1",
}


def applications(**rows: str) -> str:
    """Table 三 in the 2019 form, one cell a line; `rows` replace the printed cells of a row."""
    printed = {row: rows.get(row, FIGURES.get(row, ZERO)) for row in LABELS}
    return HEADER + "".join(
        f"{LABELS[row]}\n" + cells.replace(" ", "\n") + "\n" for row, cells in printed.items()
    )


def read(text: str) -> dict[str, TableReading]:
    return {table.table: table for table in read_tables(read_text(text, "t.txt"), FORMS)}


def cells(text: str, table: str = "applications") -> dict[str, Observation]:
    return {o.indicator.partition(".")[2]: o for o in read(text)[table].observations}


def values(text: str, row: str, table: str = "applications") -> list[object]:
    return [o.value for key, o in cells(text, table).items() if key.startswith(row + ".")]


def test_a_whole_table_is_verified() -> None:
    found = cells(applications())
    assert len(found) == 161
    assert {o.status for o in found.values()} == {"verified"}
    assert found["received.total"].value == 11
    assert found["granted.commercial_enterprise"].value == 1
    assert found["carried_out.natural_person"].rules == ("applications.row_total", "applications.flow")


def test_evidence_points_at_the_number() -> None:
    text = applications()
    for observation in cells(text).values():
        (evidence,) = observation.evidence
        assert text[evidence.start : evidence.end] == evidence.quote == str(observation.value)


def test_an_omitted_total_is_inferred_without_any_assumption() -> None:
    found = cells(applications(not_provided_not_held="2 0 0 0"))
    total = found["not_provided_not_held.total"]
    assert (total.value, total.status, total.printed, total.assumes) == (2, "inferred", "omitted", ())
    assert [evidence.quote for evidence in total.evidence] == ["2"]
    assert found["not_provided_not_held.natural_person"].status == "verified"


def test_a_wrong_sum_stays_as_printed_and_is_located() -> None:
    found = cells(applications(granted="8 1 0 0 0 0 10"))
    wrong = found["granted.total"]
    assert (wrong.value, wrong.status, wrong.accepted, wrong.candidates) == (10, "disputed", False, (9,))
    assert [key for key, o in found.items() if o.status == "disputed"] == ["granted.total"]


@pytest.mark.parametrize("mark", ["/", "-", "无"])
def test_a_total_is_not_without_meaning_where_its_parts_say_otherwise(mark: str) -> None:
    found = cells(applications(carried_in=f"1 0 0 0 0 0 {mark}"))
    marked = found["carried_in.total"]
    assert (marked.value, marked.printed, marked.status) == (None, "not_applicable", "disputed")
    assert (marked.accepted, marked.candidates) == (False, (1,))
    assert [key for key, o in found.items() if o.status == "disputed"] == ["carried_in.total"]


def test_a_row_without_meaning_is_taken_as_printed() -> None:
    found = cells(applications(carried_in="/ / / / / / /", received="11 1 0 0 0 0 12"))
    marked = [o for key, o in found.items() if key.startswith("carried_in.")]
    assert {(o.value, o.printed, o.status) for o in marked} == {(None, "not_applicable", "stated")}


def test_a_row_of_numbers_that_fits_no_columns_stays_open() -> None:
    found = cells(applications(granted="8 1 0 0 0 0 9 4"))
    assert {found[f"granted.{c}"].status for c in ("natural_person", "total")} == {"ambiguous"}
    assert not any(o.accepted for key, o in found.items() if key.startswith("granted."))


def test_digits_of_labels_and_page_marks_are_no_cells() -> None:
    text = applications().replace("7.属于行政执法案卷", "- 4 -\n7．属于行政执法案卷")
    assert {o.status for o in cells(text).values()} == {"verified"}


def test_a_label_torn_around_its_numbers() -> None:
    text = applications().replace(
        "7.属于行政执法案卷\n" + ZERO.replace(" ", "\n"), f"7.属于行\n{ZERO}\n- 8 -\n政执法案卷"
    )
    assert {o.status for o in cells(text).values()} == {"verified"}


def test_a_mistyped_label_is_recognised_by_its_place() -> None:
    text = applications().replace("2.其他法律行政法规禁止公开", "2.其他法律行政止公开")
    assert {o.status for o in cells(text).values()} == {"verified"}


def test_a_row_out_of_order_stays_open() -> None:
    text = applications()
    one, two = "2.重复申请\n" + ZERO.replace(" ", "\n") + "\n", "3.要求提供公开出版物\n"
    moved = text.replace(one, "").replace(LABELS["handled_total"], one + LABELS["handled_total"])
    assert two in moved
    assert cells(moved)["not_processed_repeated.total"].status == "ambiguous"


def test_numbers_under_an_unknown_label_belong_to_nobody() -> None:
    text = applications().replace(
        "（六）其他处理", "（六）另行研究答复口径\n5\n0\n0\n0\n0\n0\n5\n（六）其他处理"
    )
    table = read(text)["applications"]
    assert any("另行研究" in finding.message for finding in table.findings)
    assert not any(5 in (o.value, *o.candidates) for o in table.observations if o.accepted)


def test_sub_labels_that_were_dropped() -> None:
    text = applications()
    for row in ("state_secret", "prohibited_by_law", "security_and_stability", "third_party_rights"):
        text = text.replace(LABELS[f"refused_{row}"].split("\n")[-1] + "\n", "")
    for row in ("internal_affairs", "deliberative_process", "enforcement_file", "administrative_inquiry"):
        text = text.replace(LABELS[f"refused_{row}"] + "\n", "")
    assert {o.status for o in cells(text).values()} == {"verified"}


def test_repeated_lines_removed_leaves_everything_open() -> None:
    kept = list(dict.fromkeys(line for line in applications().split("\n") if line))
    table = read("\n".join(kept))["applications"]
    assert table.info.state == "deduplicated"
    assert not any(o.accepted for o in table.observations)


def test_labels_without_any_number_are_a_blank_form() -> None:
    text = HEADER + "\n".join(LABELS.values())
    table = read(text)["applications"]
    assert table.info.state == "blank"
    assert all(o.value is None for o in table.observations)


@pytest.mark.parametrize("damage", ["10 1 0 0 0 0 O", "10 1 一 0 0 0 11"])
def test_a_cell_nobody_can_read_is_never_zero(damage: str) -> None:
    found = cells(applications(received=damage))
    assert not any(o.accepted and o.value == 0 and o.status == "inferred" for o in found.values())


DISCLOSURE_2019 = """第二十条第（一）项
信息内容
本年新
制作数量
本年新
公开数量
对外公开总数量
规章
0
0
0
规范性文件
{normative}
第二十条第（五）项
信息内容
上一年项目数量
本年增/
处理决定数量
行政许可
8
增10
18
其他对外管理服务事项
0
0/0
0
第二十条第（六）项
信息内容
上一年项目数量
本年增/减
处理决定数量
行政处罚
79
-71
8
行政强制
0
+(0) -(0)
0
第二十条第（八）项
信息内容
上一年项目数量
本年增/减
行政事业性收费
{fees}
第二十条第（九）项
信息内容
采购项目数量
采购总金额（单位：万元）
政府集中采购
3
1,134.691
"""


def disclosure(normative: str = "6\n5\n19", fees: str = "2\n0") -> dict[str, Observation]:
    return cells(DISCLOSURE_2019.format(normative=normative, fees=fees), "disclosure")


def test_table_two_in_the_2019_form() -> None:
    found = disclosure()
    assert {key: o.value for key, o in found.items() if o.value} == {
        "normative_documents.newly_made": 6,
        "normative_documents.newly_disclosed": 5,
        "normative_documents.total_disclosed": 19,
        "licensing.previous_items": 8,
        "licensing.change": 10,
        "licensing.decisions": 18,
        "penalties.previous_items": 79,
        "penalties.change": -71,
        "penalties.decisions": 8,
        "fees.previous_items": 2,
        "procurement.items": 3,
        "procurement.amount": 1134.691,
    }
    assert found["procurement.amount"].unit == "万元"
    assert {o.status for o in found.values()} == {"stated"}


def test_one_value_of_two_that_no_rule_binds_is_ambiguous() -> None:
    found = disclosure(fees="2")
    assert [
        (found[f"fees.{c}"].status, found[f"fees.{c}"].candidates) for c in ("previous_items", "change")
    ] == [
        ("ambiguous", (2, None)),
        ("ambiguous", (2, None)),
    ]


def test_a_remark_is_no_cell() -> None:
    assert disclosure(normative="6（其中修订2件）\n5\n19")["normative_documents.newly_made"].value == 6


def test_the_form_comes_from_the_header_of_each_block() -> None:
    text = (
        "第二十条第（一）项\n信息内容\n本年新制作数量\n本年新公开数量\n对外公开总数量\n规章\n0\n0\n0\n规范性文件\n4\n4\n9\n"
        "第二十条第（五）项\n信息内容\n本年处理决定数量\n行政许可\n27\n"
        "第二十条第（六）项\n信息内容\n本年处理决定数量\n行政处罚\n3\n行政强制\n0\n"
        "第二十条第（八）项\n信息内容\n本年收费金额（单位：万元）\n行政事业性收费\n12.5\n"
    )
    found = cells(text, "disclosure")
    assert found["normative_documents.total_disclosed"].value == 9
    assert found["licensing.decisions"].value == 27
    assert (found["fees.amount"].value, found["fees.amount"].unit) == (12.5, "万元")


PIPES = {
    "rows": "{label} | {cells} |\n",
    "leading": "| {label} | {cells} |\n",
    "newline": "{label} |\n{lines} |\n",
}


@pytest.mark.parametrize("style", PIPES)
def test_visible_blanks_in_bars(style: str) -> None:
    def row(name: str) -> str:
        printed = {"granted": "8 1 _ _ 0 0 9", "received": "10 1 0 _ 0 0 11"}.get(
            name, FIGURES.get(name, ZERO)
        )
        one = [cell.replace("_", " ") for cell in printed.split(" ")]
        label = LABELS[name].replace("\n", "")
        return PIPES[style].format(label=label, cells=" | ".join(one), lines=" |\n".join(one))

    found = cells(HEADER.replace("\n", " | ") + "\n" + "".join(map(row, LABELS)))
    assert [found[f"granted.{c}"].value for c in ("natural_person", "research_institution", "total")] == [
        8,
        0,
        9,
    ]
    assert found["granted.research_institution"].printed == "blank"
    assert found["granted.research_institution"].status == "inferred"


def test_a_mark_beside_a_number_leaves_no_doubt_which_cells_are_blank() -> None:
    """`? 1` may be one cell or two: with blanks about, the numbers of the row could slip by one column."""
    printed = applications().replace("\n1\n0\n0\n0\n0\n0\n1\n", "\n|\n|\n1 |\n|\n|\n|\n|\n? 1 |\n")
    found = cells(printed)
    slipped = {key: one for key, one in found.items() if key.startswith(("carried_in.", "carried_out."))}
    assert len(slipped) == 14
    assert not any(one.accepted and one.value for one in slipped.values())


def test_a_sum_that_no_fill_can_mend_leaves_its_column_in_doubt() -> None:
    """A wrong total and a number one column too far right; blank rows keep the column from being added up."""
    printed = {
        "granted": "| 7 | 0 | 1 | 0 | 0 | 0 | 8 |",
        "refused_security_and_stability": "| | | | | | | |",
        "handled_total": "| 10 | 1 | 0 | 0 | 0 | 0 | 12 |",
    }
    lines = []
    for name, label in LABELS.items():
        cells_ = "| " + " | ".join(FIGURES.get(name, ZERO).split()) + " |"
        lines.append("| " + label.replace("\n", " | ") + " " + printed.get(name, cells_))
    found = cells(HEADER.replace("\n", " | ") + "\n" + "\n".join(lines))
    assert found["granted.research_institution"].status == "disputed"
    assert found["handled_total.research_institution"].status == "disputed"


DISPUTES = (
    "行政复议\n行政诉讼\n"
    + "结果维持\n结果纠正\n其他结果\n尚未审结\n总计\n未经复议直接起诉\n复议后起诉\n"
    + ("结果维持\n结果纠正\n其他结果\n尚未审结\n总计\n" * 2)
)


def test_fifteen_numbers_behind_all_labels() -> None:
    found = cells(DISPUTES + "2 1 0 0 3 0 0 0 0 0 0 0 0 0 0".replace(" ", "\n"), "disputes")
    assert [found[f"reconsideration.{c}"].value for c in ("upheld", "corrected", "total")] == [2, 1, 3]
    assert {o.status for o in found.values()} == {"verified"}


@pytest.mark.parametrize(
    ("printed", "moved"),
    [
        ("未经复议直接起诉\n复议后起诉", "复议后起诉\n未经复议直接起诉"),
        ("其他结果\n尚未审结", "尚未审结\n其他结果"),
        ("结果维持\n结果纠正\n其他结果\n尚未审结\n总计", "总计\n结果维持\n结果纠正\n其他结果\n尚未审结"),
    ],
)
def test_table_four_with_its_labels_in_another_order_stays_open(printed: str, moved: str) -> None:
    assert printed in DISPUTES
    text = DISPUTES.replace(printed, moved) + "2 0 0 1 3 0 1 0 0 1 1 0 0 0 1".replace(" ", "\n")
    assert not any(found.accepted for found in cells(text, "disputes").values())


def test_a_short_row_of_table_four_is_settled_only_where_one_wrong_sum_would_not_matter() -> None:
    found = cells(DISPUTES + "2 1 0 0 3 0 0 0 0 0 0 0 0".replace(" ", "\n"), "disputes")
    assert not any(o.accepted and o.value for key, o in found.items() if key.startswith("litigation"))
    for key, o in found.items():
        if o.accepted and o.value:
            assert (key, o.value) in {
                ("reconsideration.upheld", 2),
                ("reconsideration.corrected", 1),
                ("reconsideration.total", 3),
            }


def test_a_drawn_row_of_table_four_needs_no_search_however_many_blanks_it_has() -> None:
    """Six numbers have more places in fifteen columns than a search would end; a grid shows their own."""
    heads = "".join(f"<td>{one}</td>" for one in ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计"))
    printed = "5 _ _ 2 7 8 _ _ 1 9 _ _ _ _ _".replace("_", "&nbsp;").split()
    page = (
        "<table><tr><td colspan=5>行政复议</td><td colspan=10>行政诉讼</td></tr>"
        f"<tr>{heads}<td colspan=5>未经复议直接起诉</td><td colspan=5>复议后起诉</td></tr>"
        f"<tr>{heads * 2}</tr><tr>{''.join(f'<td>{cell}</td>' for cell in printed)}</tr></table>"
    )
    source = f"<html><body><p>四、行政复议、行政诉讼情况</p>{page}</body></html>"
    document = read_bytes(source.encode(), "page.html")
    (table,) = read_tables(document, FORMS)
    found = {one.indicator.partition(".")[2]: one for one in table.observations}
    numbers = {key: one.value for key, one in found.items() if one.printed == "number"}
    assert numbers == {
        "reconsideration.upheld": 5,
        "reconsideration.pending": 2,
        "reconsideration.total": 7,
        "litigation_direct.upheld": 8,
        "litigation_direct.pending": 1,
        "litigation_direct.total": 9,
    }
    assert all(one.accepted for one in found.values())
    assert found["reconsideration.corrected"].printed == "blank"


def test_prose_that_names_a_table_is_no_table() -> None:
    assert read("我局主动公开政府信息数3000条，信息内容较为丰富，申请人情况已登记。") == {}


@pytest.mark.parametrize("mark", ["?1", "（1）", "①", "1[1]", "Ⅻ", "○"])
def test_marks_nobody_reads_are_neither_blank_nor_zero(mark: str) -> None:
    found = cells(DISPUTES + f"0 0 0 0 0 0 0 0 0 0 0 0 0 {mark} {mark}".replace(" ", "\n"), "disputes")
    open_cells = [found[f"litigation_after_reconsideration.{c}"] for c in ("pending", "total")]
    assert not any(o.accepted for o in open_cells)
    two = disclosure(normative=f"{mark}\n5\n19")
    assert not two["normative_documents.newly_made"].accepted


def test_a_table_glued_into_one_line_stays_open() -> None:
    text = HEADER + applications().removeprefix(HEADER).replace("\n", "")
    assert not any(o.accepted for o in cells(text).values())


def test_two_tables_in_one_report_are_compared() -> None:
    other = applications(granted="7 1 0 0 0 0 8", not_provided_not_held="3 0 0 0 0 0 3")
    table = read(applications() + "\n" + other)["applications"]
    found = {o.indicator.partition(".")[2]: o for o in table.observations}
    assert (found["granted.total"].status, found["granted.total"].candidates) == ("ambiguous", (9, 8))
    assert found["received.total"].value == 11
    assert any("more than once" in finding.message for finding in table.findings)


def test_columns_in_another_order_stay_open() -> None:
    swapped = applications().replace("商业企业\n科研机构", "科研机构\n商业企业")
    assert not any(o.accepted for o in cells(swapped).values())
    text = DISCLOSURE_2019.format(normative="6\n5\n19", fees="2\n0")
    text = text.replace("上一年项目数量\n本年增/\n处理", "本年增/\n上一年项目数量\n处理")
    assert not any(o.accepted for key, o in cells(text, "disclosure").items() if key.startswith("licensing"))


def test_numbers_before_their_labels_stay_open() -> None:
    rows = [(LABELS[row].replace("\n", ""), FIGURES.get(row, ZERO)) for row in LABELS]
    text = HEADER + "".join(f"{printed} {label}\n" for label, printed in rows)
    assert not any(o.accepted for o in cells(text).values())


def test_the_unit_in_the_header_outranks_the_form() -> None:
    text = (
        "第二十条第（一）项\n信息内容\n本年制发件数\n本年废止件数\n现行有效件数\n规章\n0\n0\n0\n行政规范性文件\n0\n0\n3\n"
        "第二十条第（八）项\n信息内容\n本年收费金额（单位：元）\n行政事业性收费\n1025000\n"
    )
    fee = cells(text, "disclosure")["fees.amount"]
    assert (fee.value, fee.unit) == (1025000, "元")


def test_nothing_of_a_misread_table_is_accepted() -> None:
    shifted = {row: " ".join((figures := FIGURES[row].split())[-1:] + figures[:-1]) for row in FIGURES}
    assert not any(o.accepted and o.value for o in cells(applications(**shifted)).values())


def test_merged_cells_printed_for_each_column() -> None:
    text = applications().replace(
        "一、本年新收政府信息公开申请数量\n", "一、本年新收政府信息公开申请数量\n" * 3
    )
    assert {o.status for o in cells(text).values()} == {"verified"}


def test_many_copies_cost_little_and_prove_nothing() -> None:
    dropped = applications(granted="7 1 0", not_provided_not_held="3 0 3")
    once, many = (read(applications() + "\n" + copies)["applications"] for copies in (dropped, dropped * 300))
    assert [(o.value, o.status) for o in once.observations] == [
        (o.value, o.status) for o in many.observations
    ]
    differing = "\n".join(applications(granted=f"{n} 1 0 0 0 0 {n + 1}") for n in range(20))
    table = read(applications() + "\n" + differing)["applications"]
    assert not any(o.accepted or o.value is not None for o in table.observations)
    assert any("were not compared" in finding.message for finding in table.findings)
    assert all(o.candidates for o in table.observations)


def test_in_a_table_that_was_misread_no_value_stays_that_no_number_prints() -> None:
    (table,) = load_forms().tables["statistics"].values()
    cells = table.cells
    doubted = [Settled(cell, 7, "number", "disputed", ()) for cell in cells[:_MANY]]
    inferred = Settled(cells[-1], 0, "omitted", "inferred", ())
    printed = Settled(cells[-2], 5, "number", "verified", ())
    *_, from_sums, shown = _believed([*doubted, inferred, printed])
    assert (from_sums.status, from_sums.value, from_sums.candidates) == ("ambiguous", None, (0,))
    assert (shown.status, shown.value) == ("disputed", 5)
