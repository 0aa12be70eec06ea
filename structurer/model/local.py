"""A GGUF file served inside this process, on a loopback port only it has the key to."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from structurer.errors import SettingsError

if TYPE_CHECKING:
    from structurer.model.presets import Endpoint
    from structurer.model.wire import Backend
    from structurer.settings import Settings

PREFIX = "local:"
CONTEXT = 16_384
"""Tokens of context asked for; a model trained on fewer gets what it was trained on."""
PATIENCE = 1_800.0
"""Seconds to wait for an answer, at least: nothing is lost on the way, it is only slow."""
_EXTRA = "install the extra: pip install 'structurer[local]'"
_MAGIC = b"GGUF"
_SAMPLES, _SAMPLE = 32, 65_536


@dataclass(frozen=True)
class LocalEndpoint:
    """Where a running model answers: an OpenAI-compatible server of this process.

    `name` is the file's stem and a fingerprint of its content: the same in every process and on every
    machine, unlike the address, so it is what answers are cached under.
    """

    base_url: str
    name: str
    context: int
    """Tokens that fit into one request, prompt and answer together."""
    api_key: str = field(repr=False)


def is_local(model: str | None) -> bool:
    """Whether a model is named as a file: `local:/path/model.gguf`."""
    return bool(model) and str(model).startswith(PREFIX)


def serve(model: str, *, context: int = CONTEXT, port: int = 0) -> LocalEndpoint:
    """Load `local:/path/model.gguf` and answer for it until this process ends; once a file.

    Port 0 takes any free one. Raises SettingsError where the file is none, or the extra is missing.
    """
    path = _file(model)
    with _lock:
        key = (os.getpid(), path)
        if key not in _running:
            _running[key] = _start(model, path, context, port)
        return _running[key][1]


def open_local(endpoint: Endpoint, settings: Settings) -> Backend:
    """The way to the file that an endpoint names as its model. Raises as `serve` does."""
    from dataclasses import replace

    from structurer.model.door import Door

    served = serve(PREFIX + endpoint.model)
    there = replace(endpoint, model=served.name, base_url=served.base_url, key=served.api_key)
    # a prompt of some thousand tokens takes a processor minutes
    return Door(there, timeout=max(settings.timeout, PATIENCE))


@cache
def identity(path: str) -> str:
    """`local:` and the fingerprint of a file's content. Raises SettingsError where it is no model."""
    return PREFIX + fingerprint(_file(PREFIX + path))


def fingerprint(path: Path) -> str:
    """Twelve hex digits of a file's size and evenly spread samples of it: weights can take gigabytes."""
    size = path.stat().st_size
    digest = sha256(str(size).encode())
    with path.open("rb") as file:
        for index in range(_SAMPLES):
            file.seek(max(0, (size - _SAMPLE) * index // (_SAMPLES - 1)))
            digest.update(file.read(_SAMPLE))
    return digest.hexdigest()[:12]


_running: dict[tuple[int, Path], tuple[Any, LocalEndpoint]] = {}
_lock = Lock()


def _file(model: str) -> Path:
    path = Path(model.removeprefix(PREFIX)).expanduser()
    try:
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except OSError as error:
        reason = error.strerror or str(error)
        raise SettingsError(f"model {model}: {reason}; name a GGUF file: local:/path/model.gguf") from error
    if magic != _MAGIC:
        raise SettingsError(f"model {model}: not a GGUF file; llama.cpp converts other formats to it")
    return path.resolve()


def _start(model: str, path: Path, context: int, port: int) -> tuple[Any, LocalEndpoint]:
    llama = _llama(model)
    name, api_key = f"{path.stem}@{fingerprint(path)}", secrets.token_urlsafe(24)
    params = llama.CommonParams()
    params.model.path = str(path)
    params.model_alias = {name}
    params.hostnames = ["127.0.0.1"]
    params.port = port
    params.api_keys = [api_key]
    params.n_ctx = context
    # one answer at a time: a second slot would halve the context, and processors are shared anyway
    params.n_parallel = 1
    # its threads wait for each other in loops: more of them than free cores make it many times slower
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = max(1, (os.cpu_count() or 2) // 2)
    params.cors_origins = ""
    params.ui = params.endpoint_slots = params.endpoint_props = params.warmup = False
    params.verbosity = -1
    try:
        server = llama.Server(params)
    except RuntimeError as error:
        where = f" or port {port} is taken" if port else ""
        raise SettingsError(
            f"model {model}: llama.cpp cannot load it: damaged, or too large{where}"
        ) from error
    base_url = f"{server.listening_address}/v1"
    return server, LocalEndpoint(base_url, name, _context(base_url, api_key, context), api_key)


def _context(base_url: str, api_key: str, asked: int) -> int:
    """How much context the model really got: no more than it was trained on."""
    import json
    from urllib.request import ProxyHandler, Request, build_opener

    request = Request(f"{base_url}/models", headers={"Authorization": f"Bearer {api_key}"})
    with build_opener(ProxyHandler({})).open(request, timeout=30) as answer:
        (about,) = json.load(answer)["data"]
    return min(asked, int(about["meta"]["n_ctx"]))


def _llama(model: str) -> Any:
    try:
        return import_module("xllamacpp")
    except ImportError as error:
        raise SettingsError(f"model {model}: needs llama.cpp in this process; {_EXTRA}") from error
