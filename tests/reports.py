"""Where the real reports lie that some tests read: beside the checkout, or as STRUCTURER_REPORTS says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

FOLDER = Path(os.environ.get("STRUCTURER_REPORTS") or Path(__file__).parents[2] / "shared" / "reports")

needed = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the real reports are not here ({FOLDER})")


def path(number: str) -> Path:
    """The text report whose name begins with `number` (000 to 004)."""
    return next(FOLDER.glob(f"{number}_*.txt"))
