"""An endpoint that does as little as can be: python -m benchmarks.endpoints.steady [--late SECONDS].

It answers every request with the same bytes after a fixed time and looks at nothing but where a request
ends: what a measurement beside it sees is the client. Prints its address, then answers until its standard
input ends.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import threading

from benchmarks.endpoints.exchange import as_json

_ANSWER = as_json(
    {
        "id": "chatcmpl-0",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": "fake",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": '{"items":[]}'},
                "finish_reason": "stop",
                "logprobs": None,
            }
        ],
        "usage": {"prompt_tokens": 900, "completion_tokens": 4, "total_tokens": 904},
    }
)
_REPLY = (
    f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(_ANSWER)}\r\n\r\n".encode()
    + _ANSWER
)
_END = b"\r\n\r\n"
_LENGTH = b"content-length:"


class Connection(asyncio.Protocol):
    """One connection: requests come one after the other, each answered `late` seconds after its last byte."""

    def __init__(self, late: float) -> None:
        self._late = late
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Where the answers go."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """A part of a request, or of several."""
        self._held += data
        while _END in self._held:
            head, _, rest = self._held.partition(_END)
            length = _length(head)
            if len(rest) < length:
                return
            self._held = rest[length:]
            asyncio.get_running_loop().call_later(self._late, self._transport.write, _REPLY)


def _length(head: bytes) -> int:
    """How many bytes of body a head announces."""
    _, found, after = head.lower().partition(_LENGTH)
    return int(after.partition(b"\r\n")[0]) if found else 0


async def _serve(late: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(late), "127.0.0.1", 0, backlog=1024)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", flush=True)
    over = asyncio.Event()
    threading.Thread(
        target=lambda: (sys.stdin.read(), loop.call_soon_threadsafe(over.set)), daemon=True
    ).start()
    await over.wait()


def main(arguments: list[str] | None = None) -> int:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.endpoints.steady", description=__doc__)
    parser.add_argument("--late", type=float, default=0.0, help="seconds before every answer")
    asyncio.run(_serve(parser.parse_args(arguments).late))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
