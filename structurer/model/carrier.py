"""Bringing a question to the endpoint and an answer back: within the budget, in words the endpoint takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from structurer.model.answers import Answer
from structurer.model.ledger import Ledger
from structurer.model.presets import LADDER, Endpoint
from structurer.model.question import Question, written
from structurer.model.reply import State
from structurer.model.strict import strict_schema
from structurer.model.transport import Lane, Patience, Stopped, Unavailable, send
from structurer.model.wire import Backend, Call, Completion, Denied, Message, Rejected
from structurer.observation import Usage
from structurer.settings import Settings
from structurer.tokens import Counter, counter

_DOWN = 5
"""Calls in a row that never came back, after which the endpoint is left alone for the rest of the run."""
_SHRUGS = 6
"""Times a request is put differently because the endpoint does not know a parameter."""
_AROUND = 8
"""Tokens a request takes beside the words of its messages."""
_LINES = 14
"""Tokens of the two lines around the report's text: 11 to 19."""
_BETWEEN = '","'
"""What stands between two names of a schema: a token of its own."""
_REMEMBERED = 1_024


@dataclass(frozen=True)
class Brought:
    """A completion and what it used; without one, what became of the question instead, and why."""

    completion: Completion | None = None
    usage: Usage = field(default_factory=Usage)
    state: State = "failed"
    reason: str = ""


class Carrier:
    """The way to one endpoint for one run, and what is known of it by now."""

    def __init__(
        self,
        settings: Settings,
        endpoint: Endpoint,
        ledger: Ledger,
        patience: Patience,
        make: Callable[[Endpoint], Backend] | None,
    ) -> None:
        self.problem = ""
        """Why the endpoint is not asked any more."""
        self.lane = Lane(settings.concurrency)
        self._settings, self._endpoint, self._ledger = settings, endpoint, ledger
        self._patience = patience
        self._make = make or self._door
        self._backend: Backend | None = None
        self._capability = endpoint.preset.capability
        self._dropped: frozenset[str] = frozenset()
        self._lost = 0
        self._counts: dict[str, int] = {}

    @cached_property
    def count(self) -> Counter:
        """Counts tokens as this model's vendor does, as near as this machine can."""
        return counter(self._endpoint.model)

    @property
    def shown(self) -> bool:
        """Whether the provider itself shows the model the schema."""
        return self._endpoint.preset.shows_schema and self._capability in ("json_schema", "tools")

    def warm(self) -> None:
        """Loads what the first call would wait for."""
        _ = self.count
        if self._endpoint.preset.name != "local":
            from structurer.model.door import warm

            warm(self._capability)

    def estimated(self, question: Question) -> int:
        """Prompt tokens of a question's first request, to a few tokens."""
        shown = self._endpoint.preset.shows_schema
        prompt = self._prompt(question, question.messages(shown=shown))
        return prompt + (self._of_schema(question.answer) if shown else 0)

    def used(self, completion: Completion, estimated: int) -> Completion:
        """The completion with tokens as the endpoint counts them; where it does not say, as counted here."""
        prompt, answer = completion.prompt_tokens, completion.completion_tokens
        return replace(
            completion,
            prompt_tokens=estimated if prompt is None else prompt,
            completion_tokens=self.count(completion.text) if answer is None else answer,
        )

    def renew(self) -> None:
        """Begins another event loop, with nobody under way."""
        self.lane = Lane(self._settings.concurrency)

    async def close(self) -> None:
        """Closes the connections; they are opened again when needed."""
        backend, self._backend = self._backend, None
        if backend is not None:
            await backend.close()

    async def bring(self, question: Question, messages: Sequence[Message]) -> Brought:
        """One completion, if the budget still holds it."""
        prompt = self._prompt(question, messages)
        if not await self._ledger.reserve(prompt, question.limit):
            return Brought(state="unasked", reason=self._ledger.stopped)
        if self._backend is None:
            self._backend = self._make(self._endpoint)
        trips = _Trips(self._backend)
        gap, completion = Brought(), None
        try:
            completion = self.used(await self._carried(question, messages, trips), prompt)
            self._lost = 0
        except Unavailable as error:
            gap = Brought(reason=str(error))
            self._lost += 1
            if self._lost >= _DOWN:
                self.problem = f"{_DOWN} calls in a row failed, the last one: {error}"
        except Stopped:
            gap = Brought(state="unasked", reason=self.problem)
        except Rejected as error:
            gap = Brought(state="rejected", reason=str(error))
        except Denied as error:
            name = self._endpoint.preset.name
            self.problem = self.problem or f"{name} does not answer for {self._endpoint.model}: {error}"
            gap = Brought(reason=str(error))
        finally:
            usage = self._ledger.spent(trips.made, completion)
            self._ledger.release(prompt, question.limit)
        return replace(gap, completion=completion, usage=usage)

    async def _carried(self, question: Question, messages: Sequence[Message], trips: _Trips) -> Completion:
        """Sends a call; where the endpoint does not know a parameter, does without it from then on."""
        for _ in range(_SHRUGS):
            call = Call(tuple(messages), question.answer, question.limit, self._capability, self._dropped)
            try:
                return await send(call, trips.complete, self.lane, self._patience, lambda: bool(self.problem))
            except Rejected as error:
                if not self._does_without(error.parameter, call):
                    raise
                messages = question.messages(shown=self.shown) if len(messages) == 2 else messages
        raise Rejected("no request was taken")

    def _does_without(self, parameter: str | None, call: Call) -> bool:
        """Whether there is another way to put the request; it is then the way from now on."""
        if parameter in ("temperature", "max_completion_tokens", "max_tokens"):
            if parameter in call.dropped:
                return False
            self._dropped |= {parameter}
            return True
        if parameter is None or call.capability == LADDER[-1]:
            return False
        if self._capability == call.capability:
            self._capability = LADDER[LADDER.index(call.capability) + 1]
        return True

    def _prompt(self, question: Question, messages: Sequence[Message]) -> int:
        """Tokens of the messages. Those of the report's text are known: its chunk was cut to a budget."""
        instructions, _, *more = (message["content"] for message in messages)
        return sum(map(self._counted, (instructions, *more))) + question.chunk.tokens + _LINES + _AROUND

    def _of_schema(self, answer: Answer) -> int:
        """Tokens of an answer's schema, name by name: the same names come in ever new sets."""
        names = written(strict_schema(answer)).split(_BETWEEN)
        return sum(map(self._counted, names)) + len(names) - 1

    def _counted(self, text: str) -> int:
        """Tokens of a text that may come again and again."""
        if text not in self._counts:
            if len(self._counts) > _REMEMBERED:
                self._counts.clear()
            self._counts[text] = self.count(text)
        return self._counts[text]

    def _door(self, endpoint: Endpoint) -> Backend:
        if endpoint.preset.name == "local":
            from structurer.model.local import open_local

            return open_local(endpoint, self._settings)
        from structurer.model.door import Door

        return Door(endpoint, timeout=self._settings.timeout, pause=lambda wait: self.lane.pause(wait))


class _Trips:
    """A backend that counts: whatever a call ends with, every request made for it is known."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.made = 0

    async def complete(self, call: Call) -> Completion:
        self.made += 1
        return await self._backend.complete(call)
