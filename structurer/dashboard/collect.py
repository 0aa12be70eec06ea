"""What a dashboard shows, gathered in one pass: memory grows with the agencies, not with the values."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from structurer.dashboard.spread import Spread, spread
from structurer.forms import Forms
from structurer.observation import ACCEPTING
from structurer.store import Run, Store
from structurer.store.figures import Broken, Tally, broken, failed, tallies
from structurer.store.runs import latest

HEADLINES = (
    "applications.received.total",
    "applications.handled_total.total",
    "applications.granted.total",
    "applications.carried_out.total",
    "narrative.disclosed_items.count",
    "statistics.disclosed_items.count",
    "disclosure.normative_documents.in_force",
    "disclosure.normative_documents.total_disclosed",
    "disclosure.licensing.decisions",
    "disclosure.penalties.decisions",
    "disputes.reconsideration.total",
    "narrative.website_visits.count",
)
"""Figures whose spread over the years is drawn, as far as the reports state them."""
WORTH = ("verified", "stated", "inferred", "decided", "waiting", "disputed", "ambiguous", "unsupported")
"""What a value is worth: a status that leaves by itself, a reviewer's decision, or why it is still open."""
LEAVES = frozenset(WORTH[:4])
_MOST_WORK = 12
_RUNS = 10


@dataclass(slots=True)
class Covered:
    """The reports of one agency on one year."""

    reports: int = 0
    values: int = 0
    accepted: int = 0

    @property
    def open(self) -> int:
        """Values that wait for a person."""
        return self.values - self.accepted


@dataclass(frozen=True, slots=True)
class Work:
    """A report with values that are still open."""

    id: str
    path: str
    agency: str | None
    year: int | None
    open: int


@dataclass(frozen=True)
class Overview:
    """Everything a dashboard shows."""

    store: str
    reports: int
    coverage: Mapping[str, Mapping[int, Covered]]
    """Agency → year → what there is."""
    unplaced: int
    """Reports whose agency or year is not known."""
    worth: Mapping[tuple[str, str], Mapping[str, int]]
    """Table and form → what its values are worth → how many."""
    broken: Sequence[Broken]
    failed: Sequence[tuple[str, int]]
    runs: Sequence[Run]
    """The imports that began last, the newest first."""
    spreads: Sequence[Spread]
    work: Sequence[Work]

    @property
    def years(self) -> list[int]:
        """The years reported on."""
        return sorted({year for known in self.coverage.values() for year in known})

    @property
    def totals(self) -> Mapping[str, int]:
        """What all values are worth."""
        made: Counter[str] = Counter()
        for counted in self.worth.values():
            made.update(counted)
        return made


@dataclass
class _Gathered:
    reports: int = 0
    unplaced: int = 0
    coverage: dict[str, dict[int, Covered]] = field(default_factory=dict)
    worth: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    work: list[Work] = field(default_factory=list)
    told: dict[str, Column] = field(default_factory=dict)

    def take(self, tally: Tally) -> None:
        self.reports += 1
        values = accepted = 0
        for (table, status, leaves), count in tally.counted.items():
            if table == "metadata":
                continue
            values += count
            accepted += count if leaves else 0
            counted = self.worth.setdefault((table, tally.forms.get(table) or ""), Counter())
            counted[worth(status, leaves)] += count
        if tally.agency is None or tally.year is None:
            self.unplaced += 1
        else:
            years = self.coverage.setdefault(tally.agency, {})
            one = years.setdefault(tally.year, Covered())
            one.reports += 1
            one.values += values
            one.accepted += accepted
        self._waits(tally, values - accepted)
        if tally.year is not None:
            for indicator, told in tally.told.items():
                column = self.told.setdefault(indicator, Column())
                column.add(tally.year, told.value, tally.number, told.position)

    def _waits(self, tally: Tally, left: int) -> None:
        if left:
            self.work.append(Work(tally.id, tally.path, tally.agency, tally.year, left))
            if len(self.work) > 50 * _MOST_WORK:
                self.work = most_open(self.work)


class Column:
    """The values of one indicator as plain numbers: 28 bytes a report."""

    def __init__(self) -> None:
        self.years = array("i")
        self.values = array("d")
        self.documents = array("q")
        self.positions = array("q")

    def add(self, year: int, value: float, document: int, position: int) -> None:
        """Takes one more."""
        self.years.append(year)
        self.values.append(value)
        self.documents.append(document)
        self.positions.append(position)


def collect(store: Store, forms: Forms) -> Overview:
    """What the store holds, as reviewers left it, seen at one moment."""
    with store.reading() as connection:
        gathered = _Gathered()
        for tally in tallies(connection, HEADLINES):
            gathered.take(tally)
        return Overview(
            store=store.name,
            reports=gathered.reports,
            coverage=gathered.coverage,
            unplaced=gathered.unplaced,
            worth=dict(_in_order(gathered.worth, forms)),
            broken=broken(connection),
            failed=failed(connection),
            runs=latest(connection, _RUNS),
            spreads=[
                spread(connection, indicator, forms.cells[indicator], gathered.told[indicator])
                for indicator in HEADLINES
                if indicator in gathered.told and indicator in forms.cells
            ],
            work=most_open(gathered.work)[:_MOST_WORK],
        )


def worth(status: str, accepted: bool) -> str:
    """What a value is worth, in the words of WORTH."""
    if accepted:
        return status if status in ACCEPTING else "decided"
    return "waiting" if status in ACCEPTING else status


def most_open(work: Sequence[Work]) -> list[Work]:
    """The reports with most open values."""
    return sorted(work, key=lambda one: (-one.open, one.path))[:_MOST_WORK]


def _in_order(
    found: Mapping[tuple[str, str], Mapping[str, int]], forms: Forms
) -> Iterator[tuple[tuple[str, str], Mapping[str, int]]]:
    """Tables in the order of the forms, then whatever else there is."""
    official = [(table, form) for table, known in forms.tables.items() for form in known]
    rank = {name: place for place, name in enumerate(official)}
    yield from sorted(found.items(), key=lambda one: (rank.get(one[0], len(rank)), one[0]))
