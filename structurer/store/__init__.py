"""The store: what was found in which document, where its bytes lie, and when it was imported."""

from __future__ import annotations

from structurer.store.door import open_store, safe_url
from structurer.store.store import Counts, Failed, Store

__all__ = ["Counts", "Failed", "Store", "open_store", "safe_url"]
