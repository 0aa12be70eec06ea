"""Who holds which unit of the queue, and until when. Used inside one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import and_, delete, func, insert, select, text, update

from structurer.store.database import Inside
from structurer.store.tables import now, review_claims

LEASE = timedelta(minutes=30)
_LOCK = 7283466


class Claims(Inside):
    """The leases as one transaction sees them."""

    def lock(self) -> None:
        """Makes every other process that would write wait; SQLite's write lock does so by itself."""
        if self.connection.dialect.name == "postgresql":
            self.connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))

    def clock(self) -> datetime:
        """The time that leases run by: where machines share a server, that server's."""
        if self.connection.dialect.name == "postgresql":
            return cast(datetime, self.connection.scalar(select(func.clock_timestamp())))
        return now()

    def holder(self, unit: str, moment: datetime) -> tuple[str, datetime] | None:
        """Who holds a unit, and until when."""
        query = select(review_claims).where(review_claims.c.unit == unit, review_claims.c.until > moment)
        row = self.connection.execute(query).first()
        return (row.by, row.until) if row is not None else None

    def claim(self, unit: str, by: str, moment: datetime) -> None:
        """Gives a unit to a reviewer for the length of a lease."""
        self.connection.execute(delete(review_claims).where(review_claims.c.unit == unit))
        values = {"unit": unit, "by": by, "until": moment + LEASE}
        self.connection.execute(insert(review_claims).values(values))

    def renew(self, by: str, moment: datetime) -> None:
        """Lets every lease of a reviewer run on: whoever acts is there."""
        held = and_(review_claims.c.by == by, review_claims.c.until > moment)
        self.connection.execute(update(review_claims).where(held).values(until=moment + LEASE))

    def held_by(self, by: str, moment: datetime) -> list[str]:
        """The units a reviewer holds."""
        held = and_(review_claims.c.by == by, review_claims.c.until > moment)
        return list(self.connection.scalars(select(review_claims.c.unit).where(held)))

    def release(self, units: Sequence[str]) -> None:
        """Frees units."""
        self.connection.execute(delete(review_claims).where(review_claims.c.unit.in_(units)))
