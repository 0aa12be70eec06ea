"""Bounds of cells, and what one equation or one limit on positive cells allows of them."""

from __future__ import annotations

from collections.abc import Sequence

Sides = tuple[tuple[int, ...], tuple[int, ...]]
"""The cells left and right of the equals sign."""
PATIENCE = 6
"""Revisions per equation, after which it is not narrowed further but solved with the others.

Bounds of a contradictory cycle may creep towards each other by one at a time.
"""


def tighten(sides: Sides, lo: list[int], hi: list[int], far: int) -> Sequence[int] | None:
    """Narrow `lo` and `hi` in place to what the equation allows; the cells changed, None if it must fail."""
    left, right = sides
    left_lo, left_hi = sum(map(lo.__getitem__, left)), sum(map(hi.__getitem__, left))
    right_lo, right_hi = sum(map(lo.__getitem__, right)), sum(map(hi.__getitem__, right))
    up, down = right_hi - left_lo, left_hi - right_lo
    if up < 0 or down < 0:
        return None
    if not up and not down:
        return ()
    changed = []
    for cells, rise, fall in ((left, up, down), (right, down, up)):
        for cell in cells:
            low, high = lo[cell], hi[cell]
            width = high - low
            if width > rise and rise < far:
                hi[cell] = low + rise
                changed.append(cell)
            if width > fall:
                lo[cell] = high - fall
                changed.append(cell)
    return changed


def cap_positive(cells: Sequence[int], most: int, lo: list[int], hi: list[int]) -> Sequence[int] | None:
    """Let at most `most` of `cells` be positive; the cells set to zero, or None if more must be positive."""
    positive = sum(1 for cell in cells if lo[cell])
    if positive < most:
        return ()
    if positive > most:
        return None
    changed = [cell for cell in cells if hi[cell] and not lo[cell]]
    for cell in changed:
        hi[cell] = 0
    return changed
