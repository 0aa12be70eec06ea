"""A store as one HTML page of charts: who reported when, what the values are worth, what stands out.

The page holds its data as drawings, runs no script and asks for nothing from outside.
"""

from __future__ import annotations

from structurer.dashboard.assemble import dashboard, named
from structurer.dashboard.collect import Overview, collect
from structurer.dashboard.pages import addresses, folder_of, write_pages

__all__ = ["Overview", "addresses", "collect", "dashboard", "folder_of", "named", "write_pages"]
