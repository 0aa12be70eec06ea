"""Measure how right the library is, and write the page that says so.

    python -m benchmarks.proof [--only golden,corpus,formats,model,peers] [--reports FOLDER] [--check]

Writes docs/accuracy.json and docs/accuracy.md. Parts that are not measured keep their last figures; a part
whose files are not at hand is left as it was, and said so. `--check` measures nothing and exits 1 unless
the page says what the data say.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks.formats import REPORTS
from benchmarks.proof.measures import MEASURES
from benchmarks.proof.page import page
from benchmarks.sources import ROOT

DATA, PAGE = ROOT / "docs" / "accuracy.json", ROOT / "docs" / "accuracy.md"


def main(arguments: list[str] | None = None) -> int:
    """Measure what is asked for, write, and say what could not be measured."""
    given = _options(arguments)
    found = json.loads(DATA.read_text()) if DATA.exists() else {}
    if given.check:
        same = PAGE.exists() and PAGE.read_text() == page(found)
        if not same:
            print(
                f"{PAGE.name} does not say what {DATA.name} says; run python -m benchmarks.proof",
                file=sys.stderr,
            )
        return 0 if same else 1
    missing = []
    for name in given.only.split(","):
        try:
            found[name] = MEASURES[name](given)
        except (OSError, KeyError) as error:
            missing.append(f"{name}: {error}")
            continue
        print(f"measured {name}", flush=True)
        _write(found)
    for line in missing:
        print(f"not measured, {line}", file=sys.stderr)
    return 1 if missing else 0


def _write(found: dict[str, object]) -> None:
    ordered = {name: found[name] for name in MEASURES if name in found}
    DATA.write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n")
    PAGE.write_text(page(json.loads(DATA.read_text())))


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.proof", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--only", default=",".join(MEASURES), help="parts, comma between")
    parser.add_argument("--reports", type=Path, default=REPORTS, help="folder of the real reports")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--per", type=int, default=2, help="generated reports for each layout and damage (2)")
    parser.add_argument("--unusual", type=int, default=40, help="reports for the model's curve (40)")
    parser.add_argument("--formats", default="pdf,word,ocr", help="formats; ocr takes minutes (pdf,word,ocr)")
    parser.add_argument("--beside", type=int, default=100, help="reports beside other tools (100)")
    parser.add_argument("--peer", type=Path, help="a Python that has langextract; else one is made")
    parser.add_argument("--check", action="store_true", help="only compare the page with its data")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
