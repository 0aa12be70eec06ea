"""Which form a table follows: decided by its own headers and rows, never by the report's year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from structurer.tables.headers import Header, header
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
        words = next((found[0].before for row in slots if (found := by_row.get(row))), "")
        above = header(words, form, 0, vocabulary)
        if above.in_order and not above.further and not above.remarks:
            return slots
        sure = above.in_order and not above.further
        return {row: slot._replace(sure=sure, full=above.remarks) for row, slot in slots.items()}
    return _by_header(by_row, vocabulary)


def _explained(slots: Chosen, by_row: ByRow) -> tuple[int, int]:
    """Rows with cells that a form knows, less those it does not; then labels alone."""
    cells = known = 0
    for row, found in by_row.items():
        slot = slots.get(row)
        if slot is None:
            cells += _is_group(slots, found)
            continue
        known += 1
        width = len(slot.places)
        for line in found:
            if 0 < len(line.tokens) <= width:
                cells += 1
                break
    return cells, 2 * known - len(by_row)


def _is_group(slots: Chosen, found: Sequence[Line]) -> int:
    """1 where the label is this form's group line with just its group's cells; -1 for any other cells."""
    printed = [len(line.tokens) for line in found if line.tokens]
    size = sum(len(slot.places) for slot in slots.values() if slot.group == found[0].label)
    return 1 if size in printed else -bool(printed)


def _by_header(by_row: ByRow, vocabulary: Vocabulary) -> Chosen:
    headers = {form: _headers(form, by_row, vocabulary) for form in vocabulary.blocks}
    best = {row: _best(row, headers) for row in vocabulary.rows}
    shown = Counter(form for row, form in best.items() if headers[form][row].score > 0)
    if not shown:
        return {}
    main = shown.most_common(1)[0][0]
    chosen: dict[str, Slot] = {}
    for row, form in best.items():
        headed = headers[form][row].score > 0
        slot = vocabulary.slots[form if headed else main].get(row)
        if slot is not None:
            above = headers[slot.form][row]
            named = above.whole if headed else _only_here(slot, by_row.get(row, ()), vocabulary)
            sure = above.in_order and named and not above.further
            chosen[row] = slot if sure and not above.remarks else slot._replace(sure=sure, full=above.remarks)
    return chosen


def _headers(form: str, by_row: ByRow, vocabulary: Vocabulary) -> Mapping[str, Header]:
    """Row → what the words above its block say of this form's columns."""
    found: dict[str, Header] = {}
    for block, rows in enumerate(vocabulary.blocks[form]):
        printed = [line.before for row in rows for line in by_row.get(row, ())[:1] if line.before]
        above = header("".join(printed), form, block, vocabulary)
        if len(printed) > 1:  # behind the first row it is no header that stands there
            first = header(printed[0], form, block, vocabulary)
            above = above._replace(further=first.further, remarks=first.remarks)
        found.update(dict.fromkeys(rows, above))
    return found


def _best(row: str, headers: Mapping[str, Mapping[str, Header]]) -> str:
    """The form whose columns explain best what stands above the row."""
    return max((form for form in headers if row in headers[form]), key=lambda form: headers[form][row].score)


def _only_here(slot: Slot, found: Sequence[Line], vocabulary: Vocabulary) -> bool:
    """Without a header, the number of cells must fit this form's columns and no other's."""
    tokens = len(found[0].tokens) if found else 0
    fitting = [
        form
        for form, slots in vocabulary.slots.items()
        if slot.row in slots and len(slots[slot.row].places) == tokens
    ]
    return not tokens or fitting == [slot.form]
