"""A statement as it is read, before repetitions and sums are settled."""

from __future__ import annotations

from dataclasses import dataclass, field

from structurer.observation import Period, Printed, Qualifier


@dataclass(slots=True)
class Claim:
    """One row's value as one place states it; offsets are those of the reading."""

    rows: tuple[str, ...]
    """The row it states. Several rows: it states their sum only (双微, 微博和微信)."""
    value: int | float
    unit: str
    qualifier: Qualifier
    start: int
    end: int
    sentence: int
    period: Period = "year"
    as_of: str | None = None
    scope: str | None = None
    printed: Printed = "number"
    wording: str = ""
    """What is counted, in the report's words, where no row has a name for it."""
    at: int = 0
    """Where the quantity itself begins."""
    rules: list[str] = field(default_factory=list)

    @property
    def row(self) -> str:
        """The one row it states; "" when it states a sum of several."""
        return self.rows[0] if len(self.rows) == 1 else ""

    @property
    def counts_year(self) -> bool:
        """Whether it can take part in a sum: exact, of the office itself, for the year."""
        return self.qualifier == "exact" and self.period == "year" and self.scope is None
