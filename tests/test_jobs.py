"""Jobs in the store: kept whole, taken once, let fall and picked up, on both kinds of database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest

from structurer.errors import ForgottenJob, UnknownDocument
from structurer.store import Store, open_store
from structurer.store.claims import Claims
from structurer.store.jobs import LEASE, PIECE, Jobs, Piece
from tests.samples import sample


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: object) -> Iterator[Store]:
    postgresql = request.param == "postgresql"
    url = request.getfixturevalue("server").database() if postgresql else f"sqlite:///{tmp_path}/jobs.db"
    with open_store(url) as opened:
        yield opened


def submitted(jobs: Jobs, *contents: bytes) -> str:
    pieces = [Piece("a.txt", 0, number, content) for number, content in enumerate(contents)]
    return jobs.submit(pieces, by="li", options={"force": True}).id


def test_what_is_handed_in_is_kept_whole(store: Store) -> None:
    jobs = store.jobs()
    id = submitted(jobs, b"\x00" * PIECE, b"end")
    job = jobs.get(id)
    assert (job.state, job.by, job.size, job.options) == ("waiting", "li", PIECE + 3, {"force": True})
    assert b"".join(piece.content for piece in jobs.files(id)) == b"\x00" * PIECE + b"end"
    assert jobs.waiting() == (1, PIECE + 3)
    jobs.end(id, summary={"imported": 1})
    assert list(jobs.files(id)) == []
    assert (jobs.get(id).state, jobs.get(id).summary, jobs.waiting()) == ("done", {"imported": 1}, (0, 0))


def test_a_submission_that_breaks_off_leaves_nothing(store: Store) -> None:
    def breaking() -> Iterator[Piece]:
        yield Piece("a.txt", 0, 0, b"x")
        raise OSError("the client went away")

    jobs = store.jobs()
    with pytest.raises(OSError, match="went away"):
        jobs.submit(breaking(), options={})
    assert jobs.newest(10) == []


def test_each_job_is_taken_once_in_order(store: Store) -> None:
    jobs = store.jobs()
    ids = [submitted(jobs, b"x") for _ in range(2)]
    taken = [jobs.claim(name, (), most_tries=2) for name in ("one", "two", "three")]
    assert [job and job.id for job in taken] == [*ids, None]
    assert [job.id for job in jobs.newest(10)] == ids[::-1]


def test_a_job_that_its_server_let_fall_is_picked_up(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [datetime(2026, 3, 1, tzinfo=timezone.utc)]
    monkeypatch.setattr(Claims, "clock", lambda self: now[0])
    jobs = store.jobs()
    id = submitted(jobs, b"x")
    assert jobs.claim("one", (), most_tries=3)
    now[0] += LEASE / 2
    jobs.renew("one", [id])
    now[0] += LEASE * 0.9
    assert jobs.claim("two", (), most_tries=3) is None
    now[0] += LEASE * 0.2
    assert jobs.claim("one", [id], most_tries=3) is None  # it is still at it
    again = jobs.claim("two", (), most_tries=3)
    assert again is not None
    assert (again.id, again.tries) == (id, 2)
    now[0] += timedelta(seconds=1)
    jobs.renew("one", [id])  # too late: it is another's now
    now[0] += LEASE
    assert jobs.claim("three", (), most_tries=3) is not None


def test_a_job_whose_worker_breaks_is_given_up_after_some_tries(store: Store) -> None:
    jobs = store.jobs()
    id = submitted(jobs, b"x")
    for _ in range(2):
        assert jobs.claim("one", (), most_tries=2)
        jobs.give_back(id, tried=True)
    assert jobs.claim("one", (), most_tries=2) is None
    assert jobs.get(id).state == "failed"
    assert "broke 2 times" in jobs.get(id).problem


def test_a_server_that_stops_costs_no_try(store: Store) -> None:
    jobs = store.jobs()
    id = submitted(jobs, b"x")
    for _ in range(5):
        assert jobs.claim("one", (), most_tries=2)
        jobs.give_back(id, tried=False)
    assert (jobs.get(id).state, jobs.get(id).tries) == ("waiting", 0)


def test_documents_come_in_pages_in_one_order(store: Store) -> None:
    jobs = store.jobs()
    job = jobs.get(submitted(jobs, b"x"))
    store.add(sample(f"{job.folder}/b.txt"))
    for name in ("B (2).txt", "a!c.txt", "报告.txt", "_.txt"):
        store.add_place(sample().document.id, f"{job.folder}/{name}")
    store.add_failure(f"{job.folder}/c.txt", None, kind="binary", reason="no text")
    store.add(sample("elsewhere/b.txt"))
    whole = jobs.documents(job.id)
    assert [one.path for one in whole] == sorted(one.path for one in whole)
    assert len(whole) == 6
    paged, after = [], ""
    while page := jobs.documents(job.id, after=after, limit=2):
        paged += page
        after = page[-1].path
    assert paged == whole
    assert [one.reason for one in whole if one.id is None] == ["no text"]


def test_no_such_job(store: Store) -> None:
    with pytest.raises(UnknownDocument, match="POST /v1/jobs makes one"):
        store.jobs().get("nothing")


def test_jobs_are_forgotten_long_after_they_ended_and_what_they_imported_stays(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = store.jobs()
    kept, failed, empty, waiting = (submitted(jobs, b"x") for _ in range(4))
    store.add(sample(f"submitted/{kept}/a.txt", content=b"a"))
    store.add(sample(f"submitted/{kept}0/b.txt", content=b"b"))  # another job's, whose id begins so
    store.add_failure(f"submitted/{failed}/a.txt", None, kind="empty", reason="nothing to read")
    for id in (kept, failed, empty):
        jobs.end(id, summary={"imported": 1})
    assert jobs.forget(timedelta(hours=1)) == 0
    later = datetime.now(timezone.utc) + timedelta(hours=2)
    monkeypatch.setattr(Claims, "clock", lambda self: later)
    assert jobs.forget(timedelta(hours=1)) == 3
    assert jobs.forget(timedelta(hours=1)) == 0
    assert jobs.get(waiting).state == "waiting"
    for id in (kept, failed):
        with pytest.raises(ForgottenJob, match=f"kept: 1 file under submitted/{id}/"):
            jobs.get(id)
        with pytest.raises(ForgottenJob):
            jobs.documents(id)
    with pytest.raises(UnknownDocument, match="no such job"):
        jobs.get(empty)
    assert len(list(store.extractions())) == 2
    assert [one.path for one in store.failures()] == [f"submitted/{failed}/a.txt"]
    assert store.get(f"submitted/{kept}/a.txt").document.id == sample("a.txt", content=b"a").document.id
