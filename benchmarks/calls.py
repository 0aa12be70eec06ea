"""N calls of fixed latency at a fixed concurrency: our client against the bare openai client, in one run.

    python -m benchmarks.calls [--calls N] [--at-once C] [--latency SECONDS] [--rounds R]

The endpoint answers from a process of its own and does next to nothing. The clients send the same bodies
in turn, R times; the limit is N·L/C, what no client can beat. Bare sockets, which neither make requests nor
read answers, show how near to it this machine and the endpoint come at all. What a client takes once, to
open its connections and for the last answers to come in, some 0.1 s, counts too: keep the calls many.
Printed: wall time over that limit, processor time a call, that of C calls against L (past 1 the processor is
the limit), and ours over the bare client's. Exits 1 where ours is past 1.05 of the limit, or of the bare
client if that misses the limit itself on this machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from statistics import median
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from structurer.chunks import Chunk, Piece
from structurer.forms import load_forms
from structurer.model.answers import row_names, statements
from structurer.model.client import Client
from structurer.model.question import Question
from structurer.model.strict import response_format
from structurer.prompts import load_prompt
from structurer.settings import Settings

SLACK = 1.05


class Took(NamedTuple):
    """Seconds of one round: on the clock, and of this process's processor time."""

    wall: float
    processor: float


def questions(count: int) -> list[Question]:
    """Questions about different sentences, all with the same instructions and shape."""
    answer = statements(tuple(row_names(load_forms()).values())[:12])
    prompt = load_prompt("statements")
    texts = (f"全年在门户网站更新各类政府信息{number}条。" * 10 for number in range(1, count + 1))
    return [
        Question(prompt, Chunk((Piece(0, len(text)),), text, len(text)), answer, limit=400) for text in texts
    ]


def ours(url: str, asked: Sequence[Question], at_once: int) -> Took:
    """Our client: shapes, budget, retries, parsing and all."""
    settings = Settings(model="fake", provider="openai", base_url=url, api_key="none", concurrency=at_once)
    client = Client(settings)
    began, used = time.perf_counter(), time.process_time()
    replies = client.ask_all(asked)
    took = Took(time.perf_counter() - began, time.process_time() - used)
    lost = [reply.reason for reply in replies if reply.state != "answered"]
    assert not lost, lost[:3]
    return took


def bare(url: str, asked: Sequence[Question], at_once: int) -> Took:
    """The openai client alone with the same bodies, as many at once, and nothing made of the answers."""
    from openai import AsyncOpenAI

    async def every() -> None:
        gate = asyncio.Semaphore(at_once)
        async with AsyncOpenAI(base_url=url, api_key="none", max_retries=0) as client:

            async def one(question: Question) -> None:
                async with gate:
                    await client.chat.completions.create(
                        model="fake",
                        messages=list(question.messages(shown=True)),
                        temperature=0,
                        max_completion_tokens=question.limit,
                        response_format=response_format(question.answer),
                    )

            await asyncio.gather(*map(one, asked))

    began, used = time.perf_counter(), time.process_time()
    asyncio.run(every())
    return Took(time.perf_counter() - began, time.process_time() - used)


def sockets(url: str, asked: Sequence[Question], at_once: int) -> Took:
    """As many requests over as many connections, made beforehand; of an answer only its end is sought."""
    place = urlsplit(url)
    waiting = [_request(place, question) for question in asked]

    async def lane() -> None:
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        while waiting:
            writer.write(waiting.pop())
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0]))
        writer.close()

    async def every() -> None:
        await asyncio.gather(*(lane() for _ in range(at_once)))

    began, used = time.perf_counter(), time.process_time()
    asyncio.run(every())
    return Took(time.perf_counter() - began, time.process_time() - used)


def _request(place: SplitResult, question: Question) -> bytes:
    body = json.dumps(
        {
            "model": "fake",
            "messages": list(question.messages(shown=True)),
            "response_format": response_format(question.answer),
        }
    ).encode()
    head = f"POST {place.path} HTTP/1.1\r\nhost: {place.netloc}\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


@contextmanager
def endpoint(latency: float) -> Iterator[str]:
    """The address of an endpoint in another process."""
    command = [sys.executable, "-m", "benchmarks.endpoints.steady", "--late", str(latency)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()


def main(arguments: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.calls", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--calls", type=int, default=3_200)
    parser.add_argument("--at-once", type=int, default=32)
    parser.add_argument("--latency", type=float, default=0.2)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    asked = questions(options.calls)
    limit = options.calls * options.latency / options.at_once
    print(
        f"{options.calls} calls of {options.latency * 1000:.0f} ms, {options.at_once} at once:"
        f" no less than {limit:.2f} s"
    )
    clients = {"bare sockets": sockets, "bare openai": bare, "structurer": ours}
    took: dict[str, list[Took]] = {name: [] for name in clients}
    with endpoint(options.latency) as url:
        for run in clients.values():
            run(url, asked[: options.at_once], options.at_once)
        for _ in range(options.rounds):
            for name, run in clients.items():
                took[name].append(run(url, asked, options.at_once))
    print(f"{'':<14}{'wall, s':>10}{'of the limit':>14}{'processor ms/call':>19}{'C calls / L':>13}")
    for name, rounds in took.items():
        wall = median(one.wall for one in rounds)
        each = median(one.processor for one in rounds) / options.calls * 1000
        busy = each / 1000 * options.at_once / options.latency
        print(f"{name:<14}{wall:>10.2f}{wall / limit:>14.3f}{each:>19.2f}{busy:>13.2f}")
    _, theirs, own = (median(one.wall for one in rounds) for rounds in took.values())
    print(f"ours / bare {own / theirs:.3f}; overhead {(own - theirs) / options.calls * 1000:+.2f} ms a call")
    return 0 if own <= SLACK * max(limit, theirs) else 1


if __name__ == "__main__":
    raise SystemExit(main())
