"""The commands: data on stdout, talk on stderr, exit codes, and never a traceback."""

import csv
import io
import json
import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from structurer.cli import cli
from structurer.explain import Explanation
from structurer.forms import load_forms
from structurer.observation import Extraction
from structurer.terminal import width
from tests.samples import FakePipeline, sample

ROOT = Path(__file__).parent.parent
READMES = ("README.md", "README.zh-CN.md")
COMMANDS = sorted(cli.commands)


@pytest.fixture(autouse=True)
def pipeline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakePipeline:
    fake = FakePipeline()
    monkeypatch.setitem(sys.modules, "structurer.pipeline", fake)
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith(("STRUCTURER_", "OPENAI_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("STRUCTURER_WORKERS", "0")  # the fake stands in for the pipeline in this process only
    for name in ("a.txt", "b.txt", "c.pptx"):
        Path(name).write_text(name)
    Path("letter.txt").write_text("a letter")
    Path("bug.txt").write_text("a bug")
    return fake


def run(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(cli, arguments, prog_name="structurer")
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_has_help(name: str) -> None:
    command = cli.commands[name]
    assert command.help, f"{name} is missing its help"
    for option in command.params:
        if isinstance(option, click.Option) and option.name not in ("help", "layout"):
            assert option.help, f"{name} {option.opts} is missing its help"
    assert run(name, "--help").stdout.startswith(f"Usage: structurer {name}")


@pytest.mark.parametrize("readme", READMES)
def test_every_command_is_documented(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    missing = [name for name in COMMANDS if f"`structurer {name}" not in text]
    assert not missing


@pytest.mark.parametrize("readme", READMES)
def test_ci_runs_the_command_the_readme_gives(readme: str) -> None:
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    commands = [
        line for line in (ROOT / readme).read_text(encoding="utf-8").splitlines() if "-m tests" in line
    ]
    assert len(commands) == 1
    assert commands[0] in ci.splitlines()


def _seconds(*arguments: str) -> float:
    """Processor time of a process of its own, the least of five: other tests run beside this one."""
    took = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(took)


def test_help_is_quick() -> None:
    # On a machine that is busy with other things, the click library alone sets the pace.
    assert _seconds("-m", "structurer", "--help") < max(0.3, 3.5 * _seconds("-c", "import click"))


def test_extract_prints_a_page() -> None:
    result = run("extract", "a.txt")
    assert "云溪市教育局2020年政府信息公开工作年度报告" in result.stdout
    assert "3 values in 1 report stay open" in result.stderr
    assert "\x1b" not in result.stdout


def test_extract_jsonl_is_a_line_a_file_in_the_order_given() -> None:
    result = run("extract", "b.txt", "a.txt", "./a.txt", "--format", "jsonl")
    found = [Extraction.model_validate_json(line) for line in result.stdout.splitlines()]
    assert [one.document.path for one in found] == ["b.txt", "a.txt", "./a.txt"]
    assert found[0] == sample("b.txt", content=b"b.txt")


def test_a_file_that_fails_is_a_line_on_stderr_and_exit_code_1() -> None:
    result = run("extract", "a.txt", "letter.txt", "none.txt", "b.txt", "--format", "jsonl", code=1)
    assert [json.loads(line)["document"]["path"] for line in result.stdout.splitlines()] == ["a.txt", "b.txt"]
    assert "error: letter.txt: no title, section or table of an annual report\n" in result.stderr
    assert "error: none.txt: no such file; check its name and folder\n" in result.stderr


def test_a_mistake_of_ours_asks_to_be_reported() -> None:
    result = run("extract", "bug.txt", "a.txt", code=1)
    assert "error: bug.txt: KeyError: 'surprise' (a mistake in structurer" in result.stderr
    assert "云溪市教育局" in result.stdout


def test_extract_json_is_an_object_for_one_file_and_an_array_for_more() -> None:
    assert json.loads(run("extract", "a.txt", "--json").stdout)["document"]["path"] == "a.txt"
    both = json.loads(run("extract", "a.txt", "b.txt", "--format", "json").stdout)
    assert [one["document"]["path"] for one in both] == ["a.txt", "b.txt"]
    assert json.loads(run("extract", "letter.txt", "bug.txt", "--json", code=1).stdout) == []
    Path("folder").mkdir()
    Path("folder/x.txt").write_text("x")
    assert len(json.loads(run("extract", "folder", "--json").stdout)) == 1


def test_extract_of_a_folder_says_what_it_passed_over() -> None:
    result = run("extract", ".", "--format", "jsonl", code=1)
    assert "skipped: ./c.pptx: .pptx files are not read" in result.stderr
    assert len(result.stdout.splitlines()) == 2


def test_nothing_to_extract() -> None:
    Path("empty").mkdir()
    assert "error: no reports here" in run("extract", "empty", code=1).stderr
    assert "error: no reports here" in run("import", "empty", code=1).stderr
    assert not Path("structurer.db").exists()


def test_usage_errors_are_exit_code_2() -> None:
    run("extract", code=2)
    run("extract", "a.txt", "--format", "xml", code=2)
    run("nonsense", code=2)
    run("extract", "a.txt", "--model", "none")


def test_a_wrong_settings_file_is_exit_code_2() -> None:
    Path("structurer.toml").write_text("stroe = 1")
    assert (
        "error: structurer.toml: stroe: no such setting; did you mean store?"
        in run("extract", "a.txt", code=2).stderr
    )


def test_import_keeps_and_sums_up() -> None:
    result = run("import", "a.txt", "b.txt")
    assert re.search(r"2  imported", result.stdout)
    assert re.search(r"4  ambiguous", result.stdout)
    assert "6 values stay open" in result.stderr
    again = run("import", "a.txt", "b.txt")
    assert re.search(r"2  unchanged", again.stdout)
    assert re.search(r"2  imported", run("import", "a.txt", "b.txt", "--force").stdout)


def test_import_goes_on_after_a_failure() -> None:
    result = run("import", ".", "--json", code=1)
    told = json.loads(result.stdout)
    assert (told["imported"], told["failed"], told["skipped"]) == (2, 2, 1)
    assert told["failures"] == {"not-a-report": 1, "internal": 1}
    assert "error: ./letter.txt: no title" in result.stderr


def test_a_dry_run_makes_no_store() -> None:
    assert re.search(r"2  to import", run("import", "a.txt", "b.txt", "--dry-run").stdout)
    assert not Path("structurer.db").exists()
    run("import", "a.txt")
    again = json.loads(run("import", "a.txt", "b.txt", "--dry-run", "--json").stdout)
    assert (again["unchanged"], again["imported"]) == (1, 1)


def test_show_reads_a_file_or_the_store() -> None:
    run("import", "a.txt", "--store", "sqlite:///x.db")
    Path("a.txt").unlink()
    shown = run("show", "a.txt", "--store", "sqlite:///x.db", "--json")
    assert Extraction.model_validate_json(shown.stdout) == sample(
        "a.txt", content=b"a.txt", agency="云溪市a局"
    )
    assert "needs a look" in run("show", "b.txt").stdout.lower()
    assert "error: letter.txt: no title" in run("show", "letter.txt", code=1).stderr
    assert (
        "error: z.txt: not in sqlite:///x.db"
        in run("show", "z.txt", "--store", "sqlite:///x.db", code=1).stderr
    )


def test_without_a_store_it_says_how_to_make_one() -> None:
    for arguments in (("show", "z.txt"), ("export", "--format", "csv", "--out", "x.csv")):
        assert (
            "error: structurer.db: no store here; `structurer import PATH` makes one"
            in run(*arguments, code=1).stderr
        )
    assert not Path("structurer.db").exists()


def test_export() -> None:
    run("import", "a.txt", "b.txt")
    said = run("export", "--format", "jsonl", "--out", "x.jsonl").stderr
    assert said == "368 values of 2 documents written to x.jsonl\n"
    rows = list(
        csv.DictReader(io.StringIO(run("export", "--format", "csv", "--out", "-", "--status", "all").stdout))
    )
    assert {row["path"] for row in rows} == {"a.txt", "b.txt"}
    told = json.loads(run("export", "--format", "csv", "--out", "x.csv", "--json").stdout)
    assert told["documents"] == 2
    assert Path("x.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert (
        "error: no/x.csv: No such file"
        in run("export", "--format", "csv", "--out", "no/x.csv", code=1).stderr
    )
    run("export", "--format", "csv", "--out", "-", "--json", code=2)


def test_check() -> None:
    result = run("check", "a.txt")
    assert "[applications.row_total]" in result.stdout
    told = json.loads(run("check", "a.txt", "--json").stdout)
    assert {"rule", "severity", "where", "outcome", "left", "right", "message", "indicators"} <= set(told[0])
    assert {one["outcome"] for one in told} == {"pass", "fail"}


def test_forms() -> None:
    assert "2021" in run("forms").stdout
    assert "applications.received.total" in run("forms", "2021").stdout
    assert json.loads(run("forms", "2019", "--json").stdout)["form"] == "2019"
    assert len(json.loads(run("forms", "--json").stdout)) == len(load_forms().forms)
    assert "2022: no such form; did you mean 20" in run("forms", "2022", code=2).stderr


def test_explain(pipeline: FakePipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    told = Explanation("a.b.c", "label", None, ("17 stands here\x1b",))
    monkeypatch.setattr("structurer.explain.explain", lambda *_, **__: told)
    assert run("explain", "a.txt", "applications.received.total").stdout == "17 stands here\\x1b\n"
    assert json.loads(run("explain", "a.txt", "applications.received.total", "--json").stdout)["lines"]
    wrong = run("explain", "a.txt", "applications.recieved.total", code=2).stderr
    assert "did you mean applications.received.total" in wrong
    assert (
        "error: none.txt: no such file"
        in run("explain", "none.txt", "applications.received.total", code=1).stderr
    )


def test_explain_keeps_within_the_terminal(pipeline: FakePipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    long = "Rule a.b holds (1 = 1): 4.保护第三方合法权益: the six kinds of applicant add up to 1, the total says 1"
    told = Explanation("a.b.c", "label", None, (long, "Assumed: nothing."))
    monkeypatch.setattr("structurer.explain.explain", lambda *_, **__: told)
    monkeypatch.setenv("COLUMNS", "60")
    lines = run("explain", "a.txt", "applications.received.total").stdout.splitlines()
    assert all(width(line) <= 60 for line in lines)
    assert [line.startswith("  ") for line in lines] == [False, True, False]
    assert "".join(lines).replace(" ", "") == f"{long}Assumed: nothing.".replace(" ", "")


def test_doctor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "a-secret-key")
    monkeypatch.setenv("STRUCTURER_STOER", "x")
    result = run("doctor")
    assert "everything is in place" in result.stdout
    assert "STRUCTURER_STOER: no such setting; did you mean STRUCTURER_STORE?" in result.stdout
    assert "secret" not in result.stdout
    run("import", "a.txt")
    told = json.loads(run("doctor", "--json").stdout)
    assert told["store"].startswith("sqlite:///structurer.db: 1 documents")
    broken = run("doctor", "--store", "sqlite:////no/such/x.db", code=1)
    assert "problem: " in broken.stdout


def test_evaluate() -> None:
    values = {
        found.indicator: {"value": found.value}
        for found in sample().select(accepted=True)
        if found.indicator.startswith("applications.")
    }
    right = {"path": "a.txt", "observations": values, "open": ["applications.handled_total.total"]}
    Path("gold.jsonl").write_text(json.dumps(right) + "\n")
    assert "documents: 1" in run("evaluate", "gold.jsonl").stdout
    told = json.loads(run("evaluate", "gold.jsonl", ".", "--json").stdout)
    assert (told["all"]["right"], told["all"]["wrong"], told["missing"]) == (160, 0, 0)
    Path("out.jsonl").write_text(run("extract", "./a.txt", "--format", "jsonl").stdout, encoding="utf-8")
    assert json.loads(run("evaluate", "gold.jsonl", "out.jsonl", "--json").stdout)["all"]["right"] == 160


def test_evaluate_fails_on_what_is_wrong_or_missing() -> None:
    wrong = {"path": "a.txt", "observations": {"applications.received.total": {"value": 18}}}
    Path("gold.jsonl").write_text(json.dumps(wrong) + "\n" + json.dumps({"path": "none.txt"}))
    result = run("evaluate", "gold.jsonl", code=1)
    assert "error: none.txt: nothing to score" in result.stderr
    Path("out.jsonl").write_text("{}")
    assert "error: out.jsonl:1: no extraction" in run("evaluate", "gold.jsonl", "out.jsonl", code=1).stderr
    assert "error: no.jsonl: cannot be read" in run("evaluate", "no.jsonl", code=1).stderr


def test_names_of_files_cannot_steer_the_terminal() -> None:
    assert "\x1b" not in run("extract", "\x1b[31mred.txt", code=1).stderr


def test_a_reader_that_hangs_up_is_no_error() -> None:
    command = f"{sys.executable} -m structurer forms 2021 --json | head -c 1"
    result = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, check=True, text=True)
    assert result.stdout == "{"
    assert result.stderr == ""


def test_output_is_utf8_whatever_the_locale() -> None:
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "structurer", "forms"]
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    assert "政府信息公开" in result.stdout.decode("utf-8")


def test_version() -> None:
    assert run("--version").stdout.startswith("structurer, version ")
