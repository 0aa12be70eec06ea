"""What reading one report takes: its record, its questions to a model, or why there is neither.

Runs in the worker processes of an import, or in the import's own process where it has none. Nothing that a
report holds can raise here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from structurer.bulk.failing import Failure, failure
from structurer.bulk.finding import read_document
from structurer.forms import Forms, load_forms
from structurer.record import Record, record

if TYPE_CHECKING:
    from structurer.draft import Draft
    from structurer.model.question import Question
    from structurer.model.reply import Reply
    from structurer.settings import Ask
    from structurer.tokens import Counter


@dataclass(frozen=True)
class Job:
    """A file that is to be extracted."""

    path: str
    content: bytes
    digest: str


@dataclass(frozen=True)
class Open:
    """A report about which a model is to be asked; `key` is what its reader knows it by."""

    key: str
    questions: tuple[Question, ...]


Read = Record | Open | Failure


@dataclass
class Reader:
    """Reads reports with these settings; remembers a report's draft from its questions to their replies."""

    max_bytes: int
    forms: Forms | None = None
    model: str | None = None
    """Whose tokens are counted; None where no model is asked."""
    ask: Ask = "open"
    accept: bool = False
    _drafts: dict[str, tuple[Draft, bytes]] = field(default_factory=dict)

    @cached_property
    def _forms(self) -> Forms:
        return self.forms or load_forms()

    @cached_property
    def _count(self) -> Counter:
        from structurer.tokens import counter

        return counter(self.model or "")

    def warm(self) -> None:
        """Loads what the first report would wait for."""
        from structurer import pipeline, sameness

        _ = pipeline, sameness, self._forms
        if self.model is not None:
            from structurer.questions import topics

            _ = topics.topics(), self._count

    def read(self, job: Job) -> Read:
        """The record of a report; or what a model is to be asked about it first; or why there is none."""
        try:
            drafted = self._draft(job)
            if self.model is None:
                return self._record(drafted, job.content)
            from structurer.questions import questions

            asked = questions(drafted, self._forms, self.ask, self._count)
            if not asked:
                return self._record(drafted, job.content)
            self._drafts[job.digest] = drafted, job.content
            return Open(job.digest, tuple(asked))
        except Exception as error:
            return failure(job.path, error)

    def finish(self, path: str, key: str, replies: Sequence[Reply]) -> Read:
        """The record of a report that was read before, with what a model replied."""
        try:
            return self._record(*self._drafts.pop(key), replies)
        except Exception as error:
            return failure(path, error)

    def read_again(self, job: Job, replies: Sequence[Reply]) -> Read:
        """As `finish`, for a report that another reader read."""
        try:
            return self._record(self._draft(job), job.content, replies)
        except Exception as error:
            return failure(job.path, error)

    def divisible(self, job: Job, asked: Sequence[Question]) -> list[Question]:
        """Questions from another reader, each able to be asked about in halves."""
        return [
            replace(question, divide=partial(self._halves, job, number))
            for number, question in enumerate(asked)
        ]

    def _halves(self, job: Job, number: int) -> Sequence[Question]:
        from structurer.questions import questions

        divide = questions(self._draft(job), self._forms, self.ask, self._count)[number].divide
        return divide() if divide else ()

    def _draft(self, job: Job) -> Draft:
        from structurer.pipeline import draft

        return draft(read_document(job.path, job.content, self.max_bytes), self._forms)

    def _record(self, drafted: Draft, content: bytes, replies: Sequence[Reply] = ()) -> Record:
        from structurer.pipeline import finish
        from structurer.sameness import sentence_mark

        extraction = finish(drafted, self._forms, replies, accept=self.accept)
        return record(extraction, content=content, sentences=sentence_mark(drafted))
