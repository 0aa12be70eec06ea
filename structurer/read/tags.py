"""HTML source to tokens: tags, entities and comments, each found in time linear in the source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r"<(?:(/?)([a-zA-Z][a-zA-Z0-9:]{0,30})|!--|[!?])|&(?:#[xX]?[0-9a-fA-F]{1,8}|[a-zA-Z][a-zA-Z0-9]{1,31});?"
)
# A quoted value may hold ">" but not "<", so that no tag is looked for beyond the next one: linear.
_TAG_REST = re.compile(r"""[^<>"']*(?:"[^"<]*"[^<>"']*|'[^'<]*'[^<>"']*)*>""")
_TAG_LOOSE = re.compile(r"[^<>]*>?")
_ATTRIBUTE = re.compile(
    r"""([a-zA-Z_:][-a-zA-Z0-9_:.]{0,40})(?:\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?"""
)
_HIDING = re.compile(r"display\s{0,3}:\s{0,3}none", re.I)


class Token(NamedTuple):
    """A tag, by its name in lower case; an entity, named "&"; a comment or declaration, named ""."""

    start: int
    end: int
    name: str
    closing: bool = False


class Attribute(NamedTuple):
    """An attribute of a tag, its value and where that stands."""

    name: str
    value: str
    start: int


class Tags:
    """Finds the tokens of one source."""

    def __init__(self, source: str) -> None:
        self.source = source
        # What is missing behind one place is missing behind all later ones; not to look again
        # keeps a page of unclosed comments or scripts from costing its square.
        self._missing: set[str] = set()

    def next(self, at: int) -> Token | None:
        """The next token from an offset on."""
        found = _TOKEN.search(self.source, at)
        if found is None:
            return None
        start, after = found.span()
        if found[2]:
            return Token(start, self._tag_end(after), found[2].lower(), bool(found[1]))
        if found[0][0] == "&":
            return Token(start, after, "&")
        if found[0] == "<!--":
            close = self.find("-->", after)
            if close >= 0:
                return Token(start, close + 3, "")
        return Token(start, self._loose_end(after), "")

    def find(self, what: str, at: int) -> int:
        """Where a text (in any case) stands from an offset on; -1 for nowhere."""
        if what in self._missing:
            return -1
        found = re.compile(re.escape(what), re.I).search(self.source, at)
        if found is None:
            self._missing.add(what)
            return -1
        return found.start()

    def attributes(self, tag: Token) -> Iterator[Attribute]:
        """The attributes of a tag, names in lower case."""
        for found in _ATTRIBUTE.finditer(self.source, tag.start + 1 + len(tag.name), tag.end):
            group = next((g for g in (2, 3, 4) if found[g] is not None), 0)
            yield Attribute(found[1].lower(), found[group] if group else "", found.start(group))

    def hides(self, tag: Token) -> bool:
        """Whether a tag hides its element: the attribute `hidden`, or a style of `display: none`."""
        text = self.source[tag.start : tag.end].lower()
        if "hidden" not in text and "none" not in text:
            return False
        return any(
            attribute.name == "hidden"
            or (attribute.name == "style" and _HIDING.search(attribute.value) is not None)
            for attribute in self.attributes(tag)
        )

    def _tag_end(self, at: int) -> int:
        rest = _TAG_REST.match(self.source, at)
        return rest.end() if rest else self._loose_end(at)

    def _loose_end(self, at: int) -> int:
        rest = _TAG_LOOSE.match(self.source, at)
        return rest.end() if rest else at
