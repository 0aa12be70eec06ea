"""What a document can say must not be able to steer the terminal that shows it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from structurer.terminal import cut, left, plain, right, width, wrap

TEXT = st.text(
    alphabet=st.characters(codec="utf-8") | st.sampled_from("公开，。件0123 \x1b\u202e\u200b\u3000")
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("公开信息17条", "公开信息17条"),
        ("一\t二\r\n三\u00a0四", "一 二  三 四"),
        ("\x1b[31m红\x1b[0m", "\\x1b[31m红\\x1b[0m"),
        ("a\u202eb\u2066c", "a\\u202eb\\u2066c"),
        ("公\u200b开\ufeff", "公开"),
        ("\x00\x07\x9b", "\\x00\\x07\\x9b"),
        ("两\u3000格", "两\u3000格"),
        ("\x1e\x1f", "\\x1e\\x1f"),
    ],
)
def test_plain(text: str, shown: str) -> None:
    assert plain(text) == shown


@given(TEXT)
def test_nothing_a_terminal_obeys_is_left(text: str) -> None:
    shown = plain(text)
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert plain(shown) == shown


@pytest.mark.parametrize(
    ("text", "cells"), [("abc", 3), ("公开", 4), ("（一）", 6), ("é", 1), ("e\u0301", 1), ("✓∘∙✗", 4)]
)
def test_width(text: str, cells: int) -> None:
    assert width(text) == cells


@given(TEXT.map(plain), st.integers(min_value=2, max_value=40))
def test_lines_fit_and_lose_nothing_but_spaces(text: str, room: int) -> None:
    lines = wrap(text, room)
    assert lines
    assert all(width(line) <= room for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(TEXT.map(plain), st.integers(min_value=2, max_value=40))
def test_a_cut_text_fits(text: str, room: int) -> None:
    assert width(cut(text, room)) <= room
    assert cut(text, max(width(text), 2)) == text


def test_wrapping_keeps_numbers_and_closing_marks() -> None:
    assert wrap("主动公开政府信息3294条，没有收到申请。", 19) == [
        "主动公开政府信息",
        "3294条，没有收到申",
        "请。",
    ]
    assert wrap("公开，信息", 4) == ["公", "开，", "信息"]
    assert wrap("", 10) == [""]


def test_padding_counts_cells() -> None:
    assert right("17", 4) == "  17"
    assert left("件", 4) == "件  "
    assert width(right("公开", 9)) == 9
