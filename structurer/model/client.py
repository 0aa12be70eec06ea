"""Asking questions: answered from what is known or sent; an outcome is a state, never an exception."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, Protocol, TypeVar

from pydantic import BaseModel

from structurer.model.answers import item_of
from structurer.model.ledger import Estimate, Ledger, added, cost
from structurer.model.parse import Parsed, parse
from structurer.model.presets import LADDER, Endpoint, endpoint
from structurer.model.question import Question, written
from structurer.model.transport import Lane, Patience, Stopped, Unavailable, send
from structurer.model.wire import Backend, Call, Completion, Denied, Message, Rejected
from structurer.observation import Usage
from structurer.settings import Settings
from structurer.tokens import Counter, counter

State = Literal[
    "answered",
    "divided",
    "truncated",
    "endless",
    "refused",
    "empty",
    "garbled",
    "rejected",
    "failed",
    "unasked",
]
"""What became of a question. `divided`: its halves were asked; `endless`: blank space up to the limit;
`unasked`: a budget or an endpoint that has failed too often stopped it. All but the first two are gaps."""

_ENDLESS = 100
"""Blank characters at the end of an answer that make it an endless one."""
_DOWN = 5
"""Calls in a row that never came back, after which the endpoint is left alone for the rest of the run."""
_SHRUGS = 6
"""Times a request is put differently because the endpoint does not know a parameter."""
T = TypeVar("T")


@dataclass(frozen=True)
class Reply:
    """What became of a question, what it used, and the items that have the right shape."""

    question: Question
    state: State
    items: tuple[BaseModel, ...] = ()
    dropped: int = 0
    """Items left out because their shape was wrong even when asked again."""
    usage: Usage = field(default_factory=Usage)
    reason: str = ""
    parts: tuple[Reply, ...] = ()
    """Replies to the halves of a question that was too long."""
    known: Usage | None = None
    """What an answer that was known already had used when it was asked for."""

    @property
    def paid(self) -> Usage:
        """What getting the answer used, in this run or in the one that asked for it."""
        return self.usage if self.known is None else self.known

    def __reduce__(self) -> tuple[Any, ...]:
        items = [item.model_dump() for item in self.items]
        return _replied, (
            self.question, self.state, items, self.dropped, self.usage, self.reason, self.parts
        )  # fmt: skip

    def leaves(self) -> Iterable[Reply]:
        """The replies at the ends: this one, or those of its parts."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()

    @property
    def lasting(self) -> bool:
        """Whether asking again would change nothing."""
        return all(leaf.state not in ("failed", "unasked") for leaf in self.leaves())


def _replied(
    question: Question,
    state: State,
    items: Sequence[dict[str, Any]],
    dropped: int,
    usage: Usage,
    reason: str,
    parts: tuple[Reply, ...],
) -> Reply:
    """A reply from another process."""
    kind = item_of(question.answer)
    made = tuple(kind.model_validate(item) for item in items)
    return Reply(question, state, made, dropped, usage, reason, parts)


@dataclass(frozen=True, slots=True)
class Kept:
    """An outcome as it is kept: for `answered`, `text` is the answer."""

    key: str
    state: State
    text: str
    model: str
    prompt: str
    document: str
    spans: tuple[tuple[int, int], ...] = ()
    usage: Usage = field(default_factory=Usage)
    dropped: int = 0
    estimate: int = 0
    """Prompt tokens as counted beforehand, to compare with what the endpoint counts."""


class Shelf(Protocol):
    """Where outcomes are kept: the cache, the store's journal."""

    def get(self, key: str) -> Kept | None:
        """What is kept under a key."""

    def put(self, kept: Kept) -> None:
        """Keeps an outcome; the shelf decides which it wants."""


class Client:
    """The one way to a model: answers questions from its shelves or from an endpoint, many at once.

    Use it inside `async with`, or call `ask_all`, which opens and closes it. One client is one run:
    it holds the run's budget and usage. Raises ModelError and SettingsError when made, not later.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        shelves: Sequence[Shelf] = (),
        backend: Callable[[Endpoint], Backend] | None = None,
        patience: Patience | None = None,
        reasks: int = 1,
        lane: Lane | None = None,
        ledger: Ledger | None = None,
    ) -> None:
        self.endpoint = endpoint(settings)
        self.ledger = ledger or Ledger(settings, self.endpoint.model)
        self.problem = ""
        """Why the endpoint is not asked any more."""
        self.offline = ""
        """Why nothing is to be sent; questions are then answered from the shelves only."""
        self.unanswered: dict[str, int] = {}
        """How many questions got no answer, by reason."""
        self._settings = settings
        self._shelves = tuple(shelves)
        self._make = backend or self._door
        self._patience = patience or Patience()
        self._reasks = reasks
        self._backend: Backend | None = None
        self._lane = lane or Lane(settings.concurrency)
        self._capability = self.endpoint.preset.capability
        self._dropped: frozenset[str] = frozenset()
        self._lost = 0
        self._counts: dict[str, int] = {}
        self._flights: dict[str, asyncio.Task[Reply]] = {}

    @cached_property
    def count(self) -> Counter:
        """Counts tokens as this model's vendor does, as near as this machine can."""
        return counter(self.endpoint.model)

    @property
    def trouble(self) -> str:
        """What kept questions from being answered, "" if nothing did."""
        if self.problem or self.ledger.stopped:
            return self.problem or self.ledger.stopped
        return "; ".join(f"{number} unanswered ({reason})" for reason, number in self.unanswered.items())

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the connections; the client can be used again."""
        backend, self._backend = self._backend, None
        if backend is not None:
            await backend.close()

    def ask_all(self, questions: Sequence[Question]) -> list[Reply]:
        """The replies to questions, in order, for callers that do not await, inside a running loop too."""
        return run(self._all(questions))

    async def _all(self, questions: Sequence[Question]) -> list[Reply]:
        self._lane = Lane(self._settings.concurrency)
        async with self:
            return list(await asyncio.gather(*map(self.ask, questions)))

    async def ask(self, question: Question) -> Reply:
        """The reply to one question. The same question asked twice at once is sent once."""
        key = question.key(self.endpoint)
        flight = self._flights.get(key)
        if flight is not None:
            reply = await asyncio.shield(flight)
            usage = self.ledger.found() if reply.lasting else Usage()
            return replace(reply, question=question, usage=usage, known=reply.paid)
        flight = self._flights[key] = asyncio.ensure_future(self._answer(question, key))
        try:
            reply = await flight
        finally:
            self._flights.pop(key, None)
        if reply.state not in ("answered", "divided"):
            reason = reply.reason if reply.state in ("failed", "rejected") else reply.state
            self.unanswered[reason] = self.unanswered.get(reason, 0) + 1
        return reply

    def known(self, question: Question) -> bool:
        """Whether a question can be answered without asking anybody."""
        kept = self._kept(question.key(self.endpoint))
        return kept is not None and kept.state == "answered"

    def estimate(self, questions: Iterable[Question]) -> Estimate:
        """What asking these would use, by the counter at hand; nothing is sent."""
        calls = cached = prompt = likely = most = 0
        asked: set[bytes] = set()
        for question in questions:
            digest = bytes.fromhex(question.key(self.endpoint))
            again = digest in asked
            asked.add(digest)
            if again or self.known(question):
                cached += 1
                continue
            calls += 1
            prompt += self._prompt_tokens(question)
            likely += question.limit // 4
            most += question.limit
        price = self.ledger.price
        return Estimate(
            calls,
            cached,
            prompt,
            likely,
            most,
            cost(price, prompt, likely),
            cost(price, prompt, most),
            self.count.name,
        )

    def missing(self, question: Question) -> list[tuple[str, Question]]:
        """What would have to be asked to answer a question, by key: itself, its halves, or nothing."""
        key = question.key(self.endpoint)
        kept = self._kept(key)
        if kept is None:
            return [(key, question)]
        if kept.state not in ("truncated", "endless") or question.divide is None:
            return []
        return [found for half in question.divide() for found in self.missing(half)]

    def take(self, key: str, question: Question | None, completion: Completion) -> State:
        """Keeps an answer that came another way, as in a batch; to a question of another run, as it came."""
        estimate = self._prompt_tokens(question) if question is not None else 0
        used = self.ledger.spent(1, *self._used(completion, estimate))
        state, text, dropped = _state(completion), "", 0
        if state == "answered":
            text = completion.text
        if question is not None and state == "answered":
            parsed = parse(text, question.answer)
            state = "answered" if parsed.readable else "garbled"
            text = written({"items": [item.model_dump(mode="json") for item in parsed.items]})
            dropped = len(parsed.bad)
        if question is not None:
            self._keep(question, key, Reply(question, state, dropped=dropped, usage=used), text)
            return state
        for shelf in self._shelves:
            shelf.put(Kept(key, state, text, self.endpoint.model, "", "", usage=used))
        return state

    # -- one question

    async def _answer(self, question: Question, key: str) -> Reply:
        kept = self._kept(key)
        if kept is not None and kept.state == "answered":
            parsed = parse(kept.text, question.answer)
            if parsed.readable:
                dropped = max(kept.dropped, len(parsed.bad))
                found = self.ledger.found()
                return Reply(question, "answered", parsed.items, dropped, found, known=kept.usage)
        if kept is not None and kept.state in ("truncated", "endless"):
            return await self._divided(question, Reply(question, kept.state, known=kept.usage))
        if self.problem or self.ledger.stopped or self.offline:
            reason = self.problem or self.ledger.stopped or self.offline
            return Reply(question, "unasked", reason=reason)
        reply, text = await self._sent(question)
        self._keep(question, key, reply, text)
        if reply.state in ("truncated", "endless"):
            return await self._divided(question, reply)
        return reply

    async def _sent(self, question: Question) -> tuple[Reply, str]:
        shown = self._shown()
        completion, used, gap = await self._request(question, question.messages(shown=shown))
        if completion is None:
            return gap, ""
        state = _state(completion)
        if state != "answered":
            return Reply(question, state, usage=used, reason=completion.refusal[:200]), ""
        parsed = parse(completion.text, question.answer)
        text = completion.text
        if parsed.bad or not parsed.readable:
            parsed, again = await self._asked_again(question, parsed, shown)
            used = added((used, again))
            text = written({"items": [item.model_dump(mode="json") for item in parsed.items]})
        if not parsed.readable:
            return Reply(question, "garbled", usage=used), ""
        return Reply(question, "answered", parsed.items, len(parsed.bad), used), text

    async def _asked_again(self, question: Question, first: Parsed, shown: bool) -> tuple[Parsed, Usage]:
        """What is of the right shape after asking again for what was not; balance rules are never sent."""
        found, used = first, Usage()
        for _ in range(self._reasks):
            if found.readable and not found.bad:
                break
            completion, spent, _gap = await self._request(question, question.again(found.bad, shown=shown))
            used = added((used, spent))
            if completion is None or _state(completion) != "answered":
                break
            more = parse(completion.text, question.answer)
            if more.readable:
                found = Parsed((*found.items, *more.items), more.bad)
        return found, used

    async def _divided(self, question: Question, whole: Reply) -> Reply:
        """An answer that did not fit is asked for in halves; the same question would end the same way."""
        halves = question.divide() if question.divide else ()
        if not halves:
            return whole
        replies = await asyncio.gather(*map(self.ask, halves))
        used = added((whole.usage, *(reply.usage for reply in replies)))
        paid = added((whole.paid, *(reply.paid for reply in replies)))
        return Reply(question, "divided", usage=used, parts=tuple(replies), known=paid)

    async def _request(
        self, question: Question, messages: Sequence[Message]
    ) -> tuple[Completion | None, Usage, Reply]:
        """One completion within the budget, what it used, and the reply if there is none."""
        prompt = sum(self._counted(message["content"]) for message in messages) + 8
        if not await self.ledger.reserve(prompt, question.limit):
            return None, Usage(), Reply(question, "unasked", reason=self.ledger.stopped)
        calls, completion, gap = 0, None, Reply(question, "failed")
        try:
            completion, calls = await self._carried(question, messages)
            self._lost = 0
        except Unavailable as error:
            calls = error.calls
            gap = replace(gap, reason=str(error))
            self._lost += 1
            if self._lost >= _DOWN:
                self.problem = f"{_DOWN} calls in a row failed, the last one: {error}"
        except Stopped as error:
            calls = error.calls
            gap = replace(gap, state="unasked", reason=self.problem)
        except Rejected as error:
            calls = 1
            gap = replace(gap, state="rejected", reason=str(error))
        except Denied as error:
            calls = 1
            self.problem = (
                self.problem or f"{self.endpoint.preset.name} turned {self.endpoint.model} away: {error}"
            )
            gap = replace(gap, reason=str(error))
        finally:
            used = self.ledger.spent(calls, *self._used(completion, prompt))
            self.ledger.release(prompt, question.limit)
        return completion, used, replace(gap, usage=used)

    async def _carried(self, question: Question, messages: Sequence[Message]) -> tuple[Completion, int]:
        """Sends a call; where the endpoint does not know a parameter, does without it from then on."""
        if self._backend is None:
            self._backend = self._make(self.endpoint)
        made = 0
        for _ in range(_SHRUGS):
            call = Call(tuple(messages), question.answer, question.limit, self._capability, self._dropped)
            try:
                completion, calls = await send(
                    call, self._backend.complete, self._lane, self._patience, self._given_up
                )
                return completion, made + calls
            except Rejected as error:
                made += 1
                if not self._does_without(error.parameter, call):
                    raise
                messages = question.messages(shown=self._shown()) if len(messages) == 2 else messages
        raise Rejected("no request was taken")

    def _given_up(self) -> bool:
        return bool(self.problem)

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

    def _shown(self) -> bool:
        return self.endpoint.preset.shows_schema and self._capability in ("json_schema", "tools")

    def _prompt_tokens(self, question: Question) -> int:
        return self.count(question.text(self.endpoint)) + 8

    def _counted(self, text: str) -> int:
        """Tokens of a message; instructions come again and again."""
        if text not in self._counts:
            if len(self._counts) > 256:
                self._counts.clear()
            self._counts[text] = self.count(text)
        return self._counts[text]

    def _used(self, completion: Completion | None, estimated: int) -> tuple[int, int]:
        """Tokens as the endpoint counts them; where it does not say, as counted here."""
        if completion is None:
            return 0, 0
        prompt, answer = completion.prompt_tokens, completion.completion_tokens
        return (
            estimated if prompt is None else prompt,
            self.count(completion.text) if answer is None else answer,
        )

    def _door(self, endpoint: Endpoint) -> Backend:
        if endpoint.preset.name == "local":
            from importlib import import_module

            local: Any = import_module("structurer.model.local")
            return local.open_local(endpoint, self._settings)  # type: ignore[no-any-return]
        from structurer.model.door import Door

        return Door(endpoint, timeout=self._settings.timeout, pause=lambda wait: self._lane.pause(wait))

    # -- shelves

    def _kept(self, key: str) -> Kept | None:
        return next((kept for shelf in self._shelves if (kept := shelf.get(key)) is not None), None)

    def _keep(self, question: Question, key: str, reply: Reply, text: str) -> None:
        if not self._shelves:
            return
        kept = Kept(
            key=key,
            state=reply.state,
            text=text,
            model=self.endpoint.model,
            prompt=f"{question.prompt.id} {question.prompt.version}",
            document=question.document,
            spans=tuple((piece.start, piece.end) for piece in question.chunk.pieces),
            usage=reply.usage,
            dropped=reply.dropped,
            estimate=self._prompt_tokens(question),
        )
        for shelf in self._shelves:
            shelf.put(kept)


def _state(completion: Completion) -> State:
    """What kind of answer came, before its content is looked at."""
    if completion.refusal or completion.finish == "content_filter":
        return "refused"
    text = completion.text.rstrip()
    if completion.finish == "length":
        return "endless" if len(completion.text) - len(text) >= _ENDLESS or not text else "truncated"
    return "answered" if text else "empty"


def run(work: Awaitable[T]) -> T:
    """The result of a coroutine for a caller that cannot await, inside a running loop too."""

    async def whole() -> T:
        return await work

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(whole())
    result: list[T] = []
    failure: list[BaseException] = []

    def apart() -> None:
        try:
            result.append(asyncio.run(whole()))
        except BaseException as error:
            failure.append(error)

    thread = threading.Thread(target=apart)
    thread.start()
    thread.join()
    if failure:
        raise failure[0]
    return result[0]
