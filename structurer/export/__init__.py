"""Extractions as files for other programs: JSON Lines, CSV, Parquet, Excel and ESS validation reports."""

from __future__ import annotations

from structurer.export.columns import COLUMNS
from structurer.export.defuse import defused
from structurer.export.delimited import csv_row
from structurer.export.files import STDOUT, opened
from structurer.export.jsonl import Which, json_line
from structurer.export.write import Exported, Format, Shape, export

__all__ = [
    "COLUMNS",
    "STDOUT",
    "Exported",
    "Format",
    "Shape",
    "Which",
    "csv_row",
    "defused",
    "export",
    "json_line",
    "opened",
]
