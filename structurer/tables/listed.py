"""Tables written as a list file: cells between commas, and rows that are numbered in front of their label.

Commas become bars and the rows' own numbers become invisible, character for character, so that offsets stay.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from structurer.document import CELL, ROW
from structurer.tables.cells import UNITS
from structurer.tables.locate import Span

_LISTED = re.compile(r",[\"' ]{0,2}[+\-]?[0-9.]{1,20}[\"' ]{0,2}(?:,|$)", re.M)
_CELL = re.compile(rf"[\"' ]{{0,3}}(?:[+\-]?[0-9]+(?:\.[0-9]+)?|/|-|{UNITS})?[\"' ]{{0,3}}")
_DIGIT = re.compile("[0-9]")
_THREE = re.compile("[0-9]{3}")
_QUOTE = re.compile(r"(?<=[|\n])\"|\"(?=[|\n])")
_FEWEST = 3
"""Rows between commas from which a table is a list of such rows."""
_SERIAL = re.compile(
    rf"(?:^|{ROW})[ \t|\"\u200b]{{0,6}}(?P<number>[0-9]{{1,3}})[ \t|\"\u200b{CELL}]{{1,8}}"
    rf"(?=\(?(?:[0-9]{{1,2}}[.、)])?[^\n{ROW}0-9]{{0,12}}[\u4e00-\u9fff])",
    re.M,
)
_FEWEST_SERIALS = 5
_NUMBER = rf"[0-9]+(?:\.[0-9]+)?(?:{UNITS})?"
_IS = re.compile(rf"(?<=[\u4e00-\u9fff])[为是](?={_NUMBER}[,。;\s]|{_NUMBER}$)")
_FIGURE = r"[0-9]+(?:\.[0-9]+)?"
_AND = re.compile(
    rf"(?<=[\u4e00-\u9fff:\u200b\s|])(?P<number>{_FIGURE}(?:{UNITS})(?=,[^\s,])|{_FIGURE}(?=,[^0-9\s,])),"
)


def plain_rows(masked: str, spans: Sequence[Span], one_column: Collection[str] = ()) -> str:
    """The masked text with the commas and row numbers of tables that are list files out of the way.

    `one_column` are the tables of one column, which are also written as sentences.
    """
    for span in spans:
        inside = masked[span.start : span.end]
        laid = _without_serials(_barred(_parted(inside) if span.table in one_column else inside))
        if laid != inside:
            masked = masked[: span.start] + laid + masked[span.end :]
    return masked


# --- sentences


def _parted(text: str) -> str:
    """Sentences of labels and numbers, `…数为12件，…数3件`, with each number a piece of its own."""
    return _AND.sub(r"\g<number>;", _IS.sub("\u200b", text))


# --- commas


def _barred(text: str) -> str:
    if _LISTED.search(text) is None:
        return text
    lines = text.split("\n")
    rows = [at for at, line in enumerate(lines) if _is_row(line)]
    numbered = sum(_DIGIT.search(line) is not None for line in lines)
    if not rows or len(rows) * 2 < numbered or (len(rows) < _FEWEST and max(map(_width, lines)) < _FEWEST):
        return text
    for at in rows:
        line = lines[at].replace(",", "|")
        lines[at] = _QUOTE.sub("\u200b", f"\n{line}\n")[1:-1]
    return "\n".join(lines)


def _width(line: str) -> int:
    return line.count(",") if _is_row(line) else 0


def _is_row(line: str) -> bool:
    """Whether a line is cells between commas, with or without a label; never a number in groups of three."""
    fields = line.split(",")
    cells = 0
    while cells < len(fields) and _CELL.fullmatch(fields[-1 - cells]):
        cells += 1
    numbers = [field.strip("\"' ") for field in fields[len(fields) - cells :] if _DIGIT.search(field)]
    if not numbers or len(fields) < 2:
        return False
    head = ",".join(fields[: len(fields) - cells])
    grouped = all(_THREE.fullmatch(number) for number in (numbers if head else numbers[1:]))
    if grouped and (not head or head.rstrip()[-1:].isdigit()):
        return False
    return not head or not head.rstrip("\"' ")[-1:].isdigit()


# --- numbered rows


def _without_serials(text: str) -> str:
    found = list(_serials(text))
    if len(found) < _FEWEST_SERIALS:
        return text
    parts, done = [], 0
    for start, end in found:
        parts += [text[done:start], "\u200b" * (end - start)]
        done = end
    return "".join((*parts, text[done:]))


def _serials(text: str) -> Iterator[tuple[int, int]]:
    """The numbers in front of all rows' labels, if each is one more than the one before; else none."""
    found = list(_SERIAL.finditer(text))
    numbers = [int(match["number"]) for match in found]
    if numbers and numbers == list(range(numbers[0], numbers[0] + len(numbers))):
        for match in found:
            yield match.span("number")
