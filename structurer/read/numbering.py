"""The numbers that Word draws in front of paragraphs: they are counted, not written in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_PLACE = re.compile("%([1-9])")
_DIGITS = "零一二三四五六七八九"
_CHINESE = frozenset(
    {
        "chineseCounting",
        "chineseCountingThousand",
        "ideographDigital",
        "japaneseCounting",
        "taiwaneseCounting",
    }
)
_CIRCLED = 0x2460


class _Level:
    """One level of a list: where it begins to count, how it writes its numbers, and around what."""

    def __init__(self, element: Any) -> None:
        self.start = _integer(_value(element, "start"), 1)
        self.format = _value(element, "numFmt") or "decimal"
        self.text = _value(element, "lvlText") or ""


class Numbering:
    """Counts a document's numbered paragraphs; ask for each paragraph once, in order."""

    def __init__(self, numbering: Any, styles: Any) -> None:
        kinds: dict[str, dict[int, _Level]] = {}
        self._lists: dict[str, str] = {}
        for element in numbering if numbering is not None else ():
            name = _local(element)
            if name == "abstractNum":
                kinds[_attribute(element, "abstractNumId")] = {
                    _integer(_attribute(level, "ilvl"), 0): _Level(level) for level in _named(element, "lvl")
                }
            elif name == "num":
                self._lists[_attribute(element, "numId")] = _value(element, "abstractNumId") or ""
        self._kinds = kinds
        self._styles = dict(_styled(styles))
        self._counts: dict[str, list[int]] = {}

    def label(self, properties: Any) -> str:
        """What Word draws in front of a paragraph with these properties; "" for none and for bullets."""
        found = self._place(properties)
        if found is None:
            return ""
        kind, level = self._lists.get(found[0], ""), found[1]
        levels = self._kinds.get(kind, {})
        if level not in levels:
            return ""
        counts = self._counts.setdefault(kind, [])
        while len(counts) <= level:
            at = len(counts)
            counts.append((levels[at].start if at in levels else 1) - 1)
        counts[level] += 1
        del counts[level + 1 :]
        if levels[level].format in ("bullet", "none"):
            return ""

        def number(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            known = levels.get(at)
            return _written(counts[at], known.format) if known and at < len(counts) else ""

        return _PLACE.sub(number, levels[level].text)

    def _place(self, properties: Any) -> tuple[str, int] | None:
        """The list and the level of a paragraph, from itself or from its style."""
        if properties is None:
            return None
        own = next(_named(properties, "numPr"), None)
        if own is not None:
            identity = _value(own, "numId") or ""
            return (identity, _integer(_value(own, "ilvl"), 0)) if identity not in ("", "0") else None
        return self._styles.get(_value(properties, "pStyle") or "")


def _styled(styles: Any) -> Iterator[tuple[str, tuple[str, int]]]:
    for style in styles if styles is not None else ():
        if _local(style) != "style":
            continue
        for properties in _named(style, "pPr"):
            for own in _named(properties, "numPr"):
                identity = _value(own, "numId") or ""
                if identity not in ("", "0"):
                    yield _attribute(style, "styleId"), (identity, _integer(_value(own, "ilvl"), 0))


def _written(number: int, form: str) -> str:
    if form in _CHINESE and 0 < number < 100:
        tens, ones = divmod(number, 10)
        many = _DIGITS[tens] if tens > 1 else ""
        return many + ("十" if tens else "") + (_DIGITS[ones] if ones else "")
    if form in ("decimalEnclosedCircle", "decimalEnclosedCircleChinese") and 0 < number <= 20:
        return chr(_CIRCLED + number - 1)
    if form in ("upperLetter", "lowerLetter") and 0 < number <= 26:
        return chr((65 if form == "upperLetter" else 97) + number - 1)
    return str(number)


def _local(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _named(element: Any, name: str) -> Iterator[Any]:
    return (child for child in element if _local(child) == name)


def _attribute(element: Any, name: str) -> str:
    return next((str(value) for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _value(element: Any, name: str) -> str | None:
    child = next(_named(element, name), None)
    return None if child is None else _attribute(child, "val")


def _integer(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 6 else default
