"""Tables out of text: located, read as a cell stream, placed under labels, settled under sums."""

from structurer.tables.reading import read_tables
from structurer.tables.table import TableReading

__all__ = ["TableReading", "read_tables"]
