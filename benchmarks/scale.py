"""Reports a second of an import on one and on two processors, against the limit, in one run.

    python -m benchmarks.scale [--reports N] [--rounds R] [--ray]

The same files are imported in turn, R times each, into new stores: by one worker process on one processor,
and by two on two. The limit is what nobody can leave out, on one processor: read each file, one pass of a
regular expression over it, and write as many rows into the same tables. Efficiency is how much of twice the
speed two processors give; beside it stands what they give two programs that share nothing, each of which
only structures reports on a processor of its own. `--ray` imports with one and with two workers of a cluster
of this machine; its start is measured apart, by the time until the first task is through.

Times are wall times of the import itself: keep the machine idle. Exits 1 where two processors or workers give
less than 0.85 of twice the speed.
"""

from __future__ import annotations

import argparse
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks import many
from benchmarks.sources import ROOT

LEAST = 0.85
_NUMBER = re.compile(r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?")
_ROWS, _BATCH = 32, 32
_ONE = """
import sys, time
from structurer.bulk import find_files, import_reports
from structurer.store import open_store
folder, url, workers = sys.argv[1:]
with open_store(url) as store:
    import_reports(list(find_files([folder + "/0000"]))[:8], store, workers=int(workers))
    began = time.perf_counter()
    summary = import_reports(find_files([folder]), store, workers=int(workers))
print(summary.imported, time.perf_counter() - began)
"""
_APART = """
import sys, time
from pathlib import Path
from structurer.bulk import attempt
from structurer.settings import Settings
settings = Settings()
paths = sorted(str(path) for path in Path(sys.argv[1]).rglob("*.*"))[:600]
for path in paths[:8]:
    attempt(path, settings=settings)
print("ready", flush=True)
sys.stdin.readline()
began = time.perf_counter()
for path in paths:
    attempt(path, settings=settings)
print(len(paths) / (time.perf_counter() - began))
"""
_RAY = """
import sys, time
from structurer.bulk import find_files
from structurer.cluster import import_on_cluster
from structurer.store import open_store
folder, url, workers = sys.argv[1:]
told = []
with open_store(url) as store:
    tick = lambda summary: told.append((summary.imported, time.perf_counter()))
    import_on_cluster(find_files([folder]), store, results=folder + "-results" + workers + str(time.time()),
                      workers=int(workers), tick=tick)
(first, began), (last, ended) = told[0], told[-1]
print(last - first, ended - began)
"""


def imported(folder: Path, workers: int, code: str, processors: int) -> float:
    """Reports a second of an import of a folder into a new store, on so many processors."""
    with tempfile.TemporaryDirectory() as place:
        command = [sys.executable, "-c", code, str(folder), f"sqlite:///{place}/store.db", str(workers)]
        done = subprocess.run(
            command,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=partial(_bound, processors),
        )
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    count, seconds = done.stdout.split()[-2:]
    return int(count) / float(seconds)


def apart(folder: Path, processors: int) -> float:
    """Reports a second of so many programs that share nothing, each on a processor of its own, together."""
    several = [
        subprocess.Popen(
            [sys.executable, "-c", _APART, str(folder)],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=partial(_bound, 1, number),
        )
        for number in range(processors)
    ]
    for process in several:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in several:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    return sum(float(process.communicate()[0]) for process in several)


def _bound(processors: int, first: int = 0) -> None:
    """Keeps this process and those it starts to so many processors, from the first one on."""
    setter = getattr(os, "sched_setaffinity", None)
    if setter:
        setter(0, sorted(os.sched_getaffinity(0))[first : first + processors])


def limit(folder: Path, rows: int) -> float:
    """Reports a second if all there were to do is reading, one pass and writing the rows."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    with tempfile.TemporaryDirectory() as place:
        from structurer.record import OBSERVATION
        from structurer.store import open_store

        open_store(f"sqlite:///{place}/store.db").close()
        connection = sqlite3.connect(f"{place}/store.db", isolation_level=None)
        connection.execute("PRAGMA synchronous=NORMAL")
        columns = ", ".join(f'"{name}"' for name in ("document", *OBSERVATION))
        marks = ", ".join("?" * (1 + len(OBSERVATION)))
        statement = f"INSERT INTO observations ({columns}) VALUES ({marks})"
        row = ("applications.received.natural_person", "三/本年新收政府信息公开申请数量/自然人", "17", "件")
        rest = ("exact", "year", None, None, "number", "verified", True)
        lists = ('["table"]', '[[1234,1236,"17"]]', '["applications.row_total"]', "[]", "[]")
        began = time.perf_counter()
        for first in range(0, len(paths), _BATCH):
            connection.execute("BEGIN")
            for number, path in enumerate(paths[first : first + _BATCH], first):
                _NUMBER.findall(path.read_bytes().decode("utf-8", "replace"))
                values = [(number, position, *row, *rest, *lists) for position in range(rows)]
                connection.executemany(statement, values)
            connection.execute("COMMIT")
        took = time.perf_counter() - began
        connection.close()
    return len(paths) / took


def rows_a_report(folder: Path) -> int:
    """Observations of a report, as a mean of some."""
    from structurer import StructurerError, structure

    counts = []
    for path in sorted(folder.rglob("*.*"))[:60]:
        try:
            counts.append(len(structure(path).observations))
        except StructurerError:
            continue
    return round(sum(counts) / len(counts))


def main(arguments: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.scale", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--reports", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ray", action="store_true", help="on a Ray cluster of this machine, too")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "reports"
        many.written(folder, options.reports)
        rows = rows_a_report(folder)
        print(f"{options.reports} reports, {rows} observations each; {os.cpu_count()} processors here")
        found: dict[str, list[float]] = {"limit": [], "one": [], "two": []}
        alone: list[float] = []
        for _ in range(options.rounds):
            alone.append(apart(folder, 2) / (2 * apart(folder, 1)))
            found["limit"].append(limit(folder, rows))
            found["one"].append(imported(folder, 1, _ONE, 1))
            found["two"].append(imported(folder, 2, _ONE, 2))
        print(f"two programs that share nothing: {median(alone):.2f} of twice the speed of one")
        good = told("processes of one machine", found)
        if options.ray:
            ray: dict[str, list[float]] = {"limit": found["limit"], "one": [], "two": []}
            for _ in range(options.rounds):
                ray["one"].append(imported(folder, 1, _RAY, 1))
                ray["two"].append(imported(folder, 2, _RAY, 2))
            good = told("workers of a Ray cluster", ray) and good
    return 0 if good else 1


def told(name: str, found: dict[str, list[float]]) -> bool:
    """Print what was measured; whether it is good enough."""
    most, one, two = (median(found[key]) for key in ("limit", "one", "two"))
    efficiency = two / (2 * one)
    print(f"{name}: medians of {len(found['one'])} rounds, reports/s")
    print(f"  limit, one processor {most:>10,.0f}   (read, one regular expression, write the rows)")
    print(f"  one processor        {one:>10,.1f}   {one / most:.1%} of the limit")
    print(f"  two processors       {two:>10,.1f}   {two / (2 * most):.1%} of twice the limit")
    print(f"  efficiency from one to two {efficiency:.2f}")
    return efficiency >= LEAST


if __name__ == "__main__":
    raise SystemExit(main())
