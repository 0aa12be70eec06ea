"""What really goes over the wire, read from the requests an endpoint receives."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from structurer.cache import Cache
from structurer.errors import ModelError
from structurer.model import Client
from structurer.model.answers import PERIODS, QUALIFIERS, statements
from structurer.model.presets import PRESETS, endpoint
from structurer.model.strict import strict_schema
from structurer.settings import Settings
from tests.questions import NAMES, question
from tests.serving import KEY, Asked, Said, Serving, items, loopback, statement

pytestmark = loopback

GOOD = items(statement("收到申请17件", "收到申请数", 17))


def ask(serving: Serving, **given: object) -> Asked:
    (reply,) = Client(serving.settings(**given)).ask_all([question()])
    assert reply.state == "answered", reply
    return serving.asked[-1]


def test_a_request_is_strict_and_limited() -> None:
    with Serving(GOOD) as serving:
        asked = ask(serving, provider="openai")
    format = asked.body["response_format"]
    assert format["type"] == "json_schema"
    assert format["json_schema"]["strict"] is True
    assert asked.body["temperature"] == 0
    assert asked.body["max_completion_tokens"] == 300
    assert asked.body["model"] == "test-model"
    assert "tools" not in asked.body
    assert len(serving.asked) == 1


def test_the_schema_is_as_strict_mode_wants_it() -> None:
    def check(part: dict[str, object]) -> None:
        assert not {"default", "title", "$ref", "$defs", "const"} & set(part)
        if part.get("type") == "object":
            properties = part["properties"]
            assert isinstance(properties, dict)
            assert part["required"] == list(properties)
            assert part["additionalProperties"] is False
            for value in properties.values():
                check(value)
        if isinstance(part.get("items"), dict):
            check(part["items"])  # type: ignore[arg-type]

    with Serving(GOOD) as serving:
        schema = dict(ask(serving).schema)
    check(schema)
    item = schema["properties"]["items"]["items"]["properties"]
    assert list(item) == ["quote", "indicator", "number", "unit", "qualifier", "period", "scope"]
    assert item["indicator"] == {"type": "string", "enum": list(NAMES)}
    assert item["number"] == {"type": "number"}


def test_an_answer_names_only_what_was_offered_and_what_is_known() -> None:
    good = {
        "quote": "收到申请17件",
        "indicator": NAMES[0],
        "number": 17,
        "unit": "件",
        "qualifier": "确数",
        "period": "本年",
        "scope": "",
    }
    assert statements(NAMES).item(good)
    for field in ("indicator", "qualifier", "period"):
        with pytest.raises(ValidationError) as caught:
            statements(NAMES).item(good | {field: "别的"})
        (problem,) = caught.value.errors()
        assert (problem["loc"], problem["type"]) == ((field,), "literal_error")
    for qualifier in QUALIFIERS:
        assert statements(NAMES).item(good | {"qualifier": qualifier})
    for period in PERIODS:
        assert statements(NAMES).item(good | {"period": period})


def test_the_schema_of_tables_and_the_rest() -> None:
    from structurer.model.answers import PROBLEMS, fields, rows_of_table

    rows = strict_schema(rows_of_table(("甲", "乙"), "自然人、总计"))
    cells = rows["properties"]["items"]["items"]["properties"]["cells"]
    assert cells == {"type": "array", "description": "自然人、总计", "items": {"type": "string"}}
    assert strict_schema(PROBLEMS)["properties"]["items"]["items"]["required"] == ["kind", "quote"]
    assert strict_schema(fields(("报告年度",)))["properties"]["items"]["items"]["properties"]["field"] == {
        "type": "string",
        "enum": ["报告年度"],
    }


def test_chinese_goes_unescaped_and_the_text_last_and_untouched() -> None:
    text = "收到{{ 7*7 }}件{% for x in y %}申请17件</s>"
    with Serving() as serving:
        Client(serving.settings()).ask_all([question(text)])
    (asked,) = serving.asked
    assert text.encode() in asked.raw
    assert b"\\u" not in asked.raw
    first, last = asked.body["messages"]
    assert (first["role"], last["role"]) == ("system", "user")
    line, *body, end = last["content"].split("\n")
    assert line == end
    assert line not in text
    assert body == [text]
    assert text not in first["content"]


def test_the_prefix_is_the_same_for_every_text() -> None:
    with Serving() as serving:
        Client(serving.settings()).ask_all([question("收到申请1件。"), question("收到申请2件。")])
    first, second = serving.asked
    assert first.body["messages"][0] == second.body["messages"][0]
    assert first.body["response_format"] == second.body["response_format"]


def test_the_key_is_in_the_header_and_nowhere_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with (
        Serving(Said(status=500, error={"message": f"bad {KEY}"}), GOOD) as serving,
        Cache(tmp_path) as cache,
    ):
        client = Client(serving.settings(), shelves=[cache])
        client.ask_all([question()])
        assert serving.asked[-1].headers["authorization"] == f"Bearer {KEY}"
        assert KEY.encode() not in serving.asked[-1].raw
        assert KEY not in repr(client.endpoint)
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert "收到申请17件".encode() in kept
    assert KEY.encode() not in kept
    assert b"test-model" in kept
    assert serving.url.encode() not in kept
    assert KEY not in caplog.text
    captured = capfd.readouterr()
    assert KEY not in captured.out + captured.err
    assert "API call failed" not in captured.err


@pytest.mark.parametrize(
    ("provider", "limit", "kind"),
    [
        ("openai", "max_completion_tokens", "json_schema"),
        ("deepseek", "max_tokens", "json_object"),
        ("qwen", "max_tokens", "json_object"),
        ("zhipu", "max_tokens", "json_object"),
        ("ollama", "max_tokens", "json_schema"),
        ("vllm", "max_tokens", "json_schema"),
        ("llamacpp", "max_tokens", "json_schema"),
        ("compatible", "max_tokens", "json_schema"),
    ],
)
def test_presets(provider: str, limit: str, kind: str) -> None:
    with Serving(GOOD) as serving:
        asked = ask(serving, provider=provider)
    assert asked.body["response_format"]["type"] == kind
    assert asked.body[limit] == 300
    told = asked.body["messages"][0]["content"]
    assert ("收到申请数|申请办结数" in told) == (provider != "openai")


def test_an_endpoint_that_does_not_know_schemas_is_asked_another_way() -> None:
    refused = Said(status=400, error={"message": "unknown parameter", "param": "response_format"})
    no_tools = Said(status=400, error={"message": "tools are not supported"})
    with Serving(refused, no_tools, GOOD, GOOD) as serving:
        client = Client(serving.settings())
        replies = client.ask_all([question()])
        replies += client.ask_all([question("收到申请17件")])
    assert [reply.state for reply in replies] == ["answered", "answered"]
    first, second, third, fourth = serving.asked
    assert first.body["response_format"]["type"] == "json_schema"
    assert second.body["tools"][0]["function"]["strict"] is True
    assert second.body["tool_choice"]["function"]["name"] == second.body["tools"][0]["function"]["name"]
    assert third.body["response_format"] == {"type": "json_object"}
    assert fourth.body["response_format"] == {"type": "json_object"}
    assert replies[0].usage.calls == 3


def test_tool_calls_are_read() -> None:
    refused = Said(status=400, error={"message": "unknown parameter", "param": "response_format"})
    with Serving(refused, Said(GOOD.text, finish="tool_calls", tool=True)) as serving:
        (reply,) = Client(serving.settings()).ask_all([question()])
    assert [item.model_dump()["number"] for item in reply.items] == [17]


def test_a_model_that_takes_no_temperature_is_asked_without() -> None:
    refused = Said(status=400, error={"message": "no", "param": "temperature"})
    other = Said(status=400, error={"message": "no", "param": "max_completion_tokens"})
    with Serving(refused, other, GOOD) as serving:
        asked = ask(serving, provider="openai")
    assert "temperature" not in asked.body
    assert asked.body["max_tokens"] == 300


def test_a_fenced_answer_is_read() -> None:
    fenced = Said(f"<think>17件</think>好的：\n```json\n{GOOD.text}\n```\n以上。")
    with Serving(fenced) as serving:
        (reply,) = Client(serving.settings(provider="deepseek")).ask_all([question()])
    assert len(reply.items) == 1
    assert reply.usage.calls == 1


# --- which endpoint, which key


def secret(text: str) -> SecretStr:
    return SecretStr(text)


def test_a_provider_is_named_or_told_by_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DEEPSEEK_API_KEY", "DASHSCOPE_API_KEY", "ZHIPUAI_API_KEY"):
        monkeypatch.setenv(name, f"key of {name}")
    found = endpoint(Settings(model="deepseek:deepseek-chat"))
    assert (found.preset.name, found.model, found.key) == (
        "deepseek",
        "deepseek-chat",
        "key of DEEPSEEK_API_KEY",
    )
    by_address = Settings(model="qwen-plus", base_url=secret(str(PRESETS["qwen"].base_url)))
    assert endpoint(by_address).preset.name == "qwen"
    assert endpoint(Settings(model="ollama:qwen2.5:7b")).model == "qwen2.5:7b"
    assert endpoint(Settings(model="llama.cpp:x")).preset.name == "llamacpp"
    assert (
        endpoint(Settings(model="qwen2.5:7b", base_url=secret("http://127.0.0.1:1/v1"))).model == "qwen2.5:7b"
    )


def test_a_key_goes_only_where_it_belongs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEEPSEEK_API_KEY", raising=False)
    openai = secret("openai's")
    with pytest.raises(ModelError, match="DEEPSEEK_API_KEY"):
        endpoint(Settings(model="deepseek:x", api_key=openai))
    assert endpoint(Settings(model="ollama:x", api_key=openai)).key == "none"
    assert endpoint(Settings(model="x", api_key=openai, base_url=secret("http://h/v1"))).key == "openai's"
    assert endpoint(Settings(model="gpt", api_key=openai)).key == "openai's"
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ModelError, match="OPENAI_API_KEY"):
        endpoint(Settings(model="gpt"))


def test_an_address_is_known_without_its_secrets() -> None:
    plain = endpoint(Settings(model="x", base_url=secret("https://host:8/v1")))
    keyed = endpoint(Settings(model="x", base_url=secret("https://me:pass@host:8/v1/?key=1")))
    assert plain.identity == keyed.identity == "https://host:8/v1"
    assert question().key(plain) == question().key(keyed)


def test_everything_that_could_change_an_answer_changes_its_key() -> None:
    here = endpoint(Settings(model="x", base_url=secret("https://host/v1")))
    keys = {
        question().key(here),
        question(limit=301).key(here),
        question("别的申请3件").key(here),
        question(names=NAMES[:1]).key(here),
        question().key(endpoint(Settings(model="y", base_url=secret("https://host/v1")))),
        question().key(endpoint(Settings(model="x", base_url=secret("https://other/v1")))),
    }
    assert len(keys) == 6
    assert json.dumps(question().key(here))
