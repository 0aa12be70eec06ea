"""`python -m tests`: style, types, tests and the quality gate."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
STEPS: Sequence[Sequence[str]] = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("structurer.schemas", "--check"),
    ("benchmarks.accuracy",),
    ("pytest",),
)


def main() -> int:
    """Runs every step even if one fails; the exit code says whether all passed."""
    failed = []
    for step in STEPS:
        print("$", *step, flush=True)
        if subprocess.run([sys.executable, "-m", *step], cwd=ROOT, check=False).returncode:
            failed.append(" ".join(step))
    print("all passed" if not failed else f"failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
