"""HTML source to a flow of pieces: spans to copy, line breaks, images and tables; never fails on bad markup."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, Union


class Copy(NamedTuple):
    """A span of the source to be read as it stands; `pre` keeps its white space."""

    start: int
    end: int
    pre: bool = False


class Entity(NamedTuple):
    """A character reference and what it stands for."""

    start: int
    end: int
    text: str


class Image(NamedTuple):
    """An image, by the span of its alternative text or file name."""

    start: int
    end: int


class Break(NamedTuple):
    """A line ends here."""


@dataclass
class Grid:
    """A table as written: rows of cells. Spans are ignored: a cell stands once, at its origin."""

    rows: list[list[Flow]] = field(default_factory=list)


Piece = Union[Copy, Entity, Image, Break, Grid]
Flow = list[Piece]

_TOKEN = re.compile(
    r"<(?:(/?)([a-zA-Z][a-zA-Z0-9:]{0,30})|!--|[!?])|&(?:#[xX]?[0-9a-fA-F]{1,8}|[a-zA-Z][a-zA-Z0-9]{1,31});?"
)
# A quoted value may hold ">" but not "<", so that no tag is looked for beyond the next one: linear.
_TAG_REST = re.compile(r"""[^<>"']*(?:"[^"<]*"[^<>"']*|'[^'<]*'[^<>"']*)*>""")
_TAG_LOOSE = re.compile(r"[^<>]*>?")
_ATTRIBUTE = re.compile(
    r"""([a-zA-Z_:][-a-zA-Z0-9_:.]{0,40})(?:\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?"""
)
_INVISIBLE = re.compile(r"display\s{0,3}:\s{0,3}none", re.I)
_SKIPPED = frozenset("script style title noscript template iframe textarea select svg math xml".split())
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_BLOCKS = frozenset(
    "address article aside blockquote body br caption center dd details div dl dt fieldset figcaption figure footer"
    " form h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol p pre section summary ul".split()
)
_PARTS = frozenset("table thead tbody tfoot tr td th".split())
_ENDED_BY_THEIR_LIKE = frozenset("p li dt dd tr td th".split())
_DEPTH = 30
"""Tables nested deeper than this are read as plain blocks."""
_NAME = 100
"""Longest image name kept, in characters."""


@dataclass
class _Open:
    """A table being read."""

    grid: Grid
    outer: Flow
    cell: Flow | None = None
    in_row: bool = False


@dataclass
class _Hidden:
    """A hidden element being skipped: how many of its name, and how many tables in it, are open."""

    name: str
    same: int = 1
    tables: int = 0


class Parser:
    """Reads one source. `hidden` and `seen` count characters inside and outside hidden elements."""

    def __init__(self, source: str, *, show_hidden: bool = False) -> None:
        self.source = source
        self.root: Flow = []
        self.seen = 0
        self.hidden = 0
        self._show = show_hidden
        self._tables: list[_Open] = []
        self._too_deep = 0
        self._pre = 0
        self._skip: _Hidden | None = None
        self._never_closed: set[str] = set()
        self._at = 0

    def parse(self) -> Flow:
        """The whole source as one flow."""
        for start, name, closing, after in iter(self._next, None):
            self._text(self._at, start)
            self._at = after
            if name == "&":
                self._entity(start, after)
            elif name:
                self._at = self._tag(name, closing, start, after)
        self._text(self._at, len(self.source))
        return self.root

    def _next(self) -> tuple[int, str, bool, int] | None:
        """Start, name ("&" for an entity, "" for a comment), whether it closes, and end of the next token."""
        found = _TOKEN.search(self.source, self._at)
        if found is None:
            return None
        start, after = found.span()
        if found[2]:
            rest = _TAG_REST.match(self.source, after) or _TAG_LOOSE.match(self.source, after)
            return start, found[2].lower(), bool(found[1]), rest.end() if rest else after
        if found[0][0] == "&":
            return start, "&", False, after
        if found[0] == "<!--":
            close = self._find("-->", after)
            if close >= 0:
                return start, "", False, close + 3
        rest = _TAG_LOOSE.match(self.source, after)
        return start, "", False, rest.end() if rest else after

    def _find(self, what: str, after: int) -> int:
        # Once missing, always missing: or a page of unclosed comments would cost its square.
        if what in self._never_closed:
            return -1
        found = self.source.find(what, after)
        if found < 0:
            self._never_closed.add(what)
        return found

    def _flow(self) -> Flow | None:
        """Where pieces go now; None inside a table but outside its cells."""
        return self._tables[-1].cell if self._tables else self.root

    def _text(self, start: int, end: int) -> None:
        if start >= end:
            return
        if self._skip:
            self.hidden += end - start
            return
        flow = self._flow()
        if flow is None:
            if not self.source[start:end].strip():
                return
            flow = self._leave_table()
        self.seen += end - start
        flow.append(Copy(start, end, self._pre > 0))

    def _leave_table(self) -> Flow:
        """Text between cells: the table has ended without saying so."""
        flow: Flow | None = None
        while flow is None:
            self._close_table()
            flow = self._flow()
        return flow

    def _entity(self, start: int, end: int) -> None:
        written = self.source[start:end]
        text = html.unescape(written)
        if text == written:
            self._text(start, end)
        elif text and not self._skip:
            flow = self._flow()
            if flow is None and text.strip():
                flow = self._leave_table()
            if flow is not None:
                flow.append(Entity(start, end, text))

    def _tag(self, name: str, closing: bool, start: int, end: int) -> int:
        """Take one tag in; returns where to read on."""
        if name in _SKIPPED:
            return end if closing else self._skip_raw(name, end)
        if self._skip and self._still_hidden(name, closing):
            return end
        if not closing and name not in _VOID and not self._show and self._is_hidden(start, end):
            self._skip = _Hidden(name)
            return end
        if name in _PARTS:
            self._part(name, closing)
        elif name == "img":
            self._image(start, end)
        elif name in _BLOCKS:
            if name == "pre":
                self._pre = max(0, self._pre + (-1 if closing else 1))
            self._break()
        return end

    def _skip_raw(self, name: str, end: int) -> int:
        if name in self._never_closed:
            return end
        close = re.compile(f"</{name}", re.I).search(self.source, end)
        if close is None:
            self._never_closed.add(name)
            return end
        return close.start()

    def _attributes(self, start: int, end: int) -> Iterator[tuple[str, str, int]]:
        """Name, value and the value's place for each attribute of a tag."""
        space = self.source.find(" ", start, end)
        first = space if space >= 0 else start + 1
        for found in _ATTRIBUTE.finditer(self.source, first, end):
            group = next((g for g in (2, 3, 4) if found[g] is not None), 0)
            yield found[1].lower(), found[group] if group else "", found.start(group)

    def _is_hidden(self, start: int, end: int) -> bool:
        tag = self.source[start:end].lower()
        if "hidden" not in tag and "none" not in tag:
            return False
        return any(
            name == "hidden" or (name == "style" and _INVISIBLE.search(value) is not None)
            for name, value, _ in self._attributes(start, end)
        )

    def _still_hidden(self, name: str, closing: bool) -> bool:
        """Whether a tag lies inside the hidden element; where it ends the element, it is shown again."""
        skip = self._skip
        assert skip is not None
        if name == skip.name:
            if not closing and skip.tables == 0 and name in _ENDED_BY_THEIR_LIKE:
                self._skip = None
                return False
            skip.same += -1 if closing else 1
            if skip.same == 0:
                self._skip = None
            return True
        if name == "table" and (not closing or skip.tables > 0):
            skip.tables += -1 if closing else 1
            return True
        outside = name in _PARTS and skip.tables == 0 and bool(self._tables) and skip.name != "table"
        if skip.name == "tr" and name in ("td", "th"):
            outside = False
        if outside or (skip.name == "p" and name in _BLOCKS and name != "br"):
            self._skip = None
            return False
        return True

    def _part(self, name: str, closing: bool) -> None:
        if name == "table":
            self._table(closing)
        elif self._too_deep:
            self._break()
        elif closing:
            if self._tables:
                self._tables[-1].cell = None
                self._tables[-1].in_row &= name in ("td", "th")
        else:
            if not self._tables:
                self._open_table()
            table = self._tables[-1]
            table.cell = None
            if name in ("td", "th"):
                self._open_cell(table)
            else:
                table.in_row = False
                if name == "tr":
                    table.in_row = True
                    table.grid.rows.append([])

    def _table(self, closing: bool) -> None:
        if self._too_deep or (not closing and len(self._tables) >= _DEPTH):
            self._too_deep += -1 if closing else 1
            self._break()
        elif closing:
            if self._tables:
                self._close_table()
        else:
            if self._tables and self._tables[-1].cell is None:
                self._open_cell(self._tables[-1])
            self._open_table()

    def _open_table(self) -> None:
        outer = self._flow()
        assert outer is not None
        table = _Open(Grid(), outer)
        outer.append(table.grid)
        self._tables.append(table)

    def _open_cell(self, table: _Open) -> None:
        if not table.in_row:
            table.grid.rows.append([])
            table.in_row = True
        table.cell = []
        table.grid.rows[-1].append(table.cell)

    def _close_table(self) -> None:
        self._tables.pop()

    def _break(self) -> None:
        flow = self._flow()
        if flow and not isinstance(flow[-1], Break):
            flow.append(Break())

    def _image(self, start: int, end: int) -> None:
        flow = self._flow()
        if flow is None:
            return
        place = {name: (at, at + len(value)) for name, value, at in self._attributes(start, end) if value.strip()}
        first, last = place.get("alt") or place.get("title") or self._file_name(place.get("src")) or (start + 1, start + 4)
        flow.append(Image(first, min(last, first + _NAME)))

    def _file_name(self, place: tuple[int, int] | None) -> tuple[int, int] | None:
        if place is None or self.source.startswith("data:", place[0]):
            return None
        cut = max(self.source.rfind("/", *place), self.source.rfind("\\", *place))
        return (cut + 1, place[1]) if place[0] <= cut < place[1] - 1 else place
