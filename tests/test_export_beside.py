"""What goes with an export: the checks as a validation report, the dictionary, the description of the folder."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from structurer.cli import cli
from structurer.confront import confront
from structurer.desk.desk import Desk
from structurer.export import export
from structurer.export.beside import DICTIONARY, PACKAGE
from structurer.export.columns import TIDY
from structurer.export.parquet import VALUES, parquet_columns
from structurer.export.validatreport import validations
from structurer.flat import flat
from structurer.forms import load_forms
from structurer.meanings import PERIODS, PRINTED, QUALIFIERS, STATUSES
from structurer.reconcile import asked
from structurer.store import open_store
from tests.desk_samples import TOTAL, calm, handle, report
from tests.samples import sample

_TEXT = {"type": "string", "minLength": 1}
_KEYS = {
    "type": "array",
    "items": {"type": "array", "items": {"type": "string"}, "minItems": 4, "maxItems": 4},
}
VALIDATION = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id", "type", "event", "rule", "data", "value"],
    "properties": {
        "id": _TEXT,
        "type": {"const": "validation"},
        "event": {
            "type": "object",
            "required": ["time", "actor"],
            "additionalProperties": False,
            "properties": {"time": {"type": "string"}, "actor": _TEXT, "agent": {}, "trigger": {}},
        },
        "rule": {
            "type": "object",
            "required": ["language", "expression", "severity"],
            "additionalProperties": False,
            "properties": {
                "language": _TEXT,
                "expression": _TEXT,
                "severity": {"enum": ["information", "warning", "error"]},
                "description": _TEXT,
                "status": {"type": "string"},
            },
        },
        "data": {
            "type": "object",
            "required": ["source", "target"],
            "additionalProperties": False,
            "properties": {"source": {**_KEYS, "minItems": 1}, "target": _KEYS, "description": _TEXT},
        },
        "value": {"enum": ["0", "1", "NA"]},
    },
}
"""A validation of ValidatReport 1.0.1 as its report describes it, with nothing of the optional left unnamed."""


def run(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(cli, arguments, prog_name="structurer", env={"STRUCTURER_REVIEWER": "li"})
    assert result.exit_code == code, (result.output, result.exception)
    return result


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith(("STRUCTURER_", "OPENAI_")):
            monkeypatch.delenv(name)
    with open_store("sqlite:///structurer.db") as store:
        store.add(sample("a.txt", content=b"a"))
        extraction, content = report()
        store.add(extraction, fingerprint="one", content=content)
        calm(store)
    return tmp_path


def checked(path: Path) -> list[dict[str, Any]]:
    found = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.validate(found, {"type": "array", "items": VALIDATION})
    return list(found)


def test_every_check_is_a_validation(here: Path) -> None:
    said = run("export", "--format", "validatreport", "--out", "v.json").stderr
    found = checked(here / "v.json")
    forms = load_forms()
    truth = []
    with open_store("sqlite:///structurer.db") as store:
        for one in store.extractions():
            truth += confront(one.observations, asked(one, forms))
    outcomes = {"pass": "1", "fail": "0", "unknown": "NA"}
    assert sorted(one["value"] for one in found) == sorted(outcomes[check.outcome] for check in truth)
    assert said == f"{len(truth)} checks of 2 documents written to v.json\n"
    assert len({one["id"] for one in found}) == len(found)
    assert {one["value"] for one in found} >= {"0", "1"}


def test_a_failed_sum_names_its_rule_its_data_and_its_suspects() -> None:
    found = list(validations(flat(sample()), load_forms()))
    key = "applications.handled_total.total"
    (failed,) = (
        one
        for one in found
        if one["value"] == "0" and one["rule"]["description"].startswith("applications.row_total:")
    )
    assert failed["rule"]["expression"].endswith(f"other_organization == {key}")
    assert [keys[3] for keys in failed["data"]["target"]] == [key]
    assert {keys[1] for keys in failed["data"]["source"]} == {"2020"}
    assert "add up to 16, the total says 17" in failed["data"]["description"]
    passed = next(one for one in found if one["value"] == "1")
    assert passed["data"]["target"] == []


def test_what_is_open_cannot_be_evaluated() -> None:
    made = sample()
    key = "applications.received.total"
    changed = {"value": None, "status": "ambiguous", "accepted": False}
    observations = [
        one.model_copy(update=changed) if one.indicator == key else one for one in made.observations
    ]
    report = flat(made.model_copy(update={"observations": tuple(observations)}))
    found = list(validations(report, load_forms()))
    open_ones = [one for one in found if key in [keys[3] for keys in one["data"]["source"]]]
    assert open_ones
    assert {one["value"] for one in open_ones} == {"NA"}
    assert {one["value"] for one in found} == {"0", "1", "NA"}


def test_checks_follow_decisions(here: Path) -> None:
    def failures() -> list[str]:
        run("export", "--format", "validatreport", "--out", "v.json")
        found = checked(here / "v.json")
        return [one["id"] for one in found if one["value"] == "0" and "yunxi" in one["data"]["description"]]

    before = failures()
    with open_store("sqlite:///structurer.db") as store:
        Desk(store).decide(handle(TOTAL), "correct", "li", value=16)
    after = failures()
    assert set(after) < set(before)


def test_a_folder_is_described_and_valid(here: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    for arguments in (
        ("csv", "数据.csv"),
        ("csv", "wide.csv", "--shape", "wide", "--status", "all"),
        ("parquet", "data.parquet"),
        ("xlsx", "data.xlsx"),
        ("jsonl", "data.jsonl"),
        ("validatreport", "checks.json"),
    ):
        run("export", "--format", arguments[0], "--out", *arguments[1:])
    package = json.loads((here / PACKAGE).read_text(encoding="utf-8"))
    assert [one["path"] for one in package["resources"]] == [
        "checks.json", DICTIONARY, "data.jsonl", "data.parquet", "data.xlsx", "wide.csv", "数据.csv",
    ]  # fmt: skip
    found = frictionless.validate(str(here / PACKAGE))
    assert found.valid, found.flatten(["type", "message"])
    (here / "wide.csv").write_text("tampered", encoding="utf-8")
    assert not frictionless.validate(str(here / PACKAGE)).valid


def test_a_second_export_is_the_same_byte_for_byte(here: Path) -> None:
    def all_files() -> dict[str, bytes]:
        run("export", "--format", "csv", "--out", "x.csv")
        return {
            path.name: path.read_bytes() for path in here.iterdir() if not path.name.startswith("structurer.")
        }

    assert all_files() == all_files()


def test_the_dictionary_names_every_column_and_every_indicator(here: Path) -> None:
    run("export", "--format", "parquet", "--out", "x.parquet")
    rows = list(csv.DictReader(io.StringIO((here / DICTIONARY).read_text(encoding="utf-8-sig"))))
    known = {(row["part"], row["name"]) for row in rows}
    assert {("column", column.name) for column in (*TIDY, *parquet_columns())} <= known
    assert {("indicator", key) for key in load_forms().cells} <= known
    assert {("status", name) for name in ("verified", "stated", "inferred", "disputed")} <= known
    assert len(known) == len(rows)
    assert all(row["meaning"] for row in rows)
    named = {row["name"]: row for row in rows}
    assert named["disclosure.fees.amount"]["unit"] == "万元"
    assert named["disclosure.procurement.amount"]["unit"] == "as published"
    assert named["applications.received.total"]["form"] == "2019, 2021"


def test_files_of_others_are_left_alone(here: Path) -> None:
    (here / PACKAGE).write_text('{"resources": []}')
    said = run("export", "--format", "csv", "--out", "x.csv").stderr
    assert f"note: {PACKAGE} beside x.csv is not from structurer and was left alone" in said
    assert (here / PACKAGE).read_text() == '{"resources": []}'
    assert not (here / DICTIONARY).exists()
    (here / PACKAGE).unlink()
    (here / DICTIONARY).write_text("mine")
    said = run("export", "--format", "csv", "--out", "x.csv").stderr
    assert f"note: {DICTIONARY} beside x.csv" in said
    assert (here / DICTIONARY).read_text() == "mine"
    assert [one["path"] for one in json.loads((here / PACKAGE).read_text())["resources"]] == ["x.csv"]


def test_a_file_can_be_had_alone(here: Path) -> None:
    run("export", "--format", "csv", "--out", "x.csv", "--bare")
    assert not (here / PACKAGE).exists()
    assert run("export", "--format", "csv", "--out", "-").stdout.startswith("document,path,")
    assert not (here / PACKAGE).exists()


def test_wrong_usage_says_what_is_right(here: Path) -> None:
    assert "--shape wide is for csv and parquet" in run(
        "export", "--format", "jsonl", "--shape", "wide", "--out", "x", code=2
    ).stderr  # fmt: skip
    assert "name another file" in run("export", "--format", "csv", "--out", DICTIONARY, code=2).stderr
    told = json.loads(run("export", "--format", "csv", "--shape", "wide", "--out", "w.csv", "--json").stdout)
    assert (told["documents"], told["left_out"] > 0) == (2, True)
    assert sorted(map(os.path.basename, told["beside"])) == [DICTIONARY, PACKAGE]


def test_an_empty_validation_report_is_an_empty_array(tmp_path: Path) -> None:
    export([], tmp_path / "v.json", format="validatreport")
    assert checked(tmp_path / "v.json") == []


def test_the_reference_in_the_docs_is_that_of_the_code() -> None:
    text = (Path(__file__).parents[1] / "docs" / "export.md").read_text(encoding="utf-8")
    for column in (*TIDY, *VALUES):
        assert f"| `{column.name}` | {column.holds} | {column.meaning} |" in text, column.name
    for words in (STATUSES, PRINTED, QUALIFIERS, PERIODS):
        for word, meaning in words.items():
            assert f"| `{word}` | {meaning} |" in text, word
