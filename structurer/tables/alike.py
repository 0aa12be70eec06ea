"""Tables laid out like one met before: the same words with as many cells between them mean the same rows.

Most reports print the official form word by word. Which row a number stands in depends on the words and on
how many numbers stand between them, never on the numbers; so a whole table that was placed once, cell by cell
in its rows, need not be placed again. Only such tables are remembered, and any other goes the long way.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
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
    """One line of a table: the run that holds it, and which of the run's words are its label."""

    run: int
    first: int
    last: int
    row: str
    label: str
    before: str
    filled: bool
    """It has the run's cells, as the last of the run's lines; others have none, as a group line."""


class _Layout(NamedTuple):
    form: str
    mixed: bool
    lines: tuple[_Known, ...]
    rows: tuple[tuple[int, str, tuple[Cell, ...], str], ...]
    """For each row of the form the line that holds it; its id, its places and its form."""


_LAYOUTS: dict[Vocabulary, dict[Key, _Layout]] = {}


def recall(cut: Cut, vocabulary: Vocabulary) -> tuple[list[Line], Placement] | None:
    """The lines and rows of a table like one that was remembered, else None."""
    layout = _LAYOUTS.get(vocabulary, {}).get(_key(cut))
    if layout is None:
        return None
    runs = cut.runs
    found: list[Line] = []
    for run, first, last, row, label, before, filled in layout.lines:
        words = runs[run].words
        line = Line(row, label, words[first].start, words[last].end, [], before)
        if filled:
            line.atoms = runs[run].cells
            line.tokens = runs[run].cells  # type: ignore[assignment]  # a table with bars has no key
            line.after = runs[run + 1].han if run + 1 < len(runs) else ""
        found.append(line)
    rows = tuple(
        [
            PlacedRow(row, places, form, "exact", tuple(found[line].tokens), (), found[line])
            for line, row, places, form in layout.rows
        ]
    )
    return found, Placement(layout.form, rows, (), layout.mixed)


def remember(cut: Cut, found: Sequence[Line], placement: Placement, vocabulary: Vocabulary) -> None:
    """Keep how a table was laid out, if every cell of it stands in its place and nothing else is there."""
    key, rows = _key(cut), placement.rows
    if not key or placement.unplaced or not all(_in_place(row) for row in rows):
        return
    if any(may_go_on(run) or len(run.han) > LONGEST for run in cut.runs):
        return
    lines = _lines(cut.runs, found)
    filled = [run for run, line in enumerate(cut.runs) if line.cells]
    if filled != [line.run for line in lines if line.filled] or len(filled) != len(rows):
        return
    at = {id(line): number for number, line in enumerate(found)}
    layouts = _LAYOUTS.setdefault(vocabulary, {})
    if len(layouts) >= _MOST:
        layouts.clear()
    layouts[key] = _Layout(
        placement.form,
        placement.mixed,
        tuple(lines),
        tuple((at[id(row.line)], row.row, row.places, row.form) for row in rows),
    )


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


def _lines(runs: Sequence[Run], found: Sequence[Line]) -> list[_Known]:
    """Where each line stands; [] if some line is not made of its run's words and cells alone."""
    begins = {word.start: (run, at) for run, one in enumerate(runs) for at, word in enumerate(one.words)}
    ends = {word.end: (run, at) for run, one in enumerate(runs) for at, word in enumerate(one.words)}
    known = []
    for line, behind in zip_longest(found, found[1:]):
        run, first = begins.get(line.start, (-1, 0))
        last_of_run = behind is None or begins.get(behind.start, (-1, 0))[0] != run
        if run < 0 or not line.row or line.unknown or line.misplaced:
            return []
        if line.atoms != (runs[run].cells if last_of_run else []):
            return []
        last = ends[line.end][1]
        known.append(_Known(run, first, last, line.row, line.label, line.before, last_of_run))
    return known
