"""Many reports on one machine: finding them, and importing them so that none harms another."""

from __future__ import annotations

from structurer.bulk.failing import CRASHED, INTERNAL, TIMEOUT, Failure, attempt, failure
from structurer.bulk.finding import PICTURES, SUFFIXES, Skipped, find_files, read_document, read_file, written
from structurer.bulk.importing import import_reports
from structurer.bulk.tally import Outcome, Step, Summary

__all__ = [
    "CRASHED",
    "INTERNAL",
    "PICTURES",
    "SUFFIXES",
    "TIMEOUT",
    "Failure",
    "Outcome",
    "Skipped",
    "Step",
    "Summary",
    "attempt",
    "failure",
    "find_files",
    "import_reports",
    "read_document",
    "read_file",
    "written",
]
