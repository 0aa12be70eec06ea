"""What the parts of a store need of it: transactions."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Connection


class Transactions(Protocol):
    """A store as its journal, jobs, batches and panels see it."""

    def _transaction(self, *, writes: bool = False) -> AbstractContextManager[Connection]: ...


class Inside:
    """What works inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
