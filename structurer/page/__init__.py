"""One report as one HTML file: the source beside what was read from it, what needs a look on top.

The file asks for nothing from outside, runs no script but its own, and shows document text as text only.
"""

from __future__ import annotations

from structurer.page.assemble import page
from structurer.page.original import Original, original, reread

__all__ = ["Original", "original", "page", "reread"]
