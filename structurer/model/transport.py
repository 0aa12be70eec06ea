"""Getting a call there and back: patience with limits, a few retries, concurrency that adapts."""

from __future__ import annotations

import asyncio
import logging
import random
import re
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from structurer.model.wire import Call, Completion, Limited, Transient

_LONGEST_WAIT = 120.0
_OBEYED = 4
"""Limits of one call that are met with just the wait the endpoint names."""
_LONG = 10.0
"""Seconds of waiting after which a person is told."""
_LOG = logging.getLogger("structurer.model")
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|h|m|s)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to go on: `retries` of failures, `limited` seconds where the endpoint asks to wait."""

    retries: int = 4
    backoff: float = 0.5
    longest: float = 8.0
    limited: float = 900.0


class Unavailable(Exception):
    """A call that could not be brought there and back within its patience."""


class Stopped(Exception):
    """A call that waited for its turn until nothing was to be sent any more."""


class Lane:
    """Lets calls through, as many at once as the endpoint bears: halves on a limit, grows by one a round."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.width = float(most)
        self.under_way = 0
        self._resume = 0.0
        self._shrunk = 0.0
        self._told = False
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def enter(self) -> None:
        """Waits for a place, and for the end of a pause."""
        while True:
            pause = self._resume - time.monotonic()
            if pause > 0:
                await asyncio.sleep(pause)
            elif self.under_way < max(1, int(self.width)):
                self.under_way += 1
                return
            else:
                place = asyncio.get_running_loop().create_future()
                self._waiting.append(place)
                try:
                    await place
                except asyncio.CancelledError:
                    self._wake()
                    raise

    def leave(self) -> None:
        """Gives the place back."""
        self.under_way -= 1
        self._wake()

    def grow(self) -> None:
        """After an answer."""
        if self.width < self.most:
            self.width = min(self.most, self.width + 1 / self.width)

    def shrink(self, began: float, pause: float) -> None:
        """After a limit met by a call begun at that moment; calls from before the last cut count once."""
        moment = time.monotonic()
        self._resume = max(self._resume, moment + pause)
        if began >= self._shrunk:
            self.width = max(1.0, self.width / 2)
            self._shrunk = moment

    def pause(self, seconds: float) -> None:
        """Lets nobody in for a while, as when the endpoint says that nothing is left."""
        self._resume = max(self._resume, time.monotonic() + min(seconds, _LONGEST_WAIT))

    def tell(self, waited: float, limit: float) -> None:
        """Says once that it is the endpoint that is waited for, lest a run seem to hang."""
        if waited > _LONG and not self._told:
            self._told = True
            _LOG.warning("the model's endpoint asks to wait; waiting, up to %.0f s", limit)

    def _wake(self) -> None:
        free = max(1, int(self.width)) - self.under_way
        while self._waiting and free > 0:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                free -= 1


async def send(
    call: Call,
    complete: Callable[[Call], Awaitable[Completion]],
    lane: Lane,
    patience: Patience,
    stopped: Callable[[], bool] = lambda: False,
) -> Completion:
    """The completion of a call, in as many requests as it takes.

    A limit uses up no retry, only time. Raises Unavailable when patience ends, Stopped when its turn comes
    after `stopped` has become true, Rejected and Denied at once.
    """
    limits, failures, since = 0, 0, 0.0
    while True:
        await lane.enter()
        began = time.monotonic()
        try:
            if stopped():
                raise Stopped
            completion = await complete(call)
        except Limited as limit:
            limits += 1
            since = since or began
            asked = _backoff(patience, limits) if limit.after is None else min(limit.after, _LONGEST_WAIT)
            lane.shrink(began, asked)
            # One that names a time and refuses again after it is not taken at its word any more.
            pause = _backoff(patience, limits - _OBEYED) if limits > _OBEYED else 0.0
            waited = time.monotonic() - since + max(asked, pause)
            if waited > patience.limited:
                raise Unavailable("the endpoint kept asking to wait") from None
            lane.tell(waited, patience.limited)
        except Transient as failure:
            failures += 1
            if failures > patience.retries:
                raise Unavailable(str(failure)) from None
            pause = failure.after if failure.after is not None else _backoff(patience, failures)
        else:
            lane.grow()
            return completion
        finally:
            lane.leave()
        await asyncio.sleep(min(pause, _LONGEST_WAIT))


def _backoff(patience: Patience, failures: int) -> float:
    """Seconds to wait after that many failures: doubling, and blurred, to come back apart."""
    return min(patience.longest, patience.backoff * 2.0 ** (failures - 1)) * random.uniform(0.5, 1.0)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds a response asks to wait: Retry-After as seconds or date, else the reset it announces."""
    milliseconds = headers.get("retry-after-ms")
    if milliseconds and _is_number(milliseconds):
        return float(milliseconds) / 1000
    after = headers.get("retry-after", "").strip()
    if _is_number(after):
        return float(after)
    if after:
        try:
            moment = parsedate_to_datetime(after)
        except (TypeError, ValueError):
            return None
        return max(0.0, (moment - datetime.now(moment.tzinfo or timezone.utc)).total_seconds())
    return exhausted(headers)


def exhausted(headers: Mapping[str, str]) -> float | None:
    """Seconds until what is used up is there again, by the x-ratelimit headers; None if something is left."""
    waits = [
        duration(headers.get(f"x-ratelimit-reset-{kind}", ""))
        for kind in ("requests", "tokens")
        if headers.get(f"x-ratelimit-remaining-{kind}", "").strip() == "0"
    ]
    return max((wait for wait in waits if wait is not None), default=None)


def duration(text: str) -> float | None:
    """Seconds in `1m30s`, `250ms` or `12`."""
    if _is_number(text.strip()):
        return float(text)
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text.strip():
        return None
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,9})?", text) is not None
