"""What shows that a number beside a row's label is not, for certain, the one figure of that row.

A table of one column is printed in more ways than any other: with last year's column or its subordinate
bodies' beside its own, as sentences that say of when they speak, with units that multiply. The sums that bind
it are few, so whatever makes a row doubtful leaves that row open.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from structurer.document import CELL, ROW
from structurer.tables.cells import Token, han
from structurer.tables.labels import Vocabulary
from structurer.tables.rows import Line

_FEWEST, _SHARE = 2, 8
"""So many rows with several numbers, one in so many of the rows with any: the page prints more columns."""
_PIECE_BEGINS = re.compile(rf"[\s|{CELL}{ROW}。;]")
_SENTENCE_ENDS = re.compile(rf"[。;|{CELL}{ROW}]|(?<![,、])\n")
_LEAD = re.compile(
    "其中|全年|本年度?|今年|当年|合计|分别|同时|以及|[共和及与另]|我[局委办厅]|[一二三四五六七八九十]{1,3}"
)
"""What may stand before a label in its sentence: the figure is the year's and the office's all the same."""
_ROUND = re.compile("余|多|左右|以上|以内|以下|上下|不足|不到|不止")
"""Words behind a number, parted from it by a space at most, that make it no exact one."""
_MULTIPLE = re.compile(rf"(?<=[\s|(,/:0-9{CELL}])(?:百万|[十百千万亿])(?=[件条次篇个人名份项期场])")
"""A unit that multiplies: 万条. The number beside it is not how many there are."""
_NUMBER_AHEAD = re.compile(
    rf"(?:^|[\s|{CELL}{ROW}])[0-9][0-9.,]*[\s|{CELL}]+(?:[^\s0-9]{{1,2}}[\s|{CELL}]+)?\S{{0,4}}$"
)
"""A number and perhaps its unit right before the first label."""
_LINE_ENDS = re.compile(rf"[\n{ROW}]")
_DIGIT = re.compile("[0-9]")
_WRAPPED = re.compile("[,、]\n")
_LONGEST_LEAD = 80
_SHORT = 3
"""Characters of the words that name a column; a longer label ahead of the first one is a heading."""


def lead_in(masked: str, start: int, vocabulary: Vocabulary) -> bool:
    """Whether words of a sentence stand before the first label, which is at `start`: 累计主动公开…."""
    begin = _piece(masked, max(0, start - _LONGEST_LEAD), start)
    while _WRAPPED.match(masked, begin - 2):
        begin = _piece(masked, max(0, begin - _LONGEST_LEAD), begin - 1)
    before = han(masked[begin:start])
    headings = [end for label, _, end in vocabulary.labels_in(before) if len(label.key) > _SHORT]
    return bool(_LEAD.sub("", before[max(headings, default=0) :]))


def mark_unsure(
    found: Sequence[Line], folded: str, masked: str, vocabulary: Vocabulary, start: int, *, led: bool
) -> None:
    """Mark (in place) the lines of a one-column table whose number need not be the row's.

    What a sentence tells of other years or bodies is no row of the table at all.
    The first label is at `start`; `led` says that it stands behind words of its sentence (see `lead_in`).
    """
    for line in list(_in_sentences(found, folded, masked, vocabulary, led)):
        line.row, line.unknown = "", True
    named = [line for line in found if line.row]
    unsure = [*_beside_other_columns(named), *_shifted(found, vocabulary), *looked_at(named, folded)]
    unsure += [*_elsewhere(named, folded), *_together(named), *_unread(named, masked)]
    if named and not named[-1].tokens and _NUMBER_AHEAD.search(masked[max(0, start - _LONGEST_LEAD) : start]):
        unsure += named  # each number stands before its label
    for line in unsure:
        line.unsure = True


def _beside_other_columns(named: Sequence[Line]) -> Iterator[Line]:
    """Where other rows print several numbers, the rows with fewer: nobody sees which column they fill.

    As many numbers as labels stand one behind the other may be one for each of them.
    """
    filled = [line for line in named if line.tokens]
    several, stacked = [], 0
    for line in named:
        stacked += 1
        if line.tokens:
            several += [line] if len(line.tokens) not in (1, stacked) else []
            stacked = 0
    if len(several) < _FEWEST or len(several) * _SHARE < len(filled):
        return
    columns = max(len(line.tokens) for line in several)
    barred = any(not isinstance(atom, Token) for line in filled for atom in line.atoms)
    for line in filled:
        alike = len({token[2:] for token in line.tokens}) == 1
        if len(line.tokens) < columns or not alike or (barred and _share_a_cell(line)):
            yield line
        else:
            line.tokens = line.tokens[:1]  # the same in all columns
            line.atoms = [*line.tokens]


def _elsewhere(named: Sequence[Line], folded: str) -> Sequence[Line]:
    """Rows whose number stands in another cell than that of most rows: a remark, last year's.

    Where that is not so rare, it is not known which of the cells is the column's, and all rows are meant.
    """
    alone = [line for line in named if len(line.tokens) == 1 < len(line.atoms)]
    places = [_place(line, folded) for line in alone]
    usual = [Counter(place[side] for place in places).most_common(1) for side in (0, 1)]
    apart = [
        line
        for line, place in zip(alone, places, strict=True)
        if all(side != common[0][0] for side, common in zip(place, usual, strict=True))
    ]
    return alone if len(apart) >= _FEWEST and len(apart) * _SHARE >= len(alone) else apart


def _place(line: Line, folded: str) -> tuple[int, int]:
    """How many borders part the number from its label, and from where its row begins on the page."""
    at = line.tokens[0].start
    begin = max(folded.rfind("\n", 0, at), folded.rfind(ROW, 0, at)) + 1
    across = folded.count("|", begin, at) + folded.count(CELL, begin, at)
    return next(index for index, atom in enumerate(line.atoms) if isinstance(atom, Token)), across


def _together(named: Sequence[Line]) -> Iterator[Line]:
    """Rows with several numbers in one cell, unless most print the numbers of several labels at once."""
    filled = [line for line in named if line.tokens]
    several = [line for line in filled if len(line.tokens) > 1]
    if len(several) * 2 < len(filled):
        for line in several:
            if _share_a_cell(line):
                yield line


def _by_itself(named: Sequence[Line], folded: str) -> Sequence[Line]:
    """Rows whose number is a line by itself where few are: a page's."""
    filled = [line for line in named if line.tokens]
    alone = [line for line in filled if _is_line(line.tokens[0].start, line.tokens[-1].end, folded)]
    return alone if len(alone) * _SHARE <= len(filled) else ()


def _is_line(start: int, end: int, folded: str) -> bool:
    return folded[start - 1] == "\n" and folded[end : end + 1] in ("\n", "")


def _unread(named: Sequence[Line], masked: str) -> Iterator[Line]:
    """Rows without a number on whose line digits stand that were not read as one: 28."""
    for line, behind in pairwise([*named, None]):
        if line is None or line.tokens:
            continue
        stop = _LINE_ENDS.search(masked, line.end)
        end = stop.start() if stop else len(masked)
        if (behind is None or end <= behind.start) and _DIGIT.search(masked, line.end, end):
            yield line


def _share_a_cell(line: Line) -> bool:
    """Whether no border parts two of a line's numbers."""
    return any(isinstance(one, Token) and isinstance(two, Token) for one, two in pairwise(line.atoms))


def _shifted(found: Sequence[Line], vocabulary: Vocabulary) -> Sequence[Line]:
    """All rows, where a line above others prints a number and a row prints none: they may have slipped."""
    named = [line for line in found if line.row]
    heads = any(line.tokens and _is_heading(line, vocabulary) for line in found)
    return named if heads and not all(line.tokens for line in named) else ()


def _is_heading(line: Line, vocabulary: Vocabulary) -> bool:
    """Whether a line has a label that names no row."""
    labels = () if line.row or line.unknown else vocabulary.labels_in(line.before)
    return bool(labels) and not labels[-1][0].ranks


def _in_sentences(
    found: Sequence[Line], folded: str, masked: str, vocabulary: Vocabulary, led: bool
) -> Iterator[Line]:
    """Rows told in a sentence that says more than labels: of another year, of others, of a plan."""
    last = None
    for line in found:
        if not line.row or not line.tokens:
            continue
        at = line.tokens[0].start
        goes_on = last is None or not _SENTENCE_ENDS.search(folded, last, line.start)
        led = (led and goes_on) or _says_more(masked[_piece(masked, line.start, at) : at], vocabulary)
        if led:
            yield line
        last = line.tokens[-1].end


def _piece(masked: str, low: int, at: int) -> int:
    """Where the piece of text begins that goes up to `at`, not before `low`."""
    while at > low and not _PIECE_BEGINS.match(masked, at - 1):
        at -= 1
    return at


def _says_more(text: str, vocabulary: Vocabulary) -> bool:
    """Whether text says more than labels do, before the last of them."""
    words = han(text)
    done = 0
    for _, start, end in vocabulary.labels_in(words):
        if _LEAD.sub("", words[done:start]):
            return True
        done = end
    return False


def looked_at(lines: Sequence[Line], folded: str) -> list[Line]:
    """The lines that are unsure by what no label shows: a number rounded, multiplied, or a page's."""
    inexact = (line for line in lines if line.tokens and _is_inexact(line, folded))
    return [*inexact, *_by_itself(lines, folded)]


def _is_inexact(line: Line, folded: str) -> bool:
    first, last = line.tokens[0].start, line.tokens[-1].end
    behind = last + (folded[last : last + 1] == " ")
    if _ROUND.match(folded, behind) or _MULTIPLE.match(folded, behind):
        return True
    return _MULTIPLE.search(folded, line.start, first) is not None
