"""How many form reports a second one process structures, where the time goes, and how far from a limit it is.

    python -m benchmarks.throughput [--reports N] [--repeats R] [--seed S] [--profile] [--hostile]

Flattened form reports: both forms, one cell a line or with blank lines, undamaged or with a third of the
zeros dropped. Times are of processor time, the best of several passes, with the garbage collector as an
import sets it. The limit is what nobody can leave out: decode the bytes, fold the text, find all numbers by
one regular expression, write the same values as JSON. The goal is 300 reports a second.
`--hostile` reads damaged and senseless input instead and exits 1 when any takes too long.
"""

from __future__ import annotations

import argparse
import cProfile
import importlib.util
import json
import pstats
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from benchmarks.corpus import reports
from benchmarks.hostile import main as hostile
from structurer import pipeline
from structurer.fold import fold
from structurer.garbage import seldom_collected
from structurer.observation import Extraction

FORMS = ("2019", "2021")
LAYOUTS = ("cell-lines", "blank-lines")
DAMAGES = ("none", "zeros-dropped-35")
GOAL = 300
"""Reports a second that one core is to structure."""
STEPS = {
    "read": ("read",),
    "tables": ("read_tables",),
    "segment": ("segment",),
    "metadata": ("metadata",),
    "prose": ("statements",),
    "confront": ("confront", "crossings", "reconcile", "report"),
}
"""Step → the functions of the pipeline that do it; what is left of the whole is "build"."""
_NUMBER = re.compile(r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?")
_clock = time.process_time


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; 1 when hostile input took too long."""
    options = _options(arguments)
    if options.hostile:
        return hostile(options.seed)
    made = {damage: _made(options, damage) for damage in DAMAGES}
    if options.profile:
        _profile([data for each in made.values() for data in each])
        return 0
    print(f"{options.reports} reports a column: forms {', '.join(FORMS)}; layouts {', '.join(LAYOUTS)}")
    print(
        f"ms of processor time, best of {options.repeats} passes; a turn of an empty loop: {_loop():.0f} ns"
    )
    with seldom_collected():
        columns = {damage: _measured(each, options.repeats) for damage, each in made.items()}
        columns["both"] = _measured([data for each in made.values() for data in each], options.repeats)
    print(_table(columns))
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.throughput", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--reports", type=int, default=100, help="reports of each damage (100)")
    parser.add_argument("--repeats", type=int, default=5, help="passes, of which the best counts (5)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--profile", action="store_true", help="print the functions that take most time")
    parser.add_argument("--hostile", action="store_true", help="damaged and senseless input: the worst of it")
    return parser.parse_args(arguments)


def _made(options: argparse.Namespace, damage: str) -> list[bytes]:
    cases = reports(options.seed, options.reports, forms=FORMS, layouts=LAYOUTS, damages=(damage,))
    return [case.data() for case in cases]


def _measured(reports: Sequence[bytes], repeats: int) -> dict[str, float]:
    """What one report costs, by step, and what it is compared with."""
    found = [pipeline.structure(data) for data in reports]
    characters = sum(len(data.decode()) for data in reports)
    passes = [_pass(reports) for _ in range(repeats)]
    best = min(passes, key=lambda spent: spent["whole"])
    whole = best["whole"]
    rows = [extraction.to_json()["observations"] for extraction in found]
    limit = min(_timed(lambda: _limit(reports, rows)) for _ in range(repeats))
    per = 1000 / len(reports)
    measured = {step: spent * per for step, spent in best.items()}
    measured["to JSON"] = min(_timed(lambda: _dumped(found)) for _ in range(repeats)) * per
    measured["limit"] = limit * per
    measured["whole / limit"] = whole / limit
    measured["reports/s"] = len(reports) / whole
    measured[f"reports/s / {GOAL}"] = len(reports) / whole / GOAL
    measured["characters/s"] = characters / whole
    peer = _langextract(reports)
    if peer is not None:
        measured["langextract"] = peer * per
        measured["langextract / whole"] = peer / whole
    return measured


def _pass(reports: Sequence[bytes]) -> dict[str, float]:
    """Seconds of one pass by step."""
    with _stopwatches() as spent:
        whole = _timed(lambda: [pipeline.structure(data) for data in reports])
    steps = {step: sum(spent[name] for name in names) for step, names in STEPS.items()}
    return {**steps, "build": whole - sum(steps.values()), "whole": whole}


@contextmanager
def _stopwatches() -> Iterator[Mapping[str, float]]:
    """The seconds each step's functions take while this context lasts."""
    spent = {name: 0.0 for names in STEPS.values() for name in names}
    plain = {name: getattr(pipeline, name) for name in spent}

    def watched(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **named: Any) -> Any:
            began = _clock()
            try:
                return function(*args, **named)
            finally:
                spent[name] += _clock() - began

        return run

    for name, function in plain.items():
        setattr(pipeline, name, watched(name, function))
    try:
        yield spent
    finally:
        for name, function in plain.items():
            setattr(pipeline, name, function)


def _timed(work: Callable[[], object]) -> float:
    began = _clock()
    work()
    return _clock() - began


def _limit(reports: Sequence[bytes], rows: Sequence[object]) -> None:
    for data, values in zip(reports, rows, strict=True):
        _NUMBER.findall(fold(data.decode()))
        json.dumps(values, ensure_ascii=False)


def _dumped(found: Sequence[Extraction]) -> None:
    for extraction in found:
        json.dumps(extraction.to_json(), ensure_ascii=False)


def _langextract(reports: Sequence[bytes]) -> float | None:
    """Seconds langextract takes beside a model that answers at once and finds nothing; None if not here."""
    if importlib.util.find_spec("langextract") is None:
        return None
    import langextract
    from langextract.core import base_model, types

    class Silent(base_model.BaseLanguageModel):  # type: ignore[misc,name-defined]
        def infer(self, batch_prompts: Sequence[str], **_: object) -> Iterator[list[object]]:
            for _prompt in batch_prompts:
                yield [types.ScoredOutput(score=1.0, output='{"extractions": []}')]

    data = langextract.data
    seen = data.Extraction(extraction_class="received", extraction_text="12件")
    example = data.ExampleData(text="收到申请12件。", extractions=[seen])

    def work() -> None:
        for report in reports:
            langextract.extract(
                report.decode(),
                prompt_description="List every number.",
                examples=[example],
                model=Silent(),
                fence_output=False,
                use_schema_constraints=False,
                fetch_urls=False,
                show_progress=False,
            )

    return _timed(work)


def _loop() -> float:
    """Nanoseconds a turn of an empty loop takes here and now, for comparing machines."""
    turns = 1_000_000
    return min(_timed(lambda: [None for _ in range(turns)]) for _ in range(3)) / turns * 1e9


def _table(columns: Mapping[str, Mapping[str, float]]) -> str:
    lines = [" " * 20 + "".join(f"{name:>18}" for name in columns)]
    for name in next(iter(columns.values())):
        digits = 0 if name.endswith("/s") else 2 if "/ " in name else 3
        figures = "".join(f"{column[name]:>18,.{digits}f}" for column in columns.values())
        lines.append(f"{name:<20}{figures}")
    return "\n".join(lines)


def _profile(reports: Sequence[bytes]) -> None:
    for data in reports:
        pipeline.structure(data)
    profile = cProfile.Profile(_clock)
    profile.enable()
    for data in reports:
        pipeline.structure(data)
    profile.disable()
    pstats.Stats(profile, stream=sys.stdout).strip_dirs().sort_stats("tottime").print_stats(40)


if __name__ == "__main__":
    raise SystemExit(main())
