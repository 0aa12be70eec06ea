"""Damages: one small function for each thing that happens to a table before or after printing.

Each changes the sheets and their truth together. A value that was dropped or left blank keeps its
true value in the truth; where nobody could know it, the truth is None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import NamedTuple

from benchmarks.corpus.sheets import Line, Sheet
from benchmarks.corpus.truth import broken, table


class Damage(NamedTuple):
    """What happens to the sheets of one report."""

    name: str
    apply: Callable[[list[Sheet], Random], None]
    blanks: bool = False
    """Makes no sense where a blank cell cannot be seen."""
    by_line: bool = False
    """Only where every cell has its line."""
    harsh: bool = False
    """Loses figures that matter: even a careful reader may be misled by the zero prior."""
    official: bool = False
    """Only for the official forms, not for the statistics table."""
    labelled: bool = False
    """Only where every row has kept its label: without one, nobody could tell."""
    paged: bool = False
    """Only on printed pages, not in HTML."""
    repeated: str = ""
    """Repeated lines are dropped: in each `table`, or in the whole `report`."""


def _summed(sheets: list[Sheet]) -> list[Sheet]:
    return [sheet for sheet in sheets if sheet.name != "disclosure"]


def _by_row(sheet: Sheet) -> list[list[str]]:
    rows: dict[str, list[str]] = {}
    for key in sheet.values:
        rows.setdefault(key.split(".")[1], []).append(key)
    return list(rows.values())


def _omit(sheet: Sheet, key: str) -> None:
    sheet.tokens[key] = None
    sheet.printed[key] = "omitted"


def _blank(sheet: Sheet, key: str) -> None:
    sheet.tokens[key] = ""
    sheet.printed[key] = "blank"


def none(sheets: list[Sheet], rng: Random) -> None:
    """Nothing happens."""


def _zeros_dropped(share: float) -> Callable[[list[Sheet], Random], None]:
    def zeros_dropped(sheets: list[Sheet], rng: Random) -> None:
        """One to four zeros of some rows leave no trace."""
        for sheet in _summed(sheets):
            for row in _by_row(sheet):
                if rng.random() < share and not any(key in sheet.notes for key in row):
                    zeros = [key for key in row if sheet.values[key] == 0]
                    for key in rng.sample(zeros, min(len(zeros), rng.randint(1, 4))):
                        _omit(sheet, key)

    return zeros_dropped


def zeros_gone(sheets: list[Sheet], rng: Random) -> None:
    """Only figures are left of tables 三 and 四: every zero has gone without a trace."""
    for sheet in _summed(sheets):
        for key, value in sheet.values.items():
            if value == 0:
                _omit(sheet, key)


def list_cells_dropped(sheets: list[Sheet], rng: Random) -> None:
    """Cells of table 二, which no sum binds, leave no trace: one or two of a row, never all."""
    for sheet in sheets:
        if sheet.name == "disclosure":
            rows = [row for row in _by_row(sheet) if len(row) > 1]
            for row in rng.sample(rows, min(len(rows), rng.randint(1, 3))):
                for key in rng.sample(row, rng.randint(1, len(row) - 1)):
                    _omit(sheet, key)


def any_dropped(sheets: list[Sheet], rng: Random) -> None:
    """Figures leave no trace, whatever they say."""
    for sheet in _summed(sheets):
        for row in _by_row(sheet):
            if rng.random() < 0.15:
                for key in rng.sample(row, min(len(row), rng.randint(1, 2))):
                    _omit(sheet, key)


def _blanks(share: float) -> Callable[[list[Sheet], Random], None]:
    def blanks(sheets: list[Sheet], rng: Random) -> None:
        """Zeros are left blank, and one can see it."""
        for sheet in sheets:
            for key, value in sheet.values.items():
                if value == 0 and rng.random() < share:
                    _blank(sheet, key)

    return blanks


def total_column_blank(sheets: list[Sheet], rng: Random) -> None:
    """The column 总计 of table 三 is left blank: all of it, or below the two intakes."""
    spared = rng.choice(((), ("received", "carried_in", "handled_total")))
    for sheet in sheets:
        if sheet.name == "applications":
            for key in sheet.values:
                _, row, column = key.split(".")
                if column == "total" and row not in spared:
                    _blank(sheet, key)


def rows_blank(sheets: list[Sheet], rng: Random) -> None:
    """Rows without any figure are left blank as a whole."""
    for sheet in sheets:
        empty = [row for row in _by_row(sheet) if not any(sheet.values[key] for key in row)]
        for row in empty:
            if rng.random() < 0.5:
                for key in row:
                    _blank(sheet, key)


def zero_over_row(sheets: list[Sheet], rng: Random) -> None:
    """Rows of zeros print one zero, merged over all their cells."""
    for sheet in sheets:
        for row in _by_row(sheet):
            if len(row) > 1 and not any(sheet.values[key] for key in row) and rng.random() < 0.3:
                for key in row[1:]:
                    _blank(sheet, key)


def rows_lost(sheets: list[Sheet], rng: Random) -> None:
    """One or two rows without any figure are gone, with their labels."""
    for sheet in sheets:
        if sheet.name == "applications":
            inner = [f"applications.{row}." for row in _inner_rows(sheet)]
            empty = [row for row in _by_row(sheet) if not any(sheet.values[key] for key in row)]
            empty = [row for row in empty if row[0].startswith(tuple(inner))]
            for row in rng.sample(empty, min(len(empty), rng.randint(1, 2))):
                sheet.lost.add(row[0].split(".")[1])
                for key in row:
                    _omit(sheet, key)


def extra_row(sheets: list[Sheet], rng: Random) -> None:
    """Table 二 has a row that the form does not know."""
    for sheet in sheets:
        if sheet.name == "disclosure":
            figures = tuple(str(rng.randint(1, 900)) for _ in range(3))
            sheet.extra = ("normative_documents", Line("row", ("其他主动公开文件",), figures, "extra"))


def captions(sheets: list[Sheet], rng: Random) -> None:
    """A line with unit and year stands above each table."""
    for sheet in sheets:
        sheet.caption = f"（单位：件　　{rng.randint(2015, 2024)}年度）"


def wrong_digits(sheets: list[Sheet], rng: Random) -> None:
    """The office itself prints one or two figures wrong; the truth is as published."""
    bound = _summed(sheets)
    for sheet in rng.sample(bound, 1 if rng.random() < 0.8 else min(2, len(bound))):
        keys = [key for key in sheet.values if key.split(".")[1] not in ("fees_charged", "budget")]
        # Table 四 has but three sums: with two of its figures wrong and others lost, nobody could tell.
        for key in rng.sample(keys, 1 if sheet.name == "disputes" else rng.choice((1, 1, 2))):
            old = sheet.values[key]
            new = _wrong(int(old), rng)
            sheet.values[key] = new
            sheet.tokens[key] = str(new)
            sheet.notes[key] = f"published wrong: the sums make {old}"
        sheet.wrong = bool(broken(sheet.form, sheet.name, sheet.values))


def _wrong(old: int, rng: Random) -> int:
    draw = rng.random()
    if old and draw < 0.25:
        return 0
    if draw < 0.6:
        return old + 1
    if old and draw < 0.8:
        return old - 1
    return old + rng.choice((2, 3, 9, 10, 20, 90))


def wrong_and_dropped(sheets: list[Sheet], rng: Random) -> None:
    """Figures published wrong, and zeros of other rows without a trace."""
    wrong_digits(sheets, rng)
    _zeros_dropped(0.35)(sheets, rng)


def repeated_lines_dropped(sheets: list[Sheet], rng: Random) -> None:
    """A crawler keeps each distinct line once (done after printing)."""


def not_applicable(sheets: list[Sheet], rng: Random) -> None:
    """`/` or `-` where the office thinks a cell does not apply to it: rows of 二, or all of 四."""
    sign = rng.choice("/-")
    for sheet in sheets:
        rows = _by_row(sheet)
        if sheet.name == "disputes" and rng.random() < 0.3:
            chosen = rows
        elif sheet.name == "disclosure":
            chosen = rng.sample(rows, rng.randint(1, 3))
        elif sheet.name == "statistics":
            chosen = [row for row in rows if row[0].split(".")[1] in ("fees_charged", "budget")]
        else:
            continue
        for key in (key for row in chosen for key in row):
            sheet.tokens[key] = sign
            sheet.printed[key] = "not_applicable"
            sheet.unknown.add(key)


def change_written_out(sheets: list[Sheet], rng: Random) -> None:
    """`+3`, `增10`, `-35`, `减4`, `0/0`, a bare `增` in the column 本年增/减."""
    for sheet in sheets:
        for key, value in sheet.values.items():
            if key.endswith(".change"):
                size = abs(int(value))
                if value == 0:
                    token = rng.choice(("0", "0/0", "0", "+(0) -(0)"))
                    if rng.random() < 0.1:
                        token = "增"
                        sheet.printed[key] = "text"
                        sheet.unknown.add(key)
                elif value > 0:
                    token = rng.choice((f"+{size}", f"增{size}", f"增加{size}", str(size)))
                else:
                    token = rng.choice((f"-{size}", f"减{size}", f"减少{size}"))
                sheet.tokens[key] = token


def units_in_cells(sheets: list[Sheet], rng: Random) -> None:
    """`12件`, `1276.5534万元`, `3405820元`: the unit stands in the cell."""
    for sheet in sheets:
        cells = table(sheet.form, sheet.name).by_indicator
        share = 1.0 if sheet.name == "disclosure" else 0.3
        for key, value in sheet.values.items():
            cell = cells[key]
            if rng.random() >= share or sheet.name == "statistics":
                continue
            if cell.kind == "money":
                unit = rng.choice(("万元", "元"))
                if unit == "元":
                    value = sheet.values[key] = int(value * 1_000)
                sheet.units[key] = unit
            elif cell.kind == "signed" or sheet.name != "disclosure":
                continue
            else:
                unit = "项" if key.endswith(("previous_items", "items")) else "件"
            sheet.tokens[key] = f"{value}{unit}"


def remarks(sheets: list[Sheet], rng: Random) -> None:
    """`22（其中修订16件）`: a remark stands behind the figure, in its cell."""
    for sheet in sheets:
        if sheet.name == "disclosure":
            keys = [
                key for key, value in sheet.values.items() if value and not key.endswith(("change", "amount"))
            ]
            for key in rng.sample(keys, min(len(keys), rng.randint(1, 2))):
                part = rng.randint(1, max(1, int(sheet.values[key])))
                remark = rng.choice((f"（其中修订{part}件）", f"（含自然失效{part}件）", "（均为续办）"))
                sheet.tokens[key] = f"{sheet.tokens[key]}{remark}"
                sheet.notes[key] = "a remark follows the figure"


def _inner_rows(sheet: Sheet) -> list[str]:
    """Rows that stand below another of their group, so that losing a label loses no group line."""
    seen: set[str] = set()
    found = []
    for block in table(sheet.form, sheet.name).blocks:
        for row in block.rows:
            if row.under in seen and row.label[:1].isdigit():
                found.append(row.id)
            seen.add(row.under)
    return found


def label_missing(sheets: list[Sheet], rng: Random) -> None:
    """One row of table 三 has lost its label; its figures stand where they did."""
    for sheet in sheets:
        if sheet.name == "applications":
            sheet.unlabelled = rng.choice(_inner_rows(sheet))
            for key in sheet.values:
                if key.split(".")[1] == sheet.unlabelled:
                    sheet.notes[key] = "row label missing"


def rows_swapped(sheets: list[Sheet], rng: Random) -> None:
    """Two rows of one group stand in the wrong order, each with its own label and figures."""
    for sheet in sheets:
        if sheet.name == "applications":
            rows = _inner_rows(sheet)
            groups = {row: row.split("_")[0:2] for row in rows}
            first = rng.choice(
                [row for row in rows if sum(groups[row] == groups[other] for other in rows) > 1]
            )
            other = rng.choice([row for row in rows if row != first and groups[row] == groups[first]])
            sheet.swapped = (first, other) if rows.index(first) < rows.index(other) else (other, first)
            for key in sheet.values:
                if key.split(".")[1] in sheet.swapped:
                    sheet.notes[key] = "labels out of order: bound by its own label"


def page_marks(sheets: list[Sheet], rng: Random) -> None:
    """Page marks stand between the rows."""
    for sheet in sheets:
        sheet.marks = 1 if sheet.name == "disclosure" else rng.randint(1, 3)


def images(sheets: list[Sheet], rng: Random) -> None:
    """File names of images stand in place of the tables."""
    for sheet in sheets:
        sheet.state = "image"
        sheet.marks = rng.randint(0, 1)


def headings_only(sheets: list[Sheet], rng: Random) -> None:
    """The headings stand there, the tables do not."""
    for sheet in sheets:
        sheet.state = "heading"


def prose_in_place(sheets: list[Sheet], rng: Random) -> None:
    """A sentence stands in place of each table."""
    for sheet in sheets:
        sheet.state = "prose"


def with_marks(lines: list[Line], count: int, rng: Random) -> list[Line]:
    """The lines of a table with page marks between its rows."""
    out = list(lines)
    places = [index for index, line in enumerate(out) if line.kind == "row" and index > 4 and line.labels]
    for index in sorted(rng.sample(places, min(count, len(places))), reverse=True):
        mark = rng.choice(("- {} -", "— {} —", "-{}-")).format(rng.randint(2, 9))
        out.insert(index, Line("mark", (mark,)))
    return out


def without_repeats(text: str) -> str:
    """Each distinct line once, at its first place."""
    return "\n".join(dict.fromkeys(line.strip() for line in text.split("\n")))


_ALL = (
    Damage("none", none),
    Damage("zeros-dropped-10", _zeros_dropped(0.1)),
    Damage("zeros-dropped-35", _zeros_dropped(0.35)),
    Damage("zeros-dropped-70", _zeros_dropped(0.7)),
    Damage("zeros-gone", zeros_gone, labelled=True),
    Damage("list-cells-dropped", list_cells_dropped, official=True),
    Damage("any-dropped", any_dropped, harsh=True),
    Damage("blanks-5", _blanks(0.05), blanks=True),
    Damage("blanks-30", _blanks(0.3), blanks=True),
    Damage("blanks-90", _blanks(0.9), blanks=True),
    Damage("total-column-blank", total_column_blank, official=True),
    Damage("rows-blank", rows_blank, labelled=True),
    Damage("zero-over-row", zero_over_row, blanks=True, official=True),
    Damage("rows-lost", rows_lost, official=True, labelled=True),
    Damage("extra-row", extra_row, official=True),
    Damage("captions", captions),
    Damage("wrong-digits", wrong_digits),
    Damage("wrong-and-dropped", wrong_and_dropped),
    Damage("repeats-dropped-mild", repeated_lines_dropped, by_line=True, repeated="table"),
    Damage("repeats-dropped-all", repeated_lines_dropped, by_line=True, repeated="report"),
    Damage("not-applicable", not_applicable),
    Damage("change-written-out", change_written_out, official=True),
    Damage("units-in-cells", units_in_cells, official=True),
    Damage("remarks", remarks, official=True),
    Damage("label-missing", label_missing, official=True, labelled=True),
    Damage("rows-swapped", rows_swapped, official=True, labelled=True),
    Damage("page-marks", page_marks, paged=True),
    Damage("images", images),
    Damage("headings-only", headings_only),
    Damage("prose-in-place", prose_in_place, official=True),
)

#: Every damage by name.
DAMAGES: Mapping[str, Damage] = {damage.name: damage for damage in _ALL}
