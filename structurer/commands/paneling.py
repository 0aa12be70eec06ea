"""The command that makes a panel: agencies by years by harmonised indicators."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal

import click

from structurer.commands.common import (
    Misused,
    counted,
    json_option,
    put,
    put_json,
    say,
    settings_of,
    store_option,
)
from structurer.terminal import plain

if TYPE_CHECKING:
    from structurer.panel.build import Panel

_YEARS = re.compile(r"([0-9]{4})(?:-([0-9]{4}))?")
_LISTS = {
    "agencies-seen": "List each agency with its spellings and reports, and why they are one.",
    "gaps": "List who has no report for which year.",
    "findings": "List what reports say of each other: rules between years, jumps, sums.",
    "crosswalk": "List the indicators: what each form states, or why it does not.",
}


@click.command()
@click.option("--out", metavar="FILE", help="Write the panel; - is stdout.")
@click.option("--format", "layout", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True,
              help="csv or JSON Lines.")  # fmt: skip
@click.option("--wide", is_flag=True, help="An agency's year a row, an indicator a column.")
@click.option("--status", type=click.Choice(["accepted", "all"]), default="accepted", show_default=True,
              help="all: with the values that still need a look.")  # fmt: skip
@click.option("--indicator", "indicators", metavar="KEY", multiple=True, help="Only this one; repeatable.")
@click.option("--agency", metavar="TEXT", default="", help="Only agencies with this in their name.")
@click.option("--years", metavar="FROM-TO", help="Only these years, as in 2014-2023 or 2019.")
@click.option(
    "--agencies", metavar="FILE", help="What you know of agencies: aliases, parents, mergers (YAML, CSV)."
)
@click.option("--agencies-seen", "shown", flag_value="agencies-seen", help=_LISTS["agencies-seen"])
@click.option("--gaps", "shown", flag_value="gaps", help=_LISTS["gaps"])
@click.option("--findings", "shown", flag_value="findings", help=_LISTS["findings"])
@click.option("--crosswalk", "shown", flag_value="crosswalk", help=_LISTS["crosswalk"])
@click.option("--queue", is_flag=True, help="Put what reports say of each other into the reviewers' queue.")
@click.option("--bom/--no-bom", default=None, help="Begin with a byte order mark.  [default: in csv files]")
@store_option
@json_option
def panel(
    out: str | None,
    layout: Literal["csv", "jsonl"],
    wide: bool,
    status: Literal["accepted", "all"],
    indicators: tuple[str, ...],
    agency: str,
    years: str | None,
    agencies: str | None,
    shown: str | None,
    queue: bool,
    bom: bool | None,
    store: str | None,
    as_json: bool,
) -> None:
    """Put what the store holds together: agencies by years by indicators that mean the same in every form.

    Without --out or a list, a summary. Names are joined by fixed rules only; what is doubtful is listed and
    joined when you say so. A sum is accepted only if all its parts are.
    """
    from structurer.export import STDOUT
    from structurer.panel import Told, load_told
    from structurer.panel import panel as make
    from structurer.panel.writing import write_panel
    from structurer.store import open_store

    if sum((out is not None, shown is not None, queue)) > 1:
        raise click.UsageError("--out, --queue and the lists are one thing at a time")
    if as_json and out == STDOUT:
        raise click.UsageError("--json reports on the panel; it needs --out FILE")
    if wide and status == "all":
        raise click.UsageError("--wide holds accepted values only; --status all is for the long layout")
    if shown == "crosswalk":
        _put_crosswalk(indicators, as_json)
        return
    told = load_told(agencies) if agencies is not None else Told()
    with open_store(settings_of(store=store).store, create=False) as held:
        made = make(held, told=told, indicators=indicators, agency=agency, years=_span(years))
        if queue:
            if agency or years or indicators:
                raise click.UsageError(
                    "--queue is about all reports; leave --agency, --years and --indicator out"
                )
            _queue(made, as_json)
        elif out is not None:
            written = write_panel(made, out, format=layout, wide=wide, status=status, bom=bom)
            if as_json:
                put_json(asdict(written) | {"out": out})
            elif out != STDOUT:
                say(f"{written.rows:,} rows (agencies: {written.agencies:,}) written to {plain(out)}")
            _say_left(made)
        else:
            _put(made, shown, as_json)


def _span(years: str | None) -> tuple[int, int] | None:
    if years is None:
        return None
    found = _YEARS.fullmatch(years.strip())
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
    if first > last:
        raise Misused(f"--years {plain(years)}: a year or two, the earlier first, as in 2014-2023")
    return first, last


def _say_left(made: Panel) -> None:
    told = made.recognised
    if told.unplaced or told.suggestions:
        say(
            f"{counted(len(told.unplaced), 'report')} in no series,"
            f" {counted(len(told.suggestions), 'pair')} of names that may belong together:"
            " `structurer panel --agencies-seen` lists them"
        )


def _put(made: Panel, shown: str | None, as_json: bool) -> None:
    from structurer.console import terminal_width
    from structurer.console.panels import agencies_text, gaps_text, panel_findings_text, panel_text

    room = terminal_width()
    if shown == "agencies-seen":
        numbers = [number for one in made.agencies for s in one.spellings for number in s.documents]
        paths = made.paths([*numbers, *(one.number for one in made.recognised.unplaced)])
        if as_json:
            put_json(_seen(made, paths))
        else:
            put(agencies_text(made.agencies, made.recognised, paths, width=room))
    elif shown == "gaps":
        missing = list(made.gaps())
        if as_json:
            put_json([asdict(one) for one in missing])
        else:
            put(gaps_text(missing, width=room))
            if failed := made.failed():
                say(f"{counted(failed, 'file')} could not be imported; what is missing may be among them")
    elif shown == "findings":
        found = made.findings()
        if as_json:
            put_json([one.to_json() for one in found])
        else:
            _put_lines(panel_findings_text(found, width=room), "no report contradicts another")
    elif as_json:
        put_json(_summary(made))
    else:
        put(panel_text(made))


def _put_lines(lines: Iterable[str], otherwise: str) -> None:
    none = True
    for line in lines:
        put(line)
        none = False
    if none:
        put(otherwise)


def _summary(made: Panel) -> dict[str, Any]:
    told = made.recognised
    return {
        "agencies": len(made.agencies),
        "years": sorted({year for one in made.agencies for year in one.years}),
        "indicators": len(made.indicators),
        "findings": sum(1 for _ in made.findings()),
        "gaps": sum(len(one.years) for one in made.gaps()),
        "suggestions": len(told.suggestions),
        "unplaced": len(told.unplaced),
    }


def _seen(made: Panel, paths: dict[int, str]) -> dict[str, Any]:
    def documents(numbers: Iterable[int]) -> list[str]:
        return [paths.get(number, "") for number in numbers]

    return {
        "agencies": [
            {
                "name": one.name,
                "parent": one.parent,
                "years": one.years,
                "spellings": [
                    {"name": s.name, "years": s.years, "why": s.why, "documents": documents(s.documents)}
                    for s in one.spellings
                ],
            }
            for one in made.agencies
        ],
        "suggestions": [{"names": one.names, "why": one.why} for one in made.recognised.suggestions],
        "unplaced": [
            {"document": paths.get(one.number, ""), "why": one.why} for one in made.recognised.unplaced
        ],
    }


def _put_crosswalk(indicators: tuple[str, ...], as_json: bool) -> None:
    from structurer.console import terminal_width
    from structurer.console.panels import crosswalk_text
    from structurer.crosswalk import crosswalk
    from structurer.errors import UnknownIndicator

    walk = crosswalk()
    for key in indicators:
        if key not in walk.by_id:
            raise UnknownIndicator(key, [])
    keys = indicators or tuple(walk.by_id)
    if as_json:
        put_json([walk.by_id[key].model_dump(mode="json") for key in keys])
    else:
        put(crosswalk_text(walk, keys, width=terminal_width()))


def _queue(made: Panel, as_json: bool) -> None:
    """Notes which reports bind each other; the queue is computed from that and from what is decided."""
    links, changed, found = made.into_queue()
    if as_json:
        put_json({"links": links, "reports_changed": changed, "findings": found})
        return
    say(
        f"{counted(found, 'finding')} between reports joined the queue, {counted(links, 'pair')} of reports"
        f" bind each other ({counted(changed, 'report')} changed); `structurer queue` lists what is left"
    )


COMMANDS = (panel,)
