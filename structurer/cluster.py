"""An import on many machines: Ray hands files out, each machine imports into parts, one store takes them in.

The only door to Ray. Every worker runs the import of one machine (`structurer.bulk`), so that a report that
ends the process that reads it costs one report here too. A worker that is lost has its files handed out
again; what it had finished lies in parts (see `structurer.parts`), and so does what a driver that ended had
not taken in yet. One actor, the desk, lends out places in the lane to the model and knows what the store
holds already.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from structurer.bulk.failing import Failure
from structurer.bulk.importing import Course, Import
from structurer.bulk.intake import Intake
from structurer.bulk.noting import Noted
from structurer.bulk.tally import Step, Summary, Tally
from structurer.bulk.workers import Workers, processors
from structurer.bulk.writing import AlsoAt, Extracted, NotExtracted, Writer
from structurer.errors import ClusterError
from structurer.forms import load_forms
from structurer.observation import Usage
from structurer.parts import Answers, Folder, PartStore, read_part
from structurer.permits import Permits, SharedLane, SharedLedger
from structurer.pipeline import asks, fingerprint_with
from structurer.record import Record
from structurer.settings import Settings
from structurer.store import Failed, Known, Placed, Store

if TYPE_CHECKING:
    from structurer.model.client import Client
    from structurer.model.presets import Endpoint

_FILES = 64
"""Of one task: what is done again when a worker is lost in the middle."""
_FILES_ASKED = 256
"""Of one task where a model is asked: enough to keep the lane full while the first ones wait."""
_TASKS = 3
"""Tasks for each worker at least, so that none is idle while another one has the last long one."""
_AT_ONCE = 20_000
"""Ids that go to the desk in one message."""
_LENT = 600.0
"""Seconds after which the desk takes a place back beyond the time one answer may take."""


@dataclass(frozen=True)
class Given:
    """What every worker is told: small, and nothing secret but the address of the model."""

    desk: str
    namespace: str
    results: str
    folder: str
    settings: Settings
    fingerprint: str
    force: bool
    failed: bool


def import_on_cluster(
    paths: Iterable[str],
    store: Store,
    *,
    address: str | None = None,
    results: str,
    force: bool = False,
    failed: bool = False,
    settings: Settings | None = None,
    workers: int | None = None,
    progress: Callable[[Step], object] | None = None,
    tick: Callable[[Summary], object] | None = None,
    stop: threading.Event | None = None,
) -> Summary:
    """As `structurer.bulk.import_reports`, on a Ray cluster; without an `address` on one started here.

    `results` is a folder that every machine sees, a path or a URL that fsspec knows; so must be the files.
    Workers take the model's key from their own environment. Raises ClusterError and StoreError.
    """
    if find_spec("ray") is None:
        raise ClusterError("--engine ray needs Ray: pip install 'structurer[ray]'")
    settings = settings or Settings()
    asked = fingerprint_with(load_forms(), settings)
    folder = Folder(results)
    driver = _Driver(store, folder, asked, Course(force, failed, 0, progress, tick, stop))
    driver.take_in_what_is_left()
    with _connected(address, workers) as (ray, count):
        desk = _desk(ray, settings, driver)
        given = Given(
            desk.name,
            desk.namespace,
            results,
            os.getcwd(),
            settings.model_copy(update={"api_key": None}),
            asked,
            force,
            failed,
        )
        model = settings.model or "" if asks(settings) else ""
        with driver.noted(model, count):
            driver.run(_told(ray, paths, given, count), desk)
            return driver.end()


# --- on the machine that asks for the import ----------------------------------------------------------------


class _Driver:
    """Takes parts into the store as they come; the only one that writes to it."""

    def __init__(self, store: Store, folder: Folder, fingerprint: str, course: Course) -> None:
        self._store, self._folder, self._fingerprint, self._course = store, folder, fingerprint, course
        self._tally = Tally()
        self._writer = Writer(store, fingerprint, self._tally, course.progress)
        self._usage: Usage | None = None
        self._stopped = False

    def take_in_what_is_left(self) -> None:
        """The parts that a run which was cut off had not taken in; this one will count them as unchanged."""
        writer, self._writer = self._writer, Writer(self._store, self._fingerprint, Tally(), None)
        for name in self._folder.names("parts", ".parquet"):
            self._take_in(name)
        self._writer = writer

    @contextmanager
    def noted(self, model: str, workers: int) -> Iterator[None]:
        """Has the store note the run."""
        self._writer.noted = Noted(
            self._store, "ray", model=model, workers=workers, usage=lambda: self._usage
        )
        try:
            yield
        except BaseException as error:
            self._writer.noted.broke(self._tally.summary(), error)
            raise

    def known_ids(self) -> Iterator[list[bytes]]:
        """The ids of what the store holds, made by the same library, forms and prompts."""
        portion: list[bytes] = []
        for id in self._store.ids(self._fingerprint):
            portion.append(bytes.fromhex(id))
            if len(portion) >= _AT_ONCE:
                yield portion
                portion = []
        if portion:
            yield portion

    def known_failures(self) -> list[Failed]:
        """What failed before and is not to be tried again."""
        if self._course.failed or self._course.force:
            return []
        failing = self._store.failures()
        return [one for one in failing if one.id and one.fingerprint == self._fingerprint]

    def run(self, told: Iterator[dict[str, Any]], desk: _DeskHandle) -> None:
        """Takes in what the workers tell of, until they are through or somebody says stop."""
        for one in told:
            for path, outcome, failure in one["steps"]:
                found = Failure(*failure) if failure else None
                self._writer.note(Step(path, outcome, found))
            if one["part"]:
                self._take_in(one["part"])
            self._usage = desk.usage()
            if self._course.tick is not None:
                self._course.tick(replace(self._tally.summary(), usage=self._usage))
            if self._course.stop is not None and self._course.stop.is_set():
                self._stopped = True
                return

    def end(self) -> Summary:
        """What was done."""
        copies = self._store.link_copies()
        told = replace(self._tally.summary(), copies=copies, usage=self._usage, stopped=self._stopped)
        if self._writer.noted is not None:
            self._writer.noted.end(told, end="stopped" if self._stopped else "done")
        return told

    def _take_in(self, name: str) -> None:
        data = self._folder.get(name)
        if data is None:  # a worker that was told to do it again has the same part under the same name
            return
        rows: list[Record | Placed | Failed] = []
        for row in read_part(data):
            rows.append(row)
            if len(rows) >= _FILES:
                self._keep(rows)
                rows = []
        self._keep(rows)
        self._folder.move(name, f"taken/{name.rpartition('/')[2]}")

    def _keep(self, rows: Sequence[Record | Placed | Failed]) -> None:
        known = self._known([row for row in rows if not isinstance(row, Placed)])
        for row in rows:
            about = known.get(row.path)
            if isinstance(row, Record):
                if about is not None and about.state == "elsewhere":
                    self._writer.put(AlsoAt(row.path, row.id))
                elif about is None or about.state == "failed" or self._course.force:
                    self._writer.put(Extracted(row.path, row))
            elif isinstance(row, Failed) and about is None:
                self._writer.put(NotExtracted(Failure(row.path, row.kind, row.reason), row.id))
        self._writer.flush()
        # After the documents, whose other places these may be.
        placed = [row for row in rows if isinstance(row, Placed)]
        known = self._known(placed)
        for one in placed:
            about = known.get(one.path)
            if about is not None and about.state == "elsewhere":
                self._writer.put(AlsoAt(one.path, one.id))
            else:
                self._writer.note(Step(one.path, "unchanged"))
        self._writer.flush()

    def _known(self, rows: Sequence[Record | Placed | Failed]) -> dict[str, Known]:
        return self._store.known({row.path: row.id for row in rows if row.id is not None}, self._fingerprint)


@dataclass(frozen=True)
class _DeskHandle:
    """The desk as the driver sees it."""

    ray: Any
    actor: Any
    name: str
    namespace: str

    def usage(self) -> Usage | None:
        """What was used so far by all; None where no model is asked."""
        used: Usage | None = self.ray.get(self.actor.used.remote())
        return used


class Desk:
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


def _desk(ray: Any, settings: Settings, driver: _Driver) -> _DeskHandle:
    from structurer.model.presets import endpoint

    name = f"structurer-desk-{uuid4().hex[:12]}"
    namespace = ray.get_runtime_context().namespace
    # No key: it counts and waits, and sends nothing.
    plain = settings.model_copy(update={"api_key": None})
    made = ray.remote(Desk).options(name=name, num_cpus=0, max_concurrency=10_000)
    asked_at = replace(endpoint(settings), key="") if asks(settings) else None
    actor = made.remote(plain, asked_at, settings.timeout + _LENT)
    handle = _DeskHandle(ray, actor, name, namespace)
    ray.get(actor.add.remote([], driver.known_failures()))
    for portion in driver.known_ids():
        ray.get(actor.add.remote(portion, []))
    return handle


def _told(ray: Any, paths: Iterable[str], given: Given, count: int) -> Iterator[dict[str, Any]]:
    """What the workers tell of, task by task, in whatever order they are through."""
    import ray.data as data

    items = [{"path": path} for path in paths]
    if not items:
        return
    most = _FILES_ASKED if asks(given.settings) else _FILES
    size = max(1, min(most, len(items) // (_TASKS * count)))
    context = data.DataContext.get_current()
    context.enable_progress_bars = False
    context.execution_options.preserve_order = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    blocks = max(1, min(-(-len(items) // size), len(items)))
    found = data.from_items(items, override_num_blocks=blocks).map_batches(
        Extractor,
        fn_constructor_args=(given,),
        batch_size=None,
        compute=data.ActorPoolStrategy(size=count),
        num_cpus=1,
    )
    try:
        for batch in found.iter_batches(batch_size=None, batch_format="numpy", prefetch_batches=0):
            for line in batch["told"]:
                yield json.loads(str(line))
    except ray.exceptions.RayError as error:
        cause = str(getattr(error, "cause", None) or error).strip().splitlines()
        raise ClusterError(f"the cluster gave up: {cause[-1] if cause else error}") from None


@contextmanager
def _connected(address: str | None, workers: int | None) -> Iterator[tuple[Any, int]]:
    """Ray, and how many workers it has room for; a cluster that was started here ends with the block."""
    # Nothing about what is done here is to be sent to anybody.
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    import ray

    ours = not ray.is_initialized()
    if ours:
        options: dict[str, Any] = {
            "log_to_driver": False,
            "logging_level": "error",
            "namespace": "structurer",
        }
        if address is None:
            path = os.pathsep.join(part or os.getcwd() for part in sys.path)
            options |= {
                "num_cpus": workers or processors(),
                "include_dashboard": False,
                "runtime_env": {"env_vars": {"PYTHONPATH": path}},
            }
        try:
            ray.init(address=address, **options)
        except (ConnectionError, RuntimeError, ValueError) as error:
            raise ClusterError(f"no Ray cluster at {address or 'this machine'}: {error}") from None
    try:
        room = int(ray.cluster_resources().get("CPU", 1))
        yield ray, max(1, min(workers or room, room))
    finally:
        if ours:
            ray.shutdown()


# --- on every machine of the cluster ------------------------------------------------------------------------


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
        self._desk = ray.get_actor(given.desk, namespace=given.namespace)
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
            self._workers = Workers(1, running.sent_reader(), settings.time_limit)
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
        known: dict[str, Known] = self._get(self._desk.known.remote(found))
        return known

    def _client(self) -> Client:
        from structurer.model.client import Client
        from structurer.model.presets import endpoint

        office = _ActorOffice(self._desk)
        settings = self._settings
        return Client(
            settings,
            shelves=[Answers(self._folder)],
            lane=SharedLane(settings.concurrency, office),
            ledger=SharedLedger(settings, endpoint(settings), office),
        )


class _ActorOffice:
    """The desk as a client sees it."""

    def __init__(self, desk: Any) -> None:
        self._desk = desk

    def ask(self, name: str, *arguments: Any) -> Awaitable[Any]:
        """Calls a method of the permits and gives its result."""
        found: Awaitable[Any] = self._desk.permit.remote(name, *arguments)
        return found

    def tell(self, name: str, *arguments: Any) -> None:
        """Calls a method of the permits."""
        self._desk.permit.remote(name, *arguments)


def _with_key(settings: Settings) -> Settings:
    """The settings with the key of this machine's own environment: keys do not travel."""
    key = os.environ.get("OPENAI_API_KEY")
    return settings.model_copy(update={"api_key": _secret(key)}) if key else settings


def _secret(text: str) -> Any:
    from pydantic import SecretStr

    return SecretStr(text)
