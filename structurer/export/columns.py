"""The columns of tables that leave: what each is called, what it holds, and what it means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from structurer.flat import Line, Report

Holds = Literal["text", "label", "integer", "value", "decimal", "number", "boolean", "date", "list", "box"]
"""`label` is text of which few differ; `value` is a number or, rarely, a text; `box` is four numbers."""
Cells = tuple[Any, ...]


@dataclass(frozen=True)
class Column:
    """A column: its name, what its cells hold, and what they mean."""

    name: str
    holds: Holds
    meaning: str
    title: str = ""
    """The official label, where the column is an indicator."""
    unit: str = ""
    values: tuple[str, ...] = ()
    """All texts that may stand there, where there are few."""
    required: bool = False


_STATUSES = ("verified", "stated", "inferred", "disputed", "ambiguous", "unsupported")
_QUALIFIERS = ("exact", "over", "under", "about", "at_least")
_PERIODS = ("year", "month", "day", "cumulative", "to_date", "previous_year")
_PRINTED = ("number", "blank", "not_applicable", "text", "omitted")

OF_REPORT = (
    Column("document", "label", "sha256 of the report's bytes: the same report has the same one everywhere",
           required=True),
    Column("path", "label", "where the report was found; of several, the first", required=True),
    Column("agency", "label", "the agency whose report it is; empty when the report does not say"),
    Column("year", "integer", "the year reported on, by its title or period, never that of publication"),
)  # fmt: skip
"""What every row says about the report it is from."""

ABOUT = {
    "region": "地区", "level": "层级", "period_start": "统计期限起", "period_end": "统计期限止",
    "index_number": "索引号", "document_number": "文号", "contact_address": "联系地址",
    "contact_phone": "联系电话", "contact_email": "电子邮箱", "source": "来源",
}  # fmt: skip
"""What else a report says about itself, as indicators `metadata.NAME`, with their labels."""

TIDY = (
    *OF_REPORT,
    Column("table", "label", "first part of the indicator: the table, or narrative for prose", required=True),
    Column("indicator", "label", "public key table.row.column; see the list of indicators", required=True),
    Column("label", "label", "the official label, table/group/row/column", required=True),
    Column("value", "value", "the value as published, in `unit`; empty when blank, not applicable or open"),
    Column("unit", "label", "the unit the value is in; money keeps the unit it was published in"),
    Column("qualifier", "label", "exact, or how the report words a value that is not", values=_QUALIFIERS,
           required=True),
    Column("period", "label", "what time the value counts; only `year` compares with yearly tables",
           values=_PERIODS, required=True),
    Column("as_of", "label", "the date of a to_date value, ISO 8601 as far as printed"),
    Column("scope", "label", "whom the value counts where that is not the office itself, as printed"),
    Column("printed", "label", "what stands on the page: omitted is no token at all, blank an empty cell",
           values=_PRINTED, required=True),
    Column("status", "label", "what the value is worth; see the list of statuses", values=_STATUSES,
           required=True),
    Column("accepted", "boolean", "whether it may be used: by its status, or because a reviewer said so",
           required=True),
    Column("quote", "text", "the first place that prints it, verbatim; JSON Lines have every place"),
    Column("start", "integer", "where the quote begins, in characters of the decoded source"),
    Column("end", "integer", "where the quote ends: text[start:end] == quote"),
    Column("methods", "list", "what read it: table, prose, model, reviewer"),
    Column("rules", "list", "hard edit rules that hold and bind it; of a disputed value, those it breaks"),
    Column("assumes", "list", "what had to be assumed, such as blank=0"),
    Column("candidates", "list", "values it could be, where it is open or disputed"),
    Column("form", "label", "the form this table follows in this report, by its own header; empty for prose"),
    Column("published", "label", "day of publication as far as the report prints it, ISO 8601"),
    Column("page", "integer", "the page it is printed on, from 1, where the format has pages"),
    Column("box", "box", "x0, top, x1, bottom on that page in points (1/72 inch) from its upper left corner"),
    Column("confidence", "number", "from 0 to 1: how sure machine eyes were, where they read it"),
)  # fmt: skip
"""One row a value."""

COLUMNS = tuple(column.name for column in TIDY)
"""Names of the columns of the tidy shape; new ones come at the end."""


def of_report(report: Report) -> Cells:
    """The cells of OF_REPORT."""
    document = report.document
    return document.id, document.path, document.agency, document.year


_NOWHERE = (None, None, None, None, None, None)


def tidy_rows(report: Report, lines: Iterable[Line]) -> Iterator[Cells]:
    """The cells of TIDY for each value, as plain Python values."""
    head = of_report(report)
    forms = {name: table.form for name, table in report.document.tables.items()}
    for line in lines:
        table = line.indicator.partition(".")[0]
        start, end, quote, *place = line.evidence[0] if line.evidence else _NOWHERE
        page, box, confidence = place or (None, None, None)
        yield (
            *head, table, *line[:11], quote, start, end,
            line.methods, line.rules, line.assumes, line.candidates,
            forms.get(table), report.document.published, page, box, confidence,
        )  # fmt: skip


def names(columns: Sequence[Column]) -> list[str]:
    """The header of these columns."""
    return [column.name for column in columns]
