"""structurer: figures one can trust out of messy government annual reports."""

from __future__ import annotations

from structurer._version import __version__
from structurer.errors import ReadError, StructurerError
from structurer.observation import Evidence, Extraction, Finding, Observation
from structurer.pipeline import structure

__all__ = [
    "Evidence",
    "Extraction",
    "Finding",
    "Observation",
    "ReadError",
    "StructurerError",
    "__version__",
    "structure",
]
