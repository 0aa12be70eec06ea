"""How many cells come out right over every layout and damage, and that none comes out wrong.

    python -m benchmarks.accuracy [--per N] [--seed S] [--layout L]… [--damage D]… [--by layout|damage|both]
                                  [--json OUT] [--dump DIR] [--write-baseline]

Exits 1 when a wrong value was accepted, a broken hard edit was not reported, or a share of right and
accepted cells falls below the stored baseline (benchmarks/baseline.json), which holds for its own seed
and --per only; for the damages that lose figures (`harsh`) wrong values may not become more.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.corpus import DAMAGES, FORMS, LAYOUTS, Case, combinations, gold, reports
from structurer.evaluate import Gold, Mark, Score, marks, score, wilson
from structurer.observation import Extraction

BASELINE = Path(__file__).with_name("baseline.json")
_SUMMARY = "Measure how many cells come out right over every layout and damage."
#: A share may fall this far below the baseline before it counts. The baseline is compared on its own
#: sample only (seed, reports for each pair): another seed moves a share by up to 0.04, since cells of
#: one table stand or fall together.
SLACK = 0.002

Structure = Callable[..., Extraction]
Table = dict[tuple[str, str], Score]
Shares = dict[str, dict[str, float | int]]


def main(arguments: list[str] | None = None, read: Structure | None = None) -> int:
    """Measure, print, and compare with the baseline; `read` stands in for `structurer.structure`."""
    options = _options(arguments)
    if read is None:
        from structurer import structure

        read = structure
    wanted = {"layouts": options.layout, "damages": options.damage, "forms": options.form}
    count = options.per * len(combinations(**wanted))
    table: Table = {}
    failures: list[str] = []
    began = time.perf_counter()
    for case in reports(options.seed, count, **wanted):
        key = (case.layout, case.damage)
        try:
            one = measure(case, read, options.dump)
        except Exception as error:  # a crash is a result too: it must not hide the other cases
            failures.append(f"{case.name}: {type(error).__name__}: {error}")
            if options.dump:
                _dump(options.dump, case, [], failures[-1])
            continue
        table[key] = table[key] + one if key in table else one
    seconds = time.perf_counter() - began
    print(rendered(table, options.by))
    print(f"{count} reports in {seconds:.1f} s, {count / seconds:.0f}/s; {len(failures)} failed")
    for line in failures[:10]:
        print(f"  {line}")
    shares = {name: _shares(total) for name, total in _grouped(table, "damage").items()}
    shares |= {name: _shares(total) for name, total in _grouped(table, "layout", undamaged=True).items()}
    if options.json:
        options.json.write_text(
            json.dumps(_record(table, shares, failures), indent=1, ensure_ascii=False) + "\n"
        )
    if options.write_baseline:
        stored = {**_sample(options), "shares": shares}
        BASELINE.write_text(json.dumps(stored, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
    problems = [*unacceptable(table), *below(shares, _floors(options)), *failures]
    for problem in problems[:40]:
        print(f"FAILED {problem}", file=sys.stderr)
    return 1 if problems else 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.accuracy", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--per", type=int, default=2, help="reports for each layout and damage (2)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--form", action="append", default=[], choices=list(FORMS))
    parser.add_argument("--layout", action="append", default=[], choices=list(LAYOUTS))
    parser.add_argument("--damage", action="append", default=[], choices=list(DAMAGES))
    parser.add_argument("--by", choices=("layout", "damage", "both", "pairs"), default="both")
    parser.add_argument("--json", type=Path, help="write all counts here")
    parser.add_argument("--dump", type=Path, help="folder for the texts that were read wrong")
    parser.add_argument("--write-baseline", action="store_true", help=f"store the shares in {BASELINE.name}")
    return parser.parse_args(arguments)


def measure(case: Case, read: Structure, dump: Path | None = None) -> Score:
    """The score of one case; what was read wrong is written to `dump`."""
    path = f"{case.name}{case.suffix}"
    extraction = read(case.text, path=path)
    true = Gold.model_validate(gold(case, path))
    if dump:
        false = [mark for mark in marks(extraction, true) if mark.outcome in ("wrong", "invented")]
        if false:
            _dump(dump, case, false)
    return score(extraction, true)


def _dump(folder: Path, case: Case, false: list[Mark], note: str = "") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{case.name}{case.suffix}").write_bytes(case.data())
    told = [f"{mark.indicator}: {mark.found} ({mark.status}), true {mark.expected}" for mark in false]
    (folder / f"{case.name}.wrong").write_text("\n".join([*told, *([note] if note else [])]) + "\n")


def _grouped(table: Table, by: str, undamaged: bool = False) -> dict[str, Score]:
    found: dict[str, Score] = {}
    for (layout, damage), total in table.items():
        if not undamaged or damage == "none":
            name = {"layout": layout, "damage": damage}.get(by, f"{layout} {damage}")
            found[name] = found[name] + total if name in found else total
    return found


def _cells(total: Score, kind: str | None = None) -> Any:
    """The tally of table cells: neither prose nor metadata."""
    whole = total.tally(kind=kind)
    prose = total.tally(kind=kind, table="narrative")
    return type(whole)(
        **{name: getattr(whole, name) - getattr(prose, name) for name in type(whole).model_fields}
    )


def _shares(total: Score) -> dict[str, float | int]:
    found: dict[str, float | int] = {}
    for kind in ("zero", "nonzero"):
        tally = _cells(total, kind)
        found[kind] = round(tally.right / tally.knowable, 4) if tally.knowable else 1.0
    found["false"] = _cells(total).false
    found["of"] = _cells(total).knowable
    return found


def rendered(table: Table, by: str) -> str:
    """The table people read: one line a layout (undamaged and damaged), then one a damage."""
    parts = {"both": ("damage", "layout"), "pairs": ("pairs",)}.get(by, (by,))
    lines = []
    for part in parts:
        lines.append(
            f"{part:<24}{'zero ok':>9}{'other ok':>9}{'95%':>14}{'wrong':>7}{'invented':>9}{'queued':>8}"
            f"{'missing':>8}{'edits':>10}{'false edits':>12}{'prose wrong':>12}{'meta wrong':>11}"
        )
        for name, total in sorted(_grouped(table, part).items()):
            lines.append(_line(name, total))
        lines.append(_line("all", sum(table.values(), Score())))
        lines.append("")
    return "\n".join(lines)


def _line(name: str, total: Score) -> str:
    zero, other, cells = _cells(total, "zero"), _cells(total, "nonzero"), _cells(total)
    low, high = wilson(other.right, other.knowable)
    return (
        f"{name:<24}{_share(zero):>9}{_share(other):>9}{f'{low:.1%}..{high:.1%}':>14}{cells.wrong:>7}"
        f"{cells.invented:>9}{cells.queued:>8}{cells.missing:>8}"
        f"{f'{total.violations_found}/{total.violations_expected}':>10}{total.violations_spurious:>12}"
        f"{total.tally(table='narrative').wrong:>12}{total.tally(table='metadata').wrong:>11}"
    )


def _share(tally: Any) -> str:
    return f"{tally.right / tally.knowable:.2%}" if tally.knowable else "-"


def unacceptable(table: Table) -> Iterator[str]:
    """What must never be: false values accepted, broken edits of complete tables unreported."""
    for (layout, damage), total in table.items():
        false = _cells(total).false
        if false and not DAMAGES[damage].harsh:
            yield f"{layout}, {damage}: {false} false values accepted"
        if total.tally(table="narrative").wrong:
            yield f"{layout}, {damage}: {total.tally(table='narrative').wrong} false statements accepted"
        if total.violations_found < total.violations_expected and damage == "wrong-digits":
            unseen = total.violations_expected - total.violations_found
            yield f"{layout}, {damage}: {unseen} broken hard edits not reported"


def _sample(options: argparse.Namespace) -> dict[str, Any]:
    return {"seed": options.seed, "per": options.per}


def _floors(options: argparse.Namespace) -> Shares:
    """The stored shares, if they were measured on this very sample."""
    stored = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
    whole = not (options.layout or options.damage or options.form)
    if whole and all(stored.get(name) == value for name, value in _sample(options).items()):
        return dict(stored["shares"])
    print("not compared with the baseline, which is of another sample")
    return {}


def below(shares: Shares, floors: Shares) -> Iterator[str]:
    """Shares that fell below their floor, and harsh damages with more false values than before."""
    for name, floor in floors.items():
        found = shares.get(name)
        if found is None:
            yield f"{name}: in the baseline, but not measured"
            continue
        for kind in ("zero", "nonzero"):
            if found[kind] < floor[kind] - SLACK:
                yield f"{name}: {found[kind]:.2%} of {kind} cells right, baseline {floor[kind]:.2%}"
        if name in DAMAGES and DAMAGES[name].harsh and found["false"] > floor["false"]:
            yield f"{name}: {found['false']} false values accepted, baseline {floor['false']}"


def _record(table: Table, shares: Any, failures: list[str]) -> dict[str, Any]:
    return {
        "shares": shares,
        "failures": failures,
        "pairs": {f"{layout} {damage}": _shares(total) for (layout, damage), total in table.items()},
    }


if __name__ == "__main__":
    raise SystemExit(main())
