"""An Excel workbook: a sheet a table in the official order, prose, findings, and what it all means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any, BinaryIO

from structurer._version import __version__
from structurer.errors import MissingExtra
from structurer.export import sheet as sheets
from structurer.export.columns import ABOUT
from structurer.export.dictionary import Entry, entries
from structurer.export.jsonl import Which
from structurer.export.sheet import Head, Sheet
from structurer.export.tablesheet import TableSheet, grouped
from structurer.flat import Line, Report
from structurer.forms import Forms
from structurer.meanings import ORDER

_PALETTE: Mapping[str, dict[str, object]] = {
    "verified": {"bg_color": "#DDF0E3"},
    "stated": {},
    "inferred": {"bg_color": "#DCE9F8"},
    "disputed": {"bg_color": "#F9D3CF", "bold": True},
    "ambiguous": {"bg_color": "#FFEDBF", "bold": True},
    "unsupported": {"bg_color": "#EFD6EC", "bold": True},
    "error": {"bg_color": "#F9D3CF"},
    "warning": {"bg_color": "#FFEDBF"},
    "info": {},
}
_LONG_AGO = datetime(1980, 1, 1, tzinfo=timezone.utc).replace(tzinfo=None)
"""The workbook's date: the same reports give the same bytes."""
_PROSE = ("agency", "year", "label", "value", "qualifier", "unit", "period", "as_of", "scope", "status",
          "quote", "page", "path", "indicator")  # fmt: skip
_FINDINGS = ("agency", "year", "severity", "rule", "message", "indicators", "path")
_ENTRIES = ("part", "name", "label", "type", "unit", "form", "meaning")


@contextmanager
def workbook(stream: BinaryIO, forms: Forms, status: Which, *, most: int = 0) -> Iterator[_Workbook]:
    """A sink for a workbook; rows go to disk as they come. Raises MissingExtra where xlsxwriter is missing.

    `most` rows go on one sheet (default: what Excel holds).
    """
    try:
        import xlsxwriter
    except ModuleNotFoundError as error:
        raise MissingExtra("Excel", error.name or "xlsxwriter", "export") from None
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(_Sequential(stream), options)
    book.set_properties({"created": _LONG_AGO, "comments": f"structurer {__version__}"})
    book.use_zip64()
    try:
        sink = _Workbook(book, forms, status, most or sheets.MOST_ROWS)
        yield sink
        sink.finish()
    except BaseException:
        _discard(book)
        raise
    book.close()


def _discard(book: Any) -> None:
    """Removes the rows that lie on disk; closing would make a file of them."""
    import os
    from contextlib import suppress

    for sheet in book.worksheets():
        with suppress(OSError, AttributeError):
            sheet.row_data_fh.close()
            os.unlink(sheet.row_data_filename)
    book.fileclosed = 1


class _Sequential:
    """The stream as a file that can only be written: standard output cannot be sought."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, data: bytes) -> int:
        return self._stream.write(data)

    def flush(self) -> None:
        self._stream.flush()


class _Workbook:
    checks = 0

    def __init__(self, book: Any, forms: Forms, status: Which, most: int) -> None:
        self._forms = forms
        self._counts: dict[str, int] = dict.fromkeys(ORDER, 0)
        self._documents = 0
        self._status = status
        styles = _formats(book)
        legend = Head([("", "")], (24, 110))
        self._legend = Sheet(book, "说明 legend", legend, styles, most=most)
        self._tables: dict[tuple[str, str], TableSheet] = {}
        for kept in grouped(forms):
            made = TableSheet(book, kept, styles, most)
            self._tables.update({(kept.table.id, form): made for form in kept.forms})
        self._prose = Sheet(
            book,
            "正文 narrative",
            Head([_PROSE], (24, 7, 46, 12, 10, 8, 10, 11, 18, 12, 60, 6, 30, 40), frozen_columns=3),
            styles,
            most=most,
        )
        self._about = Sheet(
            book,
            "元数据 metadata",
            Head([("agency", "year", "title", *ABOUT, "path")], (24, 7, 46, *([16] * len(ABOUT)), 30)),
            styles,
            most=most,
        )
        self._findings = Sheet(
            book,
            "核对 findings",
            Head([_FINDINGS], (24, 7, 10, 34, 70, 60, 30), frozen_columns=2),
            styles,
            most=most,
        )
        self._indicators = Sheet(
            book, "字典 dictionary", Head([_ENTRIES], (12, 46, 60, 10, 8, 22, 80)), styles, most=most
        )

    def put(self, report: Report, lines: Sequence[Line]) -> int:
        self._documents += 1
        rows: dict[str, list[Line]] = {}
        for line in lines:
            self._counts[line.status] += 1
            rows.setdefault(line.table, []).append(line)
        said = {line.indicator: line.value for line in rows.pop("metadata", ()) if line.accepted}
        document = report.document
        about = (said.get(f"metadata.{name}") for name in ABOUT)
        cells = (document.agency, document.year, document.title, *about, document.path)
        self._about.put(cells, [None] * len(cells))
        for table, held in rows.items():
            made = self._tables.get((table, report.form_of(table) or ""))
            rest = made.put(report, held) if made else held
            for line in rest:
                self._said(report, line)
        self._found(report)
        return 0

    def finish(self) -> None:
        for made in dict.fromkeys(self._tables.values()):
            made.close()
        for entry in entries(self._forms):
            self._indicators.put(_cells(entry), [None] * len(_ENTRIES))
        for cells, style in self._explained():
            self._legend.put(cells, [style, None])
        for one in (self._about, self._prose, self._findings, self._indicators):
            one.close()

    def _said(self, report: Report, line: Line) -> None:
        document = report.document
        _, _, quote, page, *_ = (*line.evidence[0], None) if line.evidence else (None, None, None, None)
        cells = (
            document.agency, document.year, line.label, line.value, line.qualifier, line.unit, line.period,
            line.as_of, line.scope, line.status, quote, page, document.path, line.indicator,
        )  # fmt: skip
        coloured = {3, 9}
        self._prose.put(cells, [line.status if at in coloured else None for at in range(len(cells))])

    def _found(self, report: Report) -> None:
        document = report.document
        for one in report.findings:
            cells = (
                document.agency, document.year, one.severity, one.rule, one.message,
                ", ".join(one.indicators), document.path,
            )  # fmt: skip
            self._findings.put(cells, [one.severity if at == 2 else None for at in range(len(cells))])

    def _explained(self) -> Iterator[tuple[tuple[str, str], str | None]]:
        yield ("structurer", f"{__version__}; {self._documents} reports"), "head"
        what = "every value" if self._status == "all" else "accepted values only"
        yield (
            ("holds", f"{what}; a cell's colour is its status, named again in the columns to the right"),
            None,
        )
        yield ("row 1 to 3", "official row label, official column label, public key of the indicator"), None
        yield ("empty", "not stated, left blank, or open: the status column tells which"), None
        for entry in entries(self._forms):
            if entry.part == "status":
                count = f" ({self._counts[entry.name]} values here)" if entry.name in self._counts else ""
                yield (entry.name, entry.meaning + count), entry.name
            elif entry.part not in ("column", "indicator"):
                yield (f"{entry.part}: {entry.name}", entry.meaning), None


def _cells(entry: Entry) -> tuple[str, ...]:
    return tuple(getattr(entry, name) for name in _ENTRIES)


def _formats(book: Any) -> Mapping[str, Any]:
    plain: dict[str, object] = {"font_name": "Microsoft YaHei", "font_size": 10}
    box: dict[str, object] = {"bg_color": "#ECEAE4", "border": 1, "border_color": "#D0CDC4"}
    head = {**plain, **box, "bold": True, "text_wrap": True, "valign": "top"}
    made = {name: book.add_format({**plain, **look}) for name, look in _PALETTE.items()}
    key = {**head, "bold": False, "font_size": 8, "font_color": "#666666", "text_wrap": False}
    return {**made, "head": book.add_format(head), "key": book.add_format(key)}
