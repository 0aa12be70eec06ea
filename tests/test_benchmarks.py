"""The measuring scripts of the model stage run, and say what they found."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import ask, calls, dry, noise, sidebyside, tokens
from benchmarks.unusual import sources
from structurer.evaluate import marks

pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1"])


@pytest.fixture(autouse=True)
def without_real_reports(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("STRUCTURER_REPORTS", str(tmp_path) + "/none")


def test_calls_are_timed_against_the_bare_client(capsys: pytest.CaptureFixture[str]) -> None:
    calls.main(["--calls", "40", "--at-once", "8", "--latency", "0.02", "--rounds", "1"])
    told = capsys.readouterr().out
    assert "no less than 0.10 s" in told
    assert "ours / bare" in told


def test_the_plain_instructor_call_is_one_call_a_report() -> None:
    chosen = sidebyside.reports(4)
    took = sidebyside.plainly(chosen, 0.0)
    assert took.calls == len(chosen)
    assert took.right > 0
    assert took.wrong == 0


def test_noise_lets_nothing_through_and_shows_what_would_come(
    capsys: pytest.CaptureFixture[str], tmp_path: object
) -> None:
    assert noise.main(["--reports", "3", "--rates", "0,50", "--no-plot"]) == 0
    told = capsys.readouterr().out
    (half,) = (line for line in told.split("\n") if line.startswith("50%"))
    word, _, _, checked, *_ = (float(part.strip("%")) for part in half.split()[1:])
    assert word < 80
    assert checked == 100
    assert "not without a model: 0" in told


def test_noise_draws_the_same_picture_for_the_same_figures(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    pytest.importorskip("matplotlib", reason="the extra `bench` is not installed")
    pictures = [tmp_path / "a.svg", tmp_path / "b.svg"]
    for out in pictures:
        assert noise.main(["--reports", "1", "--rates", "0,50", "--out", str(out)]) == 0
    one, again = (out.read_text(encoding="utf-8") for out in pictures)
    assert one == again
    assert one.count("<path") > 10


def test_noise_says_what_a_picture_needs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(noise, "find_spec", lambda name: None)
    assert noise.main(["--reports", "1", "--rates", "0"]) == 2
    assert "pip install 'structurer[bench]'" in capsys.readouterr().err


def test_tokens_are_counted_off_the_wire(capsys: pytest.CaptureFixture[str]) -> None:
    assert tokens.main(["--no-peer", "--generated", "6"]) == 0
    assert "6 all" in capsys.readouterr().out


def test_what_a_dry_run_says_is_what_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    dry.main(["--generated", "12"])
    lines = [line.split() for line in capsys.readouterr().out.split("\n")[1:] if line]
    assert [line[:2] for line in lines] == [
        [name, ask] for name in ("generated", "prose") for ask in ("open", "all")
    ]
    for _, asked, told, made, *_, ratio in lines:
        assert told == made
        # of so few reports; benchmarks.dry itself holds more of them to a tenth
        assert abs(float(ratio) - 1) <= (0.1 if asked == "all" else 0.25)


def test_ways_of_asking_are_compared(capsys: pytest.CaptureFixture[str]) -> None:
    assert ask.main(["--reports", "2", "--imports", "0"]) == 0
    told = capsys.readouterr().out
    assert [line.split()[1] for line in told.split("\n") if line.startswith("prose")] == [
        "none",
        "open",
        "all",
    ]
    assert "because a model was asked: 0" in told


def test_unusual_reports_are_left_to_a_model() -> None:
    """Patterns settle few of their statements, and none wrong: else they would measure nothing."""
    outcomes = [
        mark.outcome
        for source in sources(30)
        for mark in marks(source.without_model(), source.gold)
        if mark.indicator.startswith("narrative.")
    ]
    assert outcomes.count("missing") > 0.8 * len(outcomes)
    assert "wrong" not in outcomes
    assert [one.data for one in sources(3)] == [one.data for one in sources(3)]
