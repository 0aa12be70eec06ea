"""An import that asks a model: each report is kept when it is through, each answer when it arrives."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from structurer.bulk.importing import Course, Import
from structurer.bulk.intake import Intake
from structurer.bulk.tally import Summary
from structurer.garbage import seldom_collected
from structurer.settings import Settings

if TYPE_CHECKING:
    from structurer.forms import Forms
    from structurer.model.client import Client
    from structurer.store import Store


def import_with_model(
    paths: Iterable[str],
    store: Store,
    settings: Settings,
    forms: Forms,
    course: Course,
    *,
    dry_run: bool,
    batch: bool = False,
) -> Summary:
    """As `structurer.bulk.import_reports`, asking the settings' model what stays open.

    A dry run sends nothing and estimates, with `batch` what handing the questions in would use.
    """
    from structurer.many import model_client
    from structurer.model.blocking import run

    with ExitStack() as opened:
        journal = store.journal()
        client = model_client(settings, opened, [journal], sends=not dry_run)
        if dry_run:
            from structurer.bulk.dry import estimated

            intake = intake_of(store, settings, forms, course)
            under_way = store.handed_in().holds if batch else None
            return estimated(paths, intake, client, settings, forms, course.progress, under_way, batch=batch)
        opened.enter_context(seldom_collected())
        return run(import_through(paths, store, client, settings, forms, course))


async def import_through(
    paths: Iterable[str], store: Store, client: Client, settings: Settings, forms: Forms, course: Course
) -> Summary:
    """One import with a client that is open already; it is closed at the end."""
    run = Import(intake_of(store, settings, forms, course), settings, forms, course, client)
    return replace(await run.run(paths), usage=client.ledger.usage, problem=client.trouble)


def intake_of(store: Store, settings: Settings, forms: Forms, course: Course) -> Intake:
    """The intake of an import with these settings."""
    from structurer.pipeline import fingerprint_with

    return Intake(store, fingerprint_with(forms, settings), course.force, course.failed)
