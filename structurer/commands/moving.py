"""Commands that move reports into the store and values out of it: import, export."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

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
    from structurer.export import Format, Shape, Which
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
    type=click.Choice(["jsonl", "csv", "parquet", "xlsx", "validatreport"]),
    help="jsonl: a line a document; csv, parquet: a row a value; xlsx: a sheet a table; validatreport: the"
    " checks, in the structure of the European Statistical System.",
)
@click.option("--out", metavar="FILE", required=True, help="Where to; - is stdout.")
@click.option(
    "--status",
    type=click.Choice(["accepted", "all"]),
    default="accepted",
    show_default=True,
    help="all: with the values that still need a look.",
)
@click.option(
    "--shape",
    type=click.Choice(["tidy", "wide"]),
    default="tidy",
    show_default=True,
    help="wide: csv and parquet with a row a report and a column an indicator.",
)
@click.option("--gold", is_flag=True, help="What reviewers decided, as true values that `evaluate` reads.")
@click.option("--bom/--no-bom", default=None, help="Begin with a byte order mark.  [default: in csv files]")
@click.option("--bare", is_flag=True, help="Write FILE only, no dictionary and no description beside it.")
@store_option
@json_option
def export(
    layout: Format | None,
    out: str,
    status: Which,
    shape: Shape,
    gold: bool,
    bom: bool | None,
    bare: bool,
    store: str | None,
    as_json: bool,
) -> None:
    """Write what the store holds to a file, whole or not at all.

    Beside it, data-dictionary.csv says what every column and indicator means, and datapackage.json describes
    the folder's exports. In a CSV, text that a spreadsheet would take for a formula gets a leading
    apostrophe; numbers stay. The same store gives the same bytes.
    """
    from structurer.export import STDOUT
    from structurer.export import export as write
    from structurer.export.beside import DICTIONARY, PACKAGE
    from structurer.export.write import WIDE, needed
    from structurer.store import open_store

    if as_json and out == STDOUT:
        raise click.UsageError("--json reports on the export; it needs --out FILE")
    if gold:
        _export_gold(out, store, as_json)
        return
    if layout is None:
        raise click.UsageError(
            "Missing option '--format'. Choose from: jsonl, csv, parquet, xlsx, validatreport"
        )
    if shape == "wide" and layout not in WIDE:
        raise click.UsageError(f"--shape wide is for {' and '.join(sorted(WIDE))}; {layout} has one shape")
    if os.path.basename(out) in (DICTIONARY, PACKAGE) and not bare:
        raise click.UsageError(f"{plain(out)} is what is written beside an export; name another file")
    with open_store(settings_of(store=store).store, create=False) as opened:
        reports = opened.reports(**needed(layout, status))
        written = write(reports, out, format=layout, status=status, shape=shape, bom=bom)
    beside = [] if bare else _describe(out, layout, shape, status, bom)
    if as_json:
        put_json(asdict(written) | {"out": out, "beside": beside})
    elif out != STDOUT:
        what = f"{written.checks} checks" if layout == "validatreport" else f"{written.observations} values"
        say(f"{what} of {written.documents} documents written to {plain(out)}")
        if written.left_out:
            say(f"{written.left_out} values have no place in the wide shape; --shape tidy has them all")


def _describe(out: str, layout: Format, shape: Shape, status: Which, bom: bool | None) -> list[str]:
    """Writes the dictionary and the description beside a file; a device has no beside."""
    from structurer.export import STDOUT
    from structurer.export.beside import DICTIONARY, PACKAGE, describe
    from structurer.forms import load_forms

    if out == STDOUT or not os.path.isfile(out):
        return []
    marked = bom if bom is not None else layout == "csv"
    beside = describe(out, load_forms(), format=layout, shape=shape, status=status, bom=marked)
    for name in (DICTIONARY, PACKAGE):
        if not any(os.path.basename(path) == name for path in beside):
            say(f"note: {plain(name)} beside {plain(out)} is not from structurer and was left alone")
    return beside


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
