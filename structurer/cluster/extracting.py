"""A worker of the cluster: imports the files of one task into a part."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from structurer.bulk.importing import Course, Import
from structurer.bulk.intake import Intake
from structurer.bulk.tally import Step
from structurer.bulk.workers import Workers
from structurer.cluster.coordinator import CoordinatorOffice
from structurer.errors import ClusterError
from structurer.forms import load_forms
from structurer.parts import Answers, Folder, PartStore
from structurer.permits import SharedLane, SharedLedger
from structurer.pipeline import asks, fingerprint_with
from structurer.settings import Settings
from structurer.store import Known

if TYPE_CHECKING:
    from structurer.model.client import Client


@dataclass(frozen=True)
class Given:
    """What every worker is told: small, and nothing secret but the address of the model."""

    coordinator: str
    namespace: str
    results: str
    folder: str
    settings: Settings
    fingerprint: str
    force: bool
    failed: bool


class Extractor:
    """A worker: imports the files of one task into a part."""

    def __init__(self, given: Given) -> None:
        import ray

        with suppress(OSError):
            os.chdir(given.folder)
        self._given = given
        self._forms = load_forms()
        if fingerprint_with(self._forms, given.settings) != given.fingerprint:
            raise ClusterError("another version of structurer is installed on a machine of the cluster")
        self._folder = Folder(given.results)
        self._coordinator = ray.get_actor(given.coordinator, namespace=given.namespace)
        self._get = ray.get
        self._settings = _with_key(given.settings)
        self._loop = asyncio.new_event_loop()
        self._workers: Workers | None = None

    def __call__(self, batch: Mapping[str, Any]) -> dict[str, list[str]]:
        """Imports the files under the paths of a batch; tells where the part lies and what became of them."""
        told = self._loop.run_until_complete(self._imported([str(path) for path in batch["path"]]))
        return {"told": [json.dumps(told)]}

    async def _imported(self, paths: Sequence[str]) -> dict[str, Any]:
        part = PartStore(self._known)
        steps: list[Step] = []
        given, settings = self._given, self._settings
        intake = Intake(part, given.fingerprint, given.force, given.failed)
        client = self._client() if asks(settings) else None
        course = Course(given.force, given.failed, 1, steps.append, engine=None)
        running = Import(intake, settings, self._forms, course, client)
        if self._workers is None:
            self._workers = Workers(1, running.sent_reader(), settings)
        await running.run(paths, self._workers)
        # What went into the part is told of by whoever takes the part in.
        in_part = part.paths
        return {
            "part": part.close(self._folder),
            "steps": [
                (step.path, step.outcome, list(asdict(step.failure).values()) if step.failure else None)
                for step in steps
                if step.path not in in_part
            ],
        }

    def _known(self, found: Mapping[str, str], _fingerprint: str) -> dict[str, Known]:
        known: dict[str, Known] = self._get(self._coordinator.known.remote(found))
        return known

    def _client(self) -> Client:
        from structurer.model.client import Client
        from structurer.model.presets import endpoint

        office = CoordinatorOffice(self._coordinator)
        settings = self._settings
        return Client(
            settings,
            shelves=[Answers(self._folder)],
            lane=SharedLane(settings.concurrency, office),
            ledger=SharedLedger(settings, endpoint(settings), office),
        )


def _with_key(settings: Settings) -> Settings:
    """The settings with the key of this machine's own environment: keys do not travel."""
    key = os.environ.get("OPENAI_API_KEY")
    return settings.model_copy(update={"api_key": SecretStr(key)}) if key else settings
