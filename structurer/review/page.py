"""The lines of the source around a value, with what prints it marked 【】 so that no colour is needed."""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from structurer.observation import Extraction, Observation, Value
from structurer.quantities import quantities

OPEN, CLOSE = "【", "】"
_AROUND = 2
"""Lines of context on either side."""
_ROOM = 160
"""Characters of one line that are shown at most."""
_ASIDE = 60
"""Characters of a line without evidence."""
_TAG = re.compile(r"<[^<>]{0,2000}>")
_MARKED = str.maketrans({OPEN: "[", CLOSE: "]"})


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line of the source as shown: its number from 1, its text, and whether evidence stands in it."""

    number: int
    text: str
    marked: bool


def spans_of(extraction: Extraction, found: Observation) -> tuple[list[tuple[int, int]], bool]:
    """Where a value, or what it has to be read from, is printed; else where the rest of its row is."""
    if found.evidence and (found.value is None or _printed(found)):
        return [(span.start, span.end) for span in found.evidence], True
    row = found.indicator.rpartition(".")[0]
    same = [one for one in extraction.observations if one.indicator.rpartition(".")[0] == row]
    spans = [(span.start, span.end) for one in same for span in one.evidence]
    return spans or _beside(extraction, found), False


def _beside(extraction: Extraction, found: Observation) -> list[tuple[int, int]]:
    """Where the values before and after it in its table are printed: its own place is between them."""
    table = found.indicator.partition(".")[0]
    same = [one for one in extraction.observations if one.indicator.partition(".")[0] == table]
    at = next((n for n, one in enumerate(same) if one is found), 0)
    before = next((one.evidence[-1] for one in reversed(same[:at]) if one.evidence), None)
    after = next((one.evidence[0] for one in same[at:] if one.evidence), None)
    return [(span.start, span.end) for span in (before, after) if span is not None]


def _printed(found: Observation) -> bool:
    return found.printed != "omitted" or any(prints(span.quote, found.value) for span in found.evidence)


def prints(quote: str, value: Value) -> bool:
    """Whether a quote prints a value."""
    if isinstance(value, int | float):
        return any(found.value == value for found in quantities(quote)) or quote.strip() == str(value)
    return value is not None and value in quote


def excerpt(source: str, spans: Sequence[tuple[int, int]], *, mark: bool = True) -> list[SourceLine]:
    """The lines that hold these spans, a few lines around them, blank ones left out."""
    inside = [(start, end) for start, end in spans if 0 <= start < end <= len(source)]
    if not inside:
        return []
    starts = line_starts(source)
    first, last = inside[0][0], max(end for _, end in inside)
    top, bottom = line_of(starts, min(first, *(start for start, _ in inside))), line_of(starts, last - 1)
    above = _filled(source, starts, range(top - 1, -1, -1))[::-1]
    below = _filled(source, starts, range(bottom + 1, len(starts)))
    middle = _filled(source, starts, range(top, bottom + 1), limit=12)
    shown = inside if mark else []
    return [_line(source, starts, number, shown) for number in (*above, *middle, *below)]


def line_starts(source: str) -> list[int]:
    """The offset at which each line begins."""
    return [0, *(found.end() for found in re.finditer("\n", source))]


def line_of(starts: Sequence[int], offset: int) -> int:
    """The index of the line an offset stands in."""
    return bisect_right(starts, offset) - 1


def _filled(source: str, starts: Sequence[int], numbers: range, limit: int = _AROUND) -> list[int]:
    found: list[int] = []
    for number in numbers:
        if len(found) >= limit:
            break
        if any(
            char.isprintable() and char not in " |\u3000" for char in _cleaned(_text(source, starts, number))
        ):
            found.append(number)
    return found


def _text(source: str, starts: Sequence[int], number: int) -> str:
    return source[slice(*_bounds(source, starts, number))]


def _bounds(source: str, starts: Sequence[int], number: int) -> tuple[int, int]:
    return starts[number], starts[number + 1] if number + 1 < len(starts) else len(source)


def _line(source: str, starts: Sequence[int], number: int, spans: Sequence[tuple[int, int]]) -> SourceLine:
    begin, end = _bounds(source, starts, number)
    here = sorted((max(s, begin), min(e, end)) for s, e in spans if s < end and e > begin)
    if not here:
        text = _cleaned(source[begin:end]).strip()
        return SourceLine(number + 1, text if len(text) <= _ASIDE else text[:_ASIDE] + "…", False)
    left, right = _window(begin, end, here)
    pieces = ["…"] if left > begin else []
    at = left
    for start, stop in here:
        if start < at or start >= right:
            continue
        pieces += [_cleaned(source[at:start]), OPEN, _cleaned(source[start:stop]), CLOSE]
        at = stop
    pieces.append(_cleaned(source[at:right]))
    return SourceLine(number + 1, ("".join(pieces) + ("…" if right < end - 1 else "")).strip(), True)


def _window(begin: int, end: int, here: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The part of a long line that is shown: what is marked first, and what stands around it."""
    if end - begin <= _ROOM:
        return begin, end
    start, stop = here[0][0], max(stop for _, stop in here)
    spare = max(_ROOM - (stop - start), 40)
    return max(begin, start - spare // 2), min(end, max(stop, start + 1) + spare // 2)


def _cleaned(text: str) -> str:
    """Without tags and entities, and without our own marks in it."""
    if "<" in text or "&" in text:
        text = html.unescape(_TAG.sub(" ", text))
    return text.translate(_MARKED)
