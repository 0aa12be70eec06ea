"""Lines out of the cell stream: which label stands before which cells, in the form's order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from rapidfuzz.distance import Levenshtein

from structurer.tables.cells import Atom, Bar, Token, Word
from structurer.tables.labels import Vocabulary

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
_NUMERALS = "一二三四五六七八九十"


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

    def has_cells(self) -> bool:
        """Whether any cell is printed behind the label."""
        return any(isinstance(atom, Token) for atom in self.atoms)


@dataclass(slots=True)
class _Run:
    """Words that no cell separates, each with the bars behind it; then the cells that follow."""

    words: list[Word]
    bars: list[list[Bar]]
    cells: list[Token | Bar]

    @property
    def han(self) -> str:
        return "".join(word.han for word in self.words)

    def word_at(self, position: int) -> int:
        for index, word in enumerate(self.words):
            if position < len(word.han):
                return index
            position -= len(word.han)
        return len(self.words) - 1


@dataclass(slots=True)
class _Match:
    key: str
    run: int
    start: int
    end: int
    ranks: tuple[int, ...]
    also_column: bool
    also_group: bool
    rank: int | None = None
    misplaced: bool = False


def lines(stream: Sequence[Atom], vocabulary: Vocabulary) -> list[Line]:
    """The table's lines in printing order; every cell of the stream is in exactly one of them."""
    runs = _runs(stream)
    matches = [_matches(run, index, vocabulary) for index, run in enumerate(runs)]
    _rank([match for of_run in matches for match in of_run])
    found: list[Line] = []
    before = ""
    for run, of_run in zip(runs, matches, strict=True):
        if found:
            found[-1].after = run.han
        if found and not of_run and _inside_row(run):
            _go_on(found[-1], run)
        else:
            before = _add_lines(found, run, of_run, before, vocabulary)
    _recover(found, vocabulary)
    for line in found:
        line.tokens = [atom for atom in line.atoms if isinstance(atom, Token)]
    return found


def _runs(stream: Iterable[Atom]) -> list[_Run]:
    runs = [_Run([], [], [])]
    for atom in stream:
        run = runs[-1]
        if isinstance(atom, Word):
            if run.cells:
                run = _Run([], [], [])
                runs.append(run)
            run.words.append(atom)
            run.bars.append([])
        elif isinstance(atom, Bar) and run.words and not run.cells:
            run.bars[-1].append(atom)
        else:
            run.cells.append(atom)
    return runs


def _matches(run: _Run, index: int, vocabulary: Vocabulary) -> list[_Match]:
    """The labels in a run; of a merged cell that is printed again and again the last copy."""
    found = [
        _Match(
            key := match[0],
            index,
            match.start(),
            match.end(),
            tuple(sorted(vocabulary.rank[row] for row in vocabulary.row_keys.get(key, ()))),
            key in vocabulary.columns,
            key in vocabulary.groups,
        )
        for match in vocabulary.pattern.finditer(run.han)
    ]
    return [one for one, behind in zip_longest(found, found[1:]) if behind is None or behind.key != one.key]


def _rank(matches: list[_Match]) -> None:
    """Give each row label its place in the form's order; a label that fits nowhere is misplaced."""
    candidates = [match for match in matches if match.ranks]
    last = -1
    for match in candidates:
        if last < 0 and match.also_column:
            continue  # 其他 and 总计 name columns until the first row has begun
        match.rank = next((rank for rank in match.ranks if rank > last), None)
        if match.rank is None:
            break
        last = match.rank
    else:
        return
    for match, rank in zip(candidates, _longest_chain(candidates), strict=True):
        match.rank = rank
        if rank is None and not match.also_column and not match.also_group:
            match.rank, match.misplaced = match.ranks[0], True


def _longest_chain(matches: list[_Match]) -> list[int | None]:
    """The longest strictly ascending choice of ranks; None for a match that it leaves out."""
    nodes = [(index, rank) for index, match in enumerate(matches) for rank in match.ranks]
    length = [1] * len(nodes)
    previous = [-1] * len(nodes)
    for at, (index, rank) in enumerate(nodes):
        for earlier in range(at):
            if nodes[earlier][0] < index and nodes[earlier][1] < rank and length[earlier] >= length[at]:
                length[at], previous[at] = length[earlier] + 1, earlier
    chosen: list[int | None] = [None] * len(matches)
    at = max(range(len(nodes)), key=length.__getitem__, default=-1)
    while at >= 0:
        chosen[nodes[at][0]] = nodes[at][1]
        at = previous[at]
    return chosen


def _inside_row(run: _Run) -> bool:
    """A run that only interrupts a row: a unit beside a number, or words that stand in a cell.

    A lone enumerator begins a row whose label is printed elsewhere, so it does not interrupt one.
    """
    if any(len(word.han) < word.end - word.start for word in run.words):
        return False
    return _UNIT_TEXT.fullmatch(run.han) is not None or run.han in _CELL_TEXT


def _go_on(line: Line, run: _Run) -> None:
    """Add a run's cells to the line before it; words that stand in a cell are a cell of text."""
    for word, bars in zip(run.words, run.bars, strict=True):
        if word.han in _CELL_TEXT:
            line.atoms.append(Token(word.start, word.end, "text"))
        line.atoms.extend(bars)
        line.stray |= word.stray
    line.atoms.extend(run.cells)


def _add_lines(
    found: list[Line], run: _Run, matches: list[_Match], before: str, vocabulary: Vocabulary
) -> str:
    """Add a run's lines; returns the words that stand before the next run's label."""
    text = run.han
    position = 0
    ranked = [match for match in matches if match.rank is not None]
    for match, behind in zip_longest(ranked, ranked[1:]):
        if match is not None and match.rank is not None:
            first, last = run.word_at(match.start), run.word_at(match.end - 1)
            until = run.word_at(behind.start) if behind is not None else last
            found.append(
                Line(
                    row=vocabulary.rows[match.rank],
                    label=match.key,
                    start=run.words[first].start,
                    end=run.words[last].end,
                    atoms=list(run.bars[last]),
                    before=before + text[position : match.start],
                    misplaced=match.misplaced,
                    stray=any(word.stray for word in run.words[first : max(last + 1, until)]),
                )
            )
            before, position = "", match.end
    begun = any(line.row for line in found)
    known = max(
        (m.end for m in matches if m.rank is not None or m.also_group or not (begun and m.ranks)), default=0
    )
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
            unknown=bool(run.words) and not (matches and known == len(text)),
            stray=any(word.stray for word in run.words),
        )
    )
    return ""


def _finish(line: Line, run: _Run) -> None:
    """Give the last label of a run the cells that follow the run."""
    for word, bars in zip(run.words, run.bars, strict=True):
        if word.start >= line.end:
            line.atoms.extend(bars)
            line.stray |= word.stray
    line.atoms.extend(run.cells)


def _recover(found: list[Line], vocabulary: Vocabulary) -> None:
    """Name lines whose label is torn around its cells, or mistyped, among the rows that may stand there."""
    for index, line in enumerate(found):
        if line.unknown and not _rejoin(found, index, vocabulary):
            rows = _between(found, index, vocabulary)
            torn = [row for row in rows if _torn(line.label, line.after, vocabulary.texts_of(row))]
            row = torn[0] if len(torn) == 1 else _likeliest(line.label, vocabulary, rows)
            if row is not None:
                line.row, line.unknown = row, False


def _rejoin(found: list[Line], index: int, vocabulary: Vocabulary) -> bool:
    """Give the cells to the label just before or behind them where it is torn around them."""
    line = found[index]
    for at, text in ((index - 1, found[index - 1].label + line.label), (index + 1, line.label)):
        other = found[at] if 0 <= at < len(found) else None
        if other is None or not other.row or other.has_cells():
            continue
        behind = at > index and not line.label and line.after.startswith(other.label)
        if behind or _torn(text, line.after, vocabulary.texts_of(other.row)):
            other.atoms, line.atoms, line.unknown = line.atoms, [], False
            return True
    return False


def _between(found: list[Line], index: int, vocabulary: Vocabulary) -> Sequence[str]:
    """The rows of the form between the labels before and behind a line."""
    ranks = [vocabulary.rank[other.row] for other in found[:index] if other.row and not other.misplaced]
    later = [vocabulary.rank[other.row] for other in found[index + 1 :] if other.row and not other.misplaced]
    return vocabulary.rows[max(ranks, default=-1) + 1 : min(later, default=len(vocabulary.rows))]


def _torn(text: str, after: str, labels: Sequence[str]) -> bool:
    """Whether a label begins where `text` ends and goes on, whole, in `after`."""
    return any(
        text.endswith(label[:cut]) and after.startswith(label[cut:])
        for label in labels
        for cut in range(1, len(label))
    )


def _likeliest(text: str, vocabulary: Vocabulary, rows: Sequence[str]) -> str | None:
    text = text.lstrip(_NUMERALS)
    scores = sorted(((_likeness(text, vocabulary.keys_of(row)), row) for row in rows), reverse=True)
    if not scores or scores[0][0] < 0.75 or (len(scores) > 1 and scores[1][0] > scores[0][0] - 0.15):
        return None
    return scores[0][1]


def _likeness(text: str, keys: Sequence[str]) -> float:
    """From 0 to 1; the beginning of a label is as good as the whole from four characters on."""
    if len(text) >= 4 and any(key.startswith(text) for key in keys):
        return 1.0
    return max(Levenshtein.normalized_similarity(text, key) for key in keys) if len(text) >= 3 else 0.0
