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
_GAP = r"\s{0,3}:\s{0,3}"
_HIDING = re.compile(
    rf"display{_GAP}none|visibility{_GAP}(?:hidden|collapse)|(?:font-size|opacity){_GAP}0(?:\.0{{0,3}})?(?![.0-9])"
    rf"|mso-hide{_GAP}all|(?<![-a-z])(?:left|top|text-indent){_GAP}-(?:999|[0-9]{{4,6}})(?:px|pt|em)|clip{_GAP}rect\(\s{{0,3}}[01]p?x?[\s,]",
    re.I,
)
_HIDDEN_BY_NAME = re.compile(
    r"""class=["']?(?:[-_a-z0-9]{1,40}\s){0,9}(?:sr-only|visually-hidden|screen-reader-text|d-none|layui-hide)["'\s>]""",
    re.I,
)
"""Classes by which the usual frameworks hide, whose style sheets are files of their own."""
_APART = re.compile(
    rf"vertical-align{_GAP}(?:super|sub|text-top|top|-?[0-9])|position{_GAP}(?:absolute|fixed)|transform{_GAP}[a-z]"
    rf"|(?<!-)color{_GAP}(?:white|transparent|#fff(?:fff)?\b|rgb\(255,\s?255,\s?255\))|font-size{_GAP}[12](?:\.[0-9])?p[xt]"
    rf"|(?<!-)(?:width|height){_GAP}[01](?:px)?(?=[;\s\"']|$)",
    re.I,
)
"""Raised, moved elsewhere, as white as the page, too small to see."""
_STRUCK = re.compile(rf"text-decoration(?:-line)?{_GAP}[a-z0-9# ]{{0,40}}line-through", re.I)
_WHITE = re.compile(r"""\bcolor\s{0,3}=\s{0,3}["']?(?:white|#fff(?:fff)?)\b""", re.I)
_HOW = {"hides": _HIDING, "strikes": _STRUCK, "apart": _APART}
"""What a style can do to an element, the first that it does."""
_STRUCK_NAMES = frozenset({"del", "s", "strike"})
_STYLE = re.compile(r"<style(?=[\s>])[^<>]{0,300}>", re.I)
_SELECTOR = re.compile(r"([a-zA-Z][a-zA-Z0-9]{0,20})?([.#])([-_a-zA-Z0-9\u0080-\uffff]{1,80})")
_BRACE = re.compile("[{}]")
_MOST_KNOWN, _LONGEST_KNOWN = 4096, 400
_RULES = 200_000
"""Characters of style sheets that are looked through."""


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
        self._known: dict[tuple[str, str], bool] = {}
        """What a tag's style was found to do, by its source."""
        self._rules = _rules(self._styles()) if "<style" in source or "<STYLE" in source else {}

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
        """Whether a tag hides its element: by the attribute `hidden`, its style, or a style sheet's rule."""
        return self._marked(tag, "hides") or (self._has(tag, "hidden") and self._named(tag, "hidden"))

    def strikes(self, tag: Token) -> bool:
        """Whether a tag strikes its element out: what is struck out is no longer said."""
        return tag.name in _STRUCK_NAMES or self._marked(tag, "strikes")

    def sets_apart(self, tag: Token) -> bool:
        """Whether a tag prints its element elsewhere or otherwise than the text around it."""
        if tag.name == "font" and _WHITE.search(self.source, tag.start, tag.end):
            return True
        return self._marked(tag, "apart")

    def _marked(self, tag: Token, how: str) -> bool:
        """Whether the style of a tag, or a rule for its class or id, does this to it: see `_HOW`."""
        written = self.source[tag.start : tag.end]
        if "=" not in written:
            return False
        known = self._known.get((how, written))
        if known is None:  # the same few tags make up a page
            known = self._does(tag, how)
            if len(self._known) < _MOST_KNOWN and len(written) < _LONGEST_KNOWN:
                self._known[how, written] = known
        return known

    def _does(self, tag: Token, how: str) -> bool:
        pattern = _HOW[how]
        if self._has(tag, "style") and any(
            attribute.name == "style" and pattern.search(attribute.value)
            for attribute in self.attributes(tag)
        ):
            return True
        if not (self._has(tag, "class") or self._has(tag, "id")):
            return False
        if how == "hides" and _HIDDEN_BY_NAME.search(self.source, tag.start, tag.end):
            return True
        if not self._rules:
            return False
        marks = {"class": ".", "id": "#"}
        return any(
            self._rules.get((name, marks[attribute.name] + word)) == how
            for attribute in self.attributes(tag)
            if attribute.name in marks
            for word in attribute.value.split()
            for name in ("", tag.name)
        )

    def _has(self, tag: Token, word: str) -> bool:
        return word in self.source[tag.start : tag.end].lower()

    def _named(self, tag: Token, name: str) -> bool:
        return any(attribute.name == name for attribute in self.attributes(tag))

    def _styles(self) -> str:
        """The style sheets written into the page."""
        sheets: list[str] = []
        at = length = 0
        while length < _RULES and (opened := _STYLE.search(self.source, at)):
            at = self.find("</style", opened.end())
            if at < 0:
                break
            sheets.append(self.source[opened.end() : min(at, opened.end() + _RULES - length)])
            length += len(sheets[-1])
        return "\n".join(sheets)

    def _tag_end(self, at: int) -> int:
        rest = _TAG_REST.match(self.source, at)
        return rest.end() if rest else self._loose_end(at)

    def _loose_end(self, at: int) -> int:
        rest = _TAG_LOOSE.match(self.source, at)
        return rest.end() if rest else at


def _rules(sheet: str) -> dict[tuple[str, str], str]:
    """What plain rules for a class or an id do, by element ("" for any) and selector; the last one counts.

    Rules inside @media and the like hold on some screens only; they are passed over.
    """
    rules: dict[tuple[str, str], str] = {}
    depth, at, selectors = 0, 0, ""
    text = _uncommented(sheet)
    for brace in _BRACE.finditer(text):
        inside = text[at : brace.start()]
        at = brace.end()
        if brace[0] == "{":
            depth += 1
            selectors = inside if depth == 1 else ""
            continue
        if depth == 1 and not selectors.lstrip().startswith("@"):
            does = next((how for how, pattern in _HOW.items() if pattern.search(inside)), "")
            _rule(rules, selectors, inside, does)
        depth = max(0, depth - 1)
    return rules


def _rule(rules: dict[tuple[str, str], str], selectors: str, inside: str, does: str) -> None:
    if not does and not re.search("display|visibility|font-size|opacity|text-decoration", inside, re.I):
        return
    for selector in selectors.replace("<!--", " ").split(","):
        found = _SELECTOR.fullmatch(selector.strip())
        if found is not None:
            rules[(found[1] or "").lower(), found[2] + found[3]] = does


def _uncommented(sheet: str) -> str:
    parts: list[str] = []
    at = 0
    while (opened := sheet.find("/*", at)) >= 0:
        parts.append(sheet[at:opened])
        close = sheet.find("*/", opened + 2)
        if close < 0:
            return "".join(parts)
        at = close + 2
    return "".join([*parts, sheet[at:]])
