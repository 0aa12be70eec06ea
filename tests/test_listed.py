"""Tables written as list files, with numbered rows, or cut into small tables."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from structurer.document import CELL, ROW
from structurer.tables.listed import plain_rows
from structurer.tables.locate import Span
from tests.test_tables import FIGURES, FORMS, LABELS, ZERO, applications, cells

HEAD = "申请人情况,自然人,商业企业,科研机构,社会公益组织,法律服务机构,其他,总计"


def listed(separator: str = ",", quote: str = "", **rows: str) -> str:
    lines = [HEAD.split(",")]
    lines += [
        [LABELS[row].rpartition("\n")[2], *rows.get(row, FIGURES.get(row, ZERO)).split(" ")] for row in LABELS
    ]
    return "\n".join(separator.join(f"{quote}{cell}{quote}" for cell in line) for line in lines) + "\n"


def plain(text: str) -> str:
    return plain_rows(text, (Span("applications", 0, len(text)),))


@pytest.mark.parametrize(("separator", "quote"), [(",", ""), ("，", ""), (",", '"'), ("，", "”"), (", ", "")])
def test_cells_between_commas(separator: str, quote: str) -> None:
    found, whole = cells(listed(separator, quote)), cells(applications())
    assert {key: (o.value, o.status) for key, o in found.items()} == {
        key: (o.value, o.status) for key, o in whole.items()
    }


def test_a_blank_between_commas_is_seen() -> None:
    found = cells(listed(received="10 1    0 11"))
    assert found["received.total"].value == 11
    assert found["received.research_institution"].printed == "blank"


def test_a_number_in_groups_is_no_row_of_cells() -> None:
    text = "合计1,234\n12,345,678\n自然人1,000,000\n"
    assert plain(text) is text
    found = cells(listed(received="1,010 1 0 0 0 0 1,011"))  # nine cells for seven places
    assert not any(o.accepted for key, o in found.items() if key.startswith("received."))


@pytest.mark.parametrize(
    "text",
    [
        "收到申请12件,答复3件,不予公开4件\n" * 4,
        "一,二,三\n" * 4,
        "第1,2,3项\n规章 0 0 0\n" * 2,
        "规章\n1,234\n0\n" * 4,
    ],
)
def test_sentences_and_other_layouts_stay(text: str) -> None:
    assert plain(text) is text


def test_no_offset_moves() -> None:
    for text in (listed(), listed(",", '"'), numbered(applications_in_rows())):
        assert len(plain(text)) == len(text)
        changed = {(a, b) for a, b in zip(text, plain(text), strict=True) if a != b}
        assert {b for _, b in changed} <= {"|", "\u200b"}


# --- numbered rows


def applications_in_rows() -> str:
    return listed("\t")


def numbered(text: str, first: int = 1, step: int = 1) -> str:
    head, *rows = text.splitlines()
    return (
        "\n".join(["序号\t" + head, *(f"{first + step * at}\t{row}" for at, row in enumerate(rows))]) + "\n"
    )


@pytest.mark.parametrize("first", [1, 3, 101])
def test_rows_numbered_in_front_of_their_labels(first: int) -> None:
    found, whole = cells(numbered(applications_in_rows(), first)), cells(applications())
    assert {key: o.value for key, o in found.items()} == {key: o.value for key, o in whole.items()}
    assert all(o.accepted for o in found.values())


def test_numbered_rows_of_a_grid() -> None:
    rows = numbered(applications_in_rows()).splitlines()
    text = "".join("".join(cell + CELL for cell in row.split("\t")) + ROW for row in rows) + "\n"
    assert {o.status for o in cells(text).values()} == {"verified"}


def test_numbers_that_do_not_count_are_cells() -> None:
    """A column of figures in front of the labels is nobody's row number."""
    dice = Random(5)
    for _ in range(20):
        head, *rows = applications_in_rows().splitlines()
        text = "\n".join([head, *(f"{dice.randrange(30)}\t{row}" for row in rows)])
        assert plain(text) is text
    whole = cells(applications())
    for key, o in cells(numbered(applications_in_rows(), 1, 2)).items():
        assert not o.accepted or o.value == whole[key].value


# --- table 四 in parts

COLUMNS = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
NAMES = ("行政复议", "未经复议直接起诉", "复议后起诉")
NUMBERS = ("1 2 3 4 10", "6 7 8 9 30", "11 12 13 14 50")


def part(name: str, numbers: str, separator: str, columns: tuple[str, ...] = COLUMNS) -> str:
    return "\n".join((name, separator.join(columns), separator.join(numbers.split()))) + "\n"


@pytest.mark.parametrize("separator", [" ", "\n", " | ", "\t"])
def test_three_small_tables(separator: str) -> None:
    text = "".join(part(name, numbers, separator) for name, numbers in zip(NAMES, NUMBERS, strict=True))
    found = cells("四、政府信息公开行政复议、行政诉讼情况\n" + text, "disputes")
    assert [o.value for o in found.values()] == [int(n) for numbers in NUMBERS for n in numbers.split()]
    assert {o.status for o in found.values()} == {"verified"}


def test_two_small_tables() -> None:
    text = part(NAMES[0], NUMBERS[0], " ") + "行政诉讼\n"
    text += part(" ".join(NAMES[1:]), " ".join(NUMBERS[1:]), " ", COLUMNS * 2)
    assert {o.status for o in cells(text, "disputes").values()} == {"verified"}


@pytest.mark.parametrize(
    "order",
    [(1, 0, 2), (0, 2, 1), (0, 1), (0, 1, 1)],
)
def test_parts_in_another_order_or_number_stay_open(order: tuple[int, ...]) -> None:
    text = "".join(part(NAMES[at], NUMBERS[at], " ") for at in order)
    assert not any(o.accepted and o.value for o in cells(text, "disputes").values())


def test_parts_with_their_columns_in_another_order_stay_open() -> None:
    swapped = (COLUMNS[1], COLUMNS[0], *COLUMNS[2:])
    text = part(NAMES[0], NUMBERS[0], " ") + part(NAMES[1], NUMBERS[1], " ", swapped)
    text += part(NAMES[2], NUMBERS[2], " ")
    assert not any(o.accepted and o.value for o in cells(text, "disputes").values())


def test_a_part_that_lost_a_cell_stays_open() -> None:
    text = part(NAMES[0], "2 3 4 9", " ") + part(NAMES[1], NUMBERS[1], " ") + part(NAMES[2], NUMBERS[2], " ")
    assert not any(o.accepted and o.value for o in cells(text, "disputes").values())


@pytest.mark.parametrize(
    ("printed", "damaged"), [("结果维持", "结果维"), ("结果维持", "结？维持"), ("结果纠正", "结果纠政")]
)
def test_a_damaged_label_does_not_hide_the_table(printed: str, damaged: str) -> None:
    head = " ".join((*NAMES, *COLUMNS * 3)).replace(printed, damaged, 1)
    text = f"四、政府信息公开行政复议、行政诉讼情况\n{head}\n{' '.join(NUMBERS)}\n"
    found = cells(text, "disputes")
    assert found["litigation_after_reconsideration.total"].value == 50


# --- the statistics table as sentences

ROWS_2014 = [
    (row.label, f"statistics.{row.id}.{column.id}")
    for block in FORMS.tables["statistics"]["statistics-2014"].blocks
    for row in block.rows
    for column in block.columns
]


def sentences(between: str, end: str) -> tuple[dict[str, int], str]:
    dice = Random(between + end)
    truth = {key: dice.randrange(60) for _, key in ROWS_2014}
    for whole, parts in SUMS_2014:
        truth[whole] = sum(truth[part] for part in parts)
    return truth, "政府信息公开情况统计表\n" + "".join(
        f"{label}{between}{truth[key]}{end}" for label, key in ROWS_2014
    )


def sums() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each total and its parts; totals of totals last."""
    edits = [
        edit for edit in FORMS.tables["statistics"]["statistics-2014"].edits if edit.rule.severity == "error"
    ]
    for edit in sorted(edits, key=lambda edit: "statistics.replies.count" in edit.right):
        yield edit.right[0], edit.left


SUMS_2014 = list(sums())


@pytest.mark.parametrize("between", ["", "：", " ", "为", "\t"])
@pytest.mark.parametrize("end", ["件。", "件；", "件，", "\n"])
def test_the_statistics_table_as_sentences(between: str, end: str) -> None:
    truth, text = sentences(between, end)
    found = {f"statistics.{key}": o for key, o in cells(text, "statistics").items()}
    assert {key: o.value for key, o in found.items()} == truth
    assert all(o.accepted for o in found.values())


@pytest.mark.parametrize("end", ["", "、", "，1."])
def test_numbers_glued_to_the_next_label_are_neither_read_nor_taken_for_none(end: str) -> None:
    truth, text = sentences("", end)
    found = {f"statistics.{key}": o for key, o in cells(text, "statistics").items()}
    assert all(o.value == truth[key] for key, o in found.items() if o.accepted)


def test_a_damaged_label_is_not_the_shorter_one_it_ends_with() -> None:
    truth, text = sentences("", "件。")
    text = text.replace("2.政府网站在线访谈次数", "2.府网站线访谈次数").replace(
        "主要负责同志参加政府", "主要负同志参加政府"
    )
    found = {f"statistics.{key}": o for key, o in cells(text, "statistics").items()}
    assert all(o.value == truth[key] for key, o in found.items() if o.accepted)
