"""Where a search stands: bounds, their reasons, and the readings that are left."""

from __future__ import annotations


class State:
    """Bounds of all cells, their reasons, the readings still possible, and the least fills, per row."""

    __slots__ = ("because", "cost", "hi", "live", "lo", "slack", "why")

    def __init__(self, lo: list[int], hi: list[int], why: list[int], live: list[tuple[int, ...]]) -> None:
        self.lo, self.hi, self.why, self.live = lo, hi, why, live
        self.because = [0] * len(live)
        self.cost = [0] * len(live)
        self.slack = len(lo)

    def copy(self) -> State:
        """Return a state that can be narrowed without changing this one."""
        other = State.__new__(State)
        other.lo, other.hi, other.why, other.live = self.lo[:], self.hi[:], self.why[:], self.live[:]
        other.because, other.cost, other.slack = self.because[:], self.cost[:], self.slack
        return other

    def solved(self) -> bool:
        """Tell whether one reading a row and one value a cell are left."""
        return self.lo == self.hi and all(len(live) == 1 for live in self.live)
