"""Tables laid out like one met before: the same words with as many cells between them mean the same rows.

Most reports print the official form word by word. Which row a number stands in depends on the words and on
how many numbers stand between them, never on the numbers; so a whole table that was placed once, cell by cell
in its rows, need not be placed again. Only such tables are remembered, and any other goes the long way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from structurer.forms import Cell
from structurer.tables.cells import LONGEST
from structurer.tables.labels import Vocabulary
from structurer.tables.place import PlacedRow, Placement
from structurer.tables.rows import Cut, Line, Run, may_go_on

_MOST = 1_000
"""Layouts remembered for one table; past them all are forgotten, for then the tables met are not alike."""
_RUNS = 200
"""Runs of the longest table that is remembered: no form has as many rows."""

Key = tuple[str | int, ...]


class _Known(NamedTuple):
    """What one run of words and cells is: its row, and which of its words are the row's label."""

    row: str
    label: str
    first: int
    last: int
    before: str
    places: tuple[Cell, ...]
    form: str


class _Layout(NamedTuple):
    form: str
    mixed: bool
    runs: tuple[_Known, ...]
    order: tuple[int, ...]
    """For each row of the form the run that holds it."""


_LAYOUTS: dict[Vocabulary, dict[Key, _Layout]] = {}


def recall(cut: Cut, vocabulary: Vocabulary) -> tuple[list[Line], Placement] | None:
    """The lines and rows of a table like one that was remembered, else None."""
    layout = _LAYOUTS.get(vocabulary, {}).get(_key(cut))
    if layout is None:
        return None
    found: list[Line] = []
    for run, known in zip(cut.runs, layout.runs, strict=False):
        words, cells = run.words, run.cells
        start, end = words[known.first].start, words[known.last].end
        found.append(Line(known.row, known.label, start, end, cells, known.before, tokens=cells))  # type: ignore[arg-type]
    for line, behind in zip(found, cut.runs[1:], strict=False):
        line.after = behind.han
    rows = []
    for at in layout.order:
        known, line = layout.runs[at], found[at]
        rows.append(PlacedRow(known.row, known.places, known.form, "exact", tuple(line.tokens), (), line))
    return found, Placement(layout.form, tuple(rows), (), layout.mixed)


def remember(cut: Cut, found: Sequence[Line], placement: Placement, vocabulary: Vocabulary) -> None:
    """Keep how a table was laid out, if every cell of it stands in its place and nothing else is there."""
    key, rows = _key(cut), placement.rows
    filled = [run for run in cut.runs if run.cells]
    if not key or placement.unplaced or not len(filled) == len(found) == len(rows):
        return
    if filled != cut.runs[: len(filled)] or any(may_go_on(run) for run in cut.runs):
        return
    if not all(_in_place(row) for row in rows) or any(len(run.han) > LONGEST for run in cut.runs):
        return
    at = {id(line): number for number, line in enumerate(found)}
    order = tuple(at[id(row.line)] for row in rows)
    row_of = dict(zip(order, rows, strict=True))
    known = tuple(
        _known(run, line, row_of[number])
        for number, (run, line) in enumerate(zip(filled, found, strict=True))
    )
    layouts = _LAYOUTS.setdefault(vocabulary, {})
    if len(layouts) >= _MOST:
        layouts.clear()
    layouts[key] = _Layout(placement.form, placement.mixed, known, order)


def _key(cut: Cut) -> Key:
    """The words of each run and the number of its cells; () where more than that counts."""
    if cut.barred or len(cut.runs) > _RUNS:
        return ()
    key: list[str | int] = []
    for run in cut.runs:
        for word in run.words:
            if word.stray:
                return ()
            key.append(word.han)
        key.append(len(run.cells))
    return tuple(key)


def _in_place(row: PlacedRow) -> bool:
    line = row.line
    return row.layout == "exact" and line is not None and row.cells == tuple(line.tokens)


def _known(run: Run, line: Line, row: PlacedRow) -> _Known:
    first = next(at for at, word in enumerate(run.words) if word.start == line.start)
    last = next(at for at, word in enumerate(run.words) if word.end == line.end)
    return _Known(row.row, line.label, first, last, line.before, row.places, row.form)
