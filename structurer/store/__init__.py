"""The store: what was found in which document, where its bytes lie, and when it was imported."""

from __future__ import annotations

from structurer.store.copies import Linked
from structurer.store.counting import Counts
from structurer.store.door import open_store, safe_url
from structurer.store.known import Known
from structurer.store.runs import Pace, Run
from structurer.store.store import Store
from structurer.store.writing import Failed, Placed

__all__ = ["Counts", "Failed", "Known", "Linked", "Pace", "Placed", "Run", "Store", "open_store", "safe_url"]
