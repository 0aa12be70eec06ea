"""What leaves: whole, by default only what is accepted, and harmless to a spreadsheet."""

import csv
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from structurer.commands.moving import FORMATS
from structurer.export import COLUMNS, Exported, csv_row, defused, export, json_line
from structurer.export.delimited import lines
from structurer.export.write import Format
from structurer.observation import Extraction
from tests.samples import observe, sample


def _rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def test_the_command_offers_every_format() -> None:
    assert get_args(Format) == FORMATS


def test_a_line_is_the_contract_object() -> None:
    made = sample()
    assert Extraction.model_validate(json.loads(json_line(made))) == made
    assert "云溪市教育局" in json_line(made)


def test_jsonl_of_what_is_accepted(tmp_path: Path) -> None:
    made = [sample("a.txt", content=b"a"), sample("b.txt", content=b"b")]
    written = export(made, tmp_path / "out.jsonl", format="jsonl")
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["document"]["path"] for line in lines] == ["a.txt", "b.txt"]
    assert all(found["accepted"] for line in lines for found in line["observations"])
    assert written == Exported(2, sum(len(line["observations"]) for line in lines))
    assert lines[0]["findings"]


def test_all_means_all(tmp_path: Path) -> None:
    made = sample()
    written = export([made], tmp_path / "out.csv", format="csv", status="all")
    assert written.observations == len(made.observations)
    rows = _rows(tmp_path / "out.csv")
    assert [row["indicator"] for row in rows] == [found.indicator for found in made.observations]
    assert {row["status"] for row in rows} == {"verified", "stated", "inferred", "disputed", "ambiguous"}


def test_csv_cells(tmp_path: Path) -> None:
    export([sample()], tmp_path / "out.csv", format="csv", status="all")
    rows = {row["indicator"]: row for row in _rows(tmp_path / "out.csv")}
    assert tuple(next(iter(rows.values()))) == COLUMNS
    fees = rows["disclosure.fees.previous_items"]
    assert (fees["value"], fees["quote"], fees["candidates"], fees["accepted"]) == ("", "", "2 | 0", "false")
    assert rows["disclosure.licensing.change"]["value"] == "-35"
    assert rows["disclosure.licensing.change"]["quote"] == "'-35"
    inferred = rows["applications.refused_third_party_rights.total"]
    assert (inferred["rules"], inferred["assumes"]) == ("applications.row_total", "blank=0")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1"])
def test_formulas_are_defused(text: str) -> None:
    row = csv_row(sample(agency=text), observe("a.b.c", text, value=text, unit=text))
    named = dict(zip(COLUMNS, row, strict=True))
    assert {named[name] for name in ("agency", "label", "value", "unit")} == {"'" + text}


def test_numbers_stay_numbers() -> None:
    row = csv_row(sample(), observe("a.b.c", "x", value=-1.5))
    assert row[COLUMNS.index("value")] == -1.5


@pytest.mark.parametrize(("bom", "begins"), [(None, True), (True, True), (False, False)])
def test_a_csv_file_begins_with_a_mark_unless_told_otherwise(
    tmp_path: Path, bom: bool | None, begins: bool
) -> None:
    export([sample()], tmp_path / "out.csv", format="csv", bom=bom)
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf") is begins


def test_to_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    export([sample()], "-", format="csv")
    written = capfdbinary.readouterr().out
    assert written.startswith(b"document,path,")
    export([sample()], "-", format="jsonl")
    assert json.loads(capfdbinary.readouterr().out)["document"]["year"] == 2020


def test_an_export_that_breaks_leaves_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "out.csv").write_text("old")

    def broken() -> Iterator[Extraction]:
        yield sample()
        raise RuntimeError("pulled the plug")

    with pytest.raises(RuntimeError):
        export(broken(), tmp_path / "out.csv", format="csv")
    assert (tmp_path / "out.csv").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_a_link_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "real.jsonl").write_text("old")
    os.symlink(tmp_path / "real.jsonl", tmp_path / "link.jsonl")
    export([sample()], tmp_path / "link.jsonl", format="jsonl")
    assert (tmp_path / "link.jsonl").is_symlink()
    assert (tmp_path / "real.jsonl").read_text(encoding="utf-8").startswith('{"document"')


def test_a_device_can_be_written_to() -> None:
    assert export([sample()], "/dev/null", format="jsonl").documents == 1


def test_nothing_is_an_empty_file_with_a_head(tmp_path: Path) -> None:
    assert export([], tmp_path / "out.csv", format="csv") == Exported(0, 0)
    assert _rows(tmp_path / "out.csv") == []


def test_a_nul_is_written_as_what_cannot_be_read() -> None:
    assert defused("1\0件") == "1\ufffd件"
    assert lines([[defused("=\0")]]) == "'=\ufffd\r\n".encode()
