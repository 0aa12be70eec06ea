"""Counting tokens without ever going to the network; a counter says how it counts."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import sha1, sha256
from pathlib import Path

_TABLES = "https://openaipublic.blob.core.windows.net/encodings/"
_SHA256 = {
    "o200k_base": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    "cl100k_base": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
}
_OLD = re.compile(r"gpt-4(?!o|\.)|gpt-3\.5|text-embedding")
_WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
_DIGITS = re.compile(r"[0-9]{1,3}")
_PER_WIDE = 0.72
"""Tokens a Chinese character costs: 0.66 to 0.70 with o200k over the reports and prompts at hand."""
_PER_OTHER = 0.42


@dataclass(frozen=True)
class Counter:
    """Counts the tokens of a text; `exact` only where it has the encoding's own table."""

    name: str
    exact: bool
    count: Callable[[str], int]

    def __call__(self, text: str) -> int:
        """The tokens of a text."""
        return self.count(text)


@cache
def counter(model: str | None = None) -> Counter:
    """The best counter at hand: tiktoken if its table lies on this machine, bpe-openai, else a bound.

    Other vendors' models split text their own way; for them any of these is an estimate.
    """
    encoding = "cl100k_base" if model and _OLD.search(model) else "o200k_base"
    return _tiktoken(encoding) or _bpe_openai(encoding) or Counter("estimate by characters", False, bound)


def bound(text: str) -> int:
    """About how many tokens a text has, rather too many than too few for text such as the reports."""
    wide = len(_WIDE.findall(text))
    digits = _DIGITS.findall(text)
    other = len(text) - wide - sum(map(len, digits))
    return int(_PER_WIDE * wide + len(digits) + _PER_OTHER * other) + 1


def _tiktoken(encoding: str) -> Counter | None:
    # Asked for a table it has not got, tiktoken fetches it, and hangs where there is no network.
    # The same for a damaged one, which it deletes first.
    try:
        if sha256(_table(encoding).read_bytes()).hexdigest() != _SHA256[encoding]:
            return None
        import tiktoken
    except (OSError, ImportError):
        return None
    found = tiktoken.get_encoding(encoding)
    return Counter(f"tiktoken {encoding}", True, lambda text: len(found.encode_ordinary(text)))


def _table(encoding: str) -> Path:
    """Where tiktoken keeps a table that it has fetched before."""
    folder = os.environ.get("TIKTOKEN_CACHE_DIR", os.environ.get("DATA_GYM_CACHE_DIR"))
    if folder is None:
        folder = os.path.join(tempfile.gettempdir(), "data-gym-cache")
    name = sha1(f"{_TABLES}{encoding}.tiktoken".encode(), usedforsecurity=False).hexdigest()
    return Path(folder or os.devnull, name)


def _bpe_openai(encoding: str) -> Counter | None:
    try:
        import bpe_openai
    except ImportError:
        return None
    found = bpe_openai.get_encoding(encoding)
    return Counter(f"bpe-openai {encoding}", True, lambda text: len(found.encode_ordinary(text)))
