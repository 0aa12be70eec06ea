"""Lines out of the cell stream: which label stands before which cells, in the form's order."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate, zip_longest
from typing import Any, NamedTuple

from structurer.tables.cells import Bar, Token, Word
from structurer.tables.labels import Label, Vocabulary

# Text in a cell that is no label: the unit beside a number, a sign without its number.
_UNIT_TEXT = re.compile(r"[条件次篇个人名万元份场期项数]{0,3}")
_CELL_TEXT = frozenset(
    {
        *"一二三四五六七八九十两零〇",
        "增",
        "减",
        "增减",
        "持平",
        "不变",
        "空",
        "未统计",
        "暂无",
        "无数据",
        "不详",
        "同上",
        "详见附件",
    }
)


@dataclass(slots=True)
class Line:
    """A label and the cells that follow it, up to the next label."""

    row: str
    """The row the label names; "" for a header, a group line, or words nobody knows."""
    label: str
    """The label's Chinese characters as printed."""
    start: int
    end: int
    atoms: list[Token | Bar] = field(default_factory=list)
    before: str = ""
    """The words printed between the last cell and the label: headers, group lines."""
    misplaced: bool = False
    """The label does not stand where the form's order wants it."""
    unknown: bool = False
    """The words before the cells are no label of this table."""
    after: str = ""
    """The words printed behind the line's cells, up to the next cell."""
    stray: bool = False
    """Digits among the words were not read as a number."""
    tokens: list[Token] = field(default_factory=list)
    """The printed cells, without visible empties."""
    unsure: bool = False
    """The number beside the label need not be the row's (see `onecolumn`)."""


@dataclass(slots=True)
class Run:
    """Words that no cell separates, each with the bars behind it; then the cells that follow."""

    words: list[Word]
    bars: list[list[Bar]]
    cells: list[Token | Bar]
    han: str = ""
    """The words' Chinese characters."""

    begins: list[int] = field(default_factory=list)
    """Where in `han` each word begins, once asked for."""

    def word_at(self, position: int) -> int:
        """The word that holds the character at a position of `han`."""
        if not self.begins:
            self.begins.extend(accumulate([len(word.han) for word in self.words[:-1]], initial=0))
        return bisect_right(self.begins, position) - 1


class Cut(NamedTuple):
    """A table's cell stream, cut where words begin."""

    runs: list[Run]
    barred: bool
    """Bars are among its cells."""


@dataclass(slots=True)
class _Match:
    label: Label
    start: int
    end: int
    rank: int | None = None
    misplaced: bool = False


def lines(cut: Cut, vocabulary: Vocabulary) -> list[Line]:
    """The table's lines in printing order; every cell of the stream is in exactly one of them.

    A label that names no row yet may still do so (see `recover`).
    """
    runs = cut.runs
    matches = _in_their_groups([_matches(run, vocabulary) for run in runs], vocabulary)
    _rank([match for of_run in matches for match in of_run if match.label.ranks])
    found: list[Line] = []
    before = ""
    begun = False
    for run, of_run in zip(runs, matches, strict=True):
        if found:
            found[-1].after = run.han
        if found and not of_run and _inside_row(run):
            _go_on(found[-1], run)
            continue
        begun = begun or any(match.rank is not None for match in of_run)
        before = _add_lines(found, run, of_run, before, begun, vocabulary)
    for line in found:
        line.tokens = [atom for atom in line.atoms if type(atom) is Token]
    return found


def cut(stream: Sequence[Any]) -> Cut:
    """The runs of a cell stream, in order."""
    kinds: list[type] = [*map(type, stream), Word]  # finding the next word in them is one quick call
    end = len(stream)
    at = kinds.index(Word)
    runs = [Run([], [], list(stream[:at]))] if at else []
    while at < end:
        words: list[Word] = []
        bars: list[list[Bar]] = []
        while at < end and kinds[at] is not Token:
            if kinds[at] is Word:
                words.append(stream[at])
                bars.append([])
            else:
                bars[-1].append(stream[at])
            at += 1
        cells = at
        at = kinds.index(Word, at)
        runs.append(Run(words, bars, list(stream[cells:at]), "".join([word.han for word in words])))
    return Cut(runs, Bar in kinds)


def _matches(run: Run, vocabulary: Vocabulary) -> list[_Match]:
    """The labels in a run; of a merged cell that is printed again and again the last copy."""
    found = vocabulary.labels_in(run.han)
    return [
        _Match(*place)
        for place, behind in zip_longest(found, found[1:])
        if behind is None or behind[0].key != place[0].key
    ]


def _in_their_groups(matches: list[list[_Match]], vocabulary: Vocabulary) -> list[list[_Match]]:
    """The labels without those of a group's later rows that stand behind nothing of the group.

    `其他` also names a column, and offices add a row of that name to other groups.
    """
    kept: list[list[_Match]] = []
    before = ""
    for of_run in matches:
        kept.append([])
        for match in of_run:
            key = match.label.key
            group = vocabulary.group_before.get(key)
            if not group or not before or before in group:
                kept[-1].append(match)
            if key in vocabulary.line_keys:
                before = key
    return kept


def _rank(matches: list[_Match]) -> None:
    """Give each row label its place in the form's order; a label that fits nowhere is misplaced."""
    last = -1
    for match in matches:
        if last < 0 and match.label.column:
            continue  # 其他 and 总计 name columns until the first row has begun
        match.rank = next((rank for rank in match.label.ranks if rank > last), None)
        if match.rank is None:
            break
        last = match.rank
    else:
        return
    beneath = False  # the labels of several rows that follow one out of place are its own, out of place too
    for match, rank in zip(matches, _longest_chain(matches), strict=True):
        match.rank = rank
        if match.label.column:
            continue
        beneath = rank is None or (beneath and len(match.label.ranks) > 1)
        if beneath and not match.label.group:
            match.rank, match.misplaced = match.label.ranks[0], True


def _longest_chain(matches: list[_Match]) -> list[int | None]:
    """The longest strictly ascending choice of ranks, the first of several; None for what it leaves out."""
    places: list[tuple[int, int, int]] = []
    """Match, rank, and the place before it in the longest chain that ends here (-1 where it begins)."""
    best = [(0, 1)] * (1 + max(rank for match in matches for rank in match.label.ranks))
    """Per rank the longest chain that ends there: its length, and its first last place, negated."""
    for index, match in enumerate(matches):
        ends = []
        for rank in match.label.ranks:
            length, before = max(best[:rank], default=(0, 1))
            ends.append((rank, (length + 1, -len(places))))
            places.append((index, rank, -before))
        for rank, end in ends:
            best[rank] = max(best[rank], end)
    chosen: list[int | None] = [None] * len(matches)
    at = -max(best)[1]
    while at >= 0:
        index, rank, at = places[at]
        chosen[index] = rank
    return chosen


def _inside_row(run: Run) -> bool:
    """A run that only interrupts a row: a unit beside a number, or words that stand in a cell.

    A lone enumerator begins a row whose label is printed elsewhere, so it does not interrupt one.
    """
    return may_go_on(run) and not any(len(word.han) < word.end - word.start for word in run.words)


def may_go_on(run: Run) -> bool:
    """Whether a run's Chinese characters are those of a unit, or of words that stand in a cell."""
    return _UNIT_TEXT.fullmatch(run.han) is not None or run.han in _CELL_TEXT


def _go_on(line: Line, run: Run) -> None:
    """Add a run's cells to the line before it; words that stand in a cell are a cell of text."""
    for word, bars in zip(run.words, run.bars, strict=True):
        if word.han in _CELL_TEXT:
            line.atoms.append(Token(word.start, word.end, "text"))
        line.atoms.extend(bars)
        line.stray |= word.stray
    line.atoms.extend(run.cells)


def _add_lines(
    found: list[Line], run: Run, matches: list[_Match], before: str, begun: bool, vocabulary: Vocabulary
) -> str:
    """Add a run's lines; returns the words that stand before the next run's label.

    `begun` tells whether any row's label has been printed so far: before, they name columns only.
    """
    text = run.han
    if len(matches) == len(run.words) == 1 and _is_whole(matches[0], text):
        found.append(_plain_line(run, matches[0], before, vocabulary))
        return ""
    position = 0
    ranked = [match for match in matches if match.rank is not None]
    for match, behind in zip_longest(ranked, ranked[1:]):
        if match is not None and match.rank is not None:
            first, last = run.word_at(match.start), run.word_at(match.end - 1)
            until = run.word_at(behind.start) if behind is not None else last
            found.append(
                Line(
                    row=vocabulary.rows[match.rank],
                    label=match.label.key,
                    start=run.words[first].start,
                    end=run.words[last].end,
                    atoms=list(run.bars[last]),
                    before=before + text[position : match.start],
                    misplaced=match.misplaced,
                    stray=any(word.stray for word in run.words[first : max(last + 1, until)]),
                )
            )
            before, position = "", match.end
    known = 0
    for match in matches:
        if match.rank is not None or match.label.group or not (begun and match.label.ranks):
            known = match.end
    rest = text[known:]
    if position and known == position and _UNIT_TEXT.fullmatch(rest):
        _finish(found[-1], run)
        return ""
    if not run.cells:
        return before + text[position:]
    found.append(
        Line(
            row="",
            label=rest,
            start=run.words[0].start if run.words else run.cells[0].start,
            end=run.words[-1].end if run.words else run.cells[0].start,
            atoms=[*(run.bars[-1] if run.bars else ()), *run.cells],
            before=before + text[position:known],
            unknown=bool(run.words) and not (matches and _UNIT_TEXT.fullmatch(rest)),
            stray=any(word.stray for word in run.words),
        )
    )
    return ""


def _is_whole(match: _Match, text: str) -> bool:
    """Whether a text is one row's label and nothing else."""
    return match.rank is not None and match.end - match.start == len(text)


def _plain_line(run: Run, match: _Match, before: str, vocabulary: Vocabulary) -> Line:
    """The line of a run whose one word is a row's label: what the long way makes of it, at once."""
    assert match.rank is not None, "see _is_whole"
    word = run.words[0]
    return Line(
        row=vocabulary.rows[match.rank],
        label=match.label.key,
        start=word.start,
        end=word.end,
        atoms=[*run.bars[0], *run.cells],
        before=before,
        misplaced=match.misplaced,
        stray=word.stray,
    )


def _finish(line: Line, run: Run) -> None:
    """Give the last label of a run the cells that follow the run."""
    for word, bars in zip(run.words, run.bars, strict=True):
        if word.start >= line.end:
            line.atoms.extend(bars)
            line.stray |= word.stray
    line.atoms.extend(run.cells)
