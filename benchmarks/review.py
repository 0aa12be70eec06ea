"""Time of `queue`, `next` and `decide` with 50,000 items in the queue, against a limit of 50 ms each.

Usage: python benchmarks/review.py [items, default 50000]
The store is built first (not timed against the limit). Every figure is of many calls in this process over
a SQLite file: wall time, and processor time, which other programs on the machine do not stretch. The ratio
to the limit is that of the median of processor time; exit code 1 when one is over it.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from structurer.desk.desk import Desk  # noqa: E402
from structurer.forms import load_forms  # noqa: E402
from structurer.observation import (  # noqa: E402
    DocumentInfo,
    Evidence,
    Extraction,
    Observation,
    SectionInfo,
    TableInfo,
)
from structurer.review.views import Task  # noqa: E402
from structurer.store import open_store  # noqa: E402
from structurer.store.reviews import Filters  # noqa: E402

LIMIT = 0.050
A_DOCUMENT = 20
"""Open values of one document: a table with three rows that could not be settled."""
ROUNDS = 100


def report(number: int, rng: random.Random) -> tuple[Extraction, bytes]:
    """A report with a complete table 三, of which some cells are open."""
    content = f"报告{number}\n".encode() + "三、收到和处理政府信息公开申请情况\n17\n".encode() * 20
    at = content.decode().index("17")
    cells = load_forms().tables["applications"]["2019"].cells
    open_cells = {cell.indicator for cell in rng.sample(cells, A_DOCUMENT)}
    observations = [
        Observation(
            indicator=cell.indicator,
            label=cell.label,
            value=None if cell.indicator in open_cells else 0,
            unit=cell.unit,
            status="ambiguous" if cell.indicator in open_cells else "verified",
            accepted=cell.indicator not in open_cells,
            methods=("table",),
            evidence=(Evidence(start=at, end=at + 2, quote="17"),),
            rules=("applications.row_total",),
            candidates=(17, None) if cell.indicator in open_cells else (),
        )
        for cell in cells
    ]
    from hashlib import sha256

    info = DocumentInfo(
        path=f"reports/{number}.txt",
        id=sha256(content).hexdigest(),
        agency=f"第{number % 300}区教育局",
        year=2015 + number % 10,
        tables={"applications": TableInfo(form="2019", state="partial")},
    )
    section = SectionInfo(title="三、", start=0, end=len(content), state="table")
    return Extraction(document=info, observations=tuple(observations), sections=(section,)), content


Took = tuple[float, float]
"""Seconds of wall time and of processor time."""


def timed(call: Callable[[], object]) -> Took:
    """What one call took."""
    wall, processor = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - wall, time.process_time() - processor


def line(name: str, took: list[Took]) -> bool:
    """Prints the figures of one operation; whether its median is within the limit."""
    walls, processor = [wall for wall, _ in took], [cpu for _, cpu in took]
    middle = median(processor)
    figures = (median(walls), max(walls), middle, max(processor))
    told = "".join(f"{seconds * 1e3:>10.1f}" for seconds in figures)
    print(f"{name:<20}{len(took):>6}{told}{middle / LIMIT:>10.2f}")
    return middle <= LIMIT


def main() -> int:
    """Builds the store, prints the figures; 1 when one is over the limit."""
    items = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    rng = random.Random(7)
    with tempfile.TemporaryDirectory() as folder, open_store(f"sqlite:///{folder}/review.db") as store:
        for number in range(-(-items // A_DOCUMENT)):
            extraction, content = report(number, rng)
            store.add(extraction, fingerprint="benchmark", content=content)
        start = time.perf_counter()
        desk = Desk(store)
        built = time.perf_counter() - start
        left = desk.left()
        print(
            f"{left.total:,} items in the queue, computed in {built:.1f} s; limit {LIMIT * 1e3:.0f} ms a call"
        )
        print(f"{'':<20}{'':>6}{'wall ms':>20}{'processor ms':>20}")
        print(f"{'':<20}{'calls':>6}" + f"{'median':>10}{'worst':>10}" * 2 + f"{'of limit':>10}")
        within = [line(name, seconds) for name, seconds in measure(desk, rng).items()]
        return 0 if all(within) else 1


def measure(desk: Desk, rng: random.Random) -> dict[str, list[Took]]:
    """Seconds of many calls of each operation, as reviewers would make them."""
    found: dict[str, list[Took]] = {
        name: [] for name in ("open a desk", "queue", "queue, narrowed", "next", "decide", "undo", "redo")
    }
    for turn in range(ROUNDS):
        by = f"reviewer{turn % 3}"
        if turn % 10 == 0:
            found["open a desk"].append(timed(lambda: Desk(desk.store)))
            found["queue"].append(timed(desk.queue))
            narrow = Filters(agency=f"第{rng.randrange(300)}区", year=2015 + rng.randrange(10))
            found["queue, narrowed"].append(timed(lambda narrow=narrow: desk.queue(narrow)))
        tasks: list[Task | None] = []
        found["next"].append(timed(lambda by=by, tasks=tasks: tasks.append(desk.next(by))))
        for view in tasks[0].items[:5] if tasks[0] is not None else ():
            decide = rng.choice(("correct", "reject", "later"))
            value = 17 if decide == "correct" else None
            found["decide"].append(
                timed(lambda v=view, d=decide, x=value, b=by: desk.decide(v.id, d, b, value=x))
            )
        if turn % 5 == 0:
            found["undo"].append(timed(lambda by=by: desk.undo(by)))
            found["redo"].append(timed(lambda by=by: desk.redo(by)))
    return found


if __name__ == "__main__":
    sys.exit(main())
