"""One endpoint's patience and one budget, shared by clients in many processes.

`Permits` stands in one place, as an actor of a cluster; `SharedLane` and `SharedLedger` stand in each client
and ask it. What is handed out is lent for a time, because a client that is gone gives nothing back.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable
from dataclasses import replace
from typing import Any, Protocol

from structurer.model.ledger import Ledger
from structurer.model.presets import Endpoint
from structurer.model.transport import Lane
from structurer.model.wire import Completion
from structurer.observation import Usage
from structurer.settings import Settings


class Office(Protocol):
    """How a client reaches the permits: `ask` awaits an answer, `tell` does not wait for any."""

    def ask(self, name: str, *arguments: Any) -> Awaitable[Any]:
        """Calls a method of `Permits` and gives its result."""

    def tell(self, name: str, *arguments: Any) -> None:
        """Calls a method of `Permits`."""


class Permits:
    """Places in the lane and parts of the budget, each lent for at most `longest` seconds."""

    def __init__(self, settings: Settings, endpoint: Endpoint, longest: float) -> None:
        self._lane = Lane(settings.concurrency)
        self._ledger = Ledger(settings, endpoint)
        self._longest = longest
        self._numbers = itertools.count(1)
        self._entered: dict[int, float] = {}
        self._reserved: dict[int, tuple[float, int, int]] = {}
        self.most_at_once = 0
        """How many calls were under way at once, at most."""

    async def enter(self) -> int:
        """Waits for a place in the lane; returns its number."""
        self._take_back()
        waiting = asyncio.ensure_future(self._lane.enter())
        while not (await asyncio.wait([waiting], timeout=1.0))[0]:
            self._take_back()
        waiting.result()
        number = next(self._numbers)
        self._entered[number] = time.monotonic()
        self.most_at_once = max(self.most_at_once, len(self._entered))
        return number

    def leave(self, number: int) -> None:
        """Gives a place back."""
        if self._entered.pop(number, None) is not None:
            self._lane.leave()

    def grow(self) -> None:
        """After an answer."""
        self._lane.grow()

    def shrink(self, number: int, pause: float) -> None:
        """After a limit that the call in this place met."""
        self._lane.shrink(self._entered.get(number, 0.0), pause)

    def pause(self, seconds: float) -> None:
        """Lets nobody in for a while."""
        self._lane.pause(seconds)

    async def reserve(self, prompt: int, completion: int) -> tuple[int, str]:
        """Holds back a part of the budget; returns its number, or 0 and why there is none."""
        self._take_back()
        waiting = asyncio.ensure_future(self._ledger.reserve(prompt, completion))
        while not (await asyncio.wait([waiting], timeout=1.0))[0]:
            self._take_back()
        if not waiting.result():
            return 0, self._ledger.stopped
        number = next(self._numbers)
        self._reserved[number] = time.monotonic(), prompt, completion
        return number, ""

    def release(self, number: int) -> None:
        """Gives a part of the budget back."""
        if (held := self._reserved.pop(number, None)) is not None:
            self._ledger.release(held[1], held[2])

    def spent(self, calls: int, completion: Completion | None) -> None:
        """Notes requests made, and what the answer used."""
        self._ledger.spent(calls, completion)

    def found(self) -> None:
        """Notes an answer that was there already."""
        self._ledger.found()

    def usage(self) -> Usage:
        """What was used so far by all."""
        return self._ledger.usage

    def _take_back(self) -> None:
        """Takes back what was lent to clients that are gone."""
        late = time.monotonic() - self._longest
        for number in [number for number, since in self._entered.items() if since < late]:
            self.leave(number)
        for number in [number for number, held in self._reserved.items() if held[0] < late]:
            self.release(number)


class SharedLane(Lane):
    """A lane whose places are handed out elsewhere."""

    def __init__(self, most: int, office: Office) -> None:
        super().__init__(most)
        self._office = office
        self._places: dict[Any, int] = {}

    async def enter(self) -> None:
        """Waits for a place."""
        self._places[asyncio.current_task()] = await self._office.ask("enter")

    def leave(self) -> None:
        """Gives the place back."""
        number = self._places.pop(asyncio.current_task(), 0)
        self._office.tell("leave", number)

    def grow(self) -> None:
        """After an answer."""
        self._office.tell("grow")

    def shrink(self, began: float, pause: float) -> None:
        """After a limit: everybody's lane gets narrower."""
        self._office.tell("shrink", self._places.get(asyncio.current_task(), 0), pause)

    def pause(self, seconds: float) -> None:
        """Lets nobody in for a while."""
        self._office.tell("pause", seconds)


class SharedLedger(Ledger):
    """An account whose budget is kept elsewhere; its own usage is that of this client."""

    def __init__(self, settings: Settings, endpoint: Endpoint, office: Office) -> None:
        super().__init__(settings, endpoint)
        self._office = office
        self._lent: dict[tuple[int, int], list[int]] = {}

    async def reserve(self, prompt: int, completion: int) -> bool:
        """Whether a call that may use this much still fits into everybody's budget."""
        if self.stopped:
            return False
        number, self.stopped = await self._office.ask("reserve", prompt, completion)
        if number:
            self._lent.setdefault((prompt, completion), []).append(number)
        return bool(number)

    def release(self, prompt: int, completion: int) -> None:
        """Gives back what was reserved."""
        numbers = self._lent.get((prompt, completion), [])
        if numbers:
            self._office.tell("release", numbers.pop())
        if not numbers:
            self._lent.pop((prompt, completion), None)

    def spent(self, calls: int, completion: Completion | None, *, batch: bool = False) -> Usage:
        """Notes requests made, and what the answer used."""
        # The words of an answer are nobody's business there.
        self._office.tell("spent", calls, replace(completion, text="") if completion else None)
        return super().spent(calls, completion, batch=batch)

    def found(self) -> Usage:
        """Notes an answer that was there already."""
        self._office.tell("found")
        return super().found()
