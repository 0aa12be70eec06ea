"""Commands that move reports into the store and values out of it: import, export."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal

import click

from structurer.commands.common import (
    NO_REPORTS,
    NOT_ASKED,
    Said,
    counted,
    estimate_text,
    json_option,
    model_options,
    model_said,
    put,
    put_json,
    say,
    settings_of,
    store_option,
)
from structurer.terminal import plain

if TYPE_CHECKING:
    from structurer.bulk import Step, Summary
    from structurer.bulk_batch import BatchState
    from structurer.settings import Settings


@click.command("import")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@store_option
@model_options
@click.option("--force", is_flag=True, help="Extract again what is unchanged.")
@click.option("--dry-run", is_flag=True, help="Say what would be done; extract and store nothing.")
@click.option("--batch", is_flag=True, help="Hand the questions in as a batch; run again to collect.")
@json_option
@click.pass_context
def import_(
    ctx: click.Context,
    /,
    paths: tuple[str, ...],
    store: str | None,
    force: bool,
    dry_run: bool,
    batch: bool,
    as_json: bool,
    **asking: Any,
) -> None:
    """Extract reports into the store and print a summary.

    PATH is a file, a folder or a glob. What the store already holds, unchanged, is left alone. A file that
    fails is noted with its reason; the others are kept.
    """
    from structurer.bulk import find_files
    from structurer.console import import_text

    settings = settings_of(store=store, **asking)
    skipped: list[str] = []

    def skip(path: str, reason: str) -> None:
        skipped.append(path)
        say(f"skipped: {plain(path)}: {reason}")

    files = list(find_files(paths, skipped=skip))
    if not files:
        raise Said(NO_REPORTS)
    summary, state = _run(files, settings, force=force, dry_run=dry_run, batch=batch)
    if as_json:
        usage = summary.usage.model_dump(mode="json") if summary.usage is not None else None
        put_json(
            asdict(summary)
            | {"usage": usage, "skipped": len(skipped), "dry_run": dry_run}
            | ({"batch": asdict(state)} if state else {})
        )
    else:
        put(import_text(summary, skipped=len(skipped), dry_run=dry_run))
        if summary.estimate is not None:
            put(estimate_text(settings, summary.estimate))
    if state is not None:
        say(state.said)
    left = sum(summary.statuses.values()) - summary.accepted
    asked = model_said(settings, summary.usage, summary.problem)
    if left:
        say(f"{counted(left, 'value')} stay open for a person; {asked}. `structurer show DOC` lists them.")
    elif asked != NOT_ASKED:
        say(f"{asked}.")
    ctx.exit(1 if summary.failed else 0)


def _run(
    files: list[str], settings: Settings, *, force: bool, dry_run: bool, batch: bool
) -> tuple[Summary, BatchState | None]:
    from structurer.bulk import import_reports
    from structurer.pipeline import asks
    from structurer.store import open_store

    if batch and not asks(settings):
        raise click.UsageError("--batch asks a model; name one with --model")

    # A bar on a terminal; without one, only what went wrong is said.
    shown = sys.stderr.isatty()
    url = settings.store if not dry_run or _exists(settings.store) else "sqlite://"
    with (
        open_store(url) as store,
        click.progressbar(length=len(files), label="importing", file=sys.stderr, hidden=not shown) as bar,
    ):

        def tell(step: Step) -> None:
            if step.failure:
                clear = "\r\x1b[K" if shown else ""
                say(f"{clear}error: {plain(step.path)}: {plain(step.failure.reason)}")
            bar.update(1)

        if batch and dry_run:
            from structurer.bulk_model import import_with_model
            from structurer.forms import load_forms

            known = load_forms()
            return import_with_model(
                files,
                store,
                force=force,
                dry_run=True,
                settings=settings,
                forms=known,
                progress=tell,
                batch=True,
            ), None
        if batch:
            from structurer.bulk_batch import import_in_batches
            from structurer.forms import load_forms

            return import_in_batches(
                files, store, force=force, settings=settings, forms=load_forms(), progress=tell
            )
        summary = import_reports(files, store, force=force, dry_run=dry_run, settings=settings, progress=tell)
        return summary, None


def _exists(url: str) -> bool:
    """Whether a store is there, so that a dry run need not make one."""
    from structurer.errors import StoreError
    from structurer.store import open_store

    try:
        open_store(url, create=False).close()
    except StoreError:
        return False
    return True


@click.command()
@click.option(
    "--format",
    "layout",
    type=click.Choice(["jsonl", "csv"]),
    help="jsonl: a line a document; csv: a row a value.",
)
@click.option("--out", metavar="FILE", required=True, help="Where to; - is stdout.")
@click.option(
    "--status",
    type=click.Choice(["accepted", "all"]),
    default="accepted",
    show_default=True,
    help="all: with the values that still need a look.",
)
@click.option("--gold", is_flag=True, help="What reviewers decided, as true values that `evaluate` reads.")
@click.option("--bom/--no-bom", default=None, help="Begin with a byte order mark.  [default: in csv files]")
@store_option
@json_option
def export(
    layout: Literal["jsonl", "csv"] | None,
    out: str,
    status: Literal["accepted", "all"],
    gold: bool,
    bom: bool | None,
    store: str | None,
    as_json: bool,
) -> None:
    """Write what the store holds to a file, whole or not at all.

    In a CSV, text that a spreadsheet would take for a formula gets a leading apostrophe; numbers stay.
    """
    from structurer.export import STDOUT
    from structurer.export import export as write
    from structurer.store import open_store

    if as_json and out == STDOUT:
        raise click.UsageError("--json reports on the export; it needs --out FILE")
    if gold:
        _export_gold(out, store, as_json)
        return
    if layout is None:
        raise click.UsageError("Missing option '--format'. Choose from: jsonl, csv")
    with open_store(settings_of(store=store).store, create=False) as opened:
        written = write(opened.extractions(), out, format=layout, status=status, bom=bom)
    if as_json:
        put_json(asdict(written) | {"out": out})
    elif out != STDOUT:
        say(f"{written.observations} values of {written.documents} documents written to {plain(out)}")


def _export_gold(out: str, store: str | None, as_json: bool) -> None:
    from structurer.export import STDOUT, opened
    from structurer.review.desk import Desk
    from structurer.store import open_store

    documents = 0
    with open_store(settings_of(store=store).store, create=False) as held, opened(out) as stream:
        for line in Desk(held).gold():
            stream.write(line.encode() + b"\n")
            documents += 1
    if as_json:
        put_json({"documents": documents, "out": out})
    elif out != STDOUT:
        say(f"what was decided about {counted(documents, 'document')} written to {plain(out)}")


COMMANDS = (import_, export)
