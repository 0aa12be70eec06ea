"""The reviewer's desk: takes the next unit from the queue, and puts decisions into the store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from structurer.errors import Conflict, ReviewError, StoreError
from structurer.observation import Observation, Value
from structurer.review import events as ev
from structurer.review.agreement import Agreement, Noticed, agreements, noticed
from structurer.review.carrying import asked_as, carry
from structurer.review.cases import Case, Cases, Report, events_of, is_id
from structurer.review.checks import plantable, wrong_value
from structurer.review.decided import decided
from structurer.review.events import Event, Seen, reviewer_name
from structurer.review.fold import DUE, redoable, standing, undoable
from structurer.review.gold import gold_line
from structurer.review.identity import ABSENT, identified, item_id, unit_id
from structurer.review.items import Plan, check_id, drawn, known, units
from structurer.review.mirrors import asked_once
from structurer.review.neighbours import findings, linked
from structurer.review.overruled import Lessons, lessons
from structurer.review.rulebook import Rulebook, rulebook
from structurer.review.showing import is_proven, title, views
from structurer.review.sums import Sum
from structurer.review.values import fitting
from structurer.review.views import About, Task, View
from structurer.store.reviews import Filters, Left, Reviews
from structurer.store.store import Store, machine

_ALL = Filters()
_BUILT_AT_ONCE = 50
MOST_AT_ONCE = 200
"""Items that one batch accepts at most."""
_LONGEST_REASON = 2_000
_NEVER_IN_BATCH = frozenset({"audit", "chosen", "contradiction", "unsupported", "ungrounded", "ambiguous"})
_SHORT = frozenset({"item", "kind", "value", "reason", "by", "seen_sha"})


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


@dataclass(frozen=True, slots=True)
class Decided:
    """An act that was stored: the event, and where its item stands now."""

    event: Event
    state: str
    sums: tuple[Sum, ...] = ()
    value: Value = None
    """What the machine found; a blind reviewer sees it now."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a file of decisions."""

    applied: int = 0
    known: int = 0
    conflicts: tuple[str, ...] = ()


class Desk:
    """Reviewing over one open store. Every method is one transaction; nothing is kept only in memory."""

    def __init__(self, store: Store, *, book: Rulebook | None = None, blind: bool = False) -> None:
        self.store = store
        self.book = book or rulebook()
        self.blind = blind
        self._cases = Cases(store, self.book)
        self.sync()

    # The queue

    def sync(self) -> int:
        """Computes the queue of what was imported since; returns for how many documents."""
        made = 0
        while True:
            with self.store.reviews() as reviews:
                waiting = reviews.unbuilt(reviews.plan(), _BUILT_AT_ONCE)
                outdated = reviews.superseded()
            if not waiting and not outdated:
                return made
            with self.store.reviews(writes=True) as reviews:
                plan = reviews.plan()
                changed = reviews.imported_again(waiting)
                beside: set[int] = set()
                for number in reviews.superseded():
                    beside.update(linked(reviews, number))
                    beside.update(reviews.copies_of(number))
                    reviews.forget(number)
                for number in waiting:
                    self._build(reviews, number, plan)
                for number in changed:
                    beside.update(linked(reviews, number))
                self._build_again(reviews, beside - set(waiting), plan)
            made += len(waiting)

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
                if not self._refreshed(reviews, unit):
                    return self._claimed(reviews, unit, by, filters, blind)
        return None

    def task(self, key: str, by: str, *, blind: bool | None = None) -> Task:
        """One item in its unit, claimed: to jump there. Raises Conflict when somebody else has it."""
        by = reviewer_name(by)
        with self.store.reviews(writes=True) as reviews:
            case = self._case(reviews, key)
            self._check_claim(reviews, case.unit, by)
            return self._claimed(reviews, case.unit, by, _ALL, blind, only=case)

    def show(self, key: str, *, blind: bool = False) -> View:
        """One item, whether or not it is in the queue: by id, or as DOC:INDICATOR."""
        with self.store.reviews(writes=True) as reviews:
            return self._views(reviews, [self._case(reviews, key)], blind=blind)[0]

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
            case = self._case(reviews, key)
            self._check_claim(reviews, case.unit, by)
            if seen and seen != case.seen_sha:
                raise Conflict(f"{key}: it changed since it was shown; look at it again")
            made = self._event(reviews, case, kind, by, value=value, reason=reason)
            final = made.settles or (settles and kind in ev.VERDICTS)
            return self._put(reviews, case, made.model_copy(update={"blind": blind, "settles": final}))

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
            self._check_claim(reviews, unit, by)
            own = reviews.of_items([id])[id]
            case = Case(
                id, handle, report.number, report.id, unit, table, indicator, ABSENT, None, "chosen", "",
                Seen(label=self.book.label(indicator), evidence=tuple(spans), why="missed"),
                standing(own, ABSENT),
            )  # fmt: skip
            made = self._event(reviews, case, "add", by, value=value, reason=reason)
            return self._put(reviews, case, made)

    def undo(self, by: str) -> list[Event]:
        """Takes back a reviewer's latest act (all of a batch) and returns it; [] when there is none."""
        by = reviewer_name(by)
        with self.store.reviews(writes=True) as reviews:
            act = undoable(reviews.newest_of(by))
            return self._turn(reviews, by, act, "undo") if act is not None else []

    def redo(self, by: str) -> list[Event]:
        """Restores what a reviewer took back last, unless they have decided something since."""
        by = reviewer_name(by)
        with self.store.reviews(writes=True) as reviews:
            id = redoable(reviews.newest_of(by))
            act = reviews.event(id) if id is not None else None
            return self._turn(reviews, by, act, "redo") if act is not None else []

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
        whole: list[Event] = []
        short: list[tuple[str, Mapping[str, Any]]] = []
        for where, entry in ev.parse_lines(lines, name):
            if "id" in entry and "at" in entry:
                whole.append(ev.parse_event(entry, where))
            else:
                short.append((where, entry))
        applied, conflicts = self._merge(whole), []
        for where, entry in short:
            try:
                applied += self._apply_short(where, entry, by)
            except Conflict as error:
                conflicts.append(f"{where}: {error}")
        return Applied(applied, len(whole) + len(short) - applied - len(conflicts), tuple(conflicts))

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
                    made = self._event(reviews, case, "accept", by, reason="proven")
                    reviews.append([made.model_copy(update={"batch": batch})])
                reviews.refold([case.id for case, _ in chosen])
                carry(reviews, self._cases, [case.id for case, _ in chosen], by)
                self._decided_in(reviews, {case.document for case, _ in chosen})
            return [view for _, view in chosen]

    def release(self, by: str, *, of: str = "") -> list[str]:
        """Frees the units a reviewer holds; `of` names another reviewer's. Returns the units."""
        by = reviewer_name(by)
        with self.store.reviews(writes=True) as reviews:
            held = reviews.held_by(of or by, reviews.clock())
            reason = f"claimed by {of}" if of and of != by else ""
            for unit in held:
                reviews.append([_act("release", by, reviews.moment(), unit=unit, reason=reason)])
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
            reviews.append([_act("plan", by, reviews.moment(), value=plan.model_dump())])
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

    def _build(self, reviews: Reviews, number: int, plan: Plan) -> None:
        extraction, extracted_at = machine(reviews.connection, number)
        acts = events_of(reviews, extraction.document.id)
        if beside := findings(self.store, reviews, number, self.book):
            told = (*extraction.findings, *beside)
            extraction = extraction.model_copy(update={"findings": told})
        made = units(extraction, self.book, plan, acts)
        of = reviews.copy_of(number)
        same: Mapping[str, str] = {}
        if of is not None:
            if not reviews.is_built(of):
                self._build(reviews, of, plan)
            first = self._cases.report(reviews, of)
            there = identified(first.machine, self.book, known(events_of(reviews, first.id)))
            asked = reviews.rules_of(of)
            made, same = asked_once(made, extraction, first.machine, there, asked, acts, self.book)
        reviews.build(number, extracted_at, plan, made, acts, same)
        carry(reviews, self._cases, sorted(set(same.values())))
        for copy in reviews.copies_of(number):
            if reviews.is_built(copy):
                self._build(reviews, copy, plan)

    def _build_again(self, reviews: Reviews, numbers: Iterable[int], plan: Plan) -> None:
        """Computes the queue of reports anew whose neighbours changed; what is not built yet waits."""
        for number in sorted(numbers):
            if reviews.is_built(number):
                self._build(reviews, number, plan)

    def _decided_in(self, reviews: Reviews, documents: Iterable[str]) -> None:
        """What reports of other years say may have changed with what was decided about these."""
        known = {reviews.number_of(id) for id in documents}
        touched = {one: linked(reviews, one) for one in known if one is not None}
        numbers = {one for number, others in touched.items() if others for one in (number, *others)}
        self._build_again(reviews, numbers, reviews.plan())

    def _rebuild(self, reviews: Reviews, documents: Iterable[str]) -> None:
        for id in sorted(documents):
            number = reviews.number_of(id)
            if number is not None:
                self._build(reviews, number, reviews.plan())

    def _refreshed(self, reviews: Reviews, unit: str) -> bool:
        """Whether the document of a unit was imported again meanwhile, so that its queue had to be remade."""
        number = reviews.items_of(unit)[0].document
        if reviews.is_built(number):
            return False
        self._build(reviews, number, reviews.plan())
        return True

    def _case(self, reviews: Reviews, key: str) -> Case:
        case = self._cases.resolve(reviews, key)
        if reviews.is_built(case.number):
            return case
        self._build(reviews, case.number, reviews.plan())
        return self._cases.resolve(reviews, key)

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
            reviews.append([_act("claim", by, reviews.moment(), unit=unit)])
        reviews.claim(unit, by, moment)
        rows = [row for row in reviews.items_of(unit) if _open_to(row, by, filters)]
        cases = [only] if only is not None else self._cases.of_rows(reviews, rows)
        report = self._cases.report(reviews, cases[0].number)
        left = reviews.left(filters)
        holder = reviews.holder(unit, moment)
        return Task(
            unit=unit,
            title=title(report.machine, cases[0].place, self.book),
            items=tuple(self._views(reviews, cases, blind=self.blind if blind is None else blind)),
            by=by,
            until=holder[1] if holder is not None else None,
            done=left.decided,
            left=left.total,
            kinds=left.kinds,
        )

    def _views(self, reviews: Reviews, cases: Sequence[Case], *, blind: bool) -> list[View]:
        report = self._cases.report(reviews, cases[0].number)
        self._cases.page(reviews, report)
        current = decided(report.machine, self.book, reviews.plan(), events_of(reviews, report.id))
        made = views(cases, report, current, self.book, blind=blind)
        beside: dict[str, list[str]] = {}
        for row in reviews.mirrors([case.id for case in cases]):
            beside.setdefault(row.same_as, []).append(row.path)
        return [replace(one, copies=tuple(beside.get(one.id, ()))) for one in made]

    def _event(
        self,
        reviews: Reviews,
        case: Case,
        kind: ev.Kind,
        by: str,
        *,
        value: Value = None,
        reason: str = "",
    ) -> Event:
        if kind == "accept" and not case.acceptable:
            raise ReviewError(f"{case.handle}: there is no value to accept; correct --value V, or reject")
        if len(reason) > _LONGEST_REASON:
            raise ReviewError(f"a reason has {_LONGEST_REASON:,} characters at most")
        if kind in ("correct", "add"):
            value = fitting(value, case.indicator, self.book)
            if kind == "correct" and case.acceptable and case.found is not None and value == case.found.value:
                kind, value = "accept", None
        elif value is not None:
            raise ReviewError(f"{kind} takes no value; correct does")
        at = case.standing
        return Event(
            id=ev.new_id(),
            at=reviews.moment(),
            by=by,
            kind=kind,
            document=case.document,
            indicator=case.indicator,
            item=case.id,
            unit=case.unit,
            value=value,
            reason=reason,
            seen_sha=case.seen_sha,
            seen=case.seen,
            settles=kind in ev.VERDICTS and at.state == "differ" and by not in at.voters,
        )

    def _put(self, reviews: Reviews, case: Case, event: Event) -> Decided:
        reviews.append([event])
        reviews.renew(event.by, reviews.clock())
        if reviews.refold([case.id]):
            self._build(reviews, case.number, reviews.plan())
        carry(reviews, self._cases, [case.id], event.by)
        # Accepting what was accepted changes no value, so nothing that other reports say of it.
        if event.kind in ev.VERDICTS and not (event.kind == "accept" and case.found and case.found.accepted):
            self._decided_in(reviews, [case.document])
        row = reviews.item(case.id)
        self._finish(reviews, case.unit, event.by)
        view = self._views(reviews, [case], blind=False)[0]
        found = case.found.value if case.found is not None else None
        return Decided(event, row.state if row is not None else "decided", view.sums, found)

    def _finish(self, reviews: Reviews, unit: str, by: str) -> None:
        """A unit in which nothing is left for its holder is free."""
        holder = reviews.holder(unit, reviews.clock())
        if holder is None or holder[0] != by:
            return
        rows = [row for row in reviews.items_of(unit) if not row.same_as]
        if not any(row.due == 0 and f"|{by}|" not in row.voters for row in rows):
            reviews.release([unit])

    def _turn(self, reviews: Reviews, by: str, act: Event, kind: ev.Kind) -> list[Event]:
        """Takes back or restores an act, with its batch; each of its items gets an event of its own."""
        acts = [one for one in reviews.batch(act.batch) if one.by == by] if act.batch else [act]
        batch = ev.new_id() if len(acts) > 1 else ""
        for one in acts:
            about = {"document": one.document, "indicator": one.indicator, "item": one.item, "batch": batch}
            reviews.append([_act(kind, by, reviews.moment(), unit=one.unit, undoes=one.id, **about)])
        absent = reviews.refold([one.item for one in acts])
        self._rebuild(reviews, {one.document for one in acts if one.item in absent or one.kind == "add"})
        carry(reviews, self._cases, asked_as(reviews, [one.item for one in acts]), by)
        self._decided_in(reviews, {one.document for one in acts})
        reviews.renew(by, reviews.clock())
        return acts

    def _check_claim(self, reviews: Reviews, unit: str, by: str) -> None:
        holder = reviews.holder(unit, reviews.clock())
        if holder is not None and holder[0] != by:
            until = holder[1].astimezone().strftime("%H:%M")
            raise Conflict(f"claimed by {holder[0]} until {until}; nothing was decided")

    def _merge(self, made: Sequence[Event]) -> int:
        if not made:
            return 0
        with self.store.reviews(writes=True) as reviews:
            fresh = reviews.unknown([event.id for event in made])
            new = list({event.id: event for event in made if event.id in fresh}.values())
            reviews.append(new)
            absent = reviews.refold(sorted({event.item for event in new if event.item}))
            self._rebuild(reviews, {event.document for event in new if event.item in absent})
            carry(
                reviews, self._cases, asked_as(reviews, sorted({event.item for event in new if event.item}))
            )
            self._decided_in(reviews, {event.document for event in new if event.item})
        self.sync()
        return len(new)

    def _apply_short(self, where: str, entry: Mapping[str, Any], by: str) -> int:
        extra = sorted(set(entry) - _SHORT)
        if extra or not {"item", "kind"} <= set(entry):
            said = f"unknown field {extra[0]}" if extra else "a decision needs item and kind"
            raise ReviewError(f"{where}: {said}; known: {', '.join(sorted(_SHORT))}")
        kind, who = entry["kind"], reviewer_name(str(entry.get("by") or by))
        if kind not in ev.ACTS - {"add"}:
            known = ", ".join(sorted(ev.ACTS - {"add"}))
            raise ReviewError(f"{where}: kind {str(kind)[:20]!r} is none of {known}")
        try:
            with self.store.reviews(writes=True) as reviews:
                case = self._case(reviews, str(entry["item"]))
                parts = {name: entry.get(name) for name in ("kind", "value", "reason")}
                id = ev.content_id(parts | {"item": case.id, "by": who, "seen": case.seen_sha})
                if not reviews.unknown([id]):
                    return 0
                if entry.get("seen_sha") and entry["seen_sha"] != case.seen_sha:
                    raise Conflict(f"{entry['item']}: it changed since it was shown")
                self._check_claim(reviews, case.unit, who)
                reason = str(entry.get("reason") or "")
                made = self._event(reviews, case, kind, who, value=entry.get("value"), reason=reason)
                self._put(reviews, case, made.model_copy(update={"id": id}))
                return 1
        except Conflict:
            raise
        except ReviewError as error:
            raise ReviewError(f"{where}: {error}") from None

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
                view = self._views(reviews, [case], blind=False)[0]
                if is_proven(view):
                    chosen.append((case, view))
        return chosen

    def _planted(self, reviews: Reviews, document: str, id: str, found: Observation, by: str) -> int:
        key = check_id(document, id)
        if reviews.item(id) is not None or reviews.of_items([key])[key]:
            return 0
        about = {"document": document, "indicator": found.indicator, "item": key, "undoes": id}
        reviews.append([_act("check", by, reviews.moment(), value=wrong_value(found.value), **about)])
        self._rebuild(reviews, [document])
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


def _act(kind: ev.Kind, by: str, moment: datetime, **more: Any) -> Event:
    return Event(id=ev.new_id(), at=moment, by=by, kind=kind, **more)


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
