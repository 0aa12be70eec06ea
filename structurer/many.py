"""Many reports at once: one model client for all, reports read in threads, results in the order given."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

from structurer.bulk import Failure, attempt, failure, read_document, read_file
from structurer.errors import CacheError, SomeFailed, StoreError
from structurer.settings import Settings

if TYPE_CHECKING:
    from structurer.forms import Forms
    from structurer.model.client import Client
    from structurer.model.ledger import Estimate
    from structurer.model.question import Question
    from structurer.model.shelf import Shelf
    from structurer.observation import Extraction, Usage

_WINDOW = 4
"""Reports under way beyond those whose questions are: so that the model does not wait for reading."""


async def structure_many(
    paths: Iterable[str], settings: Settings | None = None, *, forms: Forms | None = None
) -> AsyncIterator[Extraction]:
    """The extractions of many files, in the order given, a few under way at a time.

    A file that cannot be read harms no other: when the last one is through, SomeFailed names them.
    """
    from structurer.pipeline import asks

    settings = settings or Settings()
    failures: list[Failure] = []
    with ExitStack() as opened:
        client = model_client(settings, opened) if asks(settings) else None
        async for found in outcomes(paths, settings, client=client, forms=forms):
            if isinstance(found, Failure):
                failures.append(found)
            else:
                yield found
    if failures:
        raise SomeFailed(tuple(failures))


def model_client(
    settings: Settings, opened: ExitStack, shelves: Iterable[Shelf] = (), *, sends: bool = True
) -> Client:
    """A client that looks on these shelves first, then in the cache; closed with the stack.

    One that only estimates, and never `sends`, needs no key.
    """
    from structurer.asking import Client
    from structurer.cache import open_cache

    return Client(settings, shelves=[*shelves, opened.enter_context(open_cache(settings))], sends=sends)


class Attempts:
    """Files extracted one after the other for a caller that does not await, and what asking came to."""

    def __init__(self, settings: Settings, forms: Forms | None = None) -> None:
        self._settings, self._forms = settings, forms
        self.usage: Usage | None = None
        """What a model was asked; None where none was to be."""
        self.problem = ""
        """Why it was not asked everything."""

    def of(self, paths: Iterable[str]) -> Iterator[Extraction | Failure]:
        """What became of each file, in the order given, as soon as those before it are through."""
        from structurer.pipeline import asks

        if not asks(self._settings):
            yield from (attempt(path, settings=self._settings, forms=self._forms) for path in paths)
            return
        loop = asyncio.new_event_loop()
        with ExitStack() as opened:
            opened.callback(loop.close)
            client = model_client(self._settings, opened)
            under_way = outcomes(paths, self._settings, client=client, forms=self._forms)
            opened.callback(lambda: loop.run_until_complete(under_way.aclose()))
            while True:
                try:
                    found = loop.run_until_complete(anext(under_way))
                except StopAsyncIteration:
                    break
                finally:
                    self.usage, self.problem = client.ledger.usage, client.trouble
                yield found


def estimate(
    paths: Iterable[str], settings: Settings, forms: Forms | None = None
) -> tuple[Estimate, list[Failure]]:
    """What asking about these files would use, and the files that cannot be read; nothing is sent."""
    from structurer.forms import load_forms

    known, failures = forms or load_forms(), list[Failure]()

    def questions(client: Client) -> Iterator[Question]:
        for path in paths:
            try:
                content = read_file(path, settings.max_bytes)
                yield from questions_of(path, content, client, settings, known)
            except Exception as error:
                failures.append(failure(path, error))

    with ExitStack() as opened:
        client = model_client(settings, opened, sends=False)
        return client.estimate(questions(client)), failures


def questions_of(
    path: str, content: bytes, client: Client, settings: Settings, forms: Forms
) -> list[Question]:
    """The questions about one file. Raises what reading it raises."""
    from structurer.asking import asked
    from structurer.pipeline import draft

    document = read_document(path, content, settings.max_bytes)
    return asked(draft(document, forms), forms, client, settings)


async def outcomes(
    paths: Iterable[str],
    settings: Settings,
    *,
    client: Client | None,
    forms: Forms | None = None,
) -> AsyncGenerator[Extraction | Failure, None]:
    """What became of each report, in the order given; memory holds a window of them only.

    The client is closed at the end.
    """
    from structurer.forms import load_forms

    known = forms or load_forms()
    window = settings.concurrency + _WINDOW
    under_way: deque[asyncio.Task[Extraction | Failure]] = deque()
    reading = asyncio.Semaphore(2)
    try:
        for path in paths:
            under_way.append(asyncio.ensure_future(_one(path, settings, client, known, reading)))
            if len(under_way) >= window:
                yield await under_way.popleft()
        while under_way:
            yield await under_way.popleft()
    finally:
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        if client is not None:
            await client.close()


async def _one(
    path: str, settings: Settings, client: Client | None, forms: Forms, reading: asyncio.Semaphore
) -> Extraction | Failure:
    from structurer.asking import asked
    from structurer.pipeline import draft, finish

    try:
        async with reading:
            # Bytes are taken in this thread, in which an archive stays open where it was left; they are read
            # in others, so that answers that arrive meanwhile do not wait for it.
            content = read_file(path, settings.max_bytes)
            document = await asyncio.to_thread(read_document, path, content, settings.max_bytes)
            drafted = await asyncio.to_thread(draft, document, forms)
        if client is None:
            return finish(drafted, forms)
        replies = await asyncio.gather(*map(client.ask, asked(drafted, forms, client, settings)))
        return finish(drafted, forms, replies, accept=settings.accept_model)
    except (CacheError, StoreError):  # nothing that the report did: the next one would meet it, too
        raise
    except Exception as error:
        return failure(path, error)
