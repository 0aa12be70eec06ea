"""An import that hands its questions in as a batch: hand in, leave, come back, collect."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from structurer.bulk.asking import import_through, intake_of
from structurer.bulk.importing import Course
from structurer.bulk.reading import Job
from structurer.bulk.tally import Step, Summary
from structurer.errors import ModelError, StoreError
from structurer.many import model_client, questions_of
from structurer.settings import Settings

if TYPE_CHECKING:
    from structurer.forms import Forms
    from structurer.model.batch import Batches
    from structurer.model.client import Client
    from structurer.model.question import Question
    from structurer.store import Store
    from structurer.store.journal import Journal


@dataclass(frozen=True)
class BatchState:
    """Where an import's batches are: collected now, still being answered, handed in now; and what failed."""

    collected: int = 0
    waiting: int = 0
    handed_in: int = 0
    failed: int = 0
    batches: tuple[str, ...] = ()
    """Ids of those that are still being answered."""

    @property
    def said(self) -> str:
        """In one line."""
        told = [f"{self.collected} answers collected"]
        if self.failed:
            told.append(f"{self.failed} failed and handed in again")
        if self.batches:
            told.append(
                f"{self.waiting} being answered in {', '.join(self.batches)}: run the same command later"
            )
        return "; ".join(told)


def import_in_batches(
    paths: Iterable[str],
    store: Store,
    *,
    force: bool,
    settings: Settings,
    forms: Forms,
    workers: int = 0,
    progress: Callable[[Step], object] | None = None,
) -> tuple[Summary, BatchState]:
    """As an import with a model, but what is to be asked goes into a batch; run it again until nothing waits.

    Reports are kept as far as they are: without the answers that are still to come, to be taken up again.
    Raises ModelError where the endpoint takes no batches.
    """
    from structurer.model.batch import Batches
    from structurer.model.blocking import run

    files = list(paths)
    with ExitStack() as opened:
        journal = store.journal()
        client = model_client(settings, opened, [journal])
        if not client.endpoint.preset.batches:
            raise ModelError(
                f"{client.endpoint.preset.name} takes no batches; leave --batch out, or use openai"
            )
        batches = Batches(client.endpoint, timeout=settings.timeout)
        opened.callback(batches.close)
        state = _exchange(files, store, journal, client, batches, settings, forms, force)
        client.offline = "waiting for a batch"
        course = Course(force=force, workers=workers, progress=progress, engine="batch")
        summary = run(import_through(files, store, client, settings, forms, course))
        return replace(summary, usage=client.ledger.usage), state


def _exchange(
    files: list[str],
    store: Store,
    journal: Journal,
    client: Client,
    batches: Batches,
    settings: Settings,
    forms: Forms,
    force: bool,
) -> BatchState:
    """Collects what is ready, and hands in what is missing and nowhere being answered."""
    from structurer.model.batch import portions

    asked = _questions(files, store, client, settings, forms, force)
    identity = client.endpoint.identity
    waiting: dict[str, tuple[str, ...]] = {}
    collected = failed = 0
    for handed in journal.handed(identity):
        found = batches.collect(handed.id)
        for key, completion in found.answers.items():
            client.take(key, asked.get(key), completion)
        collected += len(found.answers)
        failed += len(found.lost)
        if not found.over:
            waiting[handed.id] = handed.keys
            continue
        journal.collected(handed.id, found.state)
        if found.state == "failed":
            reason = found.reason or "no reason given"
            raise ModelError(f"batch {handed.id} was refused: {reason}; run again to hand it in anew")
    under_way = {key for keys in waiting.values() for key in keys}
    open_still = {
        key: part
        for question in asked.values()
        for key, part in client.missing(question)
        if key not in under_way
    }
    missing = {key: part for key, part in open_still.items() if client.affords(part)}
    for portion in portions(missing, client.endpoint):
        id = batches.adopted(portion, journal.batch_ids()) or batches.hand_in(portion)
        journal.hand(id, identity, client.endpoint.model, list(portion))
        waiting[id] = tuple(portion)
    return BatchState(collected, sum(map(len, waiting.values())), len(missing), failed, tuple(waiting))


def _questions(
    files: list[str], store: Store, client: Client, settings: Settings, forms: Forms, force: bool
) -> dict[str, Question]:
    """Every question about the files to be extracted, by key, and the parts of those that were too long."""
    intake = intake_of(store, settings, forms, Course(force=force))
    asked: dict[str, Question] = {}
    for job in intake.new(files, settings.max_bytes):
        for question in _of(job, client, settings, forms):
            asked[question.key(client.endpoint)] = question
            asked.update(client.missing(question))
    return asked


def _of(job: Job, client: Client, settings: Settings, forms: Forms) -> list[Question]:
    try:
        return questions_of(job.path, job.content, client, settings, forms)
    except StoreError:
        raise
    except Exception:
        return []  # the import itself says what is wrong with the file
