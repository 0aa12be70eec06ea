"""The head of a page that stands alone: it asks for nothing from outside and runs only what it brings."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256

from structurer._version import __version__


def head(title: str, style: str, script: str = "") -> Iterator[str]:
    """From the beginning of a page to that of its body; `title` is safe already."""
    # Should document text ever get through as markup, it still could neither run nor fetch anything.
    allowed = f"style-src {_digest(style)}" + (f"; script-src {_digest(script)}" if script else "")
    policy = f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
    yield f'<meta name="generator" content="structurer {__version__}">\n'
    yield f"<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n"


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
