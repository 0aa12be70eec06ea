"""What the deterministic steps made of one report, before a model or a reconciliation has its say."""

from __future__ import annotations

from dataclasses import dataclass

from structurer.document import Document, Section
from structurer.observation import Observation
from structurer.prose import Statements
from structurer.tables import TableReading


@dataclass(frozen=True, slots=True)
class Draft:
    """One report as read, cut, and understood by tables, patterns and titles."""

    document: Document
    sections: tuple[Section, ...]
    tables: tuple[TableReading, ...]
    prose: Statements
    about: tuple[Observation, ...]
    year: int | None
    """The year reported on, as far as it is known."""
