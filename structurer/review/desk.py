"""The reviewer's desk: takes the next unit from the queue, and puts decisions into the store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from structurer.errors import Conflict, ReviewError, StoreError
from structurer.observation import Observation, Value
from structurer.review import events as ev
from structurer.review.agreement import Agreement, Noticed, agreements, noticed
from structurer.review.applying import Applied, applied
from structurer.review.building import Building
from structurer.review.carrying import carry
from structurer.review.cases import Case, Report, events_of, is_id
from structurer.review.checks import plantable, wrong_value
from structurer.review.deciding import Decided, Deciding, act_of
from structurer.review.events import Event, Seen, reviewer_name
from structurer.review.fold import DUE, redoable, standing, undoable
from structurer.review.gold import gold_line
from structurer.review.identity import ABSENT, identified, item_id, unit_id
from structurer.review.items import Plan, check_id, drawn
from structurer.review.overruled import Lessons, lessons
from structurer.review.rulebook import Rulebook, rulebook
from structurer.review.showing import is_proven, title
from structurer.review.views import About, Task, View
from structurer.store.reviews import Filters, Left, Reviews
from structurer.store.store import Store

_ALL = Filters()
MOST_AT_ONCE = 200
"""Items that one batch accepts at most."""
_NEVER_IN_BATCH = frozenset({"audit", "chosen", "contradiction", "unsupported", "ungrounded", "ambiguous"})


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
                    return self._claimed(reviews, unit, by, filters, blind)
        return None

    def task(self, key: str, by: str, *, blind: bool | None = None) -> Task:
        """One item in its unit, claimed: to jump there. Raises Conflict when somebody else has it."""
        by = reviewer_name(by)
        with self.store.reviews(writes=True) as reviews:
            case = self._building.case(reviews, key)
            self._deciding.check_claim(reviews, case.unit, by)
            return self._claimed(reviews, case.unit, by, _ALL, blind, only=case)

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
        if indicator not in self.book.forms.cells:
            raise ReviewError(f"{indicator}: no such indicator; `structurer forms NAME` lists them")
        with self.store.reviews(writes=True) as reviews:
            report = self._cases.report(reviews, self.store.number(document, reviews.connection))
            spans = self._quoted(reviews, report, quote) if quote else ()
            table = indicator.partition(".")[0]
            handle = f"{indicator}@{spans[0][0]}" if table in self.book.prose and spans else indicator
            if handle in report.handles:
                raise ReviewError(
                    f"{handle}: already there; decide {report.id[:12]}:{handle} correct --value"
                )
            id, unit = item_id(report.id, handle), unit_id(report.id, table)
            self._deciding.check_claim(reviews, unit, by)
            own = reviews.of_items([id])[id]
            case = Case(
                id, handle, report.number, report.id, unit, table, indicator, ABSENT, None, "chosen", "",
                Seen(label=self.book.label(indicator), evidence=tuple(spans), why="missed"),
                standing(own, ABSENT),
            )  # fmt: skip
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
            chosen = self._proven(reviews, by, filters, min(limit, MOST_AT_ONCE))
            if chosen and not dry_run:
                batch = ev.new_id()
                for case, _ in chosen:
                    made = self._deciding.event(reviews, case, "accept", by, reason="proven")
                    reviews.append([made.model_copy(update={"batch": batch})])
                reviews.refold([case.id for case, _ in chosen])
                carry(reviews, self._cases, [case.id for case, _ in chosen], by)
                self._building.decided_in(reviews, {case.document for case, _ in chosen})
            return [view for _, view in chosen]

    def release(self, by: str, *, of: str = "") -> list[str]:
        """Frees the units a reviewer holds; `of` names another reviewer's. Returns the units."""
        by = reviewer_name(by)
        with self.store.reviews(writes=True) as reviews:
            held = reviews.held_by(of or by, reviews.clock())
            reason = f"claimed by {of}" if of and of != by else ""
            for unit in held:
                reviews.append([act_of("release", by, reviews.moment(), unit=unit, reason=reason)])
            reviews.release(held)
            return held

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
        by = reviewer_name(by)
        plan = self.plan()
        chosen: list[tuple[float, str, str, Observation]] = []
        for extraction in self.store.extractions(reviewed=False):
            for id, found in identified(extraction, self.book):
                if plantable(found):
                    chosen.append((drawn(plan, "check", id), extraction.document.id, id, found))
        chosen.sort(key=lambda one: one[:3])
        made = 0
        with self.store.reviews(writes=True) as reviews:
            for _, document, id, found in chosen:
                if made == count:
                    break
                made += self._planted(reviews, document, id, found, by)
        self.sync()
        return made

    def agreement(self, by: str = "indicator") -> tuple[Mapping[str, Agreement], list[Noticed]]:
        """How far reviewers agree, by `indicator`, `table` or `reason`; and who noticed what was wrong."""
        acts = list(self.decisions())
        return agreements(acts, _FIELDS[by]), noticed(acts)

    def lessons(self) -> Lessons:
        """Which rules and ways of reading are most often overruled."""
        return lessons(self.decisions())

    def gold(self) -> Iterator[str]:
        """What was decided as lines of a gold file, a document at a time."""
        plan = self.plan()
        for extraction in self.store.extractions(reviewed=False):
            with self.store.reviews() as reviews:
                acts = events_of(reviews, extraction.document.id)
            line = gold_line(extraction, self.book, plan, acts) if acts else None
            if line is not None:
                yield line

    # Inside

    def _claimed(
        self,
        reviews: Reviews,
        unit: str,
        by: str,
        filters: Filters,
        blind: bool | None,
        only: Case | None = None,
    ) -> Task:
        moment = reviews.clock()
        if reviews.holder(unit, moment) is None:
            reviews.append([act_of("claim", by, reviews.moment(), unit=unit)])
        reviews.claim(unit, by, moment)
        rows = [row for row in reviews.items_of(unit) if _open_to(row, by, filters)]
        cases = [only] if only is not None else self._cases.of_rows(reviews, rows)
        report = self._cases.report(reviews, cases[0].number)
        left = reviews.left(filters)
        holder = reviews.holder(unit, moment)
        return Task(
            unit=unit,
            title=title(report.machine, cases[0].place, self.book),
            items=tuple(self._deciding.views(reviews, cases, blind=self.blind if blind is None else blind)),
            by=by,
            until=holder[1] if holder is not None else None,
            done=left.decided,
            left=left.total,
            kinds=left.kinds,
        )

    def _proven(self, reviews: Reviews, by: str, filters: Filters, most: int) -> list[tuple[Case, View]]:
        chosen: list[tuple[Case, View]] = []
        moment = reviews.clock()
        for row in reviews.queue(filters, None):
            if len(chosen) == most:
                break
            if row.reason in _NEVER_IN_BATCH or row.state != "open" or row.needed > 1:
                continue
            holder = reviews.holder(row.unit, moment)
            if (holder is None or holder[0] == by) and reviews.is_built(row.document):
                case = self._cases.of_rows(reviews, [row])[0]
                view = self._deciding.views(reviews, [case], blind=False)[0]
                if is_proven(view):
                    chosen.append((case, view))
        return chosen

    def _planted(self, reviews: Reviews, document: str, id: str, found: Observation, by: str) -> int:
        key = check_id(document, id)
        if reviews.item(id) is not None or reviews.of_items([key])[key]:
            return 0
        about = {"document": document, "indicator": found.indicator, "item": key, "undoes": id}
        reviews.append([act_of("check", by, reviews.moment(), value=wrong_value(found.value), **about)])
        self._building.rebuild(reviews, [document])
        return 1

    def _quoted(self, reviews: Reviews, report: Report, quote: str) -> list[tuple[int, int, str]]:
        self._cases.page(reviews, report)
        source = report.source or ""
        count = source.count(quote)
        if count != 1:
            said = (
                f"stands there {count} times; quote more"
                if count
                else report.missing or "is not in the report"
            )
            raise ReviewError(f"{quote[:40]!r}: {said}")
        start = source.index(quote)
        return [(start, start + len(quote), quote)]


_FIELDS: Mapping[str, Callable[[Event], str]] = {
    "indicator": lambda event: event.indicator,
    "table": lambda event: event.indicator.partition(".")[0],
    "reason": lambda event: event.seen.why if event.seen is not None else "",
}


def _open_to(row: Any, by: str, filters: Filters) -> bool:
    if row.same_as:
        return False
    if row.state == "second" and f"|{by}|" in row.voters:
        return False
    return bool(row.due < DUE["flagged"] or row.state == filters.reason == "flagged")


def _entry(row: Any) -> Entry:
    about = About(row.document_id, row.path, row.agency, row.year)
    rules = tuple(rule for rule in row.rules.split("|") if rule)
    return Entry(row.id, row.unit, about, row.indicator, row.label, row.reason, row.why, row.state, rules)
