"""The journal of what models answered: each outcome is in the store the moment it is known."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from structurer.model.shelf import Kept
from structurer.observation import Usage
from structurer.store.tables import batches, chunks, now

# Made once: putting a statement together takes longer than executing it.
_GET = select(chunks).where(chunks.c.key == bindparam("of_key"))
_CHANGE = update(chunks).where(chunks.c.key == bindparam("of_key"))
_ADD = insert(chunks)


class Transactions(Protocol):
    """What the journal needs of a store."""

    def _transaction(self, *, writes: bool = False) -> AbstractContextManager[Connection]: ...


@dataclass(frozen=True)
class Handed:
    """A batch that was handed in: the keys of its questions, and whether it was collected."""

    id: str
    endpoint: str
    model: str
    state: str
    keys: tuple[str, ...]


class Journal:
    """Outcomes of questions by key, as a shelf for `structurer.model.Client`."""

    def __init__(self, store: Transactions) -> None:
        self._store = store

    def get(self, key: str) -> Kept | None:
        """What became of a question, if that is known."""
        with self._store._transaction() as connection:
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
        with self._store._transaction(writes=True) as connection:
            if not connection.execute(_CHANGE, {"of_key": kept.key, **values}).rowcount:
                connection.execute(_ADD, {"key": kept.key, **values})

    def of(self, document: str) -> list[Kept]:
        """The outcomes of one document's questions."""
        with self._store._transaction() as connection:
            keys = connection.scalars(select(chunks.c.key).where(chunks.c.document == document)).all()
        return [kept for key in keys if (kept := self.get(key)) is not None]

    # -- batches

    def hand(self, id: str, endpoint: str, model: str, keys: Sequence[str]) -> None:
        """Notes a batch that was handed in."""
        with self._store._transaction(writes=True) as connection:
            connection.execute(
                insert(batches).values(
                    id=id, endpoint=endpoint, model=model, state="handed", keys=list(keys), submitted_at=now()
                )
            )

    def handed(self, endpoint: str) -> list[Handed]:
        """The batches of an endpoint that were not collected yet, oldest first."""
        query = select(batches).where(batches.c.endpoint == endpoint, batches.c.state == "handed")
        with self._store._transaction() as connection:
            rows = connection.execute(query.order_by(batches.c.submitted_at)).all()
        return [Handed(row.id, row.endpoint, row.model, row.state, tuple(row.keys)) for row in rows]

    def batch_ids(self) -> list[str]:
        """The ids of all batches ever noted."""
        with self._store._transaction() as connection:
            return list(connection.scalars(select(batches.c.id)))

    def collected(self, id: str, state: str) -> None:
        """Notes how a batch ended."""
        with self._store._transaction(writes=True) as connection:
            connection.execute(update(batches).where(batches.c.id == id).values(state=state))

    def forget(self, document: str) -> None:
        """Forgets what was answered about a document."""
        with self._store._transaction(writes=True) as connection:
            connection.execute(delete(chunks).where(chunks.c.document == document))
