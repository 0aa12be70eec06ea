"""Commands that read reports: extract, show, check, explain."""

from __future__ import annotations

import sys
from dataclasses import asdict, is_dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Literal

import click

from structurer.commands.common import (
    NO_REPORTS,
    Said,
    counted,
    find_document,
    full_option,
    json_option,
    model_option,
    put,
    put_json,
    say,
    settings_of,
    store_option,
)
from structurer.terminal import plain

if TYPE_CHECKING:
    from structurer.forms import Forms, Table
    from structurer.observation import Extraction

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
@model_option
@full_option
@click.pass_context
def extract(
    ctx: click.Context, paths: tuple[str, ...], layout: Layout, model: str | None, full: bool
) -> None:
    """Print what reports state; store nothing.

    PATH is a file, a folder or a glob. Reports are printed in the order given. A file that cannot be
    used is a line on stderr and exit code 1; stdout holds the others only.
    """
    from structurer.bulk import Failure, attempt, find_files

    settings = settings_of(model=model)
    printer = _Printer(layout, full, single=len(paths) == 1 and list(find_files(paths)) == list(paths))
    failed = 0
    for path in find_files(paths, skipped=_say_skipped):
        found = attempt(path, settings=settings)
        if isinstance(found, Failure):
            failed += 1
            say(f"error: {plain(found.path)}: {plain(found.reason)}")
        else:
            printer.put(found)
    printer.close()
    if not failed and not printer.printed:
        raise Said(NO_REPORTS)
    _say_open(printer.open_values, printer.open_reports)
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


def _say_open(values: int, reports: int) -> None:
    if values:
        say(
            f"{counted(values, 'value')} in {counted(reports, 'report')} stay open for a person; no model was"
            " asked. `structurer explain FILE INDICATOR` says why one does."
        )


@click.command()
@click.argument("document", metavar="DOC|FILE")
@click.option("--format", "layout", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--json", "layout", flag_value="json", help="The same as --format json.")
@store_option
@full_option
def show(document: str, layout: Layout, store: str | None, full: bool) -> None:
    """Show one report: a file, or a document of the store.

    A file that exists is read afresh. Else DOC is looked up in the store: by path, by the end of a path,
    by id or by the beginning of an id.
    """
    found = find_document(document, settings_of(store=store))
    if layout == "json":
        put_json(found.to_json())
    else:
        put_view(found, full)


@click.command()
@click.argument("document", metavar="DOC|FILE")
@click.option("--full", is_flag=True, help="List the checks that passed, too.")
@store_option
@json_option
def check(document: str, store: str | None, full: bool, as_json: bool) -> None:
    """Lay every edit rule over one report: passed, failed or not evaluated, with both sums.

    That sums agree says nothing about labels: a check that passes is not a proof.
    """
    from structurer.confront import confront
    from structurer.console import checks_text, terminal_width
    from structurer.forms import load_forms

    found = find_document(document, settings_of(store=store))
    checks = confront(found.observations, _tables_to_check(found, load_forms()))
    if as_json:
        put_json([_plain_object(one) for one in checks])
    else:
        put(checks_text(checks, width=terminal_width(), full=full))


def _tables_to_check(extraction: Extraction, forms: Forms) -> list[Table]:
    """The tables as their forms have them, then the rules between prose and tables."""
    from structurer.reconcile import crossings

    states = extraction.document.tables
    here = [name for name, found in states.items() if found.state in ("read", "partial")]
    own = [
        table
        for name in here
        for form, table in forms.tables.get(name, {}).items()
        if form == states[name].form
    ]
    return [*own, *crossings(forms, here)]


def _plain_object(value: Any) -> Any:
    return value.model_dump(mode="json") if hasattr(value, "model_dump") else _as_dict(value)


def _as_dict(value: Any) -> Any:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value._asdict()


@click.command()
@click.argument("path", metavar="FILE")
@click.argument("indicator")
@json_option
def explain(path: str, indicator: str, as_json: bool) -> None:
    """Say why one value of a file is what it is: tokens, readings, rules, assumptions.

    INDICATOR is a key as `structurer forms NAME` lists them, as in applications.received.total.
    """
    from structurer.bulk import read_file
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
        put_json(_plain_object(told))
    else:
        put("\n".join(plain(line) for line in told.lines))


COMMANDS = (extract, show, check, explain)
