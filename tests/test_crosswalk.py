"""The crosswalk: which figures are one quantity, read off the description of the forms."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from structurer.crosswalk import FILE, Crosswalk, crosswalk, crosswalk_folder, load_crosswalk
from structurer.datafiles import parse_yaml
from structurer.errors import FormError
from structurer.forms import load_forms, schemas_folder

APPLICANTS = (
    "natural_person", "commercial_enterprise", "research_institution", "public_welfare_organization",
    "legal_service_institution", "other_organization", "total",
)  # fmt: skip
OTHER_2021 = ("other_handling_correction_overdue", "other_handling_fee_overdue", "other_handling_misc")


@pytest.fixture(scope="module")
def walk() -> Crosswalk:
    return crosswalk()


def stated(walk: Crosswalk, key: str, form: str) -> list[tuple[str, ...]]:
    return [source.of for source in walk.by_id[key].sources.get(form, ())]


def test_received_is_one_quantity_in_all_four_forms(walk: Crosswalk) -> None:
    key = "applications.received.total"
    assert stated(walk, key, "statistics-2014") == [("statistics.applications_received.count",)]
    assert stated(walk, key, "2019") == stated(walk, key, "2021") == [(key,)]
    assert stated(walk, key, "narrative") == [("narrative.applications_received.count",)]


def test_concluded_is_handled_total_and_so_is_answered_in_prose_beside_table_three(walk: Crosswalk) -> None:
    key = "applications.handled_total.total"
    assert stated(walk, key, "statistics-2014") == [("statistics.applications_completed.count",)]
    completed, replies = walk.by_id[key].sources["narrative"]
    assert completed.of == ("narrative.applications_completed.count",)
    assert replies.of == ("narrative.replies.count",)
    assert [replies.holds(year) for year in (2018, 2019)] == [False, True]


@pytest.mark.parametrize("column", APPLICANTS)
def test_other_handling_of_2019_is_the_three_rows_of_2021_together(walk: Crosswalk, column: str) -> None:
    key = f"applications.other_handling.{column}"
    assert stated(walk, key, "2019") == [(key,)]
    assert stated(walk, key, "2021") == [tuple(f"applications.{row}.{column}" for row in OTHER_2021)]
    for row in OTHER_2021:
        assert stated(walk, f"applications.{row}.{column}", "2021") == [(f"applications.{row}.{column}",)]
        assert "one row" in walk.by_id[f"applications.{row}.{column}"].apart["2019"]


def test_refused_in_prose_is_the_eight_rows_together(walk: Crosswalk) -> None:
    (rows,) = stated(walk, "applications.refused.total", "2019")
    assert len(rows) == 8
    assert all(row.startswith("applications.refused_") and row.endswith(".total") for row in rows)
    assert stated(walk, "applications.refused.total", "2021") == [rows]
    (said,) = walk.by_id["applications.refused.total"].sources["narrative"]
    assert (said.of, said.years) == (("narrative.replies_refused.count",), (2019, None))
    assert "statistics-2014" in walk.by_id["applications.refused.total"].apart
    assert len(stated(walk, "applications.not_provided.total", "2021")[0]) == 3
    assert len(stated(walk, "applications.not_processed.total", "2021")[0]) == 5


def test_both_litigation_blocks_together_are_lawsuits(walk: Crosswalk) -> None:
    both = ("disputes.litigation_direct.upheld", "disputes.litigation_after_reconsideration.upheld")
    assert stated(walk, "disputes.litigation.upheld", "2021") == [both]
    assert stated(walk, "disputes.litigation.upheld", "statistics-2014") == [
        ("statistics.litigations_upheld.count",)
    ]


def test_totals_without_a_row_for_pending_cases_are_no_totals_of_table_four(walk: Crosswalk) -> None:
    for key in ("disputes.reconsideration.total", "disputes.litigation.total"):
        assert "pending" in walk.by_id[key].apart["statistics-2014"]
        assert "pending" in walk.by_id[key].apart["narrative"]


def test_no_column_of_one_generations_table_two_is_the_others(walk: Crosswalk) -> None:
    """Only 处理决定数量 has the same key in both; 对外公开总数量 is not 现行有效件数, a count no amount."""
    both = {
        key
        for key, one in walk.by_id.items()
        if key.startswith("disclosure.") and {"2019", "2021"} <= set(one.sources)
    }
    assert both == {f"disclosure.{row}.decisions" for row in ("licensing", "penalties", "coercion")}
    for one in walk.indicators:
        parts = {part for form in one.sources.values() for source in form for part in source.of}
        assert not any(part.startswith("disclosure.") for part in parts) or parts == {one.id}
    assert (
        walk.by_id["disclosure.fees.amount"].apart["2019"]
        == "the form of 2019 counts kinds of fees, not money"
    )


def test_prose_states_the_same_as_the_table_of_2014(walk: Crosswalk) -> None:
    rows = {cell.row for cell in load_forms().tables["statistics"]["statistics-2014"].cells}
    said = {
        part.split(".")[1]
        for one in walk.indicators
        for source in one.sources.get("statistics-2014", ())
        for part in source.of
    }
    assert said == rows
    for key, one in walk.by_id.items():
        if key.startswith("statistics."):
            (source,) = one.sources["narrative"]
            assert source.of == (key.replace("statistics.", "narrative."),)


def test_a_table_goes_before_prose(walk: Crosswalk) -> None:
    assert walk.forms == ("statistics-2014", "2019", "2021", "narrative")


def test_every_figure_of_every_form_is_in_a_series_or_left_out_for_a_reason(walk: Crosswalk) -> None:
    used = {p for one in walk.indicators for form in one.sources.values() for s in form for p in s.of}
    assert set(load_forms().cells) - used == set(walk.left_out) == {"narrative.other.count"}


def test_every_series_says_something_about_every_form(walk: Crosswalk) -> None:
    for one in walk.indicators:
        assert set(one.sources) | set(one.apart) == set(walk.forms)
        assert not set(one.sources) & set(one.apart)
        assert all(one.apart.values())


def test_the_file_fits_its_schema() -> None:
    schema = json.loads((schemas_folder() / "json" / "crosswalk.json").read_text(encoding="utf-8"))
    jsonschema.validate(parse_yaml((crosswalk_folder() / FILE).read_bytes()), schema)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("of: [disclosure.fees.amount]", "of: [disclosure.fees.amounts]", "no form has"),
        (
            "apart: {statistics-2014: no_applicants, ",
            "apart: {",
            "applications.received.natural_person: say either",
        ),
        ("narrative.other.count: ", "narrative.gone.count: ", "no entry mentions: narrative.other.count"),
        ("  no_applicants: ", "  no_applicant: ", "no such reason"),
        ("  - id: disclosure.procurement.items", "  - id: disclosure.fees.amount", "stands twice"),
        ("reasons:\n", "reasons:\n  more: nothing gives it\n", "reasons that nothing gives: more"),
        ("  - id: applications.received.total", "  - ids: x", "indicators.0.id"),
        ("forms: [", "forms: [[", "indicators.yaml"),
    ],
)
def test_a_crosswalk_that_contradicts_itself_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (crosswalk_folder() / FILE).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / FILE).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FormError, match=FILE) as raised:
        load_crosswalk(tmp_path)
    assert said in str(raised.value)
