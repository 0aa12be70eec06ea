"""Many reports at once: one model client for all, reports read in threads, results in the order given."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from structurer.bulk import Failure, failure, read_file, written
from structurer.errors import SomeFailed
from structurer.settings import Settings

if TYPE_CHECKING:
    from structurer.forms import Forms
    from structurer.model.client import Client, Shelf
    from structurer.observation import Extraction

_WINDOW = 4
"""Reports under way beyond those whose questions are: so that the model does not wait for reading."""


@dataclass(frozen=True)
class Source:
    """A report to be read: its path, and its bytes where they are known already."""

    path: str
    content: bytes | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of one report; `lasting` is False where the model was not asked everything."""

    source: Source
    result: Extraction | Failure
    lasting: bool = True


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
        async for outcome in outcomes((Source(path) for path in paths), settings, client=client, forms=forms):
            if isinstance(outcome.result, Failure):
                failures.append(outcome.result)
            else:
                yield outcome.result
    if failures:
        raise SomeFailed(tuple(failures))


def model_client(settings: Settings, opened: ExitStack, shelves: Iterable[Shelf] = ()) -> Client:
    """A client that looks on these shelves first, then in the cache; closed with the stack."""
    from structurer.asking import Client
    from structurer.cache import open_cache

    return Client(settings, shelves=[*shelves, opened.enter_context(open_cache(settings))])


async def outcomes(
    sources: Iterable[Source],
    settings: Settings,
    *,
    client: Client | None,
    forms: Forms | None = None,
) -> AsyncIterator[Outcome]:
    """What became of each report, in the order given; memory holds a window of them only.

    The client is closed at the end.
    """
    from structurer.forms import load_forms

    known = forms or load_forms()
    window = settings.concurrency + _WINDOW
    under_way: deque[asyncio.Task[Outcome]] = deque()
    reading = asyncio.Semaphore(2)
    try:
        for source in sources:
            under_way.append(asyncio.ensure_future(_one(source, settings, client, known, reading)))
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
    source: Source, settings: Settings, client: Client | None, forms: Forms, reading: asyncio.Semaphore
) -> Outcome:
    from structurer.asking import asked, complete
    from structurer.pipeline import draft, finish
    from structurer.read import read

    try:
        async with reading:
            # In a thread, so that answers that arrive meanwhile do not wait for reading.
            content = (
                source.content if source.content is not None else read_file(source.path, settings.max_bytes)
            )
            document = await asyncio.to_thread(
                read, content, path=written(source.path), limit=settings.max_bytes
            )
            drafted = await asyncio.to_thread(draft, document, forms)
        if client is None:
            return Outcome(source, finish(drafted, forms))
        replies = await asyncio.gather(*map(client.ask, asked(drafted, forms, client, settings)))
        return Outcome(
            source, finish(drafted, forms, replies, accept=settings.accept_model), complete(replies)
        )
    except Exception as error:
        from structurer.errors import CacheError, StoreError

        if isinstance(error, CacheError | StoreError):
            raise
        return Outcome(source, failure(source.path, error))
