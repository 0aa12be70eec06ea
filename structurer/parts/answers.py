"""What models answered, where every machine finds it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from structurer.parts.folder import Folder

if TYPE_CHECKING:
    from structurer.model.shelf import Kept


class Answers:
    """A shelf of what models answered, in a folder that every machine sees: a file an answer."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    def get(self, key: str) -> Kept | None:
        """What became of a question, if that is known."""
        from structurer.model.shelf import of_json

        data = self._folder.get(_place(key))
        if data is None:
            return None
        try:
            kept = of_json(json.loads(data))
            return kept if kept.key == key else None
        except (ValueError, TypeError, KeyError, AttributeError):
            return None

    def put(self, kept: Kept) -> None:
        """Notes an outcome that asking again would not change."""
        if kept.state in ("failed", "unasked"):
            return
        from structurer.model.shelf import as_json

        self._folder.put(_place(kept.key), json.dumps(as_json(kept), ensure_ascii=False).encode())


def _place(key: str) -> str:
    return f"answers/{key[:2]}/{key}.json"
