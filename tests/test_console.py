"""The page a person reads, against transcripts (UPDATE_TRANSCRIPTS=1 renews them)."""

import io
import os
from pathlib import Path

import pytest

from structurer.bulk import Summary
from structurer.confront import Check, Outcome
from structurer.console import (
    checks_text,
    form_text,
    forms_text,
    import_text,
    terminal_width,
    view,
    wants_color,
)
from structurer.console.grid import Line, grid
from structurer.console.report import STATES
from structurer.console.signs import LEGEND, SIGNS, cell, shown
from structurer.forms import Edit, load_forms
from structurer.observation import DocumentInfo, Extraction, TableInfo
from structurer.terminal import width
from tests.samples import observe, sample

TRANSCRIPTS = Path(__file__).parent / "transcripts"


def _like_transcript(name: str, text: str) -> None:
    path = TRANSCRIPTS / f"{name}.txt"
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
    assert text + "\n" == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("room", [60, 100, 160])
def test_a_report(room: int) -> None:
    _like_transcript(f"report-{room}", view(sample(), load_forms(), width=room))


def test_a_report_in_full() -> None:
    _like_transcript("report-full", view(sample(), load_forms(), width=100, full=True))


@pytest.mark.parametrize("room", range(60, 161, 7))
@pytest.mark.parametrize("full", [False, True])
def test_every_line_fits(room: int, full: bool) -> None:
    assert max(map(width, view(sample(), load_forms(), width=room, full=full).splitlines())) <= room


def test_colour_adds_nothing_but_colour() -> None:
    colored = view(sample(), load_forms(), width=100, color=True)
    for code in ("\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[0m"):
        colored = colored.replace(code, "")
    assert colored == view(sample(), load_forms(), width=100)


def test_what_a_document_says_cannot_steer_the_terminal() -> None:
    text = view(sample(agency="\x1b]0;x\x07\u202e局"), load_forms(), width=100)
    assert not set(text) & {"\x1b", "\x07", "\u202e"}
    assert "\\x1b]0;x\\x07\\u202e局" in text


def test_a_report_with_nothing_in_it() -> None:
    text = view(Extraction(document=DocumentInfo(path="x.txt", id="0" * 64)), load_forms(), width=60)
    assert "(no title)" in text
    assert "Nothing needs a look." in text
    assert "0 values, 0 accepted" in text


def test_every_state_of_a_table_is_told() -> None:
    for state, said in STATES.items():
        tables = {"applications": TableInfo(form=None, state=state)}
        document = sample().document.model_copy(update={"tables": tables})
        text = view(sample().model_copy(update={"document": document}), load_forms(), width=160)
        assert (
            f"{state}: {said}".removesuffix(": ") if state != "absent" else "not in this report: 三"
        ) in text


def test_many_open_values_are_counted_not_listed() -> None:
    found = [
        observe(f"applications.r{n}.total", f"三/{n}", value=None, status="ambiguous") for n in range(30)
    ]
    made = sample().model_copy(update={"observations": tuple(found)})
    text = view(made, load_forms(), width=100)
    assert "... and 22 values more of applications" in text
    assert "三/29" in view(made, load_forms(), width=100, full=True)


def test_open_values_of_one_row_are_told_together() -> None:
    columns = {"total": "总计", "other": "其他"}
    found = [
        observe(f"a.r.{key}", f"三/甲/{label}", value=None, status="ambiguous")
        for key, label in columns.items()
    ]
    text = view(sample().model_copy(update={"observations": tuple(found)}), load_forms(), width=100)
    assert (
        "  ?  三/甲\n     2 values ambiguous: the text does not settle it\n     a.r (total, other)\n" in text
    )


def test_every_status_has_a_sign_and_every_sign_a_meaning() -> None:
    assert set(SIGNS.values()) <= set(LEGEND)
    assert all(width(sign) == len(sign) <= 1 for sign in LEGEND)


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"value": 0}, ("0", "")),
        ({"value": None, "printed": "blank"}, ("∙", "")),
        ({"value": None, "printed": "not_applicable"}, ("/", "")),
        ({"value": None, "status": "ambiguous", "printed": "blank"}, ("", "?")),
        ({"value": 5, "status": "disputed"}, ("5", "!")),
        ({"value": None, "status": "unsupported"}, ("", "✗")),
        ({"value": 1, "status": "inferred"}, ("1", "∘")),
    ],
)
def test_cells_keep_apart_what_must_not_be_mixed_up(
    changed: dict[str, object], text: tuple[str, str]
) -> None:
    assert cell(observe("a.b.c", "x", **changed)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (32.2, "32.2"),
        (1e-7, "0.0000001"),
        (123456789012, "123456789012"),
        (None, ""),
        ("增\x07", "增\\x07"),
    ],
)
def test_values_are_shown_in_digits(value: int | float | str | None, text: str) -> None:
    assert shown(value) == text


def test_a_grid_breaks_heads_at_words() -> None:
    heads = ["社会公益组织", "总计"]
    lines = [Line("一、本年新收政府信息公开申请数量", (("12", "✓"), ("3", "?")))]
    assert grid(heads, lines, 40) == [
        "  社会公益",
        "      组织      总计",
        "        12✓        3?  一、本年新收政府",
        "                       信息公开申请数量",
    ]


def test_an_import() -> None:
    summary = Summary(
        imported=3,
        unchanged=1200,
        failed=1,
        accepted=400,
        statuses={"ambiguous": 2, "verified": 400},
        tables={"applications": {"read": 2, "absent": 1}},
        findings={"error": 1, "info": 9},
        failures={"empty": 1},
        seconds=1.26,
    )
    _like_transcript("import", import_text(summary, skipped=2))


def _check(outcome: Outcome, where: str = "自然人", left: int | None = 17, right: int = 18) -> Check:
    rule = next(
        rule for rule in load_forms().tables["applications"]["2019"].rules if rule.id.endswith("flow")
    )
    return Check(Edit(rule=rule, left=("a.b.c",), right=(), where="x", label=where), outcome, left, right)


def test_checks() -> None:
    checks = [
        _check("fail"),
        _check("pass", right=17),
        _check("unknown", left=None),
        _check("unknown", where="总计"),
    ]
    _like_transcript("checks", checks_text(checks, width=60))
    _like_transcript("checks-full", checks_text(checks, width=100, full=True))
    assert checks_text([], width=60) == "0 checks: 0 passed, 0 failed, 0 not evaluated"


def test_forms() -> None:
    forms = load_forms()
    text = forms_text(forms, width=100)
    assert all(form.form in text for form in forms.forms)
    for form in forms.forms:
        told = form_text(form, width=100)
        assert all(key in told for table in form.tables for key in table.by_indicator)
        assert all(rule.id in told for table in form.tables for rule in table.rules)


@pytest.mark.parametrize(("columns", "room"), [("20", 60), ("100", 100), ("500", 160)])
def test_the_width_is_kept_readable(monkeypatch: pytest.MonkeyPatch, columns: str, room: int) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert terminal_width() == room


def test_no_colour_where_none_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert wants_color(Terminal())
    assert not wants_color(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not wants_color(Terminal())
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not wants_color(Terminal())
