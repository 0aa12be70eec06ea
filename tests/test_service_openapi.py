"""A client made from the OpenAPI document calls every route: nothing breaks, and answers are as described."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from structurer.desk.desk import Desk
from structurer.store import open_store
from tests.desk_samples import calm, report
from tests.service import Running, serving

checks = pytest.importorskip("schemathesis.checks")
openapi = pytest.importorskip("schemathesis.specs.openapi.checks")

pytest.importorskip("fastapi", reason="the extra `service` is not installed")
schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")
pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1"])
CHECKS = [
    checks.not_a_server_error,
    openapi.status_code_conformance,
    openapi.content_type_conformance,
    openapi.response_schema_conformance,
    openapi.response_headers_conformance,
]
NEEDS_NOTHING = {
    *(
        "POST /v1/jobs",
        "GET /v1/jobs",
        "GET /health",
        "GET /v1/version",
        "GET /v1/export",
        "GET /v1/decisions",
    ),
    "GET /v1/queue",
}
"""Routes that answer without anything particular in the store."""
TOKEN = "a-token-that-is-only-for-tests"
EXAMPLES = 12
CALLS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@schemathesis.serializer("application/x-ndjson")
def lines(_: Any, value: Any) -> bytes:
    return str(value).encode("utf-8", "replace")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("openapi")
    with open_store(f"sqlite:///{folder}/structurer.db") as store:
        extraction, content = report()
        store.add(extraction, fingerprint="one", content=content)
        calm(store)
    (folder / "tokens").write_text(TOKEN)
    arguments = ("--token-file", "tokens", "--rate", "1000000", "--queue", "1000000", "--workers", "1")
    with serving(folder, *arguments) as running:
        yield running


def operations(server: Running) -> list[Any]:
    schema = schemathesis.openapi.from_url(
        f"{server.url}/openapi.json", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    return [found.ok() for found in schema.get_all_operations()]


def test_every_route_answers_as_it_is_described(server: Running) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    reached: dict[str, set[int]] = {}
    found = operations(server)
    for operation in found:

        @CALLS
        @given(case=operation.as_strategy())
        def call(case: Any) -> None:
            if "wait" in (case.query or {}):
                case.query["wait"] = 0
            answer = case.call(headers=headers, timeout=30)
            reached.setdefault(operation.label, set()).add(answer.status_code)  # noqa: B023
            assert answer.status_code < 500, answer.content
            case.validate_response(answer, checks=CHECKS)

        call()
    assert len(reached) == len(found) > 15
    done = {label for label, statuses in reached.items() if min(statuses) < 300}
    assert done >= NEEDS_NOTHING
    print(json.dumps({label: sorted(statuses) for label, statuses in reached.items()}, indent=1))
    assert server.process.poll() is None
    assert not [line for line in server.said if line.startswith("error")]


def test_what_a_reviewer_meets_fits_the_description(server: Running) -> None:
    """Generated calls seldom hit an item; every real one does, and its answer is validated too."""
    by_label = {operation.label: operation for operation in operations(server)}
    with open_store(f"sqlite:///{store_of(server)}") as store:
        _, entries = Desk(store).queue()
    headers = {"Authorization": f"Bearer {TOKEN}"}

    def call(label: str, body: Any = None, **path: str) -> Any:
        sent = {"body": body, "media_type": "application/json"} if body else {}
        case = by_label[label].Case(path_parameters=path or None, **sent)
        answer = case.call(headers=headers, timeout=30)
        case.validate_response(answer, checks=CHECKS)
        assert answer.status_code < 300, answer.content
        return answer.json()

    assert entries
    for entry in entries:
        assert call("GET /v1/items/{item}", item=entry.id)["indicator"] == entry.indicator
        assert call("GET /v1/log/{item}", item=entry.id)["events"] == []
    assert call("POST /v1/queue/next", {"by": "li"})["task"]["items"]
    decided = call("POST /v1/decisions", {"item": entries[0].id, "kind": "reject", "by": "li"})
    assert decided["event"]["kind"] == "reject"
    document = entries[0].document.id
    assert call("GET /v1/documents/{document}", document=document)["document"]["id"] == document
    assert call("POST /v1/undo", {"by": "li"})["events"]
    assert call("POST /v1/redo", {"by": "li"})["events"]
    assert call("POST /v1/release", {"by": "li"})["units"]


def store_of(server: Running) -> Path:
    return Path(f"/proc/{server.process.pid}/cwd").resolve() / "structurer.db"
