"""Answers already paid for, on disk: text only, keyed by everything that made them, and never a failure."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from structurer.errors import CacheError
from structurer.settings import Settings

if TYPE_CHECKING:
    from structurer.model.shelf import Kept

_LIMIT = 1 << 40
"""Bytes. Nothing is thrown away by itself: `structurer cache clear` does it."""


@dataclass(frozen=True)
class Stats:
    """What a cache holds."""

    folder: str
    answers: int = 0
    bytes: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    models: Mapping[str, int] = field(default_factory=dict)
    prompts: Mapping[str, int] = field(default_factory=dict)


class Cache:
    """A folder of answers, opened when first used; any number of processes may share it.

    What it does raises CacheError, naming the folder, when that cannot be used.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)

    @cached_property
    def _disk(self) -> Any:
        return _open(self.folder)

    def __enter__(self) -> Cache:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the files."""
        if "_disk" in self.__dict__:
            self._disk.close()

    def get(self, key: str) -> Kept | None:
        """The answer kept under a key; None where there is none, or only a damaged one."""
        with self._said():
            written = self._disk.get(key)
        return _read(key, written) if isinstance(written, str) else None

    def put(self, kept: Kept) -> None:
        """Keeps an answer that is whole; refusals, failures and answers in parts are no answers."""
        if kept.state != "answered" or kept.dropped:
            return
        with self._said():
            self._disk.set(kept.key, _written(kept))

    def stats(self) -> Stats:
        """What is held, by model and prompt."""
        models: Counter[str] = Counter()
        prompts: Counter[str] = Counter()
        answers = prompt = completion = 0
        for _, kept in self._entries():
            if kept is None:
                continue
            answers += 1
            models[kept.model] += 1
            prompts[kept.prompt] += 1
            prompt += kept.usage.prompt_tokens
            completion += kept.usage.completion_tokens
        with self._said():
            size = int(self._disk.volume())
        return Stats(str(self.folder), answers, size, prompt, completion, dict(models), dict(prompts))

    def clear(self, model: str | None = None) -> int:
        """Forgets every answer, or those of one model; returns how many."""
        with self._said():
            if model is None:
                count = len(self._disk)
                self._disk.clear()
                return count
            doomed = [key for key, kept in self._entries() if kept is None or kept.model == model]
            return sum(bool(self._disk.delete(key)) for key in doomed)

    def verify(self, *, mend: bool = False) -> tuple[int, list[str]]:
        """How many answers are whole, and the keys of those that are not; `mend` forgets these."""
        whole, broken = 0, []
        for key, kept in self._entries():
            if kept is None:
                broken.append(str(key))
            else:
                whole += 1
        if mend:
            with self._said():
                for key in broken:
                    self._disk.delete(key)
        return whole, broken

    def _entries(self) -> Iterator[tuple[str, Kept | None]]:
        with self._said():
            keys = list(self._disk.iterkeys())
        for key in keys:
            with self._said():
                written = self._disk.get(key)
            yield key, _read(key, written) if isinstance(written, str) else None

    @contextmanager
    def _said(self) -> Iterator[None]:
        from sqlite3 import Error

        from diskcache import Timeout

        try:
            yield
        except CacheError:
            raise
        except (OSError, Error, Timeout) as error:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise CacheError(
                f"{self.folder}: {reason}; STRUCTURER_CACHE_DIR names another folder for answers"
            ) from None


def open_cache(settings: Settings) -> Cache:
    """The cache that the settings name, made if it is not there."""
    return Cache(cache_folder(settings))


def cache_folder(settings: Settings) -> Path:
    """Where answers are kept: the setting, else the user's cache folder."""
    if settings.cache_dir:
        return Path(settings.cache_dir)
    return _users_folder() / "structurer" / "answers"


def _users_folder() -> Path:
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    if sys.platform == "darwin":
        return home / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")


def _written(kept: Kept) -> str:
    from structurer.model.shelf import as_json

    entry = as_json(kept)
    return json.dumps({"check": _check(entry), **entry}, ensure_ascii=False)


def _read(key: str, written: str) -> Kept | None:
    from structurer.model.shelf import of_json

    try:
        entry = json.loads(written)
        if entry.pop("check") != _check(entry) or entry["key"] != key or entry["state"] != "answered":
            return None
        return of_json(entry)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _check(entry: Mapping[str, Any]) -> str:
    return sha256(json.dumps(entry, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:32]


def _open(folder: Path) -> Any:
    import diskcache

    class TextDisk(diskcache.Disk):  # type: ignore[misc]
        """Keeps text and reads text: what was pickled is not unpickled, whoever put it there."""

        def store(self, value: Any, read: bool, key: Any = diskcache.UNKNOWN) -> Any:
            if not isinstance(value, str) or read:
                raise TypeError("only text is kept")
            return super().store(value, False, key=key)

        def fetch(self, mode: int, filename: str | None, value: Any, read: bool) -> Any:
            if mode == diskcache.core.MODE_PICKLE:
                return None
            return super().fetch(mode, filename, value, read)

        def get(self, key: Any, raw: bool) -> Any:
            return key if raw else None

    _make: Callable[..., Any] = diskcache.Cache
    # Where the file is mapped into memory, a process ends on the spot when somebody cuts it short.
    options = {"eviction_policy": "none", "size_limit": _LIMIT, "timeout": 30, "sqlite_mmap_size": 0}
    return _make(str(folder), disk=TextDisk, **options)
