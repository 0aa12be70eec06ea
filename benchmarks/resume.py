"""An import that is killed again and again: the same export as undisturbed, and no call repeated.

    python -m benchmarks.resume [--reports N] [--kills K] [--seed S] [--latency SECONDS]

An undisturbed import with a model gives the export to compare with. Then the same import is killed (SIGKILL)
K times, each time when a random number of calls has arrived or after a random time, and goes on with the
same command until it is through. Counted are the calls that were made again although their answer had left
the endpoint a tenth of a second before the kill: those under way at that moment may be asked again. The
store's runs are looked at too: every killed one is without an end, and together they imported each report
once. Exits 1 where the exports differ in a byte, a call was repeated or the runs do not add up.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from benchmarks import unusual
from benchmarks.endpoints import Call, Endpoint, Reply, chat
from benchmarks.sources import ROOT
from structurer.store import open_store

_LEFT = 0.1
"""Seconds an answer needs from the endpoint into the journal."""


class Noting:
    """Answers every call the same way each time, and notes when."""

    def __init__(self, latency: float) -> None:
        self.latency = latency
        self.sent: dict[bytes, list[float]] = {}

    def __call__(self, call: Call) -> Reply:
        """One answer."""
        self.sent.setdefault(call.raw, []).append(time.monotonic() + self.latency)
        return chat(call, '{"items":[]}', delay=self.latency)


def command(folder: Path, place: Path, url: str) -> list[str]:
    """The import, the same each time."""
    store = f"sqlite:///{place / 'store.db'}"
    asked = ["--model", "openai:fake", "--base-url", url]
    return [sys.executable, "-m", "structurer", "import", str(folder), "--store", store, "--quiet", *asked]


def environment(place: Path) -> dict[str, str]:
    """The environment of a run: its own cache of answers."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STRUCTURER_")}
    own = {"PYTHONPATH": str(ROOT), "OPENAI_API_KEY": "none", "STRUCTURER_CACHE_DIR": str(place / "cache")}
    return {**kept, **own}


def exported(place: Path) -> bytes:
    """The store's export, with everything in it."""
    out = place / "export.jsonl"
    store = f"sqlite:///{place / 'store.db'}"
    export = [sys.executable, "-m", "structurer", "export", "--format", "jsonl", "--status", "all"]
    subprocess.run(
        [*export, "--out", str(out), "--store", store],
        env=environment(place),
        check=True,
        capture_output=True,
    )
    return out.read_bytes()


def run(folder: Path, place: Path, endpoint: Endpoint, *, kill_after: tuple[int, float] | None) -> bool:
    """One run; killed after so many calls or seconds, if that is said. Whether it came to its end."""
    before, began = len(endpoint.calls), time.monotonic()
    with subprocess.Popen(
        command(folder, place, endpoint.base_url),
        env=environment(place),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        while process.poll() is None:
            if kill_after is not None:
                calls, seconds = kill_after
                if len(endpoint.calls) - before >= calls or time.monotonic() - began >= seconds:
                    process.send_signal(signal.SIGKILL)
                    process.wait()
                    return False
            time.sleep(0.005)
        if process.returncode not in (0, 1):
            assert process.stderr is not None
            raise SystemExit(process.stderr.read().decode()[-2000:])
    return True


def noted(place: Path) -> tuple[int, int, int]:
    """Runs as the store has them: how many, how many without an end, and the reports all of them imported."""
    with open_store(f"sqlite:///{place / 'store.db'}") as store:
        runs = store.runs(limit=10_000)
    return len(runs), sum(not run.end for run in runs), sum(run.imported for run in runs)


def main(arguments: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.resume", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--reports", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--latency", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    rng = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as name:
        folder, plain, broken = (Path(name) / part for part in ("in", "undisturbed", "killed"))
        for place in (folder, plain, broken):
            place.mkdir()
        for source in unusual.sources(options.reports, seed=5):
            (folder / source.name).write_bytes(source.data)
        (folder / "empty.txt").write_bytes(b"")
        noting = Noting(options.latency)
        with Endpoint(noting) as endpoint:
            run(folder, plain, endpoint, kill_after=None)
            wanted, total = exported(plain), len(noting.sent)
            noting.sent.clear()
            killed, again, ends = 0, 0, []
            while killed < options.kills:
                left = total - len(noting.sent)
                most = max(1, 2 * left // (options.kills - killed))
                if run(folder, broken, endpoint, kill_after=(rng.randint(0, most), rng.uniform(0.5, 6))):
                    break
                killed += 1
                ends.append(time.monotonic())
            run(folder, broken, endpoint, kill_after=None)
            for times in noting.sent.values():
                for earlier, later in pairwise(times):
                    end = min((one for one in ends if earlier - options.latency < one <= later), default=None)
                    again += end is None or earlier < end - _LEFT
            repeated = sum(len(times) - 1 for times in noting.sent.values())
        found = exported(broken)
        runs, open_ended, imported = noted(broken)
    same = found == wanted
    print(f"{options.reports} reports, {total} calls; killed {killed} times at random moments")
    print(f"exports: {len(wanted):,} bytes undisturbed, {len(found):,} after the kills: ", end="")
    print("identical" if same else "DIFFERENT")
    print(f"calls made twice: {repeated}, of which {again} had been answered before the kill")
    print(
        f"runs noted: {runs}, of which {open_ended} have no end; together they imported {imported:,} reports"
    )
    # A run that was killed while Python still started is not noted; the last one ended.
    sound = imported == options.reports and open_ended == runs - 1 <= killed
    return 0 if same and sound and not again and killed == options.kills else 1


if __name__ == "__main__":
    raise SystemExit(main())
