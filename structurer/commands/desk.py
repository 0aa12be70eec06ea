"""What commands for reviewers share: who decides, over which store, about which part of the queue."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from structurer.commands.common import Said, put, put_json, settings_of
from structurer.terminal import plain

if TYPE_CHECKING:
    from structurer.desk.deciding import Decided
    from structurer.desk.desk import Desk

DONE, LEFT, CONFLICT = 0, 3, 4
REVIEWER = "STRUCTURER_REVIEWER"
_Command = TypeVar("_Command", bound=Callable[..., Any])


class Conflicted(Said):
    """Claimed by somebody else, or changed since it was shown: exit code 4."""

    exit_code = CONFLICT


def as_option(command: _Command) -> _Command:
    """Adds --as."""
    text = f"Who decides.  [default: ${REVIEWER}, else the login name]"
    return click.option("--as", "by", metavar="NAME", help=text)(command)


def filter_options(command: _Command) -> _Command:
    """Adds the options that narrow the queue."""
    for option in (
        click.option("--document", metavar="DOC", default="", help="Only this document, by path or id."),
        click.option("--reason", metavar="REASON", default="", help="Only this reason or state."),
        click.option("--rule", metavar="RULE", default="", help="Only what breaks this rule."),
        click.option("--table", metavar="TABLE", default="", help="Only this table, as in applications."),
        click.option("--year", type=int, help="Only reports on this year."),
        click.option("--agency", metavar="TEXT", default="", help="Only agencies with this in their name."),
    ):
        command = option(command)
    return command


@contextmanager
def desk_of(store: str | None, *, blind: bool = False) -> Iterator[Desk]:
    """The desk over the store in force; a conflict becomes exit code 4, another error of reviewing 2."""
    from structurer.desk.desk import Desk
    from structurer.errors import Conflict, ReviewError
    from structurer.store import open_store

    try:
        with open_store(settings_of(store=store).store, create=False) as opened:
            yield Desk(opened, blind=blind)
    except Conflict as error:
        raise Conflicted(plain(str(error))) from None
    except ReviewError as error:
        raise click.UsageError(plain(str(error))) from None


def who(by: str | None) -> str:
    """Who reviews: as given, else as the environment says, else the login name. Never blank."""
    from structurer.review.events import reviewer_name

    if by is not None:
        return reviewer_name(by)
    name = os.environ.get(REVIEWER)
    if not name:
        try:
            name = getpass.getuser()
        except (OSError, KeyError):
            name = ""
    return reviewer_name(name)


def put_decided(made: Decided, as_json: bool) -> None:
    """Prints what was decided, and the sums that bind it, worked out again."""
    from structurer.console import terminal_width
    from structurer.console.ink import Ink
    from structurer.console.item import outcome_line, sum_lines
    from structurer.desk.shapes import decided_json

    if as_json:
        put_json(decided_json(made))
        return
    put(f"{outcome_line(made.event)}: {plain(made.event.indicator)} is {made.state}")
    put("\n".join(sum_lines(made.sums, terminal_width(), Ink())))
