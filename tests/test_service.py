"""A real server on this machine: what it answers is what the commands print, and nobody else gets in."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from structurer.cli import cli
from structurer.errors import SettingsError
from structurer.service.limits import Bucket
from structurer.service.serving import is_loopback
from structurer.service.submitting import Upload, Uploads, harmless
from structurer.service.tokens import Tokens, read_tokens
from structurer.store import open_store
from structurer.store.jobs import Piece
from tests.desk_samples import TOTAL, calm, report
from tests.service import EXAMPLES, FORM, Running, form, serving
from tests.serving import KEY, Serving

pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1", "::1"])
TOKEN, LIS = "a-token-that-is-only-for-tests", "b-token-of-a-reviewer-for-tests"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("service")
    with open_store(f"sqlite:///{made}/structurer.db") as store:
        extraction, content = report()
        store.add(extraction, fingerprint="one", content=content)
        calm(store)
    return made


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Running]:
    with serving(folder, "--rate", "100000") as running:
        yield running


def command(folder: Path, *arguments: str) -> Any:
    """What a command prints with --json."""
    store = f"sqlite:///{folder}/structurer.db"
    result = CliRunner().invoke(cli, [*arguments, "--store", store, "--json"], prog_name="structurer")
    assert result.exit_code in (0, 3), result.output
    return json.loads(result.stdout)


def wait_for(server: Running, id: str) -> Any:
    for _ in range(60):
        job = server.ask("GET", f"/v1/jobs/{id}?wait=20").json
        if job["state"] in ("done", "failed"):
            return job
    raise AssertionError(job)


# Handing in, waiting, fetching


def test_a_text_handed_in_comes_out_as_extract_prints_it(server: Running) -> None:
    text = EXAMPLES[0].read_text(encoding="utf-8")
    answer = server.ask("POST", "/v1/jobs?wait=40", {"text": text, "name": "one.txt"})
    assert (answer.status, answer.json["state"]) == (202, "done"), answer
    job = server.ask("GET", answer.headers["location"]).json
    assert [(one["path"], one["reason"]) for one in job["documents"]] == [
        (f"submitted/{job['id']}/one.txt", "")
    ]
    found = server.ask("GET", f"/v1/documents/{job['documents'][0]['id']}").json
    printed = CliRunner().invoke(cli, ["extract", str(EXAMPLES[0]), "--json"], prog_name="structurer")
    expected = json.loads(printed.stdout)
    expected["document"]["path"] = found["document"]["path"]
    assert found == expected
    assert len(found["observations"]) > 100


def test_files_and_archives_in_one_request(server: Running) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("2019/a.txt", EXAMPLES[0].read_bytes() + b"\n1")
        archive.writestr("../../etc/b.txt", EXAMPLES[1].read_bytes() + b"\n2")
        archive.writestr("picture.bmp", b"BM")
    answer = server.submit(
        ("two.txt", EXAMPLES[2].read_bytes() + b"\n3"),
        ("two.txt", b"no report"),
        ("reports.zip", packed.getvalue()),
    )
    job = server.ask("GET", f"/v1/jobs/{answer.json['id']}").json
    assert (job["summary"]["imported"], job["summary"]["failed"], job["summary"]["skipped"]) == (3, 1, 1)
    names = [one["path"].partition(job["id"] + "/")[2] for one in job["documents"]]
    assert names == [
        "reports.zip!%2E%2E/%2E%2E/etc/b.txt",
        "reports.zip!2019/a.txt",
        "two (2).txt",
        "two.txt",
    ]
    assert [bool(one["id"]) for one in job["documents"]] == [True, True, False, True]
    assert job["documents"][2]["kind"] == "not-a-report"
    first = server.ask("GET", f"/v1/jobs/{job['id']}?limit=3").json
    rest = server.ask("GET", f"/v1/jobs/{job['id']}?limit=3&after={quote(first['next'])}").json
    assert [*first["documents"], *rest["documents"]] == job["documents"]
    assert rest["next"] is None
    assert server.ask("GET", "/v1/jobs?limit=1").json["jobs"][0]["id"] == job["id"]


def test_the_same_bytes_again_are_unchanged(server: Running) -> None:
    content = EXAMPLES[1].read_bytes() + b"\nagain"
    first = server.submit(("a.txt", content)).json["summary"]
    again = server.submit(("b.txt", content)).json["summary"]
    forced = server.submit(("b.txt", content), query="wait=40&force=true").json["summary"]
    assert [one["imported"] for one in (first, again, forced)] == [1, 0, 1]
    assert again["unchanged"] == 1


def test_waiting_ends_in_time(server: Running) -> None:
    with open_store(str(server_store(server))) as store:
        began = time.monotonic()
        job = store.jobs().submit([Piece("a.txt", 0, 0, b"not a report")], options={})
        answered = server.ask("GET", f"/v1/jobs/{job.id}?wait=30")
    assert answered.json["state"] == "done"  # another process handed it in, and the server looked
    assert answered.json["documents"][0]["kind"] == "not-a-report"
    assert time.monotonic() - began < 25


def server_store(server: Running) -> str:
    return f"sqlite:///{Path(f'/proc/{server.process.pid}/cwd').resolve()}/structurer.db"


@pytest.mark.parametrize(
    ("layout", "query"), [("jsonl", ()), ("csv", ()), ("csv", ("--shape", "wide")), ("validatreport", ())]
)
def test_export_is_what_the_command_writes(
    server: Running, folder: Path, layout: str, query: tuple[str, ...]
) -> None:
    server.submit(("export.txt", EXAMPLES[0].read_bytes() + b"\nexport"))
    out = folder / f"out.{layout}"
    command(folder, "export", "--format", layout, "--out", str(out), "--status", "all", "--bare", *query)
    shape = f"&shape={query[1]}" if query else ""
    answer = server.ask("GET", f"/v1/export?format={layout}&status=all{shape}")
    assert answer.content == out.read_bytes()
    assert answer.headers["content-disposition"].endswith(f'"structurer.{layout}"')


def test_an_export_that_cannot_be(server: Running) -> None:
    assert "one of jsonl, csv" in server.ask("GET", "/v1/export?format=exe").json["detail"]
    assert "wide is for" in server.ask("GET", "/v1/export?format=jsonl&shape=wide").json["detail"]


# Reviewing


def test_reviewing_is_what_the_commands_do(server: Running, folder: Path) -> None:
    key = f"{report()[0].document.id[:12]}:{TOTAL}"
    queue = server.ask("GET", "/v1/queue?table=applications&limit=100").json
    assert queue == command(folder, "queue", "--table", "applications", "--limit", "100")
    shown = server.ask("GET", f"/v1/items/{quote(key)}").json
    assert shown == command(folder, "review", "show", key)
    task = server.ask("POST", "/v1/queue/next", {"by": "li", "document": report()[0].document.id}).json[
        "task"
    ]
    assert (task["by"], bool(task["items"])) == ("li", True)

    stale = {"item": key, "kind": "correct", "value": 16, "by": "li", "seen_sha": "0" * 64}
    assert server.ask("POST", "/v1/decisions", stale).status == 409
    made = server.ask("POST", "/v1/decisions", {**stale, "seen_sha": shown["seen_sha"], "reason": "sum"})
    assert (made.status, made.json["event"]["value"], made.json["state"]) == (200, 16, "decided")
    found = server.ask("GET", f"/v1/documents/{report()[0].document.id}").json
    total = next(one for one in found["observations"] if one["indicator"] == TOTAL)
    assert (total["value"], total["accepted"], "reviewer" in total["methods"]) == (16, True, True)

    told = server.ask("GET", f"/v1/log/{quote(key)}").json["events"]
    assert told == command(folder, "log", key)
    lines = server.ask("GET", "/v1/decisions").content.decode().splitlines()
    assert json.loads(lines[-1])["id"] == made.json["event"]["id"]
    applied = server.ask("POST", "/v1/decisions/apply", ("\n".join(lines)).encode()).json
    assert applied == {"applied": 0, "known": len(lines), "conflicts": []}

    assert [one["kind"] for one in server.ask("POST", "/v1/undo", {"by": "li"}).json["events"]] == ["correct"]
    assert len(server.ask("POST", "/v1/redo", {"by": "li"}).json["events"]) == 1
    assert len(server.ask("POST", "/v1/undo", {"by": "li"}).json["events"]) == 1
    assert server.ask("POST", "/v1/release", {"by": "li"}).json["units"]
    proven = server.ask("POST", "/v1/accept", {"by": "li", "where": "proven", "dry_run": True}).json
    assert proven == command(folder, "accept", "--where", "proven", "--dry-run", "--as", "li")


def test_another_reviewer_holds_the_unit(server: Running) -> None:
    key = f"{report()[0].document.id[:12]}:{TOTAL}"
    wang = {"by": "wang", "document": report()[0].document.id, "table": "applications"}
    assert server.ask("POST", "/v1/queue/next", wang).json["task"]
    refused = server.ask("POST", "/v1/decisions", {"item": key, "kind": "accept", "by": "zhao"})
    assert (refused.status, refused.json["code"]) == (409, "conflict")
    assert "claimed by wang" in refused.json["detail"]
    server.ask("POST", "/v1/release", {"by": "wang"})


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "said"),
    [
        ("POST", "/v1/decisions", {"item": "abcd1234", "kind": "accept", "by": "li"}, 404, "no such item"),
        (
            "POST",
            "/v1/decisions",
            {"item": "x", "kind": "accept", "value": 1, "by": "li"},
            422,
            "takes no value",
        ),
        ("POST", "/v1/decisions", {"item": "x", "kind": "correct", "by": "li"}, 422, "null if left blank"),
        ("POST", "/v1/decisions", {"item": "x", "kind": "accept"}, 422, "name the reviewer"),
        ("POST", "/v1/decisions", {"item": "x", "kind": "accept", "by": "a|b"}, 422, "no reviewer's name"),
        (
            "POST",
            "/v1/decisions",
            {"item": "x", "kind": "correct", "value": True, "by": "li"},
            422,
            "body.value",
        ),
        ("POST", "/v1/decisions", {"item": "x", "kind": "eat", "by": "li"}, 422, "body.kind"),
        ("POST", "/v1/decisions/apply", b'{"item": 1}\n', 422, "body:1: a decision needs item and kind"),
        ("POST", "/v1/decisions/apply", b"\xff", 400, "not UTF-8"),
        ("POST", "/v1/undo", b"[" * 100_000, 400, "/openapi.json"),
        ("POST", "/v1/jobs", b"", 415, "send multipart/form-data"),
        ("POST", "/v1/jobs", {"text": ""}, 422, "body.text"),
        ("POST", "/v1/jobs", {"texts": "x"}, 422, "body.text"),
        ("GET", "/v1/documents/nothing.txt", None, 404, "not in sqlite"),
        ("GET", "/v1/jobs/" + "0" * 32, None, 404, "no such job"),
        ("GET", "/v1/jobs/..%2f..%2fetc", None, 404, ""),
        ("GET", "/v1/queue?limit=0", None, 422, "query.limit"),
        ("PUT", "/v1/queue", None, 405, "/openapi.json"),
        ("GET", "/docs", None, 404, "/openapi.json"),
    ],
)
def test_errors_name_the_place_and_the_next_step(
    server: Running, method: str, path: str, body: Any, status: int, said: str
) -> None:
    answer = server.ask(
        method, path, body, **({"Content_Type": "application/json"} if path == "/v1/undo" else {})
    )
    assert answer.status == status, answer
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(answer.json) >= {"type", "title", "status", "code", "detail"}
    assert said in answer.json["detail"]


def test_a_broken_form(server: Running) -> None:
    broken = server.ask("POST", "/v1/jobs", b"--nothing", Content_Type=FORM)
    assert (broken.status, broken.json["code"]) == (400, "form"), broken
    other = form([("a.txt", b"x")]).replace(b'name="files"', b'name="filez"')
    unknown = server.ask("POST", "/v1/jobs", other, Content_Type=FORM)
    assert "'filez' is unknown" in unknown.json["detail"]


# Who gets in


def test_no_page_of_another_site_gets_in(server: Running) -> None:
    port = urlsplit(server.url).port
    for headers in (
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example:80"},
        {"Host": "[::1"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": f"https://localhost:{(port or 1) - 1}"},
        {"Sec_Fetch_Site": "cross-site"},
    ):
        answer = server.ask("POST", "/v1/undo", {"by": "li"}, **headers)
        assert answer.status in (403, 421), (headers, answer)
    assert server.ask("GET", "/health", Host=f"localhost:{port}").status == 200
    answer = server.ask("OPTIONS", "/v1/queue", Access_Control_Request_Method="GET")
    assert answer.status == 405
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_host_sent_twice_is_refused(server: Running) -> None:
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname or "", address.port or 0)) as raw:
        raw.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n")
        assert re.match(rb"HTTP/1.1 4[0-9]{2}", raw.recv(4000))


def test_tokens(tmp_path: Path) -> None:
    (tmp_path / "tokens").write_text(f"# of the team\n{TOKEN}\n{LIS} 李\n")
    (tmp_path / "tokens").chmod(0o600)
    with serving(tmp_path, "--token-file", "tokens", "--host", "127.0.0.1") as server:
        for given in ("", "wrong", TOKEN + "x", TOKEN[:-1], "Ä"):
            headers = {"Authorization": f"Bearer {given}".encode().decode("latin-1")} if given else {}
            answer = server.ask("GET", "/v1/queue", **headers)
            assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert server.ask("GET", "/v1/queue", Authorization=f"Basic {TOKEN}").status == 401
        assert server.ask("GET", f"/v1/queue?token={TOKEN}").status == 401
        assert server.ask("GET", "/health").status == 200
        assert server.ask("GET", "/v1/queue", token=TOKEN).status == 200
        assert server.ask("POST", "/v1/undo", {}, token=LIS).status == 200
        impostor = server.ask("POST", "/v1/undo", {"by": "王"}, token=LIS)
        assert (impostor.status, impostor.json["code"]) == (403, "reviewer")
        assert server.ask("POST", "/v1/undo", {"by": "王"}, token=TOKEN).status == 200
        assert server.ask("POST", "/v1/decisions/apply", b"", token=LIS).status == 403
        job = server.submit(("a.txt", EXAMPLES[0].read_bytes()), token=LIS).json
        assert (job["by"], job["state"]) == ("李", "done")
        for _ in range(40):
            guessed = server.ask("GET", "/v1/queue", token="a-wrong-token-of-an-attacker")
        assert guessed.status == 429
        assert int(guessed.headers["retry-after"]) >= 1
        assert server.ask("GET", "/v1/queue", token=TOKEN).status == 200
        assert server.stop() == 0
        written = "".join(server.said)
        assert "GET /v1/queue 200" in written
        assert "李" in written
        for secret in (TOKEN, LIS, "a-wrong-token-of-an-attacker"):
            assert secret not in written.replace(f"?token={TOKEN}", "")
            assert not any(secret.encode() in path.read_bytes() for path in tmp_path.glob("structurer.db*"))


def test_tokens_are_read_and_forgotten(tmp_path: Path) -> None:
    tokens = read_tokens(None, {"STRUCTURER_TOKENS": f"{TOKEN},{LIS} li"})
    assert len(tokens) == 2
    assert TOKEN not in repr(tokens)
    assert TOKEN not in repr(vars(tokens))
    assert tokens.caller(f"bearer {LIS}").name == "li"  # type: ignore[union-attr]
    assert tokens.caller(f"Bearer  {TOKEN} ").name == ""  # type: ignore[union-attr]
    assert tokens.caller(None) is tokens.caller(TOKEN) is tokens.caller("Bearer") is None
    assert not read_tokens(None, {})
    assert Tokens().caller("Bearer ") is None
    for text, said in (
        ("short", "line 1: a token has 20"),
        (f"\n{TOKEN}\n{TOKEN}", "line 3: this token stands there twice"),
        (f"{TOKEN} a|b", "line 1: after the token"),
        ("# nothing", "holds no token"),
    ):
        (tmp_path / "tokens").write_text(text)
        with pytest.raises(SettingsError, match=said) as raised:
            read_tokens(str(tmp_path / "tokens"))
        assert TOKEN not in str(raised.value)
    with pytest.raises(SettingsError, match="No such file"):
        read_tokens(str(tmp_path / "none"))


def test_other_machines_need_tokens(tmp_path: Path) -> None:
    for host in ("0.0.0.0", "::", "192.0.2.1", "example.org"):
        assert not is_loopback(host)
        result = CliRunner().invoke(
            cli, ["serve", "--host", host, "--port", "0"], env={"STRUCTURER_TOKENS": ""}
        )
        assert (result.exit_code, "--token-file" in result.output) == (2, True)
    assert all(map(is_loopback, ("127.0.0.1", "127.9.9.9", "::1", "localhost")))


def test_a_port_that_is_taken(server: Running) -> None:
    result = CliRunner().invoke(cli, ["serve", "--port", str(urlsplit(server.url).port)])
    assert result.exit_code == 1
    assert "in use; --port names another" in result.output


def test_without_the_extra_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("structurer.commands.serving.find_spec", lambda name: None)
    result = CliRunner().invoke(cli, ["serve"])
    assert (result.exit_code, "pip install 'structurer[service]'" in result.output) == (2, True)


# How much


def test_too_large_is_refused_while_it_arrives(tmp_path: Path) -> None:
    with serving(tmp_path, "--max-upload", "100000") as server:
        announced = server.ask("POST", "/v1/jobs", b"x" * 200_000, Content_Type=FORM)
        assert (announced.status, announced.json["code"]) == (413, "too-large")
        address, head = urlsplit(server.url), form([("a.txt", b"")])[:80]
        with socket.create_connection((address.hostname or "", address.port or 0), timeout=20) as raw:
            raw.sendall(
                b"POST /v1/jobs HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n"
                b"Content-Type: " + FORM.encode() + b"\r\n\r\n"
            )
            raw.sendall(b"%x\r\n%s\r\n" % (len(head), head))
            sent, chunk = 0, b"x" * 10_000
            while sent < 100_000_000:  # the answer comes long before everything is sent
                try:
                    raw.sendall(b"%x\r\n%s\r\n" % (len(chunk), chunk))
                except OSError:
                    break
                sent += len(chunk)
            else:
                raise AssertionError("everything was taken in")
        assert server.ask("POST", "/v1/undo", b"x" * 1_000_001).status == 413
        assert server.ask("GET", "/v1/jobs").json["jobs"] == []


def test_too_often_too_many(tmp_path: Path) -> None:
    with serving(tmp_path, "--rate", "60", "--queue", "1", "--workers", "1") as server:
        with open_store(f"sqlite:///{tmp_path}/structurer.db") as store:
            held = store.jobs()
            job = held.submit([Piece("a.txt", 0, 0, b"x")], options={})
            assert held.claim("another server", (), most_tries=3) or held.get(job.id).state != "waiting"
            if held.get(job.id).state == "running":
                refused = server.submit(("b.txt", b"x"), query="")
                assert (refused.status, refused.json["code"]) == (503, "full")
                assert int(refused.headers["retry-after"]) > 0
        answers = [server.ask("GET", "/v1/jobs") for _ in range(12)]
        assert {one.status for one in answers} == {200, 429}
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert server.ask("GET", "/health").status == 429


def test_a_bucket_fills_again() -> None:
    at = [0.0]
    bucket = Bucket(600, lambda: at[0])
    assert [bucket.take() for _ in range(60)] == [0] * 60
    assert bucket.take() == pytest.approx(0.1)
    at[0] += 0.1
    assert bucket.take() == 0
    at[0] += 1000
    assert sum(bucket.take() == 0 for _ in range(100)) == 60


# Living on


def test_a_job_outlives_the_server(tmp_path: Path) -> None:
    many = [(f"{n}.txt", EXAMPLES[n % 3].read_bytes() + b"\n%d" % n) for n in range(40)]
    with serving(tmp_path, "--workers", "1") as server:
        id = server.submit(*many, query="").json["id"]
        while server.ask("GET", f"/v1/jobs/{id}").json["state"] == "waiting":
            time.sleep(0.05)
        server.stop(signal.SIGKILL)
    with serving(tmp_path, "--workers", "1") as server:
        job = wait_for(server, id)
        summary = job["summary"]
        assert (job["state"], summary["failed"]) == ("done", 0)
        assert summary["imported"] + summary["unchanged"] == len(job["documents"]) == 40
        assert job["tries"] == 2
        assert len({one["id"] for one in job["documents"]}) == 40
    with open_store(f"sqlite:///{tmp_path}/structurer.db") as store:
        assert list(store.jobs().files(id)) == []


def test_stopping_gives_a_job_back(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for n in range(1000):
            archive.writestr(f"{n}.txt", EXAMPLES[0].read_bytes() + b"\n%d" % n)
    with serving(tmp_path, "--workers", "1", "--grace", "0.5") as server:
        id = server.submit(("many.zip", packed.getvalue()), query="").json["id"]
        while server.ask("GET", f"/v1/jobs/{id}").json["state"] == "waiting":
            time.sleep(0.05)
        assert server.stop(signal.SIGINT) == 0
    with open_store(f"sqlite:///{tmp_path}/structurer.db") as store:
        job = store.jobs().get(id)
    assert (job.state, job.tries) == ("waiting", 0)


def test_a_job_that_ended_long_ago_is_gone_and_what_it_imported_is_not(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "1") as server:
        job = wait_for(server, server.submit(("a.txt", EXAMPLES[0].read_bytes()), query="").json["id"])
        document = job["documents"][0]["id"]
    with sqlite3.connect(tmp_path / "structurer.db") as raw:
        raw.execute("UPDATE jobs SET ended_at = '2020-01-01 00:00:00.000000'")
    with serving(tmp_path, "--workers", "1", "--keep-jobs", "7") as server:
        for _ in range(200):
            said = server.ask("GET", f"/v1/jobs/{job['id']}")
            if said.status != 200:
                break
            time.sleep(0.05)
        assert (said.status, said.json["code"]) == (410, "forgotten-job")
        assert f"1 file under submitted/{job['id']}/" in said.json["detail"]
        assert server.ask("GET", "/v1/jobs").json == {"jobs": []}
        assert server.ask("GET", f"/v1/documents/{document}").status == 200
        assert server.ask("GET", f"/v1/jobs/{'0' * 32}").status == 404


def test_a_job_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "1", "--job-timeout", "0.1") as server:
        many = [(f"{n}.txt", EXAMPLES[0].read_bytes() + b"\n%d" % n) for n in range(100)]
        job = wait_for(server, server.submit(*many, query="").json["id"])
        assert job["state"] == "failed"
        assert "took longer than 0.1 seconds" in job["problem"]
        assert server.ask("GET", "/health").json == {"status": "ok"}


def test_a_worker_that_breaks_is_replaced(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "1") as server:
        server.submit(("warm.txt", b"x"))
        many = [(f"{n}.txt", EXAMPLES[n % 3].read_bytes() + b"\n%d" % n) for n in range(60)]
        id = server.submit(*many, query="").json["id"]
        while server.ask("GET", f"/v1/jobs/{id}").json["state"] == "waiting":
            time.sleep(0.02)
        for child in children(server.process.pid):
            os.kill(child, signal.SIGKILL)
        job = wait_for(server, id)
        assert (job["state"], job["tries"]) == ("done", 2)
        assert len(job["documents"]) == 60


def children(pid: int) -> list[int]:
    found = subprocess.run(
        [sys.executable, "-c", _CHILDREN, str(pid)], capture_output=True, text=True, check=True
    )
    return [int(one) for one in found.stdout.split()]


_CHILDREN = """
import pathlib, sys
for path in pathlib.Path('/proc').glob('[0-9]*/stat'):
    try:
        fields = path.read_text().rpartition(')')[2].split()
        line = (path.parent / 'cmdline').read_bytes()
    except OSError:
        continue
    if fields[1] == sys.argv[1] and b'spawn_main' in line:
        print(path.parent.name)
"""


# Names


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("a.txt", "a.txt"),
        ("../../etc/passwd", "etc/passwd"),
        ("C:\\Users\\li\\报告.pdf", "C_/Users/li/报告.pdf"),
        ("/abs/./x//y.html", "abs/x/y.html"),
        ("reports.zip!../a", "reports.zip_../a"),
        ("", "report.txt"),
        ("...", "report.txt"),
        ("a\x1b[2Jb\n.txt", "a__2Jb_.txt"),
        ("\ud800.txt", "_.txt"),
    ],
)
def test_names_lead_nowhere(given: str, made: str) -> None:
    assert harmless(given) == made


@given(st.text(max_size=300), st.text("./\\!~ ab", max_size=40))
@settings(deadline=None)
def test_no_name_leads_out(one: str, other: str) -> None:
    for given_name in (one, other, one + "/" + other):
        name = harmless(given_name)
        assert harmless(name) == name
        parts = name.split("/")
        assert all(part and not part.startswith(".") and len(part.encode()) <= 255 for part in parts)
        assert name.isprintable()
        assert not set(name) & set('\\!:*?"<>|[]')
    ((piece),) = Uploads([Upload(harmless(one), content=b"1")]).pieces()
    assert piece.name == harmless(one)


def test_names_are_different_files(tmp_path: Path) -> None:
    given = ["a", "a", "A", "a/b", "x/y", "x", "x/y", "长" * 300 + ".pdf", "长" * 300 + ".pdf"]
    pieces = list(Uploads([Upload(harmless(name), content=b"1") for name in given]).pieces())
    assert len({piece.name.lower() for piece in pieces}) == len(given)
    for piece in pieces:
        path = tmp_path / piece.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(piece.content)
    assert sum(path.is_file() for path in tmp_path.rglob("*")) == len(given)
    assert sum(path.suffix == ".pdf" for path in tmp_path.rglob("*")) == 2


def test_openapi_needs_no_server() -> None:
    result = CliRunner().invoke(cli, ["serve", "--openapi"])
    made = json.loads(result.stdout)
    assert made["openapi"].startswith("3.1")
    assert {"/v1/jobs", "/v1/documents/{document}", "/v1/decisions", "/v1/export"} <= set(made["paths"])
    acts = [act for path in made["paths"].values() for act in path.values()]
    assert all(act["summary"] and act["description"] for act in acts)


def test_a_model_is_the_servers_choice(tmp_path: Path) -> None:
    text = (EXAMPLES[0].parent / "prose-2016.txt").read_text(encoding="utf-8")
    with Serving() as endpoint:
        asking = ("--model", "test-model", "--base-url", endpoint.url)
        environment = {"OPENAI_API_KEY": KEY, "STRUCTURER_CACHE_DIR": str(tmp_path / "cache")}
        with serving(tmp_path, "--workers", "1", "--ask", "all", *asking, **environment) as server:
            assert server.ask("GET", "/v1/version").json["model"] == "test-model"
            job = wait_for(server, server.ask("POST", "/v1/jobs", {"text": text}).json["id"])
            assert job["summary"]["usage"]["calls"] == len(endpoint.asked) > 0
            refused = server.ask("POST", "/v1/jobs", {"text": text, "model": "dear-model"})
            assert refused.status == 422
            server.stop()
            assert KEY not in "".join(server.said)
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if KEY.encode() in path.read_bytes()]
