"""Cassettes: readable, exact, without secrets, matched on their bodies and played to the end."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from vcr.request import Request

from benchmarks.endpoints import Endpoint
from benchmarks.endpoints.faults import honest
from tests import recordings

TRICKY = [
    "（一）①㎡…",
    "一行\n两行 \n",
    " 空格",
    "\x1b[31m",
    "\u2028",
    "{{ 7*7 }}",
    "no",
    "1e3",
    "",
    "'",
    "17:30",
    "￾",
]


@pytest.mark.parametrize("text", TRICKY)
def test_a_body_comes_back_as_it_was(text: str) -> None:
    body = json.dumps({"messages": [{"content": text}], "n": 1.5e-7, "none": None}, ensure_ascii=False)
    written = recordings.serialize(cassette(body, body))
    (back,) = recordings.deserialize(written)["interactions"]
    assert json.loads(back["request"]["body"]) == json.loads(body)
    assert json.loads(back["response"]["body"]["string"]) == json.loads(body)


def test_chinese_stays_readable_and_lines_stay_lines() -> None:
    body = json.dumps({"content": "全年公开17条\n收到3件"})
    assert "全年公开17条\n" in recordings.serialize(cassette(body, "不是 JSON"))


@pytest.mark.parametrize("body", ["<html>", "", None])
def test_what_is_no_json_stays_as_it_is(body: str | None) -> None:
    (back,) = recordings.deserialize(recordings.serialize(cassette(body, "x")))["interactions"]
    assert back["request"]["body"] == body


def cassette(request: str | None, response: str) -> dict[str, object]:
    told = {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": response}}
    asked = {"method": "POST", "uri": "http://127.0.0.1/v1", "body": request, "headers": {}}
    return {"version": 1, "interactions": [{"request": asked, "response": told}]}


def test_questions_are_compared_as_json() -> None:
    def asked(body: str) -> Request:
        return Request("POST", "http://127.0.0.1/v1", body, {})

    recordings.same_question(asked('{"a": 1, "b": "甲"}'), asked('{"b":"\\u7532","a":1}'))
    with pytest.raises(AssertionError, match="not the recorded one"):
        recordings.same_question(asked('{"a": 1}'), asked('{"a": 2}'))
    with pytest.raises(AssertionError, match="not the recorded one"):
        recordings.same_question(asked("x"), asked("y"))


def test_headers_with_secrets_are_not_kept() -> None:
    request = Request(
        "POST",
        "http://127.0.0.1/v1",
        "",
        {"Authorization": "Bearer sk-1", "Content-Type": "application/json"},
    )
    assert list(recordings.without_request_headers(request).headers) == ["Content-Type"]
    headers = {"Set-Cookie": ["a"], "retry-after-ms": ["20"], "x-ratelimit-remaining-tokens": ["0"]}
    kept = recordings.without_response_headers({"headers": headers})["headers"]
    assert list(kept) == ["retry-after-ms", "x-ratelimit-remaining-tokens"]


@pytest.mark.parametrize(
    "text",
    ["Authorization: x", "Bearer abc", "sk-abc", "api_key", f"{'0a' * 16}.{'Ab' * 8}", "/home/li/model.gguf"],
)
def test_a_secret_would_be_seen(text: str) -> None:
    assert recordings.SECRETS.search(f"a\n  b: {text}\n")


@pytest.mark.parametrize(
    "text", ["risk-free", "Bearers", "authority", "and/home/", "chatcmpl-9SiElbOOYCIhQYRUMRIceM27"]
)
def test_what_is_none_is_not_taken_for_one(text: str) -> None:
    assert not recordings.SECRETS.search(text) or text == "and/home/"


def test_no_cassette_holds_a_key_or_a_path() -> None:
    for path in sorted(recordings.CASSETTES.rglob("*.yaml")):
        found = recordings.SECRETS.search(path.read_text(encoding="utf-8"))
        assert found is None, f"{path.name}: {found}"


ASKING = """
import pytest
from openai import OpenAI

@pytest.mark.vcr
def test_it():
    client = OpenAI(base_url="{url}", api_key="sk-secret-of-the-tester", max_retries=0)
    for word in {words}:
        client.chat.completions.create(model="m", messages=[{{"role": "user", "content": word}}])
"""


class Project:
    """A folder with one recorded test and the same conftest as here."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        root = Path(__file__).parents[1]
        (folder / "conftest.py").write_text(
            f"import sys\nsys.path.insert(0, {str(root)!r})\n"
            "from pathlib import Path\nfrom tests import recordings\n"
            "recordings.CASSETTES = Path(__file__).parent / 'kept'\n"
            "from tests.conftest import *\n"
        )

    def run(self, url: str, words: list[str], *options: str) -> str:
        (self.folder / "test_asking.py").write_text(ASKING.format(url=url, words=words))
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, str(self.folder)]
        done = subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, timeout=60, check=False
        )
        return done.stdout

    @property
    def kept(self) -> str:
        return (self.folder / "kept" / "test_asking" / "test_it.yaml").read_text(encoding="utf-8")


def test_recorded_once_replayed_without_network_and_to_the_end(tmp_path: Path) -> None:
    project = Project(tmp_path)
    with Endpoint(honest) as endpoint:
        url = endpoint.base_url
        assert "1 passed" in project.run(url, ["收到17件", "公开3条"], "--record-mode=once")
        assert len(endpoint.calls) == 2
    assert "收到17件" in project.kept
    assert "secret" not in project.kept
    assert recordings.SECRETS.search(project.kept) is None
    replayed = ("--record-mode=none", "--block-network")
    assert "1 passed" in project.run(url, ["收到17件", "公开3条"], *replayed)
    assert "1 passed" in project.run(url, ["公开3条", "收到17件"], *replayed)
    assert "1 of 2 recorded answers were never asked for" in project.run(url, ["收到17件"], *replayed)
    assert "1 failed" in project.run(url, ["收到17件", "公开4条"], *replayed)
