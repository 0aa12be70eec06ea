"""What a million reports take: nodes, hours, tokens, money and disk, from what one report takes here and now.

    python -m benchmarks.plan [--reports N] [--total 1000000] [--cores 32] [--nodes 1,4,16] [--price IN,OUT]
                              [--latency SECONDS] [--at-once C]

Measured on generated reports, in processor time, the best of several passes: reading one in a worker, writing
one into a store from a batch, taking one in from a part of a cluster. Counted: bytes in the store and in a
part, and the calls and tokens that asking about what is open would take, with nothing sent. The rest is
arithmetic, printed with it. Half of the reports are forms in every layout and half are prose that no pattern
reads, which is more for a model than a country's reports hold. Money is at the given price.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from benchmarks import unusual
from benchmarks.corpus import reports
from structurer.asking import asked
from structurer.bulk.reading import Job, Reader
from structurer.forms import load_forms
from structurer.model.client import Client
from structurer.parts import Folder, PartStore, read_part
from structurer.pipeline import draft
from structurer.read import read
from structurer.record import Record
from structurer.settings import Settings
from structurer.store import open_store

_BATCH = 32
_HOUR = 3600


class One(NamedTuple):
    """What one report takes: processor seconds, bytes, calls and tokens, as a mean."""

    reading: float
    writing: float
    taking_in: float
    stored: float
    part: float
    calls: float
    prompt: float
    completion: float


def jobs(count: int) -> list[Job]:
    """Half forms, half prose."""
    forms = (case.data() for case in reports(0, count - count // 2))
    prose = (source.data for source in unusual.sources(count // 2, seed=0))
    made = [*forms, *prose]
    return [Job(f"{number}.txt", data, sha256(data).hexdigest()) for number, data in enumerate(made)]


def measured(every: Sequence[Job], repeats: int) -> One:
    """What one of these takes."""
    reader = Reader(10**7)
    records = [found for job in every if isinstance(found := reader.read(job), Record)]
    reading = min(_timed(lambda: [reader.read(job) for job in every]) for _ in range(repeats)) / len(every)
    with tempfile.TemporaryDirectory() as name:
        writing, stored = _written(Path(name), records, repeats)
        folder = Folder(name)
        part = PartStore(lambda *_: {})
        part.write(records)
        data = folder.get(part.close(folder) or "") or b""
        taking_in = min(_timed(lambda: list(read_part(data))) for _ in range(repeats)) / len(records)
    forms, client = load_forms(), Client(Settings(model="gpt-4o-mini", base_url="http://127.0.0.1:9"))
    settings = Settings()
    questions = [
        question
        for job in every
        if isinstance(reader.read(job), Record)
        for question in asked(draft(read(job.content, path=job.path), forms), forms, client, settings)
    ]
    estimate = client.estimate(questions)
    count = len(records)
    return One(
        reading,
        writing,
        writing + taking_in,
        stored,
        len(data) / count,
        estimate.calls / count,
        estimate.prompt_tokens / count,
        estimate.completion_tokens / count,
    )


def _written(folder: Path, records: Sequence[Record], repeats: int) -> tuple[float, float]:
    """Processor seconds and bytes that a report takes in a store."""
    best, size = 1e9, 0.0
    for round in range(repeats):
        path = folder / f"{round}.db"
        with open_store(f"sqlite:///{path}") as store:
            batches = iter(records)

            def work(store: object = store, batches: Iterator[Record] = batches) -> None:
                while batch := list(islice(batches, _BATCH)):
                    store.write(batch)  # type: ignore[attr-defined]

            best = min(best, _timed(work) / len(records))
        size = path.stat().st_size / len(records)
    return best, size


def _timed(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def main(arguments: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.plan", description=__doc__.partition("\n")[0])
    parser.add_argument("--reports", type=int, default=200)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--total", type=int, default=1_000_000)
    parser.add_argument("--cores", type=int, default=32, help="processors of a node")
    parser.add_argument("--nodes", default="1,4,16")
    parser.add_argument("--price", default="0.15,0.60", help="of a million tokens, in prompts and in answers")
    parser.add_argument("--latency", type=float, default=2.0, help="seconds of a call")
    parser.add_argument("--at-once", default="64,256,1024", help="calls under way at once")
    options = parser.parse_args(arguments)
    one = measured(jobs(options.reports), options.repeats)
    price_in, price_out = map(float, options.price.split(","))
    total = options.total
    print(f"one of {options.reports} reports, in processor time of this machine")
    print(f"  read            {1000 * one.reading:8.2f} ms")
    print(f"  written         {1000 * one.writing:8.2f} ms   {one.stored / 1000:8.1f} kB in the store")
    print(f"  taken in        {1000 * one.taking_in:8.2f} ms   {one.part / 1000:8.1f} kB in a part")
    print(f"  asked           {one.calls:8.2f} calls {one.prompt:9.0f} + {one.completion:.0f} tokens")
    print(f"\n{total:,} reports")
    print(f"  store {total * one.stored / 1e9:,.0f} GB, parts {total * one.part / 1e9:,.0f} GB")
    writer = total * one.taking_in / _HOUR
    print(f"  {'nodes':>6}{'processors':>12}{'reading, h':>12}{'one writer, h':>15}{'import, h':>11}")
    for nodes in map(int, options.nodes.split(",")):
        processors = nodes * options.cores
        reading = total * one.reading / processors / _HOUR
        writing = writer if nodes > 1 else total * one.writing / _HOUR
        longest = max(reading, writing)
        print(f"  {nodes:>6}{processors:>12}{reading:>12.2f}{writing:>15.2f}{longest:>11.2f}")
    calls = total * one.calls
    prompt, completion = total * one.prompt, total * one.completion
    money = (prompt * price_in + completion * price_out) / 1e6
    print(
        f"  asked about what is open: {calls:,.0f} calls,"
        f" {prompt / 1e6:,.0f} + {completion / 1e6:,.0f} million tokens,"
    )
    print(f"  {money:,.0f} at {price_in:g} and {price_out:g} a million")
    for at_once in map(int, options.at_once.split(",")):
        hours = calls * options.latency / at_once / _HOUR
        print(f"    {at_once:>5} at once, {options.latency:g} s each: no less than {hours:,.1f} h")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
