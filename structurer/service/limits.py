"""What one caller, and all of them together, may ask of the service; and a bucket that measures it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds."""

    upload: int = 100_000_000
    """Of one request that hands in reports."""
    body: int = 1_000_000
    """Of any other request."""
    decisions: int = 20_000_000
    """Of a file of decisions."""
    files: int = 1_000
    """Files in one request; an archive may hold more."""
    upload_seconds: float = 120.0
    """Until a request has arrived whole."""
    wait_seconds: float = 60.0
    """That a request may wait for a job."""
    waiters: int = 64
    """Requests that wait at once; further ones are answered at once."""
    job_seconds: float = 600.0
    """Until a job is stopped."""
    jobs: int = 100
    """Jobs that are not through yet."""
    queued: int = 1_000_000_000
    """Bytes of the jobs that are not through yet."""
    tries: int = 3
    """How often a job is begun whose worker breaks."""
    keep_days: float = 30.0
    """How long a job is known after it has ended; what it imported stays."""
    rate: int = 600
    """Requests a minute, for each token."""
    exports: int = 2
    """Exports that are written at once."""
    connections: int = 256
    """Connections at once."""
    workers: int = 2
    """Processes that read reports."""
    grace: float = 10.0
    """How long a server that stops waits for what is under way."""


class Bucket:
    """So many acts a minute, a tenth of them (ten at least) at once."""

    def __init__(self, rate: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._each = rate / 60
        self._most = max(rate / 10, 10.0)
        self._clock = clock
        self._full, self._at = self._most, clock()

    def take(self) -> float:
        """0 when there was one left, which is then taken; else the seconds until there is one."""
        moment = self._clock()
        self._full = min(self._most, self._full + (moment - self._at) * self._each)
        self._at = moment
        if self._full < 1:
            return (1 - self._full) / self._each
        self._full -= 1
        return 0.0
