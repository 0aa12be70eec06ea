"""The queue, computed from what was found and what was decided: for a report, its neighbours, its copies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from structurer.desk.carrying import carry
from structurer.desk.cases import Case, Cases, events_of
from structurer.desk.neighbours import findings, linked
from structurer.review.identity import identified
from structurer.review.items import Plan, known, units
from structurer.review.mirrors import asked_once
from structurer.review.rulebook import Rulebook
from structurer.store.assembling import machine
from structurer.store.reviews import Reviews
from structurer.store.store import Store

_AT_ONCE = 50


class Building:
    """Computes items of the queue, inside the caller's transaction where it is given one."""

    def __init__(self, store: Store, book: Rulebook) -> None:
        self.store, self.book = store, book
        self.cases = Cases(store, book)

    def sync(self) -> int:
        """Computes the queue of what was imported since; returns for how many documents."""
        made = 0
        while True:
            with self.store.reviews() as reviews:
                waiting = reviews.unbuilt(reviews.plan(), _AT_ONCE)
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
                    self.build(reviews, number, plan)
                for number in changed:
                    beside.update(linked(reviews, number))
                self.build_again(reviews, beside - set(waiting), plan)
            made += len(waiting)

    def build(self, reviews: Reviews, number: int, plan: Plan) -> None:
        """Computes the items of one report, and those of its copies that were there already."""
        extraction, extracted_at = machine(reviews.connection, number)
        acts = events_of(reviews, extraction.document.id)
        if beside := findings(reviews, number, self.book):
            told = (*extraction.findings, *beside)
            extraction = extraction.model_copy(update={"findings": told})
        made = units(extraction, self.book, plan, acts)
        of = reviews.copy_of(number)
        same: Mapping[str, str] = {}
        if of is not None:
            if not reviews.is_built(of):
                self.build(reviews, of, plan)
            first = self.cases.report(reviews, of)
            there = identified(first.machine, self.book, known(events_of(reviews, first.id)))
            asked = reviews.rules_of(of)
            made, same = asked_once(made, extraction, first.machine, there, asked, acts, self.book)
        reviews.build(number, extracted_at, plan, made, acts, same)
        carry(reviews, self.cases, sorted(set(same.values())))
        for copy in reviews.copies_of(number):
            if reviews.is_built(copy):
                self.build(reviews, copy, plan)

    def build_again(self, reviews: Reviews, numbers: Iterable[int], plan: Plan) -> None:
        """Computes the queue of reports anew whose neighbours changed; what is not built yet waits."""
        for number in sorted(numbers):
            if reviews.is_built(number):
                self.build(reviews, number, plan)

    def decided_in(self, reviews: Reviews, documents: Iterable[str]) -> None:
        """What reports of other years say may have changed with what was decided about these."""
        known = {reviews.number_of(id) for id in documents}
        touched = {one: linked(reviews, one) for one in known if one is not None}
        numbers = {one for number, others in touched.items() if others for one in (number, *others)}
        self.build_again(reviews, numbers, reviews.plan())

    def rebuild(self, reviews: Reviews, documents: Iterable[str]) -> None:
        """Computes the queue of these documents (by id) anew."""
        for id in sorted(documents):
            number = reviews.number_of(id)
            if number is not None:
                self.build(reviews, number, reviews.plan())

    def refreshed(self, reviews: Reviews, unit: str) -> bool:
        """Whether the document of a unit was imported again meanwhile, so that its queue had to be remade."""
        number = reviews.items_of(unit)[0].document
        if reviews.is_built(number):
            return False
        self.build(reviews, number, reviews.plan())
        return True

    def case(self, reviews: Reviews, key: str) -> Case:
        """What a key names, of a report whose items are those of its last import."""
        case = self.cases.resolve(reviews, key)
        if reviews.is_built(case.number):
            return case
        self.build(reviews, case.number, reviews.plan())
        return self.cases.resolve(reviews, key)
