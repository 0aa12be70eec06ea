"""Exports as other programs open them: pandas, DuckDB, Excel; exact, the same every time, whole or not at all."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from structurer.errors import MissingExtra
from structurer.export import Format, Shape, export
from structurer.export.columns import TIDY
from structurer.export.sheet import LONGEST_TEXT, sheet_name, shortened
from structurer.export.wide import wide
from structurer.export.workbook import workbook
from structurer.flat import flat
from structurer.forms import load_forms
from structurer.observation import Evidence, Extraction, Observation
from structurer.store import open_store
from tests.samples import observe, sample

pandas = pytest.importorskip("pandas")
duckdb = pytest.importorskip("duckdb")
openpyxl = pytest.importorskip("openpyxl")

EVERY: list[tuple[Format, Shape]] = [
    ("jsonl", "tidy"), ("csv", "tidy"), ("csv", "wide"), ("parquet", "tidy"), ("parquet", "wide"),
    ("xlsx", "tidy"), ("validatreport", "tidy"),
]  # fmt: skip
HOSTILE = '=HYPERLINK("x")'


def with_values(*observations: Observation, **about: Any) -> Extraction:
    return sample(**about).model_copy(update={"observations": observations})


def odd() -> Extraction:
    """Values that no single type holds."""
    return with_values(
        observe("narrative.disclosed_items.count", "正文/a", value=3294),
        observe("disclosure.procurement.amount", "二/b", value=712.187895, unit="万元"),
        observe("narrative.website_visits.count", "正文/c", value=10**30),
        observe("narrative.reads.count", "正文/d", value=0.1234567890123),
        observe("metadata.source", "元数据/来源", value=HOSTILE, unit=""),
        observe("disclosure.fees.change", "二/e", value=None, printed="blank", status="stated"),
        observe("applications.received.total", "三/f", value=-0.0, status="disputed", candidates=(1, 2)),
        agency=HOSTILE,
    )


def exported(tmp_path: Path, *given: Extraction, name: str = "x", **options: Any) -> Path:
    out = tmp_path / f"{name}.{options['format']}"
    export(given, out, **{"status": "all", **options})
    return out


def test_parquet_has_exact_types(tmp_path: Path) -> None:
    out = exported(tmp_path, odd(), format="parquet")
    rows = pandas.read_parquet(out, dtype_backend="pyarrow").set_index("indicator").to_dict("index")
    money = rows["disclosure.procurement.amount"]
    assert (money["value_decimal"], money["unit"]) == (Decimal("712.187895000"), "万元")
    assert pandas.isna(money["value_integer"])
    count = rows["narrative.disclosed_items.count"]
    assert (count["value"], count["value_integer"], count["value_decimal"]) == (3294.0, 3294, 3294)
    large = rows["narrative.website_visits.count"]
    assert (large["value_text"], large["value"]) == (str(10**30), 1e30)
    assert pandas.isna(large["value_integer"])
    assert pandas.isna(large["value_decimal"])
    small = rows["narrative.reads.count"]
    assert (small["value_text"], pandas.isna(small["value_decimal"])) == ("0.1234567890123", True)
    assert rows["metadata.source"]["value_text"] == HOSTILE
    blank = rows["disclosure.fees.change"]
    assert (blank["printed"], pandas.isna(blank["value"]), blank["accepted"]) == ("blank", True, True)
    disputed = rows["applications.received.total"]
    assert (disputed["status"], list(disputed["candidates"])) == ("disputed", ["1", "2"])
    assert (disputed["published"], disputed["form"], disputed["year"]) == ("2021-01-26", "2019", 2020)


def test_pandas_reads_labels_as_categories(tmp_path: Path) -> None:
    frame = pandas.read_parquet(exported(tmp_path, sample(), format="parquet"))
    for name in ("status", "indicator", "label", "unit", "agency"):
        assert str(frame[name].dtype) == "category", name
    assert frame["accepted"].dtype == bool
    assert frame["start"].dropna().map(float.is_integer).all()


def test_duckdb_reads_parquet_and_csv_alike(tmp_path: Path) -> None:
    given = [sample("a.txt", content=b"a"), sample("b.txt", content=b"b")]
    truth: dict[str, tuple[int, float]] = {}
    for found in (found for one in given for found in one.observations):
        count, total = truth.get(found.status, (0, 0.0))
        truth[found.status] = count + 1, total + (float(found.value) if found.value is not None else 0.0)
    for form, value in (("parquet", "value"), ("csv", "try_cast(value as double)")):
        out = exported(tmp_path, *given, format=form)
        rows = duckdb.sql(f"select status, count(*), coalesce(sum({value}), 0) from '{out}' group by 1")
        assert {status: (count, pytest.approx(total)) for status, count, total in rows.fetchall()} == truth


def test_rows_of_many_groups_stay_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pyarrow.parquet as pq

    monkeypatch.setattr("structurer.export.parquet.ROW_GROUP", 100)
    given = [sample(f"{at}.txt", content=bytes([at])) for at in range(4)]
    out = exported(tmp_path, *given, format="parquet")
    assert pq.ParquetFile(out).num_row_groups == 4
    frame = pandas.read_parquet(out)
    assert list(frame["indicator"]) == [found.indicator for one in given for found in one.observations]
    assert [list(parts) for parts in frame["rules"]] == [
        list(found.rules) for one in given for found in one.observations
    ]


def test_wide_is_one_row_a_report(tmp_path: Path) -> None:
    frame = pandas.read_parquet(exported(tmp_path, sample(), format="parquet", shape="wide"))
    (row,) = frame.to_dict("records")
    assert row["disclosure.normative_documents.newly_made"] == 6
    assert row["disclosure.licensing.change"] == -35
    assert (row["disclosure.procurement.amount"], row["disclosure.procurement.amount.unit"]) == (
        Decimal("32.200000000"), "万元",
    )  # fmt: skip
    assert row["applications.handled_total.total.status"] == "disputed"
    assert (row["applications.form"], row["applications.state"], row["disputes.state"]) == (
        "2019", "partial", "image",
    )  # fmt: skip
    assert pandas.isna(row["statistics.disclosed_items.count"])


def test_what_is_open_is_no_number_of_an_accepted_wide_table(tmp_path: Path) -> None:
    out = exported(tmp_path, sample(), format="csv", shape="wide", status="accepted")
    (row,) = csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig")))
    assert row["applications.handled_total.total"] == ""
    assert not any(name.endswith(".status") for name in row)


def test_wide_leaves_out_what_has_no_place_in_one_cell() -> None:
    shape = wide(load_forms(), with_status=False)
    key, other = "narrative.disclosed_items.count", "narrative.website_visits.count"
    names = [column.name for column in shape.columns]

    def cell(*observations: Observation) -> tuple[Any, int]:
        report = flat(with_values(*observations))
        row, left = shape.row(report, report.lines)
        return row[names.index(key)], left

    one = observe(key, "x", value=5)
    assert cell(one) == (5, 0)
    assert cell(one, observe(key, "x", value=5)) == (5, 0)
    assert cell(one, observe(key, "x", value=6)) == (None, 2)
    assert cell(one, observe(key, "x", value=6), observe(key, "x", value=7)) == (None, 3)
    assert cell(observe(key, "x", value=5, qualifier="over")) == (None, 1)
    assert cell(observe(key, "x", value=5, period="to_date")) == (None, 1)
    assert cell(observe(key, "x", value=5, scope="全市")) == (None, 1)
    assert cell(observe(key, "x", value=5.5)) == (None, 1)
    assert cell(observe(key, "x", value="五")) == (None, 1)
    assert cell(observe("of.nobody.knows", "x", value=5)) == (None, 1)
    assert cell(one, observe(other, "x", value=9)) == (5, 0)


def test_only_tables_have_a_wide_shape(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="xlsx has no wide shape; csv and parquet have"):
        exported(tmp_path, sample(), format="xlsx", shape="wide")


@pytest.mark.parametrize(("form", "shape"), EVERY)
def test_the_same_store_gives_the_same_bytes(
    tmp_path: Path, form: Format, shape: Shape, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    made = []
    with open_store("sqlite://") as store:
        store.add(sample("b.txt", content=b"b"))
        store.add(sample("a.txt", content=b"a"))
        for turn in range(2):
            out = tmp_path / f"{turn}"
            export(store.reports(), out, format=form, shape=shape, status="all")
            made.append(hashlib.sha256(out.read_bytes()).hexdigest())
            later = time.time() + 86_400
            monkeypatch.setattr(time, "time", lambda later=later: later)
    assert made[0] == made[1]


@pytest.mark.parametrize(("form", "shape"), EVERY)
def test_an_export_that_breaks_leaves_nothing_behind(
    tmp_path: Path, form: Format, shape: Shape, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    (tmp_path / "out").write_text("old")

    def broken() -> Iterator[Extraction]:
        yield sample()
        raise RuntimeError("pulled the plug")

    with pytest.raises(RuntimeError, match="pulled the plug"):
        export(broken(), tmp_path / "out", format=form, shape=shape)
    assert (tmp_path / "out").read_text() == "old"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["out", "temporary"]


@pytest.mark.parametrize(("form", "shape"), EVERY)
def test_nothing_can_be_exported(tmp_path: Path, form: Format, shape: Shape) -> None:
    assert export([], tmp_path / "out", format=form, shape=shape).documents == 0
    assert ((tmp_path / "out").stat().st_size == 0) is (form == "jsonl")


@pytest.mark.parametrize(("form", "package"), [("parquet", "pyarrow"), ("xlsx", "xlsxwriter")])
def test_a_missing_package_is_named(
    tmp_path: Path, form: Format, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(
        MissingExtra, match=rf"needs the package {package}.*pip install 'structurer\[export\]'"
    ):
        exported(tmp_path, sample(), format=form)
    assert list(tmp_path.iterdir()) == []


def test_pages_and_boxes_leave_in_csv_and_parquet(tmp_path: Path) -> None:
    span = Evidence(start=1, end=2, quote="7", page=3, box=(1.5, 2.0, 3.0, 4.25), confidence=0.5)
    given = with_values(observe("applications.received.total", "x", value=7, evidence=(span,)))
    out = exported(tmp_path, given, format="csv")
    (row,) = csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig")))
    assert (row["page"], row["box"], row["confidence"]) == ("3", "1.5 2.0 3.0 4.25", "0.5")
    (read,) = pandas.read_parquet(exported(tmp_path, given, format="parquet")).to_dict("records")
    assert (read["page"], list(read["box"]), read["confidence"]) == (3, [1.5, 2.0, 3.0, 4.25], 0.5)


def sheets(path: Path) -> Any:
    return openpyxl.load_workbook(path)


def test_a_workbook_has_the_official_tables_in_their_order(tmp_path: Path) -> None:
    book = sheets(exported(tmp_path, sample(), format="xlsx"))
    assert book.sheetnames == [
        "说明 legend", "统计表 statistics statistics-2014", "二 disclosure 2019", "二 disclosure 2021",
        "三 applications 2019", "三 applications 2021", "四 disputes 2019+2021", "正文 narrative",
        "元数据 metadata", "核对 findings", "字典 dictionary",
    ]  # fmt: skip
    shown = [sheet.title for sheet in book if sheet.sheet_state == "visible"]
    assert "二 disclosure 2021" not in shown
    sheet = book["三 applications 2019"]
    keys = [cell.value for cell in sheet[3]]
    cells = load_forms().tables["applications"]["2019"].cells
    assert keys[5 : 5 + len(cells)] == [cell.indicator for cell in cells]
    assert keys[5 + len(cells) :] == [f"{cell.indicator}.status" for cell in cells]
    assert sheet["F1"].value == "一、本年新收政府信息公开申请数量"
    assert [sheet.cell(2, 6).value, sheet.cell(2, 12).value] == ["自然人", "总计"]
    assert (sheet.freeze_panes, sheet.max_row) == ("E4", 4)
    assert [sheet.cell(4, at).value for at in (1, 2, 3)] == ["云溪市教育局", 2020, "2019"]


def test_a_status_is_a_colour_and_a_column(tmp_path: Path) -> None:
    sheet = sheets(exported(tmp_path, sample(), format="xlsx"))["三 applications 2019"]
    keys = [cell.value for cell in sheet[3]]

    def both(key: str) -> tuple[Any, str, str]:
        cell = sheet.cell(4, keys.index(key) + 1)
        status = sheet.cell(4, keys.index(f"{key}.status") + 1)
        assert cell.fill.fgColor.rgb == status.fill.fgColor.rgb
        return cell.value, cell.fill.fgColor.rgb, status.value

    disputed = both("applications.handled_total.total")
    verified = both("applications.received.total")
    inferred = both("applications.refused_third_party_rights.total")
    assert [disputed[0], disputed[2]] == [17, "disputed"]
    assert [inferred[0], inferred[2]] == [1, "inferred, omitted"]
    assert verified[2] == "verified"
    assert len({disputed[1], verified[1], inferred[1]}) == 3
    assert sheet.cell(4, 4).value == "disputed"


def test_a_workbook_holds_no_formula_and_no_link(tmp_path: Path) -> None:
    book = sheets(exported(tmp_path, odd(), format="xlsx"))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row if cell.value}
    assert kinds == {"s", "n"}
    assert book["元数据 metadata"]["A2"].value == HOSTILE
    assert not any(cell.hyperlink for sheet in book for row in sheet.iter_rows() for cell in row)
    said = {row[2].value: row[3].value for row in book["正文 narrative"].iter_rows(min_row=2)}
    assert said["正文/c"] == str(10**30)


def test_a_full_sheet_goes_on_in_the_next(tmp_path: Path) -> None:
    with (tmp_path / "out.xlsx").open("wb") as stream, workbook(stream, load_forms(), "all", most=5) as sink:
        for at in range(5):
            report = flat(sample(f"{at}.txt", content=bytes([at])))
            sink.put(report, report.lines)
    book = sheets(tmp_path / "out.xlsx")
    paths = [
        [row[4].value for row in book[name].iter_rows(min_row=4)]
        for name in ("三 applications 2019", "三 applications 2019 (2)", "三 applications 2019 (3)")
    ]
    assert paths == [["0.txt", "1.txt"], ["2.txt", "3.txt"], ["4.txt"]]
    assert book["三 applications 2019 (3)"]["F1"].value == "一、本年新收政府信息公开申请数量"


def test_findings_and_legend_stand_in_the_workbook(tmp_path: Path) -> None:
    book = sheets(exported(tmp_path, sample(), format="xlsx"))
    rows = [[cell.value for cell in row] for row in book["核对 findings"].iter_rows(min_row=2)]
    assert rows[0][:4] == ["云溪市教育局", 2020, "error", "applications.row_total"]
    legend = {row[0].value: row[1] for row in book["说明 legend"].iter_rows() if row[0].value}
    counted = sum(found.status == "verified" for found in sample().observations)
    assert legend["verified"].value.endswith(f"({counted} values here)")
    dictionary = {row[1].value for row in book["字典 dictionary"].iter_rows(min_row=2)}
    assert {column.name for column in TIDY} | set(load_forms().cells) <= dictionary


def test_texts_and_names_keep_to_the_limits_of_excel() -> None:
    long = "𠮷" * LONGEST_TEXT
    assert len(shortened(long).encode("utf-16-le")) // 2 <= LONGEST_TEXT
    assert shortened("a" * 40_000).endswith("…")
    assert shortened("短") == "短"
    assert sheet_name("a/b[c]:*?" + "x" * 40, " (2)") == "a b c    " + "x" * 18 + " (2)"


def test_to_standard_output_as_to_a_file(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    for form in ("parquet", "xlsx", "validatreport"):
        out = exported(tmp_path, sample(), format=form)
        export([sample()], "-", format=form, status="all")
        assert capfdbinary.readouterr().out == out.read_bytes(), form


def test_all_places_stand_in_json(tmp_path: Path) -> None:
    given = sample()
    line = json.loads(exported(tmp_path, given, format="jsonl").read_text(encoding="utf-8"))
    assert Extraction.model_validate(line) == given
