"""Search that finds Chinese: a run of characters is looked up by its pairs, in index and query alike."""

from __future__ import annotations

import re

from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish

_CHINESE = re.compile("[\u3400-\u9fff]+")
_WORD = re.compile(r"[^\W\u3400-\u9fff]+")

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


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.add_search_language(SearchBoth)
    return {"parallel_read_safe": True}
