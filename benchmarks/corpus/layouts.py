"""Layouts: one small function for each way the lines of a table arrive as text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from random import Random
from typing import NamedTuple

from benchmarks.corpus import markup
from benchmarks.corpus.sheets import Line
from benchmarks.corpus.truth import FORMS

Print = Callable[[list[Line], Random], str]


class Part(NamedTuple):
    """A piece of a report: `title`, `heading`, `text`, or a `table` with its name and lines."""

    kind: str
    text: str
    lines: tuple[Line, ...] = ()


class Layout(NamedTuple):
    """A way of printing: what it does to tables, to the whole report, and to the wording."""

    name: str
    table: Print
    whole: Callable[[list[Part], Print, Random], str] | None = None
    blanks: bool = False
    """A blank cell can be seen."""
    by_line: bool = False
    """Every cell stands on a line of its own, so a crawler can drop repeated lines."""
    labels: bool = True
    """Every row keeps its label."""
    wording: Mapping[str, str | bool] = {}
    forms: tuple[str, ...] = tuple(FORMS)
    suffix: str = ".txt"
    encoding: str | None = None


def _cells(line: Line) -> list[str]:
    """The cells of a line that left a trace."""
    return [*line.labels, *[token for token in line.tokens if token is not None]]


def _flat(text: str) -> str:
    return text.replace("\n", " ")


# One cell, one line.


def cell_lines(lines: list[Line], rng: Random) -> str:
    """Each cell on a line of its own; blank cells vanish."""
    return "\n".join([cell for line in lines for cell in _cells(line) if cell])


def blank_lines(lines: list[Line], rng: Random) -> str:
    """Cells with blank lines between, values often indented."""
    before = rng.choice(("", " ", "  "))
    after = rng.choice(("", " "))
    out: list[str] = []
    for line in lines:
        out.extend(line.labels)
        for token in line.tokens:
            if token:
                draw = rng.random()
                out.append(token if draw < 0.5 else before + token if draw < 0.8 else token + after)
    return "\n\n".join(out)


_SPLITS = {
    "自然人": "自\n然\n人",
    "商业企业": "商业\n\n企业",
    "科研机构": "科研\n\n机构",
    "社会公益组织": "社会公\n\n益组织",
    "法律服务机构": "法律服\n\n务机构",
    "总计": "总\n计",
    "信息内容": "信息\n内容",
}
_NUMERAL = re.compile(r"^([（(][一二三四五六七]）|[（(][一二三四五六七]\)|[一二三四]、)(?=.)")


def split_labels(lines: list[Line], rng: Random) -> str:
    """Blank-line cells whose labels are torn over lines."""
    torn = [
        line._replace(
            labels=tuple(_SPLITS.get(label) or _NUMERAL.sub(r"\1\n", label) for label in line.labels)
        )
        for line in lines
    ]
    return blank_lines(torn, rng)


def split_tight(lines: list[Line], rng: Random) -> str:
    """One cell a line, labels torn over lines without blank lines between."""
    return re.sub(r"\n+", "\n", split_labels(lines, rng))


# Pipes.


def _width(line: Line) -> int:
    return len(line.labels) + len(line.tokens)


def pipe_rows(lines: list[Line], rng: Random) -> str:
    """`label | 0 | 0 |`; a cell that spans shows as bare pipes."""
    widest = max(map(_width, lines), default=0)
    gap = rng.choice((" ", "", " "))
    out = []
    for line in _glued(lines) if rng.random() < 0.5 else lines:
        row = f"{gap}|{gap}".join(map(_flat, _cells(line))) + gap + "|"
        if line.kind in ("head", "block"):
            row += "|" * rng.choice((0, widest - _width(line)))
        out.append(row)
    return "\n".join(out)


def _glued(lines: list[Line]) -> list[Line]:
    """The note above table 三 in one row with 申请人情况."""
    for index, line in enumerate(lines[:-1]):
        if line.kind == "note" and lines[index + 1].kind == "head":
            both = Line("head", line.labels + lines[index + 1].labels)
            return [*lines[:index], both, *lines[index + 2 :]]
    return lines


def pipe_newline(lines: list[Line], rng: Random) -> str:
    """Each cell on its own line with a pipe behind it; spans as a line of bare pipes."""
    out = []
    for line in lines:
        out.extend([f"{_flat(cell)} |" if cell else " |" for cell in _cells(line)])
        if line.kind == "block":
            out.append("|||")
        elif line.kind == "head" and len(line.labels) == 1:
            out.append("||||||")
    return "\n".join(out)


def pipe_between(lines: list[Line], rng: Random) -> str:
    """A pipe alone on the line between any two cells."""
    return "\n|\n".join([_flat(cell) for line in lines for cell in _cells(line)]) + "\n|"


def pipe_lead(lines: list[Line], rng: Random) -> str:
    """A pipe opens each row, then each cell ends in one, all on lines of their own."""
    return "\n".join(["|\n" + "\n".join([f"{_flat(cell)} |" for cell in _cells(line)]) for line in lines])


def markdown(lines: list[Line], rng: Random) -> str:
    """A markdown table with its `---` line and all columns filled up."""
    widest = max(map(_width, lines), default=1)
    out = []
    for index, line in enumerate(lines):
        cells = list(map(_flat, _cells(line)))
        if line.kind != "row":
            cells += [""] * (widest - len(cells))
        out.append("| " + " | ".join(cells) + " |")
        if index == 0:
            out.append("|" + " --- |" * widest)
    return "\n".join(out)


def markdown_bare(lines: list[Line], rng: Random) -> str:
    """Markdown-like rows without `---`, the numbers padded with no-break spaces."""
    pad = "\u00a0" * rng.randint(1, 2)
    out = []
    for line in lines:
        cells = [*map(_flat, line.labels), *[pad + token + pad for token in line.tokens if token is not None]]
        out.append("| " + " | ".join(cells) + " |")
    return "\n".join(out)


def mixed_pipes(lines: list[Line], rng: Random) -> str:
    """Whole rows and one-pipe-a-line rows in one table, the latter where cells are blank."""
    out = []
    for line in lines:
        cells = list(map(_flat, _cells(line)))
        if "" in cells or rng.random() < 0.3:
            out.extend([f"{cell} |" if cell else "|" for cell in cells])
        else:
            out.append(" | ".join(cells) + " |")
    return "\n".join(out)


def tabs_pipe(lines: list[Line], rng: Random) -> str:
    """A value, a line break, tabs, a pipe."""
    tabs = "\t" * rng.randint(1, 4)
    return "".join([f"{_flat(cell)}\n{tabs}|" for line in lines for cell in _cells(line)])


# Spaces and pages.


def spaces(lines: list[Line], rng: Random) -> str:
    """One row a line, cells apart by spaces."""
    gap = rng.choice((" ", " ", "  ", "\t"))
    return "\n".join([gap.join([_flat(cell) for cell in _cells(line) if cell]) for line in lines])


def _cut(label: str, least: int, rng: Random) -> int:
    """Where a label breaks: anywhere but right behind a digit."""
    cut = rng.randrange(least, len(label) - 1)
    while label[cut - 1].isdigit():
        cut += 1
    return cut


_UPRIGHT = (
    "             申请人情况",
    "       自      法人或其他组织",
    "       然   商业  科研  社会公  法律服       总计",
    "       人   企业  机构  益组织  务机构  其他",
)


def pdf_page(lines: list[Line], rng: Random) -> str:
    """The lines of a printed page: header words upright, labels torn, a page mark in the table."""
    applications = any(line.row == "received" for line in lines)
    out: list[str] = []
    broken_at = rng.randrange(10, 20)
    for index, line in enumerate(lines):
        values = " ".join([token for token in line.tokens if token])
        label = " ".join(map(_flat, line.labels))
        if applications and line.kind == "head":
            if len(line.labels) == 1:
                out.extend(_UPRIGHT)
        elif line.kind != "row" or len(label) < 6:
            out.append(f"{label} {values}".strip())
        elif applications and index == broken_at:
            cut = _cut(label, 2, rng)
            out.extend((label[:cut] + " " + values, f"- {rng.randint(3, 9)} -", label[cut:]))
        elif rng.random() < 0.35 and len(label) > 8:
            cut = _cut(label, 6, rng)
            head, tail = label[:cut], label[cut:]
            out.extend((f"{head} {values}", tail) if rng.random() < 0.6 else (head, f"{tail} {values}"))
        else:
            out.append(f"{label} {values}")
    return "\n".join(out)


def docx_flat(lines: list[Line], rng: Random) -> str:
    """One paragraph, words broken by the spaces of old line ends."""
    words = []
    for line in lines:
        for label in map(_flat, line.labels):
            if rng.random() < 0.25 and len(label) > 3:
                cut = _cut(label, 1, rng)
                label = label[:cut] + " " + label[cut:]
            words.append(label)
        words.extend([token for token in line.tokens if token])
    return " ".join(words)


# Labels lost or moved.


def no_sublabels(lines: list[Line], rng: Random) -> str:
    """Only the group line is left of rows 1. to 8.; their numbers follow it."""
    kept = [line._replace(labels=_without_sublabel(line)) if line.row else line for line in lines]
    return blank_lines(kept, rng)


def _without_sublabel(line: Line) -> tuple[str, ...]:
    return tuple(label for label in line.labels if not label[:1].isdigit())


def labels_grouped(lines: list[Line], rng: Random) -> str:
    """The labels of a group first, then their numbers row by row."""
    out: list[Line] = []
    waiting: list[Line] = []

    def flush() -> None:
        out.append(Line("row", tuple(label for line in waiting for label in line.labels)))
        out.extend(line._replace(labels=()) for line in waiting)
        waiting.clear()

    for line in lines:
        grouped = line.kind == "row" and bool(line.labels) and line.labels[-1][:1].isdigit()
        if waiting and (not grouped or len(line.labels) > 1):
            flush()
        (waiting if grouped else out).append(line)
    if waiting:
        flush()
    return blank_lines(out, rng)


def sentences(lines: list[Line], rng: Random) -> str:
    """A statistics table written out: `label N件。label N件`, or with colons and semicolons."""
    colon = rng.choice(("：", " ", ""))
    stop = rng.choice(("。", "；", "；\n"))
    units = rng.random() < 0.7
    out = []
    for line in lines:
        if line.kind == "block":
            out.append("\n" + line.labels[0] + "\n")
        elif line.row:
            label, unit = line.labels
            value = line.tokens[0]
            out.append(label + (f"{colon}{value}{unit if units else ''}" if value else "") + stop)
        elif line.kind != "head":
            out.append("\n" + line.labels[0] + "\n")
    return "".join(out).strip()


# The whole report.


def apart(parts: list[Part], table: Print, rng: Random) -> str:
    """Paragraphs, headings and tables with blank lines between."""
    return "\n\n".join(
        [part.text if part.kind != "table" else table(list(part.lines), rng) for part in parts]
    )


def one_paragraph(parts: list[Part], table: Print, rng: Random) -> str:
    """Title and date keep their lines, all the rest is one."""
    head = [part.text for part in parts if part.kind in ("title", "date")]
    body = [
        part.text if part.kind != "table" else _flat(table(list(part.lines), rng))
        for part in parts
        if part.kind not in ("title", "date")
    ]
    return "\n".join(head) + "\n" + " ".join(body)


def flooded(parts: list[Part], table: Print, rng: Random) -> str:
    """What is left of a layout table: bare pipes after title and date, then the body in one line."""
    head, _, body = one_paragraph(parts, table, rng).rpartition("\n")
    return head + "\n" + "| \n" * rng.randint(60, 200) + body


_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def full_width(lines: list[Line], rng: Random) -> str:
    """Full-width digits in the cells."""
    wide = [
        line._replace(tokens=tuple(token and token.translate(_WIDE) for token in line.tokens))
        for line in lines
    ]
    return blank_lines(wide, rng) if rng.random() < 0.5 else pipe_rows(wide, rng)


def any_common(lines: list[Line], rng: Random) -> str:
    """One of the five commonest layouts, for what varies the wording."""
    return rng.choice(_COMMON)(lines, rng)


_COMMON: tuple[Print, ...] = (pipe_newline, pipe_rows, blank_lines, pipe_between, cell_lines)
_OFFICIAL = ("2019", "2021", "hybrid")

_ALL = (
    Layout("cell-lines", cell_lines, by_line=True),
    Layout("blank-lines", blank_lines, by_line=True),
    Layout("split-labels", split_labels, by_line=True),
    Layout("split-tight", split_tight, by_line=True),
    Layout("pipe-rows", pipe_rows, blanks=True),
    Layout("pipe-newline", pipe_newline, blanks=True),
    Layout("pipe-between", pipe_between, blanks=True),
    Layout("pipe-lead", pipe_lead, blanks=True),
    Layout("markdown", markdown, blanks=True),
    Layout("markdown-bare", markdown_bare, blanks=True),
    Layout("mixed-pipes", mixed_pipes, blanks=True),
    Layout("tabs-pipe", tabs_pipe, blanks=True),
    Layout("spaces", spaces),
    Layout("pdf-page", pdf_page, forms=_OFFICIAL),
    Layout("docx-flat", docx_flat),
    Layout("one-paragraph", spaces, whole=one_paragraph),
    Layout("one-paragraph-pipes", pipe_rows, whole=one_paragraph, blanks=True),
    Layout("pipe-flood", spaces, whole=flooded),
    Layout("no-sublabels", no_sublabels, labels=False, forms=_OFFICIAL),
    Layout("labels-grouped", labels_grouped, forms=_OFFICIAL),
    Layout("html", pipe_rows, whole=markup.page, blanks=True, suffix=".html"),
    Layout("html-nested", pipe_rows, whole=markup.nested, blanks=True, suffix=".html"),
    Layout("html-gb18030", pipe_rows, whole=markup.gb_page, blanks=True, suffix=".html", encoding="gb18030"),
    Layout("gb18030", blank_lines, encoding="gb18030"),
    Layout("full-width", full_width),
    Layout("half-width", any_common, wording={"brackets": "half", "quotes": "straight"}),
    Layout("corner-quotes", any_common, wording={"brackets": "full", "quotes": "corner"}),
    Layout("label-typos", any_common, wording={"labels": "typo"}),
    Layout("label-variants", any_common, wording={"labels": "variant"}),
    Layout("long-labels", any_common, wording={"labels": "long"}, forms=_OFFICIAL),
    Layout("headers-split", any_common, wording={"headers": "split"}, forms=_OFFICIAL),
    Layout("headers-truncated", any_common, wording={"headers": "truncated"}, forms=("2019",)),
    Layout("headers-short", any_common, wording={"headers": "short"}, forms=_OFFICIAL),
    Layout("headers-dated", any_common, wording={"headers": "dated"}, forms=("2019",)),
    Layout("traditional", any_common, wording={"script": "traditional"}, forms=_OFFICIAL),
    Layout("enumerator-comma", any_common, wording={"enumerator": "、"}),
    Layout("enumerator-wide", any_common, wording={"enumerator": "．"}),
    Layout("enumerator-missing", any_common, wording={"enumerator": ""}),
    Layout("old-wording", any_common, wording={"normative": "swapped"}, forms=_OFFICIAL),
    Layout("no-numerals", any_common, wording={"numerals": False}),
    Layout("sentences", sentences, forms=("statistics-2014",)),
)

#: Every layout by name.
LAYOUTS: Mapping[str, Layout] = {layout.name: layout for layout in _ALL}
