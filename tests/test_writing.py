"""Many documents in one transaction, on both kinds of store: the same as one by one."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from structurer.bulk.failing import Failure
from structurer.bulk.tally import Step, Tally
from structurer.bulk.writing import BATCH, AlsoAt, Extracted, NotExtracted, Writer
from structurer.errors import StoreError
from structurer.observation import Extraction
from structurer.record import Record, record
from structurer.store import Failed, Known, Placed, Store, open_store
from tests.samples import sample


def made(path: str, content: str = "") -> Record:
    data = (content or path).encode()
    return record(sample(path, content=data), content=data, sentences=b"mark", fingerprint="one")


def test_a_batch_holds_what_adding_one_by_one_does(store: Store) -> None:
    paths = [f"{number}.txt" for number in range(7)]
    store.write([made(path) for path in paths], failed=[Failed("bad.txt", None, "empty", "nothing", "one")])
    assert [one.document.path for one in store.extractions()] == paths
    assert list(store.extractions())[3] == sample("3.txt", content=b"3.txt")
    # Again, with other bytes at one place, the same bytes at another, and a failure that is over.
    store.write(
        [made("3.txt", "new"), made("bad.txt"), made("0.txt")],
        [Placed(made("1.txt").id, "copy.txt")],
        [Failed("2.txt", "0" * 64, "crashed", "it ended", "one")],
    )
    assert [one.document.path for one in store.extractions()] == [
        "0.txt", "1.txt", "3.txt", "4.txt", "5.txt", "6.txt", "bad.txt"
    ]  # fmt: skip
    assert [one.path for one in store.failures()] == ["2.txt"]
    assert store.counts().superseded == 2


def test_what_is_known_of_files(store: Store) -> None:
    store.write([made("a.txt")], failed=[Failed("b.txt", "0" * 64, "empty", "nothing", "one")])
    id = made("a.txt").id
    found = {"a.txt": id, "copy.txt": id, "b.txt": "0" * 64, "new.txt": "1" * 64}
    known = store.known(found, "one")
    assert {path: one.state for path, one in known.items()} == {
        "a.txt": "placed",
        "copy.txt": "elsewhere",
        "b.txt": "failed",
    }
    assert known["b.txt"].failed == Failed("b.txt", "0" * 64, "empty", "nothing", "one")
    assert store.known(found, "two") == {}
    assert store.known({"b.txt": "1" * 64}, "one") == {}
    assert list(store.ids("one")) == [id]
    assert isinstance(known["a.txt"], Known)


def poisoned(store: Store) -> Record:
    """A record that this kind of store cannot hold."""
    plain = made("poison.txt")
    if store.name.startswith("sqlite"):
        return plain._replace(about=plain.about | {"year": 2**70})
    return plain._replace(about=plain.about | {"title": "a\0b"})


def test_one_document_that_cannot_be_kept_harms_no_other(store: Store) -> None:
    if store.name.startswith("sqlite"):
        pytest.skip("SQLite holds any text")
    tally, told = Tally(), list[Step]()
    writer = Writer(store, "one", tally, told.append)
    for number in range(BATCH - 1):
        writer.put(Extracted(f"{number}.txt", made(f"{number}.txt")))
    writer.put(Extracted("poison.txt", poisoned(store)))
    writer.flush()
    summary = tally.summary()
    assert (summary.imported, summary.failed) == (BATCH - 1, 1)
    (failed,) = store.failures()
    assert failed.path == "poison.txt"
    assert "cannot hold this document" in failed.reason
    assert len(told) == BATCH


def test_rows_that_cannot_be_kept_are_the_documents_fault(store: Store) -> None:
    if store.name.startswith("sqlite"):
        pytest.skip("SQLite holds any text")
    plain = made("a.txt")
    bad = plain._replace(findings=[(0, "rule", "info", "a\0b", "[]")])
    with pytest.raises(ValueError, match="cannot hold this document"):
        store.write([bad])
    store.write([plain])
    assert store.counts().documents == 1


def test_nothing_is_told_of_before_it_is_kept(store: Store) -> None:
    told: list[Step] = []
    writer = Writer(store, "one", Tally(), told.append)
    writer.put(Extracted("a.txt", made("a.txt"), also=("b.txt",)))
    writer.put(NotExtracted(Failure("c.txt", "empty", "nothing"), None))
    assert told == []
    writer.flush()
    writer.put(AlsoAt("d.txt", made("a.txt").id))
    writer.flush()
    assert [(one.path, one.outcome) for one in told] == [
        ("a.txt", "imported"),
        ("b.txt", "unchanged"),
        ("c.txt", "failed"),
        ("d.txt", "unchanged"),
    ]
    assert store.counts().places == 3


def test_a_place_of_what_is_not_known_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="no document"):
        store.add_place("0" * 64, "a.txt")


def test_copies_are_found(store: Store) -> None:
    store.write([made("b.txt"), made("a.txt")])
    assert store.link_copies() == 1
    assert [(one.path, one.of_path) for one in store.copies()] == [("b.txt", "a.txt")]
    other: Extraction = sample("c.txt", content=b"c", agency="云溪市水务局")
    store.add(other)
    assert store.link_copies() == 0
    assert [one.document.path for one in store.extractions()] == ["a.txt", "c.txt"]
    assert [one.document.path for one in store.reports()] == ["a.txt", "c.txt"], "exports leave copies out"
    assert len(list(store.extractions(copies=True))) == 3


def test_an_older_store_loses_the_index_and_keeps_its_failures(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    open_store(f"sqlite:///{path}").close()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE INDEX ix_observations_indicator ON observations (indicator)")
        connection.execute("DROP INDEX documents_of_agency")
        connection.execute("DROP INDEX observations_about_itself")
        connection.execute("ALTER TABLE failures DROP COLUMN fingerprint")
        connection.execute(
            "INSERT INTO failures VALUES ('x', NULL, 'empty', 'nothing', '2020-01-01 00:00:00')"
        )
        connection.execute("DROP TABLE copies")
        connection.execute("DROP TABLE sentence_marks")
        connection.execute("DELETE FROM schema_version WHERE name = 'm006_scale'")
    with open_store(f"sqlite:///{path}") as store:
        assert [one.fingerprint for one in store.failures()] == [""]
        store.link_copies()
    with sqlite3.connect(path) as connection:
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'index'")}
    assert "ix_observations_indicator" not in names
    assert "documents_of_agency" in names
