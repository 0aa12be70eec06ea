"""What the page shows: each part measured on its own and returned as plain JSON."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from benchmarks import formats, noise, sidebyside, unusual
from benchmarks.accuracy import measure
from benchmarks.corpus import LAYOUTS, combinations, reports
from benchmarks.corpus.damage import DAMAGES
from benchmarks.sources import GOLDEN
from structurer import structure
from structurer.evaluate import Score, Tally, read_gold, score

Part = dict[str, Any]
_TABLES = ("disclosure", "applications", "disputes", "statistics")
_RATES = (0, 10, 20, 30, 40, 50)
_KINDS = ("zero", "nonzero")


def golden(folder: Path) -> Part:
    """The real reports against truth made by reading them; `folder` holds them. Raises OSError."""
    whole: dict[str, Score] = {}
    for gold in read_gold(GOLDEN):
        file = folder / Path(gold.path).name
        whole[gold.path.partition("_")[0]] = score(structure(file), gold)
    return {"rows": [_row(name, one) for name, one in whole.items()], "of": len(whole)}


def corpus(seed: int, per: int, limit: int | None = None) -> Part:
    """Generated reports in every layout and damage, by form, layout and damage; at most `limit` of them."""
    by: dict[str, dict[str, Score]] = {"form": {}, "layout, undamaged": {}, "damage": {}}
    count = min(per * len(combinations()), limit or sys.maxsize)
    for case in reports(seed, count):
        one = measure(case, structure)
        keys = {"form": case.form, "damage": case.damage}
        if case.damage == "none":
            keys["layout, undamaged"] = case.layout
        for kind, name in keys.items():
            by[kind][name] = by[kind].get(name, Score()) + one
    return {
        "reports": count,
        "seed": seed,
        "layouts": len(LAYOUTS),
        "damages": len(DAMAGES),
        "harsh": sorted(name for name, damage in DAMAGES.items() if damage.harsh),
        "by": {
            kind: [_row(name, total) for name, total in sorted(found.items())] for kind, found in by.items()
        },
    }


def by_format(folder: Path, kinds: str) -> Part:
    """The real PDFs, and the Word files and pictures made of them. Raises OSError without them.

    `kinds` are those of benchmarks.formats: pdf, word, ocr, with commas between.
    """
    rows = []
    with tempfile.TemporaryDirectory() as work:
        for kind, file, name, pages in formats.cases(kinds.split(","), folder, Path(work)):
            found = formats.measure(kind, str(file), name, str(pages))
            rows.append({"name": kind, **{key: int(found[key]) for key in ("right", "wrong", "waits")}})
    return {"rows": rows}


def model(count: int) -> Part:
    """Accepted precision, share and queue over a model's error rate, on reports only a model can read."""
    sources = list(unusual.sources(count))
    curves, added = {}, 0
    for percent in _RATES:
        points, more = noise.measure(sources, percent / 100, "open")
        added += more
        curves[str(percent)] = {
            way: {"right": point.right, "false": point.false, "queue": round(point.waiting, 2)}
            for way, point in points.items()
        }
        knowable = points["checked"].knowable
    return {"reports": len(sources), "knowable": knowable, "curves": curves, "added": added}


def peers(count: int, peer: Path | None) -> Part:
    """langextract and a plain instructor call beside the library, on the same reports with the same model."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "figures.json")
        chosen = ["--peer", str(peer)] if peer else []
        sidebyside.main(["--reports", str(count), "--json", str(out), *chosen])
        found = json.loads(out.read_text())
    kept = ("right", "wrong", "cells", "tokens", "calls")
    tools = {name: {key: took[key] for key in kept} for name, took in found["tools"].items()}
    return {**found, "tools": tools}


def _row(name: str, total: Score) -> Part:
    """Counts of one group: table cells, zeros and others apart; statements; metadata; broken edits."""
    cells = {kind: _counts(total, _TABLES, (kind,)) for kind in _KINDS}
    return {
        "name": name,
        "documents": total.documents,
        **cells,
        "unknowable": _counts(total, _TABLES, ("unknown", "text")),
        "statements": _counts(total, ("narrative",), (*_KINDS, "text", "unknown")),
        "metadata": _counts(total, ("metadata",), (*_KINDS, "text", "unknown")),
        "edits": [total.violations_found, total.violations_expected, total.violations_spurious],
    }


def _counts(total: Score, tables: Iterable[str], kinds: Iterable[str]) -> Mapping[str, int]:
    tally = sum((total.tally(table=table, kind=kind) for table in tables for kind in kinds), Tally())
    return {"right": tally.right, "false": tally.false, "knowable": tally.knowable, "open": tally.left_open}


MEASURES: Mapping[str, Callable[[Any], Part]] = {
    "golden": lambda given: golden(given.reports),
    "corpus": lambda given: corpus(given.seed, given.per),
    "formats": lambda given: by_format(given.reports, given.formats),
    "model": lambda given: model(given.unusual),
    "peers": lambda given: peers(given.beside, given.peer),
}
"""Part of the page → how it is measured, from the command's options."""
