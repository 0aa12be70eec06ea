"""JSON Lines: a report a line, in the shape of the contract."""

from __future__ import annotations

import json
from typing import Any, Literal

from structurer.flat import Report
from structurer.observation import Extraction

Which = Literal["accepted", "all"]


def json_line(extraction: Extraction, status: Which = "all") -> str:
    """An extraction in the shape of the contract, on one line."""
    return _line(extraction.to_json(), status)


def report_line(report: Report, status: Which = "all") -> str:
    """The same of a report as tuples."""
    return _line(report.to_json(), status)


def _line(made: dict[str, Any], status: Which) -> str:
    if status == "accepted":
        made["observations"] = [found for found in made["observations"] if found["accepted"]]
    return json.dumps(made, ensure_ascii=False, separators=(",", ":"))
