"""A folder that every machine sees; `fsspec` opens it, and any object storage it knows."""

from __future__ import annotations

import os
from typing import Any
from uuid import uuid4

from structurer.errors import ReadError, StoreError
from structurer.remote import filesystem


class Folder:
    """A folder on shared or object storage."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        try:
            self._fs, self._root = filesystem(self.url)
        except ReadError as error:
            raise StoreError(str(error)) from None

    def put(self, name: str, data: bytes) -> None:
        """Writes a file, whole or not at all."""
        path = f"{self._root}/{name}"
        try:
            if "file" in _protocols(self._fs):
                os.makedirs(os.path.dirname(path), exist_ok=True)
                draft = f"{path}.{uuid4().hex}.tmp"
                with open(draft, "wb") as stream:
                    stream.write(data)
                os.replace(draft, path)
            else:
                self._fs.pipe_file(path, data)
        except OSError as error:
            raise StoreError(f"{self.url}/{name}: {error.strerror or error}") from None

    def get(self, name: str) -> bytes | None:
        """The content of a file; None where there is none."""
        try:
            return bytes(self._fs.cat_file(f"{self._root}/{name}"))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(f"{self.url}/{name}: {error.strerror or error}") from None

    def move(self, name: str, to: str) -> None:
        """Moves a file; nothing if it is gone already."""
        try:
            self._fs.makedirs(os.path.dirname(f"{self._root}/{to}"), exist_ok=True)
            self._fs.mv(f"{self._root}/{name}", f"{self._root}/{to}")
        except FileNotFoundError:
            return

    def names(self, within: str, suffix: str) -> list[str]:
        """The names of the files in a folder below this one, sorted."""
        try:
            found = self._fs.ls(f"{self._root}/{within}", detail=False, refresh=True)
        except FileNotFoundError:
            return []
        except TypeError:
            found = self._fs.ls(f"{self._root}/{within}", detail=False)
        names = (str(path).rstrip("/").rpartition("/")[2] for path in found)
        return sorted(f"{within}/{name}" for name in names if name.endswith(suffix))


def _protocols(fs: Any) -> tuple[str, ...]:
    return (fs.protocol,) if isinstance(fs.protocol, str) else tuple(fs.protocol)
