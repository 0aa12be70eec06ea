"""How much a search may do: past it nothing is proved."""

from __future__ import annotations

from dataclasses import dataclass

REVISIONS_PER_NODE = 4


class OutOfWork(Exception):
    """The work allowed for one call of `solve` is used up, so nothing is proved."""


@dataclass(slots=True)
class Work:
    """Counts revisions of equations and readings, the unit of time of a search (a few microseconds each)."""

    allowed: int
    done: int = 0

    def spend(self, amount: int = 1) -> None:
        """Count `amount` revisions; raise `OutOfWork` past the limit."""
        self.done += amount
        if self.done > self.allowed:
            raise OutOfWork

    @property
    def nodes(self) -> int:
        """What was done, in nodes."""
        return self.done // REVISIONS_PER_NODE
