"""Every key is a command: exit codes, JSON, conflicts; reports reviewed to the end; kill -9."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from structurer.cli import cli
from structurer.desk.desk import Desk
from structurer.evaluate import Gold, Statement, read_gold, score
from structurer.observation import Extraction
from structurer.store import open_store
from tests.desk_samples import FEES, ITEMS, THIRD, TOTAL, calm, handle, report

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "tests" / "golden" / "reports.jsonl"
REPORTS = Path(os.environ.get("STRUCTURER_REPORTS", ROOT.parent / "shared" / "reports"))


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith(("STRUCTURER_", "OPENAI_")):
            monkeypatch.delenv(name)
    url = f"sqlite:///{tmp_path}/structurer.db"
    with open_store(url) as opened:
        extraction, content = report()
        opened.add(extraction, fingerprint="one", content=content)
        calm(opened)
    return url


def run(*arguments: str, code: int = 0, stdin: str = "", by: str = "li") -> Result:
    environment = {"STRUCTURER_REVIEWER": by, "COLUMNS": "100"}
    result = CliRunner().invoke(cli, arguments, prog_name="structurer", input=stdin, env=environment)
    assert result.exit_code == code, (result.output, result.exception)
    assert "Traceback" not in result.output
    return result


def data(*arguments: str, code: int = 0, by: str = "li") -> Any:
    return json.loads(run(*arguments, "--json", code=code, by=by).stdout)


def test_the_queue_says_what_is_left_and_why() -> None:
    told = data("queue", code=3)
    assert (told["left"], told["decided"]) == (6, 0)
    assert told["reasons"] == {"ambiguous": 2, "contradiction": 2, "unique_repair": 2}
    assert told["items"][0]["why"] == "several readings fit, so none was chosen"
    assert "6 left, 0 decided" in run("queue", code=3).stdout
    assert "and 5 more; --limit 0 lists all" in run("queue", "--limit", "1", code=3).stdout
    assert data("queue", "--agency", "云溪", "--year", "2019")["left"] == 0


def test_next_decide_log_undo_redo() -> None:
    task = data("review", "next", code=3)
    item = task["items"][0]
    assert (item["indicator"], item["values"], item["lines"][2]["text"]) == (
        FEES, [2, None], "行政事业性收费 | 【2】 |",
    )  # fmt: skip
    made = data("decide", item["id"], "correct", "--value", "２", "--seen", item["seen_sha"])
    assert (made["state"], made["event"]["value"]) == ("decided", 2)
    assert data("decide", task["items"][1]["id"], "correct", "--value", "空", "--reason", "leer")["event"]
    assert [act["kind"] for act in data("undo")] == ["correct"]
    assert [act["kind"] for act in data("redo")] == ["correct"]
    assert [event["kind"] for event in data("log", task["items"][1]["id"])] == ["correct", "undo", "redo"]
    assert "li  corrected to 2" in run("log", item["id"]).stdout
    shown = data("review", "show", handle(TOTAL))
    assert [one["outcome"] for one in shown["sums"]] == ["fail"] * 3


def test_decide_prints_the_rules_worked_out_again() -> None:
    told = run("decide", handle(TOTAL), "correct", "--value", "16").stdout
    assert "corrected to 16: applications.handled_total.total is decided" in told
    assert told.count("holds") == 3
    assert "17 + 0 (17) = 16 + 1 (17)" in told


def test_somebody_elses_claim_is_exit_code_4() -> None:
    task = data("review", "next", code=3, by="wang")
    result = run("decide", task["items"][0]["id"], "reject", code=4)
    assert "claimed by wang" in result.stderr
    assert data("review", "next", code=3)["unit"] != task["unit"]
    assert data("release", "--of", "wang") == [task["unit"]]
    run("decide", task["items"][0]["id"], "reject")


def test_a_changed_item_is_exit_code_4() -> None:
    assert (
        "changed since it was shown" in run("decide", handle(TOTAL), "accept", "--seen", "0", code=4).stderr
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("decide", "nothing", "accept"),
        ("decide", handle(TOTAL), "correct"),
        ("decide", handle(TOTAL), "accept", "--value", "3"),
        ("decide", handle(TOTAL), "correct", "--value", "many"),
        ("decide", handle(TOTAL), "destroy"),
        ("decide", handle(TOTAL), "accept", "--as", ""),
        ("decide", handle(FEES), "accept"),
        ("accept", "--where", "anything"),
        ("log", "zzz"),
        ("review", "plan", "--audit", "2"),
        ("review", "add", "yunxi.txt", TOTAL, "--value", "1"),
    ],
)
def test_wrong_usage_is_exit_code_2_and_decides_nothing(arguments: tuple[str, ...]) -> None:
    run(*arguments, code=2)
    assert data("queue", code=3)["decided"] == 0


def test_everything_decided_is_exit_code_0() -> None:
    while (task := data("review", "next", code=3 if data_left() else 0)) is not None:
        for item in task["items"]:
            run("decide", item["id"], "reject")
    assert data("queue")["left"] == 0
    assert run("review").stdout == "\ndecided 0\nnothing is left\n"


def data_left() -> int:
    result = CliRunner().invoke(cli, ["queue", "--json"])
    return int(json.loads(result.stdout)["left"])


def test_the_line_mode_from_a_pipe_shows_what_was_typed() -> None:
    result = run("review", "--table", "disclosure", stdin="1\n２\n")
    assert "> 1\n  corrected to 2" in result.stdout
    assert "> ２\n  corrected to blank" in result.stdout
    assert run("review", stdin="q\n", code=3).stdout.endswith("structurer review goes on from here\n")


def test_decisions_travel_as_lines_and_arrive_once(tmp_path: Path) -> None:
    run("decide", handle(TOTAL), "correct", "--value", "16")
    run("review", "export", "--out", "d.jsonl")
    assert data("review", "apply", "d.jsonl") == {"applied": 0, "known": 2, "conflicts": []}
    url = f"sqlite:///{tmp_path}/other.db"
    with open_store(url) as opened:
        opened.add(report()[0], fingerprint="one")
    assert data("review", "apply", "d.jsonl", "--store", url)["applied"] == 2
    with open_store(url) as opened:
        assert opened.get("yunxi.txt")[TOTAL].value == 16
    short = json.dumps({"item": handle(THIRD), "kind": "accept"})
    assert "1 decision stored" in run("review", "apply", "-", stdin=short).stderr
    wrong = json.dumps({"item": handle(THIRD), "kind": "accept", "seen_sha": "0", "reason": "x"})
    assert "conflict: " in run("review", "apply", "-", stdin=wrong, code=4).stderr
    assert "-:1: not JSON" in run("review", "apply", "-", stdin="{", code=2).stderr


def test_a_batch_needs_a_proof() -> None:
    run("decide", handle(TOTAL), "correct", "--value", "16")
    told = data("accept", "--where", "proven", "--dry-run")
    assert [item["indicator"] for item in told["items"]] == [THIRD]
    assert data("queue", code=3)["decided"] == 1
    assert "4.保护第三方合法权益" in run("accept", "--where", "proven", "--limit", "5").stdout
    assert data("queue", code=3)["decided"] == 2


def test_export_reflects_decisions() -> None:
    run("decide", handle(TOTAL), "correct", "--value", "16")
    run("decide", handle(ITEMS), "reject")
    run("export", "--format", "jsonl", "--out", "out.jsonl")
    found = Extraction.model_validate_json(Path("out.jsonl").read_text(encoding="utf-8"))
    assert (found[TOTAL].value, found[TOTAL].methods) == (16, ("reviewer",))
    assert ITEMS not in found
    run("export", "--format", "csv", "--out", "out.csv")
    assert ",16,件,exact,year,,,number,stated,true," in Path("out.csv").read_text(encoding="utf-8-sig")


def test_decisions_become_truth() -> None:
    run("decide", handle(TOTAL), "correct", "--value", "16")
    run("decide", handle(FEES), "unknown")
    run("decide", handle(ITEMS), "reject")
    run("decide", handle("metadata.agency"), "accept", code=2)
    run("export", "--gold", "--out", "gold.jsonl")
    truth = list(read_gold("gold.jsonl"))
    assert len(truth) == 1
    assert (truth[0].partial, truth[0].open) == (True, (FEES,))
    assert truth[0].observations[TOTAL].value == 16
    assert truth[0].refuted[0].value == 3294
    machine = report()[0]
    tally = score(machine, truth[0]).tally()
    assert (tally.right, tally.wrong, tally.queued, tally.left_open) == (0, 1, 1, 1)
    with open_store("sqlite:///structurer.db") as opened:
        assert score(opened.get("yunxi.txt"), truth[0]).tally().false == 0


def test_agreement_and_lessons() -> None:
    assert "no value was decided by two" in run("agree").stdout
    assert run("overruled").stdout == "nothing was decided yet\n"
    run("decide", handle(FEES), "correct", "--value", "2")
    run("decide", handle(FEES), "correct", "--value", "2", by="wang")
    run("decide", handle(TOTAL), "accept")
    run("decide", handle(TOTAL), "correct", "--value", "16", by="wang")
    told = data("agree", "--by", "table")
    assert told["fields"]["all"] == {"n": 2, "percent": 0.5, "kappa": 1 / 3, "ac1": pytest.approx(3 / 11)}
    assert told["fields"]["disclosure"]["percent"] == 1
    assert "50.0%" in run("agree").stdout
    lessons = data("overruled")
    assert {one["name"]: one["overruled"] for one in lessons["rules"]}["applications.handled"] == 1
    assert "readings that were wrong" in run("overruled").stdout


def test_options_before_a_subcommand_are_meant_for_it(tmp_path: Path) -> None:
    none = f"sqlite:///{tmp_path}/none.db"
    assert "no store here" in run("review", "--store", none, "next", code=1).stderr
    told = json.loads(run("review", "--as", "wang", "--table", "disclosure", "next", "--json", code=3).stdout)
    assert (told["by"], told["items"][0]["indicator"]) == ("wang", FEES)


def test_the_plan_is_an_event() -> None:
    assert data("review", "plan")["overlap"] == 0
    assert data("review", "plan", "--overlap", "0.5", "--seed", "3")["overlap"] == 0.5
    assert data("review", "plan", "--checks", "1")["planted"] == 1


def test_an_added_value() -> None:
    key = "narrative.reads.count"
    run("review", "add", "yunxi.txt", key, "--value", "24", "--quote", "近千条")
    with open_store("sqlite:///structurer.db") as opened:
        assert opened.get("yunxi.txt")[key].evidence[0].quote == "近千条"


def test_no_store_is_made_by_looking(tmp_path: Path) -> None:
    for arguments in (("queue",), ("review", "next"), ("agree",), ("undo",)):
        assert "no store here" in run(*arguments, "--store", f"sqlite:///{tmp_path}/none.db", code=1).stderr
    assert not (tmp_path / "none.db").exists()


def _judge(item: Any, truth: Gold) -> tuple[str, ...]:
    """What somebody who knows the truth decides about an item."""
    key, value = item["indicator"], item["value"]
    table = key.partition(".")[0]
    if table == "metadata":
        return ("accept",)
    if table == "narrative":
        said = [one for one in truth.statements or () if key in (one.indicator, *one.alternatives)]
        return ("accept",) if any(_says(one, item) for one in said) else ("reject",)
    if key in truth.open:
        return ("unknown",)
    true = truth.observations[key].value
    return (
        ("accept",) if true == value and item["status"] != "ambiguous" else ("correct", "--value", str(true))
    )


def _says(true: Statement, item: Any) -> bool:
    same = true.qualifier in (None, item["qualifier"]) and true.period in (None, item["period"])
    return true.value == item["value"] and same


def test_five_reports_reviewed_to_the_end(tmp_path: Path) -> None:
    if not REPORTS.is_dir():
        pytest.skip(f"no reports at {REPORTS} (STRUCTURER_REPORTS names their folder)")
    url = f"sqlite:///{tmp_path}/five.db"
    gold = {truth.path: truth for truth in read_gold(GOLDEN)}
    run("import", *(str(REPORTS / path) for path in gold), "--store", url)
    run("review", "plan", "--audit", "0.03", "--store", url)
    decided = 0
    while (task := _next(url)) is not None:
        truth = gold[Path(task["items"][0]["document"]["path"]).name]
        for item in task["items"]:
            run("decide", item["id"], *_judge(item, truth), "--store", url)
            decided += 1
    assert decided > 10
    assert data("queue", "--store", url)["left"] == 0
    run("export", "--format", "jsonl", "--status", "all", "--out", "five.jsonl", "--store", url)
    run("export", "--gold", "--out", "gold.jsonl", "--store", url)
    before = after = learned = None
    lines = Path("five.jsonl").read_text(encoding="utf-8").splitlines()
    partial = {Path(truth.path).name: truth for truth in read_gold("gold.jsonl")}
    for line in lines:
        found = Extraction.model_validate_json(line)
        name = Path(found.document.path).name
        with open_store(url) as opened:
            machine = opened.get(found.document.id, reviewed=False)
        before = score(machine, gold[name]) + before if before else score(machine, gold[name])
        after = score(found, gold[name]) + after if after else score(found, gold[name])
        if name in partial:
            learned = score(found, partial[name]) + learned if learned else score(found, partial[name])
    assert before is not None
    assert after is not None
    assert learned is not None
    print(f"{decided} items decided; before {before.tally()}; after {after.tally()}")
    assert after.tally().false == 0
    assert after.tally().right > before.tally().right
    assert after.tally().queued == 0
    assert learned.tally().false == 0


def _next(url: str) -> Any:
    result = CliRunner().invoke(cli, ["review", "next", "--json", "--as", "li", "--store", url])
    assert result.exit_code in (0, 3), result.output
    return json.loads(result.stdout)


def test_kill_9_between_any_two_decisions_loses_none(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/many.db"
    with open_store(url) as opened:
        for number in range(8):
            extraction, content = report(f"{number}.txt", agency=f"{number}局")
            opened.add(extraction, fingerprint="one", content=content)
        calm(opened)
    chance = random.Random(1)
    said = 0
    for _ in range(4):
        process = subprocess.Popen(
            [sys.executable, "-m", "structurer", "review", "--as", "li", "--store", url],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"7\n" * 60)
        process.stdin.flush()
        until = said + chance.randint(1, 9)
        for line in process.stdout:
            said += b"rejected: not stated here (" in line
            if said >= until:
                break
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().count(b"rejected: not stated here (")
        said += rest
        process.wait()
        process.stdin.close()
        with open_store(url) as opened:
            desk = Desk(opened)
            kept = [event for event in desk.decisions() if event.kind == "reject"]
            assert said <= len(kept) <= said + 1
            assert len({event.item for event in kept}) == len(kept) == desk.left().decided
            said = len(kept)
        if said == 48:
            break
    run("review", "--store", url, "--as", "li", stdin="7\n" * 60)
    assert data("queue", "--store", url) == {"left": 0, "decided": 48, "reasons": {}, "same": 0, "items": []}
