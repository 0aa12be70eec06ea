"""One report through the whole house: the real reports against truth, bad input, and the contract."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import structurer
from structurer.errors import NotAReport, ReadError
from structurer.evaluate import read_gold, score
from structurer.explain import explain
from tests import reports
from tests.test_tables import applications

GOLD = Path(__file__).with_name("golden") / "reports.jsonl"
TEXT = "测试市示范局2020年政府信息公开工作年度报告\n一、总体情况\n全年收到申请11件。\n" + applications()


@reports.needed
def test_the_five_reports_against_truth_made_by_reading() -> None:
    total = None
    for gold in read_gold(GOLD):
        extraction = structurer.structure(reports.FOLDER / gold.path)
        one = score(extraction, gold)
        total = one if total is None else total + one
    assert total is not None
    cells = [total.tally(table=table) for table in ("disclosure", "applications", "disputes")]
    prose = total.tally(table="narrative")
    print(f"cells right and accepted: {sum(c.right for c in cells)} of {sum(c.knowable for c in cells)}")
    print(f"statements found: {prose.right} of {prose.knowable}, wrong: {prose.false}")
    assert sum(tally.false for tally in (*cells, prose)) == 0
    assert all(tally.right == tally.knowable for tally in cells)
    assert prose.right >= 0.6 * prose.knowable


@reports.needed
def test_the_touchstone() -> None:
    found = structurer.structure(reports.path("003"))
    total = found["applications.refused_third_party_rights.total"]
    assert (total.value, total.status, total.printed) == (1, "inferred", "omitted")
    assert sum(o.indicator.startswith("applications.") and o.accepted for o in found.observations) == 161
    fees = [found[f"disclosure.fees.{column}"] for column in ("previous_items", "change")]
    assert [(fee.status, fee.value, fee.candidates) for fee in fees] == [("ambiguous", None, (2, None))] * 2


@reports.needed
def test_headings_without_tables_are_absent_not_zero() -> None:
    found = structurer.structure(reports.path("002"))
    assert {table.state for table in found.document.tables.values()} == {"absent"}
    assert not any(o.indicator.startswith(("applications.", "disputes.")) for o in found.observations)


@reports.needed
def test_evidence_quotes_the_file_as_decoded() -> None:
    for number in ("000", "001", "002", "003", "004"):
        source = reports.path(number).read_text(encoding="utf-8")
        for observation in structurer.structure(reports.path(number)).observations:
            for evidence in observation.evidence:
                assert source[evidence.start : evidence.end] == evidence.quote


def test_the_json_contract() -> None:
    data = structurer.structure(TEXT, path="a/b.txt").to_json()
    assert list(data) == ["document", "observations", "findings", "sections", "usage"]
    assert data["document"]["path"] == "a/b.txt"
    assert data["document"]["tables"]["applications"] == {"form": "2019", "state": "read"}
    assert data["document"]["tables"]["statistics"] == {"form": None, "state": "absent"}
    one = next(o for o in data["observations"] if o["indicator"] == "applications.received.total")
    assert {
        "indicator",
        "label",
        "value",
        "unit",
        "qualifier",
        "period",
        "printed",
        "status",
        "accepted",
    } <= set(one)
    assert {"methods", "evidence", "rules", "assumes", "candidates"} <= set(one)
    json.dumps(data, ensure_ascii=False)


def test_the_python_contract() -> None:
    extraction = structurer.structure(TEXT)
    assert extraction["applications.received.natural_person"].value == 10
    assert extraction.table("applications")["received"]["total"] == 11
    assert extraction.table("disputes") == {}
    with pytest.raises(KeyError):
        extraction["applications.received.nobody"]


def test_sections_and_furniture_cover_the_text() -> None:
    sections = structurer.structure(TEXT).sections
    assert sections[0].start == 0
    assert sections[-1].end == len(TEXT)
    assert all(one.end <= two.start for one, two in pairwise(sections))


@pytest.mark.parametrize(
    "text",
    [
        "今天天气很好，我们去公园散步，看见许多花。\n晚上回家吃饭。",
        "lorem ipsum dolor\nsit amet",
        "1\n2\n3\n",
    ],
)
def test_what_is_no_report_is_named(text: str) -> None:
    with pytest.raises(NotAReport, match="no title, section or table"):
        structurer.structure(text)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_by_name(data: bytes) -> None:
    try:
        structurer.structure(data, path="x.txt")
    except ReadError as error:
        assert error.path == "x.txt"


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_report_cut_or_mixed_up_is_read_or_refused_by_name(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(TEXT)))
    end = data.draw(st.integers(start, len(TEXT)))
    junk = data.draw(st.text(max_size=20))
    try:
        found = structurer.structure(TEXT[:start] + junk + TEXT[end:], path="x.txt")
    except ReadError:
        return
    for observation in found.observations:
        for evidence in observation.evidence:
            assert (TEXT[:start] + junk + TEXT[end:])[evidence.start : evidence.end] == evidence.quote


def test_explain_names_tokens_readings_rules_and_assumptions() -> None:
    text = TEXT.replace(
        "1.本机关不掌握相关政府信息\n2\n0\n0\n0\n0\n0\n2\n", "1.本机关不掌握相关政府信息\n2\n0\n0\n0\n"
    )
    told = "\n".join(explain(text, "applications.not_provided_not_held.total").lines)
    assert "2 件: inferred, accepted" in told
    assert "4 of the row's 7 cells: 2 0 0 0" in told
    assert "35 ways" in told
    assert "applications.row_total holds (2 = 2)" in told
    assert "Assumed: nothing." in told


def test_explain_names_the_nearest_indicator() -> None:
    with pytest.raises(structurer.StructurerError, match=r"did you mean applications\.received\.total"):
        explain(TEXT, "applications.received.totals")
