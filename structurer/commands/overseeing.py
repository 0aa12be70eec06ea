"""Commands for whoever plans the review and learns from it: review plan, agree, overruled."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from structurer.commands.common import counted, json_option, put, put_json, say, store_option
from structurer.commands.desk import as_option, desk_of, who
from structurer.commands.reviewing import review


@review.command("plan")
@click.option("--audit", type=click.FloatRange(0, 1), help="Share of the accepted values to look at anyway.")
@click.option("--overlap", type=click.FloatRange(0, 1), help="Share of the units that two reviewers decide.")
@click.option("--seed", type=int, help="Draws another sample.")
@click.option("--checks", type=click.IntRange(min=1), help="Mix in this many values known to be wrong.")
@as_option
@store_option
@json_option
def plan(by: str | None, checks: int | None, store: str | None, as_json: bool, **changed: Any) -> None:
    """Print how the queue is made, or change it for everybody."""
    given = {name: value for name, value in changed.items() if value is not None}
    with desk_of(store) as desk:
        now = desk.set_plan(who(by), **given) if given else desk.plan()
        planted = desk.plant(checks, who(by)) if checks else 0
    if as_json:
        put_json(now.model_dump() | ({"planted": planted} if checks else {}))
    else:
        put("\n".join(f"{name}: {value}" for name, value in now.model_dump().items()))
        if checks:
            say(f"{counted(planted, 'known-wrong value')} mixed in; `structurer agree` tells who noticed")


@click.command()
@click.option(
    "--by",
    "field",
    type=click.Choice(["indicator", "table", "reason"]),
    default="indicator",
    show_default=True,
    help="What a row is about.",
)
@store_option
@json_option
def agree(field: str, store: str | None, as_json: bool) -> None:
    """Say how far reviewers agree: percent, Cohen's kappa and Gwet's AC1 of the final values, with n.

    Read the three together: where nearly every answer accepts the value, kappa is low whatever they do.
    """
    from structurer.console.queueing import agreement_text

    with desk_of(store) as desk:
        measured, seeded = desk.agreement(field)
    if as_json:
        fields = {name: asdict(one) for name, one in measured.items()}
        put_json({"fields": fields, "checks": [asdict(one) for one in seeded]})
    else:
        put(agreement_text(measured, seeded))


@click.command()
@store_option
@json_option
def overruled(store: str | None, as_json: bool) -> None:
    """Say which rules and which ways of reading people overruled most: what to mend first."""
    from structurer.console.queueing import lessons_text

    with desk_of(store) as desk:
        found = desk.lessons()
    if as_json:
        put_json(asdict(found))
    else:
        put(lessons_text(found))


COMMANDS = (agree, overruled)
