"""Tables out of text: located, read as a cell stream, placed under labels, settled under sums."""

from structurer.tables.reading import TableReading, read_tables

__all__ = ["TableReading", "read_tables"]
