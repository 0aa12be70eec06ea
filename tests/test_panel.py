"""Panels read with one's own eyes: reports of a few agencies over ten years, and what becomes of them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import event

from structurer import open_store, structure
from structurer.cli import cli
from structurer.crosswalk import crosswalk
from structurer.desk.desk import Desk
from structurer.errors import UnknownIndicator
from structurer.panel import Row, Told, panel
from structurer.panel.cells import Harmoniser, added
from structurer.panel.series import PanelFinding, Series
from structurer.panel.told import Merger
from structurer.panel.writing import write_panel
from structurer.store import Store
from structurer.store.panels import Figure
from tests import postgres
from tests.yearly import report

RECEIVED, CARRIED_IN, CARRIED_OUT = (
    f"applications.{row}.total" for row in ("received", "carried_in", "carried_out")
)
OTHER = "applications.other_handling.total"
RULE = "applications.carried"
YUNXI, ZHENGZHOU = "云溪县教育体育局", "郑州市教育局"


@contextmanager
def stored(reports: dict[str, str], url: str = "sqlite://") -> Iterator[Store]:
    """A store that holds these reports, by path."""
    with open_store(url) as store:
        for path, text in reports.items():
            store.add(structure(text.encode(), path=path), content=text.encode())
        yield store


def yunxi() -> dict[str, str]:
    """An office renamed on the way, on three forms: it received 10 + n applications in its n-th year."""
    made = {}
    carried = {2019: (0, 2), 2020: (2, 3), 2021: (3, 1), 2022: (5, 0), 2023: (0, 0)}
    for year in (2014, 2015, 2017, 2018, 2019, 2020, 2021, 2022, 2023):
        name = "云溪县教育局" if year < 2019 else "云溪县教体局" if year == 2019 else YUNXI
        came, went = carried.get(year, (0, 0))
        misc = () if year < 2019 else (4,) if year < 2021 else (1, 2, 3)
        made[f"yunxi-{year}.txt"] = report(
            name, year, received=10 + year - 2014, carried_in=came, carried_out=went, misc=misc
        )
    return made


@pytest.fixture(scope="module")
def held() -> Iterator[Store]:
    others = {
        "zz-2020.txt": report("河南省郑州市教育局", 2020, received=100, carried_out=2),
        "zz-2021.txt": report(ZHENGZHOU, 2021, received=104, carried_in=2),
        "nobody.txt": report("", 2021, title="2021年政府信息公开工作年度报告"),
    }
    with stored(yunxi() | others) as store:
        yield store


def by_year(store: Store, key: str, agency: str = YUNXI, **more: Any) -> dict[int, Row]:
    made = panel(store, indicators=[key], agency=agency, **more)
    return {row.year: row for row in made.rows(status="all")}


def rules(found: Iterator[PanelFinding]) -> list[tuple[str, int | None]]:
    return [(one.rule, one.year) for one in found]


def test_one_series_over_three_forms_and_three_names(held: Store) -> None:
    rows = by_year(held, RECEIVED)
    assert {year: row.value for year, row in rows.items()} == {
        2014: 10, 2015: 11, 2017: 13, 2018: 14, 2019: 15, 2020: 16, 2021: 17, 2022: 18, 2023: 19,
    }  # fmt: skip
    assert all(row.accepted and row.how == "identity" for row in rows.values())
    assert rows[2014].source == ("statistics.applications_received.count",)
    assert rows[2021].source == (RECEIVED,)
    assert rows[2021].path == "yunxi-2021.txt"
    assert rows[2021].status == "verified"


def test_a_row_that_became_three_is_their_sum(held: Store) -> None:
    rows = by_year(held, OTHER)
    assert {year: (row.value, row.how) for year, row in rows.items()} == {
        2019: (4, "identity"), 2020: (4, "identity"), 2021: (6, "sum"), 2022: (6, "sum"), 2023: (6, "sum"),
    }  # fmt: skip
    assert len(rows[2021].source) == 3


def test_what_a_form_does_not_state_has_no_cell(held: Store) -> None:
    assert set(by_year(held, CARRIED_IN)) == {2019, 2020, 2021, 2022, 2023}
    assert set(by_year(held, "disclosure.regulations.in_force")) == {2021, 2022, 2023}
    assert set(by_year(held, "disclosure.regulations.total_disclosed")) == {2019, 2020}
    assert set(by_year(held, "statistics.replies_granted.count")) == {2014, 2015, 2017, 2018}


def test_years_that_contradict_each_other_are_found_and_those_that_agree_are_not(held: Store) -> None:
    found = list(panel(held, agency=YUNXI).findings())
    assert rules(iter(found)) == [(RULE, 2022), (RULE, 2022)]
    assert "1 were carried out of the earlier year, 5 carried into the later one" in found[0].message
    assert {key for one in found for key in one.indicators} == {
        f"{later}applications.{row}.{column}"
        for later, row in (("", "carried_out"), ("next.", "carried_in"))
        for column in ("natural_person", "total")
    }
    assert rules(panel(held, agency=ZHENGZHOU).findings()) == []


def test_gaps_are_named(held: Store) -> None:
    assert [(one.agency, one.years) for one in panel(held).gaps()] == [(YUNXI, (2016,))]
    asked = {one.agency: one.years for one in panel(held, years=(2019, 2020)).gaps()}
    assert asked == {ZHENGZHOU: (2019,)}
    told = Told(aliases={"青山县教育局": "青山县教育局"})
    assert [one.agency for one in panel(held, told=told, years=(2020, 2020)).gaps()] == ["青山县教育局"]


def test_a_report_without_an_agency_is_in_no_series_and_says_so(held: Store) -> None:
    made = panel(held)
    paths = made.paths([one.number for one in made.recognised.unplaced])
    assert list(paths.values()) == ["nobody.txt"]
    assert "its agency is open" in made.recognised.unplaced[0].why


def test_an_unknown_indicator_is_named(held: Store) -> None:
    with pytest.raises(UnknownIndicator, match=r"did you mean applications\.received\.total"):
        panel(held, indicators=["applications.recieved.total"])


def test_a_server_gives_the_same_panel_and_the_same_queue() -> None:
    if reason := postgres.why_not():
        pytest.skip(reason)
    phone = {
        "zz.txt": report(ZHENGZHOU, 2020, phone="0371-66250011"),
        "sz.txt": report("市教育局", 2021, phone="0371-66250011"),
    }
    with postgres.server() as server, stored(yunxi() | phone, server.database()) as other:
        with stored(yunxi() | phone) as own:
            assert list(panel(other).rows(status="all")) == list(panel(own).rows(status="all"))
            assert list(panel(other).findings()) == list(panel(own).findings())
            assert panel(other).recognised == panel(own).recognised
        assert len(panel(other).agencies) == 2
        panel(other).into_queue()
        desk = Desk(other)
        assert in_queue(desk) == BOTH
        desk.decide("yunxi-2022.txt:applications.carried_in.total", "correct", "li", value=1)
        assert (2021, CARRIED_OUT) not in in_queue(desk)


# One report's cells


def figure(key: str, value: int | float | None, **more: Any) -> Figure:
    made = {"unit": "件", "qualifier": "exact", "printed": "number", "status": "verified", "accepted": True}
    return Figure(1, key, value, **(made | more))


def cells(*figures: Figure, year: int = 2021) -> dict[str, Any]:
    return Harmoniser(crosswalk()).cells(figures, year, "d")


PARTS = tuple(f"applications.{row}.total" for row in (
    "other_handling_correction_overdue", "other_handling_fee_overdue", "other_handling_misc",
))  # fmt: skip


def test_a_sum_is_accepted_only_if_all_its_parts_are() -> None:
    one, two, three = (figure(key, 2) for key in PARTS)
    assert (cells(one, two, three)[OTHER].value, cells(one, two, three)[OTHER].accepted) == (6, True)
    waiting = cells(one, two, three._replace(status="disputed", accepted=False))[OTHER]
    assert (waiting.value, waiting.accepted, waiting.status) == (6, False, "disputed")
    assert waiting.note == f"not accepted: {PARTS[2]}"
    opened = cells(one, two, three._replace(value=None, status="ambiguous", accepted=False))[OTHER]
    assert (opened.value, opened.accepted, opened.status) == (None, False, "ambiguous")
    missing = cells(one, two)[OTHER]
    assert (missing.value, missing.accepted) == (None, False)


def test_a_sum_is_as_sure_as_the_least_sure_of_its_parts() -> None:
    one, two, three = (figure(key, 2) for key in PARTS)
    assert (
        cells(one, two._replace(status="inferred"), three._replace(status="stated"))[OTHER].status == "stated"
    )


def test_a_blank_is_no_zero_in_a_sum_and_not_applicable_adds_nothing() -> None:
    one, two, three = (figure(key, 2) for key in PARTS)
    assert cells(one, two, three._replace(value=None, printed="blank"))[OTHER].value is None
    assert cells(one, two, three._replace(value=None, printed="not_applicable"))[OTHER].value == 4


def test_prose_counts_only_where_no_table_states_it() -> None:
    said = figure("narrative.applications_received.count", 17)
    assert cells(said)[RECEIVED].value == 17
    assert cells(said, figure(RECEIVED, 95))[RECEIVED].value == 95
    opened = cells(said, figure(RECEIVED, None, status="ambiguous", accepted=False))[RECEIVED]
    assert (opened.value, opened.accepted) == (None, False)


def test_prose_that_says_two_things_counts_for_neither() -> None:
    said = [figure("narrative.applications_received.count", value) for value in (17, 18)]
    assert not cells(*said)[RECEIVED].accepted
    assert cells(said[0], said[0])[RECEIVED].value == 17


def test_prose_means_another_thing_before_the_forms() -> None:
    said = figure("narrative.replies_refused.count", 3)
    assert "applications.refused.total" not in cells(said, year=2016)
    assert cells(said, year=2016)["statistics.replies_refused.count"].value == 3
    assert cells(said, year=2020)["applications.refused.total"].value == 3


@pytest.mark.parametrize(
    ("value", "unit", "amount", "accepted"),
    [(251000, "元", 25.1, True), (12.5, "万元", 12.5, True), (2, "亿元", 20000, True), (3, "", 3, False)],
)
def test_money_is_in_one_unit_or_not_accepted(value: float, unit: str, amount: float, accepted: bool) -> None:
    cell = cells(figure("disclosure.procurement.amount", value, unit=unit), year=2019)[
        "disclosure.procurement.amount"
    ]
    assert (cell.value, cell.accepted) == (amount, accepted)
    assert cell.unit == ("万元" if accepted else unit)


def test_agencies_added_up_need_all_of_them() -> None:
    one = cells(figure(RECEIVED, 5))[RECEIVED]
    both = added([one, one])
    assert both is not None
    assert (both.value, both.how, both.accepted) == (10, "sum", True)
    half = added([one, None])
    assert half is not None
    assert (half.value, half.accepted) == (None, False)
    assert added([None, None]) is None


# Several reports, mergers, parents


def test_mirror_copies_count_once() -> None:
    text = report(ZHENGZHOU, 2020, received=7)
    with stored({"a.txt": text, "b.txt": "首页 > 公开\n" + text}) as store:
        assert [row.value for row in by_year(store, RECEIVED, ZHENGZHOU).values()] == [7]
        (found,) = panel(store).findings()
        assert (found.rule, found.severity) == ("panel.several_reports", "info")
        assert "they say the same" in found.message
        assert len(found.documents) == 2


def test_a_selection_is_what_the_whole_panel_says_of_it(held: Store) -> None:
    whole = list(panel(held).rows(status="all"))
    key, year = "applications.received.total", 2020
    for chosen, wanted in (
        ({"indicators": (key,)}, [row for row in whole if row.indicator == key]),
        ({"years": (year, year)}, [row for row in whole if row.year == year]),
        ({"agency": YUNXI[:3]}, [row for row in whole if YUNXI[:3] in row.agency]),
    ):
        assert wanted
        assert list(panel(held, **chosen).rows(status="all")) == wanted


def test_a_selection_reads_only_what_it_selects(held: Store) -> None:
    """No step over all figures: they are looked up by report and indicator."""
    asked: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "FROM observations" in statement:
            plan = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
            asked.extend(row[-1] for row in plan)

    event.listen(held.database.engine, "before_cursor_execute", note)
    try:
        assert list(panel(held, indicators=("applications.received.total",)).rows())
    finally:
        event.remove(held.database.engine, "before_cursor_execute", note)
    used = [step for step in asked if "observations" in step]
    assert any("observations_of_document (document=? AND indicator=?)" in step for step in used)
    assert not any(step.startswith("SCAN observations") for step in used), used


def test_two_reports_that_differ_are_disputed_unless_one_calls_itself_corrected() -> None:
    first = report(ZHENGZHOU, 2020, received=7)
    other = report(ZHENGZHOU, 2020, received=9, published="2021-03-01")
    fixed = report(ZHENGZHOU, 2020, received=9, title=f"{ZHENGZHOU}2020年政府信息公开工作年度报告（更正）")
    with stored({"a.txt": first, "b.txt": other}) as store:
        row = by_year(store, RECEIVED, ZHENGZHOU)[2020]
        assert (row.value, row.status, row.accepted) == (9, "disputed", False)
        assert row.note == "b.txt counts for 2020, but a.txt says 7"
        assert by_year(store, CARRIED_IN, ZHENGZHOU)[2020].accepted
    with stored({"a.txt": first, "b.txt": fixed}) as store:
        row = by_year(store, RECEIVED, ZHENGZHOU)[2020]
        assert (row.value, row.accepted, row.path) == (9, True, "b.txt")
        assert [one.severity for one in panel(store).findings()] == ["warning"]


def test_merged_districts_stay_apart_unless_told() -> None:
    reports = {
        "a20": report("甲山区教育局", 2020, received=3),
        "b20": report("乙山区教育局", 2020, received=4),
        "b19": report("乙山区教育局", 2019, received=2),
        "b21": report("乙山区教育局", 2021, received=9),
    }
    with stored(reports) as store:
        assert {row.agency for row in panel(store).rows()} == {"甲山区教育局", "乙山区教育局"}
        merger = Merger(
            name="合并后教育局", of=("甲山区教育局", "乙山区教育局"), since=2021, then="乙山区教育局"
        )
        rows = by_year(store, RECEIVED, "", told=Told(mergers=(merger,)))
        assert {year: (row.agency, row.value, row.accepted) for year, row in rows.items()} == {
            2019: ("合并后教育局", None, False),
            2020: ("合并后教育局", 7, True),
            2021: ("合并后教育局", 9, True),
        }
        assert len(rows[2020].document.split()) == 2


def test_a_parent_against_the_sum_of_its_children() -> None:
    reports = {
        "up": report("江苏省人民政府", 2020, received=5),
        "a": report("甲山县教育局", 2020, received=3),
        "b": report("乙山县教育局", 2020, received=4),
    }
    told = Told(
        aliases={"甲山县教育局": "甲山县教育局", "乙山县教育局": "乙山县教育局"},
        parents={"甲山县教育局": "江苏省人民政府", "乙山县教育局": "江苏省人民政府"},
    )
    with stored(reports) as store:
        assert list(panel(store).findings()) == []
        found = list(panel(store, told=told).hierarchy())
        assert [one.indicators for one in found] == [(RECEIVED,), ("applications.handled_total.total",)]
        assert "it says 5, all 2 below it make 7" in found[0].message
        assert {one.severity for one in found} == {"warning"}
    with stored(reports | {"up": report("江苏省人民政府", 2020, received=9)}) as store:
        assert list(panel(store, told=told).hierarchy()) == []
        whole = Told(aliases=told.aliases, parents=told.parents, whole=frozenset({"江苏省人民政府"}))
        assert len(list(panel(store, told=whole).hierarchy())) == 2
        assert list(panel(store, told=whole, years=(2021, 2022)).hierarchy()) == []


def test_items_given_as_decisions_are_named_and_stay() -> None:
    odd = {
        "disclosure.licensing.previous_items": 1215,
        "disclosure.licensing.change": -35,
        "disclosure.licensing.decisions": 1180,
    }
    with stored({"a.txt": report(ZHENGZHOU, 2019, cells=odd)}) as store:
        (found,) = panel(store).findings()
        assert found.rule == "panel.items_as_decisions"
        row = by_year(store, "disclosure.licensing.decisions", ZHENGZHOU)[2019]
        assert (row.value, row.accepted) == (1180, True)


def test_a_jump_is_told_by_the_total_alone() -> None:
    with stored(
        {"a": report(ZHENGZHOU, 2019, received=20), "b": report(ZHENGZHOU, 2020, received=150)}
    ) as store:
        found = [one for one in panel(store).findings() if one.rule == "years.jump"]
        assert {one.indicators for one in found} == {
            (f"next.applications.{row}.total",) for row in ("received", "granted", "handled_total")
        }


# The reviewers' queue


def in_queue(desk: Desk, rule: str = RULE) -> set[tuple[int | None, str]]:
    return {(entry.document.year, entry.indicator) for entry in desk.queue(desk.filters(rule=rule), None)[1]}


BOTH = {
    (year, f"applications.{row}.{column}")
    for year, row in ((2021, "carried_out"), (2022, "carried_in"))
    for column in ("natural_person", "total")
}


def test_findings_between_years_join_the_queue_with_their_reason() -> None:
    with stored(yunxi()) as store:
        desk = Desk(store)
        assert in_queue(desk) == set()
        assert panel(store).into_queue() == (7, 9, 2)
        desk.sync()
        assert in_queue(desk) == BOTH
        task = desk.next("li", desk.filters(rule=RULE))
        assert task is not None
        shown = next(item for item in task.items if item.indicator.startswith("applications.carried"))
        assert shown.reason == "soft_edit"
        assert "2021 and 2022: " in shown.why
        assert "[yunxi-202" in shown.why
        assert panel(store).into_queue()[1] == 0


def test_a_decision_in_one_year_changes_the_queue_of_the_next() -> None:
    with stored(yunxi()) as store:
        panel(store).into_queue()
        desk = Desk(store)
        for column in ("natural_person", "total"):
            desk.decide(f"yunxi-2022.txt:applications.carried_in.{column}", "correct", "li", value=1)
        assert in_queue(desk) == set()
        assert [one.rule for one in panel(store).findings()] == []
        assert by_year(store, CARRIED_IN)[2022].value == 1
        desk.undo("li")
        assert in_queue(desk) == {(2021, CARRIED_OUT), (2022, CARRIED_IN)}


def test_what_reviewers_confirmed_on_both_sides_is_no_warning_any_more() -> None:
    with stored(yunxi()) as store:
        panel(store).into_queue()
        desk = Desk(store)
        for year, key in sorted(BOTH):
            desk.decide(f"yunxi-{year}.txt:{key}", "accept", "li")
        assert {one.severity for one in panel(store).findings()} == {"info"}
        assert in_queue(desk) == set()


def test_a_report_imported_again_changes_the_queue_of_its_neighbours() -> None:
    with stored(yunxi()) as store:
        panel(store).into_queue()
        desk = Desk(store)
        fixed = report(YUNXI, 2022, received=18, carried_in=1, carried_out=0, misc=(1, 2, 3))
        store.add(structure(fixed.encode(), path="yunxi-2022.txt"))
        desk.sync()
        assert in_queue(desk) == set()
        panel(store).into_queue()
        desk.sync()
        assert in_queue(desk) == set()


def test_reports_that_differ_join_the_queue_and_a_decision_settles_the_cell() -> None:
    first, other = (report(ZHENGZHOU, 2020, received=count) for count in (7, 9))
    with stored({"a.txt": first, "b.txt": other}) as store:
        panel(store).into_queue()
        desk = Desk(store)
        assert (2020, RECEIVED) in in_queue(desk, "panel.several_reports")
        desk.decide(f"a.txt:{RECEIVED}", "accept", "li")
        row = by_year(store, RECEIVED, ZHENGZHOU)[2020]
        assert (row.value, row.accepted) == (7, True)


def test_an_agency_that_a_reviewer_named_is_placed() -> None:
    text = report(ZHENGZHOU, 2021, title="2021年政府信息公开工作年度报告", phone="0371-66250011")
    with stored({"nobody.txt": text}) as store:
        assert not list(panel(store).rows())
        assert "it may be 郑州市教育局" in panel(store).recognised.unplaced[0].why
        Desk(store).decide("nobody.txt:metadata.agency", "correct", "li", value=ZHENGZHOU)
        assert {row.agency for row in panel(store).rows()} == {ZHENGZHOU}


# The command


def run(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(cli, arguments, prog_name="structurer")
    assert result.exit_code == code, result.output
    return result


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    name = f"sqlite:///{tmp_path_factory.mktemp('panel') / 's.db'}"
    evil = report("郑州市教育局", 2020, received=5)
    with stored(yunxi() | {"=cmd()/zz.txt": evil, "m.txt": evil + "\n"}, name):
        pass
    return name


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_long_panel_as_csv(url: str) -> None:
    rows = rows_of(
        run("panel", "--store", url, "--out", "-", "--indicator", OTHER, "--agency", "云溪").stdout
    )
    assert [(row["year"], row["value"], row["how"], row["accepted"]) for row in rows][-1] == (
        "2023",
        "6",
        "sum",
        "true",
    )
    assert rows[-1]["source"].count(" + ") == 2


def test_the_wide_panel_has_a_row_a_year_and_a_column_an_indicator(url: str) -> None:
    out = run(
        "panel", "--store", url, "--out", "-", "--wide", "--indicator", RECEIVED, "--indicator", CARRIED_IN
    )
    rows = rows_of(out.stdout)
    assert list(rows[0]) == ["agency", "year", "document", "path", RECEIVED, CARRIED_IN]
    assert [(row["year"], row[RECEIVED], row[CARRIED_IN]) for row in rows[:2]] == [
        ("2014", "10", ""),
        ("2015", "11", ""),
    ]
    assert next(row for row in rows if row["agency"] == ZHENGZHOU)["path"] == "'=cmd()/zz.txt"


def test_json_lines_hold_what_the_csv_holds(url: str, tmp_path: Path) -> None:
    out = tmp_path / "p.jsonl"
    run(
        "panel",
        "--store",
        url,
        "--out",
        str(out),
        "--format",
        "jsonl",
        "--status",
        "all",
        "--years",
        "2021-2022",
    )
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert {line["year"] for line in lines} == {2021, 2022}
    assert isinstance(lines[0]["source"], list)
    told = json.loads(run("panel", "--store", url, "--out", str(out), "--json").stdout)
    assert told["agencies"] == 2


def test_lists_for_people_and_for_programs(url: str) -> None:
    assert YUNXI in run("panel", "--store", url, "--agencies-seen").stdout
    seen = json.loads(run("panel", "--store", url, "--agencies-seen", "--json").stdout)
    assert [one["name"] for one in seen["agencies"]] == [YUNXI, ZHENGZHOU]
    assert "2016" in run("panel", "--store", url, "--gaps").stdout
    assert json.loads(run("panel", "--store", url, "--gaps", "--years", "2019", "--json").stdout) == [
        {"agency": ZHENGZHOU, "years": [2019]}
    ]
    assert "they say the same" in " ".join(run("panel", "--store", url, "--findings").stdout.split())
    assert json.loads(run("panel", "--store", url, "--findings", "--json").stdout)[0]["rule"] == RULE
    summary = run("panel", "--store", url).stdout
    assert "applications.carried (warning)" in summary
    assert json.loads(run("panel", "--store", url, "--json").stdout)["gaps"] == 1
    assert "not the same" in run("panel", "--crosswalk", "--indicator", "disclosure.fees.amount").stdout
    assert len(json.loads(run("panel", "--crosswalk", "--json").stdout)) == len(crosswalk().indicators)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--gaps", "--out", "-"),
        ("--out", "-", "--json"),
        ("--wide", "--status", "all", "--out", "-"),
        ("--years", "2020-2019"),
        ("--years", "soon"),
        ("--queue", "--agency", "x"),
    ],
)
def test_wrong_usage_is_named(url: str, arguments: tuple[str, ...]) -> None:
    run("panel", "--store", url, *arguments, code=2)


def test_a_missing_file_of_agencies_is_named(url: str) -> None:
    assert "no.yaml" in run("panel", "--store", url, "--agencies", "no.yaml", code=1).output


def test_a_panel_that_cannot_be_written_leaves_what_was_there(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "p.csv"
    out.write_text("before")

    def broken(*_: object) -> Iterator[Series]:
        raise OSError("no space")
        yield

    with open_store(url) as store:
        made = panel(store)
        monkeypatch.setattr(made, "series", broken)
        with pytest.raises(OSError, match="no space"):
            write_panel(made, out)
    assert out.read_text() == "before"


def test_the_queue_option_says_what_joined(url: str) -> None:
    assert "2 findings between reports joined the queue" in run("panel", "--store", url, "--queue").stderr
