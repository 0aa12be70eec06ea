"""An HTTP server on loopback in a thread of its own; what it answers is one function."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Mapping
from http import HTTPStatus
from types import TracebackType

from benchmarks.endpoints.exchange import Behaviour, Call, Reply, as_json

MODELS = as_json({"object": "list", "data": [{"id": "fake", "object": "model", "owned_by": "nobody"}]})


class Endpoint:
    """`with Endpoint(behaviour) as endpoint:` answers at `endpoint.base_url`.

    `calls` holds every chat request that arrived, `peak` how many were open at once at most.
    """

    def __init__(self, behaviour: Behaviour, *, port: int = 0) -> None:
        self.behaviour = behaviour
        self.calls: list[Call] = []
        self.replies: list[int] = []
        """The status of each answer that was sent, in the order of the calls' arrival."""
        self.peak = 0
        self.open = 0
        self._seen: Counter[bytes] = Counter()
        self._port = port
        self._started = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def base_url(self) -> str:
        """What a client is given."""
        return f"http://127.0.0.1:{self._port}/v1"

    def __enter__(self) -> Endpoint:
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop)
        self._thread.join()

    def _stop(self) -> None:
        for task in asyncio.all_tasks(self._loop):
            task.cancel()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        except asyncio.CancelledError:
            pass
        finally:
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._connection, "127.0.0.1", self._port, limit=2**24)
        self._port = server.sockets[0].getsockname()[1]
        self._started.set()
        async with server:
            await server.serve_forever()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._exchange(reader, writer):
                pass
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its reply; False where the connection is to be closed."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ", 2)
        headers = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])
        }
        raw = await reader.readexactly(int(headers.get("content-length") or 0))
        self.open += 1
        self.peak = max(self.peak, self.open)
        try:
            reply = self._answer(method, path, headers, raw)
            if reply.delay:
                await asyncio.sleep(reply.delay)
        finally:
            self.open -= 1
        writer.write(_bytes(reply))
        await writer.drain()
        return reply.cut is None

    def _answer(self, method: str, path: str, headers: Mapping[str, str], raw: bytes) -> Reply:
        if method == "GET":
            return Reply(body=MODELS)
        call = Call(len(self.calls), path, headers, raw, seen=self._seen[raw], open_now=self.open)
        self._seen[raw] += 1
        self.calls.append(call)
        reply = self.behaviour(call)
        self.replies.append(reply.status)
        return reply


def _bytes(reply: Reply) -> bytes:
    """The reply on the wire, in one piece: two writes would wait for each other's acknowledgement."""
    if reply.cut == 0 and not reply.headers:
        return b""
    headers = {"content-type": "application/json", **reply.headers, "content-length": str(len(reply.body))}
    phrase = HTTPStatus(reply.status).phrase if reply.status in list(HTTPStatus) else "Unknown"
    lines = [f"HTTP/1.1 {reply.status} {phrase}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + reply.body[: reply.cut]
