"""Recordings, replayed with the network blocked and played to their end; the PostgreSQL server of a run."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests import postgres, recordings

if TYPE_CHECKING:
    from structurer.store import Store


def pytest_recording_configure(config: pytest.Config, vcr: Any) -> None:
    """Teach vcrpy our way of writing and comparing."""
    vcr.register_serializer("yaml", recordings)
    vcr.register_matcher("question", recordings.same_question)


@pytest.fixture(scope="session")
def server() -> Iterator[postgres.Server]:
    """A PostgreSQL server for all tests of a process; each takes its database emptied."""
    if reason := postgres.why_not():
        pytest.skip(reason)
    with postgres.server() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store: once in SQLite, once in PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/reports.db"
    running: postgres.Server = request.getfixturevalue("server")
    return running.database()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An empty store at `url`, open."""
    from structurer.store import open_store

    with open_store(url) as opened:
        yield opened


@pytest.fixture(scope="session")
def vcr_config() -> dict[str, Any]:
    return {
        "serializer": "yaml",
        "decode_compressed_response": True,
        "before_record_request": recordings.without_request_headers,
        "before_record_response": recordings.without_response_headers,
        "match_on": ["method", "host", "port", "path", "query", "question"],
    }


@pytest.fixture(scope="module")
def vcr_cassette_dir(request: pytest.FixtureRequest) -> str:
    return str(recordings.CASSETTES / request.path.stem)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    result = yield
    cassette = getattr(item, "funcargs", {}).get("vcr")
    if cassette is not None and cassette.write_protected:
        unplayed = [
            request.uri for index, (request, _) in enumerate(cassette.data) if not cassette.play_counts[index]
        ]
        if unplayed:
            pytest.fail(
                f"{len(unplayed)} of {len(cassette.data)} recorded answers were never asked for",
                pytrace=False,
            )
    return result
