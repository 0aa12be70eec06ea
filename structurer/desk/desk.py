"""The reviewer's desk: takes the next unit from the queue, and puts decisions into the store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from structurer.desk.adding import missed
from structurer.desk.applying import Applied, applied
from structurer.desk.batching import accept_together, proven
from structurer.desk.building import Building
from structurer.desk.cases import is_id
from structurer.desk.deciding import Decided, Deciding, act_of
from structurer.desk.handing import Handing
from structurer.desk.planting import plant
from structurer.errors import Conflict, ReviewError, StoreError
from structurer.observation import Value
from structurer.review import events as ev
from structurer.review.agreement import FIELDS, Agreement, Noticed, agreements, noticed
from structurer.review.events import Event, reviewer_name
from structurer.review.fold import redoable, undoable
from structurer.review.items import Plan
from structurer.review.overruled import Lessons, lessons
from structurer.review.rulebook import Rulebook, rulebook
from structurer.review.views import About, Task, View
from structurer.store.reviews import Filters, Left
from structurer.store.store import Store

_ALL = Filters()


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the queue."""

    id: str
    unit: str
    document: About
    indicator: str
    label: str
    reason: str
    why: str
    state: str
    rules: tuple[str, ...]


class Desk:
    """Reviewing over one open store. Every method is one transaction; nothing is kept only in memory."""

    def __init__(self, store: Store, *, book: Rulebook | None = None, blind: bool = False) -> None:
        self.store = store
        self.book = book or rulebook()
        self.blind = blind
        self._building = Building(store, self.book)
        self._deciding = Deciding(self._building, self.book)
        self._cases = self._building.cases
        self._handing = Handing(self._cases, self._deciding, self.book)
        self.sync()

    # The queue

    def sync(self) -> int:
        """Computes the queue of what was imported since; returns for how many documents."""
        return self._building.sync()

    def filters(self, document: str = "", **given: Any) -> Filters:
        """Filters, with a document named as for `Store.get`."""
        return Filters(document=self.store.number(document) if document else None, **given)

    def queue(self, filters: Filters = _ALL, limit: int | None = 20) -> tuple[Left, list[Entry]]:
        """How much is left, and its first items in order."""
        with self.store.reviews() as reviews:
            return reviews.left(filters), [_entry(row) for row in reviews.queue(filters, limit)]

    def left(self, filters: Filters = _ALL) -> Left:
        """How much is left."""
        with self.store.reviews() as reviews:
            return reviews.left(filters)

    def next(self, by: str, filters: Filters = _ALL, *, blind: bool | None = None) -> Task | None:
        """The unit a reviewer should look at now, claimed for them; None when there is none to have."""
        by = reviewer_name(by)
        with self.store.reviews(writes=True) as reviews:
            while (unit := reviews.next_unit(by, reviews.clock(), filters)) is not None:
                if not self._building.refreshed(reviews, unit):
                    return self._handing.unit(reviews, unit, by, filters, blind=self._is_blind(blind))
        return None

    def task(self, key: str, by: str, *, blind: bool | None = None) -> Task:
        """One item in its unit, claimed: to jump there. Raises Conflict when somebody else has it."""
        by = reviewer_name(by)
        with self.store.reviews(writes=True) as reviews:
            case = self._building.case(reviews, key)
            self._deciding.check_claim(reviews, case.unit, by)
            return self._handing.item(reviews, case, by, _ALL, blind=self._is_blind(blind))

    def show(self, key: str, *, blind: bool = False) -> View:
        """One item, whether or not it is in the queue: by id, or as DOC:INDICATOR."""
        with self.store.reviews(writes=True) as reviews:
            return self._deciding.views(reviews, [self._building.case(reviews, key)], blind=blind)[0]

    def page(self, view: View) -> str | None:
        """The whole source of the document of an item, if it is at hand."""
        with self.store.reviews() as reviews:
            number = reviews.number_of(view.document.id)
            if number is None:
                return None
            report = self._cases.report(reviews, number)
            self._cases.page(reviews, report)
            return report.source

    # Decisions

    def decide(
        self,
        key: str,
        kind: ev.Kind,
        by: str,
        *,
        value: Value = None,
        reason: str = "",
        seen: str = "",
        blind: bool = False,
        settles: bool = False,
    ) -> Decided:
        """Stores what a reviewer decides about one item.

        `seen` is the seen_sha of what was shown; when it differs from what is there now, or somebody else
        holds the unit, Conflict is raised and nothing is stored. Raises ReviewError for a value that
        cannot stand there, and for accepting where there is nothing to accept.
        """
        by = reviewer_name(by)
        with self.store.reviews(writes=True) as reviews:
            case = self._building.case(reviews, key)
            self._deciding.check_claim(reviews, case.unit, by)
            if seen and seen != case.seen_sha:
                raise Conflict(f"{key}: it changed since it was shown; look at it again")
            made = self._deciding.event(reviews, case, kind, by, value=value, reason=reason)
            final = made.settles or (settles and kind in ev.VERDICTS)
            return self._deciding.put(
                reviews, case, made.model_copy(update={"blind": blind, "settles": final})
            )

    def add(
        self, document: str, indicator: str, value: Value, by: str, *, quote: str = "", reason: str = ""
    ) -> Decided:
        """Stores a value that was missed; `quote` is where the report prints it.

        Raises ReviewError when the indicator is unknown or already there, or the quote is not found.
        """
        by = reviewer_name(by)
        with self.store.reviews(writes=True) as reviews:
            report = self._cases.report(reviews, self.store.number(document, reviews.connection))
            case = missed(reviews, self._cases, report, indicator, quote, self.book)
            self._deciding.check_claim(reviews, case.unit, by)
            made = self._deciding.event(reviews, case, "add", by, value=value, reason=reason)
            return self._deciding.put(reviews, case, made)

    def undo(self, by: str) -> list[Event]:
        """Takes back a reviewer's latest act (all of a batch) and returns it; [] when there is none."""
        by = reviewer_name(by)
        with self.store.reviews(writes=True) as reviews:
            act = undoable(reviews.newest_of(by))
            return self._deciding.turn(reviews, by, act, "undo") if act is not None else []

    def redo(self, by: str) -> list[Event]:
        """Restores what a reviewer took back last, unless they have decided something since."""
        by = reviewer_name(by)
        with self.store.reviews(writes=True) as reviews:
            id = redoable(reviews.newest_of(by))
            act = reviews.event(id) if id is not None else None
            return self._deciding.turn(reviews, by, act, "redo") if act is not None else []

    def can(self, by: str) -> tuple[bool, bool]:
        """Whether there is something to undo, and something to redo."""
        with self.store.reviews() as reviews:
            return undoable(reviews.newest_of(by)) is not None, redoable(reviews.newest_of(by)) is not None

    def log(self, key: str) -> list[Event]:
        """Everything that was done about an item, in time order."""
        with self.store.reviews() as reviews:
            try:
                id = self._cases.resolve(reviews, key).id
            except (ReviewError, StoreError):
                # The report may have been taken out since; what was decided about it stays.
                if not is_id(key) or not reviews.of_items([key])[key]:
                    raise
                id = key
            found = reviews.of_items([id])[id]
        return sorted((e for e in found if e.kind != "check"), key=lambda event: event.order)

    def decisions(self) -> Iterator[Event]:
        """Every event of the store in time order: what `apply` reads again."""
        with self.store.reviews() as reviews:
            yield from reviews.all_events()

    def apply(self, lines: Iterable[str], name: str, *, by: str = "") -> Applied:
        """Stores decisions from lines of JSON.

        A line as exported is an event and is stored as it is, once, whichever machine it comes from. A
        line without `id` and `at` is a decision of `by` (or of its own `by`) about `item` now; the same
        line twice is one decision. Those that are claimed or stale are named as conflicts.
        """
        return applied(lines, name, by, self._building, self._deciding)

    def accept_proven(
        self, by: str, *, limit: int = 50, filters: Filters = _ALL, dry_run: bool = False
    ) -> list[View]:
        """Accepts what is proved: hard edits bind it, all hold, and the page prints it or nothing else fits.

        One batch, one undo. Audit samples are never accepted in a batch. Returns what was accepted, or
        with `dry_run` what would be.
        """
        by = reviewer_name(by)
        with self.store.reviews(writes=True) as reviews:
            chosen = proven(reviews, self._building, self._deciding, by, filters, limit)
            if chosen and not dry_run:
                accept_together(reviews, self._building, self._deciding, by, chosen)
            return [view for _, view in chosen]

    def release(self, by: str, *, of: str = "") -> list[str]:
        """Frees the units a reviewer holds; `of` names another reviewer's. Returns the units."""
        by = reviewer_name(by)
        with self.store.reviews(writes=True) as reviews:
            return self._handing.release(reviews, by, of or by)

    # Planning and learning

    def plan(self) -> Plan:
        """How the queue is made."""
        with self.store.reviews() as reviews:
            return reviews.plan()

    def set_plan(self, by: str, **changed: Any) -> Plan:
        """Changes how the queue is made, for every reviewer; the change is an event."""
        by = reviewer_name(by)
        with self.store.reviews(writes=True) as reviews:
            plan = Plan.model_validate(reviews.plan().model_dump() | changed)
            reviews.append([act_of("plan", by, reviews.moment(), value=plan.model_dump())])
        self.sync()
        return plan

    def plant(self, count: int, by: str) -> int:
        """Mixes values known to be wrong into the queue, to learn whether they are noticed.

        Taken from what is printed and stated, so that the page shows them to be wrong and no sum does.
        They never leave the store as values. Returns how many were found.
        """
        made = plant(self._building, count, reviewer_name(by))
        self.sync()
        return made

    def agreement(self, by: str = "indicator") -> tuple[Mapping[str, Agreement], list[Noticed]]:
        """How far reviewers agree, by `indicator`, `table` or `reason`; and who noticed what was wrong."""
        acts = list(self.decisions())
        return agreements(acts, FIELDS[by]), noticed(acts)

    def lessons(self) -> Lessons:
        """Which rules and ways of reading are most often overruled."""
        return lessons(self.decisions())

    def _is_blind(self, asked: bool | None) -> bool:
        return self.blind if asked is None else asked


def _entry(row: Any) -> Entry:
    about = About(row.document_id, row.path, row.agency, row.year)
    rules = tuple(rule for rule in row.rules.split("|") if rule)
    return Entry(row.id, row.unit, about, row.indicator, row.label, row.reason, row.why, row.state, rules)
