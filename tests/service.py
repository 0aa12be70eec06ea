"""The service as a process of its own, on a free port of this machine, and a plain client for it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*.txt"))


class Answer(NamedTuple):
    """A response."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.content)


class Running:
    """A server that is up; `said` is what it wrote to stderr so far."""

    def __init__(self, process: subprocess.Popen[str], url: str, said: list[str]) -> None:
        self.process, self.url, self.said = process, url, said

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str = "",
        timeout: float = 60,
        **headers: str,
    ) -> Answer:
        """A request; a body that is no bytes is sent as JSON."""
        address = urlsplit(self.url)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            given.setdefault("Content-Type", "application/json")
        if token:
            given["Authorization"] = f"Bearer {token}"
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=timeout)
        try:
            connection.request(method, path, body, given)
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, content)

    def submit(self, *files: tuple[str, bytes], query: str = "wait=40", **given: Any) -> Answer:
        """Hands files in as a form."""
        return self.ask("POST", f"/v1/jobs?{query}", form(files), Content_Type=FORM, **given)

    def stop(self, sig: signal.Signals = signal.SIGTERM) -> int:
        """Ends it; returns its exit code."""
        self.process.send_signal(sig)
        return self.process.wait(30)


_BOUND = "a-boundary-that-is-in-no-file"
FORM = f"multipart/form-data; boundary={_BOUND}"


def form(files: Sequence[tuple[str, bytes]]) -> bytes:
    """Files as the body of a form."""
    made = b""
    for name, content in files:
        head = f'--{_BOUND}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
        made += head.encode() + content + b"\r\n"
    return made + f"--{_BOUND}--\r\n".encode()


@contextmanager
def serving(folder: Path, *arguments: str, **environment: str) -> Iterator[Running]:
    """A server over a store in a folder, stopped at the end of the block if it still runs."""
    command = [sys.executable, "-m", "structurer", "serve", "--port", "0", *arguments]
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("STRUCTURER_", "OPENAI_"))}
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**inherited, "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    said: list[str] = []
    assert process.stderr is not None
    threading.Thread(target=lambda: said.extend(process.stderr or ()), daemon=True).start()
    try:
        for _ in range(4000):  # a ceiling, for a machine that is busy
            if found := next((line for line in said if line.startswith("serving ")), ""):
                break
            assert process.poll() is None, "".join(said)
            time.sleep(0.05)
        assert found, "".join(said)
        yield Running(process, found.rpartition(" on ")[2].partition(";")[0], said)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
