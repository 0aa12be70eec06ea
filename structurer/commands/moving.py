"""Commands that move reports into the store and values out of it, and say how that went."""

from __future__ import annotations

import os
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
from structurer.commands.importing import STOPPED, Cluster, Run
from structurer.terminal import plain

if TYPE_CHECKING:
    from structurer.bulk import Summary
    from structurer.export import Format, Shape, Which
    from structurer.settings import Settings

FORMATS = ("jsonl", "csv", "parquet", "xlsx", "validatreport")
"""As `structurer.export.Format`, which is not loaded for `--help`; a test holds them equal."""


@click.command("import")
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@store_option
@model_options
@click.option("--force", is_flag=True, help="Extract again what is unchanged.")
@click.option("--failed", is_flag=True, help="Try again what failed before; takes no PATH.")
@click.option("--dry-run", is_flag=True, help="Say what would be done; extract and store nothing.")
@click.option("--batch", is_flag=True, help="Hand the questions in as a batch; run again to collect.")
@click.option(
    "--workers", type=int, metavar="N", help="Processes that read reports.  [default: one a processor]"
)
@click.option(
    "--time-limit", type=float, metavar="SECONDS", help="Give a report up after so long.  [default: 300]"
)
@click.option(
    "--engine",
    type=click.Choice(["local", "ray"]),
    default="local",
    show_default=True,
    help="Where reports are read: by processes of this machine, or on a Ray cluster.",
)
@click.option("--address", metavar="ADDRESS", help="The Ray cluster's; without one, one is started here.")
@click.option(
    "--results",
    metavar="FOLDER|URL",
    help="Where a cluster leaves its results for the store: every machine must see it.",
)
@click.option("--quiet", is_flag=True, help="No progress and no line a failure; the summary tells.")
@json_option
@click.pass_context
def import_(
    ctx: click.Context,
    /,
    paths: tuple[str, ...],
    store: str | None,
    force: bool,
    failed: bool,
    dry_run: bool,
    batch: bool,
    workers: int | None,
    time_limit: float | None,
    engine: str,
    address: str | None,
    results: str | None,
    quiet: bool,
    as_json: bool,
    **asking: Any,
) -> None:
    """Extract reports into the store and print a summary.

    PATH is a file, a folder or a glob. What the store already holds, unchanged, is left alone, and so is what
    failed before, unless --failed. A file that fails is noted with its reason; the others are kept.

    Ctrl-C finishes the reports at hand and stops; a second one stops at once. Whatever stopped it, the same
    command goes on. Exit code 130 when it was stopped.
    """
    from structurer.console import import_text

    if failed == bool(paths):
        raise click.UsageError(
            "--failed takes no PATH: it tries again what failed before"
            if failed
            else "Missing argument 'PATH...'"
        )
    settings = settings_of(store=store, workers=workers, time_limit=time_limit, **asking)
    cluster = _cluster(engine, address, results, dry_run=dry_run, batch=batch)
    run = Run(settings, quiet=quiet, cluster=cluster)
    summary, state = run.imported(paths, force=force, failed=failed, dry_run=dry_run, batch=batch)
    if not (summary.done or summary.stopped):
        raise Said("nothing failed before" if failed else NO_REPORTS)
    if as_json:
        usage = summary.usage.model_dump(mode="json") if summary.usage is not None else None
        put_json(
            asdict(summary)
            | {"usage": usage, "skipped": run.skipped, "dry_run": dry_run}
            | ({"batch": asdict(state)} if state else {})
        )
    else:
        put(import_text(summary, skipped=run.skipped, dry_run=dry_run))
        if summary.estimate is not None:
            put(estimate_text(settings, summary.estimate))
    if state is not None:
        say(state.said)
    _say_left(settings, summary)
    ctx.exit(STOPPED if summary.stopped else 1 if summary.failed or summary.left else 0)


def _cluster(
    engine: str, address: str | None, results: str | None, *, dry_run: bool, batch: bool
) -> Cluster | None:
    """Which cluster to use, if any. Raises UsageError for options that do not go together."""
    if engine == "local":
        if address or results:
            raise click.UsageError("--address and --results belong to --engine ray")
        return None
    if dry_run or batch:
        raise click.UsageError("--dry-run and --batch need no cluster; leave --engine ray out")
    if address and not results:
        raise click.UsageError("--address needs --results: a folder that every machine of the cluster sees")
    return Cluster(address, results or "structurer-results")


def _say_left(settings: Settings, summary: Summary) -> None:
    """What is left to do after an import, and for whom."""
    left = sum(summary.statuses.values()) - summary.accepted
    asked = model_said(settings, summary.usage, summary.problem)
    if left:
        say(f"{counted(left, 'value')} stay open for a person; {asked}. `structurer show DOC` lists them.")
    elif asked != NOT_ASKED:
        say(f"{asked}.")
    if summary.left:
        say(f"{counted(summary.left, 'file')} failed before; `structurer import --failed` tries again.")
    if summary.copies:
        say(f"{counted(summary.copies, 'report')} came from several sites; `structurer copies` lists them.")
    if summary.stopped:
        say("stopped; what is done is kept, and the same command goes on.")


@click.command()
@click.option(
    "--format",
    "layout",
    type=click.Choice(FORMATS),
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
        raise click.UsageError(f"Missing option '--format'. Choose from: {', '.join(FORMATS)}")
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
    from structurer.desk.gold import gold_lines
    from structurer.export import STDOUT, opened
    from structurer.review.rulebook import rulebook
    from structurer.store import open_store

    documents = 0
    with open_store(settings_of(store=store).store, create=False) as held, opened(out) as stream:
        for line in gold_lines(held, rulebook()):
            stream.write(line.encode() + b"\n")
            documents += 1
    if as_json:
        put_json({"documents": documents, "out": out})
    elif out != STDOUT:
        say(f"what was decided about {counted(documents, 'document')} written to {plain(out)}")


@click.command()
@click.argument("document", metavar="[DOC]", required=False)
@store_option
@json_option
def copies(document: str | None, store: str | None, as_json: bool) -> None:
    """List reports that came from several sites: which document stands for which, and why.

    With DOC, what it is a copy of and what is a copy of it. Exports leave copies out; nothing is deleted.
    """
    from structurer.store import open_store

    with open_store(settings_of(store=store).store, create=False) as held:
        found = held.copies(document)
    if as_json:
        put_json([asdict(one) for one in found])
        return
    for one in found:
        put(f"{plain(one.path)}  is the same report as  {plain(one.of_path)}  ({plain(one.why)})")
    if not found:
        say("no report is there twice")


@click.command()
@click.option(
    "--limit", type=click.IntRange(min=1), default=20, show_default=True, metavar="N", help="So many runs."
)
@store_option
@json_option
def runs(limit: int, store: str | None, as_json: bool) -> None:
    """List imports, the newest first: how each ended, what became of its files, what it took and cost.

    A run without an end was killed, or goes on; its figures are those of its last commit.
    """
    from structurer.console.runs import runs_text
    from structurer.store import open_store

    with open_store(settings_of(store=store).store, create=False) as held:
        found = held.runs(limit)
    if as_json:
        put_json([run.to_json() for run in found])
    elif found:
        put(runs_text(found))
    else:
        say("nothing was imported here since runs are noted")


COMMANDS = (import_, export, copies, runs)
