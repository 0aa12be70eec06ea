"""Labels that were torn around their cells or mistyped, named among the rows that may stand there."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein

from structurer.tables.labels import Vocabulary
from structurer.tables.rows import Line

_NUMERALS = "一二三四五六七八九十"
_ALIKE = 0.75
"""A mistyped label is at least this much like the row it means,"""
_AHEAD = 0.15
"""and by this much more like it than like any other row."""
_LONG, _SAME = 8, 0.9
"""A label so long, and so much like its row's with the words behind it, goes on in them."""


def recover(found: list[Line], vocabulary: Vocabulary) -> None:
    """Name the unknown lines of a table (in place) that can be nothing but one of its rows."""
    behind = _ranks_behind(found, vocabulary)
    above = -1
    for index, line in enumerate(found):
        if line.row in vocabulary.longer and line.before:
            _is_longer(line, vocabulary)
        if line.unknown and not _rejoin(found, index, vocabulary):
            rows = vocabulary.rows[above + 1 : behind[index]]
            torn = vocabulary.torn(line.label, line.after).intersection(rows)
            row = torn.pop() if len(torn) == 1 else _likeliest(line.label, vocabulary, rows)
            if row is not None:
                line.row, line.unknown = row, False
        if line.row and not line.misplaced:
            above = max(above, vocabulary.rank[line.row])


def _is_longer(line: Line, vocabulary: Vocabulary) -> None:
    """Take a label that is the end of a longer one's, and has most of the rest in front, for the longer."""
    printed = line.before + line.label
    for row, key in vocabulary.longer[line.row]:
        text = printed[-len(key) :]
        if len(text) > len(line.label) + 1 and Levenshtein.normalized_similarity(text, key) >= _ALIKE:
            line.row, line.misplaced = row, True


def _ranks_behind(found: Sequence[Line], vocabulary: Vocabulary) -> list[int]:
    """For each line the first place in the form's order that a line behind it names."""
    behind = [len(vocabulary.rows)] * len(found)
    for index in range(len(found) - 2, -1, -1):
        line = found[index + 1]
        named = line.row and not line.misplaced
        behind[index] = min(behind[index + 1], vocabulary.rank[line.row]) if named else behind[index + 1]
    return behind


def _rejoin(found: list[Line], index: int, vocabulary: Vocabulary) -> bool:
    """Give the cells to the label just before or behind them where it is torn around them."""
    line = found[index]
    for at, text in ((index - 1, found[index - 1].label + line.label), (index + 1, line.label)):
        other = found[at] if 0 <= at < len(found) else None
        if other is None or not other.row or other.tokens:
            continue
        behind = at > index and not line.label and line.after.startswith(other.label)
        goes_on = (
            at < index and len(text) >= _LONG and _likeness(text, vocabulary.keys_of[other.row]) >= _SAME
        )
        if behind or goes_on or other.row in vocabulary.torn(text, line.after):
            other.atoms, other.tokens = line.atoms, line.tokens
            line.atoms, line.tokens, line.unknown = [], [], False
            return True
    return False


def _likeliest(text: str, vocabulary: Vocabulary, rows: Sequence[str]) -> str | None:
    text = text.lstrip(_NUMERALS)
    if len(text) < 3:
        return None
    lost = [row for row in vocabulary.rows if any(_lost_some(text, key) for key in vocabulary.keys_of[row])]
    if len(lost) == 1:
        return lost[0] if lost[0] in rows else None
    scores = sorted(((_likeness(text, vocabulary.keys_of[row]), row) for row in rows), reverse=True)
    if not scores or scores[0][0] < _ALIKE or (len(scores) > 1 and scores[1][0] > scores[0][0] - _AHEAD):
        return None
    return scores[0][1]


def _lost_some(text: str, key: str) -> bool:
    """Whether a label reads as the text once it has lost some of its characters, a quarter at most."""
    if not len(text) < len(key) <= len(text) + max(1, len(key) // 4):
        return False
    left = iter(key)
    return all(char in left for char in text)


def _likeness(text: str, keys: Sequence[str]) -> float:
    """From 0 to 1, 0 for little; the beginning of a label is as good as the whole from four characters on."""
    if len(text) >= 4 and any(key.startswith(text) for key in keys):
        return 1.0
    like = Levenshtein.normalized_similarity
    return max(like(text, key, score_cutoff=_ALIKE - _AHEAD - 0.01) for key in keys)
