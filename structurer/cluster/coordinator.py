"""The coordinator, one actor of the cluster: what the store holds already, and when a call may be sent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from structurer.observation import Usage
from structurer.permits import Permits
from structurer.pipeline import asks
from structurer.settings import Settings
from structurer.store import Failed, Known

if TYPE_CHECKING:
    from structurer.cluster.taking import Driver
    from structurer.model.presets import Endpoint

_LENT = 600.0
"""Seconds after which the coordinator takes a place back beyond the time one answer may take."""


class Coordinator:
    """The one place that all workers ask: what is known already, and when to send a call."""

    def __init__(self, settings: Settings, asked: Endpoint | None, longest: float) -> None:
        self._known: set[bytes] = set()
        self._failed: dict[str, Failed] = {}
        self._permits = Permits(settings, asked, longest) if asked is not None else None

    async def add(self, ids: list[bytes], failed: list[Failed]) -> None:
        """Notes what the store holds."""
        self._known.update(ids)
        self._failed.update((one.path, one) for one in failed)

    async def known(self, found: Mapping[str, str]) -> dict[str, Known]:
        """What is known of files, by path; where they lie is the driver's business."""
        told: dict[str, Known] = {}
        for path, id in found.items():
            if bytes.fromhex(id) in self._known:
                told[path] = Known("elsewhere")
            elif path in self._failed and self._failed[path].id == id:
                told[path] = Known("failed", self._failed[path])
        return told

    async def used(self) -> Usage | None:
        """What was used so far by all."""
        return self._permits.usage() if self._permits is not None else None

    async def most_at_once(self) -> int:
        """How many calls were under way at once, at most."""
        return self._permits.most_at_once if self._permits is not None else 0

    async def permit(self, name: str, *arguments: Any) -> Any:
        """Calls a method of the permits."""
        found = getattr(self._permits, name)(*arguments)
        return await found if asyncio.iscoroutine(found) else found


@dataclass(frozen=True)
class CoordinatorHandle:
    """The coordinator as the driver sees it."""

    ray: Any
    actor: Any
    name: str
    namespace: str

    def usage(self) -> Usage | None:
        """What was used so far by all; None where no model is asked."""
        used: Usage | None = self.ray.get(self.actor.used.remote())
        return used


class CoordinatorOffice:
    """The coordinator as a client of the model sees it."""

    def __init__(self, coordinator: Any) -> None:
        self._coordinator = coordinator

    def ask(self, name: str, *arguments: Any) -> Awaitable[Any]:
        """Calls a method of the permits and gives its result."""
        found: Awaitable[Any] = self._coordinator.permit.remote(name, *arguments)
        return found

    def tell(self, name: str, *arguments: Any) -> None:
        """Calls a method of the permits."""
        self._coordinator.permit.remote(name, *arguments)


def opened(ray: Any, settings: Settings, driver: Driver) -> CoordinatorHandle:
    """A coordinator on the cluster that knows what the store of `driver` holds."""
    from structurer.model.presets import endpoint

    name = f"structurer-coordinator-{uuid4().hex[:12]}"
    namespace = ray.get_runtime_context().namespace
    # No key: it counts and waits, and sends nothing.
    plain = settings.model_copy(update={"api_key": None})
    made = ray.remote(Coordinator).options(name=name, num_cpus=0, max_concurrency=10_000)
    asked_at = replace(endpoint(settings), key="") if asks(settings) else None
    actor = made.remote(plain, asked_at, settings.timeout + _LENT)
    handle = CoordinatorHandle(ray, actor, name, namespace)
    ray.get(actor.add.remote([], driver.known_failures()))
    for portion in driver.known_ids():
        ray.get(actor.add.remote(portion, []))
    return handle
