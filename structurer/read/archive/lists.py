"""Lists of texts: CSV, TSV and JSON Lines, a row or a line each; what a list says of a text goes with it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO

from structurer.errors import BinaryInput, ReadError, TooLarge
from structurer.read.archive.entry import Entry
from structurer.read.archive.limits import Budget
from structurer.read.encoding import decode

TEXT = ("text", "content", "body", "html", "正文", "内容", "全文")
"""Names of the column that holds the report, the first that is there."""
NAMES = ("id", "doc_id", "document_id", "uuid", "编号", "序号", "文件名", "filename", "file")
_SAMPLE = 4 * 2**20
_TOLD = 12
"""Columns that are named in an error."""


def jsonl_entries(stream: BinaryIO, budget: Budget) -> Iterator[Entry]:
    """The texts of a file with one JSON object a line."""
    most = budget.limits.member
    number = 0
    while line := stream.readline(most + 1):
        number += 1
        budget.spend(len(line))
        if len(line) > most:
            yield Entry(f"line {number}", _raising(TooLarge(budget.path, f"a line of over {most:,} bytes")))
            while line and not line.endswith(b"\n"):
                line = stream.readline(2**20)
                budget.spend(len(line))
        elif line.strip(b"\xef\xbb\xbf \t\r\n"):
            yield _from_line(line.strip(b"\xef\xbb\xbf \t\r\n"), number, budget)


def _from_line(line: bytes, number: int, budget: Budget) -> Entry:
    try:
        given = json.loads(line)
    except (ValueError, RecursionError):
        return Entry(f"line {number}", _raising(ReadError(budget.path, f"line {number} is not JSON")))
    if not isinstance(given, dict) or text_of(given) is None:
        missing = f"line {number} holds no text; a key of these is needed: {', '.join(TEXT)}"
        return Entry(f"line {number}", _raising(ReadError(budget.path, missing)))
    return Entry(_name(given, f"line {number}"), lambda: line, text=True)


def csv_entries(stream: BinaryIO, budget: Budget, delimiter: str) -> Iterator[Entry]:
    """The texts of a table with a row of column names. Raises ReadError where no column holds text."""
    most = budget.limits.member
    # The module's own limit is global and far below a report; a field never needs more than a member may.
    csv.field_size_limit(max(csv.field_size_limit(), most))
    lines = _Lines(stream, budget)
    rows = csv.reader(lines, delimiter=delimiter)
    try:
        header = [name.strip().lstrip("\ufeff") for name in next(rows, [])]
        if text_of(dict.fromkeys(header, "x")) is None:
            told = ", ".join(repr(name[:40]) for name in header[:_TOLD]) or "none"
            raise ReadError(
                budget.path, f"no column of texts; one of {', '.join(TEXT)} is needed, found: {told}"
            )
        for number, row in enumerate(rows, 1):
            lines.row = 0
            given = {name: value for name, value in zip(header, row, strict=False) if name and value}
            if text_of(given) is not None:
                yield Entry(_name(given, f"row {number}"), _writing(given, budget), text=True)
    except csv.Error as error:
        raise ReadError(budget.path, f"line {rows.line_num}: not CSV: {error}") from None


class _Lines:
    """The lines of a list as text; one row may take as much as a member may, however many lines it has."""

    def __init__(self, stream: BinaryIO, budget: Budget) -> None:
        self.row = 0
        """Characters since the last row ended."""
        decoded = decode(stream.read(_SAMPLE))
        if decoded is None:
            raise BinaryInput(budget.path, "not text in any encoding a list comes in")
        stream.seek(0)
        self._budget = budget
        self._text = io.TextIOWrapper(stream, encoding=decoded.encoding, errors="replace", newline="")

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        most = self._budget.limits.member
        line = self._text.readline(most + 1)
        if not line:
            raise StopIteration
        self._budget.spend(len(line))
        self.row += len(line)
        if self.row > most:
            raise TooLarge(self._budget.path, f"a row of over {most:,} characters")
        return line.replace("\0", "")


def record(data: bytes) -> Mapping[str, Any] | None:
    """The object that a member of a list is made of; None for any other bytes."""
    if not data.startswith(b"{") or not data.rstrip().endswith(b"}"):
        return None
    try:
        given = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return given if isinstance(given, dict) and text_of(given) is not None else None


def text_of(given: Mapping[str, Any]) -> str | None:
    """The report in an object, under the first of the known names."""
    folded = {name.strip().casefold(): value for name, value in given.items() if isinstance(name, str)}
    return next((folded[name] for name in TEXT if isinstance(folded.get(name), str) and folded[name]), None)


def told_of(given: Mapping[str, Any]) -> list[str]:
    """What a list says of a text, as `name: value`."""
    return [
        f"{name}: {value}"
        for name, value in given.items()
        if name.strip().casefold() not in TEXT and isinstance(value, str | int | float) and str(value).strip()
    ]


def _name(given: Mapping[str, Any], otherwise: str) -> str:
    folded = {name.strip().casefold(): value for name, value in given.items()}
    for name in NAMES:
        value = folded.get(name)
        if isinstance(value, str | int) and str(value).strip():
            return str(value).strip()
    return otherwise


def _writing(given: Mapping[str, str], budget: Budget) -> Callable[[], bytes]:
    def write() -> bytes:
        data = json.dumps(given, ensure_ascii=False).encode("utf-8", "replace")
        if len(data) > budget.limits.member:
            raise TooLarge(
                budget.path, f"over {budget.limits.member:,} bytes; the setting max_bytes allows more"
            )
        return data

    return write


def _raising(error: ReadError) -> Callable[[], bytes]:
    def read() -> bytes:
        raise error

    return read
