"""A report on a part of a year: the forms ask for the year, so what its tables print waits for a person."""

from __future__ import annotations

from collections.abc import Sequence

from structurer.observation import Finding, Observation, opened


def of_a_part(cells: Sequence[Observation]) -> list[Observation]:
    """The cells, those that were accepted `ambiguous` with their value as the candidate."""
    return [
        opened(cell, () if cell.value is None else (cell.value,)) if cell.accepted else cell for cell in cells
    ]


def told(cells: Sequence[Observation]) -> Finding:
    """The finding that says so of the cells of all tables."""
    return Finding(
        rule="document.part_of_year",
        severity="warning",
        message=f"the title names a part of a year: {len(cells)} cells of its tables are left open",
        indicators=tuple(cell.indicator for cell in cells if not cell.accepted)[:5],
    )
