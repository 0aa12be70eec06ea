"""One table as read: where it stands, its cells, and what there is to say of it."""

from __future__ import annotations

from dataclasses import dataclass

from structurer.observation import Finding, Observation, TableInfo
from structurer.tables.place import PlacedRow


@dataclass(frozen=True, slots=True)
class TableReading:
    """One table as read: its span in the document's text, its cells, and what there is to say of it."""

    table: str
    start: int
    end: int
    info: TableInfo
    observations: tuple[Observation, ...] = ()
    findings: tuple[Finding, ...] = ()
    rows: tuple[PlacedRow, ...] = ()
    """What each row of the form prints, for whoever asks why."""
