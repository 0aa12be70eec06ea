"""Commands that read reports: extract, show, check, explain."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Literal

import click

from structurer.commands.common import (
    NO_REPORTS,
    NOT_ASKED,
    Said,
    counted,
    estimate_text,
    find_document,
    full_option,
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
    from structurer.explain import Explanation
    from structurer.observation import Extraction, Finding
    from structurer.settings import Settings

Layout = Literal["table", "json", "jsonl"]


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option(
    "--format",
    "layout",
    type=click.Choice(["table", "json", "jsonl"]),
    default="table",
    show_default=True,
    help="table: to read; json: one object for one file, else an array; jsonl: a line a file.",
)
@click.option("--json", "layout", flag_value="json", help="The same as --format json.")
@model_options
@click.option(
    "--dry-run", is_flag=True, help="Say what asking the model would use; send and extract nothing."
)
@full_option
@click.pass_context
def extract(
    ctx: click.Context, /, paths: tuple[str, ...], layout: Layout, full: bool, dry_run: bool, **asking: Any
) -> None:
    """Print what reports state; store nothing.

    PATH is a file, a folder or a glob. Reports are printed in the order given. A file that cannot be
    used is a line on stderr and exit code 1; stdout holds the others only.
    """
    from structurer.bulk import Failure, find_files
    from structurer.many import Attempts

    settings = settings_of(**asking)
    if dry_run:
        _say_what_it_would_use(ctx, paths, settings, layout)
        return
    printer = _Printer(layout, full, single=len(paths) == 1 and list(find_files(paths)) == list(paths))
    failed = 0
    attempts = Attempts(settings)
    for found in attempts.of(find_files(paths, skipped=_say_skipped)):
        if isinstance(found, Failure):
            failed += 1
            say(f"error: {plain(found.path)}: {plain(found.reason)}")
        else:
            printer.put(found)
    printer.close()
    if not failed and not printer.printed:
        raise Said(NO_REPORTS)
    _say_open(
        printer.open_values, printer.open_reports, model_said(settings, attempts.usage, attempts.problem)
    )
    ctx.exit(1 if failed else 0)


class _Printer:
    """Prints extractions one by one in the layout asked for."""

    def __init__(self, layout: Layout, full: bool, *, single: bool) -> None:
        self._layout, self._full, self._single = layout, full, single
        self.printed = self.open_values = self.open_reports = 0

    def put(self, extraction: Extraction) -> None:
        """Prints one."""
        from structurer.export import json_line

        if self._layout == "table":
            if self.printed:
                put("")
            put_view(extraction, self._full)
        elif self._layout == "jsonl":
            put(json_line(extraction))
        elif self._single:
            put_json(extraction.to_json())
        else:
            put((",\n" if self.printed else "[\n") + json_line(extraction), end="")
        self.printed += 1
        left = sum(1 for _ in extraction.select(accepted=False))
        self.open_values += left
        self.open_reports += bool(left)

    def close(self) -> None:
        """Ends an array."""
        if self._layout == "json" and not self._single:
            put("\n]" if self.printed else "[]")


def put_view(extraction: Extraction, full: bool) -> None:
    """Prints the page a person reads."""
    from structurer.console import terminal_width, view, wants_color
    from structurer.forms import load_forms

    text = view(extraction, load_forms(), width=terminal_width(), color=wants_color(sys.stdout), full=full)
    put(text.rstrip("\n"))


def _say_skipped(path: str, reason: str) -> None:
    say(f"skipped: {plain(path)}: {reason}")


def _say_what_it_would_use(
    ctx: click.Context, paths: tuple[str, ...], settings: Settings, layout: Layout
) -> None:
    """A dry run: what asking about these reports would use, on stdout."""
    from structurer.bulk import find_files
    from structurer.many import estimate
    from structurer.pipeline import asks

    if not asks(settings):
        raise click.UsageError("--dry-run says what a model would be asked; name one with --model")
    found, failures = estimate(find_files(paths, skipped=_say_skipped), settings)
    for failed in failures:
        say(f"error: {plain(failed.path)}: {plain(failed.reason)}")
    if layout == "table":
        put(estimate_text(settings, found))
    else:
        put_json(asdict(found))
    ctx.exit(1 if failures else 0)


def _say_open(values: int, reports: int, asked: str) -> None:
    if values:
        say(
            f"{counted(values, 'value')} in {counted(reports, 'report')} stay open for a person; {asked}."
            " `structurer explain FILE INDICATOR` says why one does."
        )
    elif asked != NOT_ASKED:
        say(f"{asked}.")


@click.command()
@click.argument("document", metavar="DOC|FILE")
@click.option("--format", "layout", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--json", "layout", flag_value="json", help="The same as --format json.")
@click.option(
    "--html", "out", metavar="FILE", help="Write one HTML file: source and values side by side; - is stdout."
)
@store_option
@full_option
def show(document: str, layout: Layout, out: str | None, store: str | None, full: bool) -> None:
    """Show one report: a file, or a document of the store.

    A file that exists is read afresh. Else DOC is looked up in the store: by path, by the end of a path,
    by id or by the beginning of an id. The HTML file stands alone: it needs no network and can be mailed
    or printed. It holds the text of a stored document only if the file is still there, unchanged.
    """
    settings = settings_of(store=store)
    found = find_document(document, settings)
    if out is not None:
        _put_page(found, document, out, settings, as_json=layout == "json")
    elif layout == "json":
        put_json(found.to_json())
    else:
        put_view(found, full)
        _say_copies(found, settings)


def _say_copies(found: Extraction, settings: Settings) -> None:
    """Which other documents of the store are the same report, if any."""
    from structurer.errors import StoreError
    from structurer.store import open_store

    try:
        with open_store(settings.store, create=False) as store:
            linked = store.copies(found.document.id)
    except StoreError:  # there is no store, or the report is not in it
        return
    for one in linked:
        if one.id == found.document.id:
            say(f"the same report as {plain(one.of_path)}, which counts ({plain(one.why)})")
        elif one.of_id == found.document.id:
            say(f"also at {plain(one.path)} ({plain(one.why)}), which is not counted")


def _put_page(found: Extraction, document: str, out: str, settings: Settings, *, as_json: bool) -> None:
    """Writes the page of a report, and says where, or why it is without its source."""
    from structurer.export import STDOUT, opened
    from structurer.forms import load_forms
    from structurer.page import page, reread
    from structurer.read.archive import split

    if as_json and out == STDOUT:
        raise click.UsageError("--json reports on the page; it needs --html FILE")
    path = document if os.path.exists(document) or split(document) else found.document.path
    if os.path.exists(out) and os.path.exists(path) and os.path.samefile(out, path):
        raise click.UsageError(f"{plain(out)} is the report itself; name another file for --html")
    source = reread(found, path=path, limit=settings.max_bytes)
    made = page(found, load_forms(), source).encode("utf-8")
    with opened(out) as stream:
        stream.write(made)
    missing = source if isinstance(source, str) else None
    if as_json:
        put_json({"document": found.document.id, "out": out, "source": missing is None, "missing": missing})
    elif out != STDOUT:
        say(f"page written to {plain(out)}")
    if missing:
        say(f"note: the page is without the source; {plain(missing)}")


@click.command()
@click.argument("document", metavar="DOC|FILE")
@click.option("--before", metavar="DOC", help="The same agency's report of the year before.")
@click.option("--full", is_flag=True, help="List the checks that passed, too.")
@store_option
@json_option
def check(document: str, store: str | None, before: str | None, full: bool, as_json: bool) -> None:
    """Lay every edit rule over one report: passed, failed or not evaluated, with both sums.

    With --before, the rules between two years as well, and figures that jumped.

    That sums agree says nothing about labels: a check that passes is not a proof.
    """
    from structurer.confront import confront, confront_years, jumps
    from structurer.console import checks_text, findings_text, terminal_width
    from structurer.forms import load_forms
    from structurer.reconcile import asked

    settings = settings_of(store=store)
    found = find_document(document, settings)
    tables = asked(found, load_forms())
    checks = confront(found.observations, tables)
    jumped: list[Finding] = []
    if before is not None:
        earlier = find_document(before, settings)
        checks += confront_years(earlier.observations, found.observations, tables)
        jumped = jumps(earlier.observations, found.observations)
    if as_json:
        put_json([one.to_json() for one in checks] + [one.model_dump(mode="json") for one in jumped])
    else:
        put(checks_text(checks, width=terminal_width(), full=full))
        if jumped:
            put(findings_text(jumped, width=terminal_width()))


def _explained(told: Explanation) -> dict[str, Any]:
    observation = told.observation.model_dump(mode="json") if told.observation is not None else None
    return asdict(told) | {"observation": observation}


@click.command()
@click.argument("path", metavar="FILE")
@click.argument("indicator")
@json_option
def explain(path: str, indicator: str, as_json: bool) -> None:
    """Say why one value of a file is what it is: tokens, readings, rules, assumptions.

    INDICATOR is a key as `structurer forms NAME` lists them, as in applications.received.total.
    """
    from structurer.bulk import read_file
    from structurer.console import reasons_text, terminal_width
    from structurer.explain import explain as why
    from structurer.forms import load_forms

    forms = load_forms()
    if indicator not in forms.cells:
        near = get_close_matches(indicator, list(forms.cells), n=3, cutoff=0.6)
        meant = f"; did you mean {' or '.join(near)}?" if near else "; `structurer forms NAME` lists them"
        raise click.UsageError(f"{plain(indicator)}: no such indicator{meant}")
    settings = settings_of()
    told = why(read_file(path, settings.max_bytes), indicator, path=path, settings=settings, forms=forms)
    if as_json:
        put_json(_explained(told))
    else:
        put(reasons_text(told.lines, width=terminal_width()))


COMMANDS = (extract, show, check, explain)
