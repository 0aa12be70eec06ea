"""What is printed on every page and is no part of the text: page marks, running heads."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator

from structurer.read.layout.blocks import PageText, TableBlock
from structurer.read.layout.lines import Line

_MARGIN = 0.12
"""Share of a page's height at its top and bottom where marks and running heads stand."""
_DASHES = r"[-\u2010-\u2015\u2212\u2500\u2501~·. ]*"
_MARK = re.compile(
    rf"{_DASHES}(?:第 ?)?[0-9]{{1,4}}(?: ?页)?(?: ?[/,，共] ?(?:共 ?)?[0-9]{{1,4}} ?页?)?{_DASHES}"
)
_RUNNING = 3
"""A line at the same height of so many pages, but for its digits, is a running head."""
_AHEAD = 8
"""Pages looked at before one is let go: a running head shows among them, left and right ones too."""
_DIGITS = re.compile("[0-9]+")


def without_marks(pages: Iterable[PageText]) -> Iterator[PageText]:
    """The pages without page marks and running heads; only a few pages are held at a time."""
    counted: Counter[tuple[str, int]] = Counter()
    held: deque[PageText] = deque()
    for page in pages:
        counted.update({_running_key(line, page) for line in _edges(page)})
        held.append(page)
        if len(held) > _AHEAD:
            yield _cleared(held.popleft(), counted)
    yield from (_cleared(page, counted) for page in held)


def _cleared(page: PageText, counted: Counter[tuple[str, int]]) -> PageText:
    return page._replace(blocks=tuple(block for block in page.blocks if not _is_mark(block, page, counted)))


def _edges(page: PageText) -> Iterable[Line]:
    return (block for block in page.blocks if isinstance(block, Line) and _in_margin(block, page))


def _in_margin(line: Line, page: PageText) -> bool:
    return line.box[3] < _MARGIN * page.height or line.box[1] > (1 - _MARGIN) * page.height


def _running_key(line: Line, page: PageText) -> tuple[str, int]:
    return _DIGITS.sub("0", line.text), round(line.box[1] / page.height * 50)


def _is_mark(block: Line | TableBlock, page: PageText, counted: Counter[tuple[str, int]]) -> bool:
    if not isinstance(block, Line) or not _in_margin(block, page):
        return False
    if _MARK.fullmatch(block.text.strip()):
        outermost = [other for other in page.blocks if other is not block]
        above = all(other.box[1] >= block.box[1] for other in outermost)
        below = all(other.box[3] <= block.box[3] for other in outermost)
        return above or below
    return counted[_running_key(block, page)] >= _RUNNING
