"""Forms as data: sizes, sums and errors that name the file and the place."""

from __future__ import annotations

from pathlib import Path

import pytest

from structurer.errors import FormError
from structurer.forms import load_forms
from structurer.read import read_text
from structurer.schemas import main as write_schemas
from structurer.tables import read_tables


def test_sizes_and_equations_of_the_official_forms() -> None:
    forms = load_forms()
    sizes = {(table, form): len(t.cells) for table, of in forms.tables.items() for form, t in of.items()}
    assert sizes["disclosure", "2019"] == 22
    assert sizes["disclosure", "2021"] == 10
    assert sizes["applications", "2019"] == 23 * 7
    assert sizes["applications", "2021"] == 25 * 7
    assert sizes["disputes", "2019"] == sizes["disputes", "2021"] == 15
    sums = {
        form: sum(len(of[form].sums) for of in forms.tables.values() if form in of)
        for form in ("2019", "2021")
    }
    assert sums == {"2019": 40, "2021": 42}


def test_every_cell_of_table_three_stands_in_two_sums() -> None:
    for form in ("2019", "2021"):
        table = load_forms().tables["applications"][form]
        assert min(map(len, table.sums_of)) >= 2


def test_labels_are_the_official_ones() -> None:
    cell = load_forms().cells["applications.refused_third_party_rights.total"]
    assert cell.label == "三/（三）不予公开/4.保护第三方合法权益/总计"
    assert cell.unit == "件"


def test_schemas_are_up_to_date() -> None:
    assert write_schemas(["--check"]) == 0


BROKEN = {
    "not YAML": "form: [",
    "Field required": "form: x\ntitle: t\nyears: [2030, null]\n",
    "no such row": """
form: x
title: t
years: [2030, null]
origin: o
tables:
  - id: a
    number: 二
    title: t
    headings: []
    anchors: []
    furniture: []
    unit: 件
    blocks: [{columns: [{id: n, label: 数}], rows: [{id: r, label: 行}]}]
    rules: [{id: a.b, severity: error, for_each: column, left: [r], right: [s], message: m, origin: o}]
""",
    "stands twice": """
form: x
title: t
years: [2030, null]
origin: o
tables:
  - {id: a, number: 二, title: t, headings: [], anchors: [], furniture: [], unit: 件,
     blocks: [{columns: [{id: n, label: 数}], rows: [{id: r, label: 行}, {id: r, label: 又}]}]}
""",
}


@pytest.mark.parametrize("reason", BROKEN)
def test_a_form_that_contradicts_itself_is_named(tmp_path: Path, reason: str) -> None:
    (tmp_path / "next.yaml").write_text(BROKEN[reason], encoding="utf-8")
    with pytest.raises(FormError, match=reason) as error:
        load_forms(tmp_path)
    assert "next.yaml" in str(error.value)


def test_next_years_form_takes_one_file_and_no_code(tmp_path: Path) -> None:
    (tmp_path / "2030.yaml").write_text(
        """
form: "2030"
title: 明年的格式
years: [2030, null]
origin: 某文件
tables:
  - id: hearings
    number: 七
    title: 听证情况
    headings: [听证情况]
    anchors: [{label: 听证方式, follow: [公开听证]}]
    furniture: [听证方式]
    unit: 场
    blocks:
      - columns: [{id: open, label: 公开听证}, {id: closed, label: 不公开听证}, {id: total, label: 合计}]
        rows: [{id: held, label: 已举行}, {id: planned, label: 已排期}]
    rules:
      - {id: hearings.total, severity: error, for_each: row, left: [open, closed], right: [total],
         message: "parts make {left}, the total says {right}", origin: 某文件}
""",
        encoding="utf-8",
    )
    text = "听证方式\n公开听证\n不公开听证\n合计\n已举行\n3\n1\n4\n已排期\n2\n0\n3\n"
    (table,) = read_tables(read_text(text), load_forms(tmp_path))
    found = {o.indicator: (o.value, o.status) for o in table.observations}
    assert found["hearings.held.total"] == (4, "verified")
    assert found["hearings.planned.total"] == (3, "disputed")
