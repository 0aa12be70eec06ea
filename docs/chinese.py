"""Chinese on the pages: lines that join without a blank, and a search that finds it.

A run of characters is indexed by its pairs, and a query is cut in the same way.
"""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish

_CHINESE = re.compile("[\u3400-\u9fff]+")
_WORD = re.compile(r"[^\W\u3400-\u9fff]+")
_WIDE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uff60“”…—]")

_SPLITTER = r"""
var splitQuery = (query) => {
  const words = query.match(/[\p{Letter}\p{Number}_]+/gu) || [];
  return words.flatMap((word) => word.split(/([\u3400-\u9fff]+)/)).flatMap((part) => {
    if (!/^[\u3400-\u9fff]/.test(part)) return part ? [part] : [];
    if (part.length === 1) return [part];
    return Array.from({ length: part.length - 1 }, (_, at) => part.slice(at, at + 2));
  });
};
"""


def pairs(run: str) -> list[str]:
    """Every two neighbouring characters; a single one stands for itself."""
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


class SearchBoth(SearchEnglish):
    """English words as ever, Chinese by pairs of characters."""

    js_splitter_code = _SPLITTER

    def split(self, input: str) -> list[str]:
        """The terms of a text. A single character is indexed too, so that it can be looked for."""
        found = _WORD.findall(input)
        for run in _CHINESE.findall(input):
            found += [*pairs(run), *run]
        return found


def _join_lines(app: Sphinx, tree: nodes.document) -> None:
    """A line end between Chinese characters is none: a browser would show a blank."""
    for block in tree.findall(nodes.TextElement):
        if isinstance(block, nodes.literal_block):
            continue
        for at, end in enumerate(block.children):
            if not (isinstance(end, nodes.Text) and end == "\n"):
                continue
            before = block.children[at - 1].astext()[-1:] if at else ""
            after = block.children[at + 1].astext()[:1] if at + 1 < len(block.children) else ""
            if _WIDE.match(before) and (_WIDE.match(after) or not _CHINESE.match(before)):
                block[at] = nodes.Text("")


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.add_search_language(SearchBoth)
    app.connect("doctree-read", _join_lines)
    return {"parallel_read_safe": True}
