"""Grounding: a quote is found exactly or not at all, and its number is read again from the page."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from structurer.document import Document
from structurer.ground import Passage, normal


def passage(text: str) -> Passage:
    document = Document(path="x", id="0" * 64, source=text, text=text, encoding="utf-8")
    return Passage(document, [(0, len(text))])


TEXT = (
    "2020年我局主动公开信息15条，网站公开5条。依申请公开近百条,受理 1,234 件；\n17 0 0\n"
    "本年收到 3 件。没有投诉。收到3件。经费3.5万元，《关于公开9条的通知》印发。阅读7.5万余次。"
)


@pytest.mark.parametrize(
    ("quote", "number", "state"),
    [
        ("网站公开5条", 5, "found"),
        ("网站公开５条", 5, "found"),
        ("5条", 5, "found"),  # not the one inside 15条
        ("公开信息15条", 15, "found"),
        ("公开信息15条", 5, "missing"),
        ("公开信息51条", 51, "missing"),
        ("信息15条,网站公开5条", 5, "found"),
        ("百条", 100, "found"),
        ("近百条", 94, "missing"),
        ("受理1,234件", 1234, "found"),
        ("受理1234件", 1234, "missing"),
        ("234件", 234, "missing"),
        ("1700", 1700, "missing"),  # three cells are no number
        ("收到3件", 3, "ambiguous"),
        ("本年收到3件", 3, "found"),
        ("经费3.5万元", 3.5, "found"),
        ("经费3.5万元", 35000, "found"),
        ("关于公开9条的通知", 9, "missing"),  # a title states nothing
        ("阅读7.5万余次", 75000, "found"),
        ("", 0, "missing"),
        ("公开" * 300, 1, "missing"),
        ("公开信息15件", 15, "missing"),
        ("2020年", 2020, "missing"),
    ],
)
def test_quotes(quote: str, number: float, state: str) -> None:
    assert passage(TEXT).reread(quote, number).state == state


def test_words_beside_the_quote_count() -> None:
    found = passage(TEXT).reread("百条", 100)
    assert found.quantities[0].qualifier == "under"
    assert passage(TEXT).reread("阅读7.5万", 75000).quantities[0].qualifier == "over"


def test_a_quote_over_a_line_break_is_found() -> None:
    text = "全年共受理政府信息公开申请件数合计为四十五件其中的\n自然人申请12件。"
    assert passage(text).reread("其中的自然人申请12件", 12).state == "found"


def test_only_what_was_sent_is_searched() -> None:
    text = "公开5条。其余不送公开5条。"
    document = Document(path="x", id="0" * 64, source=text, text=text, encoding="utf-8")
    assert Passage(document, [(0, 5)], [(0, len(text))]).reread("公开5条", 5).state == "found"
    assert Passage(document, [(0, len(text))]).reread("公开5条", 5).state == "ambiguous"


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet="公开信息0123456789条,. \n|", min_size=1, max_size=60), st.data())
def test_any_piece_of_a_text_is_found_and_stands_there(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    quote = text[start : data.draw(st.integers(start + 1, len(text)))]
    within = passage(text)
    for place in within.find(quote):
        left, right = within.span(place.start, place.end)
        assert normal(text[left:right]) == normal(quote)


def test_the_work_is_bounded() -> None:
    """A near miss of 300 characters in a long text, against one plain pass over the same text."""
    text = ("公开信息" * 80 + "15条。") * 300
    near = "公开信息" * 75 + "16条"
    within = passage(text)
    within.find("x")
    began = time.perf_counter()
    assert within.find(near) == []
    took = time.perf_counter() - began
    began = time.perf_counter()
    normal(text)
    assert took < 5 * (time.perf_counter() - began) + 0.01
