"""HTML source to a flow of pieces: spans to copy, line breaks, images, tables; bad markup never fails."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import NamedTuple, Union

from structurer.read.tags import Tags, Token


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


Piece = Union[Copy, Entity, Image, Break, Grid]  # noqa: UP007 - Grid refers to itself through Flow
Flow = list[Piece]

# fmt: off
_SKIPPED = frozenset({
    "script", "style", "title", "noscript", "template", "iframe", "textarea", "select", "svg", "xml",
    "canvas", "video", "audio",
})
_VOID = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
})
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "html", "legend", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "ul",
})
_PARTS = frozenset({"table", "thead", "tbody", "tfoot", "tr", "td", "th"})
_ENDED_BY_THEIR_LIKE = frozenset({"p", "li", "dt", "dd", "tr", "td", "th"})
# fmt: on
_RAISED = frozenset({"sup", "sub", "button", "object"})
"""Raised, or apart from the text it stands in: its digits are no part of a number beside it."""
_SOUNDS = frozenset({"rt", "rp"})
"""How a character sounds, printed above it."""
_CHOSEN = re.compile(r"<option(?=[^<>]{0,300}\sselected)[^<>]{0,300}>([^<>&]{0,80})", re.I)
_TOLD = frozenset({"articletitle", "pubdate", "contentsource"})
"""The meta tags in which Chinese government sites must say what a page is (国办发〔2017〕47号)."""
_SITE = re.compile(r"[_|]|\s[-–—]+\s")
"""What parts a page's title from the names of its column and site."""
_FIELDS = frozenset({"", "text", "number", "tel"})
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
        self._titled = False
        self._too_deep = 0
        self._pre = 0
        self._skip: _Hidden | None = None
        self._apart: dict[str, list[bool]] = {}
        """Per name whether its open elements are set apart, from the outermost that is."""
        self._tags = Tags(source)

    def parse(self) -> Flow:
        """The whole source as one flow."""
        at = 0
        while (token := self._tags.next(at)) is not None:
            self._text(at, token.start)
            at = token.end
            if token.name == "&":
                self._entity(token.start, token.end)
            elif token.name in _SKIPPED:
                end = max(at, at if token.closing else self._tags.find("</" + token.name, at))
                if token.name == "textarea":
                    self._field(at, end)
                elif token.name == "select" and not token.closing:
                    self._choice(token, end)
                elif token.name == "svg" and not token.closing:
                    self._drawing(token, end)
                elif token.name == "title":
                    self._title(at, end)
                at = end
            elif token.name:
                self._tag(token)
        self._text(at, len(self.source))
        return self.root

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
            self._tables.pop()
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

    def _title(self, start: int, end: int) -> None:
        """The title of the page, without the names of its column and site."""
        if self._titled or "<" in self.source[start:end] or "&" in self.source[start:end]:
            return
        self._titled = True
        part = _SITE.search(self.source, start, end)
        self._told(start, part.start() if part else end)

    def _meta(self, tag: Token) -> None:
        """What a meta tag tells of the page: its name on a line, what it says on the next."""
        values = {attribute.name: attribute for attribute in self._tags.attributes(tag)}
        name, content = values.get("name"), values.get("content")
        if name is None or content is None or name.value.strip().lower() not in _TOLD or "&" in content.value:
            return
        for one in (name, content):
            self._told(one.start, one.start + len(one.value))

    def _told(self, start: int, end: int) -> None:
        if self._flow() is self.root and not self._skip:
            self._break()
            self.root.append(Copy(start, end))
            self._break()

    def _tag(self, tag: Token) -> None:
        name, closing = tag.name, tag.closing
        if self._skip and self._still_hidden(name, closing):
            return
        if not (closing or name in _VOID) and self._is_gone(tag):
            self._skip = _Hidden(name)
            if name in _BLOCKS:
                self._break()
        elif name in _PARTS:
            self._part(name, closing)
        elif name == "img":
            self._image(tag)
        elif name == "input":
            self._input(tag)
        elif name == "meta":
            self._meta(tag)
        elif name in _RAISED or self._is_apart(tag):
            self._part_digits(tag)
        elif name in _BLOCKS:
            if name == "pre":
                self._pre = max(0, self._pre + (-1 if closing else 1))
            self._break()

    def _is_gone(self, tag: Token) -> bool:
        """Whether an element is not to be read: hidden, struck out, or how a character sounds."""
        if tag.name == "dialog" and not self._show:
            return not any(attribute.name == "open" for attribute in self._tags.attributes(tag))
        return tag.name in _SOUNDS or self._tags.strikes(tag) or (not self._show and self._tags.hides(tag))

    def _is_apart(self, tag: Token) -> bool:
        """Whether a tag begins or ends an element that is printed otherwise than the text around it."""
        if tag.name in _BLOCKS or tag.name in _VOID:
            return False
        if not tag.closing:
            apart = self._tags.sets_apart(tag)
            if apart or self._apart.get(tag.name):
                self._apart.setdefault(tag.name, []).append(apart)
            return apart
        opened = self._apart.get(tag.name)
        return opened.pop() if opened else False

    def _part_digits(self, tag: Token) -> None:
        """Keep a raised or lowered digit, a footnote's, from becoming one number with its neighbour."""
        flow = self._flow()
        last = flow[-1] if flow else None
        before = ""
        if isinstance(last, Copy):
            before = self.source[last.start : last.end].rstrip()[-1:]
        elif isinstance(last, Entity):
            before = last.text[-1:]
        after = self.source[tag.end : tag.end + 40].lstrip()[:1]
        if before.isdigit() and (after.isdigit() or after in ("<", "&")):
            self._break()

    def _input(self, tag: Token) -> None:
        """A text field in a cell: what is filled in is what the cell says."""
        values = {attribute.name: attribute for attribute in self._tags.attributes(tag)}
        value, kind = values.get("value"), values.get("type")
        if value is None or (kind is not None and kind.value.strip().lower() not in _FIELDS):
            return
        if not self._is_gone(tag):
            self._field(value.start, value.start + len(value.value))

    def _choice(self, tag: Token, end: int) -> None:
        """What is chosen of a list in a cell; where that is not told, the cell holds what nobody reads."""
        chosen = _CHOSEN.search(self.source, tag.end, max(tag.end, end))
        self._field(*(chosen.span(1) if chosen else (tag.start + 1, tag.start + 1 + len(tag.name))))

    def _drawing(self, tag: Token, end: int) -> None:
        """The place of a drawing with words in it: it may be a table."""
        flow = self._flow()
        if flow is not None and not self._skip and "<text" in self.source[tag.end : end]:
            flow.append(Image(tag.start + 1, tag.start + 1 + len(tag.name)))

    def _field(self, start: int, end: int) -> None:
        """The value of a form's field, where it stands in a cell; one with markup is not read."""
        written = self.source[start:end]
        if self._skip or not self._tables or not written.strip() or "&" in written or "<" in written:
            return
        if self._tables[-1].cell is not None:
            self._break()
            self._text(start, end)
            self._break()

    def _still_hidden(self, name: str, closing: bool) -> bool:
        """Whether a tag lies inside the hidden element; where it ends the element, it is shown again."""
        skip = self._skip
        assert skip is not None
        if skip.name in _SOUNDS and (name != skip.name or not closing):
            if name == skip.name:
                return True
            self._skip = (
                None if name in _SOUNDS or name == "ruby" or name in _BLOCKS or name in _PARTS else skip
            )
            return self._skip is not None
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
                self._tables.pop()
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

    def _break(self) -> None:
        flow = self._flow()
        if flow and not isinstance(flow[-1], Break):
            flow.append(Break())

    def _image(self, tag: Token) -> None:
        flow = self._flow()
        if flow is None:
            return
        places = {
            attribute.name: (attribute.start, attribute.start + len(attribute.value))
            for attribute in self._tags.attributes(tag)
            if attribute.value.strip()
        }
        named = places.get("alt") or places.get("title") or self._file_name(places.get("src"))
        start, end = named or (tag.start + 1, tag.start + 4)
        flow.append(Image(start, min(end, start + _NAME)))

    def _file_name(self, place: tuple[int, int] | None) -> tuple[int, int] | None:
        if place is None or self.source.startswith("data:", place[0]):
            return None
        cut = max(self.source.rfind("/", *place), self.source.rfind("\\", *place))
        return (cut + 1, place[1]) if place[0] <= cut < place[1] - 1 else place
