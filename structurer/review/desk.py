"""The reviewer's desk: takes the next unit from the queue, and puts decisions into the store."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from structurer.errors import Conflict, ReadError, ReviewError, StoreError
from structurer.observation import Extraction, Observation, Value
from structurer.review import events as ev
from structurer.review.decided import decided
from structurer.review.events import Event, Seen, reviewer_name
from structurer.review.fold import Standing, redoable, standing, undoable
from structurer.review.identity import ABSENT, handles, identified, item_id, unit_id
from structurer.review.items import Item, Plan, known, one_item, units
from structurer.review.page import excerpt, line_of, line_starts, prints, spans_of
from structurer.review.rulebook import Rulebook, rulebook
from structurer.review.sums import Sum, Term, proven, sums_of_table
from structurer.review.values import fitting
from structurer.review.views import About, Task, View
from structurer.store.reviews import Filters, Left, Reviews
from structurer.store.store import Store, machine

_ALL = Filters()
_BUILT_AT_ONCE = 50
_KEPT = 4
"""Documents kept in memory: the one at hand, and those an undo goes back to."""
_HANDLE = re.compile(r"(?P<document>.+):(?P<handle>[a-z]+\.[a-z_0-9.]+(?:@[0-9]+)?(?:#[0-9]+)?)")
_ID = re.compile(r"[0-9a-f]{4,16}")
MOST_AT_ONCE = 200
"""Items that one batch accepts at most."""


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


@dataclass
class _Report:
    """A document at hand: what the machine found, what was decided, and the page."""

    number: int
    extracted_at: datetime
    machine: Extraction
    source: str | None = None
    starts: Sequence[int] = ()
    missing: str = ""


class Desk:
    """Reviewing over one open store. Every method is one transaction; nothing is kept only in memory."""

    def __init__(self, store: Store, *, book: Rulebook | None = None, blind: bool = False) -> None:
        self.store = store
        self.book = book or rulebook()
        self.blind = blind
        self._reports: dict[int, _Report] = {}
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
                for number in reviews.superseded():
                    reviews.forget(number)
                for number in waiting:
                    self._build(reviews, number, plan)
            made += len(waiting)

    def _build(self, reviews: Reviews, number: int, plan: Plan) -> None:
        extraction, extracted_at = machine(reviews.connection, number)
        acts = reviews.of_documents([extraction.document.id]).get(extraction.document.id, [])
        reviews.build(number, extracted_at, plan, units(extraction, self.book, plan, acts), acts)

    def filters(self, document: str = "", **given: Any) -> Filters:
        """Filters, with a document named as for `Store.get`."""
        return Filters(document=self.store.number(document) if document else None, **given)

    def queue(self, filters: Filters = _ALL, limit: int | None = 20) -> tuple[Left, list[Entry]]:
        """How much is left, and its first items in order."""
        with self.store.reviews() as reviews:
            return reviews.left(filters), [_entry(row, self.book) for row in reviews.queue(filters, limit)]

    def left(self, filters: Filters = _ALL) -> Left:
        """How much is left."""
        with self.store.reviews() as reviews:
            return reviews.left(filters)

    def next(self, by: str, filters: Filters = _ALL, *, blind: bool | None = None) -> Task | None:
        """The unit a reviewer should look at now, claimed for them; None when there is none to have."""
        by = reviewer_name(by)
        with self.store.reviews(writes=True) as reviews:
            moment = reviews.moment()
            unit = reviews.next_unit(by, moment, filters)
            if unit is None:
                return None
            if reviews.holder(unit, moment) is None:
                reviews.append([_act("claim", by, moment, unit=unit)])
            reviews.claim(unit, by, moment)
            return self._task(reviews, unit, by, moment, filters, self.blind if blind is None else blind)

    def task(self, key: str, by: str, *, blind: bool | None = None) -> Task:
        """The unit of an item, claimed: to jump there. Raises Conflict when somebody else has it."""
        by = reviewer_name(by)
        with self.store.reviews(writes=True) as reviews:
            moment = reviews.moment()
            target = self._resolve(reviews, key)
            self._check_claim(reviews, target.unit, by, moment)
            if reviews.holder(target.unit, moment) is None:
                reviews.append([_act("claim", by, moment, unit=target.unit)])
            reviews.claim(target.unit, by, moment)
            shown = self.blind if blind is None else blind
            return self._task(reviews, target.unit, by, moment, Filters(), shown, only=target.id)

    def show(self, key: str, *, by: str = "", blind: bool = False) -> View:
        """One item, whether or not it is in the queue: by id, or as DOC:INDICATOR."""
        with self.store.reviews() as reviews:
            target = self._resolve(reviews, key)
            return self._views(reviews, target.number, [target], blind=blind)[0]

    def page(self, view: View) -> str | None:
        """The whole source of the document of an item, if it is at hand."""
        with self.store.reviews() as reviews:
            number = reviews.number_of(view.document.id)
            if number is None:
                return None
            report = self._report(reviews, number)
            self._page(reviews, report)
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
            moment = reviews.moment()
            target = self._resolve(reviews, key)
            self._check_claim(reviews, target.unit, by, moment)
            if seen and seen != target.seen_sha:
                raise Conflict(f"{key}: it changed since it was shown; look at it again")
            event = self._event(target, kind, by, moment, value, reason, blind, settles)
            return self._store(reviews, target, event, moment)

    def add(
        self, document: str, indicator: str, value: Value, by: str, *, quote: str = "", reason: str = ""
    ) -> Decided:
        """Stores a value that was missed; `quote` is where the report prints it.

        Raises ReviewError when the indicator is unknown or already there, or the quote is not found.
        """
        by = reviewer_name(by)
        number = self.store.number(document)
        if indicator not in self.book.forms.cells:
            raise ReviewError(f"{indicator}: no such indicator; `structurer forms NAME` lists them")
        with self.store.reviews(writes=True) as reviews:
            report = self._report(reviews, number)
            spans = self._quoted(reviews, report, quote) if quote else []
            prose = indicator.partition(".")[0] in self.book.prose
            handle = f"{indicator}@{spans[0][0]}" if prose and spans else indicator
            if handle in handles(report.machine.observations, self.book):
                raise ReviewError(f"{handle}: already there; decide {document}:{handle} correct --value ...")
            id = item_id(report.machine.document.id, handle)
            unit = unit_id(report.machine.document.id, indicator.partition(".")[0])
            moment = reviews.moment()
            self._check_claim(reviews, unit, by, moment)
            shown = Seen(label=self.book.label(indicator), evidence=tuple(spans), why="missed")
            target = _Target(
                id, handle, number, unit, indicator, ABSENT, None, "chosen", shown, None,
                document=report.machine.document.id,
            )  # fmt: skip
            event = self._event(target, "add", by, moment, value, reason, False, False)
            return self._store(reviews, target, event, moment)

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
            act = redoable(reviews.newest_of(by))
            found = reviews.event(act) if act is not None else None
            return self._turn(reviews, by, found, "redo") if found is not None else []

    def can(self, by: str) -> tuple[bool, bool]:
        """Whether there is something to undo, and something to redo."""
        with self.store.reviews() as reviews:
            return undoable(reviews.newest_of(by)) is not None, redoable(reviews.newest_of(by)) is not None

    def log(self, key: str) -> list[Event]:
        """Everything that was done about an item, in time order."""
        with self.store.reviews() as reviews:
            try:
                id = self._resolve(reviews, key).id
            except (ReviewError, StoreError):
                id = key
            found = reviews.of_items([id])[id]
        if not found and not _ID.fullmatch(key) and ":" not in key:
            raise ReviewError(f"{key}: no such item; `structurer queue` lists those that are left")
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
        stored = self._merge(whole)
        applied, conflicts = stored, []
        for where, entry in short:
            try:
                applied += self._apply_short(where, entry, by)
            except Conflict as error:
                conflicts.append(f"{where}: {error}")
        return Applied(applied, len(whole) + len(short) - applied - len(conflicts), tuple(conflicts))

    def accept_proven(
        self, by: str, *, limit: int = 50, filters: Filters = _ALL, dry_run: bool = False
    ) -> list[View]:
        """Accepts what is proved: hard edits bind it and all hold, and the page prints it or nothing else fits.

        One batch, one undo. Audit samples are never accepted in a batch. Returns what was accepted, or
        with `dry_run` what would be.
        """
        by = reviewer_name(by)
        most = min(limit, MOST_AT_ONCE)
        with self.store.reviews(writes=not dry_run) as reviews:
            moment = reviews.moment()
            chosen: list[tuple[View, _Target]] = []
            for row in reviews.queue(replace(filters), None):
                if len(chosen) >= most:
                    break
                if row.reason in _NEVER_IN_BATCH or row.state != "open" or row.needed > 1:
                    continue
                holder = reviews.holder(row.unit, moment)
                if holder is not None and holder[0] != by:
                    continue
                target = self._target(reviews, row)
                view = self._views(reviews, row.document, [target], blind=False)[0]
                if _is_proven(view):
                    chosen.append((view, target))
            if chosen and not dry_run:
                batch = ev.new_id()
                made = [
                    self._event(target, "accept", by, reviews.moment(), None, "proven", False, False)
                    for _, target in chosen
                ]
                reviews.append([event.model_copy(update={"batch": batch}) for event in made])
                reviews.refold([event.item for event in made])
            return [view for view, _ in chosen]

    def release(self, by: str, *, of: str = "") -> list[str]:
        """Frees the units a reviewer holds; `of` names another reviewer's. Returns the units."""
        by = reviewer_name(by)
        with self.store.reviews(writes=True) as reviews:
            moment = reviews.moment()
            held = reviews.held_by(of or by, moment)
            reason = f"claimed by {of}" if of and of != by else ""
            reviews.append([_act("release", by, reviews.moment(), unit=unit, reason=reason) for unit in held])
            reviews.release(held)
            return held

    # Planning

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

    # Inside

    def _merge(self, made: Sequence[Event]) -> int:
        if not made:
            return 0
        with self.store.reviews(writes=True) as reviews:
            fresh = reviews.unknown([event.id for event in made])
            new = list({event.id: event for event in made if event.id in fresh}.values())
            reviews.append(new)
            touched = {event.item for event in new if event.item}
            absent = reviews.refold(sorted(touched))
            for document in {event.document for event in new if event.item in absent}:
                number = reviews.number_of(document)
                if number is not None:
                    reviews.forget(number)
        self.sync()
        return len(new)

    def _apply_short(self, where: str, entry: Mapping[str, Any], by: str) -> int:
        extra = sorted(set(entry) - _SHORT)
        if extra or not {"item", "kind"} <= set(entry):
            said = f"unknown field {extra[0]}" if extra else "a decision needs item and kind"
            raise ReviewError(f"{where}: {said}; known: {', '.join(sorted(_SHORT))}")
        kind, who = entry["kind"], reviewer_name(str(entry.get("by") or by))
        if kind not in ev.ACTS - {"add"}:
            raise ReviewError(f"{where}: kind {str(kind)[:20]!r}: {', '.join(sorted(ev.ACTS - {'add'}))} are")
        with self.store.reviews(writes=True) as reviews:
            moment = reviews.moment()
            target = self._resolve(reviews, str(entry["item"]))
            parts = {name: entry.get(name) for name in ("kind", "value", "reason")}
            id = ev.content_id(parts | {"item": target.id, "by": who, "seen": target.seen_sha})
            if not reviews.unknown([id]):
                return 0
            if entry.get("seen_sha") and entry["seen_sha"] != target.seen_sha:
                raise Conflict(f"{entry['item']}: it changed since it was shown")
            self._check_claim(reviews, target.unit, who, moment)
            reason = str(entry.get("reason") or "")
            event = self._event(target, kind, who, moment, entry.get("value"), reason, False, False)
            self._store(reviews, target, event.model_copy(update={"id": id}), moment)
            return 1

    def _store(self, reviews: Reviews, target: _Target, event: Event, moment: datetime) -> Decided:
        reviews.append([event])
        reviews.renew(event.by, moment)
        if reviews.refold([target.id]):
            self._build(reviews, target.number, reviews.plan())
        row = reviews.item(target.id)
        self._finish(reviews, target.unit, event.by)
        view = self._views(reviews, target.number, [target], blind=False)[0]
        found = target.found.value if target.found is not None else None
        return Decided(event, row.state if row is not None else "decided", view.sums, found)

    def _finish(self, reviews: Reviews, unit: str, by: str) -> None:
        """A unit in which nothing is left for its holder is free."""
        left = [row for row in reviews.items_of(unit) if row.due == 0 and f"|{by}|" not in row.voters]
        holder = reviews.holder(unit, reviews.moment())
        if not left and holder is not None and holder[0] == by:
            reviews.release([unit])

    def _turn(self, reviews: Reviews, by: str, act: Event, kind: ev.Kind) -> list[Event]:
        acts = [one for one in reviews.batch(act.batch) if one.by == by] if act.batch else [act]
        batch = ev.new_id() if len(acts) > 1 else ""
        made = []
        for one in acts:
            moment = reviews.moment()
            turned = _act(kind, by, moment, unit=one.unit, undoes=one.id)
            made.append(
                turned.model_copy(
                    update={
                        "document": one.document, "indicator": one.indicator, "item": one.item, "batch": batch,
                    }
                )
            )  # fmt: skip
            reviews.append(made[-1:])
        absent = reviews.refold([one.item for one in acts])
        for document in {one.document for one in acts if one.item in absent or one.kind == "add"}:
            number = reviews.number_of(document)
            if number is not None:
                self._build(reviews, number, reviews.plan())
        reviews.renew(by, reviews.moment())
        return acts

    def _event(
        self,
        target: _Target,
        kind: ev.Kind,
        by: str,
        moment: datetime,
        value: Value,
        reason: str,
        blind: bool,
        settles: bool,
    ) -> Event:
        found = target.found
        if kind == "accept" and not _acceptable(found):
            raise ReviewError(f"{target.handle}: there is no value to accept; correct --value V, or reject")
        if kind in ("correct", "add"):
            value = fitting(value, target.indicator, self.book)
            if kind == "correct" and _acceptable(found) and found is not None and value == found.value:
                kind = "accept"
        elif value is not None:
            raise ReviewError(f"{kind} takes no value; correct does")
        if len(reason) > 2_000:
            raise ReviewError("a reason has 2,000 characters at most")
        differs = target.standing is not None and target.standing.state == "differ"
        return Event(
            id=ev.new_id(),
            at=moment,
            by=by,
            kind=kind,
            document=target.document,
            indicator=target.indicator,
            item=target.id,
            unit=target.unit,
            value=value if kind in ("correct", "add") else None,
            reason=reason,
            seen_sha=target.seen_sha,
            seen=target.seen,
            blind=blind,
            settles=kind in ev.VERDICTS
            and (settles or (differs and target.standing is not None and by not in target.standing.voters)),
        )

    def _check_claim(self, reviews: Reviews, unit: str, by: str, moment: datetime) -> None:
        holder = reviews.holder(unit, moment)
        if holder is not None and holder[0] != by:
            until = holder[1].astimezone().strftime("%H:%M")
            raise Conflict(f"claimed by {holder[0]} until {until}; nothing was decided")

    def _resolve(self, reviews: Reviews, key: str) -> _Target:
        """What an id, the beginning of one, or DOC:INDICATOR means."""
        key = key.strip()
        if _ID.fullmatch(key):
            rows = reviews.items_like(key)
            if len(rows) > 1:
                raise ReviewError(f"{key}: several items begin so; give more of the id")
            if rows:
                return self._target(reviews, rows[0])
        named = _HANDLE.fullmatch(key)
        if named is None:
            raise ReviewError(
                f"{key}: no such item; `structurer queue` lists them, DOC:INDICATOR names any value"
            )
        number = self.store.number(named["document"], reviews.connection)
        return self._named(reviews, number, named["handle"], key)

    def _named(self, reviews: Reviews, number: int, handle: str, key: str) -> _Target:
        report = self._report(reviews, number)
        extraction = report.machine
        acts = reviews.of_documents([extraction.document.id]).get(extraction.document.id, [])
        pairs = identified(extraction, self.book, known(acts))
        names = handles(extraction.observations, self.book)
        fitting_ = [n for n, name in enumerate(names) if name == handle]
        fitting_ = fitting_ or [n for n, (_, one) in enumerate(pairs) if one.indicator == handle]
        if len(fitting_) > 1:
            several = ", ".join(names[n] for n in fitting_)
            raise ReviewError(f"{key}: several values are called so: {several}")
        if not fitting_:
            added = [act for act in acts if act.kind == "add" and act.indicator == handle]
            if added and (row := reviews.item(added[-1].item)) is not None:
                return self._target(reviews, row)
            raise ReviewError(f"{key}: the report was not found to state it; `review add` adds a value")
        id, found = pairs[fitting_[0]]
        plan = reviews.plan()
        item = one_item(extraction, self.book, plan, found.indicator, id, found)
        return _chosen(item, number, extraction, names[fitting_[0]], acts)

    def _target(self, reviews: Reviews, row: Any) -> _Target:
        report = self._report(reviews, row.document)
        extraction = report.machine
        acts = reviews.of_documents([extraction.document.id]).get(extraction.document.id, [])
        return self._from_row(row, extraction, acts)

    def _from_row(self, row: Any, extraction: Extraction, acts: Sequence[Event]) -> _Target:
        found, handle = None, row.indicator
        if 0 <= row.position < len(extraction.observations):
            found = extraction.observations[row.position]
            handle = handles(extraction.observations, self.book)[row.position]
            if row.check is not None:
                found = found.model_copy(update={"value": row.check})
        own = [act for act in acts if act.item == row.id]
        seen = _seen(found, row.reason, row.rules) if found is not None else Seen(why=row.reason)
        if found is None:
            seen = next((act.seen for act in own if act.kind == "add" and act.seen), seen)
        return _Target(
            row.id, handle, row.document, row.unit, row.indicator, row.seen_sha, found, row.reason, seen,
            standing(own, row.seen_sha, row.needed), row.why, row.place, extraction.document.id,
        )  # fmt: skip

    def _report(self, reviews: Reviews, number: int) -> _Report:
        at = reviews.extracted_at(number)
        report = self._reports.get(number)
        if report is None or report.extracted_at != at:
            extraction, at = machine(reviews.connection, number)
            report = _Report(number, at, extraction)
            while len(self._reports) >= _KEPT:
                del self._reports[next(iter(self._reports))]
            self._reports[number] = report
        return report

    def _page(self, reviews: Reviews, report: _Report) -> None:
        if report.source is None and not report.missing:
            report.source, report.missing = _source(reviews, report)
            report.starts = line_starts(report.source) if report.source else ()

    def _quoted(self, reviews: Reviews, report: _Report, quote: str) -> list[tuple[int, int, str]]:
        self._page(reviews, report)
        source = report.source or ""
        count = source.count(quote)
        if count != 1:
            said = "is not in the report" if not count else f"stands in the report {count} times; quote more"
            raise ReviewError(f"{quote[:40]!r} {said}")
        start = source.index(quote)
        return [(start, start + len(quote), quote)]

    def _task(
        self,
        reviews: Reviews,
        unit: str,
        by: str,
        moment: datetime,
        filters: Filters,
        blind: bool,
        only: str = "",
    ) -> Task:
        rows = [row for row in reviews.items_of(unit) if row.id == only or (not only and _open_to(row, by))]
        number = rows[0].document
        extraction = self._report(reviews, number).machine
        acts = reviews.of_documents([extraction.document.id]).get(extraction.document.id, [])
        targets = [self._from_row(row, extraction, acts) for row in rows]
        left = reviews.left(filters)
        holder = reviews.holder(unit, moment)
        return Task(
            unit=unit,
            title=self.title(extraction, rows[0].place),
            items=tuple(self._views(reviews, number, targets, blind=blind)),
            by=by,
            until=holder[1] if holder is not None else None,
            done=left.decided,
            left=left.total,
            kinds=left.kinds,
        )

    def title(self, extraction: Extraction, place: str) -> str:
        """The official name of a table, or the title of a section."""
        if place.startswith("section:"):
            start = int(place.partition(":")[2])
            return next((s.title for s in extraction.sections if s.start == start), "") or "正文"
        table = self.book.table(place, self.book.form_of(extraction, place + "."))
        known = self.book.forms.tables.get(place, {})
        table = table or (list(known.values())[-1] if known else None)
        return (
            f"{table.number}、{table.title}"
            if table is not None
            else "元数据"
            if place == "metadata"
            else place
        )

    def _views(self, reviews: Reviews, number: int, targets: Sequence[_Target], *, blind: bool) -> list[View]:
        report = self._report(reviews, number)
        self._page(reviews, report)
        document = report.machine.document
        plan = reviews.plan()
        acts = reviews.of_documents([document.id]).get(document.id, [])
        current = decided(report.machine, self.book, plan, acts)
        worked: dict[str, dict[str, list[Sum]]] = {}
        made = []
        for target in targets:
            table = target.indicator.partition(".")[0]
            if table not in worked:
                worked[table] = sums_of_table(current, table, self.book)
            found = worked[table].get(target.indicator, ())
            made.append(_view(target, report, found, _row(current, target, blind), blind))
        return made


@dataclass(frozen=True, slots=True)
class _Target:
    """An item that was named: what the store and the report know of it."""

    id: str
    handle: str
    number: int
    unit: str
    indicator: str
    seen_sha: str
    found: Observation | None
    reason: str
    seen: Seen
    standing: Standing | None
    why: str = ""
    place: str = ""
    document: str = ""


_SHORT = frozenset({"item", "kind", "value", "reason", "by", "seen_sha"})
_NEVER_IN_BATCH = frozenset({"audit", "chosen", "contradiction", "unsupported", "ungrounded", "ambiguous"})


def _act(kind: ev.Kind, by: str, moment: datetime, *, unit: str = "", **more: Any) -> Event:
    return Event(id=ev.new_id(), at=moment, by=by, kind=kind, unit=unit, **more)


def _acceptable(found: Observation | None) -> bool:
    if found is None or found.status == "ambiguous":
        return False
    return found.value is not None or found.accepted


def _open_to(row: Any, by: str) -> bool:
    return row.due < 2 and not (row.state == "second" and f"|{by}|" in row.voters)


def _entry(row: Any, book: Rulebook) -> Entry:
    about = About(row.document_id, row.path, row.agency, row.year)
    rules = tuple(rule for rule in row.rules.split("|") if rule)
    return Entry(
        row.id,
        row.unit,
        about,
        row.indicator,
        book.label(row.indicator),
        row.reason,
        row.why,
        row.state,
        rules,
    )


def _seen(found: Observation, reason: str, rules: str) -> Seen:
    return Seen(
        value=found.value,
        unit=found.unit,
        status=found.status,
        accepted=found.accepted,
        printed=found.printed,
        methods=found.methods,
        rules=tuple(rule for rule in rules.split("|") if rule),
        candidates=found.candidates,
        evidence=tuple((span.start, span.end, span.quote) for span in found.evidence),
        label=found.label,
        why=reason,
    )


def _chosen(item: Item, number: int, extraction: Extraction, handle: str, acts: Sequence[Event]) -> _Target:
    found = item.observation
    own = [act for act in acts if act.item == item.id]
    seen = _seen(found, item.reason, "|".join(item.rules)) if found is not None else Seen()
    return _Target(
        item.id, handle, number, item.unit, item.indicator, item.seen_sha, found, item.reason, seen,
        standing(own, item.seen_sha, item.needed), item.why, item.place, extraction.document.id,
    )  # fmt: skip


def _row(current: Extraction, target: _Target, blind: bool) -> tuple[Term, ...]:
    """The values of the row that a cell stands in, as they are now."""
    if target.found is None or "@" in target.handle or target.indicator.startswith("metadata."):
        return ()
    row = target.indicator.rpartition(".")[0]
    return tuple(
        Term(one.indicator, one.label.rpartition("/")[2], None if own and blind else one.value)
        for one in current.observations
        if (own := one.indicator == target.indicator) or one.indicator.rpartition(".")[0] == row
    )


def _view(target: _Target, report: _Report, found: Sequence[Sum], row: tuple[Term, ...], blind: bool) -> View:
    document = report.machine.document
    spans, on_page = spans_of(report.machine, target.found) if target.found is not None else ([], False)
    if target.found is None:
        spans = [(start, end) for start, end, _ in target.seen.evidence]
        on_page = bool(spans)
    valid = report.source is not None and _there(target, report.source)
    lines = excerpt(report.source or "", spans, mark=on_page) if valid else []
    at = target.standing
    differ = at is not None and at.state == "differ"
    return View(
        id=target.id,
        handle=f"{document.id[:12]}:{target.handle}",
        document=About(document.id, document.path, document.agency, document.year),
        unit=target.unit,
        place=target.place,
        indicator=target.indicator,
        label=target.found.label if target.found is not None else target.seen.label or target.indicator,
        reason=target.reason,
        why=target.why,
        state=at.state if at is not None else "open",
        seen_sha=target.seen_sha,
        found=target.found,
        lines=tuple(lines),
        on_page=on_page,
        page="" if lines else report.missing or "nothing of it is on the page",
        line=line_of(report.starts, spans[0][0]) + 1 if spans and report.starts else None,
        sums=() if blind else tuple(found),
        row=row,
        votes=at.votes if at is not None and differ and not blind else (),
        old=at.decision if at is not None and at.state == "stale" and not blind else None,
        decision=at.decision if at is not None and at.state == "decided" else None,
        blind=blind,
    )


def _there(target: _Target, source: str) -> bool:
    """Whether the page at hand is the one the evidence points into."""
    spans = target.found.evidence if target.found is not None else ()
    return all(source[span.start : span.end] == span.quote for span in spans)


def _is_proven(view: View) -> bool:
    found = view.found
    if found is None or found.value is None or found.status in ("ambiguous", "unsupported"):
        return False
    grounded = any(prints(span.quote, found.value) for span in found.evidence) or found.status == "inferred"
    return grounded and proven(view.sums)


def _source(reviews: Reviews, report: _Report) -> tuple[str | None, str]:
    """The decoded page of a document: from the store, else from its file; or why there is none."""
    from structurer.read import read_bytes

    content = reviews.content(report.number)
    document = report.machine.document
    if content is None:
        content = _file(document.path, document.id)
    if content is None:
        return None, f"the file {document.path} is not here, so the page cannot be shown"
    try:
        return read_bytes(content, document.path, limit=max(len(content), 1)).source, ""
    except ReadError as error:
        return None, str(error)


def _file(path: str, id: str) -> bytes | None:
    from hashlib import sha256
    from pathlib import Path

    try:
        content = Path(path).read_bytes()
    except (OSError, ValueError):
        return None
    return content if sha256(content).hexdigest() == id else None
