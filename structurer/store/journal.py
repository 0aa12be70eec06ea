"""The journal of what models answered: each outcome is in the store the moment it is known."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from structurer.model.shelf import Kept
from structurer.observation import Usage
from structurer.store.database import Database
from structurer.store.tables import chunks, now

# Made once: putting a statement together takes longer than executing it.
_GET = select(chunks).where(chunks.c.key == bindparam("of_key"))


def _put(made: Any) -> Any:
    """Notes an outcome, or puts it in the place of an earlier one for the same question."""
    changed = {column.name: made.excluded[column.name] for column in chunks.c if column.name != "key"}
    return made.on_conflict_do_update(index_elements=["key"], set_=changed)


_PUT = {"sqlite": _put(sqlite.insert(chunks)), "postgresql": _put(postgresql.insert(chunks))}


class Journal:
    """Outcomes of questions by key, as a shelf for `structurer.model.Client`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str) -> Kept | None:
        """What became of a question, if that is known."""
        with self._database.transaction() as connection:
            row = connection.execute(_GET, {"of_key": key}).first()
        if row is None:
            return None
        return Kept(
            key=row.key,
            state=row.state,
            text=row.text,
            model=row.model,
            prompt=row.prompt,
            document=row.document,
            spans=tuple((start, end) for start, end in row.spans),
            usage=Usage.model_validate(row.usage),
            dropped=row.dropped,
            estimate=row.estimate,
        )

    def put(self, kept: Kept) -> None:
        """Notes an outcome; a later one for the same question replaces it."""
        values = {
            "document": kept.document,
            "model": kept.model,
            "prompt": kept.prompt,
            "state": kept.state,
            "text": kept.text,
            "spans": [list(span) for span in kept.spans],
            "usage": kept.usage.model_dump(mode="json"),
            "dropped": kept.dropped,
            "estimate": kept.estimate,
            "answered_at": now(),
        }
        with self._database.transaction(writes=True) as connection:
            connection.execute(_PUT[connection.dialect.name], {"key": kept.key, **values})

    def of(self, document: str) -> list[Kept]:
        """The outcomes of one document's questions."""
        with self._database.transaction() as connection:
            keys = connection.scalars(select(chunks.c.key).where(chunks.c.document == document)).all()
        return [kept for key in keys if (kept := self.get(key)) is not None]

    def forget(self, document: str) -> None:
        """Forgets what was answered about a document."""
        with self._database.transaction(writes=True) as connection:
            connection.execute(delete(chunks).where(chunks.c.document == document))
