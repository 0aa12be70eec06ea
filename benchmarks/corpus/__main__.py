"""Write generated reports and their gold file: python -m benchmarks.corpus --count N --seed S --out DIR."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks.corpus import DAMAGES, FORMS, LAYOUTS, gold, reports


def main(arguments: list[str] | None = None) -> int:
    """Write the reports, one file each, and gold.jsonl beside them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.corpus", description=__doc__)
    parser.add_argument("--count", type=int, default=100, help="how many reports (100)")
    parser.add_argument("--seed", type=int, default=0, help="the same seed makes the same bytes (0)")
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    parser.add_argument("--form", action="append", default=[], choices=list(FORMS))
    parser.add_argument("--layout", action="append", default=[], choices=list(LAYOUTS))
    parser.add_argument("--damage", action="append", default=[], choices=list(DAMAGES))
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    made = reports(
        options.seed, options.count, forms=options.form, layouts=options.layout, damages=options.damage
    )
    with (options.out / "gold.jsonl").open("w", encoding="utf-8") as file:
        for case in made:
            path = f"{case.name}{case.suffix}"
            (options.out / path).write_bytes(case.data())
            file.write(json.dumps(gold(case, path), ensure_ascii=False) + "\n")
    print(f"{options.count} reports in {options.out}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
