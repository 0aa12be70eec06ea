"""The collector of cyclic garbage, told to run seldom while many reports are structured."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_YOUNG = 50_000
"""New objects after which the collector looks again: those of some ten reports. Python's own 700 has it walk
the cells of one report several times over, a tenth of the time of structuring it."""


@contextmanager
def seldom_collected() -> Iterator[None]:
    """While this lasts, collect seldom, and never what is there already: modules, forms, patterns.

    It concerns the whole process, so it is for whoever runs many reports, not for one call of `structure`.
    What a report leaves behind is freed at once all the same, for there are hardly any cycles in it.
    """
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(max(_YOUNG, before[0]) if before[0] else 0, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
