"""What goes into the store comes out of it, once, whole, and in the same order."""

import multiprocessing
import sqlite3
from datetime import timezone
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateTable

from structurer.errors import StoreError
from structurer.store import Store, open_store, safe_url
from structurer.store.tables import documents, metadata
from tests.samples import observe, sample


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/reports.db"


def test_round_trip(store: Store) -> None:
    made = sample()
    store.add(made, fingerprint="one")
    assert store.get(made.document.path) == made
    assert list(store.extractions()) == [made]


def test_value_kinds_survive(store: Store) -> None:
    made = sample()
    store.add(made, fingerprint="one")
    found = store.get(made.document.id)
    assert [type(o.value) for o in found.observations] == [type(o.value) for o in made.observations]


def test_kept_over_closing(url: str) -> None:
    with open_store(url) as store:
        store.add(sample(), fingerprint="one")
    with open_store(url, create=False) as store:
        assert store.get("reports/sample.txt") == sample()


def test_again_replaces_in_one_piece(store: Store) -> None:
    store.add(sample(), fingerprint="one")
    shorter = sample().model_copy(update={"observations": sample().observations[:3], "findings": ()})
    store.add(shorter, fingerprint="two")
    assert list(store.extractions()) == [shorter]
    assert not store.has(shorter.document.id, "one")
    assert store.has(shorter.document.id, "two")


def test_an_add_that_breaks_keeps_what_was_there(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.add(sample(), fingerprint="one")

    def broken(*_: object) -> None:
        raise RuntimeError("pulled the plug")

    monkeypatch.setattr("structurer.store.writing._place", broken)
    with pytest.raises(RuntimeError):
        store.add(sample().model_copy(update={"findings": ()}), fingerprint="two")
    assert store.get("reports/sample.txt") == sample()
    assert store.has(sample().document.id, "one")


def test_same_bytes_in_two_places_are_one_document(store: Store) -> None:
    made = sample("a/one.txt")
    store.add(made, fingerprint="one")
    store.add_place(made.document.id, "b/two.txt")
    assert store.counts().documents == 1
    assert store.counts().places == 2
    assert [found.document.path for found in store.extractions()] == ["a/one.txt"]
    assert store.get("b/two.txt").document.path == "b/two.txt"
    assert store.has(made.document.id, "one", path="b/two.txt")
    assert not store.has(made.document.id, "one", path="c.txt")


def test_other_bytes_in_a_place_supersede(store: Store) -> None:
    store.add(sample(content=b"old"), fingerprint="one")
    store.add(sample(content=b"new"), fingerprint="one")
    assert list(store.extractions()) == [sample(content=b"new")]
    assert store.counts().superseded == 1
    assert store.get(sample(content=b"old").document.id) == sample(content=b"old")


@pytest.mark.parametrize(
    "key", ["reports/sample.txt", "sample.txt", sample().document.id, sample().document.id[:8]]
)
def test_ways_to_name_a_document(store: Store, key: str) -> None:
    store.add(sample(), fingerprint="one")
    assert store.get(key) == sample()


def test_a_name_that_fits_twice_lists_both(store: Store) -> None:
    store.add(sample("a/x.txt", content=b"1"), fingerprint="one")
    store.add(sample("b/x.txt", content=b"2"), fingerprint="one")
    with pytest.raises(StoreError, match=r"several documents fit: a/x\.txt \(\w{12}\), b/x\.txt"):
        store.get("x.txt")


def test_an_unknown_name_says_what_to_do(store: Store) -> None:
    with pytest.raises(StoreError, match=r"nothing\.txt: not in .*`structurer import`"):
        store.get("nothing.txt")


def test_percent_signs_are_no_wildcards(store: Store) -> None:
    store.add(sample(), fingerprint="one")
    with pytest.raises(StoreError):
        store.get("%.txt")


def test_failures_are_kept_until_the_file_is_good(store: Store) -> None:
    store.add_failure("x.txt", "0" * 64, kind="empty", reason="nothing to read")
    store.add_failure("y.txt", None, kind="internal", reason="ValueError: odd")
    assert [(f.path, f.kind, f.reason) for f in store.failures()] == [
        ("x.txt", "empty", "nothing to read"),
        ("y.txt", "internal", "ValueError: odd"),
    ]
    with pytest.raises(StoreError, match=r"its import failed: nothing to read"):
        store.get("x.txt")
    store.add(sample("x.txt"), fingerprint="one")
    assert [f.path for f in store.failures()] == ["y.txt"]
    assert store.counts().failures == 1


def test_a_failure_with_other_bytes_supersedes_an_unreadable_file_does_not(store: Store) -> None:
    store.add(sample("x.txt"), fingerprint="one")
    store.add_failure("x.txt", None, kind="unreadable", reason="no")
    assert store.counts().documents == 1
    store.add_failure("x.txt", "0" * 64, kind="empty", reason="nothing to read")
    assert store.counts().documents == 0
    assert store.counts().superseded == 1


def test_counts(store: Store) -> None:
    made = sample()
    store.add(made, fingerprint="one")
    counts = store.counts()
    assert counts.accepted == sum(o.accepted for o in made.observations)
    assert counts.observations["ambiguous"] == 2
    assert sum(counts.observations.values()) == len(made.observations)


def test_the_order_is_that_of_the_paths_whatever_came_first(store: Store) -> None:
    names = [f"{number}.txt" for number in (3, 1, 2)] + [f"more/{number}.txt" for number in range(120)]
    names += ["甲/1.txt", "Z.txt", "a b.txt", "a.txt"]
    for name in names:
        made = sample(name, content=name.encode())
        store.add(made.model_copy(update={"observations": made.observations[:1]}), fingerprint="one")
    store.add(sample("1.txt", content=b"1.txt"), fingerprint="two")
    assert [found.document.path for found in store.extractions()] == sorted(names)


@pytest.mark.parametrize("number", [4.218982935646933e-301, 8412345678901.234, 199.927, 0.1])
def test_a_number_comes_out_to_its_last_bit(store: Store, number: float) -> None:
    made = sample()
    held = made.model_copy(
        update={"observations": (observe("disclosure.procurement.amount", "采购总金额", value=number),)}
    )
    store.add(held, fingerprint="one")
    assert store.get(made.document.id).observations[0].value == number
    assert [line.value for report in store.reports() for line in report.lines] == [number]


def test_times_are_utc(store: Store) -> None:
    store.add(sample(), fingerprint="one")
    with store.database.transaction() as connection:
        moment = connection.scalar(select(documents.c.extracted_at))
    assert moment is not None
    assert moment.tzinfo is timezone.utc


def test_a_newer_store_is_refused(url: str, tmp_path: Path) -> None:
    open_store(url).close()
    with sqlite3.connect(tmp_path / "reports.db") as connection:
        connection.execute("INSERT INTO schema_version VALUES ('m999_future', '2030-01-01')")
    with pytest.raises(StoreError, match=r"newer structurer \(m999_future\)"):
        open_store(url)


def test_another_programs_tables_are_left_alone(url: str, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "reports.db") as connection:
        connection.execute("CREATE TABLE documents (x)")
    with pytest.raises(StoreError, match="another program keeps its tables here"):
        open_store(url)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "URL cannot be read"),
        ("sqlite:////no/such/folder/x.db", "the folder /no/such/folder is not there"),
        ("sqlite:////tmp", "is a folder"),
        ("parrot://x", "no such kind of store"),
    ],
)
def test_a_store_that_cannot_be_opened_says_why(url: str, said: str) -> None:
    with pytest.raises(StoreError, match=said):
        open_store(url)


def test_a_file_that_is_no_store_says_so(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"this is not a database at all" * 100)
    with pytest.raises(StoreError, match="not a database"):
        open_store(f"sqlite:///{tmp_path}/x.db")


def test_reading_does_not_make_a_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no store here"):
        open_store(f"sqlite:///{tmp_path}/x.db", create=False)
    assert not list(tmp_path.iterdir())


def test_passwords_are_never_printed() -> None:
    url = "postgresql://me:hidden@localhost:1/x?sslpassword=hidden2&application_name=a"
    assert "hidden" not in safe_url(url)
    assert "application_name=a" in safe_url(url)
    with pytest.raises(StoreError) as caught:
        open_store(url)
    assert "hidden" not in str(caught.value)


def test_the_tables_can_be_made_on_postgresql() -> None:
    made = [str(CreateTable(table).compile(dialect=postgresql.dialect())) for table in metadata.sorted_tables]
    assert "TIMESTAMP WITH TIME ZONE" in made[0] + made[1]
    assert "SERIAL" in "".join(made)


def _add_many(url: str, first: int, count: int) -> None:
    with open_store(url) as store:
        for number in range(first, first + count):
            store.add(sample(f"{number}.txt", content=str(number).encode()), fingerprint="one")


def test_two_processes_write_at_once(url: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=_add_many, args=(url, first, 25)) for first in (0, 20)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0]
    with open_store(url) as store:
        assert {found.document.path for found in store.extractions()} == {f"{n}.txt" for n in range(45)}


def test_a_collision_with_another_process_is_tried_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from structurer.store import writing

    put, calls = writing._put_documents, []

    def collide(*arguments: object) -> dict[str, int]:
        calls.append(arguments)
        if len(calls) == 1:
            raise IntegrityError("insert", {}, Exception("taken"))
        return put(*arguments)

    monkeypatch.setattr(writing, "_put_documents", collide)
    store.add(sample(), fingerprint="one")
    assert store.get("reports/sample.txt") == sample()


def test_in_memory() -> None:
    with open_store("sqlite://") as store:
        store.add(sample(), fingerprint="one")
        assert store.counts().documents == 1


def test_wal(url: str, tmp_path: Path) -> None:
    open_store(url).close()
    engine = create_engine(url)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    engine.dispose()
