"""Folding never moves an offset."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from structurer.fold import fold, squeeze


@given(st.text())
def test_folding_keeps_the_length_and_is_done_once(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded


def test_what_folds() -> None:
    assert fold("（１）｜“三安全”—２，０") == '(1)|"三安全"-2,0'
    assert fold("規範性檔案、處理決定") == "规范性档案、处理决定"
    assert squeeze(fold("自\u200b 然\u3000\n人")) == "自然人"


def test_digits_of_other_scripts_stay_what_they_are() -> None:
    assert fold("٣५") == "٣५"
