"""A document by what people call it: its path, the end of its path, its id or the beginning of one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Select, select
from sqlalchemy import Row as SQLRow

from structurer.errors import UnknownDocument
from structurer.store.tables import documents, failures, places

_SHORTEST_PREFIX = 4


def lookup(connection: Connection, key: str, store: str) -> SQLRow[Any]:
    """The row of the document that a key names, with the path it was `found_at`.

    Raises UnknownDocument when there is none in the store of this name or when several fit.
    """
    for query in _meanings(key):
        found = connection.execute(query.limit(6)).all()
        if len({row.number for row in found}) > 1:
            several = ", ".join(f"{row.found_at} ({row.id[:12]})" for row in found)
            raise UnknownDocument(f"{key}: several documents fit: {several}")
        if found:
            return found[0]
    failed = connection.scalar(select(failures.c.reason).where(failures.c.path == key))
    if failed is not None:
        raise UnknownDocument(f"{key}: its import failed: {failed}")
    raise UnknownDocument(f"{key}: not in {store}; `structurer import` puts a file there")


def _meanings(key: str) -> Iterator[Select[Any]]:
    """Queries for what a key may mean, the narrowest first."""
    placed = select(documents, places.c.path.label("found_at")).join(places).order_by(places.c.number)
    yield placed.where(places.c.path == key)
    lowered = key.lower()
    if len(key) >= _SHORTEST_PREFIX and set(lowered) <= set("0123456789abcdef"):
        yield placed.where(documents.c.id.startswith(lowered))
        yield select(documents, documents.c.path.label("found_at")).where(documents.c.id.startswith(lowered))
    yield placed.where(places.c.path.endswith("/" + key, autoescape=True))
