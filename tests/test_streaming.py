"""The store read as tuples says what it says as extractions, decisions and all, on either database."""

from __future__ import annotations

import json

from structurer.desk.desk import Desk
from structurer.export import json_line
from structurer.export.jsonl import report_line
from structurer.flat import flat
from structurer.observation import Evidence, Extraction
from structurer.store import Store, figures
from tests.desk_samples import FEES, ITEMS, TOTAL, calm, handle, report
from tests.samples import observe, sample


def odd() -> Extraction:
    """Values that databases like to change."""
    span = Evidence(start=0, end=1, quote="1", page=2, box=(0.1, 1.0, 2.5, 3.0), confidence=0.25)
    values = (0, -3, 1.0, 1e16, 0.1, 2**60, "", "12", "1e3", "null", None, "零\u200b")
    return sample("odd.txt", content=b"odd").model_copy(
        update={
            "observations": tuple(
                observe(f"metadata.v{at}", "x", value=value, evidence=(span, span), candidates=(value, 1))
                for at, value in enumerate(values)
            )
        }
    )


def same(store: Store, **options: bool) -> list[Extraction]:
    """The extractions of a store, after making sure that they are the same read either way."""
    reports = list(store.reports(**options))
    whole = sorted(store.extractions(), key=lambda one: one.document.path)
    assert [one.extraction() for one in reports] == whole
    assert list(map(report_line, reports)) == list(map(json_line, whole))
    return whole


def test_reports_are_the_extractions_by_path(store: Store) -> None:
    for path in ("b/1.txt", "a/2.txt", "B.txt", "é.txt"):
        store.add(sample(path, content=path.encode()))
    store.add(odd())
    store.add_place(sample(content=b"B.txt").document.id, "0.txt")
    paths = [one.document.path for one in store.reports()]
    assert paths == ["0.txt", "a/2.txt", "b/1.txt", "odd.txt", "é.txt"]
    assert {one.id for one in (r.document for r in store.reports())} == {
        one.document.id for one in store.extractions()
    }


def test_nothing_changes_on_the_way(store: Store) -> None:
    store.add(odd())
    store.add(sample())
    same(store)
    for read in store.reports():
        assert flat(read.extraction()).extraction() == read.extraction()


def test_decisions_are_laid_over(store: Store) -> None:
    extraction, content = report()
    store.add(extraction, fingerprint="one", content=content)
    store.add(sample("z.txt"))
    desk = calm(store)
    assert isinstance(desk, Desk)
    desk.decide(handle(TOTAL), "correct", "li", value=16)
    desk.decide(handle(ITEMS), "reject", "li")
    desk.decide(handle(FEES), "correct", "li", value=2)
    same(store)
    accepted = {line.indicator: line.value for line in next(iter(store.reports(accepted=True))).lines}
    assert accepted[TOTAL] == 16
    assert ITEMS not in accepted
    (decided, untouched) = store.reports(accepted=True)
    assert all(line.accepted for line in (*decided.lines, *untouched.lines))
    assert decided.settled_at is not None
    assert decided.settled_at > extracted(store, decided.document.id)
    machine = next(iter(store.reports(reviewed=False))).extraction()
    assert machine == store.get(machine.document.id, reviewed=False)


def extracted(store: Store, id: str) -> object:
    """When a document was extracted, as the store keeps it."""
    return next(one.settled_at for one in store.reports(reviewed=False) if one.document.id == id)


def test_figures_count_what_reviewers_left(store: Store) -> None:
    extraction, content = report()
    store.add(extraction, fingerprint="one", content=content)
    store.add(sample("z.txt"))
    calm(store).decide(handle(TOTAL), "correct", "li", value=16)
    with store.reading() as connection:
        found = list(figures.tallies(connection, [TOTAL]))
        assert "applications.row_total" in {one.rule for one in figures.broken(connection)}
        assert figures.failed(connection) == []
    for tally, whole in zip(
        found, sorted(store.extractions(), key=lambda one: one.document.path), strict=True
    ):
        counted: dict[tuple[str, str, bool], int] = {}
        for one in whole.observations:
            key = one.indicator.partition(".")[0], one.status, one.accepted
            counted[key] = counted.get(key, 0) + 1
        assert dict(tally.counted) == counted
    (told,) = found[0].told.values()
    assert (told.value, store.get(found[0].id).observations[told.position].indicator) == (16, TOTAL)
    assert found[1].told == {}


def test_json_of_a_report_is_the_contract(store: Store) -> None:
    store.add(odd())
    (line,) = map(report_line, store.reports())
    assert Extraction.model_validate(json.loads(line)) == store.get("odd.txt")
