"""Settings: arguments, then the environment, then structurer.toml in the working directory."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from structurer.errors import SettingsError

FILE = "structurer.toml"
PREFIX = "STRUCTURER_"
NO_MODEL = "none"
#: Names the environment gives a setting, first one first.
VARIABLES: Mapping[str, tuple[str, ...]] = {
    "store": ("STRUCTURER_STORE",),
    "model": ("STRUCTURER_MODEL",),
    "api_key": ("OPENAI_API_KEY",),
    "base_url": ("STRUCTURER_BASE_URL", "OPENAI_BASE_URL"),
    "provider": ("STRUCTURER_PROVIDER",),
    "ask": ("STRUCTURER_ASK",),
    "accept_model": ("STRUCTURER_ACCEPT_MODEL",),
    "cache_dir": ("STRUCTURER_CACHE_DIR",),
    "concurrency": ("STRUCTURER_CONCURRENCY",),
    "timeout": ("STRUCTURER_TIMEOUT",),
    "max_cost": ("STRUCTURER_MAX_COST",),
    "max_tokens": ("STRUCTURER_MAX_TOKENS",),
    "max_bytes": ("STRUCTURER_MAX_BYTES",),
    "time_limit": ("STRUCTURER_TIME_LIMIT",),
    "memory_limit": ("STRUCTURER_MEMORY_LIMIT",),
    "workers": ("STRUCTURER_WORKERS",),
}
_NO_SETTINGS = frozenset({"STRUCTURER_REVIEWER", "STRUCTURER_TOKENS"})
"""Variables of single commands, and no settings."""
_OF_VARIABLE = {variable: name for name, variables in VARIABLES.items() for variable in variables}


Ask = Literal["open", "all", "none"]
Provider = Literal["openai", "deepseek", "qwen", "zhipu", "ollama", "vllm", "llamacpp", "local", "compatible"]


class Price(BaseModel):
    """What a model costs, per million tokens, in whatever currency you count."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: float = Field(ge=0)
    output: float = Field(ge=0)
    cached: float | None = Field(None, ge=0)
    """Of prompt tokens that the provider's own cache held; None: as `input`."""
    batch: float | None = Field(None, ge=0, le=1)
    """The part of the price that is charged in a batch; None: what the provider is known to charge."""


class Settings(BaseModel):
    """Everything that can be set; each has a default that works without any of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    store: str = Field("sqlite:///structurer.db", min_length=1)
    """URL of the store."""
    model: str | None = None
    """Name of the model to ask about what stays open, NAME or PROVIDER:NAME; None asks no model."""
    provider: Provider | None = None
    """Who answers under `base_url`, where its address does not tell."""
    ask: Ask = "open"
    """What a model is asked: what is `open`, `all` sections and tables as a second reading, or `none`."""
    accept_model: bool = False
    """Accept what only a model says, when its quote is found and its number read again from there."""
    api_key: SecretStr | None = None
    """Key for the model's endpoint; taken from the environment only."""
    base_url: SecretStr | None = None
    """Endpoint of the model; secret, because addresses can carry keys."""
    cache_dir: str | None = Field(None, min_length=1)
    """Folder of the answers already paid for; None is the user's cache folder."""
    concurrency: int = Field(16, ge=1, le=512)
    """Requests under way at once, at most; fewer while the endpoint asks for patience."""
    timeout: float = Field(120.0, gt=0)
    """Seconds to wait for one answer."""
    max_cost: float | None = Field(None, gt=0)
    """Stop asking before a run costs more; needs the model's price."""
    max_tokens: int | None = Field(None, gt=0)
    """Stop asking before a run uses more tokens, prompts and answers together."""
    prices: Mapping[str, Price] = Field(default_factory=dict)
    """Price of each model: `[prices."NAME"]` with `input` and `output` per million tokens."""
    max_bytes: int = Field(20_000_000, gt=0)
    """Files over this size are refused: a report takes some ten thousand bytes."""
    time_limit: float = Field(300.0, gt=0)
    """Seconds that reading one report may take in an import; it is then given up, and the import goes on."""
    memory_limit: int = Field(4_000_000_000, ge=500_000_000)
    """Bytes that each process which reads reports for an import or the service may hold; a report that needs
    more is given up. An import with 0 workers has no such process."""
    workers: int | None = Field(None, ge=0, le=1024)
    """Processes that read reports in an import; 0 reads in the import's own, None is one a processor."""


def load_settings(**overrides: Any) -> Settings:
    """The settings in force; an override of None counts as not given.

    Raises SettingsError naming the setting and where it came from.
    """
    return trace_settings(**overrides)[0]


def trace_settings(**overrides: Any) -> tuple[Settings, dict[str, str]]:
    """The settings in force, and where each that is not a default came from.

    Raises SettingsError naming the setting and where it came from.
    """
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for name, value, origin in (*_from_file(Path(FILE)), *_from_environment(), *_from_arguments(overrides)):
        values[name] = value
        origins[name] = origin
    if values.get("model") in (NO_MODEL, ""):
        values["model"] = None
    try:
        return Settings.model_validate(values), origins
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = str(first["loc"][0])
        raise SettingsError(f"{name} (from {origins.get(name, 'default')}): {first['msg']}") from None


def unknown_variables() -> dict[str, str]:
    """Variables of the environment that look like settings but are none, and what was perhaps meant."""
    return {
        name: _closest(name, _OF_VARIABLE)
        for name in sorted(os.environ)
        if name.startswith(PREFIX) and name not in (*_OF_VARIABLE, *_NO_SETTINGS)
    }


def _from_arguments(overrides: Mapping[str, Any]) -> Iterator[tuple[str, Any, str]]:
    for name, value in overrides.items():
        if name not in Settings.model_fields:
            raise SettingsError(f"{name} (argument): no such setting{_meant(name, Settings.model_fields)}")
        if value is not None:
            yield name, value, "argument"


def _from_environment() -> Iterator[tuple[str, Any, str]]:
    for name, variables in VARIABLES.items():
        for variable in variables:
            if os.environ.get(variable):
                yield name, os.environ[variable], variable
                break


def _from_file(path: Path) -> Iterator[tuple[str, Any, str]]:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror or error}") from error
    allowed = [name for name in Settings.model_fields if name != "api_key"]
    for name, value in _toml(path, content).items():
        if name == "api_key":
            raise SettingsError(f"{path}: api_key: keep keys out of files; set OPENAI_API_KEY instead")
        if name not in allowed:
            raise SettingsError(f"{path}: {name}: no such setting{_meant(name, allowed)}")
        yield name, value, str(path)


def _toml(path: Path, content: bytes) -> dict[str, Any]:
    tomllib: Any = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    try:
        return dict(tomllib.loads(content.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: not UTF-8 (byte {error.start})") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: not TOML: {error}") from error


def _meant(name: str, known: Any) -> str:
    closest = _closest(name, known)
    return f"; did you mean {closest}?" if closest else f"; known: {', '.join(sorted(known))}"


def _closest(name: str, known: Any) -> str:
    return next(iter(get_close_matches(name, list(known), n=1, cutoff=0.5)), "")
