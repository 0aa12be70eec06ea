"""Copies of a report: the same doubt is asked once, what differs is asked by itself, decisions hold where proved."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from structurer.cli import cli
from structurer.desk.desk import Desk
from structurer.observation import Extraction
from structurer.review.events import to_line
from structurer.review.fold import active
from structurer.review.mirrors import mirrored
from structurer.review.rulebook import rulebook
from structurer.store import Store, open_store
from tests.desk_samples import FEES, ITEMS, THIRD, TOTAL, WECHAT, calm, handle, report

Stored = tuple[Extraction, bytes]


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    own = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/a.db" if own else request.getfixturevalue("server").database()
    with open_store(url) as opened:
        yield opened


def moved(stored: Stored, name: str, **changed: dict[str, Any]) -> Stored:
    """The same report from another site, with its furniture before it; `changed` by indicator's last parts."""
    made, content = stored
    furniture = f"{name} 首页 > 年度报告\n\n"
    content = furniture.encode() + content
    by = len(furniture)
    keys = {key.replace("__", "."): value for key, value in changed.items()}

    def shifted(found: Any) -> Any:
        evidence = tuple(
            span.model_copy(update={"start": span.start + by, "end": span.end + by})
            for span in found.evidence
        )
        return found.model_copy(update={"evidence": evidence, **keys.get(found.indicator, {})})

    document = made.document.model_copy(update={"path": f"sites/{name}", "id": sha256(content).hexdigest()})
    sections = tuple(
        one.model_copy(update={"start": one.start + by, "end": one.end + by}) for one in made.sections
    )
    observations = tuple(map(shifted, made.observations))
    update = {"document": document, "sections": sections, "observations": observations}
    return made.model_copy(update=update), content


def put(store: Store, *stored: Stored) -> Desk:
    for made, content in stored:
        store.add(made, fingerprint="one", content=content)
    store.link_copies()
    return calm(store)


def asked(desk: Desk) -> list[tuple[str, str]]:
    return sorted((one.document.path, one.indicator) for one in desk.queue(limit=None)[1])


def test_a_doubt_of_copies_is_asked_once(store: Store) -> None:
    first = report()
    desk = put(store, first)
    alone = asked(desk)
    assert alone
    desk = put(store, moved(first, "b.html"), moved(first, "c.html"))
    assert len(store.copies()) == 2
    assert asked(desk) == alone
    left, _ = desk.queue()
    assert (left.total, left.same) == (len(alone), 2 * len(alone))
    task = desk.next("li")
    assert task is not None
    assert all(item.copies == ("sites/b.html", "sites/c.html") for item in task.items)
    seen = set()
    for who in ("li", "wang", "zhao", "qian", "sun", "zhou"):
        if (task := desk.next(who)) is not None:
            seen.update(item.document.path for item in task.items)
    assert seen == {"reports/yunxi.txt"}


def test_a_decision_holds_for_what_is_the_same_and_is_taken_back_there_too(store: Store) -> None:
    first = report()
    copy = moved(first, "b.html")
    desk = put(store, first, copy)
    desk.decide(handle(TOTAL), "correct", "li", value=16, reason="a misprint")

    def value() -> tuple[Any, bool, bool]:
        found = store.get(copy[0].document.id)[TOTAL]
        return found.value, found.accepted, "reviewer" in found.methods

    assert value() == (16, True, True)
    assert store.get(copy[0].document.id, reviewed=False)[TOTAL].value == 17
    log = desk.log(handle(TOTAL, copy[0]))
    assert [(act.kind, act.by, act.value, act.reason, bool(act.of)) for act in log] == [
        ("correct", "li", 16, "a misprint", True)
    ]
    (act,) = desk.undo("li")
    assert (act.document, act.of) == (first[0].document.id, "")
    assert value() == (17, False, False)
    (act,) = desk.redo("li")
    assert value() == (16, True, True)
    desk.decide(handle(TOTAL), "reject", "li")
    assert value() == (17, False, True)
    assert len(list(active(desk.log(handle(TOTAL, copy[0]))))) == 1
    desk.undo("li")
    assert value() == (16, True, True)
    assert desk.undo("li")
    assert value() == (17, False, False)
    assert desk.undo("li") == []


@pytest.mark.parametrize(
    "changed",
    [
        {"value": 18},
        {"candidates": (15,)},
        {"candidates": ()},
        {"status": "ambiguous", "value": None},
        {"unit": "条"},
        {"qualifier": "about"},
        {"period": "cumulative"},
        {"scope": "全市"},
        {"printed": "omitted"},
        {"methods": ("model:x",)},
        {"evidence": ()},
    ],
)
def test_what_differs_is_asked_and_nothing_holds_for_it(changed: dict[str, Any]) -> None:
    first = report()
    copy = moved(first, "b.html", applications__handled_total__total=changed)
    with open_store("sqlite://") as store:
        desk = put(store, first, copy)
        assert [one.id for one in store.copies()] == [copy[0].document.id]
        assert ("sites/b.html", TOTAL) in asked(desk)
        before = store.get(copy[0].document.id)
        desk.decide(handle(TOTAL), "correct", "li", value=16)
        assert store.get(copy[0].document.id) == before
        (entry,) = (
            one
            for one in desk.queue(limit=None)[1]
            if one.document.path == "sites/b.html" and one.indicator == TOTAL
        )
        assert "a copy of reports/yunxi.txt, where" in entry.why
        assert "does not hold here" in entry.why


def test_another_cell_of_the_row_makes_a_doubt_another_one() -> None:
    """The row is what a reviewer decides by, so that it belongs to what must be the same."""
    first = report()
    other = {"value": 2, "accepted": False, "status": "disputed"}
    copy = moved(first, "b.html", applications__handled_total__natural_person=other)
    pairs = mirrored(copy[0], first[0], rulebook())
    at = {one.indicator: position for position, one in enumerate(copy[0].observations)}
    assert at[TOTAL] not in pairs
    assert at["applications.received.total"] in pairs
    # Nothing prints it, so that its whole table is what it was filled from.
    assert at[THIRD] not in pairs
    assert at[ITEMS] in pairs


def test_words_that_differ_make_a_statement_another_one() -> None:
    first = report()
    at = {one.indicator: position for position, one in enumerate(first[0].observations)}
    found = first[0].observations[at[WECHAT]]
    spans = tuple(span.model_copy(update={"quote": f"{span.quote}左右"}) for span in found.evidence)
    copy = moved(first, "b.html", narrative__disclosed_wechat__count={"evidence": spans})
    assert at[WECHAT] not in mirrored(copy[0], first[0], rulebook())
    tagged = tuple(span.model_copy(update={"quote": f"<b> {span.quote}\n"}) for span in found.evidence)
    copy = moved(first, "b.html", narrative__disclosed_wechat__count={"evidence": tagged})
    assert at[WECHAT] in mirrored(copy[0], first[0], rulebook())


def test_what_was_decided_before_the_copy_came_holds_for_it(store: Store) -> None:
    first = report()
    desk = put(store, first)
    desk.decide(handle(TOTAL), "correct", "li", value=16)
    copy = moved(first, "b.html")
    desk = put(store, copy)
    assert store.get(copy[0].document.id)[TOTAL].value == 16
    assert [one.of_id for one in store.copies()] == [first[0].document.id]
    desk.undo("li")
    assert store.get(copy[0].document.id)[TOTAL].value == 17


def test_a_copys_own_decision_is_left_alone(store: Store) -> None:
    first = report()
    copy = moved(first, "b.html")
    desk = put(store, first, copy)
    desk.decide(handle(TOTAL, copy[0]), "reject", "wang")
    desk.decide(handle(TOTAL), "correct", "li", value=16)
    assert store.get(copy[0].document.id)[TOTAL].accepted is False
    assert store.get(first[0].document.id)[TOTAL].value == 16


def test_a_copy_that_is_extracted_again_and_differs_comes_back(store: Store) -> None:
    first = report()
    copy = moved(first, "b.html")
    desk = put(store, first, copy)
    desk.decide(handle(TOTAL), "correct", "li", value=16)
    changed = moved(first, "b.html", applications__handled_total__total={"value": 19, "candidates": ()})
    desk = put(store, changed)
    assert store.get(copy[0].document.id)[TOTAL].value == 19
    assert store.get(copy[0].document.id)[TOTAL].accepted is False
    assert ("sites/b.html", TOTAL) in asked(desk)
    desk = put(store, copy)
    assert store.get(copy[0].document.id)[TOTAL].value == 16


def test_a_report_that_goes_leaves_its_doubts_to_the_copy(store: Store) -> None:
    first = report()
    copy = moved(first, "b.html")
    desk = put(store, first, copy)
    alone = [indicator for path, indicator in asked(desk)]
    store.add_failure("reports/yunxi.txt", "0" * 64, kind="empty", reason="nothing in it now")
    store.link_copies()
    assert [path for path, _ in asked(calm(store))] == ["sites/b.html"] * len(alone)


def test_decisions_travel_and_mean_the_same_there(store: Store) -> None:
    first = report()
    copy = moved(first, "b.html")
    desk = put(store, first, copy)
    desk.decide(handle(TOTAL), "correct", "li", value=16)
    lines = [to_line(act) for act in desk.decisions()]
    with open_store("sqlite://") as elsewhere:
        other = put(elsewhere, first, copy)
        other.decide(handle(FEES), "reject", "wang")
        other.apply(lines, "decisions.jsonl")
        assert other.apply(lines, "decisions.jsonl").applied == 0
        assert elsewhere.get(copy[0].document.id)[TOTAL].value == 16
        back = [to_line(act) for act in other.decisions()]
    desk.apply(back, "back.jsonl")
    ids = [json.loads(to_line(act))["id"] for act in desk.decisions()]
    assert len(ids) == len(set(ids))
    assert sum(json.loads(line)["id"] in ids for line in back) == len(back)


def test_two_reviewers_are_needed_once_and_agreement_counts_no_copy() -> None:
    first = report()
    copy = moved(first, "b.html")
    with open_store("sqlite://") as store:
        desk = put(store, first, copy)
        desk.set_plan("chief", overlap=1.0)
        desk.decide(handle(TOTAL), "correct", "li", value=16)
        assert store.get(copy[0].document.id)[TOTAL].accepted is False
        desk.decide(handle(TOTAL), "correct", "wang", value=16)
        assert store.get(copy[0].document.id)[TOTAL].value == 16
        measured, _ = desk.agreement()
        assert {name: one.n for name, one in measured.items()} == {TOTAL: 1, "all": 1}
        assert sum(one.decided for one in desk.lessons().readings) == 2


def test_the_reviewer_is_told(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    with open_store(url) as store:
        put(store, report(), moved(report(), "b.html"))
    queue = CliRunner().invoke(cli, ["queue", "--store", url])
    assert "more in copies of reports: the same as in the report, asked there once" in queue.output
    shown = CliRunner().invoke(cli, ["review", "--store", url, "--as", "li"], input="q\n")
    assert "the same in sites/b.html: what you decide holds there too" in " ".join(shown.output.split())
