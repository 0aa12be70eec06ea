"""One way to write what was found, whatever the format: a sink takes reports, one after the other."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Literal, Protocol

from structurer.export import delimited
from structurer.export.columns import TIDY
from structurer.export.files import STDOUT, opened
from structurer.export.jsonl import Which, report_line
from structurer.flat import Line, Report, flat
from structurer.observation import Extraction

if TYPE_CHECKING:
    from structurer.forms import Forms

Format = Literal["jsonl", "csv", "parquet", "xlsx", "validatreport"]
Shape = Literal["tidy", "wide"]
WIDE: frozenset[str] = frozenset({"csv", "parquet"})
"""Formats that can be had in the wide shape."""
MEDIA_TYPES: Mapping[Format, str] = {
    "jsonl": "application/x-ndjson",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "validatreport": "application/json",
}


@dataclass(frozen=True)
class Exported:
    """How much an export wrote."""

    documents: int
    observations: int
    left_out: int = 0
    """Values that have no place in the wide shape."""
    checks: int = 0
    """Checks of a validation report; it writes no values."""


class Sink(Protocol):
    """Takes reports one after the other."""

    checks: int

    def put(self, report: Report, lines: Sequence[Line]) -> int:
        """Writes these values of a report; how many of them had no place."""


def export(
    extractions: Iterable[Extraction | Report],
    out: str | os.PathLike[str],
    *,
    format: Format,
    status: Which = "accepted",
    shape: Shape = "tidy",
    bom: bool | None = None,
    forms: Forms | None = None,
) -> Exported:
    """Writes extractions, or a store's `reports()`, to a file, whole or not at all; `-` is standard output.

    `status="accepted"` leaves out what still has to be looked at. A CSV file begins with a byte order
    mark, so that spreadsheets read its Chinese right; `bom` says otherwise. The same reports in the same
    order give the same bytes. `parquet` and `xlsx` need the extra `export`.
    Raises OSError when the file cannot be written; what stood there before is then still there.
    Raises MissingExtra, and ValueError for a shape that the format does not have.
    """
    if shape == "wide" and format not in WIDE:
        raise ValueError(f"{format} has no wide shape; {' and '.join(sorted(WIDE))} have")
    documents = observations = left = 0
    with _undisturbed(), opened(out) as stream, _sink(stream, out, format, status, shape, bom, forms) as sink:
        for found in extractions:
            report = found if isinstance(found, Report) else flat(found)
            lines = report.lines if status == "all" else list(report.accepted())
            left += sink.put(report, lines)
            documents += 1
            observations += len(lines)
    return Exported(documents, observations if format != "validatreport" else 0, left, sink.checks)


def needed(format: Format, status: Which) -> dict[str, bool]:
    """How `Store.reports` has to give the reports for an export, as its arguments."""
    # All values of a report are needed to check it, whatever of it leaves.
    accepted = status == "accepted" and format != "validatreport"
    return {"accepted": accepted, "whole": format in ("jsonl", "xlsx")}


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Without the cycle collector: nothing here makes cycles, and it took a third of the time."""
    ran = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if ran:
            gc.enable()


def _sink(
    stream: BinaryIO,
    out: str | os.PathLike[str],
    format: Format,
    status: Which,
    shape: Shape,
    bom: bool | None,
    forms: Forms | None,
) -> AbstractContextManager[Sink]:
    if format == "jsonl":
        return nullcontext(_Lines(stream, status))
    if format == "csv":
        marked = bom if bom is not None else out != STDOUT
        return nullcontext(_Csv(stream, _wide(shape, status, forms), marked))
    if format == "parquet":
        from structurer.export.parquet import parquet

        return parquet(stream, _wide(shape, status, forms))
    if format == "validatreport":
        from structurer.export.validatreport import validatreport

        return validatreport(stream, _forms(forms))
    from structurer.export.workbook import workbook

    return workbook(stream, _forms(forms), status)


def _forms(forms: Forms | None) -> Forms:
    from structurer.forms import load_forms

    return forms if forms is not None else load_forms()


def _wide(shape: Shape, status: Which, forms: Forms | None) -> Wide | None:
    from structurer.export.wide import wide

    return wide(_forms(forms), with_status=status == "all") if shape == "wide" else None


if TYPE_CHECKING:
    from structurer.export.wide import Wide


class _Lines:
    checks = 0

    def __init__(self, stream: BinaryIO, status: Which) -> None:
        self._stream = stream
        self._status = status

    def put(self, report: Report, lines: Sequence[Line]) -> int:
        self._stream.write(report_line(report, self._status).encode() + b"\n")
        return 0


class _Csv:
    checks = 0

    def __init__(self, stream: BinaryIO, shape: Wide | None, bom: bool) -> None:
        self._stream = stream
        self._wide = shape
        columns = shape.columns if shape else TIDY
        stream.write((delimited.BOM if bom else b"") + delimited.header_bytes(columns))

    def put(self, report: Report, lines: Sequence[Line]) -> int:
        if self._wide is None:
            self._stream.write(delimited.tidy_bytes(report, lines))
            return 0
        row, left = self._wide.row(report, lines)
        self._stream.write(delimited.table_bytes(self._wide.columns, [row]))
        return left
