"""A dry run: what an import would do and what asking a model would use; nothing is sent or stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from structurer.bulk.failing import Failure, failure
from structurer.bulk.finding import written
from structurer.bulk.intake import Intake, groups
from structurer.bulk.reading import Job
from structurer.bulk.tally import Step, Summary, Tally
from structurer.settings import Settings

if TYPE_CHECKING:
    from structurer.forms import Forms
    from structurer.model.client import Client
    from structurer.model.question import Question

Progress = Callable[[Step], object] | None


def looked_over(paths: Iterable[str], intake: Intake, settings: Settings, progress: Progress) -> Summary:
    """What an import without a model would do."""
    looking = _Looking(intake, progress)
    for job in looking.new(paths, settings.max_bytes):
        looking.tell(Step(written(job.path), "imported"))
    return looking.tally.summary()


def estimated(
    paths: Iterable[str],
    intake: Intake,
    client: Client,
    settings: Settings,
    forms: Forms,
    progress: Progress,
    under_way: Callable[[str], bool] | None = None,
    *,
    batch: bool = False,
) -> Summary:
    """What an import would do, and what asking the client's model would use, in a `batch` or at once.

    `under_way` tells of a key whether a batch holds that question already.
    """
    from structurer.many import questions_of

    looking = _Looking(intake, progress)

    def questions() -> Iterator[Question]:
        for job in looking.new(paths, settings.max_bytes):
            try:
                for question in questions_of(job.path, job.content, client, settings, forms):
                    if under_way is None or not under_way(question.key(client.endpoint)):
                        yield question
            except Exception as error:
                looking.fail(failure(job.path, error))
            else:
                looking.tell(Step(written(job.path), "imported"))

    estimate = client.estimate(questions(), batch=batch)
    return replace(looking.tally.summary(), estimate=estimate)


class _Looking:
    """Counts what would be done."""

    def __init__(self, intake: Intake, progress: Progress) -> None:
        self.tally = Tally()
        self._intake, self._progress = intake, progress

    def new(self, paths: Iterable[str], max_bytes: int) -> Iterator[Job]:
        """The files to be extracted; the others are counted."""
        for group in groups(paths, max_bytes):
            found = self._intake.sort(group)
            for path in (*found.unchanged, *(written(job.path) for job in found.elsewhere)):
                self.tell(Step(path, "unchanged"))
            for left in found.left:
                self.tell(Step(left.path, "left", left))
            for unreadable in found.unreadable:
                self.fail(unreadable)
            yield from found.new

    def fail(self, found: Failure) -> None:
        """Counts a file that cannot be read."""
        self.tell(Step(found.path, "failed", found))

    def tell(self, step: Step) -> None:
        """Counts a step and tells of it."""
        self.tally.step(step)
        if self._progress:
            self._progress(step)
