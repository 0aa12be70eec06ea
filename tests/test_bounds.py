"""Limits on time: a body that takes too long is ended, and nothing of the limit is left behind."""

from __future__ import annotations

import subprocess
import sys
import time
from textwrap import dedent

import pytest

from structurer.read.bounds import Exhausted, deadline


def endless(seconds: float) -> None:
    """Goes on for ever, whatever errors it meets."""
    with deadline(seconds):
        while True:
            try:
                sum(range(100))
            except Exception:
                continue


def test_a_body_without_end_is_ended() -> None:
    begun = time.monotonic()
    with pytest.raises(Exhausted):
        endless(0.1)
    assert time.monotonic() - begun < 5


def test_no_limit_reaches_beyond_its_body() -> None:
    ended = 0
    for turn in range(60):
        try:
            with deadline(0.001):
                sum(range(30_000 + 3_000 * (turn % 20)))
        except Exhausted:
            ended += 1
        sum(range(2000))  # an exception that came late would be raised here
    assert 0 <= ended <= 60


@pytest.mark.skipif(sys.platform != "linux", reason="the system does not tell a thread's time")
def test_waiting_is_no_work() -> None:
    with deadline(0.05):
        time.sleep(0.3)


def test_a_profiler_can_watch_what_comes_after() -> None:
    code = """
        import cProfile
        from structurer.read.bounds import deadline
        profile = cProfile.Profile()
        profile.enable()
        with deadline(60):
            pass
        for limit in (0.01,) * 3:
            try:
                with deadline(limit):
                    sum(range(3 * 10**6))
            except BaseException:
                pass
        print(sum(1 for _ in range(1000)))
    """
    done = subprocess.run(
        [sys.executable, "-c", dedent(code)], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "1000\n"
