"""A process that reads reports for another one: jobs come in on a pipe, what became of them goes out.

Started by `structurer.bulk.workers`. Whatever happens to it, one report is lost and not the run. It ends when
its pipe does, so that it does not outlive who started it.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import pickle
import signal
import struct
import sys
from typing import Any, BinaryIO

from structurer.bulk.reading import Reader
from structurer.garbage import seldom_collected
from structurer.memory import limit_memory

_LENGTH = struct.Struct(">Q")
_GRACE = 10
"""Seconds beyond the time limit after which a worker ends itself: nobody is there to end it."""
_ROOM = 1 << 20
"""Bytes of a pipe: what anybody may ask for on Linux, where 64 kB hold one record."""
MORE_KILLABLE = 500
"""Added to the worker's score when memory runs out, so that the system ends it and not the import."""


def main() -> None:
    """Reads jobs until there are no more."""
    jobs, results = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not end up between the results
    _widen(results)
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write(str(MORE_KILLABLE))
    faulthandler.enable()
    setup = received(jobs)
    if setup is None:
        return
    reader, seconds, memory = setup
    limit_memory(memory)
    reader.warm()
    send(results, "ready")
    with seldom_collected():
        while (job := received(jobs)) is not None:
            _clear_errors()
            with _limited(seconds):
                result = _done(reader, job)
            send(results, result)


def _done(reader: Reader, job: tuple[Any, ...]) -> Any:
    name, *arguments = job
    return getattr(reader, name)(*arguments)


def _widen(pipe: BinaryIO) -> None:
    """Gives a pipe room for some records, where that can be said: else this process stands still while the
    import writes and does not read."""
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _ROOM)


def _clear_errors() -> None:
    """Forgets what was said about the report before: only what is said about this one may explain its end."""
    with contextlib.suppress(OSError):
        os.ftruncate(2, 0)


@contextlib.contextmanager
def _limited(seconds: float) -> Any:
    """Ends this process when a job takes much too long: the import does so earlier if it is still there."""
    alarm = getattr(signal, "setitimer", None)
    if alarm is None:
        yield
        return
    alarm(signal.ITIMER_REAL, seconds + _GRACE)
    try:
        yield
    finally:
        alarm(signal.ITIMER_REAL, 0)


def packed(value: Any) -> bytes:
    """A value as a message: its length, then itself."""
    data = pickle.dumps(value, protocol=5)
    return _LENGTH.pack(len(data)) + data


def send(stream: BinaryIO, value: Any) -> None:
    """Writes a value as a message."""
    stream.write(packed(value))
    stream.flush()


def received(stream: BinaryIO) -> Any:
    """The next message; None at the end."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    data = stream.read(length)
    return pickle.loads(data) if len(data) == length else None


def length_of(head: bytes) -> int:
    """How long a message is, by its first eight bytes."""
    (length,) = _LENGTH.unpack(head)
    return int(length)
