"""How much a store holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Select, func, select

from structurer.store.clauses import is_current
from structurer.store.copies import linked
from structurer.store.tables import documents, failures, observations, places


@dataclass(frozen=True)
class Counts:
    """How much a store holds; `superseded` documents are kept, but their files have other bytes now."""

    documents: int = 0
    places: int = 0
    superseded: int = 0
    failures: int = 0
    copies: int = 0
    """Current documents that are the same report as another one."""
    observations: Mapping[str, int] = field(default_factory=dict)
    accepted: int = 0


def counts(connection: Connection) -> Counts:
    """How many documents, places, failures and observations of each status there are."""

    def count(query: Select[Any]) -> int:
        return connection.scalar(query) or 0

    current = select(observations).join(documents).where(is_current()).subquery()
    by_status = select(current.c.status, func.count()).group_by(current.c.status)
    return Counts(
        documents=count(select(func.count()).select_from(documents).where(is_current())),
        places=count(select(func.count()).select_from(places)),
        superseded=count(select(func.count()).select_from(documents).where(~is_current())),
        failures=count(select(func.count()).select_from(failures)),
        copies=len(list(linked(connection))),
        observations={row[0]: row[1] for row in connection.execute(by_status)},
        accepted=count(select(func.count()).select_from(current).where(current.c.accepted)),
    )
