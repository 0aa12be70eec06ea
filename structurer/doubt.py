"""Values that a machine's eyes read: what the hard edits confirm is kept, the rest waits for a person.

A digit that was misread breaks a sum, unless the same digit was misread everywhere: then all sums may
still add up. So a value is confirmed only if its sums hold, and some sum would break with any of its
digits taken for a similar one wherever it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from structurer.document import Document
from structurer.forms import Edit, Forms, Severity
from structurer.observation import Finding, Observation, Value, opened
from structurer.tables import TableReading

METHOD = "ocr"
SIMILAR: Mapping[str, str] = {
    "0": "68", "1": "74", "2": "7", "3": "85", "4": "19",
    "5": "63", "6": "058", "7": "12", "8": "036", "9": "04",
}  # fmt: skip
"""Digit as read → digits it may be."""
_MOST_CANDIDATES = 5
_SURE = 0.9
"""Confidence from which one sum alone confirms a value."""


def doubt_tables(
    observations: Sequence[Observation], tables: Sequence[TableReading], document: Document, forms: Forms
) -> list[Observation]:
    """The cells of tables; those of a table that was read by OCR accepted only where sums prove them."""
    doubted: dict[str, _Sums] = {}
    known = {found.indicator: found for found in observations}
    for table in tables:
        if table.info.form is not None and _overlaps(document, table.start, table.end):
            cells = {key: known[key] for one in table.observations if (key := one.indicator) in known}
            edits = forms.tables[table.table][table.info.form].edits
            values = {key: _as_meant(found) for key, found in cells.items()}
            doubted.update(dict.fromkeys(cells, _Sums([edit for edit in edits if _binds(edit)], values)))
    return [
        _doubt(found, doubted[found.indicator]) if found.indicator in doubted else found
        for found in observations
    ]


def doubt_statements(observations: Sequence[Observation], document: Document) -> list[Observation]:
    """Statements of prose and metadata; one that OCR read is accepted only where it is printed twice.

    A model that agrees confirms nothing here: it was given the same text.
    """
    return [_unconfirmed(found) if _was_recognised(found, document) else found for found in observations]


def waiting(observations: Sequence[Observation]) -> Iterator[Finding]:
    """A finding that says how many values read by OCR wait for a person; none where there are none."""
    read = [found for found in observations if METHOD in found.methods]
    if read:
        left = tuple(found.indicator for found in read if not found.accepted)
        message = f"read by OCR, digits may be wrong: {len(left)} of {len(read)} values wait for a person"
        severity: Severity = "warning" if left else "info"
        yield Finding(rule="document.ocr", severity=severity, message=message, indicators=left)


def _overlaps(document: Document, start: int, end: int) -> bool:
    return any(span.start < end and start < span.end for span in document.recognised)


def _was_recognised(found: Observation, document: Document) -> bool:
    if any(one.confidence is not None for one in found.evidence):
        return True
    return document.offsets is None and any(_overlaps(document, one.start, one.end) for one in found.evidence)


def _binds(edit: Edit) -> bool:
    return edit.rule.severity == "error" and edit.rule.relation == "equal"


def _whole(found: Observation) -> int | None:
    return found.value if isinstance(found.value, int) else None


def _as_meant(found: Observation) -> int | None:
    """A cell's number; for one misread digit that alone explains several broken sums, the right number.

    The cell itself waits for a person; the others are judged by the sums as they were printed.
    """
    if found.status == "disputed" and len(found.candidates) == 1 and len(found.rules) > 1:
        meant = found.candidates[0]
        return meant if isinstance(meant, int) and meant in _similar(found.value) else _whole(found)
    return _whole(found)


class _Sums:
    """The hard edits of one table, all of whose values are known, over its cells as read."""

    def __init__(self, edits: Sequence[Edit], values: Mapping[str, int | None]) -> None:
        self.values = {key: value for key, value in values.items() if value is not None}
        self._of: dict[str, list[Edit]] = {}
        self._held: dict[tuple[str, str, str], bool] = {}
        for edit in edits:
            keys = (*edit.left, *edit.right)
            if all(key in self.values for key in keys):
                for key in keys:
                    self._of.setdefault(key, []).append(edit)

    def of(self, indicator: str) -> list[Edit]:
        """The sums over a cell."""
        return self._of.get(indicator, [])

    def hold(self, edits: Sequence[Edit], values: Mapping[str, int]) -> bool:
        """Whether all of some sums hold with these values."""
        return all(_total(edit.left, values) == _total(edit.right, values) for edit in edits)

    def with_value(self, indicator: str, value: Value) -> bool:
        """Whether the cell's sums hold with another value in it."""
        edits = self.of(indicator)
        if not edits or not isinstance(value, int):
            return False
        return self.hold(edits, {**self.values, indicator: value})

    def told_apart(self, indicator: str) -> bool:
        """Whether some sum would break if any of the cell's digits were misread wherever it stands.

        Looked at are the cells that hold the digit and that sums connect with this one.
        """
        digits = set(str(self.values[indicator]))
        return not any(self._holds_with(indicator, d, other) for d in digits for other in SIMILAR.get(d, ""))

    def _holds_with(self, indicator: str, digit: str, other: str) -> bool:
        known = self._held.get((indicator, digit, other))
        if known is not None:
            return known
        connected = self._connected(indicator, digit)
        changed = {key: int(str(self.values[key]).replace(digit, other)) for key in connected}
        edits = [edit for key in connected for edit in self.of(key)]
        holds = self.hold(edits, {**self.values, **changed})
        self._held.update(dict.fromkeys(((key, digit, other) for key in connected), holds))
        return holds

    def _connected(self, indicator: str, digit: str) -> set[str]:
        """The cells with a digit that sums connect, over such cells, with one of them."""
        found, left = {indicator}, [indicator]
        while left:
            for edit in self.of(left.pop()):
                for near in (*edit.left, *edit.right):
                    if near not in found and digit in str(self.values[near]):
                        found.add(near)
                        left.append(near)
        return found


def _total(keys: Sequence[str], values: Mapping[str, int]) -> int:
    return sum(values[key] for key in keys)


def _doubt(found: Observation, sums: _Sums) -> Observation:
    found = found.model_copy(update={"methods": (*found.methods, METHOD)})
    if found.status == "disputed":
        better = [value for value in _similar(found.value) if sums.with_value(found.indicator, value)]
        candidates = tuple(dict.fromkeys((*found.candidates, *better)))[:_MOST_CANDIDATES]
        return found.model_copy(update={"candidates": candidates})
    if found.accepted and _confirmed(found, sums):
        return found
    return _open(found) if found.accepted else found


def _confirmed(found: Observation, sums: _Sums) -> bool:
    edits = sums.of(found.indicator)
    if _whole(found) is None or not edits or not sums.hold(edits, sums.values):
        return False
    if found.printed == "number":
        sure = min((one.confidence or 0.0 for one in found.evidence), default=0.0)
        return (len(edits) > 1 or sure >= _SURE) and sums.told_apart(found.indicator)
    return found.printed == "blank" and len(edits) > 1


def _unconfirmed(found: Observation) -> Observation:
    found = found.model_copy(update={"methods": (*found.methods, METHOD)})
    printed_twice = found.status == "verified" and (found.rules or "model" not in found.methods)
    return found if printed_twice or not found.accepted else _open(found)


def _open(found: Observation) -> Observation:
    candidates = () if found.value is None else (found.value, *_similar(found.value))[:_MOST_CANDIDATES]
    return opened(found, candidates)


def _similar(value: Value) -> list[Value]:
    """The numbers that a number may be with one digit misread."""
    if isinstance(value, str) or value is None:
        return []
    text = str(value)
    found: list[Value] = []
    for at, digit in enumerate(text):
        for other in SIMILAR.get(digit, ""):
            if not (at == 0 and other == "0" and len(text) > 1):
                changed = text[:at] + other + text[at + 1 :]
                found.append(float(changed) if isinstance(value, float) else int(changed))
    return found
