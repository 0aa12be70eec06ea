"""Limits on what one hostile file can cost: time, unpacked bytes."""

from __future__ import annotations

import ctypes
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace


class Exhausted(BaseException):
    """A limit was hit. No `except Exception` on the way can swallow it; readers turn it into TooLarge."""


_AGAIN = 0.5
_SOON = 0.001
_STEPS = 100
"""Steps of Python within which an exception that was sent arrives."""
UNPACKED = 256 * 2**20
"""Most bytes that one packed stream may unpack to."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raises Exhausted in the body when it takes more than so many seconds of its thread's processor time.

    So a file is refused for the work it is, however busy the machine; where the system does not tell a
    thread's time, the clock on the wall counts. The exception arrives between two steps of Python code: one
    call into C is not interrupted.
    """
    thread = ctypes.c_ulong(threading.get_ident())
    spent = _clock_of(threading.get_ident())
    end = spent() + seconds
    lock = threading.Lock()
    over = threading.Event()
    rung = threading.Event()

    def ring() -> None:
        wait = seconds
        while not over.wait(wait):
            wait = _AGAIN
            with lock:
                # Only while the body runs is there a thread to ask for its time.
                left = 0.0 if over.is_set() or rung.is_set() else end - spent()
                if left > 0:
                    wait = max(left, _SOON)
                elif not over.is_set():
                    rung.set()
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(Exhausted))

    clock = threading.Thread(target=ring, daemon=True)
    try:
        clock.start()
        yield
    finally:
        _silence(lock, over, rung)


def _clock_of(thread: int) -> Callable[[], float]:
    """The processor time of a thread that runs."""
    if sys.platform != "linux":
        return time.monotonic
    clock = time.pthread_getcpuclockid(thread)
    return lambda: time.clock_gettime(clock)


def _silence(lock: threading.Lock, over: threading.Event, rung: threading.Event) -> None:
    """End the clock, and take an exception that has not arrived yet.

    To withdraw it instead would leave CPython 3.11 looking for it at every step from then on, and keep it
    from going on at all where a profiler or a coverage tool watches.
    """
    while not over.is_set():
        try:
            with lock:
                over.set()
        except Exhausted:
            continue
    try:
        for _ in range(_STEPS if rung.is_set() else 0):
            pass
    except Exhausted:
        return


def inflate(data: bytes) -> bytes:
    """As zlib.decompress, but Exhausted over UNPACKED bytes."""
    machine = zlib.decompressobj()
    made = machine.decompress(data, UNPACKED)
    if machine.unconsumed_tail:
        raise Exhausted
    if not machine.eof:
        raise zlib.error("incomplete or truncated stream")
    return made


BOUNDED_ZLIB = SimpleNamespace(decompress=inflate, decompressobj=zlib.decompressobj, error=zlib.error)
"""Stands in for the module zlib where a library unpacks whatever it is given."""
