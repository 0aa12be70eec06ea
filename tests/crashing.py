"""A reader that does what a report tells it to: end, hang, or take its time; for tests of what that costs."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from structurer.bulk.reading import Job, Read, Reader
from structurer.draft import Draft

_WAY = re.compile(rb"!([a-z]+)!")


@dataclass
class Crasher(Reader):
    """Reads `!exit!`, `!kill!`, `!segfault!`, `!hang!`, `!hog!`, `!spin!`, `!print!` in a report as orders."""

    def read(self, job: Job) -> Read:
        """Follows the order that stands in the report, and reads it if there is still somebody to do so."""
        order = _WAY.search(job.content)
        if order is not None:
            _obey(order[1])
        return super().read(job)

    def _draft(self, job: Job) -> Draft:
        if b"!hog!" in job.content:
            _ = bytearray(1 << 30)
        return super()._draft(job)

    def finish(self, path: str, key: str, replies: Sequence[Any]) -> Read:
        """As the reader's, but a report that says so ends the process first."""
        if "dies-later" in path:
            os._exit(9)
        return super().finish(path, key, replies)


def _obey(order: bytes) -> None:
    if order == b"exit":
        sys.exit(3)
    elif order == b"kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif order == b"segfault":
        ctypes.string_at(0)
    elif order == b"hang":
        time.sleep(600)
    elif order == b"spin":
        while True:
            pass
    elif order == b"print":
        os.write(1, b"something that is no result\n" * 1000)
