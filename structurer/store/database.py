"""The database under a store: its transactions, and its errors without secrets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from structurer.errors import StoreError


class Collision(StoreError):
    """Another process put the same thing there first; asked again, it works."""


class Database:
    """A database that is open. Raises only StoreError and, for what it cannot hold, ValueError."""

    def __init__(self, engine: Engine, name: str) -> None:
        self.engine = engine
        self.name = name

    def close(self) -> None:
        """Lets go of its connections."""
        self.engine.dispose()

    @contextmanager
    def transaction(self, *, writes: bool = False, steady: bool = False) -> Iterator[Connection]:
        """A transaction; `steady` reads see nothing of what others write meanwhile."""
        try:
            with self.engine.connect() as connection:
                connection = connection.execution_options(writes=writes)
                if steady and connection.dialect.name == "postgresql":  # SQLite's always are
                    connection = connection.execution_options(isolation_level="REPEATABLE READ")
                with connection.begin():
                    yield connection
        except IntegrityError as error:
            raise Collision(f"{self.name}: {error.orig}") from None
        except DataError as error:
            # One document's text that this kind of database cannot hold, not a failing store.
            raise ValueError(f"{self.name} cannot hold this document: {error.orig}") from None
        except (SQLAlchemyError, self.engine.dialect.loaded_dbapi.Error) as error:
            # The driver's own errors come from rows that go straight to it.
            if isinstance(error, self.engine.dialect.loaded_dbapi.DataError):
                raise ValueError(f"{self.name} cannot hold this document: {error}") from None
            raise StoreError(f"{self.name}: {self._without_password(error)}") from None

    def _without_password(self, error: Exception) -> str:
        reason = str(getattr(error, "orig", None) or error or type(error).__name__)
        password = self.engine.url.password
        return reason.replace(str(password), "***") if password else reason


class Inside:
    """What works inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
