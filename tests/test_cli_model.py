"""The commands with a model: what a user sees, and what goes where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from structurer.cli import cli
from tests.serving import KEY, Said, Serving, loopback

pytestmark = loopback

PROSE = str(Path(__file__).parents[1] / "examples" / "prose-2016.txt")
EXAMPLES = str(Path(__file__).parents[1] / "examples")


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STRUCTURER_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    for name in ("OPENAI_BASE_URL", "STRUCTURER_MODEL", "STRUCTURER_ASK", "STRUCTURER_STORE"):
        monkeypatch.delenv(name, raising=False)


def run(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(cli, arguments, prog_name="structurer")
    assert result.exit_code == code, result.output
    assert KEY not in result.output
    return result


def asking(serving: Serving) -> tuple[str, ...]:
    return "--model", "test-model", "--base-url", serving.url


def test_extract_asks_and_tells_what_it_cost() -> None:
    Path("structurer.toml").write_text('[prices."test-model"]\ninput = 1\noutput = 2\n')
    with Serving() as serving:
        result = run("extract", PROSE, "--ask", "all", "--format", "json", *asking(serving))
        again = run("extract", PROSE, "--ask", "all", "--format", "json", *asking(serving))
    found = json.loads(result.stdout)
    assert found["usage"]["calls"] == len(serving.asked) > 0
    assert found["usage"]["cost"] > 0
    assert "test-model" in result.stderr
    assert "cost 0.0" in result.stderr
    assert "known already" in again.stderr
    assert json.loads(again.stdout)["observations"] == found["observations"]


def test_a_dry_run_sends_nothing_and_needs_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    for command in (("extract", PROSE), ("import", PROSE)):
        told = run(*command, "--model", "gpt-4o-mini", "--dry-run")
        assert "prompt tokens" in told.output
        assert "no key; set OPENAI_API_KEY" in run(*command, "--model", "gpt-4o-mini", code=1).output


def test_without_a_model_nothing_has_changed() -> None:
    result = run("extract", PROSE, "--format", "jsonl", "--model", "none")
    assert json.loads(result.stdout)["usage"]["calls"] == 0
    assert not Path("cache").exists()


def test_ask_none_asks_nothing() -> None:
    with Serving() as serving:
        run("extract", PROSE, "--ask", "none", *asking(serving))
        assert serving.asked == []


def test_a_dry_run_sends_nothing() -> None:
    with Serving() as serving:
        shown = run("extract", PROSE, "--ask", "all", "--dry-run", *asking(serving)).stdout
        told = json.loads(
            run("extract", PROSE, "--ask", "all", "--dry-run", "--json", *asking(serving)).stdout
        )
        assert serving.asked == []
        run("extract", PROSE, "--ask", "all", *asking(serving))
        assert told["calls"] == len(serving.asked)
    assert "prompt tokens" in shown
    assert "cost unknown" in shown


def test_a_dry_run_needs_a_model() -> None:
    assert "--model" in run("extract", PROSE, "--dry-run", code=2).stderr


def test_the_environment_names_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    with Serving() as serving:
        monkeypatch.setenv("STRUCTURER_MODEL", "other-model")
        monkeypatch.setenv("OPENAI_BASE_URL", serving.url)
        monkeypatch.setenv("STRUCTURER_ASK", "all")
        run("extract", PROSE)
        assert serving.asked[0].body["model"] == "other-model"
        told = run("doctor").stdout
    assert "other-model at 127.0.0.1" in told
    assert "with a key" in told


def test_commands_that_only_look_ask_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    with Serving() as serving:
        monkeypatch.setenv("STRUCTURER_MODEL", "test-model")
        monkeypatch.setenv("OPENAI_BASE_URL", serving.url)
        run("show", PROSE)
        run("check", PROSE)
        run("explain", PROSE, "narrative.disclosed_items.count")
        assert serving.asked == []


def test_an_endpoint_that_is_gone_is_said_and_the_rest_is_there() -> None:
    with Serving(answer=lambda _: Said(status=401, error={"message": "no such key"})) as serving:
        result = run("extract", PROSE, "--ask", "all", "--format", "json", *asking(serving))
    assert "no such key" in result.stderr
    assert json.loads(result.stdout)["observations"]


def test_a_provider_without_a_key_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEEPSEEK_API_KEY", raising=False)
    assert "set DEEPSEEK_API_KEY" in run("extract", PROSE, "--model", "deepseek:deepseek-chat", code=1).stderr


def test_a_budget_of_money_needs_a_price() -> None:
    with Serving() as serving:
        result = run("extract", PROSE, "--max-cost", "1", *asking(serving), code=2)
    assert '[prices."test-model"]' in result.stderr


def test_import_asks_and_summarises(tmp_path: Path) -> None:
    store = ("--store", f"sqlite:///{tmp_path}/a.db")
    with Serving() as serving:
        dry = run("import", EXAMPLES, *store, "--ask", "all", "--dry-run", *asking(serving))
        assert serving.asked == []
        told = json.loads(run("import", EXAMPLES, *store, "--ask", "all", "--json", *asking(serving)).stdout)
        calls = len(serving.asked)
        run("import", EXAMPLES, *store, "--ask", "all", *asking(serving))
        assert len(serving.asked) == calls
    assert "prompt tokens" in dry.stdout
    assert (told["imported"], told["usage"]["calls"]) == (3, calls)


def test_a_budget_stops_cleanly(tmp_path: Path) -> None:
    store = ("--store", f"sqlite:///{tmp_path}/a.db")
    with Serving() as serving:
        result = run("import", EXAMPLES, *store, "--ask", "all", "--max-tokens", "4000", *asking(serving))
    assert "max_tokens of 4,000 would be passed" in result.stderr
    assert " 3  imported" in result.stdout
