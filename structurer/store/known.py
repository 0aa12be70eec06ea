"""What a store knows of files before they are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from sqlalchemy import BindParameter, Connection, bindparam, select
from sqlalchemy import Row as SQLRow

from structurer.store.clauses import among, portions
from structurer.store.tables import documents, failures, places
from structurer.store.writing import Failed

_BY_US: BindParameter[str] = bindparam("fingerprint")
_EXTRACTED = select(documents.c.id).where(among(documents.c.id), documents.c.fingerprint == _BY_US)
_LIE = select(places.c.path, documents.c.id).join(documents).where(among(places.c.path))
_TRIED = select(failures).where(among(failures.c.path), failures.c.fingerprint == _BY_US)


class Known(NamedTuple):
    """What a store knows of a file's bytes."""

    state: Literal["placed", "elsewhere", "failed"]
    failed: Failed | None = None


def known(connection: Connection, found: Mapping[str, str], fingerprint: str) -> dict[str, Known]:
    """What is known of files, by path; see `Store.known`."""
    extracted: set[str] = set()
    lies: dict[str, str] = {}
    failing: dict[str, Failed] = {}
    for part in portions(list(set(found.values()))):
        extracted.update(connection.scalars(_EXTRACTED, {"among": part, "fingerprint": fingerprint}))
    for part in portions(list(found)):
        lies.update((row.path, row.id) for row in connection.execute(_LIE, {"among": part}))
        tried = connection.execute(_TRIED, {"among": part, "fingerprint": fingerprint})
        failing.update((row.path, failed_of(row)) for row in tried)
    told: dict[str, Known] = {}
    for path, id in found.items():
        if id in extracted:
            told[path] = Known("placed" if lies.get(path) == id else "elsewhere")
        elif path in failing and failing[path].id == id:
            told[path] = Known("failed", failing[path])
    return told


def failed_of(row: SQLRow[Any]) -> Failed:
    """A row of the table of failures."""
    return Failed(path=row.path, id=row.id, kind=row.kind, reason=row.reason, fingerprint=row.fingerprint)
