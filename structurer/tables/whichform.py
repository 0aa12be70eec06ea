"""Which form a table follows: decided by its own headers and rows, never by the report's year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from structurer.tables.labels import Slot, Vocabulary
from structurer.tables.rows import Line

Chosen = Mapping[str, Slot]
"""Row → its slot, in the form's order."""

ByRow = Mapping[str, Sequence[Line]]


def choose(by_row: ByRow, vocabulary: Vocabulary) -> Chosen:
    """The slots of the form that explains the lines best; {} where nothing shows any form.

    Where the forms differ in their columns, every block of rows is decided by the header above it.
    """
    if vocabulary.same_columns:
        form = max(vocabulary.slots, key=lambda form: _explained(vocabulary.slots[form], by_row))
        slots = vocabulary.slots[form]
        header = next((found[0].before for row in slots if (found := by_row.get(row))), "")
        ordered = _in_order(header, next(iter(slots.values())), vocabulary)
        return slots if ordered else {row: slot._replace(sure=False) for row, slot in slots.items()}
    return _by_header(by_row, vocabulary)


def _explained(slots: Chosen, by_row: ByRow) -> tuple[int, int]:
    """Rows with cells that a form knows, less those it does not; then labels alone."""
    cells = sum(
        _fits(slots[row], found) if row in slots else _is_group(slots, found) for row, found in by_row.items()
    )
    return cells, sum(1 if row in slots else -1 for row in by_row)


def _fits(slot: Slot, found: Sequence[Line]) -> int:
    width = len(slot.places)
    return int(any(0 < len(line.tokens) <= width for line in found))


def _is_group(slots: Chosen, found: Sequence[Line]) -> int:
    """1 where the label is this form's group line with just its group's cells; -1 for any other cells."""
    printed = [len(line.tokens) for line in found if line.tokens]
    size = sum(len(slot.places) for slot in slots.values() if slot.group == found[0].label)
    return 1 if size in printed else -bool(printed)


def _by_header(by_row: ByRow, vocabulary: Vocabulary) -> Chosen:
    scores = _header_scores(by_row, vocabulary)
    best = {row: max(of_row, key=of_row.__getitem__) for row, of_row in scores.items()}
    shown = Counter(form for row, form in best.items() if scores[row][form] > 0)
    if not shown:
        return {}
    main = shown.most_common(1)[0][0]
    chosen: dict[str, Slot] = {}
    ordered: dict[int, bool] = {}
    for row in vocabulary.rows:
        headed = scores[row][best[row]] > 0
        slot = vocabulary.slots[best[row] if headed else main].get(row)
        if slot is not None:
            header = _header(row, slot.form, by_row, vocabulary)
            block = id(slot.columns)
            if block not in ordered:
                ordered[block] = _in_order(header, slot, vocabulary)
            sure = ordered[block] and (
                _whole(header, slot) if headed else _only_here(slot, by_row.get(row, ()), vocabulary)
            )
            chosen[row] = slot if sure else slot._replace(sure=False)
    return chosen


def _header_scores(by_row: ByRow, vocabulary: Vocabulary) -> dict[str, dict[str, int]]:
    """Row → form → how well its column labels explain the header printed above the row's block."""
    scores: dict[str, dict[str, int]] = {row: {} for row in vocabulary.rows}
    for form, blocks in vocabulary.blocks.items():
        for columns, rows in blocks:
            header = "".join(line.before for row in rows for line in by_row.get(row, ())[:1])
            score = _score(columns, header, vocabulary)
            for row in rows:
                scores[row][form] = score
    return scores


def _header(row: str, form: str, by_row: ByRow, vocabulary: Vocabulary) -> str:
    """The words printed above the block that holds a row."""
    slots = vocabulary.slots[form]
    block = [other.row for other in slots.values() if other.columns is slots[row].columns]
    return "".join(line.before for name in block for line in by_row.get(name, ())[:1])


def _whole(header: str, slot: Slot) -> bool:
    """Whether the header names every column of the slot, if only by its beginning."""
    return all(any(prefix in header for prefix in column) for column in slot.columns)


def _in_order(header: str, slot: Slot, vocabulary: Vocabulary) -> bool:
    """Whether the column labels stand in the form's order; a header that cannot tell does not deny it.

    The last column may stand anywhere behind the first: a total that spans two header rows is printed
    before the columns of the second.
    """
    printed = [label.key for label, _, _ in vocabulary.labels_in(header)]
    places = [next((at for at, text in enumerate(printed) if text in keys), -1) for keys in slot.labels]
    if -1 in places or len(places) < 2:
        return True
    return places[:-1] == sorted(places[:-1]) and places[-1] > places[0]


def _score(columns: Sequence[frozenset[str]], header: str, vocabulary: Vocabulary) -> int:
    printed = {prefix for prefix in vocabulary.prefixes if prefix in header}
    seen = sum(not column.isdisjoint(printed) for column in columns)
    foreign = printed.difference(*columns)
    return 2 * seen - len(columns) - len(foreign) if seen else 0


def _only_here(slot: Slot, found: Sequence[Line], vocabulary: Vocabulary) -> bool:
    """Without a header, the number of cells must fit this form's columns and no other's."""
    tokens = len(found[0].tokens) if found else 0
    fitting = [
        form
        for form, slots in vocabulary.slots.items()
        if slot.row in slots and len(slots[slot.row].places) == tokens
    ]
    return not tokens or fitting == [slot.form]
