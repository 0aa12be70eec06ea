"""Scores count what they say, and gold files are checked line by line."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from structurer.errors import GoldError
from structurer.evaluate import Gold, Score, Tally, marks, parse_gold, read_gold, render, score, wilson
from structurer.forms import load_forms
from structurer.observation import DocumentInfo, Extraction, Finding, Observation

A = "applications.received.natural_person"
B = "applications.received.total"
GOLDEN = Path(__file__).parent / "golden" / "reports.jsonl"


def seen(indicator: str, value: Any, **given: Any) -> Observation:
    given = {"label": indicator, "status": "stated", "accepted": True, **given}
    return Observation(indicator=indicator, value=value, **given)


def extraction(*observations: Observation, findings: tuple[Finding, ...] = (), **info: Any) -> Extraction:
    return Extraction(
        document=DocumentInfo(path="a.txt", id="0", **info), observations=observations, findings=findings
    )


def gold(**given: Any) -> Gold:
    return Gold.model_validate({"path": "a.txt", **given})


def outcomes(one: Extraction, true: Gold) -> list[tuple[str, str, str]]:
    return [(mark.indicator, mark.outcome, mark.kind) for mark in marks(one, true)]


@pytest.mark.parametrize(
    ("observation", "outcome"),
    [
        (seen(A, 17), "right"),
        (seen(A, 17.0), "right"),
        (seen(A, 18), "wrong"),
        (seen(A, "17"), "wrong"),
        (seen(A, 17, accepted=False, status="disputed"), "queued"),
        (seen(A, 99, accepted=False, status="disputed"), "queued"),
        (seen(A, None, status="ambiguous", accepted=False), "queued"),
        (seen(A, None), "queued"),
    ],
)
def test_a_known_value(observation: Observation, outcome: str) -> None:
    assert outcomes(extraction(observation), gold(observations={A: {"value": 17}})) == [
        (A, outcome, "nonzero")
    ]


def test_a_value_in_words() -> None:
    true = gold(observations={A: {"value": "无"}})
    assert outcomes(extraction(seen(A, "无")), true) == [(A, "right", "text")]
    assert outcomes(extraction(seen(A, 0)), true) == [(A, "wrong", "text")]


def test_a_value_without_observation_is_missing() -> None:
    assert outcomes(extraction(), gold(observations={A: {"value": 0}})) == [(A, "missing", "zero")]


@pytest.mark.parametrize("true", [{"observations": {A: {"value": None}}}, {"open": [A]}])
def test_what_nobody_can_know_has_to_stay_open(true: dict[str, Any]) -> None:
    assert outcomes(extraction(seen(A, 0)), gold(**true)) == [(A, "invented", "unknown")]
    assert outcomes(extraction(seen(A, None)), gold(**true)) == [(A, "left_open", "unknown")]
    assert outcomes(extraction(), gold(**true)) == [(A, "left_open", "unknown")]


def test_values_in_absent_tables_and_unknown_cells_are_invented() -> None:
    one = extraction(seen(A, 0), seen("disputes.reconsideration.total", 3), seen("statistics.staff.count", 2))
    true = gold(observations={B: {"value": 1}}, absent=["disputes"])
    assert outcomes(one, true) == [
        (B, "missing", "nonzero"),
        (A, "invented", "unknown"),
        ("disputes.reconsideration.total", "invented", "unknown"),
    ]
    assert outcomes(extraction(seen(A, 0, accepted=False)), gold(absent=["applications"])) == []


def test_of_several_accepted_values_the_false_one_counts() -> None:
    one = extraction(seen(A, 17), seen(A, 18))
    assert outcomes(one, gold(observations={A: {"value": 17}})) == [(A, "wrong", "nonzero")]


def test_units_of_money_change_a_value() -> None:
    key = "disclosure.fees.amount"
    true = gold(observations={key: {"value": 12.5, "unit": "万元"}})
    assert outcomes(extraction(seen(key, 12.5, unit="万元")), true)[0][1] == "right"
    assert outcomes(extraction(seen(key, 12.5, unit="元")), true)[0][1] == "wrong"
    assert (
        outcomes(extraction(seen(A, 1, unit="件")), gold(observations={A: {"value": 1, "unit": "条"}}))[0][1]
        == "right"
    )


def test_violations_are_matched_by_rule_and_place() -> None:
    true = gold(broken=[["applications.row_total", "received"], ["applications.flow", "total"]])
    row = Finding(rule="applications.row_total", severity="error", message="", indicators=(A, B))
    flow = Finding(
        rule="applications.flow",
        severity="error",
        message="",
        indicators=("applications.received.other_organization", "applications.carried_in.other_organization"),
    )
    soft = Finding(rule="applications.flow", severity="warning", message="")
    total = score(extraction(findings=(row, flow, soft)), true)
    assert (total.violations_expected, total.violations_found, total.violations_spurious) == (2, 1, 1)
    whole = Finding(rule="applications.flow", severity="error", message="")
    assert score(extraction(findings=(row, whole)), true).violations_found == 2


STATEMENT = {
    "indicator": "narrative.disclosed_wechat.count",
    "value": 3000,
    "qualifier": "over",
    "unit": "条",
    "scope": "全市",
}
W = "narrative.disclosed_wechat.count"


@pytest.mark.parametrize(
    ("observation", "expected"),
    [
        (seen(W, 3000, qualifier="over"), ["right"]),
        (seen(W, 3000, qualifier="over", scope="全市", unit="篇"), ["right"]),
        (seen(W, 3000, qualifier="over", scope="本局"), ["missing", "wrong"]),
        (seen(W, 3000), ["missing", "wrong"]),
        (seen(W, 3000, qualifier="over", period="month"), ["missing", "wrong"]),
        (seen(W, 3000, accepted=False), ["queued"]),
        (seen(W, None, accepted=False, candidates=(1000, 3000)), ["queued"]),
        (seen(W, 5, accepted=False), ["missing"]),
        (seen("narrative.reads.count", 5), ["missing", "wrong"]),
        (seen("narrative.other.count", 5), ["missing"]),
    ],
)
def test_prose_matches_a_true_statement_or_is_wrong(observation: Observation, expected: list[str]) -> None:
    found = outcomes(extraction(observation), gold(statements=[STATEMENT]))
    assert [outcome for _, outcome, _ in found] == expected


def test_prose_is_not_judged_where_gold_does_not_cover_it() -> None:
    assert outcomes(extraction(seen(W, 5)), gold(observations={A: {"value": 1}})) == [
        (A, "missing", "nonzero")
    ]
    assert outcomes(extraction(seen(W, 5)), gold(statements=[])) == [(W, "wrong", "nonzero")]


def test_statements_without_a_row_of_their_own_are_never_wrong() -> None:
    key = "narrative.other.count"
    true = gold(statements=[{"indicator": key, "value": 4}])
    assert outcomes(extraction(seen(key, 4), seen(key, 9)), true) == [(key, "right", "nonzero")]


def test_optional_and_alternative_statements() -> None:
    other = "narrative.applications_completed.count"
    mine = "narrative.applications_received.count"
    true = gold(statements=[{"indicator": mine, "value": 5, "alternatives": [other]}])
    assert outcomes(extraction(seen(other, 5)), true) == [(mine, "right", "nonzero")]
    free = gold(statements=[{"indicator": mine, "value": 5, "optional": True, "period": None}])
    assert outcomes(extraction(), free) == []
    assert outcomes(extraction(seen(mine, 5, period="cumulative")), free) == []
    assert outcomes(extraction(seen(mine, 6)), free) == [(mine, "wrong", "nonzero")]


def test_metadata_is_counted_apart() -> None:
    true = gold(
        metadata={"agency": "云溪区水务局", "year": 2020, "title": "x"}, observations={A: {"value": 1}}
    )
    total = score(extraction(seen(A, 1), agency="云溪区水务局", year=2021), true)
    assert total.tally(table="metadata") == Tally(right=1, wrong=1, missing=1)
    assert total.tally() == Tally(right=1)
    wide = gold(metadata={"title": "报告（2020年）"})
    assert score(extraction(title="报告 (2020年)"), wide).tally(table="metadata") == Tally(right=1)


def test_scores_add_up() -> None:
    true = gold(observations={A: {"value": 0}, B: {"value": 3}}, broken=[["applications.flow", "total"]])
    one, other = (
        score(extraction(seen(A, 0), seen(B, 3)), true),
        score(extraction(seen(A, 1, status="inferred")), true),
    )
    both = one + other
    assert both.documents == 2
    assert both.tally(kind="zero") == Tally(right=1, wrong=1)
    assert both.tally(kind="nonzero") == Tally(right=1, missing=1)
    assert both.tally(table="applications") == both.tally() == Tally(right=2, wrong=1, missing=1)
    assert (both.tally().knowable, both.tally().false) == (4, 1)
    assert both.statuses == {"stated": Tally(right=2), "inferred": Tally(wrong=1), "none": Tally(missing=1)}
    assert both.violations_expected == 2
    assert sum([one, other], Score()) == both
    assert one + Score() == one


def test_wilson() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(90, 100)
    assert (round(low, 3), round(high, 3)) == (0.826, 0.945)
    assert wilson(10, 10)[1] == 1.0
    assert wilson(0, 10)[0] == 0.0


def test_render_names_tables_kinds_and_violations() -> None:
    true = gold(
        observations={A: {"value": 0}, B: {"value": 3}}, open=["disclosure.fees.change"], metadata={"year": 2}
    )
    text = render(score(extraction(seen(A, 0), seen(B, 4, status="inferred"), year=2), true))
    lines = {line.split("  ")[0]: line for line in text.splitlines()}
    assert "100.00%" in lines["zero"]
    assert "0.00%" in lines["non-zero"]
    assert {"applications", "disclosure", "all", "metadata", "status inferred"} <= set(lines)
    assert "broken hard edits: 0 of 0 reported, 0 reported without cause" in text
    assert render(Score()).endswith("documents: 0")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "gold.jsonl:2: not JSON"),
        ("[]", "gold.jsonl:2: object"),
        ("{}", "gold.jsonl:2: path"),
        ('{"path": "a", "observations": {"x.y.z": 3}}', "gold.jsonl:2: observations.x.y.z"),
        (
            '{"path": "a", "observations": {"x.y.z": {"value": 3, "colour": 1}}}',
            "gold.jsonl:2: observations.x.y.z.colour",
        ),
        ('{"path": "a", "truth": {}}', "gold.jsonl:2: truth"),
        ('{"path": "a", "broken": [["only rule"]]}', "gold.jsonl:2: broken.0"),
        ('{"path": "a", "statements": [{"indicator": "x", "value": null}]}', "gold.jsonl:2: statements.0"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    file = tmp_path / "gold.jsonl"
    file.write_text('{"path": "good.txt"}\n' + line + "\n\n")
    with pytest.raises(GoldError, match=re.escape(message)):
        list(read_gold(file))


def test_a_missing_gold_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match="nowhere"):
        list(read_gold(tmp_path / "nowhere.jsonl"))


def test_blank_lines_are_skipped(tmp_path: Path) -> None:
    file = tmp_path / "gold.jsonl"
    file.write_text('\n{"path": "one.txt", "open": ["a.b.c"]}\n\n')
    assert [entry.values["a.b.c"].value for entry in read_gold(file)] == [None]
    assert parse_gold('{"path": "x"}').statements is None


def test_the_golden_reports_keep_the_sums_of_their_form() -> None:
    known = load_forms()
    entries = list(read_gold(GOLDEN))
    assert len(entries) == 5
    sizes = []
    for entry in entries:
        assert set(entry.values) <= set(known.cells)
        for statement in entry.statements or ():
            assert {statement.indicator, *statement.alternatives} <= set(known.cells)
            assert statement.anchor
            assert statement.token
            assert len(statement.anchor) <= 12
        sizes.append(len(entry.values))
        for name in {key.partition(".")[0] for key in entry.values}:
            table = known.tables[name]["2019"]
            assert {cell.indicator for cell in table.cells} == {
                key for key in entry.values if key.startswith(name)
            }
            for edit in table.edits:
                if edit.rule.severity == "error":
                    left, right = (
                        sum(entry.values[key].value for key in side) for side in (edit.left, edit.right)
                    )
                    assert left == right
    assert sizes == [0, 198, 0, 198, 0]


def test_a_faultless_reader_scores_full_marks_on_the_generated_corpus() -> None:
    from benchmarks import accuracy
    from benchmarks.corpus import gold as gold_of
    from benchmarks.corpus import reports

    def read(text: Any, path: str) -> Extraction:
        return oracle(truth[path])

    for made in reports(1, 60):
        truth = {f"{made.name}{made.suffix}": Gold.model_validate(gold_of(made, made.name))}
        total = accuracy.measure(made, read)
        tally = total.tally()
        assert (tally.right, tally.false) == (tally.knowable, 0)
        assert total.violations_found == total.violations_expected
        assert total.violations_spurious == 0


def oracle(true: Gold) -> Extraction:
    """An extraction that says exactly what gold says."""
    cells = [
        seen(key, each.value, unit=each.unit or "", accepted=each.value is not None)
        for key, each in true.observations.items()
    ]
    prose = [
        seen(each.indicator, each.value, qualifier=each.qualifier, period=each.period, unit=each.unit or "")
        for each in true.statements or ()
        if not each.optional
    ]
    findings = tuple(
        Finding(rule=rule, severity="error", message="", indicators=tuple(_bound(true, rule, where)))
        for rule, where in true.broken
    )
    return extraction(*cells, *prose, findings=findings, **true.metadata)


def _bound(true: Gold, rule: str, where: str) -> list[str]:
    table = rule.split(".")[0]
    return [key for key in true.observations if key.startswith(table) and where in key.split(".")]


def test_the_benchmark_fails_on_wrong_values_and_keeps_their_texts(tmp_path: Path, capsys: Any) -> None:
    from benchmarks import accuracy

    def careless(text: Any, path: str) -> Extraction:
        return extraction(seen(B, 123_456))

    arguments = [
        "--per",
        "1",
        "--layout",
        "spaces",
        "--damage",
        "none",
        "--form",
        "2021",
        "--dump",
        str(tmp_path),
    ]
    assert accuracy.main([*arguments, "--json", str(tmp_path / "out.json")], careless) == 1
    assert "false values accepted" in capsys.readouterr().err
    (text,) = tmp_path.glob("*.txt")
    assert B in text.with_suffix(".wrong").read_text()
    assert json.loads((tmp_path / "out.json").read_text())["pairs"]["spaces none"]["false"] == 1

    def failing(text: Any, path: str) -> Extraction:
        raise ValueError("no such page")

    assert accuracy.main(arguments[:-2], failing) == 1
    assert "no such page" in capsys.readouterr().out


def test_the_baseline_is_a_floor() -> None:
    from benchmarks.accuracy import below

    floor = {
        "none": {"zero": 1.0, "nonzero": 0.95, "false": 0},
        "any-dropped": {"zero": 0, "nonzero": 0, "false": 1},
    }
    same = {name: dict(shares) for name, shares in floor.items()}
    assert list(below(same, floor)) == []
    worse = {
        "none": {"zero": 0.9, "nonzero": 0.96, "false": 0},
        "any-dropped": {"zero": 0, "nonzero": 0, "false": 2},
    }
    assert [line.partition(":")[0] for line in below(worse, floor)] == ["none", "any-dropped"]
    assert next(below({}, floor)) == "none: in the baseline, but not measured"


def test_partial_gold_judges_only_what_it_names() -> None:
    found = extraction(seen(A, 17), seen(B, 3))
    true = gold(observations={A: {"value": 17}})
    assert score(found, true).tally().invented == 1
    assert score(found, true.model_copy(update={"partial": True})).tally() == Tally(right=1)


def test_a_refuted_statement_that_is_accepted_is_wrong() -> None:
    key = "narrative.complaints.count"
    true = gold(partial=True, statements=[], refuted=[{"indicator": key, "value": 12}])
    assert score(extraction(seen(key, 12)), true).tally().wrong == 1
    assert score(extraction(seen(key, 12, accepted=False)), true).tally() == Tally()
    assert score(extraction(seen(key, 13)), true).tally() == Tally()
