"""Tables with columns of the office's own: last year's figures, subtotals, remarks."""

from __future__ import annotations

import pytest

from structurer import structure
from structurer.document import CELL, ROW
from structurer.observation import Observation
from tests.docxs import docx, p, tbl
from tests.test_tables import FIGURES, HEADER, LABELS, ZERO, cells, read

APPLICANTS = ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"]


def rows(at: int, name: str, told: dict[str, str], *, zeros: bool = False) -> list[list[str]]:
    """Table 三 with a further column at `at`, its cells by row; a zero is left blank."""
    head = ["申请人情况", *APPLICANTS, "总计"]
    head.insert(1 + at, name)
    made = [head]
    for row, label in LABELS.items():
        line = [cell if cell != "0" or zeros else "" for cell in FIGURES.get(row, ZERO).split()]
        line.insert(at, told.get(row, ""))
        made.append([label.replace("\n", ""), *line])
    return made


def one_a_line(table: list[list[str]]) -> str:
    return "\n".join(cell for row in table for cell in row if cell)


def accepted(found: dict[str, Observation]) -> dict[str, object]:
    return {key: o.value for key, o in found.items() if o.accepted and o.value is not None}


def truth() -> dict[str, int]:
    keys = [key.partition(".")[0] for key in cells(one_a_line(rows(7, "", {}, zeros=True)))]
    columns = [key.partition(".")[2] for key in cells(one_a_line(rows(7, "", {}, zeros=True)))][:7]
    return {
        f"{row}.{column}": int(figure)
        for row in dict.fromkeys(keys)
        for column, figure in zip(columns, FIGURES.get(row, ZERO).split(), strict=True)
    }


TOTALS = {row: line.split()[-1] for row, line in FIGURES.items()}
TWICE = {row: str(2 * int(total)) for row, total in TOTALS.items()}


@pytest.mark.parametrize(
    ("at", "name", "told"),
    [
        (0, "合计", TOTALS),
        (6, "小计", TOTALS),
        (6, "上年总计", TWICE),
        (7, "上年总计", TWICE),
        (7, "累计", TWICE),
    ],
)
@pytest.mark.parametrize("drawn", [True, False])
def test_where_a_further_column_is_named_no_short_row_is_filled(
    at: int, name: str, told: dict[str, str], drawn: bool
) -> None:
    table = rows(at, name, told)
    if drawn:
        found = {
            o.indicator.removeprefix("applications."): o
            for o in structure(docx(tbl(*table))).observations
            if o.indicator.startswith("applications.")
        }
    else:
        found = cells(one_a_line(table))
    said = accepted(found)
    right = truth()
    assert {key: value for key, value in said.items() if value != right[key]} == {}


def test_a_drawn_row_of_more_cells_than_columns_is_read_in_no_way() -> None:
    table = rows(6, "", TOTALS)
    found = cells("".join(CELL.join([*row, ""]) + ROW for row in table))
    right = truth()
    assert {key: value for key, value in accepted(found).items() if value != right[key]} == {}


def test_a_column_for_remarks_leaves_whole_rows_as_they_are() -> None:
    table = rows(7, "备注", {"granted": "按期答复"}, zeros=True)
    assert accepted(cells(one_a_line(table))) == truth()


def test_with_a_column_for_remarks_a_number_too_few_is_no_blank() -> None:
    table = rows(7, "备注", TOTALS)  # the remarks repeat the totals
    right = truth()
    said = accepted(cells(one_a_line(table)))
    assert {key: value for key, value in said.items() if value != right[key]} == {}


def test_a_caption_and_numbers_of_columns_are_no_further_columns() -> None:
    table = rows(7, "单位：件", {}, zeros=True)
    table[1:1] = [["栏次", "1", "2", "3", "4", "5", "6", "7"]]
    assert accepted(cells(one_a_line(table))) == truth()


def test_last_years_column_in_table_two_is_not_taken_for_this_years() -> None:
    table = (
        "信息内容\n本年制发件数\n上年制发件数\n本年废止件数\n现行有效件数\n规章\n4\n0\n9\n行政规范性文件\n3\n1\n0\n7\n"
        "信息内容\n本年处理决定数量\n上年处理决定数量\n行政许可\n12\n"
        "信息内容\n本年处理决定数量\n行政处罚\n5\n行政强制\n6\n"
    )
    found = read(table)["disclosure"].observations
    said = {o.indicator.partition(".")[2]: o.value for o in found if o.accepted}
    assert said == {"penalties.decisions": 5, "coercion.decisions": 6}


TABLE_TWO = (
    "信息内容\n本年制发件数\n本年废止件数\n现行有效件数\n{}\n规章\n{}\n行政规范性文件\n3\n0\n7\n1\n"
    "信息内容\n本年处理决定数量\n行政许可\n12\n"
)


@pytest.mark.parametrize(
    ("name", "row"), [("备注", "4\n9\n无"), ("2021年", "4\n9\n8"), ("下属单位", "4\n9\n8")]
)
def test_a_row_of_table_two_is_not_filled_from_a_further_column(name: str, row: str) -> None:
    found = read(TABLE_TWO.format(name, row))["disclosure"].observations
    assert {o.indicator.partition(".")[2]: o.value for o in found if o.accepted} == {
        "licensing.decisions": 12
    }


def test_a_drawn_column_for_remarks_leaves_table_two_as_it_is() -> None:
    table = [
        ["信息内容", "本年制发件数", "本年废止件数", "现行有效件数", "备注"],
        ["规章", "4", "0", "9", "两件为联合发文"],
        ["行政规范性文件", "3", "1", "7", ""],
        ["信息内容", "本年处理决定数量", "备注"],
        ["行政许可", "12", ""],
    ]
    found = structure(docx(tbl(*table))).observations
    said = [o.value for o in found if o.accepted and o.indicator.startswith("disclosure.")]
    assert said == [4, 0, 9, 3, 1, 7, 12]


FOUR = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]


def disputes(*table: list[str]) -> dict[str, object]:
    made = docx(p("四、政府信息公开行政复议、行政诉讼情况") + tbl(*table))
    return {
        o.indicator.partition(".")[2]: o.value
        for o in structure(made).observations
        if o.accepted and o.indicator.startswith("disputes.")
    }


def test_a_grand_total_in_table_four_moves_no_cell() -> None:
    head = [["行政复议", "行政诉讼", "合计"], [*FOUR, "未经复议直接起诉", "复议后起诉"], FOUR * 2]
    figures = [*"0400400000", *"10001", "5"]
    assert disputes(*head, [cell.replace("0", "") for cell in figures]) == {}


def test_table_four_with_its_blocks_swapped_stays_open() -> None:
    head = [["行政诉讼", "行政复议"], ["未经复议直接起诉", "复议后起诉", *FOUR], FOUR * 2]
    assert disputes(*head, [*"050061100000", "1", "0", "1"]) == {}
    head = [["行政复议", "行政诉讼"], [*FOUR, "未经复议直接起诉", "复议后起诉"], FOUR * 2]
    assert (
        len(
            disputes(
                *head,
                [*"000000500611000"][:14],
            )
        )
        == 0
    )
    assert (
        len(disputes(*head, ["0", "0", "0", "0", "0", "0", "5", "0", "0", "5", "1", "0", "0", "0", "1"]))
        == 15
    )


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("（单位：千元）", "千元"),
        ("（人民币元）", "元"),
        ("（单位：件、元）", "元"),
        ("（万元，保留两位小数）", "万元"),
        ("/元", "元"),
        ("", "万元"),
    ],
)
def test_an_amount_has_the_unit_that_its_header_names(header: str, unit: str) -> None:
    found = read(f"信息内容\n本年收费金额{header}\n行政事业性收费\n125\n")["disclosure"].observations
    assert [(o.value, o.unit) for o in found if o.indicator == "disclosure.fees.amount"] == [(125, unit)]


def test_two_years_side_by_side_are_no_two_rows() -> None:
    figures = {row: FIGURES.get(row, ZERO).split() for row in LABELS}
    table = "\n".join(
        "\n".join(
            (
                label if row != "granted" else "（一）？？",
                *[figure for one in figures[row] for figure in (one, "9")],
            )
        )
        for row, label in LABELS.items()
    )
    assert accepted(cells("申请人情况\n自然人\n法人或其他组织\n总计\n" + table)) == {}


@pytest.mark.parametrize("behind", ["not_processed_reconfirmation", "not_provided_still_unclear"])
def test_a_row_other_that_an_office_adds_to_a_group_is_not_the_forms(behind: str) -> None:
    figures = {row: FIGURES.get(row, ZERO).replace(" ", "\n") for row in LABELS}
    lines = [f"{label}\n{figures[row]}" for row, label in LABELS.items()]
    lines.insert(list(LABELS).index(behind) + 1, "6.其他\n1\n1\n0\n0\n0\n0\n2")
    found = read(HEADER + "\n".join(lines))["applications"]
    assert found.info.form == "2019"
    assert {o.indicator.partition(".")[2]: o.value for o in found.observations} == truth()


def test_a_header_repeated_before_the_last_group_is_no_row() -> None:
    lines = [f"{LABELS[row]}\n{FIGURES.get(row, ZERO)}" for row in LABELS]
    lines.insert(list(LABELS).index("other_handling"), HEADER)
    assert accepted(cells(HEADER + "\n".join(lines).replace(" ", "\n"))) == truth()
