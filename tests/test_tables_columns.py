"""Tables with columns of the office's own: last year's figures, subtotals, remarks."""

from __future__ import annotations

import pytest

from structurer import structure
from structurer.document import CELL, ROW
from structurer.observation import Observation
from tests.docxs import docx, tbl
from tests.test_tables import FIGURES, LABELS, ZERO, cells, read

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
