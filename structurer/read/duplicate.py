"""A body that stands twice on its page: found without ever dropping a character that differs."""

from __future__ import annotations

import re
from typing import NamedTuple

from structurer.document import Span
from structurer.fold import squeeze
from structurer.read.furniture import is_widget

_LONG_LINE = re.compile(r"[^\n]{40,}")
_ANCHOR = 60
_TRIES = 3
_LEAST = 200
"""A shorter text that recurs is a phrase, not a body."""
_MOST = 0.8
_LEFT_OUT = "the body stands twice; the second copy was left out"
_KEPT = "the body seems to stand twice, but the copies differ; both were read"
_SENTENCE = re.compile(r"[^。\n]{8,}")
_METADATA = re.compile("来源|日期|时间|浏览|点击|阅读|访问|索引|文号|发布|编辑|责编|作者|审核|字体|字号|打印")
_WORD = re.compile(r"[^\s\u200b]+")


class Copies(NamedTuple):
    """The second copy of a body, if it can be left out, and what was seen."""

    span: Span | None = None
    note: str | None = None


def second_copy(folded: str) -> Copies:
    """Find a body that is repeated behind itself.

    The copies have to agree in every character but white space and the publication lines above
    their bodies; if a sentence or a number differs, both are kept and a note says so. Linear.
    """
    pair = _anchors(folded)
    if pair is None:
        return Copies()
    first, again = pair
    start = _start_of_copy(folded, first, again)
    length = _copied(folded, first, again, start)
    if length and _ends_line(folded, again + length):
        return Copies(Span(start=start, end=again + length), _LEFT_OUT)
    if _much_alike(folded[first:start], folded[again:]):
        return Copies(note=_KEPT)
    return Copies()


def _copied(folded: str, first: int, again: int, start: int) -> int:
    """How much from `again` on repeats all there is between `first` and `start`; 0 where it does not."""
    whole = folded[first:start].rstrip()
    if 4 * len(whole) < len(folded) - first:
        return 0
    if folded.startswith(whole, again):
        return len(whole)
    one, other = squeeze(whole), squeeze(folded[again:])
    same = _common(one, other)
    if same < _LEAST or (same < min(len(one), len(other)) and not _only_widgets(folded, first, same, start)):
        return 0
    return _behind(folded, again, same) - again


def _ends_line(folded: str, place: int) -> bool:
    """Whether a line ends here: or a copy that ends in "5" could be cut out of a "53"."""
    return folded[place : place + 1] in ("", "\n") or not folded[place : folded.find("\n", place)].strip()


def _much_alike(one: str, other: str) -> bool:
    """Whether most sentences of two texts are the same."""
    known = set(_SENTENCE.findall(one))
    sentences = _SENTENCE.findall(other)
    size = sum(map(len, sentences))
    shared = sum(len(sentence) for sentence in sentences if sentence in known)
    return shared >= max(_LEAST, _MOST * size) and 2 * size >= len(one)


def _anchors(folded: str) -> tuple[int, int] | None:
    """Two places where the same long line begins, the first of its kind that is no metadata."""
    tries = 0
    for line in _LONG_LINE.finditer(folded):
        text = line[0][:_ANCHOR]
        if _METADATA.search(text[:20]):
            continue
        again = folded.find(text, line.end())
        if again >= 0:
            return line.start(), again
        tries += 1
        if tries >= _TRIES:
            break
    return None


def _start_of_copy(folded: str, first: int, again: int) -> int:
    """Walk both copies back, line by line, as long as they agree or differ in metadata only."""
    start = folded.rfind("\n", 0, again) + 1
    one, other = folded.rfind("\n", 0, first) + 1, start
    while one > 0 and other - 1 > first:
        one_end, other_end = one - 1, other - 1
        one, other = folded.rfind("\n", 0, one_end) + 1, folded.rfind("\n", 0, other_end) + 1
        above, below = squeeze(folded[one:one_end]), squeeze(folded[other:other_end])
        if above != below and not (_METADATA.search(above) and _METADATA.search(below)):
            break
        if above:
            start = other
    return start


def _common(one: str, other: str) -> int:
    """Length of the common beginning of two strings."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _behind(folded: str, start: int, count: int) -> int:
    """The offset behind `count` printing characters from `start` on."""
    for word in _WORD.finditer(folded, start):
        if len(word[0]) >= count:
            return word.start() + count
        count -= len(word[0])
    return len(folded)


def _only_widgets(folded: str, first: int, count: int, stop: int) -> bool:
    """Whether nothing but widgets stands behind `count` printing characters from `first` on."""
    rest = folded[_behind(folded, first, count) : stop]
    return all(is_widget(line) for line in rest.split("\n") if line.strip())
