"""How much to ask: tokens, accepted share and queue of --ask none, open and all, and a warm second import.

    python -m benchmarks.ask [--reports N] [--rate PERCENT] [--imports N]

An oracle answers, wrong in `--rate` percent of its items (0). Three sets: the five real reports where they
are at hand, generated forms with every damage, and generated prose that no pattern reads. Then generated
reports are imported twice by the command, with a fixed latency at the endpoint: the second import has to
make no call and be at least 20 times faster. Exits 1 where it is not, or where asking makes a false value
accepted that is not accepted without.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks import unusual
from benchmarks.asking import asked
from benchmarks.endpoints import Call, Endpoint, Reply, chat
from benchmarks.endpoints.oracle import Teller
from benchmarks.noise import Point
from benchmarks.sources import ROOT, Source, generated, real
from structurer.evaluate import marks
from structurer.model.question import written
from structurer.tokens import counter

FASTER = 20


def compare(name: str, sources: Sequence[Source], rate: float) -> int:
    """Print a line for each way of asking; returns how many false values asking adds."""
    added = 0
    verified_before = 0
    count = counter()
    for ask in ("none", "open", "all"):
        point, calls, prompt, answer, verified = Point(), 0, 0, 0, 0
        for source in sources:
            teller = Teller(source.truth, rate)
            with Endpoint(teller) as endpoint:
                found = asked(source, endpoint.base_url, ask=ask)
            waiting = sum(not one.accepted for one in found.observations)
            point = point.plus(list(marks(found, source.gold)), waiting)
            calls += found.usage.calls
            prompt += sum(count(sent(call)) for call in endpoint.calls)
            answer += sum(map(count, teller.sent))
            verified += sum(one.status == "verified" for one in found.observations)
            if ask != "none":
                added += len(source.false(found) - source.false(source.without_model()))
        verified_before = verified if ask == "none" else verified_before
        print(
            f"{name:<12}{ask:<7}{calls / point.reports:>8.1f}{prompt / point.reports:>10,.0f}"
            f"{answer / point.reports:>10,.0f}{point.share:>12.1%}{point.precision:>12.2%}"
            f"{point.waiting:>9.1f}{(verified - verified_before) / point.reports:>+12.1f}"
        )
    return added


def sent(call: Call) -> str:
    """What of a request costs tokens: its messages and its schema."""
    return "\n".join([*call.messages, written(call.schema)])


def warm(count: int, latency: float) -> bool:
    """Import generated reports twice by the command; whether the second makes no call and is fast enough."""

    def nothing(call: Call) -> Reply:
        return chat(call, '{"items":[]}', delay=latency)

    with tempfile.TemporaryDirectory() as name, Endpoint(nothing) as endpoint:
        folder = Path(name)
        for source in unusual.sources(count, seed=77):
            (folder / source.name).write_bytes(source.data)
        took = []
        for _ in range(2):
            before, began = len(endpoint.calls), time.perf_counter()
            _import(folder, endpoint.base_url)
            took.append((time.perf_counter() - began, len(endpoint.calls) - before))
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "structurer", "--version"], cwd=ROOT, capture_output=True, check=True
        )
        idle = time.perf_counter() - start
    (first, calls), (second, more) = took
    net = (first - idle) / max(0.001, second - idle)
    print(
        f"import of {count} reports, answers after {latency * 1000:.0f} ms: {first:.1f} s and {calls} calls,"
        f" again {second:.2f} s and {more} calls: {first / second:.1f} times faster"
        f" ({net:.0f} without the {idle:.2f} s that the command takes to start)"
    )
    return more == 0 and calls > 0 and first / second >= FASTER


def _import(folder: Path, url: str) -> None:
    store = f"sqlite:///{folder / 'store.db'}"
    command = [sys.executable, "-m", "structurer", "import", str(folder / "*.txt"), "--store", store]
    environment = {
        **os.environ,
        "OPENAI_API_KEY": "none",
        "STRUCTURER_CACHE_DIR": str(folder / "cache"),
        "STRUCTURER_CONCURRENCY": "4",
    }
    subprocess.run(
        [*command, "--model", "openai:fake", "--base-url", url],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        check=True,
    )


def main(arguments: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ask", description=__doc__.partition("\n")[0])
    parser.add_argument("--reports", type=int, default=30)
    parser.add_argument("--rate", type=float, default=0.0, help="percent of items that are wrong")
    parser.add_argument("--imports", type=int, default=100)
    parser.add_argument("--latency", type=float, default=2.0)
    options = parser.parse_args(arguments)
    print(f"tokens counted off the wire with {counter().name}; {options.rate:g}% of the items are wrong")
    print(
        f"{'':<12}{'--ask':<7}{'calls':>8}{'prompt':>10}{'answer':>10}{'right and':>12}{'accepted':>12}"
        f"{'queue':>9}{'verified':>12}\n{'':<19}{'':>8}{'tokens':>10}{'tokens':>10}{'accepted':>12}"
        f"{'and true':>12}{'':>9}{'more':>12}   (a report)"
    )
    added = 0
    for name, sources in (
        ("real", real()),
        ("forms", list(generated(options.reports, seed=5))),
        ("prose", list(unusual.sources(options.reports, seed=5))),
    ):
        if sources:
            added += compare(name, sources, options.rate / 100)
    print(f"false values accepted only because a model was asked: {added}")
    quick = warm(options.imports, options.latency) if options.imports else True
    return 1 if added or not quick else 0


if __name__ == "__main__":
    raise SystemExit(main())
