"""structurer: figures one can trust out of messy government annual reports."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from structurer._version import __version__

if TYPE_CHECKING:
    from structurer.errors import ReadError, SomeFailed, StructurerError
    from structurer.many import structure_many
    from structurer.observation import Evidence, Extraction, Finding, Observation
    from structurer.pipeline import structure
    from structurer.settings import Settings, load_settings
    from structurer.store import Store, open_store

# Loaded when first asked for: a command that only prints its help must not load the whole house.
_HOME = {
    "Evidence": "structurer.observation",
    "Extraction": "structurer.observation",
    "Finding": "structurer.observation",
    "Observation": "structurer.observation",
    "ReadError": "structurer.errors",
    "Settings": "structurer.settings",
    "SomeFailed": "structurer.errors",
    "Store": "structurer.store",
    "StructurerError": "structurer.errors",
    "load_settings": "structurer.settings",
    "open_store": "structurer.store",
    "structure": "structurer.pipeline",
    "structure_many": "structurer.many",
}

__all__ = [
    "Evidence",
    "Extraction",
    "Finding",
    "Observation",
    "ReadError",
    "Settings",
    "SomeFailed",
    "Store",
    "StructurerError",
    "__version__",
    "load_settings",
    "open_store",
    "structure",
    "structure_many",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'structurer' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
