"""The endpoints tests are run against do what they say, on the wire."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

import jsonschema
import openai
import pytest

from benchmarks.endpoints import FAULTS, PASSING, Endpoint, faults
from benchmarks.endpoints.forms import Chooser, fill

pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1"])

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "statements": {"type": "array", "minItems": 1, "maxItems": 5, "items": {"$ref": "#/$defs/item"}},
        "kind": {"enum": ["甲", "乙"]},
        "sure": {"type": "boolean"},
        "fixed": {"const": 1},
        "either": {"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]},
        "all": {"allOf": [{"$ref": "#/$defs/item"}]},
        "note": {"type": ["string", "null"], "maxLength": 3},
    },
    "required": ["statements", "kind", "sure", "fixed", "either", "all", "note"],
    "additionalProperties": False,
    "$defs": {
        "item": {
            "type": "object",
            "properties": {
                "quote": {"type": "string"},
                "value": {"type": "integer", "minimum": 0, "maximum": 9},
            },
            "required": ["quote", "value"],
            "additionalProperties": False,
        }
    },
}
TEXT = "全年主动公开政府信息3294条，收到申请17件。"


def ask(endpoint: Endpoint, text: str = TEXT, *, retries: int = 0, tools: bool = False) -> Any:
    client = openai.OpenAI(base_url=endpoint.base_url, api_key="sk-test-1234", max_retries=retries, timeout=1)
    wanted: dict[str, Any] = {
        "response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": SCHEMA}}
    }
    if tools:
        wanted = {"tools": [{"type": "function", "function": {"name": "answer", "parameters": SCHEMA}}]}
    with client:
        return client.chat.completions.create(
            model="m",
            messages=[{"role": "system", "content": "读"}, {"role": "user", "content": text}],
            **wanted,
        )


@pytest.mark.parametrize("seed", range(40))
def test_answers_follow_any_schema(seed: int) -> None:
    jsonschema.validate(fill(SCHEMA, Chooser(Random(seed), TEXT)), SCHEMA)


@pytest.mark.parametrize("tools", [False, True])
def test_an_honest_endpoint_answers_what_is_asked(tools: bool) -> None:
    with Endpoint(faults.honest) as endpoint:
        answer = ask(endpoint, tools=tools)
        again = ask(endpoint, tools=tools)
    message = answer.choices[0].message
    content = message.tool_calls[0].function.arguments if tools else message.content
    jsonschema.validate(json.loads(content), SCHEMA)
    assert answer.usage.prompt_tokens == len("读" + TEXT)
    assert again.choices == answer.choices
    (first, second) = endpoint.calls
    assert (first.seen, second.seen) == (0, 1)
    assert first.document == TEXT
    assert first.schema == SCHEMA


RAISED = {
    "limited": openai.RateLimitError,
    "limited-silently": openai.RateLimitError,
    "out-of-quota": openai.RateLimitError,
    "broken": openai.InternalServerError,
    "gateway": openai.InternalServerError,
    "unauthorised": openai.AuthenticationError,
    "unknown-model": openai.NotFoundError,
    "too-long": openai.BadRequestError,
    "slow": openai.APITimeoutError,
    "cut": openai.APIConnectionError,
    "hung-up": openai.APIConnectionError,
    "not-json": json.JSONDecodeError,
}


@pytest.mark.parametrize("name", FAULTS)
def test_no_fault_gives_a_good_answer(name: str) -> None:
    with Endpoint(faults.always(FAULTS[name])) as endpoint:
        if name in RAISED:
            with pytest.raises(RAISED[name]):
                ask(endpoint)
            return
        answer = ask(endpoint)
    choices = getattr(answer, "choices", [])
    content = choices[0].message.content if choices else None
    with pytest.raises((ValueError, TypeError, jsonschema.ValidationError)):
        jsonschema.validate(json.loads(content), SCHEMA)


@pytest.mark.parametrize("name", PASSING)
def test_what_passes_passes(name: str) -> None:
    with Endpoint(faults.first(PASSING[name], times=1)) as endpoint:
        jsonschema.validate(json.loads(ask(endpoint, retries=1).choices[0].message.content), SCHEMA)
    assert len(endpoint.calls) == 2


def test_fences_hold_a_good_answer() -> None:
    with Endpoint(faults.always(faults.fenced)) as endpoint:
        content = ask(endpoint).choices[0].message.content
    (inside,) = re.findall("```json\n(.*?)\n```", content, re.S)
    jsonschema.validate(json.loads(inside), SCHEMA)


def test_a_storm_refuses_those_past_its_limit() -> None:
    with Endpoint(faults.storm(at_once=2, seconds=0.1)) as endpoint, ThreadPoolExecutor(8) as pool:
        done = [pool.submit(ask, endpoint, f"{index}") for index in range(8)]
        errors = [one.exception() for one in done]
    assert sum(error is None for error in errors) == endpoint.replies.count(200)
    assert endpoint.replies.count(429) > 0
    assert all(error is None or isinstance(error, openai.RateLimitError) for error in errors)


def test_some_are_chosen_by_what_is_asked_not_by_when() -> None:
    with Endpoint(faults.some(faults.broken, share=0.5)) as endpoint:
        luck = [[_fails(endpoint, str(index)) for index in range(12)] for _ in range(2)]
    assert luck[0] == luck[1]
    assert len(set(luck[0])) == 2


def _fails(endpoint: Endpoint, text: str) -> bool:
    try:
        ask(endpoint, text)
    except openai.InternalServerError:
        return True
    return False


def test_calls_are_answered_side_by_side() -> None:
    with Endpoint(faults.late(0.2)) as endpoint, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda index: ask(endpoint, str(index)), range(8)))
        assert endpoint.peak >= 4
