"""Edit rules: three-valued, soft and hard, and between prose and table only where both mean the same."""

from __future__ import annotations

from structurer import structure
from structurer.confront import confront, confront_years, jumps
from structurer.forms import load_forms
from structurer.observation import Extraction, Finding, Observation
from tests.test_tables import DISCLOSURE_2019, applications

FORMS = load_forms()
TITLE = "测试市示范局2020年政府信息公开工作年度报告\n一、总体情况\n"


def report(prose: str, table: str = "") -> Extraction:
    return structure(f"{TITLE}{prose}\n三、收到和处理政府信息公开申请情况\n{table or applications()}")


def failed(extraction: Extraction, severity: str) -> list[Finding]:
    return [finding for finding in extraction.findings if finding.severity == severity]


def test_a_broken_sum_is_reported_with_both_sides_and_the_smallest_change() -> None:
    (first, second) = failed(report("", applications(granted="8 1 0 0 0 0 10")), "error")
    assert (first.rule, second.rule) == ("applications.row_total", "applications.handled")
    assert "add up to 9, the total says 10 (difference 1)" in first.message
    assert "10 → 9" in first.message


def test_a_sum_with_an_open_cell_is_unknown_not_silent() -> None:
    extraction = report("", applications(granted="8 1 0 0 0 0 9 4"))
    unknown = failed(extraction, "info")
    assert {finding.rule for finding in unknown} >= {"applications.row_total", "applications.handled"}
    assert not failed(extraction, "error")


def test_prose_that_agrees_with_the_table_is_verified() -> None:
    stated = report("全年收到政府信息公开申请11件。")["narrative.applications_received.count"]
    assert (stated.status, stated.rules) == ("verified", ("narrative.applications_received",))


def test_prose_that_differs_is_a_warning_and_stays_stated() -> None:
    extraction = report("全年收到政府信息公开申请17件。")
    assert extraction["narrative.applications_received.count"].status == "stated"
    (warning,) = failed(extraction, "warning")
    assert "prose says 17" in warning.message
    assert "table 三 says 11" in warning.message


def test_approximate_prose_is_not_compared() -> None:
    assert not failed(report("全年收到政府信息公开申请10余件。"), "warning")


def test_more_disclosed_than_there_is() -> None:
    text = TITLE + "二、主动公开政府信息情况\n" + DISCLOSURE_2019.format(normative="6\n25\n19", fees="2\n0")
    (warning,) = failed(structure(text), "warning")
    assert warning.rule == "disclosure.disclosed_within_total"


def cell(indicator: str, value: int | None, printed: str = "number") -> Observation:
    return Observation.model_validate(
        {
            "indicator": indicator,
            "label": "",
            "value": value,
            "printed": printed,
            "status": "stated",
            "accepted": True,
        }
    )


def test_not_applicable_adds_nothing_and_blank_is_unknown() -> None:
    table = FORMS.tables["disputes"]["2021"]
    keys = [f"disputes.reconsideration.{c}" for c in ("upheld", "corrected", "other", "pending")]
    for printed, outcome in (("not_applicable", "pass"), ("blank", "unknown")):
        observations = [cell(keys[0], 2), cell(keys[1], 1), cell(keys[2], 0), cell(keys[3], None, printed)]
        observations.append(cell("disputes.reconsideration.total", 3))
        checks = [
            check for check in confront(observations, [table]) if "reconsideration" in check.indicators[0]
        ]
        assert checks[0].outcome == outcome


def year(year: int, table: str) -> Extraction:
    return structure(
        f"测试市示范局{year}年政府信息公开工作年度报告\n三、收到和处理政府信息公开申请情况\n{table}"
    )


def test_what_was_carried_out_is_carried_in_a_year_later() -> None:
    tables = [FORMS.tables["applications"]["2019"]]
    before, after = year(2019, applications()), year(2020, applications())
    checks = confront_years(before.observations, after.observations, tables)
    assert len(checks) == 7
    assert {check.outcome for check in checks} == {"pass"}
    later = year(2020, applications(carried_in="3 0 0 0 0 0 3", carried_out="3 0 0 0 0 0 3"))
    failed = [
        c for c in confront_years(before.observations, later.observations, tables) if c.outcome == "fail"
    ]
    assert [(c.rule, c.where, c.left, c.right) for c in failed] == [
        ("applications.carried", "自然人", 1, 3),
        ("applications.carried", "总计", 1, 3),
    ]


def test_in_force_follows_from_what_was_issued_and_repealed() -> None:
    tables = [FORMS.tables["disclosure"]["2021"]]
    keys = [f"disclosure.normative_documents.{c}" for c in ("issued", "repealed", "in_force")]
    before = [cell(key, value) for key, value in zip(keys, (4, 1, 20), strict=True)]
    for in_force, outcome in ((22, "pass"), (23, "fail")):
        after = [cell(key, value) for key, value in zip(keys, (5, 3, in_force), strict=True)]
        (check,) = confront_years(before, after, tables)
        assert (check.rule, check.outcome) == ("disclosure.in_force_follows", outcome)


def test_figures_that_jumped() -> None:
    (jump,) = jumps([cell("a.b.c", 10), cell("a.b.d", 4)], [cell("a.b.c", 51), cell("a.b.d", 20)])
    assert jump.indicators == ("a.b.c",)
