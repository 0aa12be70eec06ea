"""An import that asks a model: each report is kept when it is through, each answer when it arrives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from structurer.bulk import Failure, Import, Job, Step, Summary, failure
from structurer.many import Outcome, Source, model_client, outcomes, questions_of
from structurer.settings import Settings

if TYPE_CHECKING:
    from structurer.forms import Forms
    from structurer.model.client import Client
    from structurer.model.question import Question
    from structurer.store import Store

Progress = Callable[[Step], object] | None


def import_with_model(
    paths: Iterable[str],
    store: Store,
    *,
    force: bool,
    dry_run: bool,
    settings: Settings,
    forms: Forms,
    progress: Progress = None,
    batch: bool = False,
) -> Summary:
    """As `structurer.bulk.import_reports`, asking the settings' model what stays open.

    A report about which the model could not be asked everything is kept as far as it is, and taken up again
    by the next import; what was answered is not asked again. A dry run sends nothing and estimates, with
    `batch` what handing the questions in would use.
    """
    from structurer.pipeline import fingerprint_with

    with ExitStack() as opened:
        journal = store.journal()
        client = model_client(settings, opened, [journal])
        if dry_run:
            job = Import(store, settings, fingerprint_with(forms, settings), force, dry_run)
            handed = journal.handed(client.endpoint.identity) if batch else []
            under_way = frozenset(key for one in handed for key in one.keys)
            return _estimated(paths, job, client, settings, forms, progress, under_way, batch)
        from structurer.model.blocking import run

        return run(run_import(paths, store, client, settings, forms, force=force, progress=progress))


async def run_import(
    paths: Iterable[str],
    store: Store,
    client: Client,
    settings: Settings,
    forms: Forms,
    *,
    force: bool,
    progress: Progress = None,
) -> Summary:
    """One import with a client that is open already; it is closed at the end."""
    from structurer.pipeline import fingerprint_with

    taken = _Taken(Import(store, settings, fingerprint_with(forms, settings), force, False), progress)
    async for outcome in outcomes(taken.sources(paths), settings, client=client, forms=forms):
        taken.settle(outcome)
    return replace(taken.job.summary(), usage=client.ledger.usage, problem=client.trouble)


@dataclass
class _Taken:
    """Files handed out to be extracted, remembered until they come back."""

    job: Import
    progress: Progress
    _open: dict[int, Job] = field(default_factory=dict)

    def sources(self, paths: Iterable[str]) -> Iterator[Source]:
        for path in paths:
            begun = self.job.begin(path)
            if isinstance(begun, Step):
                self._tell(begun)
            else:
                source = Source(path, begun.content)
                self._open[id(source)] = begun
                yield source

    def settle(self, outcome: Outcome) -> None:
        job = self._open.pop(id(outcome.source))
        if isinstance(outcome.result, Failure):
            self._tell(self.job.failed(job.path, job.digest, outcome.result))
        else:
            self._tell(self.job.put(job, outcome.result, lasting=outcome.lasting))

    def _tell(self, step: Step) -> None:
        if self.progress:
            self.progress(step)


def _estimated(
    paths: Iterable[str],
    job: Import,
    client: Client,
    settings: Settings,
    forms: Forms,
    progress: Progress,
    under_way: frozenset[str],
    batch: bool,
) -> Summary:
    def questions() -> Iterator[Question]:
        for path in paths:
            begun = job.begin(path)
            step = begun if isinstance(begun, Step) else None
            if not isinstance(begun, Step):
                try:
                    for question in questions_of(begun.path, begun.content, client, settings, forms):
                        if not under_way or question.key(client.endpoint) not in under_way:
                            yield question
                    step = job.noted(Step(path, "imported"))
                except Exception as error:
                    step = job.failed(path, begun.digest, failure(path, error))
            if progress and step:
                progress(step)

    estimate = client.estimate(questions(), batch=batch)
    return replace(job.summary(), estimate=estimate)
