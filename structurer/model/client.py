"""Asking questions: answered from what is known or sent; an outcome is a state, never an exception."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace

from structurer.model.blocking import run
from structurer.model.carrier import Carrier
from structurer.model.ledger import Estimate, Ledger, added
from structurer.model.parse import Parsed, parse
from structurer.model.presets import Endpoint, endpoint
from structurer.model.question import Question, written
from structurer.model.reply import Reply, State, state_of
from structurer.model.shelf import Kept, Shelf
from structurer.model.transport import Lane, Patience
from structurer.model.wire import Backend, Completion
from structurer.observation import Usage
from structurer.settings import Settings
from structurer.tokens import Counter


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
        sends: bool = True,
    ) -> None:
        self.endpoint = endpoint(settings, sends=sends)
        self.ledger = ledger or Ledger(settings, self.endpoint)
        self.offline = ""
        """Why nothing is to be sent; questions are then answered from the shelves only."""
        self.tray: Callable[[str, Question], Awaitable[None]] | None = None
        """Takes what is to be asked while nothing is sent, by key: it is handed in with a batch."""
        self.unanswered: dict[str, int] = {}
        """How many questions got no answer, by reason."""
        self._settings = settings
        self._shelves = tuple(shelves)
        self._carrier = Carrier(settings, self.endpoint, self.ledger, patience or Patience(), backend)
        if lane is not None:
            self._carrier.lane = lane
        self._reasks = reasks
        self._flights: dict[str, asyncio.Task[Reply]] = {}

    @property
    def count(self) -> Counter:
        """Counts tokens as this model's vendor does, as near as this machine can."""
        return self._carrier.count

    @property
    def problem(self) -> str:
        """Why the endpoint is not asked any more, "" while it is."""
        return self._carrier.problem

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
        await self._carrier.close()

    def warm(self) -> None:
        """Loads what the first call would wait for, a second's work; fit for a thread beside other work."""
        self._carrier.warm()

    def ask_all(self, questions: Sequence[Question]) -> list[Reply]:
        """The replies to questions, in order, for callers that do not await, inside a running loop too."""
        return run(self._all(questions))

    async def _all(self, questions: Sequence[Question]) -> list[Reply]:
        self._carrier.renew()
        # No more at once than keep the lane full: else all are made ready before the first is sent.
        ready = asyncio.Semaphore(2 * self._settings.concurrency)

        async def one(question: Question) -> Reply:
            async with ready:
                return await self.ask(question)

        async with self:
            return list(await asyncio.gather(*map(one, questions)))

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

    def estimate(self, questions: Iterable[Question], *, batch: bool = False) -> Estimate:
        """What asking these would use, in a `batch` or at once; nothing is sent."""
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
            prompt += self._carrier.estimated(question)
            likely += question.likely or question.limit // 2
            most += question.limit
        return self.ledger.estimate(
            Estimate(calls, cached, prompt, likely, most, counter=self.count.name), batch=batch
        )

    def affords(self, question: Question) -> bool:
        """Whether the budget still holds a question handed in with a batch; what it may use is set aside."""
        return self.ledger.hold(self._carrier.estimated(question), question.limit)

    def take(self, key: str, completion: Completion) -> None:
        """Keeps an answer that came with a batch as it came; the question tells the rest when it is asked."""
        completion = self._carrier.used(completion, 0)
        used = self.ledger.spent(1, completion, batch=True)
        state = state_of(completion)
        text = completion.text if state == "answered" else ""
        for shelf in self._shelves:
            shelf.put(Kept(key, state, text, self.endpoint.model, "", "", usage=used))

    # -- one question

    async def _answer(self, question: Question, key: str) -> Reply:
        kept = self._kept(key)
        if kept is not None and not kept.prompt:
            kept = self._completed(question, kept)
        if kept is not None and kept.state == "answered":
            parsed = parse(kept.text, question.answer)
            if parsed.readable:
                dropped = max(kept.dropped, len(parsed.bad))
                found = self.ledger.found()
                return Reply(question, "answered", parsed.items, dropped, found, known=kept.usage)
        if kept is not None and kept.state == "truncated":
            return await self._divided(question, Reply(question, kept.state, known=kept.usage))
        if self.problem or self.ledger.stopped or self.offline:
            if kept is None and self.tray is not None and not (self.problem or self.ledger.stopped):
                await self.tray(key, question)
            reason = self.problem or self.ledger.stopped or self.offline
            return Reply(question, "unasked", reason=reason)
        reply, text = await self._sent(question)
        self._keep(question, key, reply, text)
        if reply.state == "truncated":
            return await self._divided(question, reply)
        return reply

    async def _sent(self, question: Question) -> tuple[Reply, str]:
        shown = self._carrier.shown
        brought = await self._carrier.bring(question, question.messages(shown=shown))
        completion, used = brought.completion, brought.usage
        if completion is None:
            return Reply(question, brought.state, usage=used, reason=brought.reason), ""
        state = state_of(completion)
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
            brought = await self._carrier.bring(question, question.again(found.bad, shown=shown))
            used, completion = added((used, brought.usage)), brought.completion
            if completion is None or state_of(completion) != "answered":
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

    # -- shelves

    def _completed(self, question: Question, kept: Kept) -> Kept:
        """An answer that was kept before its question was at hand, with what that adds."""
        state, text, dropped = _checked(question, kept.state, kept.text)
        self._keep(question, kept.key, Reply(question, state, dropped=dropped, usage=kept.usage), text)
        return self._kept(kept.key) or kept

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
            estimate=self._carrier.estimated(question),
        )
        for shelf in self._shelves:
            shelf.put(kept)


def _checked(question: Question, state: State, text: str) -> tuple[State, str, int]:
    """An answer as it is kept with its question: state, items, and how many were of the wrong shape."""
    if state != "answered":
        return state, "", 0
    parsed = parse(text, question.answer)
    items = [item.model_dump(mode="json") for item in parsed.items]
    return "answered" if parsed.readable else "garbled", written({"items": items}), len(parsed.bad)
