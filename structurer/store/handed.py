"""Batches of questions that an endpoint answers later, and which questions are in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, update

from structurer.store.clauses import portions
from structurer.store.database import Database
from structurer.store.tables import batch_keys, batches, now

_BEING_HANDED_IN = "handing:"


@dataclass(frozen=True)
class Handed:
    """A batch that was handed in and not collected yet: its id and how many questions it holds."""

    id: str
    questions: int


class HandedIn:
    """The batches of a store. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def holds(self, key: str) -> bool:
        """Whether a question is being answered in some batch."""
        query = select(batch_keys.c.key).where(batch_keys.c.key == key)
        with self._database.transaction() as connection:
            return connection.scalar(query) is not None

    def begin(self, mark: str, endpoint: str, model: str, keys: Sequence[str]) -> None:
        """Notes that a batch is about to be handed in; `mark` names its questions at the endpoint too."""
        id = _BEING_HANDED_IN + mark
        values = {"endpoint": endpoint, "model": model, "state": "handing", "keys": []}
        with self._database.transaction(writes=True) as connection:
            _forget(connection, id)
            connection.execute(insert(batches).values(id=id, submitted_at=now(), **values))
            for part in portions(keys):
                connection.execute(delete(batch_keys).where(batch_keys.c.key.in_(part)))
                connection.execute(insert(batch_keys), [{"key": key, "batch": id} for key in part])

    def done(self, mark: str, id: str) -> None:
        """Notes under which id it was taken."""
        begun = _BEING_HANDED_IN + mark
        with self._database.transaction(writes=True) as connection:
            taken = update(batches).where(batches.c.id == begun).values(id=id, state="handed")
            connection.execute(taken)
            connection.execute(update(batch_keys).where(batch_keys.c.batch == begun).values(batch=id))

    def begun(self, endpoint: str) -> list[str]:
        """The marks of batches of which is not known whether the endpoint took them."""
        query = select(batches.c.id).where(batches.c.endpoint == endpoint, batches.c.state == "handing")
        with self._database.transaction() as connection:
            return [id.removeprefix(_BEING_HANDED_IN) for id in connection.scalars(query)]

    def given_up(self, mark: str) -> None:
        """Forgets a batch that the endpoint did not take."""
        with self._database.transaction(writes=True) as connection:
            _forget(connection, _BEING_HANDED_IN + mark)

    def waiting(self, endpoint: str) -> Iterator[Handed]:
        """The batches of an endpoint that were not collected yet, oldest first."""
        query = select(batches.c.id).where(batches.c.endpoint == endpoint, batches.c.state == "handed")
        with self._database.transaction() as connection:
            ids = connection.scalars(query.order_by(batches.c.submitted_at, batches.c.id)).all()
        for id in ids:
            count = select(func.count()).where(batch_keys.c.batch == id)
            with self._database.transaction() as connection:
                yield Handed(id, connection.scalar(count) or 0)

    def ids(self) -> list[str]:
        """The ids of all batches ever noted."""
        with self._database.transaction() as connection:
            return list(connection.scalars(select(batches.c.id)))

    def collected(self, id: str, state: str) -> None:
        """Notes how a batch ended; what it did not answer may be handed in again."""
        with self._database.transaction(writes=True) as connection:
            connection.execute(delete(batch_keys).where(batch_keys.c.batch == id))
            connection.execute(update(batches).where(batches.c.id == id).values(state=state))


def _forget(connection: Connection, id: str) -> None:
    connection.execute(delete(batch_keys).where(batch_keys.c.batch == id))
    connection.execute(delete(batches).where(batches.c.id == id))
