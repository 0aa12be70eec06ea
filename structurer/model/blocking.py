"""Awaiting for callers that cannot."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


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
