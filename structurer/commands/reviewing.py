"""Commands that show reviewers what is left: queue, review, review next, review show, release."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from structurer.commands.common import counted, json_option, put, put_json, say, store_option
from structurer.commands.desk import DONE, LEFT, as_option, desk_of, filter_options, who
from structurer.terminal import plain

if TYPE_CHECKING:
    from structurer.desk.desk import Desk
    from structurer.review.views import Task


@click.command()
@filter_options
@click.option(
    "--limit", type=click.IntRange(min=0), default=20, show_default=True, help="Items listed; 0: all."
)
@store_option
@json_option
@click.pass_context
def queue(ctx: click.Context, /, limit: int, store: str | None, as_json: bool, **narrow: Any) -> None:
    """List what is left to review, most suspicious first, with the reason for each.

    Exit code 0: nothing is left; 3: items are left.
    """
    from structurer.desk.shapes import queue_json

    with desk_of(store) as desk:
        left, entries = desk.queue(desk.filters(**narrow), limit or None)
    if as_json:
        put_json(queue_json(left, entries))
    else:
        from structurer.console import terminal_width
        from structurer.console.queueing import queue_text

        put(queue_text(left, entries, width=terminal_width()))
    ctx.exit(LEFT if left.total else DONE)


@click.group(invoke_without_command=True)
@filter_options
@as_option
@click.option("--blind", is_flag=True, help="Hide the machine's value until you have given yours.")
@store_option
@click.pass_context
def review(ctx: click.Context, /, by: str | None, blind: bool, store: str | None, **narrow: Any) -> None:
    """Review what is left, item by item, with the page beside the value.

    Without a subcommand this is the line mode: type a key, then Enter. Every decision is stored at once.
    Exit code 0: nothing is left; 3: items are left.
    """
    if ctx.invoked_subcommand is not None:
        # What stands before the subcommand is meant for it: a store named there must not be passed over.
        given = {"store": store, "by": by, "blind": blind or None, **narrow}
        set_here = {name: value for name, value in given.items() if value not in (None, "")}
        ctx.default_map = {ctx.invoked_subcommand: set_here}
        return
    with desk_of(store, blind=blind) as desk:
        tally = _session(desk, who(by), desk.filters(**narrow)).run()
    ctx.exit(LEFT if tally.left.total else DONE)


def _session(desk: Desk, by: str, filters: Any) -> Any:
    from structurer.console import terminal_width, wants_color
    from structurer.console.ink import Ink
    from structurer.console.reviewing import Session

    screen = sys.stdin.isatty() and sys.stdout.isatty()
    if screen:
        import contextlib

        with contextlib.suppress(ImportError):
            import readline  # noqa: F401  so that a typed line can be edited
    return Session(
        desk, by, ask=_asker(screen), put=put, room=terminal_width(), ink=Ink(wants_color(sys.stdout)),
        filters=filters, screen=screen,
    )  # fmt: skip


def _asker(screen: bool) -> Callable[[str], str | None]:
    def ask(prompt: str) -> str | None:
        try:
            if screen:
                return input(prompt)
            line = sys.stdin.readline()
            # Without a terminal nobody echoes what was typed; a log has to show it.
            put(prompt + plain(line.rstrip("\n")))
            return line.rstrip("\n") if line else None
        except (EOFError, KeyboardInterrupt):
            put("")
            return None

    return ask


@review.command("next")
@filter_options
@as_option
@click.option("--blind", is_flag=True, help="Hide the machine's value.")
@store_option
@json_option
@click.pass_context
def next_(
    ctx: click.Context, /, by: str | None, blind: bool, store: str | None, as_json: bool, **narrow: Any
) -> None:
    """Claim the next unit and print it: a table or a section with its open fields.

    Exit code 0: nothing is left; 3: items are left. When others hold all of them, nothing is printed
    (null with --json) and the exit code is 3.
    """
    with desk_of(store) as desk:
        filters = desk.filters(**narrow)
        task = desk.next(who(by), filters, blind=blind)
        left = desk.left(filters)
    if task is None and left.total:
        say(f"{counted(left.total, 'item')} left, but none for you now: claimed, flagged, or decided by you")
    if as_json:
        put_json(task.to_json() if task is not None else None)
    elif task is not None:
        _put_task(task)
    ctx.exit(LEFT if left.total else DONE)


def _put_task(task: Task) -> None:
    from structurer.console import terminal_width
    from structurer.console.ink import Ink
    from structurer.console.item import item_lines, task_lines

    room, ink = terminal_width(), Ink()
    put("\n".join(task_lines(task, room, ink, 30)))
    for item in task.items:
        put("\n".join([*item_lines(item, room, ink), f"item   {item.id}"]))


@review.command("show")
@click.argument("item", metavar="ID")
@click.option("--blind", is_flag=True, help="Hide the machine's value.")
@store_option
@json_option
def show_item(item: str, blind: bool, store: str | None, as_json: bool) -> None:
    """Print one item: ID is an item's id, the beginning of one, or DOC:INDICATOR for any value."""
    from structurer.console import terminal_width
    from structurer.console.ink import Ink
    from structurer.console.item import item_lines

    with desk_of(store) as desk:
        view = desk.show(item, blind=blind)
    if as_json:
        put_json(view.to_json())
    else:
        put("\n".join([*item_lines(view, terminal_width(), Ink()), f"item   {view.id}"]).lstrip("\n"))


@click.command()
@click.option("--of", "other", metavar="NAME", default="", help="Free what another reviewer holds.")
@as_option
@store_option
@json_option
def release(other: str, by: str | None, store: str | None, as_json: bool) -> None:
    """Free the units you hold, so that others get them."""
    with desk_of(store) as desk:
        units = desk.release(who(by), of=other)
    if as_json:
        put_json(units)
    else:
        say(f"{counted(len(units), 'unit')} free")


COMMANDS = (queue, review, release)
