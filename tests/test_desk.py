"""The desk, on SQLite and on a real PostgreSQL: the queue, decisions, claims, merging."""

from __future__ import annotations

import io
import json
import multiprocessing
import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from structurer.desk.desk import Desk
from structurer.desk.gold import gold_lines
from structurer.errors import Conflict, ReviewError, StoreError
from structurer.observation import Extraction
from structurer.review.events import Event, to_line
from structurer.review.fold import standing
from structurer.store import open_store
from structurer.store.reviews import Filters, Reviews
from structurer.store.tables import review_items
from tests import postgres
from tests.desk_samples import FEES, ITEMS, THIRD, TOTAL, WECHAT, calm, handle, report

STORES = Path(__file__).parent / "stores"
CHANGE = "disclosure.fees.change"


@contextmanager
def at(url: str, *reports: tuple[Extraction, bytes]) -> Iterator[Desk]:
    with open_store(url) as store:
        for extraction, content in reports or [report()]:
            store.add(extraction, fingerprint="one", content=content)
        yield calm(store)


@pytest.fixture
def desk(url: str) -> Iterator[Desk]:
    with at(url) as made:
        yield made


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    now = [datetime(2026, 3, 1, 9, 0, tzinfo=timezone.utc)]
    monkeypatch.setattr(Reviews, "clock", lambda self: now[0])

    def skip(by: timedelta) -> None:
        now[0] += by

    return skip


def queued(desk: Desk, **narrow: object) -> list[tuple[str, str]]:
    return [(one.indicator, one.reason) for one in desk.queue(Filters(**narrow), None)[1]]  # type: ignore[arg-type]


def folded(desk: Desk) -> None:
    """The queue says what the events say: the state of every item is the fold over its events."""
    events = list(desk.decisions())
    with desk.store.reviews() as reviews:
        rows = reviews.connection.execute(select(review_items)).all()
    assert rows
    for row in rows:
        own = [event for event in events if event.item == row.id]
        now = standing(own, row.seen_sha, row.needed)
        assert (row.state, row.voters) == (now.state, "|".join(["", *now.voters, ""]) if now.voters else "")


# The queue


def test_the_most_suspicious_comes_first_with_its_reason(desk: Desk) -> None:
    assert queued(desk) == [
        (FEES, "ambiguous"),
        (CHANGE, "ambiguous"),
        (WECHAT, "contradiction"),
        (WECHAT, "contradiction"),
        (THIRD, "unique_repair"),
        (TOTAL, "unique_repair"),
    ]
    assert all(one.why for one in desk.queue()[1])


def test_filters(url: str) -> None:
    other = report("beishan.txt", agency="北山区统计局", year=2019)
    with at(url, report(), other) as desk:
        assert len(queued(desk)) == 12
        assert len(queued(desk, agency="北山")) == 6
        assert queued(desk, agency="%") == []
        assert len(queued(desk, year=2020)) == 6
        assert queued(desk, rule="applications.handled", year=2019) == [(TOTAL, "unique_repair")]
        assert {key for key, _ in queued(desk, table="disclosure")} == {FEES, CHANGE}
        assert len(queued(desk, reason="contradiction")) == 4
        assert len(desk.queue(desk.filters(document="beishan.txt"), None)[1]) == 6
        with pytest.raises(StoreError):
            desk.filters(document="none.txt")


def test_the_order_is_the_same_everywhere_and_the_seed_changes_it(tmp_path: Path) -> None:
    reports = [report(f"{n}.txt", agency=f"{n}局") for n in range(8)]
    orders = []
    for turn, shuffled in enumerate((reports, reports[::-1])):
        with at(f"sqlite:///{tmp_path}/{turn}.db", *shuffled) as desk:
            orders.append([one.id for one in desk.queue(limit=None)[1]])
            desk.set_plan("chief", seed=9)
            orders.append([one.id for one in desk.queue(limit=None)[1]])
    assert orders[0] == orders[2]
    assert orders[1] == orders[3]
    assert orders[0] != orders[1]
    assert set(orders[0]) == set(orders[1])


def test_the_audit_sample_is_random_but_fixed(desk: Desk) -> None:
    desk.set_plan("chief", audit=0.2)
    drawn = [one.id for one in desk.queue(limit=None)[1] if one.reason == "audit"]
    assert 15 < len(drawn) < 60
    desk.set_plan("chief", audit=0.1)
    fewer = [one.id for one in desk.queue(limit=None)[1] if one.reason == "audit"]
    assert set(fewer) < set(drawn)


def test_what_is_imported_later_joins_the_queue_and_what_is_superseded_leaves(desk: Desk) -> None:
    extraction, content = report("later.txt", agency="后来局")
    desk.store.add(extraction, fingerprint="one", content=content)
    desk.sync()
    assert len(queued(desk)) == 12
    better, page = report("later.txt", agency="后来局", total=16)
    desk.store.add(better, fingerprint="one", content=page)
    desk.sync()
    assert len(queued(desk)) == 11


# Decisions


def test_an_accepted_value_leaves_and_a_rejected_one_does_not(desk: Desk) -> None:
    desk.decide(handle(TOTAL), "accept", "li")
    desk.decide(handle(ITEMS), "reject", "li")
    found = desk.store.get("yunxi.txt")
    assert (found[TOTAL].value, found[TOTAL].accepted, found[TOTAL].methods) == (
        17,
        True,
        ("table", "reviewer"),
    )
    assert (found[ITEMS].accepted, found[ITEMS].value) == (False, 3294)
    raw = desk.store.get("yunxi.txt", reviewed=False)
    assert raw == report()[0]
    assert list(desk.store.extractions()) == [found]


def test_a_corrected_value_is_the_reviewers(desk: Desk) -> None:
    made = desk.decide(handle(TOTAL), "correct", "li", value=16)
    assert all(one.outcome == "pass" for one in made.sums)
    found = desk.store.get("yunxi.txt")[TOTAL]
    assert (found.value, found.accepted, found.methods, found.status) == (16, True, ("reviewer",), "stated")
    assert found.evidence == ()
    desk.decide(handle(FEES), "correct", "li", value=2)
    assert desk.store.get("yunxi.txt")[FEES].evidence[0].quote == "2"
    desk.decide(handle(CHANGE), "correct", "li", value=None)
    blank = desk.store.get("yunxi.txt")[CHANGE]
    assert (blank.value, blank.printed, blank.accepted) == (None, "blank", True)


def test_wrong_but_unknown_leaves_no_value(desk: Desk) -> None:
    desk.decide(handle(TOTAL), "unknown", "li", reason="smudged")
    found = desk.store.get("yunxi.txt")[TOTAL]
    assert (found.value, found.accepted) == (None, False)


def test_typing_the_same_value_is_accepting_it(desk: Desk) -> None:
    assert desk.decide(handle(TOTAL), "correct", "li", value=17).event.kind == "accept"


def test_a_missed_value_can_be_added(desk: Desk) -> None:
    key = "narrative.reads.count"
    made = desk.add("yunxi.txt", key, 24, "li", quote="开通微信和微博")
    found = desk.store.get("yunxi.txt")[key]
    assert (found.value, found.methods, found.accepted, found.evidence[0].quote) == (
        24, ("reviewer",), True, "开通微信和微博",
    )  # fmt: skip
    assert desk.log(made.event.item)[0].kind == "add"
    desk.undo("li")
    assert key not in desk.store.get("yunxi.txt")
    desk.redo("li")
    assert desk.store.get("yunxi.txt")[key].value == 24
    folded(desk)


@pytest.mark.parametrize(
    ("indicator", "value", "quote", "said"),
    [
        ("narrative.nothing.count", 1, "", "no such indicator"),
        (TOTAL, 1, "", "already there"),
        ("narrative.reads.count", 1, "不在此处", "is not in the report"),
        ("narrative.reads.count", 1, "信息", "times; quote more"),
        ("narrative.reads.count", -1, "", "is negative"),
    ],
)
def test_what_cannot_be_added(desk: Desk, indicator: str, value: int, quote: str, said: str) -> None:
    with pytest.raises(ReviewError, match=said):
        desk.add("yunxi.txt", indicator, value, "li", quote=quote)
    assert not [event for event in desk.decisions() if event.kind == "add"]


@pytest.mark.parametrize(
    ("key", "kind", "value", "said"),
    [
        (FEES, "accept", None, "no value to accept"),
        (TOTAL, "reject", 3, "takes no value"),
        (TOTAL, "correct", "many", "is no number"),
        (TOTAL, "correct", 1.5, "a count is whole"),
        (TOTAL, "correct", 10**20, "is no number"),
        (WECHAT, "accept", None, "several values are called so"),
        ("applications.nothing.total", "accept", None, "was not found to state it"),
    ],
)
def test_what_cannot_be_decided(desk: Desk, key: str, kind: str, value: object, said: str) -> None:
    with pytest.raises(ReviewError, match=said):
        desk.decide(handle(key), kind, "li", value=value)  # type: ignore[arg-type]
    assert desk.left().decided == 0


@pytest.mark.parametrize("name", ["", "  ", "a|b", "x" * 81, "a\x1b[0m", "a\nb"])
def test_a_reviewer_has_a_name(desk: Desk, name: str) -> None:
    with pytest.raises(ReviewError, match="no reviewer's name"):
        desk.decide(handle(TOTAL), "accept", name)


def test_ids_can_be_shortened_but_not_guessed(desk: Desk) -> None:
    id = desk.queue()[1][0].id
    assert desk.show(id[:8]).id == id
    for key in ("ffff", "zz", "", "%", handle(TOTAL)[:-3]):
        with pytest.raises((ReviewError, StoreError)):
            desk.show(key)


def test_later_comes_back_last_and_a_flag_waits_for_talk(desk: Desk) -> None:
    first, second = desk.queue()[1][:2]
    desk.decide(first.id, "later", "li")
    desk.decide(second.id, "flag", "li", reason="ask the agency")
    assert [one.state for one in desk.queue()[1]] == ["open"] * 4 + ["later", "flagged"]
    for one in desk.queue()[1][:4]:
        desk.decide(one.id, "reject", "li")
    task = desk.next("li")
    assert task is not None
    assert [view.id for view in task.items] == [first.id]
    desk.decide(first.id, "reject", "li")
    assert desk.next("li") is None
    assert desk.left().kinds == {"flagged": 1}
    flagged = desk.next("wang", Filters(reason="flagged"))
    assert flagged is not None
    folded(desk)


# Undo


def test_undo_goes_back_to_the_beginning_and_redo_to_the_end(desk: Desk) -> None:
    before = desk.store.get("yunxi.txt")
    for one in desk.queue()[1]:
        desk.decide(one.id, "reject", "li")
    after = desk.store.get("yunxi.txt")
    assert desk.left().total == 0
    assert [len(desk.undo("li")) for _ in range(7)] == [1] * 6 + [0]
    assert desk.store.get("yunxi.txt") == before
    assert [len(desk.redo("li")) for _ in range(7)] == [1] * 6 + [0]
    assert desk.store.get("yunxi.txt") == after
    folded(desk)


def test_undo_takes_back_only_ones_own(desk: Desk) -> None:
    desk.decide(handle(TOTAL), "accept", "li")
    assert desk.undo("wang") == []
    assert desk.store.get("yunxi.txt")[TOTAL].accepted


def test_a_random_walk_leaves_the_queue_what_the_events_say(desk: Desk) -> None:
    chance = random.Random(4)
    ids = [one.id for one in desk.queue()[1]]
    for _ in range(60):
        by = chance.choice(("li", "wang", "zhao"))
        act = chance.choice(
            ("accept", "correct", "reject", "unknown", "later", "flag", "undo", "redo", "next")
        )
        try:
            if act == "undo":
                desk.undo(by)
            elif act == "redo":
                desk.redo(by)
            elif act == "next":
                desk.next(by)
            else:
                value = chance.choice((2, 16)) if act == "correct" else None
                desk.decide(chance.choice(ids), act, by, value=value)  # type: ignore[arg-type]
        except (ReviewError, Conflict):
            pass
    folded(desk)
    before = {one.id: one.state for one in desk.queue(limit=None)[1]}
    with desk.store.reviews(writes=True) as reviews:
        reviews.forget(1)
    desk.sync()
    assert {one.id: one.state for one in desk.queue(limit=None)[1]} == before


def test_events_cannot_be_changed_in_the_database(desk: Desk) -> None:
    desk.decide(handle(TOTAL), "accept", "li")
    for statement in ("UPDATE events SET reason = 'x'", "DELETE FROM events"):
        with (
            pytest.raises((StoreError, SQLAlchemyError), match="only ever added"),
            desk.store.reviews(writes=True) as reviews,
        ):
            reviews.connection.exec_driver_sql(statement)
    assert desk.store.get("yunxi.txt")[TOTAL].accepted


# Decisions survive


def test_decisions_survive_a_forced_import_and_a_new_version(desk: Desk) -> None:
    desk.decide(handle(TOTAL), "correct", "li", value=16)
    extraction, content = report()
    known = [
        o.model_copy(update={"label": o.label + "!", "methods": ("table", "model"), "status": "verified"})
        for o in extraction.observations
    ]
    newer = extraction.model_copy(update={"observations": tuple(known), "findings": ()})
    desk.store.add(newer, fingerprint="two", content=content)
    desk.sync()
    assert desk.store.get("yunxi.txt")[TOTAL].value == 16
    assert desk.show(handle(TOTAL)).state == "decided"


@pytest.mark.parametrize("what", ["value", "evidence"])
def test_a_decision_goes_stale_when_what_was_seen_changed(desk: Desk, what: str) -> None:
    desk.decide(handle(TOTAL), "accept", "li")
    desk.decide(handle(THIRD), "accept", "li")
    extraction, content = report()
    changed = []
    for one in extraction.observations:
        if one.indicator == TOTAL:
            span = one.evidence[0]
            moved = span.model_copy(update={"start": span.start - 8, "end": span.end - 8})
            one = one.model_copy(update={"value": 18} if what == "value" else {"evidence": (moved,)})
        changed.append(one)
    newer = extraction.model_copy(update={"observations": tuple(changed)})
    desk.store.add(newer, fingerprint="two", content=content)
    desk.sync()
    view = desk.show(handle(TOTAL))
    assert view.state == "stale"
    assert view.old is not None
    assert (view.old.by, view.old.seen.value) == ("li", 17)  # type: ignore[union-attr]
    assert not desk.store.get("yunxi.txt")[TOTAL].accepted
    assert desk.show(handle(THIRD)).state == "decided"
    desk.store.add(extraction, fingerprint="one", content=content)
    desk.sync()
    assert desk.show(handle(TOTAL)).state == "decided"


def test_a_statement_that_moved_a_little_shows_its_old_decision(desk: Desk) -> None:
    extraction, content = report()
    key = next(o.evidence[0].start for o in extraction.observations if o.indicator == ITEMS)
    desk.decide(handle(f"{ITEMS}@{key}"), "reject", "li")
    longer = []
    for one in extraction.observations:
        if one.indicator == ITEMS:
            span = one.evidence[0].model_copy(
                update={"start": key - 1, "quote": "年" + one.evidence[0].quote}
            )
            one = one.model_copy(update={"evidence": (span,)})
        longer.append(one)
    newer = extraction.model_copy(update={"observations": tuple(longer)})
    desk.store.add(newer, fingerprint="two", content=content)
    desk.sync()
    states = [one.state for one in desk.queue(Filters(reason="stale"), None)[1]]
    assert states == ["stale"]


def test_an_item_that_changed_since_it_was_shown_is_a_conflict(desk: Desk) -> None:
    task = desk.next("li", Filters(table="applications"))
    assert task is not None
    shown = next(view for view in task.items if view.indicator == TOTAL)
    extraction = report()[0]
    changed = [
        o.model_copy(update={"value": 18}) if o.indicator == TOTAL else o for o in extraction.observations
    ]
    desk.store.add(extraction.model_copy(update={"observations": tuple(changed)}), fingerprint="two")
    with pytest.raises(Conflict, match="changed since it was shown"):
        desk.decide(shown.id, "accept", "li", seen=shown.seen_sha)
    assert desk.left().decided == 0


# Several reviewers


def test_a_claim_is_a_lease_renewed_by_activity(desk: Desk, clock: Callable[[timedelta], None]) -> None:
    task = desk.next("li")
    assert task is not None
    with pytest.raises(Conflict, match="claimed by li"):
        desk.decide(task.items[0].id, "reject", "wang")
    clock(timedelta(minutes=20))
    desk.decide(task.items[0].id, "later", "li")
    clock(timedelta(minutes=20))
    with pytest.raises(Conflict):
        desk.decide(task.items[1].id, "reject", "wang")
    clock(timedelta(minutes=11))
    assert desk.decide(task.items[1].id, "reject", "wang").state == "decided"


def test_a_laptop_from_the_future_stops_no_lease(desk: Desk, clock: Callable[[timedelta], None]) -> None:
    ahead = Event(id="ahead-01", at=datetime(2099, 1, 1, tzinfo=timezone.utc), by="zhao", kind="release")
    desk.apply([to_line(ahead)], "x")
    task = desk.next("li")
    assert task is not None
    clock(timedelta(minutes=31))
    assert desk.decide(task.items[0].id, "reject", "wang").state == "decided"
    desk.undo("wang")
    assert desk.show(task.items[0].id).state == "open"


def test_release(desk: Desk) -> None:
    task = desk.next("li")
    assert task is not None
    assert desk.release("wang") == []
    assert desk.release("wang", of="li") == [task.unit]
    assert desk.decide(task.items[0].id, "reject", "wang").state == "decided"


def test_next_goes_on_with_ones_own_unit(desk: Desk) -> None:
    first, again = desk.next("li"), desk.next("li")
    assert first is not None
    assert again is not None
    assert first.unit == again.unit
    other = desk.next("wang")
    assert other is not None
    assert other.unit != first.unit


def test_overlap_asks_a_second_reviewer_who_does_not_see_the_first(desk: Desk) -> None:
    desk.set_plan("chief", overlap=1)
    task = desk.next("li", Filters(table="applications"))
    assert task is not None
    assert desk.decide(task.items[0].id, "accept", "li").state == "second"
    assert desk.store.get("yunxi.txt")[THIRD].methods[-1] != "reviewer"
    desk.decide(task.items[1].id, "accept", "li")
    assert desk.next("li", Filters(table="applications")) is None
    second = desk.next("wang", Filters(table="applications"))
    assert second is not None
    assert all(not view.votes and view.decision is None for view in second.items)
    assert desk.decide(task.items[0].id, "accept", "wang").state == "decided"
    assert desk.store.get("yunxi.txt")[THIRD].methods[-1] == "reviewer"
    assert desk.decide(task.items[1].id, "correct", "wang", value=16).state == "differ"
    assert not desk.store.get("yunxi.txt")[TOTAL].accepted
    folded(desk)


def test_reviewers_who_differ_are_settled_by_a_third_who_sees_both(desk: Desk) -> None:
    desk.decide(handle(TOTAL), "accept", "li")
    assert desk.decide(handle(TOTAL), "correct", "wang", value=16).state == "differ"
    assert not desk.store.get("yunxi.txt")[TOTAL].accepted
    assert desk.left().kinds["differ"] == 1
    only = Filters(reason="differ")
    task = desk.next("zhao", only)
    assert task is not None
    assert {(vote.by, vote.kind) for vote in task.items[-1].votes} == {("li", "accept"), ("wang", "correct")}
    made = desk.decide(handle(TOTAL), "correct", "zhao", value=16)
    assert made.event.settles
    assert made.state == "decided"
    assert desk.store.get("yunxi.txt")[TOTAL].value == 16
    desk.undo("zhao")
    assert desk.left().kinds["differ"] == 1


def test_two_who_agree_by_different_keys_agree(desk: Desk) -> None:
    desk.decide(handle(FEES), "correct", "li", value=2)
    assert desk.decide(handle(FEES), "correct", "wang", value=2).state == "decided"


def test_known_wrong_values_look_like_any_other_and_never_leave(desk: Desk) -> None:
    before = list(desk.store.extractions())
    assert desk.plant(5, "chief") == 1
    seeded = [one for one in desk.queue()[1] if one.reason == "audit"]
    assert [one.indicator for one in seeded] == [ITEMS]
    view = desk.show(seeded[0].id)
    assert view.found is not None
    assert view.found.value not in (3294, None)
    shown = json.dumps(view.to_json()) + json.dumps([e.model_dump(mode="json") for e in desk.log(view.id)])
    assert "check" not in shown
    desk.decide(view.id, "accept", "li")
    assert list(desk.store.extractions()) == before
    noticed = desk.agreement()[1]
    assert [(one.by, one.shown, one.noticed) for one in noticed] == [("li", 1, 0)]
    desk.undo("li")
    desk.decide(view.id, "correct", "li", value=3294)
    assert [(one.shown, one.noticed) for one in desk.agreement()[1]] == [(1, 1)]
    assert not list(gold_lines(desk.store, desk.book))
    assert desk.lessons().readings == ()


def test_a_proof_is_needed_for_a_batch_and_one_undo_takes_it_back(desk: Desk) -> None:
    assert desk.accept_proven("li") == []
    desk.decide(handle(TOTAL), "correct", "li", value=16)
    assert [view.indicator for view in desk.accept_proven("li", dry_run=True)] == [THIRD]
    assert desk.left().decided == 1
    assert [view.value for view in desk.accept_proven("li")] == [1]
    assert desk.left().decided == 2
    assert [event.indicator for event in desk.undo("li")] == [THIRD]
    assert desk.left().decided == 1


def test_a_batch_of_many_is_one_undo(url: str) -> None:
    reports = [report(f"{n}.txt", agency=f"{n}局", total=16) for n in range(6)]
    with at(url, *reports) as desk:
        assert len(desk.accept_proven("li", limit=4)) == 4
        assert len(desk.undo("li")) == 4
        assert desk.left().decided == 0
        assert len(desk.redo("li")) == 4
        assert desk.left().decided == 4
        folded(desk)


def test_what_somebody_else_holds_is_not_accepted_in_a_batch(url: str) -> None:
    with at(url, report(total=16)) as desk:
        assert desk.next("wang", Filters(table="applications")) is not None
        assert desk.accept_proven("li") == []


def _work(url: str, by: str, report: multiprocessing.SimpleQueue[list[tuple[str, str]]]) -> None:
    done = []
    with open_store(url) as store:
        desk = Desk(store)
        while (task := desk.next(by)) is not None:
            for view in task.items:
                desk.decide(view.id, "reject", by, seen=view.seen_sha)
                done.append((view.id, by))
    report.put(done)


def test_two_processes_on_one_queue_never_get_the_same_item(url: str) -> None:
    with at(url, *(report(f"{n}.txt", agency=f"{n}局") for n in range(6))) as desk:
        spawn = multiprocessing.get_context("spawn")
        results: multiprocessing.SimpleQueue[list[tuple[str, str]]] = spawn.SimpleQueue()
        workers = [spawn.Process(target=_work, args=(url, by, results)) for by in ("li", "wang")]
        for worker in workers:
            worker.start()
        done = [pair for _ in workers for pair in results.get()]
        for worker in workers:
            worker.join()
        assert [worker.exitcode for worker in workers] == [0, 0]
        assert len(done) == len({item for item, _ in done}) == 36
        assert desk.left().total == 0
        folded(desk)


# Merging


def exported(desk: Desk) -> list[str]:
    return [to_line(event) for event in desk.decisions()]


def test_export_and_import_lose_nothing_and_repeat_nothing(url: str, tmp_path: Path) -> None:
    with at(url) as desk, at(f"sqlite:///{tmp_path}/other.db") as other:
        desk.decide(handle(TOTAL), "correct", "李", value=16, reason="加总\n\x1b")
        desk.decide(handle(FEES), "correct", "li", value=None)
        desk.add("yunxi.txt", "narrative.reads.count", 24, "li")
        desk.undo("li")
        desk.redo("li")
        lines = exported(desk)
        first = other.apply(lines, "a.jsonl")
        assert (first.applied, first.known, first.conflicts) == (len(lines), 0, ())
        again = other.apply(lines, "a.jsonl")
        assert (again.applied, again.known) == (0, len(lines))
        assert other.store.get("yunxi.txt") == desk.store.get("yunxi.txt")
        assert [json.loads(line) for line in exported(other) if "plan" not in line] == [
            json.loads(line) for line in lines if "plan" not in line
        ]
        folded(other)


def test_two_laptops_merge_whatever_the_order(tmp_path: Path) -> None:
    with ExitStack() as stack:
        one, two, both, reverse = (
            stack.enter_context(at(f"sqlite:///{tmp_path}/{name}.db")) for name in "abcd"
        )
        one.decide(handle(TOTAL), "accept", "li")
        one.decide(handle(FEES), "correct", "li", value=2)
        two.decide(handle(TOTAL), "correct", "wang", value=16)
        two.decide(handle(THIRD), "accept", "wang")
        two.undo("wang")
        lines = [exported(one), exported(two)]
        for lot in lines:
            both.apply(lot, "x")
        for lot in reversed(lines):
            reverse.apply(lot[::-1], "x")
        assert both.store.get("yunxi.txt") == reverse.store.get("yunxi.txt")
        assert both.left() == reverse.left()
        assert both.left().kinds["differ"] == 1


def test_decisions_arrive_before_their_document(url: str, tmp_path: Path) -> None:
    with at(f"sqlite:///{tmp_path}/other.db") as other, open_store(url) as store:
        other.decide(handle(TOTAL), "correct", "li", value=16)
        desk = Desk(store)
        assert desk.apply(exported(other), "x").applied
        extraction, content = report()
        store.add(extraction, fingerprint="one", content=content)
        desk.sync()
        assert store.get("yunxi.txt")[TOTAL].value == 16
        assert desk.left().decided == 1


def test_short_decisions_are_stored_once(desk: Desk) -> None:
    lines = [
        json.dumps({"item": handle(TOTAL), "kind": "correct", "value": 16, "reason": "sums"}),
        "",
        json.dumps({"item": handle(THIRD), "kind": "accept", "by": "wang"}),
    ]
    assert desk.apply(lines, "x", by="li").applied == 2
    assert (desk.apply(lines, "x", by="li").applied, desk.apply(lines, "x", by="li").known) == (0, 2)
    assert desk.show(handle(THIRD)).decision.by == "wang"  # type: ignore[union-attr]


def test_conflicts_are_named_and_the_rest_is_stored(desk: Desk) -> None:
    task = desk.next("wang", Filters(table="disclosure"))
    assert task is not None
    lines = [
        json.dumps({"item": task.items[0].id, "kind": "reject"}),
        json.dumps({"item": handle(TOTAL), "kind": "accept", "seen_sha": "0" * 64}),
        json.dumps({"item": handle(THIRD), "kind": "accept"}),
    ]
    done = desk.apply(lines, "d.jsonl", by="li")
    assert done.applied == 1
    assert [conflict.partition(": ")[0] for conflict in done.conflicts] == ["d.jsonl:1", "d.jsonl:2"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "d.jsonl:1: not JSON"),
        ("[]", "d.jsonl:1: not an object"),
        ("[" * 100_000, "d.jsonl:1: not JSON"),
        ('{"item": "abcd"}', "needs item and kind"),
        ('{"item": "abcd", "kind": "accept", "x": 1}', "unknown field x"),
        ('{"item": "abcd", "kind": "destroy"}', "kind 'destroy' is none of"),
        ('{"item": "abcd", "kind": "accept"}', "d.jsonl:1: abcd: no such item"),
        ('{"id": "12345678", "at": "yesterday", "by": "li", "kind": "accept"}', "d.jsonl:1: at"),
        ('{"id": "12345678", "at": "2026-01-01T00:00:00", "by": "li", "kind": "accept"}', "d.jsonl:1: at"),
        ('{"id": "1", "at": "2026-01-01T00:00:00Z", "by": "li", "kind": "accept"}', "d.jsonl:1: id"),
    ],
)
def test_a_file_that_is_no_decisions_says_where(desk: Desk, line: str, said: str) -> None:
    with pytest.raises(ReviewError, match=said.replace("(", r"\(")):
        desk.apply(io.StringIO(line), "d.jsonl", by="li")
    assert desk.left().decided == 0


def test_hostile_events_do_no_harm(desk: Desk) -> None:
    hostile = Event(
        id="hostile-1", at=datetime(2026, 1, 1, tzinfo=timezone.utc), by="x", kind="correct",
        document=report()[0].document.id, indicator="../../etc", item="'; DROP TABLE events; --",
        value={"a": [1]}, seen_sha="x",
    )  # fmt: skip
    assert desk.apply([to_line(hostile)], "x").applied == 1
    assert desk.store.get("yunxi.txt") == report()[0]
    assert len(queued(desk)) == 6


# Older stores


def _old_sqlite(tmp_path: Path) -> str:
    with sqlite3.connect(tmp_path / "old.db") as connection:
        connection.executescript((STORES / "m001.sqlite.sql").read_text(encoding="utf-8"))
    return f"sqlite:///{tmp_path}/old.db"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_store_of_the_first_schema_is_brought_up_to_date(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if kind == "sqlite":
        url = _old_sqlite(tmp_path)
    else:
        running: postgres.Server = request.getfixturevalue("server")
        url = running.database()
        running.load((STORES / "m001.postgresql.sql").read_text(encoding="utf-8"))
    with open_store(url, create=False) as store:
        desk = calm(store)
        found = store.get("reports/sample.txt")
        assert Counter(o.status for o in found.observations)["ambiguous"] == 2
        task = desk.next("li")
        assert task is not None
        assert "is not here" in task.items[0].page
        desk.decide(task.items[0].id, "correct", "li", value=2)
        store.add(*_again(found))
    with open_store(url, create=False) as store:
        assert store.get("reports/sample.txt")["disclosure.fees.previous_items"].value == 2


def _again(found: Extraction) -> tuple[Extraction]:
    kept = [o.model_copy(update={"methods": ("table",)}) for o in found.observations]
    return (found.model_copy(update={"observations": tuple(kept)}),)


def test_the_page_comes_from_the_file_where_the_store_has_not_got_it(tmp_path: Path) -> None:
    extraction, content = report()
    path = tmp_path / "page.txt"
    path.write_bytes(content)
    here = extraction.model_copy(
        update={"document": extraction.document.model_copy(update={"path": str(path)})}
    )
    with open_store("sqlite://") as store:
        store.add(here, fingerprint="one")
        desk = calm(store)
        assert desk.show(handle(TOTAL)).lines
        path.write_bytes(content + b"!")
        again = Desk(store)
        assert "is not here" in again.show(handle(TOTAL)).page
