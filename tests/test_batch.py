"""Batches: hand in, leave, come back, collect; whatever happens to one, nothing is lost and nothing paid twice."""

from __future__ import annotations

import json
import re
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pydantic import SecretStr

from benchmarks.corpus import reports
from structurer.bulk import Summary
from structurer.bulk.asking import import_with_model
from structurer.bulk.batch import BatchState, import_in_batches
from structurer.bulk.importing import Course
from structurer.cli import cli
from structurer.errors import ModelError
from structurer.forms import load_forms
from structurer.settings import Price, Settings
from structurer.store import Store, open_store
from tests.serving import KEY, loopback

pytestmark = loopback
COUNT = 4
Lines = list[dict[str, Any]]


@dataclass
class Endpoint:
    """An endpoint that takes batches; `finish` decides what became of the requests of one."""

    files: dict[str, bytes] = field(default_factory=dict)
    batches: dict[str, dict[str, Any]] = field(default_factory=dict)
    requests: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    def __enter__(self) -> Endpoint:
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                self._say(endpoint.post(self.path, body))

            def do_GET(self) -> None:
                self._say(endpoint.get(self.path.partition("?")[0]))

            def _say(self, said: bytes | dict[str, Any]) -> None:
                content = said if isinstance(said, bytes) else json.dumps(said).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def post(self, path: str, body: bytes) -> dict[str, Any]:
        if path.endswith("/files"):
            id = f"file-{len(self.files)}"
            self.files[id] = next(
                part for part in re.split(rb"\r\n--", body) if b"custom_id" in part
            ).partition(b"\r\n\r\n")[2]
            return {
                "id": id,
                "object": "file",
                "bytes": 1,
                "created_at": 0,
                "filename": "x",
                "purpose": "batch",
            }
        given = json.loads(body)
        id = f"batch_{len(self.batches)}"
        made = [json.loads(line) for line in self.files[given["input_file_id"]].decode().splitlines()]
        self.requests += made
        self.batches[id] = {
            "id": id, "object": "batch", "endpoint": given["endpoint"], "input_file_id": given["input_file_id"],
            "completion_window": "24h", "status": "in_progress", "created_at": 0, "metadata": given["metadata"],
            "request_counts": {"total": len(made), "completed": 0, "failed": 0},
        }  # fmt: skip
        return self.batches[id]

    def get(self, path: str) -> bytes | dict[str, Any]:
        if path.endswith("/content"):
            return self.files[path.split("/")[-2]]
        if path.endswith("/batches"):
            return {"object": "list", "data": list(self.batches.values())[::-1], "has_more": False}
        return self.batches[path.split("/")[-1]]

    def lines(self, id: str) -> Lines:
        return [
            json.loads(line) for line in self.files[self.batches[id]["input_file_id"]].decode().splitlines()
        ]

    def end(
        self,
        id: str,
        status: str,
        answered: Lines,
        failed: Lines = (),
        *,
        say: Callable[..., str] | None = None,
    ) -> None:  # type: ignore[assignment]
        """Ends a batch: answers some requests, lets some fail, and forgets the rest."""
        batch = self.batches[id]
        batch["status"] = status
        for name, entries in (
            ("output_file_id", [good(line, say) for line in answered]),
            ("error_file_id", [bad(line) for line in failed]),
        ):
            if entries:
                batch[name] = f"file-{name}-{id}"
                text = "\n".join(json.dumps(entry, ensure_ascii=False) for entry in reversed(entries))
                self.files[batch[name]] = text.encode()

    def settings(self, tmp_path: Path, **given: Any) -> Settings:
        filled: dict[str, Any] = {
            "model": "test-model",
            "provider": "openai",
            "ask": "all",
            "base_url": SecretStr(self.url),
            "api_key": SecretStr(KEY),
            "cache_dir": str(tmp_path / "cache"),
            **given,
        }
        return Settings(**filled)


def good(line: dict[str, Any], say: Callable[..., str] | None = None) -> dict[str, Any]:
    text = say(line) if say else '{"items":[]}'
    finish = "length" if text == "long" else "stop"
    message = {"role": "assistant", "content": text, "refusal": None}
    body = {
        "choices": [{"index": 0, "finish_reason": finish, "message": message}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 3},
    }
    return {
        "id": "x",
        "custom_id": line["custom_id"],
        "response": {"status_code": 200, "body": body},
        "error": None,
    }


def bad(line: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": "x",
        "custom_id": line["custom_id"],
        "response": None,
        "error": {"code": "batch_expired", "message": "not in time"},
    }


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    made = tmp_path / "reports"
    made.mkdir()
    for case in reports(5, COUNT):
        (made / f"{case.name}{case.suffix}").write_bytes(case.data())
    return sorted(map(str, made.iterdir()))


@pytest.fixture
def store(tmp_path: Path) -> Any:
    with open_store(f"sqlite:///{tmp_path}/a.db") as opened:
        yield opened


def run(files: Iterable[str], store: Store, settings: Settings) -> tuple[Summary, BatchState]:
    return import_in_batches(files, store, force=False, settings=settings, forms=load_forms())


def test_hand_in_leave_come_back_collect(files: list[str], store: Store, tmp_path: Path) -> None:
    with Endpoint() as endpoint:
        settings = endpoint.settings(tmp_path)
        summary, state = run(files, store, settings)
        assert summary.imported == COUNT
        assert state.batches == ("batch_0",)
        assert state.waiting == state.handed_in == len(endpoint.requests) > COUNT
        waiting = run(files, store, settings)[1]
        assert (waiting.handed_in, waiting.waiting) == (0, state.waiting)
        endpoint.end("batch_0", "completed", endpoint.lines("batch_0"))
        summary, done = run(files, store, settings)
        assert (done.collected, done.waiting, done.batches) == (state.waiting, 0, ())
        assert summary.usage is not None
        assert summary.usage.calls == state.waiting
        assert summary.problem == ""
        assert run(files, store, settings)[0].unchanged == COUNT
    assert len(endpoint.batches) == 1


PRICES = {"test-model": Price(input=10, output=40)}


def test_a_batch_costs_half(files: list[str], store: Store, tmp_path: Path) -> None:
    with Endpoint() as endpoint:
        settings = endpoint.settings(tmp_path, prices=PRICES)
        told = [
            import_with_model(
                files, store, settings, load_forms(), Course(), dry_run=True, batch=batch
            ).estimate
            for batch in (False, True)
        ]
        at_once, in_batch = told
        assert at_once is not None
        assert in_batch is not None
        assert in_batch.cost == pytest.approx((at_once.cost or 0) / 2)
        assert (at_once.batch_share, in_batch.batch_share) == (None, 0.5)
        _, state = run(files, store, settings)
        assert state.handed_in == in_batch.calls
        endpoint.end("batch_0", "completed", endpoint.lines("batch_0"))
        usage = run(files, store, settings)[0].usage
    assert usage is not None
    assert usage.cost == pytest.approx(state.handed_in * (10 * 10 + 3 * 40) / 1e6 / 2)


def test_a_budget_bounds_what_is_handed_in(files: list[str], store: Store, tmp_path: Path) -> None:
    with Endpoint() as endpoint:
        summary, state = run(files, store, endpoint.settings(tmp_path, prices=PRICES, max_cost=0.1))
        assert state.handed_in > 0
        assert "max_cost of 0.1" in summary.problem
        free = run(files, store, endpoint.settings(tmp_path))[1]
        assert free.handed_in > 0


def test_what_is_handed_in() -> None:
    from structurer.model.batch import request
    from structurer.model.presets import endpoint
    from tests.questions import question

    here = endpoint(Settings(model="gpt", api_key=SecretStr(KEY)))
    asked = question()
    line = request("k", asked, here)
    assert "收到申请17件".encode() in line
    assert KEY.encode() not in line
    made = json.loads(line)
    assert (made["custom_id"], made["url"], made["body"]["temperature"]) == ("k", "/v1/chat/completions", 0)
    assert made["body"]["response_format"]["json_schema"]["strict"] is True
    assert made["body"]["max_completion_tokens"] == asked.limit


@pytest.mark.parametrize("status", ["expired", "cancelled", "completed"])
def test_only_what_is_missing_is_handed_in_again(
    files: list[str], store: Store, tmp_path: Path, status: str
) -> None:
    with Endpoint() as endpoint:
        settings = endpoint.settings(tmp_path)
        run(files, store, settings)
        lines = endpoint.lines("batch_0")
        endpoint.end("batch_0", status, lines[:3], lines[3:5])
        state = run(files, store, settings)[1]
        assert (state.collected, state.failed) == (3, 2)
        assert state.handed_in == len(lines) - 3
        again = {line["custom_id"] for line in endpoint.lines("batch_1")}
        assert again == {line["custom_id"] for line in lines[3:]}
        endpoint.end("batch_1", "completed", endpoint.lines("batch_1"))
        assert run(files, store, settings)[1].batches == ()
        assert run(files, store, settings)[0].unchanged == COUNT


def test_questions_are_handed_in_while_files_are_still_found(
    files: list[str], store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the number of files: a batch goes as soon as it is full, and the rest is not looked at yet."""
    monkeypatch.setattr("structurer.model.batch.MOST_REQUESTS", 5)
    many = []
    for case in reports(5, 240):
        path = tmp_path / f"m{len(many):03}{case.suffix}"
        path.write_bytes(case.data())
        many.append(str(path))
    found = 0
    when: list[int] = []

    def finding() -> Iterator[str]:
        nonlocal found
        for path in many:
            found += 1
            yield path

    with Endpoint() as endpoint:
        taken = endpoint.post

        def post(path: str, body: bytes) -> dict[str, Any]:
            when.append(found)
            return taken(path, body)

        monkeypatch.setattr(endpoint, "post", post)
        settings = endpoint.settings(tmp_path, ask="open")
        summary, state = run(finding(), store, settings)
        assert summary.imported + summary.unchanged == len(many)
        assert when[0] < 120, "the first batch waited for most of the files"
        assert len(state.batches) == len(endpoint.batches) == -(-state.handed_in // 5) > 3
        keys = [line["custom_id"] for line in endpoint.requests]
        assert len(keys) == len(set(keys)) == state.handed_in == state.waiting
        for id in list(endpoint.batches):
            endpoint.end(id, "completed", endpoint.lines(id))
        summary, state = run(many, store, settings)
        assert (state.collected, state.waiting) == (len(keys), 0)
        assert summary.problem == ""
    with store.database.transaction() as connection:
        kept = connection.exec_driver_sql("SELECT count(*) FROM chunks WHERE document = ''").scalar()
    assert kept == 0, "what came before its question was known is completed when it is asked"


def test_a_run_that_dies_while_it_hands_in_asks_nothing_twice(
    files: list[str], store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The endpoint took the batch, and the answer that says so never arrived; then: it took none."""
    from structurer.model.batch import Batches

    hand_in = Batches.hand_in

    def dies(self: Batches, lines: Any, mark: str) -> str:
        hand_in(self, lines, mark)
        raise ModelError("killed here")

    with Endpoint() as endpoint:
        settings = endpoint.settings(tmp_path)
        monkeypatch.setattr(Batches, "hand_in", dies)
        with pytest.raises(ModelError, match="killed here"):
            run(files, store, settings)
        monkeypatch.setattr(Batches, "hand_in", hand_in)
        state = run(files, store, settings)[1]
        assert (state.batches, state.handed_in, len(endpoint.batches)) == (("batch_0",), 0, 1)
        endpoint.end("batch_0", "completed", endpoint.lines("batch_0"))
        assert run(files, store, settings)[1].batches == ()
        assert run(files, store, settings)[0].unchanged == COUNT

        def refused(self: Batches, lines: Any, mark: str) -> str:
            raise ModelError("no connection")

        with open_store(f"sqlite:///{tmp_path}/other.db") as other:
            endpoint.batches.clear()
            endpoint.requests.clear()
            fresh = endpoint.settings(tmp_path, cache_dir=str(tmp_path / "fresh"))
            monkeypatch.setattr(Batches, "hand_in", refused)
            with pytest.raises(ModelError, match="no connection"):
                run(files, other, fresh)
            monkeypatch.setattr(Batches, "hand_in", hand_in)
            assert run(files, other, fresh)[1].handed_in == len(endpoint.requests) > COUNT


def test_a_batch_that_was_never_noted_is_found_again(files: list[str], tmp_path: Path) -> None:
    with Endpoint() as endpoint:
        settings = endpoint.settings(tmp_path)
        for name in ("dies.db", "lives.db"):
            with open_store(f"sqlite:///{tmp_path}/{name}") as store:
                state = run(files, store, settings)[1]
    assert len(endpoint.batches) == 1
    assert state.batches == ("batch_0",)


def test_answers_to_other_files_are_kept(files: list[str], store: Store, tmp_path: Path) -> None:
    with Endpoint() as endpoint:
        settings = endpoint.settings(tmp_path)
        run(files, store, settings)
        endpoint.end("batch_0", "completed", endpoint.lines("batch_0"))
        run(files[:1], store, settings)
        assert run(files, store, settings)[1].handed_in == 0
    assert len(endpoint.batches) == 1


def test_batches_of_an_older_store_are_known(tmp_path: Path) -> None:
    path = tmp_path / "older.db"
    open_store(f"sqlite:///{path}").close()
    with sqlite3.connect(path) as raw:
        raw.execute("DROP TABLE batch_keys")
        raw.execute("DELETE FROM schema_version WHERE name = 'm009_batch_keys'")
        for id, state, keys in (("one", "handed", '["a", "b"]'), ("old", "completed", '["c"]')):
            values = (id, "here", "m", state, keys, "2026-01-01 00:00:00.000000")
            raw.execute("INSERT INTO batches VALUES (?, ?, ?, ?, ?, ?)", values)
    with open_store(f"sqlite:///{path}") as store:
        handed = store.handed_in()
        assert [handed.holds(key) for key in "abc"] == [True, True, False]
        assert [(batch.id, batch.questions) for batch in handed.waiting("here")] == [("one", 2)]
        handed.collected("one", "completed")
        assert not handed.holds("a")
        assert list(handed.waiting("here")) == []


def test_a_truncated_answer_comes_back_in_halves(files: list[str], store: Store, tmp_path: Path) -> None:
    with Endpoint() as endpoint:
        settings = endpoint.settings(tmp_path)
        run(files, store, settings)
        lines = endpoint.lines("batch_0")
        longest = max(lines, key=lambda line: len(line["body"]["messages"][1]["content"]))
        endpoint.end(
            "batch_0", "completed", lines, say=lambda line: "long" if line is longest else '{"items":[]}'
        )
        state = run(files, store, settings)[1]
        assert state.handed_in == 2
        parts = [line["body"]["messages"][1]["content"] for line in endpoint.lines("batch_1")]
        assert all(len(part) < len(longest["body"]["messages"][1]["content"]) for part in parts)
        endpoint.end("batch_1", "completed", endpoint.lines("batch_1"))
        assert run(files, store, settings)[1].batches == ()
        assert run(files, store, settings)[0].unchanged == COUNT


def test_a_damaged_line_is_the_loss_of_that_line(files: list[str], store: Store, tmp_path: Path) -> None:
    with Endpoint() as endpoint:
        settings = endpoint.settings(tmp_path)
        run(files, store, settings)
        lines = endpoint.lines("batch_0")
        endpoint.end("batch_0", "completed", lines)
        name = endpoint.batches["batch_0"]["output_file_id"]
        endpoint.files[name] = (
            b'{"custom_id": "x", "resp\n\xff\n[1]\n' + endpoint.files[name].partition(b"\n")[2]
        )
        state = run(files, store, settings)[1]
        assert (state.collected, state.handed_in) == (len(lines) - 1, 1)


def test_a_batch_that_is_refused_says_why(files: list[str], store: Store, tmp_path: Path) -> None:
    with Endpoint() as endpoint:
        settings = endpoint.settings(tmp_path)
        run(files, store, settings)
        endpoint.batches["batch_0"] |= {
            "status": "failed",
            "errors": {
                "object": "list",
                "data": [{"code": "invalid", "message": "too many tokens enqueued"}],
            },
        }
        with pytest.raises(ModelError, match="too many tokens enqueued"):
            run(files, store, settings)
        assert run(files, store, settings)[1].batches == ("batch_1",)


def test_an_endpoint_without_batches_says_so(files: list[str], store: Store, tmp_path: Path) -> None:
    with Endpoint() as endpoint, pytest.raises(ModelError, match="takes no batches"):
        run(files, store, endpoint.settings(tmp_path, provider="compatible"))


def test_an_endpoint_that_is_gone_says_so(files: list[str], store: Store, tmp_path: Path) -> None:
    settings = Settings(
        model="openai:x", ask="all", base_url=SecretStr("http://127.0.0.1:9/v1"), api_key=SecretStr(KEY),
        cache_dir=str(tmp_path / "c"), timeout=0.2,
    )  # fmt: skip
    with pytest.raises(ModelError, match="the connection failed"):
        run(files, store, settings)


def test_the_command(files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("STRUCTURER_CACHE_DIR", str(tmp_path / "cache"))

    def call(*arguments: str, code: int = 0) -> Any:
        result = CliRunner().invoke(cli, ["import", *files, "--batch", *arguments], prog_name="structurer")
        assert result.exit_code == code, result.output
        return result

    with Endpoint() as endpoint:
        asking = ("--model", "openai:test-model", "--base-url", endpoint.url, "--ask", "all")
        first = call(*asking)
        assert "batch_0: run the same command later" in first.stderr
        endpoint.end("batch_0", "completed", endpoint.lines("batch_0"))
        told = json.loads(call(*asking, "--json").stdout)
        assert told["batch"]["waiting"] == 0
        assert told["imported"] == COUNT
    assert "--model" in call(code=2).stderr
