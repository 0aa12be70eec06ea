"""Peak memory of an import at several sizes: it has to be flat.

    python -m benchmarks.memory [--reports 1000,10000,100000] [--keep FOLDER] [--postgres URL]

Each size is imported by the command into a new store; while it runs, the resident memory of its process and
of each process it started is read from /proc several times a second, and the highest of each is printed, and
that of all together. Exits 1 where the largest size takes more than a tenth more than the smallest.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks import many
from benchmarks.sources import ROOT

FLAT = 1.10
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Peak(NamedTuple):
    """Bytes at most: of the command's own process, of the largest worker, of all at once; and seconds."""

    own: int
    worker: int
    together: int
    seconds: float
    documents: int


def measured(folder: Path, url: str) -> Peak:
    """The peaks of an import of a folder."""
    command = [sys.executable, "-m", "structurer", "import", str(folder), "--store", url, "--quiet", "--json"]
    began = time.perf_counter()
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        own = worker = together = 0
        while process.poll() is None:
            mine, others = _resident(process.pid), [_resident(pid) for pid in _children(process.pid)]
            own, worker = max(own, mine), max(worker, *others, 0)
            together = max(together, mine + sum(others))
            time.sleep(0.2)
        assert process.stdout is not None
        told = process.stdout.read()
    import json

    return Peak(own, worker, together, time.perf_counter() - began, json.loads(told)["imported"])


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def _children(pid: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def main(arguments: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.memory", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--reports", default="1000,10000,100000", help="sizes (1000,10000,100000)")
    parser.add_argument("--keep", type=Path, help="a folder for files and stores, kept afterwards")
    options = parser.parse_args(arguments)
    place = options.keep or Path(tempfile.mkdtemp())
    peaks: list[Peak] = []
    print(
        f"{'reports':>9}{'import, MB':>12}{'worker, MB':>12}{'together, MB':>14}{'reports/s':>11}{'store':>9}"
    )
    try:
        for size in map(int, options.reports.split(",")):
            folder, store = place / f"reports-{size}", place / f"store-{size}.db"
            if not folder.exists():
                many.written(folder, size)
            store.unlink(missing_ok=True)
            peak = measured(folder, f"sqlite:///{store}")
            peaks.append(peak)
            megabytes = [part / 2**20 for part in peak[:3]]
            print(
                f"{size:>9,}{megabytes[0]:>12.0f}{megabytes[1]:>12.0f}{megabytes[2]:>14.0f}"
                f"{size / peak.seconds:>11.1f}{store.stat().st_size / 2**30:>6.2f} GB",
                flush=True,
            )
    finally:
        if options.keep is None:
            shutil.rmtree(place, ignore_errors=True)
    growth = peaks[-1].together / peaks[0].together
    print(f"the largest takes {growth:.2f} of what the smallest takes")
    return 0 if growth <= FLAT else 1


if __name__ == "__main__":
    raise SystemExit(main())
