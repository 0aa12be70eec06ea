"""An import with a slow model: how near it comes to what the model's latency alone allows.

    python -m benchmarks.overlap [--reports N] [--latency SECONDS] [--at-once C] [--rounds R]

The endpoint answers from a process of its own, each call after a fixed time. The ideal is N·L/C for the N
calls that were made: reading, grounding and writing have to happen while the model is waited for. The bare
openai client makes as many calls in the same run, to tell what this machine can do at all. Wall times of the
import itself, the two or three seconds included that it takes to start its processes and load the client:
keep the machine idle, and the reports many. Exits 1 below 95% of the ideal, unless the bare client is below
that too.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks import calls, many, unusual
from benchmarks.sources import ROOT

LEAST = 0.95
_RUN = """
import sys, time
from pydantic import SecretStr
from structurer.bulk import find_files, import_reports
from structurer.bulk.workers import processors
from structurer.settings import Settings
from structurer.store import open_store
folder, url, place, at_once = sys.argv[1:]
given = Settings(model="fake", provider="openai", base_url=SecretStr(url), api_key=SecretStr("none"),
                 concurrency=int(at_once), cache_dir=place + "/cache")
with open_store(f"sqlite:///{place}/store.db") as store:
    began = time.perf_counter()
    summary = import_reports(find_files([folder]), store, settings=given, workers=processors())
    took = time.perf_counter() - began
print(summary.imported, summary.failed, summary.usage.calls, took, time.process_time())
"""


def main(arguments: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.overlap", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--reports", type=int, default=20_480)
    parser.add_argument("--latency", type=float, default=0.5)
    parser.add_argument("--at-once", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args(arguments)
    ours, bares = [], []
    with tempfile.TemporaryDirectory() as name, calls.endpoint(options.latency) as url:
        folder = Path(name) / "in"
        folder.mkdir()
        for number, source in enumerate(unusual.sources(options.reports, seed=3)):
            agency = str(source.gold.metadata["agency"])
            text = source.text.replace(agency, f"{many.place(number)[0]}市{agency}")
            (folder / source.name).write_text(text)
        for round in range(options.rounds):
            place = Path(name) / str(round)
            place.mkdir()
            done = subprocess.run(
                [sys.executable, "-c", _RUN, str(folder), url, str(place), str(options.at_once)],
                env=os.environ | {"PYTHONPATH": str(ROOT)},
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise SystemExit(done.stderr[-2000:])
            imported, failed, made, took, used = done.stdout.split()
            ideal = int(made) * options.latency / options.at_once
            ours.append(ideal / float(took))
            bare = calls.bare(url, calls.questions(int(made)), options.at_once)
            bares.append(ideal / bare.wall)
            print(
                f"{imported} reports, {failed} failed; {made} calls of {options.latency * 1000:.0f} ms,"
                f" {options.at_once} at once: ideal {ideal:.2f} s, import {float(took):.2f} s"
                f" ({ours[-1]:.1%}), bare client {bare.wall:.2f} s ({bares[-1]:.1%});"
                f" the import's own process {1000 * float(used) / int(made):.2f} ms a call"
            )
    print(f"of the ideal: import {median(ours):.1%}, bare openai client {median(bares):.1%}")
    return 0 if median(ours) >= min(LEAST, median(bares)) else 1


if __name__ == "__main__":
    raise SystemExit(main())
