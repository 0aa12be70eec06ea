"""Seconds and memory of a panel over many reports, against the limit of reading all rows, in one run.

    python -m benchmarks.panel [--reports N] [--store URL]

Fills a store with N reports: ten years of N / 10 agencies, each with the figures of one report on the form of
its year, extracted here and now and copied inside the database. The limit is what nobody can leave out:
fetching every figure from the store, and doing nothing with it. Each step runs in a process of its own, so
that its peak memory is its own; seconds are of processor time, without what a process does once. What is
selected is set against the whole panel of the same run: its share of the time beside its share of the values.
`--store` fills a store that is kept, or reuses it.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, insert, select, text

from benchmarks.corpus import case
from benchmarks.peak import peak_bytes
from structurer import open_store, structure
from structurer.observation import Extraction
from structurer.store.tables import documents, observations, places

FIRST_YEAR, LAST_YEAR = 2014, 2023
FEW = ("applications.received.total", "applications.handled_total.total", "applications.carried_out.total")


def main(arguments: list[str] | None = None) -> int:
    """Fill, measure and print."""
    options = _options(arguments)
    with tempfile.TemporaryDirectory() as folder:
        url = options.store or f"sqlite:///{folder}/panel.db"
        fresh = _fill(url, options.reports)
        if fresh is not None:
            print(f"filled with {options.reports:,} reports in {fresh:.0f} s")
        baseline = _apart(_nothing, url)
        limit = _apart(_rows_read, url)
        print(f"{'':34}{'s':>9}{'/ limit':>9}{'MB over start':>15}  counted")
        _say("limit: every row fetched", limit, limit, baseline)
        found = {}
        for name, work in STEPS.items():
            found[name] = _apart(work, url)
            _say(name, found[name], limit, baseline)
        whole, who = found[WHOLE], found[RECOGNISED]
        print(f"\n{'selected':34}{'s':>9}{'/ whole':>9}{'values / whole':>15}{'of it who is who':>18}")
        for name, work in SELECTIONS.items():
            seconds, _, counted = _apart(work, url)
            shares = f"{seconds / whole[0]:9.3f}{counted / whole[2]:15.4f}"
            print(f"{name:34}{seconds:9.2f}{shares}{who[0] / seconds:18.0%}", flush=True)
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.panel", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--reports", type=int, default=10_000, help="how many reports (10000)")
    parser.add_argument(
        "--store", help="URL of the store to fill, or to reuse; default: one that is thrown away"
    )
    return parser.parse_args(arguments)


def _fill(url: str, count: int) -> float | None:
    """Puts `count` reports into an empty store; None where it holds some already."""
    began = time.perf_counter()
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    with open_store(url) as store:
        if store.counts().documents:
            return None
        for year in years:
            report = case(year, "cell-lines", "none", _form(year)).data()
            store.add(_named(structure(report), 0, year))
    rest = [_document(county, year) for county in range(1, count // len(years)) for year in years]
    columns = [name for name in observations.c.keys() if name != "document"]  # noqa: SIM118
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA synchronous=OFF")
        known = {row.year: row._mapping for row in connection.execute(select(documents))}
        made = [{**known[one["year"]], "number": None, **one} for one in rest]
        connection.execute(insert(documents), made)
        last = max(row.number for row in known.values())
        added = select(documents.c.number, documents.c.path, documents.c.first_imported_at)
        connection.execute(
            insert(places).from_select(
                ["document", "path", "seen_at"], added.where(documents.c.number > last)
            )
        )
        names = ", ".join(f'"{name}"' for name in columns)
        # CROSS JOIN keeps SQLite's loops in this order (a report's rows lie together, as imports do it), and
        # + keeps it from looking years up in their index, where a thousand reports share one.
        connection.execute(
            text(
                f"INSERT INTO observations (document, {names})"
                f" SELECT new.number, {', '.join(f'o.{name}' for name in columns)}"
                " FROM documents AS new CROSS JOIN documents AS known CROSS JOIN observations AS o"
                " WHERE new.number > :last AND known.number <= :last AND +known.year = new.year"
                " AND o.document = known.number"
            ),
            {"last": last},
        )
    engine.dispose()
    return time.perf_counter() - began


def _form(year: int) -> str:
    return "statistics-2014" if year < 2019 else "2019" if year < 2021 else "2021"


def _county(number: int) -> str:
    """A county's name out of five characters, another one for every number."""
    signs = "甲乙丙丁戊己庚辛壬癸"
    return "".join(signs[number // 10**place % 10] for place in range(5)) + "县"


def _document(county: int, year: int) -> dict[str, str | int]:
    path = f"reports/{county:06d}-{year}.txt"
    agency = f"{_county(county)}教育局"
    return {"id": sha256(path.encode()).hexdigest(), "path": path, "agency": agency, "year": year}


def _named(made: Extraction, county: int, year: int) -> Extraction:
    about = made.document.model_copy(update=_document(county, year))
    return made.model_copy(update={"document": about})


def _apart(work: Callable[[str], int], url: str) -> tuple[float, float, int]:
    """Seconds of processor time, peak memory in MB and what was counted, of a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measured, (work, url))


def _measured(work: Callable[[str], int], url: str) -> tuple[float, float, int]:
    _nothing(url)  # what a process does once, whatever it selects
    began = time.process_time()
    counted = work(url)
    return time.process_time() - began, peak_bytes() / 2**20, counted


def _nothing(url: str) -> int:
    import structurer.panel
    from structurer.crosswalk import crosswalk
    from structurer.forms import load_forms

    crosswalk(), load_forms()
    with open_store(url):
        return len(structurer.panel.__all__)


def _rows_read(url: str) -> int:
    """Every figure, as the panel asks for it, in plain pages."""
    columns = "document, indicator, value, unit, qualifier, printed, status, accepted"
    count = 0
    with create_engine(url).connect() as connection:
        found = connection.execution_options(stream_results=True).execute(
            text(f"SELECT {columns} FROM observations WHERE period = 'year' AND scope IS NULL")
        )
        for batch in found.partitions(10_000):
            count += len(batch)
    return count


def _recognised(url: str) -> int:
    from structurer.panel import panel

    with open_store(url) as store:
        return len(panel(store).agencies)


def _few(url: str) -> int:
    from structurer.panel import panel

    with open_store(url) as store:
        return sum(1 for _ in panel(store, indicators=FEW).rows())


def _selected(url: str, **chosen: Any) -> int:
    from structurer.panel import panel

    with open_store(url) as store:
        return sum(1 for _ in panel(store, **chosen).rows())


def _one_indicator(url: str) -> int:
    return _selected(url, indicators=FEW[:1])


def _one_agency(url: str) -> int:
    return _selected(url, agency=_county(7))


def _one_year(url: str) -> int:
    return _selected(url, years=(2020, 2020))


def _one_figure(url: str) -> int:
    return _selected(url, agency=_county(7), years=(2020, 2020), indicators=FEW[:1])


def _whole(url: str) -> int:
    from structurer.panel import panel

    with open_store(url) as store:
        return sum(1 for _ in panel(store).rows())


def _findings(url: str) -> int:
    from structurer.panel import panel

    with open_store(url) as store:
        return sum(1 for _ in panel(store).findings())


def _wide(url: str) -> int:
    from structurer.panel import panel
    from structurer.panel.writing import write_panel

    with open_store(url) as store, tempfile.TemporaryDirectory() as folder:
        return write_panel(panel(store), Path(folder) / "wide.csv", wide=True).rows


RECOGNISED, WHOLE = "agencies recognised, gaps", "panel of all indicators"
STEPS: dict[str, Callable[[str], int]] = {
    RECOGNISED: _recognised,
    f"panel of {len(FEW)} indicators": _few,
    WHOLE: _whole,
    "wide panel as a CSV file": _wide,
    "findings between reports": _findings,
}


SELECTIONS: dict[str, Callable[[str], int]] = {
    "one indicator": _one_indicator,
    "one year": _one_year,
    "one agency": _one_agency,
    "one indicator, agency and year": _one_figure,
}


def _say(
    name: str,
    found: tuple[float, float, int],
    limit: tuple[float, float, int],
    base: tuple[float, float, int],
) -> None:
    seconds, peak, counted = found
    ratio = seconds / limit[0] if limit[0] else 0.0
    print(f"{name:34}{seconds:9.1f}{ratio:9.2f}{peak - base[1]:15.0f}  {counted:,}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
