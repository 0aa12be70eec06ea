"""How fast a store leaves as files, in how much memory, and how far that is from a limit.

    python -m benchmarks.export [--values N] [--formats csv,parquet,...] [--keep FOLDER]

Made-up reports go through the whole pipeline into a store, which is then multiplied to N values. Each format
is written by a process of its own, at a tenth of N and at N: rows a second of processor time, peak memory.
The limit is what nobody can leave out: to fetch the rows from the database (a bare cursor of sqlite3) and to
write rows that lie ready (csv.writer, pyarrow's write_table, json.dumps), measured on the same store in the
same run. The exit code is 1 when memory grows with the store.
"""

from __future__ import annotations

import argparse
import csv
import gc
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.corpus import reports
from benchmarks.peak import peak_bytes

FORMATS = ("csv", "csv-wide", "parquet", "parquet-wide", "jsonl", "xlsx", "validatreport")
_SEEDS = 60
_MOST_GROWTH = 1.4
"""Peak memory at N over that at a tenth of N: a store ten times as large may not take much more."""
_READY = 200_000
"""Rows that the peers get ready."""


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; 1 when memory grows."""
    options = _options(arguments)
    if options.child:
        print(json.dumps(_CHILDREN[options.child[0]](*options.child[1:])))
        return 0
    with tempfile.TemporaryDirectory(dir=options.keep) as folder:
        small, large = Path(folder) / "small.db", Path(folder) / "large.db"
        few, many = _multiplied(small, options.values // 10), _multiplied(large, options.values)
        print(f"{many:,} values ({large.stat().st_size / 1e9:.1f} GB) and {few:,}; processor time")
        peers = {name: _child("peer", name, large) for name in ("fetch", "csv", "parquet", "jsonl")}
        for name, told in peers.items():
            print(f"peer {name:<13} {told['rows'] / told['seconds']:>12,.0f} rows/s", flush=True)
        print(
            f"\n{'format':<14} {'rows/s':>10} {'of limit':>9} {'MB/s':>7} {'peak MB':>8} {'at a tenth':>10}"
        )
        grows = False
        for form in options.formats.split(","):
            before, after = (_child("export", form, store, Path(folder) / "out") for store in (small, large))
            grows |= after["peak"] > before["peak"] * _MOST_GROWTH
            print(_line(form, before, after, peers), flush=True)
    return int(grows)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.export", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--values", type=int, default=500_000, help="values in the store (500,000)")
    parser.add_argument("--formats", default=",".join(FORMATS), help="which formats, by commas")
    parser.add_argument("--keep", default=None, help="a folder with room for the store")
    parser.add_argument("--child", nargs="*", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _line(form: str, before: dict[str, Any], after: dict[str, Any], peers: dict[str, dict[str, Any]]) -> str:
    rate = after["rows"] / after["seconds"]
    peer = peers.get(form)
    limit = ""
    if peer:
        least = sum(one["seconds"] / one["rows"] for one in (peers["fetch"], peer))
        limit = f"{rate * least:.0%}"
    size = after["bytes"] / 1e6 / after["seconds"]
    return f"{form:<14} {rate:>10,.0f} {limit:>9} {size:>7.1f} {after['peak']:>8.0f} {before['peak']:>10.0f}"


def _child(*arguments: object) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.export", "--child", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return dict(json.loads(done.stdout))


def _multiplied(path: Path, values: int) -> int:
    """A store of about so many values; how many they are."""
    from structurer import structure
    from structurer.store import open_store

    with open_store(f"sqlite:///{path}") as store:
        for at, case in enumerate(reports(0, _SEEDS)):
            data = case.data()
            store.add(structure(data, path=f"reports/{at:03d}.txt"), content=None)
    with closing(sqlite3.connect(path)) as store, store:
        (held,) = store.execute("SELECT count(*) FROM observations").fetchone()
        (last,) = store.execute("SELECT max(number) FROM documents").fetchone()
        store.commit()
        # Made once and thrown away: no log, and no index that reading by document does not use.
        for statement in ("PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF"):
            store.execute(statement)
        store.execute("DROP INDEX IF EXISTS ix_observations_indicator")
        for turn in range(1, max(1, values // held)):
            for table in ("documents", "places", "observations", "findings", "sections"):
                store.execute(_copy(store, table), {"by": turn * last, "turn": turn})
        return int(store.execute("SELECT count(*) FROM observations").fetchone()[0])


def _copy(store: sqlite3.Connection, table: str) -> str:
    """SQL that copies the first reports under other names."""
    changed = {
        "number": "number + :by",
        "document": "document + :by",
        "id": "printf('%08x', :turn) || substr(id, 9)",
        "path": "printf('%08d/', :turn) || path",
    }
    names = [row[1] for row in store.execute(f"PRAGMA table_info({table})")]
    chosen = ", ".join(changed.get(name, f'"{name}"') for name in names)
    key = "number" if "number" in names else "document"
    first = f"(SELECT {_SEEDS})"
    columns = ", ".join(f'"{name}"' for name in names)
    return f"INSERT INTO {table} ({columns}) SELECT {chosen} FROM {table} WHERE {key} <= {first}"


def _export(form: str, path: str, out: str) -> dict[str, Any]:
    from structurer.export import export
    from structurer.store import open_store

    kind, _, shape = form.partition("-")
    began = time.process_time()
    with open_store(f"sqlite:///{path}") as store:
        told = export(
            store.reports(whole=kind in ("jsonl", "xlsx")),
            out,
            format=kind,  # type: ignore[arg-type]
            status="all",
            shape=shape or "tidy",  # type: ignore[arg-type]
        )
        seconds = time.process_time() - began
        rows = told.observations or told.checks
    return {"rows": rows, "seconds": seconds, "peak": _peak(), "bytes": os.path.getsize(out)}


def _peer(name: str, path: str) -> dict[str, Any]:
    """The seconds that a bare tool takes for what every export has to do."""
    with closing(sqlite3.connect(path)) as store:
        query = "SELECT * FROM observations ORDER BY document, position LIMIT ?"
        if name == "fetch":
            gc.disable()
            return _timed(lambda: sum(1 for _ in store.execute(query, (5 * _READY,))))
        rows = _ready(path)
    with tempfile.TemporaryFile() as stream:
        return _timed(lambda: _PEERS[name](rows, stream))


def _ready(path: str) -> list[tuple[Any, ...]]:
    """Rows as they are exported, as plain values."""
    from structurer.export.columns import tidy_rows
    from structurer.store import open_store

    rows: list[tuple[Any, ...]] = []
    with open_store(f"sqlite:///{path}") as store:
        for report in store.reports(whole=False):
            rows += tidy_rows(report, report.lines)
            if len(rows) >= _READY:
                break
    return rows


def _timed(work: Callable[[], int]) -> dict[str, Any]:
    began = time.process_time()
    rows = work()
    return {"rows": rows, "seconds": time.process_time() - began}


def _csv(rows: list[tuple[Any, ...]], stream: Any) -> int:
    import io

    with io.TextIOWrapper(stream, "utf-8", newline="") as text:
        csv.writer(text).writerows(rows)
        return len(rows)


def _parquet(rows: list[tuple[Any, ...]], stream: Any) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = [list(map(_text, column)) for column in zip(*rows, strict=True)]
    table = pa.table({str(at): column for at, column in enumerate(columns)})
    pq.write_table(table, stream, compression="zstd")
    return len(rows)


def _text(cell: Any) -> str | None:
    return cell if cell is None or isinstance(cell, str) else str(cell)


def _jsonl(rows: list[tuple[Any, ...]], stream: Any) -> int:
    for row in rows:
        stream.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode())
    return len(rows)


def _peak() -> float:
    """Peak memory of this process in MB."""
    return peak_bytes() / 2**20


_PEERS: dict[str, Callable[[list[tuple[Any, ...]], Any], int]] = {
    "csv": _csv,
    "parquet": _parquet,
    "jsonl": _jsonl,
}
_CHILDREN: dict[str, Callable[..., dict[str, Any]]] = {"export": _export, "peer": _peer}

if __name__ == "__main__":
    raise SystemExit(main())
