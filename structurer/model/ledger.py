"""What asking costs: tokens and money per call, added up, and held against a budget before they are spent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace

from structurer.errors import SettingsError
from structurer.model.presets import Endpoint
from structurer.model.wire import Completion
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
    batch_share: float | None = None
    """What part of the price is charged in a batch, where the estimate is of one."""


def price_of(settings: Settings, model: str) -> Price | None:
    """The price of a model: by the name in the settings, or by its own."""
    return settings.prices.get(settings.model or "") or settings.prices.get(model)


def cost(price: Price | None, prompt: int, completion: int, cached: int = 0) -> float | None:
    """What that many tokens cost, None where no price is known; `cached` of the prompt's are the cheaper."""
    if price is None:
        return None
    known = price.input if price.cached is None else price.cached
    return ((prompt - cached) * price.input + cached * known + completion * price.output) / _MILLION


def how_to_price(model: str) -> str:
    """What to write where so that costs are known."""
    return (
        f'set the price of a million tokens in structurer.toml: [prices."{model}"] with input = ... and'
        " output = ... (cached = ... too, where a cached prompt costs less)"
    )


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

    def __init__(self, settings: Settings, endpoint: Endpoint) -> None:
        model = endpoint.model
        self.price = price_of(settings, model)
        self.batch_share = endpoint.preset.batch_share
        if self.price is not None and self.price.batch is not None:
            self.batch_share = self.price.batch
        self._most_tokens, self._most_cost = settings.max_tokens, settings.max_cost
        if self._most_cost is not None and self.price is None:
            raise SettingsError(
                f"max_cost: the price of {model} is not known; {how_to_price(model)}, or use max_tokens"
            )
        self.usage = Usage()
        self._reserved = self._under_way = 0
        self._reserved_cost = 0.0
        self._waiting: list[asyncio.Future[None]] = []
        self.stopped = ""
        """Why nothing more is asked, once a budget is used up."""

    async def reserve(self, prompt: int, completion: int) -> bool:
        """Whether a call that may use this much still fits; if so it is held back for it.

        What calls under way may use counts as used; where only that is in the way, their end is waited for.
        """
        while not self.stopped:
            if self._held(prompt, completion):
                return True
            if not self._under_way:
                self.stopped = self._passed(prompt, completion)
                break
            place = asyncio.get_running_loop().create_future()
            self._waiting.append(place)
            await place
        return False

    def hold(self, prompt: int, completion: int) -> bool:
        """Whether a question still fits that is handed in with a batch; it is then held back for good."""
        if not self.stopped and not self._held(prompt, completion, self.batch_share):
            self.stopped = self._passed(prompt, completion, self.batch_share)
        return not self.stopped

    def _held(self, prompt: int, completion: int, share: float = 1.0) -> bool:
        if self._passed(prompt, completion, share):
            return False
        self._under_way += 1
        self._reserved += prompt + completion
        self._reserved_cost += share * (cost(self.price, prompt, completion) or 0.0)
        return True

    def _passed(self, prompt: int, completion: int, share: float = 1.0) -> str:
        """The budget that a call would pass, "" if none."""
        tokens = self.usage.prompt_tokens + self.usage.completion_tokens + self._reserved
        if self._most_tokens is not None and tokens + prompt + completion > self._most_tokens:
            return f"max_tokens of {self._most_tokens:,} would be passed"
        paid = (self.usage.cost or 0.0) + self._reserved_cost
        most = paid + share * (cost(self.price, prompt, completion) or 0.0)
        if self._most_cost is not None and most > self._most_cost:
            return f"max_cost of {self._most_cost:g} would be passed"
        return ""

    def release(self, prompt: int, completion: int) -> None:
        """Gives back what was reserved, and lets those who wait look again."""
        self._under_way -= 1
        self._reserved -= prompt + completion
        self._reserved_cost -= cost(self.price, prompt, completion) or 0.0
        waiting, self._waiting = self._waiting, []
        for place in waiting:
            if not place.done():
                place.set_result(None)

    def spent(self, calls: int, completion: Completion | None, *, batch: bool = False) -> Usage:
        """Notes requests made, in a `batch` or at once, and what the answer used; returns that as a usage."""
        prompt = (completion.prompt_tokens if completion else None) or 0
        answer = (completion.completion_tokens if completion else None) or 0
        cached = min(prompt, completion.cached_tokens if completion else 0)
        paid = cost(self.price, prompt, answer, cached)
        if paid is not None and batch:
            paid *= self.batch_share
        used = Usage(calls=calls, prompt_tokens=prompt, completion_tokens=answer, cost=paid)
        self.usage = added((self.usage, used))
        return used

    def estimate(self, counted: Estimate, *, batch: bool) -> Estimate:
        """An estimate with what it would cost."""
        share = self.batch_share if batch else 1.0
        likely, most = (
            None if paid is None else paid * share
            for paid in (
                cost(self.price, counted.prompt_tokens, counted.completion_tokens),
                cost(self.price, counted.prompt_tokens, counted.most_completion_tokens),
            )
        )
        return replace(counted, cost=likely, most_cost=most, batch_share=share if batch else None)

    def found(self) -> Usage:
        """Notes an answer that was there already and costs nothing."""
        used = Usage(cached_calls=1, cost=None if self.price is None else 0.0)
        self.usage = added((self.usage, used))
        return used
