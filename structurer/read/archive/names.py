"""Names of members as labels: they say where something came from and are never opened as paths."""

from __future__ import annotations

import re
from hashlib import sha256
from posixpath import splitext

MARK = "!"
"""Stands between an archive and what is in it: `reports.zip!2019/a.html`."""
_LONGEST = 200
_KEPT = 160
_DRIVE = re.compile(r"\A([A-Za-z]):")


def label(name: str) -> str:
    """A member's name without anything that a path, a terminal or the mark gives a meaning.

    Characters that do not print, the mark, `..`, a leading slash and a drive letter's colon are written as
    %XX; a very long name is cut and gets a digest of the whole.
    """
    text = "".join(map(_plain, name.replace("\\", "/")))
    text = "/".join("%2E%2E" if part == ".." else part for part in text.split("/"))
    if text.startswith("/"):
        text = "%2F" + text[1:]
    text = _DRIVE.sub(r"\1%3A", text) or "unnamed"
    if len(text) > _LONGEST:
        digest = sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        text = f"{text[:_KEPT]}~{digest}{text[-(_LONGEST - _KEPT - 10) :]}"
    return text


class Labels:
    """Labels of one archive: a name that comes again gets a number, so that each label is one member's."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def one(self, name: str) -> str:
        """The label of the next member of this name."""
        text = label(name)
        count = self._seen.get(text, 0) + 1
        self._seen[text] = count
        if count == 1:
            return text
        while (numbered := _numbered(text, count)) in self._seen:
            count += 1
        self._seen[text], self._seen[numbered] = count, 1
        return numbered


def _numbered(text: str, count: int) -> str:
    stem, suffix = splitext(text)
    return f"{stem}~{count}{suffix}"


def _plain(char: str) -> str:
    if char == MARK or not (char.isprintable() or char == "\u3000"):
        return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogatepass"))
    return char
