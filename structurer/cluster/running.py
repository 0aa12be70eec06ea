"""An import on a cluster from beginning to end: Ray started or joined, files handed out, parts taken in."""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from structurer.bulk.importing import Course
from structurer.bulk.tally import Step, Summary
from structurer.bulk.workers import processors
from structurer.cluster import coordinator as coordinating
from structurer.cluster.extracting import Extractor, Given
from structurer.cluster.taking import Driver
from structurer.errors import ClusterError
from structurer.forms import load_forms
from structurer.parts import Folder
from structurer.pipeline import asks, fingerprint_with
from structurer.settings import Settings
from structurer.store import Store

_FILES = 64
"""Of one task: what is done again when a worker is lost in the middle."""
_FILES_ASKED = 256
"""Of one task where a model is asked: enough to keep the lane full while the first ones wait."""
_TASKS = 3
"""Tasks for each worker at least, so that none is idle while another one has the last long one."""


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
    driver = Driver(store, folder, asked, Course(force, failed, 0, progress, tick, stop))
    driver.take_in_what_is_left()
    with _connected(address, workers) as (ray, count):
        coordinator = coordinating.opened(ray, settings, driver)
        given = Given(
            coordinator.name,
            coordinator.namespace,
            results,
            os.getcwd(),
            settings.model_copy(update={"api_key": None}),
            asked,
            force,
            failed,
        )
        model = settings.model or "" if asks(settings) else ""
        with driver.noted(model, count):
            driver.run(_told(ray, paths, given, count), coordinator.usage)
            return driver.end()


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
