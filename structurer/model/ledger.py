"""What asking costs: tokens and money per call, added up, and held against a budget before they are spent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from structurer.errors import SettingsError
from structurer.observation import Usage
from structurer.settings import Price, Settings

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Estimate:
    """What questions would use: calls to be made, prompt tokens, and answers as expected and at most."""

    calls: int = 0
    cached: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    most_completion_tokens: int = 0
    cost: float | None = None
    most_cost: float | None = None
    counter: str = ""


def price_of(settings: Settings, model: str) -> Price | None:
    """The price of a model: by the name in the settings, or by its own."""
    return settings.prices.get(settings.model or "") or settings.prices.get(model)


def cost(price: Price | None, prompt: int, completion: int) -> float | None:
    """What that many tokens cost, None where no price is known."""
    return None if price is None else (prompt * price.input + completion * price.output) / _MILLION


def added(parts: Iterable[Usage]) -> Usage:
    """Usages as one; the cost is known if that of every part that was paid for is."""
    calls = prompt = completion = cached = 0
    total: float | None = None
    unknown = False
    for part in parts:
        calls += part.calls
        prompt += part.prompt_tokens
        completion += part.completion_tokens
        cached += part.cached_calls
        if part.cost is not None:
            total = (total or 0.0) + part.cost
        elif part.calls:
            unknown = True
    return Usage(
        calls=calls,
        prompt_tokens=prompt,
        completion_tokens=completion,
        cached_calls=cached,
        cost=None if unknown else total,
    )


class Ledger:
    """The account of one run. Tokens are reserved before a call and settled after it."""

    def __init__(self, settings: Settings, model: str) -> None:
        self.price = price_of(settings, model)
        self._most_tokens, self._most_cost = settings.max_tokens, settings.max_cost
        if self._most_cost is not None and self.price is None:
            raise SettingsError(
                f'max_cost: the price of {model} is not known; add [prices."{model}"] with input and output'
                " per million tokens to structurer.toml, or use max_tokens"
            )
        self.usage = Usage()
        self._reserved_prompt = self._reserved_completion = self._under_way = 0
        self._waiting: list[asyncio.Future[None]] = []
        self.stopped = ""
        """Why nothing more is asked, once a budget is used up."""

    async def reserve(self, prompt: int, completion: int) -> bool:
        """Whether a call that may use this much still fits; if so it is held back for it.

        What calls under way may use counts as used; where only that is in the way, their end is waited for.
        """
        while not self.stopped:
            passed = self._passed(prompt, completion)
            if not passed:
                self._under_way += 1
                self._reserved_prompt += prompt
                self._reserved_completion += completion
                return True
            if not self._under_way:
                self.stopped = passed
                break
            place = asyncio.get_running_loop().create_future()
            self._waiting.append(place)
            await place
        return False

    def _passed(self, prompt: int, completion: int) -> str:
        """The budget that a call would pass, "" if none."""
        prompt += self.usage.prompt_tokens + self._reserved_prompt
        completion += self.usage.completion_tokens + self._reserved_completion
        most = cost(self.price, prompt, completion)
        if self._most_tokens is not None and prompt + completion > self._most_tokens:
            return f"max_tokens of {self._most_tokens:,} would be passed"
        if self._most_cost is not None and most is not None and most > self._most_cost:
            return f"max_cost of {self._most_cost:g} would be passed"
        return ""

    def release(self, prompt: int, completion: int) -> None:
        """Gives back what was reserved, and lets those who wait look again."""
        self._under_way -= 1
        self._reserved_prompt -= prompt
        self._reserved_completion -= completion
        waiting, self._waiting = self._waiting, []
        for place in waiting:
            if not place.done():
                place.set_result(None)

    def spent(self, calls: int, prompt: int, completion: int) -> Usage:
        """Notes requests made and tokens used; returns that as a usage."""
        used = Usage(
            calls=calls,
            prompt_tokens=prompt,
            completion_tokens=completion,
            cost=cost(self.price, prompt, completion),
        )
        self.usage = added((self.usage, used))
        return used

    def found(self) -> Usage:
        """Notes an answer that was there already and costs nothing."""
        used = Usage(cached_calls=1)
        self.usage = added((self.usage, used))
        return used
