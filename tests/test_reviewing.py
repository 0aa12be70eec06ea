"""The line mode against transcripts (UPDATE_TRANSCRIPTS=1 renews them)."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from structurer.console.ink import Ink
from structurer.console.keys import KEYS, Unclear, Wish, understand
from structurer.console.reviewing import Session, Tally
from structurer.desk.desk import Desk
from structurer.store.reviews import Filters
from structurer.terminal import width
from tests.desk_samples import THIRD, TOTAL, WECHAT, desk, handle, report

TRANSCRIPTS = Path(__file__).parent / "transcripts"


@pytest.fixture(autouse=True)
def ticking(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """A clock that goes on by a second a look, so that transcripts are always the same."""
    now = [datetime(2026, 3, 1, 9, 0, tzinfo=timezone.utc)]

    def tick() -> datetime:
        now[0] += timedelta(seconds=1)
        return now[0]

    def skip(by: timedelta) -> None:
        now[0] += by

    for module in ("log", "claims"):
        monkeypatch.setattr(f"structurer.store.{module}.now", tick)
    monkeypatch.setattr("structurer.console.reviewing._minutes", lambda task: 30)
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.delenv("EDITOR", raising=False)
    time.tzset()
    return skip


class Talk:
    """What was typed, and everything that was printed, as one text."""

    def __init__(self, *typed: str) -> None:
        self.lines: list[str] = []
        self._typed = iter(typed)

    def ask(self, prompt: str) -> str | None:
        answer = next(self._typed, None)
        self.lines.append(prompt + ("" if answer is None else answer))
        return answer

    @property
    def text(self) -> str:
        return "\n".join(self.lines) + "\n"


def talk(
    at: Desk, *typed: str, by: str = "li", room: int = 100, color: bool = False, **narrow: object
) -> tuple[Talk, Tally]:
    said = Talk(*typed)
    session = Session(
        at,
        by,
        ask=said.ask,
        put=said.lines.append,
        room=room,
        ink=Ink(color),
        filters=Filters(**narrow),  # type: ignore[arg-type]
        clock=iter(range(0, 10**6, 8)).__next__,
    )
    return said, session.run()


def like(name: str, said: Talk) -> None:
    path = TRANSCRIPTS / f"review-{name}.txt"
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        path.write_text(said.text, encoding="utf-8")
    assert said.text == path.read_text(encoding="utf-8")


def test_a_table(ticking: object) -> None:
    with desk() as at:
        said, tally = talk(at, "", "2", table="applications")
        like("table", said)
        assert tally.kinds == {"correct": 1, "accept": 1}
        found = at.store.get("yunxi.txt")
        assert (found[TOTAL].value, found[TOTAL].accepted) == (16, True)
        assert found[THIRD].methods == ("table", "reviewer")


def test_a_statement() -> None:
    with desk() as at:
        said, tally = talk(at, "1", "0 微博在内", table="narrative")
        like("statement", said)
        assert tally.kinds == {"accept": 1, "unknown": 1}
        assert "\x1b" not in said.text


def test_an_undo_chain_across_two_sessions() -> None:
    with desk() as at:
        first, _ = talk(at, "1", "2", "u", "撤销", "u", "q", table="disclosure")
        talk(at, "1", "1", table="disclosure")
        second, _ = talk(at, "u", "u", "r", "r", "r", "q")
        first.lines += ["", "=== a new session ===", *second.lines]
        like("undo", first)


def test_a_stale_decision() -> None:
    with desk() as at:
        at.decide(handle(TOTAL), "accept", "wang", reason="as printed")
        changed = report()[0]
        moved = [
            o.model_copy(update={"value": 18, "candidates": (16,)}) if o.indicator == TOTAL else o
            for o in changed.observations
        ]
        again = changed.model_copy(update={"observations": tuple(moved)})
        at.store.add(again, fingerprint="two")
        said, _ = talk(Desk(at.store), "8", "q", table="applications")
        like("stale", said)
        assert at.store.get("yunxi.txt")[TOTAL].accepted is False


def test_a_claim_conflict(ticking: Callable[[timedelta], None]) -> None:
    with desk() as at:
        said = Talk()
        answers = iter(["1", "q"])

        def ask(prompt: str) -> str | None:
            answer = next(answers)
            if answer == "1":  # li goes to lunch; the lease runs out and wang takes the unit
                ticking(timedelta(minutes=31))
                assert at.next("wang", Filters(table="disclosure")) is not None
            said.lines.append(prompt + answer)
            return answer

        Session(
            at, "li", ask=ask, put=said.lines.append, room=100, ink=Ink(), filters=Filters(),
            clock=iter(range(0, 10**6, 8)).__next__,
        ).run()  # fmt: skip
        like("conflict", said)
        assert at.left().decided == 0


def test_full_width_keys() -> None:
    with desk() as at:
        said, tally = talk(at, "１", "改　２", "？", "１０", "＝３", "ｑ", table="disclosure")
        like("full-width", said)
        assert tally.decided == 2


@pytest.mark.parametrize("room", [60, 100, 160])
def test_widths(room: int) -> None:
    with desk() as at:
        said, _ = talk(at, "?", "13", "12", "", "9 问一下", "7", "=16", "", "1", "2", room=room)
        like(f"width-{room}", said)
        assert max(map(width, said.lines)) <= room


def test_colour_says_nothing_that_words_do_not() -> None:
    with desk() as at:
        plain, _ = talk(at, "q", table="applications")
    with desk() as at:
        colored, _ = talk(at, "q", table="applications", color=True)
    assert "\x1b[" in colored.text
    for code in ("\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[0m"):
        colored.lines = [line.replace(code, "") for line in colored.lines]
    assert colored.text == plain.text


def test_no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    from structurer.console import wants_color

    class Terminal:
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    assert not wants_color(Terminal())  # type: ignore[arg-type]
    with desk() as at:
        said, _ = talk(at, "q", color=wants_color(Terminal()))  # type: ignore[arg-type]
    like("no-color", said)
    assert "\x1b" not in said.text


def test_blind() -> None:
    with desk() as at:
        at.blind = True
        said, _ = talk(at, "=16", "=1", "q", table="applications")
        like("blind", said)
        assert all(event.blind for event in at.decisions() if event.kind in ("accept", "correct"))


def test_put_off_items_come_back_once_and_the_session_ends() -> None:
    with desk() as at:
        said, tally = talk(at, "8", "8", "8", "8", table="disclosure")
        assert said.text.count("put off (") == 4
        assert tally.left.kinds == {"later": 2}


def test_an_empty_queue_is_a_normal_end() -> None:
    with desk() as at:
        said, tally = talk(at, agency="无此机关")
        assert said.text == "\ndecided 0\nnothing is left\n"
        assert tally.left.total == 0


def test_the_end_of_input_keeps_what_was_decided_and_frees_the_unit() -> None:
    with desk() as at:
        talk(at, "2")
        assert at.left().decided == 1
        assert at.next("wang") is not None


def test_jump() -> None:
    with desk() as at:
        said, _ = talk(at, "12 2", "1", "jump 99", "12 " + handle(WECHAT + "@47"), "q", table="disclosure")
        assert "二/行政事业性收费/本年增/减" in said.text.split("> 12 2")[1].splitlines()[2]
        assert "99: no such item" in said.text


def test_an_added_value_can_be_taken_back() -> None:
    with desk() as at:
        key = "narrative.reads.count"
        said, _ = talk(at, "15", key, "24", "3294条", "q")
        assert "added 24" in said.text
        assert at.store.get("yunxi.txt")[key].value == 24
        talk(at, "u", "q")
        assert key not in at.store.get("yunxi.txt")


def test_typing_what_cannot_stand_there_changes_nothing() -> None:
    with desk() as at:
        said, tally = talk(at, "=many", "=1.5", "=-3", "6", "", "=近百", "5", "", "18", table="disclosure")
        assert tally.decided == 0
        assert "is no number" in said.text
        assert "a count is whole" in said.text
        assert "is negative" in said.text
        assert "type the number alone" in said.text
        assert "there is no value 5" in said.text
        assert "nothing is marked for Enter" in said.text


def test_the_page_is_printed_where_there_is_no_pager() -> None:
    with desk() as at:
        said, _ = talk(at, "原文", "q", table="applications")
        assert "\n  L9     行政事业性收费 | 2 |\n" in said.text


@pytest.mark.parametrize("action", list(KEYS))
def test_every_action_has_a_number_and_a_chinese_word(action: str) -> None:
    key = KEYS[action]  # type: ignore[index]
    assert key.number.isascii()
    assert key.number.isdigit()
    assert any("\u4e00" <= char <= "\u9fff" for word in key.words for char in word)
    for typed in (key.number, key.letter, key.letter.upper(), *key.words, _wide(key.number)):
        wish = understand(typed, values=0, default=False, acceptable=False, able=list(KEYS))
        assert isinstance(wish, Wish)
        assert wish.action == action


def _wide(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) for char in text)


def test_keys_are_told_apart() -> None:
    names = [name for key in KEYS.values() for name in (key.number, key.letter, *key.words)]
    assert len(names) == len(set(names))
    assert not set("12345") & set(names)


def test_a_key_that_does_nothing_now_is_not_obeyed() -> None:
    said = understand("u", values=0, default=False, acceptable=True, able=["type"])
    assert said == Unclear("there is nothing to undo")


def test_accepting_is_not_understood_where_there_is_no_value() -> None:
    assert isinstance(understand("是", values=2, default=False, acceptable=False, able=[]), Unclear)


def test_the_next_item_is_ready() -> None:
    """Ready within 50 ms, or within a few times what opening a store takes on a busy machine."""
    from structurer.store import open_store

    with desk() as at:
        start = time.perf_counter()
        open_store("sqlite://").close()
        limit = max(0.05, 2 * (time.perf_counter() - start))
        took = []
        for _ in range(5):
            start = time.perf_counter()
            assert at.next("li") is not None
            took.append(time.perf_counter() - start)
    assert min(took) < limit
