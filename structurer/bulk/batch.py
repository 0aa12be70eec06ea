"""An import that hands its questions in as a batch: hand in, leave, come back, collect."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

from structurer.bulk.asking import import_through
from structurer.bulk.importing import Course
from structurer.bulk.tally import Step, Summary
from structurer.errors import ModelError
from structurer.many import model_client
from structurer.settings import Settings

if TYPE_CHECKING:
    from structurer.forms import Forms
    from structurer.model.batch import Batches
    from structurer.model.client import Client
    from structurer.model.question import Question
    from structurer.store import Store
    from structurer.store.handed import HandedIn


@dataclass(frozen=True)
class BatchState:
    """Where an import's batches are: collected now, still being answered, handed in now; and what failed."""

    collected: int = 0
    waiting: int = 0
    handed_in: int = 0
    failed: int = 0
    batches: tuple[str, ...] = ()
    """Ids of those that are still being answered."""

    @property
    def said(self) -> str:
        """In one line."""
        told = [f"{self.collected} answers collected"]
        if self.failed:
            told.append(f"{self.failed} failed and handed in again")
        if self.batches:
            told.append(
                f"{self.waiting} being answered in {', '.join(self.batches)}: run the same command later"
            )
        return "; ".join(told)


def import_in_batches(
    paths: Iterable[str],
    store: Store,
    *,
    force: bool,
    settings: Settings,
    forms: Forms,
    workers: int = 0,
    progress: Callable[[Step], object] | None = None,
) -> tuple[Summary, BatchState]:
    """As an import with a model, but what is to be asked goes into a batch; run it again until nothing waits.

    Reports are kept as far as they are: without the answers that are still to come, to be taken up again.
    Raises ModelError where the endpoint takes no batches.
    """
    from structurer.model.batch import Batches
    from structurer.model.blocking import run

    with ExitStack() as opened:
        client = model_client(settings, opened, [store.journal()])
        if not client.endpoint.preset.batches:
            raise ModelError(
                f"{client.endpoint.preset.name} takes no batches; leave --batch out, or use openai"
            )
        batches = Batches(client.endpoint, timeout=settings.timeout)
        opened.callback(batches.close)
        handed = store.handed_in()
        state = _collected(handed, client, batches)
        tray = Tray(handed, client, batches)
        opened.callback(tray.close)
        client.offline, client.tray = "waiting for a batch", tray.put
        course = Course(force=force, workers=workers, progress=progress, engine="batch")

        async def whole() -> Summary:
            done = await import_through(paths, store, client, settings, forms, course)
            await tray.hand_in()
            return done

        summary = run(whole())
        told = replace(
            state,
            waiting=state.waiting + tray.questions,
            handed_in=tray.questions,
            batches=(*state.batches, *tray.ids),
        )
        return replace(summary, usage=client.ledger.usage), told


def _collected(handed: HandedIn, client: Client, batches: Batches) -> BatchState:
    """Keeps the answers that are ready, and says what is still being answered."""
    identity = client.endpoint.identity
    for mark in handed.begun(identity):
        # A run died while it handed in: the endpoint knows whether it took the batch.
        if id := batches.adopted(mark, handed.ids()):
            handed.done(mark, id)
        else:
            handed.given_up(mark)
    state = BatchState()
    for batch in handed.waiting(identity):
        found = batches.collect(batch.id, client.take)
        state = replace(state, collected=state.collected + found.answered, failed=state.failed + found.lost)
        if not found.over:
            state = replace(
                state, waiting=state.waiting + batch.questions, batches=(*state.batches, batch.id)
            )
            continue
        handed.collected(batch.id, found.state)
        if found.state == "failed":
            reason = found.reason or "no reason given"
            raise ModelError(f"batch {batch.id} was refused: {reason}; run again to hand it in anew")
    return state


class Tray:
    """Gathers what is to be asked while reports are read, and hands it in whenever a batch is full.

    What is gathered lies in a file; memory holds the keys of one batch.
    """

    def __init__(self, handed: HandedIn, client: Client, batches: Batches) -> None:
        self._handed, self._client, self._batches = handed, client, batches
        self._keys: dict[str, None] = {}
        self._lines: IO[bytes] = _file()
        self._one_by_one = asyncio.Lock()
        self.ids: list[str] = []
        """The batches that were handed in."""
        self.questions = 0
        """How many questions they hold."""

    def close(self) -> None:
        """Lets go of what was gathered and not handed in."""
        self._lines.close()

    async def put(self, key: str, question: Question) -> None:
        """Takes a question, unless it is being answered already or the budget does not hold it."""
        from structurer.model.batch import MOST_BYTES, MOST_REQUESTS, request

        if key in self._keys or self._handed.holds(key) or not self._client.affords(question):
            return
        line = request(key, question, self._client.endpoint)
        self._keys[key] = None
        if len(self._keys) > MOST_REQUESTS or self._lines.tell() + len(line) > MOST_BYTES:
            del self._keys[key]
            full = self._taken_out()
            self._keys[key] = None
            self._lines.write(line)
            await self._hand_in(*full)
        else:
            self._lines.write(line)

    async def hand_in(self) -> None:
        """Hands in what is gathered. Raises ModelError."""
        if self._keys:
            await self._hand_in(*self._taken_out())

    def _taken_out(self) -> tuple[list[str], IO[bytes]]:
        """What is gathered, noted as about to be handed in so that nobody takes it again."""
        from structurer.model.batch import mark

        keys, lines = list(self._keys), self._lines
        self._keys, self._lines = {}, _file()
        endpoint = self._client.endpoint
        self._handed.begin(mark(keys), endpoint.identity, endpoint.model, keys)
        return keys, lines

    async def _hand_in(self, keys: list[str], lines: IO[bytes]) -> None:
        from structurer.model.batch import mark

        marked, known = mark(keys), self._handed.ids()

        def sent() -> str:
            lines.seek(0)
            return self._batches.adopted(marked, known) or self._batches.hand_in(lines, marked)

        async with self._one_by_one:
            try:
                # In a thread: reports are read on while it is sent.
                id = await asyncio.to_thread(sent)
            finally:
                lines.close()
            self._handed.done(marked, id)
        self.ids.append(id)
        self.questions += len(keys)


def _file() -> IO[bytes]:
    """A file of no name that goes when it is closed."""
    return TemporaryFile()
