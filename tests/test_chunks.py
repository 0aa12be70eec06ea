"""Chunks: joined again they are the text, they keep to the budget, and no number is cut in two."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from structurer.chunks import SHORTEST, Chunk, Piece, chunks, halves, states_something
from structurer.document import Document
from structurer.tokens import bound

TEXTS = st.text(
    alphabet="一二三公开信息申请，。；\n 0123456789.,|\x1f\x1eａ" + "件条", min_size=1, max_size=1500
)


def document(text: str) -> Document:
    return Document(path="x", id="0" * 64, source=text, text=text, encoding="utf-8")


def joined(made: list[Chunk], text: str) -> str:
    return "".join(text[piece.start : piece.end] for chunk in made for piece in chunk.pieces)


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.integers(20, 400), st.lists(st.integers(0, 1500), max_size=5))
def test_joined_again_they_are_the_text(text: str, budget: int, cuts: list[int]) -> None:
    edges = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    pieces = [Piece(start, end) for start, end in itertools.pairwise(edges)]
    made = chunks(document(text), pieces, bound, budget)
    assert joined(made, text) == text
    for chunk in made:
        (first, *more) = chunk.pieces
        assert chunk.tokens <= budget + len(chunk.pieces) or (
            not more and first.end - first.start <= SHORTEST
        )


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_halves_are_the_whole(text: str) -> None:
    made = chunks(document(text), [Piece(0, len(text))], bound, 10_000)
    parts = halves(document(text), made[0], bound)
    if parts:
        assert joined(list(parts), text) == text
    else:
        assert len(text) < SHORTEST


def test_no_number_is_cut() -> None:
    text = "信息" * 40 + "1234567890" * 3 + "条" * 40
    (first, second) = halves(document(text), chunks(document(text), [Piece(0, len(text))], bound)[0], bound)
    assert not (first.text[-1].isdigit() and second.text[0].isdigit())


def test_it_is_cut_at_a_sentence() -> None:
    text = "甲" * 50 + "。" + "乙" * 45
    first, second = halves(document(text), chunks(document(text), [Piece(0, len(text))], bound)[0], bound)
    assert first.text.endswith("。")
    assert second.text.startswith("乙")


def test_small_pieces_share_a_chunk_and_their_heading() -> None:
    text = "一、总体情况\n公开3条。\n\n\n收到5件。"
    pieces = [Piece(7, 12, "一、总体情况"), Piece(15, 20, "一、总体情况")]
    (chunk,) = chunks(document(text), pieces, bound)
    assert chunk.text == "【一、总体情况】\n公开3条。\n收到5件。"


def test_what_is_sent_holds_no_control_characters() -> None:
    (chunk,) = chunks(document("收\x00到\x1f3\x1e件\x1b[31m"), [Piece(0, 12)], bound)
    assert chunk.text == "收 到|3\n件 [31m"


def test_a_text_without_a_number_or_a_none_states_nothing() -> None:
    assert not states_something("进一步加强领导，完善制度。")
    assert states_something("未收到申请。")
    assert states_something("公开３条".replace("３", "3"))
    assert states_something("收到申请两件")
    assert not states_something("一是加强领导")
