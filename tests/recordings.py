"""How cassettes are written and compared: readable, without secrets, matched on what was asked.

Bodies of JSON are kept as YAML, so that a prompt and its answer can be read in a diff; a body that would
not come back the same is kept as it was. Headers are dropped but for the few a client acts on.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml
from vcr.request import Request

CASSETTES = Path(__file__).parents[1] / "cassettes"
REQUEST_HEADERS = re.compile("content-type$")
RESPONSE_HEADERS = re.compile("(content-type|x-request-id|retry-after(-ms)?|x-ratelimit-.*)$")
SECRETS = re.compile(
    r"authorization|bearer\s|\bsk-[A-Za-z0-9]|api[-_ ]?key|openai-organization|openai-project|set-cookie"
    r"|\b[0-9a-f]{32}\.[A-Za-z0-9]{16}|/(?:home|root|tmp|work|opt|usr|Users)/",
    re.IGNORECASE,
)
"""What no cassette may hold: keys, whatever looks like one, and paths of the machine it was made on."""


class _Dumper(yaml.SafeDumper):
    """Plain values only, and text of several lines as a block."""


def _scalar(dumper: _Dumper, value: str) -> yaml.Node:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _scalar)


def serialize(cassette: Any) -> str:
    """A cassette as text: vcrpy's layout, with bodies of JSON spelled out."""
    told = [
        {
            "request": {**each["request"], "body": _told(each["request"]["body"])},
            "response": {**each["response"], "body": _told(each["response"]["body"]["string"])},
        }
        for each in cassette["interactions"]
    ]
    return yaml.dump(
        {"interactions": told, "version": cassette["version"]},
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=10**9,
    )


def deserialize(text: str) -> Any:
    """What `serialize` wrote, as vcrpy expects it."""
    cassette = yaml.safe_load(text)
    for each in cassette["interactions"]:
        each["request"]["body"] = _wire(each["request"]["body"])
        each["response"]["body"] = {"string": _wire(each["response"]["body"])}
    return cassette


def _told(body: str | bytes | None) -> Any:
    """A body as it is kept: `{"json": …}` where that comes back the same, else `{"text": …}`."""
    text = body.decode() if isinstance(body, bytes) else body
    try:
        value = json.loads(text or "")
    except ValueError:
        return {"text": text}
    kept = {"json": value}
    again = yaml.safe_load(yaml.dump(kept, Dumper=_Dumper, allow_unicode=True, width=10**9))
    return kept if again == kept else {"text": text}


def _wire(kept: Any) -> str | None:
    if "json" in kept:
        return json.dumps(kept["json"], ensure_ascii=False, separators=(",", ":"))
    return kept["text"]  # type: ignore[no-any-return]


def same_question(one: Request, other: Request) -> None:
    """The matcher of bodies: the same JSON whatever the order of its keys, else the same bytes."""
    if _parsed(one.body) != _parsed(other.body):
        raise AssertionError("the request's body is not the recorded one")


def _parsed(body: bytes | None) -> Any:
    try:
        return json.loads(body or b"")
    except ValueError:
        return body


def without_request_headers(request: Request) -> Request:
    """The request with nothing but what its body is."""
    request.headers = {k: v for k, v in request.headers.items() if REQUEST_HEADERS.match(k.lower())}
    return request


def without_response_headers(response: dict[str, Any]) -> dict[str, Any]:
    """The response with the headers a client acts on."""
    kept = {k: v for k, v in response["headers"].items() if RESPONSE_HEADERS.match(k.lower())}
    return {**response, "headers": kept}
