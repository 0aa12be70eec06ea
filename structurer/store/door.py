"""Opening a store: its address, told without secrets, and its engine."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic_core import from_json
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from structurer.errors import NoStore, StoreError
from structurer.record import dumps
from structurer.store.database import Database
from structurer.store.store import Store

_BUSY_MS = 30_000
"""How long a writer waits for another process before it gives up."""
_WAL_PAGES = 8_000
"""32 MB of log before it is moved into the store: the default of 4 MB waits for the disk every 70 reports."""
_SECRET = re.compile(r"(?i)([?&][^=&]*(?:pass|pwd|secret|token|key)[^=&]*=)[^&]*")


def open_store(url: str, *, create: bool = True) -> Store:
    """The store at a URL, brought up to date; use it in a `with` block.

    A SQLite store that is not there is made, unless `create` is False.
    Raises StoreError, never with a password in it, when it cannot be opened or a newer version wrote it.
    """
    address = _address(url)
    if address.get_backend_name() == "sqlite":
        _check_file(address, create)
    store = Store(Database(_engine(address), safe_url(url)))
    try:
        store.migrate()
    except StoreError:
        store.close()
        raise
    return store


def safe_url(url: str) -> str:
    """The URL fit to be printed: passwords and keys are starred out."""
    try:
        address = make_url(url)
    except ArgumentError:
        return "the given URL"
    return _SECRET.sub(r"\1***", address.render_as_string(hide_password=True))


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError:
        raise StoreError(
            "the store's URL cannot be read; it looks like sqlite:///structurer.db"
            " or postgresql://user:password@host/name"
        ) from None
    # Before 2.1, SQLAlchemy takes a driver for it that the extra does not bring.
    return address.set(drivername="postgresql+psycopg") if address.drivername == "postgresql" else address


def _check_file(address: URL, create: bool) -> None:
    name = address.database
    if not name or name == ":memory:" or name.startswith("file:"):
        return
    path = Path(name)
    if path.is_dir():
        raise StoreError(f"{path}: is a folder; name a file inside it")
    if not path.parent.is_dir():
        raise StoreError(f"{path}: the folder {path.parent} is not there; make it first")
    if not create and not path.exists():
        raise NoStore(f"{path}: no store here; `structurer import PATH` makes one, --store names another")


def _engine(address: URL) -> Engine:
    options: dict[str, Any] = {"json_serializer": dumps, "json_deserializer": from_json}
    if address.get_backend_name() == "sqlite" and address.database in (None, "", ":memory:"):
        options |= {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
    try:
        engine = create_engine(address, **options)
    except ModuleNotFoundError as error:
        how = "pip install 'structurer[postgres]'" if error.name == "psycopg" else "install it"
        raise StoreError(f"{safe_url(str(address))}: this needs the package {error.name}; {how}") from None
    except (NoSuchModuleError, SQLAlchemyError):
        raise StoreError(f"{address.drivername}: no such kind of store; sqlite and postgresql are") from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _tune_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _tune_sqlite(connection: Any, _: ConnectionPoolEntry) -> None:
    # The driver would begin transactions by itself, and late: a reader that turns writer is refused at
    # once instead of waiting. So transactions begin in _begin_sqlite.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
    with suppress(Exception):  # a store on a read-only disk can still be read
        cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute(f"PRAGMA wal_autocheckpoint={_WAL_PAGES}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
