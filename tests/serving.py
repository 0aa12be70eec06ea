"""An endpoint for tests: OpenAI-compatible chat completions on loopback, scripted, and it remembers what it was sent."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from structurer.settings import Settings

loopback = pytest.mark.block_network(allowed_hosts=["127.0.0.1"])
"""Lets a test reach this machine, and nothing else."""

KEY = "sk-test-not-a-real-key"


@dataclass(frozen=True)
class Said:
    """One scripted response: a message's text, or a status with an error body."""

    text: str = '{"items":[]}'
    finish: str = "stop"
    refusal: str | None = None
    status: int = 200
    error: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    usage: bool = True
    cut: bool = False
    """Close the connection in the middle of the body."""
    raw: bytes | None = None
    """Bytes instead of a body."""
    tool: bool = False
    """Answer as a tool call."""


@dataclass(frozen=True)
class Asked:
    """One request as it came over the wire."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    raw: bytes

    @property
    def schema(self) -> Mapping[str, Any]:
        """The schema of a strict response format."""
        return dict(self.body["response_format"]["json_schema"]["schema"])

    @property
    def text(self) -> str:
        """The report's text: what stands between the two lines of the user's message."""
        lines = str(self.body["messages"][1]["content"]).split("\n")
        return "\n".join(lines[1:-1])

    def item(self) -> Mapping[str, Any]:
        """The schema of one item of the answer."""
        return dict(self.schema["properties"]["items"]["items"]["properties"])


Answerer = Callable[[Asked], Said]


def items(*found: Mapping[str, Any], **given: Any) -> Said:
    """An answer with these items."""
    return Said(json.dumps({"items": list(found)}, ensure_ascii=False), **given)


def statement(quote: str, indicator: str, number: float, **given: Any) -> dict[str, Any]:
    """One item about a sentence."""
    return {
        "quote": quote,
        "indicator": indicator,
        "number": number,
        "unit": "件",
        "qualifier": "确数",
        "period": "本年",
        "scope": "",
        **given,
    }


class Serving:
    """The endpoint, up inside its `with` block. `script` answers in turn, then `answer` answers the rest."""

    def __init__(self, *script: Said, answer: Answerer | None = None, pem: Path | None = None) -> None:
        self.pem = pem
        """Key and certificate, to be talked to over TLS."""
        self.script = list(script)
        self.answer = answer or (lambda asked: Said())
        self.asked: list[Asked] = []
        self.at_once = self.most_at_once = 0
        self._lock = threading.Lock()

    def __enter__(self) -> Serving:
        serving = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                self.connection.setsockopt(6, 1, 1)  # TCP_NODELAY: delayed acknowledgements cost 40 ms

            def do_POST(self) -> None:
                serving._serve(self)

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def handle_error(self, *_: object) -> None:
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        if self.pem is not None:
            secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            secure.load_cert_chain(self.pem)
            self._server.socket = secure.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """The base URL a client is given."""
        scheme = "http" if self.pem is None else "https"
        return f"{scheme}://127.0.0.1:{self._server.server_address[1]}/v1"

    def settings(self, **given: Any) -> Settings:
        """Settings that ask this endpoint."""
        filled: dict[str, Any] = {
            "model": "test-model",
            "base_url": SecretStr(self.url),
            "api_key": SecretStr(KEY),
            "timeout": 5.0,
            **given,
        }
        return Settings(**filled)

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        raw = handler.rfile.read(int(handler.headers.get("content-length", 0)))
        asked = Asked(handler.path, {k.lower(): v for k, v in handler.headers.items()}, json.loads(raw), raw)
        with self._lock:
            self.asked.append(asked)
            self.at_once += 1
            self.most_at_once = max(self.at_once, self.most_at_once)
            said = self.script.pop(0) if self.script else None
        try:
            said = said or self.answer(asked)
            time.sleep(said.delay)
            self._respond(handler, asked, said)
        except BrokenPipeError:
            pass
        finally:
            with self._lock:
                self.at_once -= 1

    @staticmethod
    def _respond(handler: BaseHTTPRequestHandler, asked: Asked, said: Said) -> None:
        content = (
            said.raw if said.raw is not None else json.dumps(_body(asked, said), ensure_ascii=False).encode()
        )
        handler.send_response(said.status)
        handler.send_header("content-type", "application/json")
        handler.send_header("content-length", str(len(content)))
        for name, value in said.headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        if said.cut:
            handler.wfile.write(content[: len(content) // 2])
            handler.wfile.flush()
            handler.close_connection = True
            handler.connection.shutdown(2)
            return
        handler.wfile.write(content)


def _body(asked: Asked, said: Said) -> dict[str, Any]:
    if said.status >= 400:
        return {"error": {"message": "scripted", "type": "test", "param": None, "code": None, **said.error}}
    message: dict[str, Any] = {"role": "assistant", "content": said.text, "refusal": said.refusal}
    if said.tool:
        function = {"name": asked.body["tools"][0]["function"]["name"], "arguments": said.text}
        message |= {"content": None, "tool_calls": [{"id": "1", "type": "function", "function": function}]}
    body: dict[str, Any] = {
        "id": "chatcmpl-test",
        "object": "chat.completion",
        "created": 0,
        "model": asked.body["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": said.finish, "logprobs": None}],
    }
    if said.usage:
        prompt = sum(len(str(one["content"])) for one in asked.body["messages"])
        body["usage"] = {
            "prompt_tokens": prompt,
            "completion_tokens": len(said.text),
            "total_tokens": prompt + len(said.text),
        }
    return body


def texts(asked: Sequence[Asked]) -> str:
    """All report text that was sent."""
    return "\n".join(one.text for one in asked)
