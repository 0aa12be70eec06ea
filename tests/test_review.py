"""The pure parts of reviewing: folds, names that last, typed values, the marked page, agreement."""

from __future__ import annotations

import json
import random
from datetime import datetime, timedelta, timezone

import pytest

from structurer.desk.planting import wrong_value
from structurer.errors import ReviewError
from structurer.observation import Value
from structurer.review.agreement import agreement, agreements, noticed
from structurer.review.events import Event, Seen, parse_event, to_line
from structurer.review.fold import active, redoable, standing, undoable
from structurer.review.identity import Known, identified
from structurer.review.items import REASONS, Plan, units
from structurer.review.overruled import lessons
from structurer.review.page import excerpt, prints
from structurer.review.rulebook import rulebook
from structurer.review.values import read_value
from tests.desk_samples import FEES, ITEMS, TOTAL, report

START = datetime(2026, 1, 1, tzinfo=timezone.utc)
COUNT, SIGNED, MONEY = TOTAL, "disclosure.licensing.change", "disclosure.procurement.amount"


def event(second: int, kind: str, by: str = "li", **given: object) -> Event:
    made = {"id": f"event-{second:04}", "at": START + timedelta(seconds=second), "by": by, "kind": kind}
    return Event.model_validate(made | {"item": "a", "seen_sha": "s"} | given)


def test_undo_and_redo_are_a_stack_whatever_the_order_of_keys() -> None:
    for seed in range(300):
        chance, events = random.Random(seed), []
        done: list[str] = []
        undone: list[str] = []
        for second in range(chance.randint(1, 20)):
            key = chance.choice("dduur")
            if key == "d":
                events.append(event(second, "accept"))
                done, undone = [*done, events[-1].id], []
            elif key == "u":
                act = undoable(reversed(events))
                assert (act.id if act else None) == (done[-1] if done else None)
                if act:
                    events.append(event(second, "undo", undoes=act.id))
                    undone.append(done.pop())
            else:
                id = redoable(reversed(events))
                assert id == (undone[-1] if undone else None)
                if id:
                    events.append(event(second, "redo", undoes=id))
                    done.append(undone.pop())
        assert [one.id for one in active(chance.sample(events, len(events)))] == done


@pytest.mark.parametrize(
    ("events", "state", "value"),
    [
        ([], "open", None),
        ([event(1, "accept", seen={"value": 3})], "decided", 3),
        ([event(1, "accept", seen_sha="old")], "stale", None),
        ([event(1, "accept", seen_sha="old"), event(2, "correct", value=4)], "decided", 4),
        ([event(1, "correct", value=4), event(2, "later")], "later", None),
        ([event(1, "later"), event(2, "correct", value=4)], "decided", 4),
        ([event(1, "flag"), event(2, "correct", "wang", value=4)], "flagged", None),
        ([event(1, "correct", value=4), event(2, "correct", "wang", value=4.0)], "decided", 4),
        ([event(1, "correct", value=4), event(2, "correct", "wang", value=5)], "differ", None),
        ([event(1, "reject"), event(2, "unknown", "wang")], "differ", None),
        (
            [
                event(1, "correct", value=4),
                event(2, "correct", "wang", value=5),
                event(3, "correct", "zhao", value=5, settles=True),
            ],
            "decided",
            5,
        ),
    ],
)
def test_where_an_item_stands(events: list[Event], state: str, value: Value) -> None:
    now = standing(events, "s")
    assert now.state == state
    assert (now.outcome.value if now.outcome else None) == value


def test_one_of_two_reviewers_is_not_enough() -> None:
    assert standing([event(1, "correct", value=4)], "s", needed=2).state == "second"
    both = [event(1, "correct", value=4), event(2, "correct", "wang", value=4)]
    assert standing(both, "s", needed=2).state == "decided"


def test_lines_keep_everything() -> None:
    made = event(
        1, "correct", "李", value=None, reason="\x1b[0m\n", seen=Seen(value=3.5, evidence=((1, 2, "三"),))
    )
    line = to_line(made)
    assert "\n" not in line
    assert parse_event(json.loads(line), "x") == made


def test_every_item_has_a_reason_and_a_place() -> None:
    found = units(report()[0], rulebook(), Plan(audit=0))
    assert [(unit.place.partition(":")[0], len(unit.items)) for unit in found] == [
        ("section", 2), ("disclosure", 2), ("applications", 2),
    ]  # fmt: skip
    assert all(item.why.startswith(REASONS[item.reason]) for unit in found for item in unit.items)


def test_ids_last() -> None:
    made = report()[0]
    ids = dict((found.indicator, id) for id, found in identified(made, rulebook()))  # noqa: C402
    fewer = made.model_copy(update={"observations": made.observations[::-1][:-1]})
    again = dict((found.indicator, id) for id, found in identified(fewer, rulebook()))  # noqa: C402
    assert again[TOTAL] == ids[TOTAL]
    assert again[FEES] == ids[FEES]
    assert len(set(ids.values())) == len(ids)


def test_a_moved_statement_keeps_its_id_only_nearby() -> None:
    made = report()[0]
    here = next(found for found in made.observations if found.indicator == ITEMS)
    start = here.evidence[0].start
    for distance, kept in ((5, True), (500, False)):
        old = Known("feedfeedfeedfeed", ITEMS, start + distance)
        ids = [id for id, found in identified(made, rulebook(), [old]) if found is here]
        assert (ids == [old.id]) is kept


@pytest.mark.parametrize(
    ("typed", "indicator", "value"),
    [
        ("17", COUNT, 17),
        (" １，２３４ ", COUNT, 1234),
        ("三百", COUNT, 300),
        ("3.0", COUNT, 3),
        ("空", COUNT, None),
        ("－35", SIGNED, -35),
        ("32.25", MONEY, 32.25),
        ("２０２０", "metadata.year", 2020),
        (" 云溪市教育局 ", "metadata.agency", "云溪市教育局"),
    ],
)
def test_typed_values(typed: str, indicator: str, value: Value) -> None:
    assert read_value(typed, indicator, rulebook()) == value


@pytest.mark.parametrize(
    ("typed", "indicator"),
    [
        ("", COUNT), ("x", COUNT), ("1.5", COUNT), ("-1", COUNT), ("近百", COUNT), ("1e5", COUNT), ("1/2", COUNT),
        ("12,34", COUNT), ("9" * 40, COUNT), ("1899", "metadata.year"), ("x" * 401, "metadata.agency"),
    ],
)  # fmt: skip
def test_what_cannot_be_typed(typed: str, indicator: str) -> None:
    with pytest.raises(ReviewError, match=indicator):
        read_value(typed, indicator, rulebook())


@pytest.mark.parametrize(
    ("quote", "value", "told"),
    [("2", 2, True), ("近千条", 1000, True), ("15条", 5, False), ("1,234条", 1234, True), ("没有", 0, False)],
)
def test_what_a_quote_prints(quote: str, value: Value, told: bool) -> None:
    assert prints(quote, value) is told


def test_evidence_is_marked_and_nothing_else_can_be() -> None:
    source = "甲【乙】\n\n丙 17 丁\n | \n戊"
    lines = excerpt(source, [(8, 10)])
    assert [(line.number, line.text, line.marked) for line in lines] == [
        (1, "甲[乙]", False), (3, "丙 【17】 丁", True), (5, "戊", False),
    ]  # fmt: skip


def test_a_long_line_is_cut_around_its_evidence() -> None:
    source = "前" * 5000 + "17" + "后" * 5000
    (line,) = excerpt(source, [(5000, 5002)])
    assert "【17】" in line.text
    assert len(line.text) < 200


@pytest.mark.parametrize("span", [(0, 0), (5, 2), (-1, 3), (0, 99)])
def test_a_span_that_is_not_there_marks_nothing(span: tuple[int, int]) -> None:
    assert excerpt("甲乙丙", [span]) == []


def test_agreement_measures() -> None:
    """Against the worked example of Gwet (2008): prevalence drives kappa below 0, not AC1."""
    pairs = [("+", "+")] * 118 + [("+", "-")] * 5 + [("-", "+")] * 2
    found = agreement(pairs)
    assert (found.n, found.percent) == (125, 0.944)
    assert found.kappa == pytest.approx(-0.0234, abs=5e-5)
    assert found.ac1 == pytest.approx(0.9408, abs=5e-5)
    same = agreement([("+", "+")] * 3)
    assert (same.percent, same.kappa, same.ac1) == (1, None, 1)


def test_only_independent_decisions_about_the_same_thing_are_compared() -> None:
    events = [
        event(1, "correct", "li", value=4),
        event(2, "correct", "wang", value=4),
        event(3, "reject", "zhao", settles=True),
        event(4, "reject", "chen", seen_sha="other"),
    ]
    assert agreements(events, lambda one: one.item)["all"].n == 1
    assert agreements(events[:1], lambda one: one.item) == {}


def test_who_notices_a_known_wrong_value() -> None:
    events = [
        event(0, "check", "chief", item="c", value=31),
        event(1, "accept", item="c", seen={"value": 31}),
        event(2, "correct", "wang", item="c", value=13),
    ]
    assert [(one.by, one.noticed) for one in noticed(events)] == [("li", 0), ("wang", 1)]


@pytest.mark.parametrize("value", [3, 10, 11, 99, 100, 3294, 7000])
def test_a_wrong_value_is_another_number_as_long(value: int) -> None:
    assert wrong_value(value) != value
    assert wrong_value(value) > 0


def test_what_people_overrule() -> None:
    seen = {"value": 17, "rules": ["applications.handled"], "methods": ["table"]}
    events = [
        event(1, "accept", item="a", indicator="x", seen=seen),
        event(2, "correct", item="b", indicator="x", seen=seen, value=16),
        event(3, "add", item="c", indicator="y", value=1),
        event(4, "check", item="d"),
        event(5, "reject", item="d", indicator="x", seen=seen),
    ]
    found = lessons(events)
    assert [(one.name, one.decided, one.overruled) for one in found.rules] == [("applications.handled", 2, 1)]
    assert [(one.name, one.decided, one.overruled) for one in found.readings] == [("table x", 2, 1)]
    assert found.missed == (("y", 1),)
