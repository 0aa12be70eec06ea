"""Commands for reviewers: queue, review, decide, undo, redo, log, accept, release, agree, overruled."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import IO, TYPE_CHECKING, Any, TypeVar

import click

from structurer.commands.common import (
    Said,
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
    from structurer.review.desk import Decided, Desk
    from structurer.review.events import Event
    from structurer.review.views import Task

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
    from structurer.errors import Conflict, ReviewError
    from structurer.review.desk import Desk
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
    from structurer.review.shapes import queue_json

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


@review.command("add")
@click.argument("document", metavar="DOC")
@click.argument("indicator")
@click.option("--value", required=True, metavar="V", help="The value that was missed.")
@click.option("--quote", default="", help="The words of the report that print it.")
@click.option("--reason", default="", help="Why.")
@as_option
@store_option
@json_option
def add(
    document: str,
    indicator: str,
    value: str,
    quote: str,
    reason: str,
    by: str | None,
    store: str | None,
    as_json: bool,
) -> None:
    """Add a value that was missed."""
    from structurer.review.values import read_value

    with desk_of(store) as desk:
        read = read_value(value, indicator, desk.book)
        made = desk.add(document, indicator, read, who(by), quote=quote, reason=reason)
    _put_decided(made, as_json)


@review.command("apply")
@click.argument("file", type=click.File("r", encoding="utf-8-sig"), metavar="FILE")
@as_option
@store_option
@json_option
@click.pass_context
def apply_(ctx: click.Context, file: IO[str], by: str | None, store: str | None, as_json: bool) -> None:
    """Store the decisions of a JSONL FILE (- is stdin), each once however often it is applied.

    Lines as `review export` writes them, or {"item": ID, "kind": "accept|correct|reject|unknown|later|flag",
    "value": ..., "reason": ...}. Exit code 4: some are claimed by somebody else, or stale.
    """
    with desk_of(store) as desk:
        done = desk.apply(file, getattr(file, "name", "-"), by=who(by))
    for conflict in done.conflicts:
        say(f"conflict: {plain(conflict)}")
    if as_json:
        put_json(asdict(done))
    else:
        say(
            f"{counted(done.applied, 'decision')} stored, {done.known} known already,"
            f" {len(done.conflicts)} in conflict"
        )
    ctx.exit(CONFLICT if done.conflicts else DONE)


@review.command("export")
@click.option("--out", metavar="FILE", required=True, help="Where to; - is stdout.")
@store_option
def export_decisions(out: str, store: str | None) -> None:
    """Write every decision as a line of JSON; `review apply` reads it again anywhere."""
    from structurer.export import opened
    from structurer.review.events import to_line

    with desk_of(store) as desk, opened(out) as stream:
        count = 0
        for event in desk.decisions():
            stream.write(to_line(event).encode() + b"\n")
            count += 1
    if out != "-":
        say(f"{counted(count, 'event')} written to {plain(out)}")


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
@click.argument("item", metavar="ID")
@click.argument("kind", type=click.Choice(["accept", "correct", "reject", "unknown", "later", "flag"]))
@click.option("--value", metavar="V", help="For correct: the right value; blank for a place left blank.")
@click.option("--reason", default="", help="Why.")
@click.option("--seen", metavar="SHA", default="", help="seen_sha of what was shown; refuse if it changed.")
@click.option("--settle", is_flag=True, help="Final, whatever other reviewers decided.")
@as_option
@store_option
@json_option
def decide(
    item: str,
    kind: Any,
    value: str | None,
    reason: str,
    seen: str,
    settle: bool,
    by: str | None,
    store: str | None,
    as_json: bool,
) -> None:
    """Decide about one item, and print the rules that bind it, worked out again.

    ID is an item's id, the beginning of one, or DOC:INDICATOR for any value. `unknown` means wrong, but
    the right value cannot be told. Exit code 4: claimed by somebody else, or changed since it was shown.
    """
    from structurer.review.values import read_value

    if (value is not None) != (kind == "correct"):
        raise click.UsageError("correct takes --value V" if kind == "correct" else f"{kind} takes no --value")
    with desk_of(store) as desk:
        read = read_value(value, desk.show(item).indicator, desk.book) if value is not None else None
        made = desk.decide(item, kind, who(by), value=read, reason=reason, seen=seen, settles=settle)
    _put_decided(made, as_json)


def _put_decided(made: Decided, as_json: bool) -> None:
    from structurer.console import terminal_width
    from structurer.console.ink import Ink
    from structurer.console.item import outcome_line, sum_lines
    from structurer.review.shapes import decided_json

    if as_json:
        put_json(decided_json(made))
        return
    put(f"{outcome_line(made.event)}: {plain(made.event.indicator)} is {made.state}")
    put("\n".join(sum_lines(made.sums, terminal_width(), Ink())))


@click.command()
@as_option
@store_option
@json_option
def undo(by: str | None, store: str | None, as_json: bool) -> None:
    """Take back your latest decision; again for the one before, as far back as you like."""
    with desk_of(store) as desk:
        _put_turned(desk.undo(who(by)), "taken back", as_json)


@click.command()
@as_option
@store_option
@json_option
def redo(by: str | None, store: str | None, as_json: bool) -> None:
    """Restore what you took back last, unless you have decided something since."""
    with desk_of(store) as desk:
        _put_turned(desk.redo(who(by)), "restored", as_json)


def _put_turned(acts: Sequence[Event], word: str, as_json: bool) -> None:
    from structurer.review.shapes import acts_json

    if as_json:
        put_json(acts_json(acts))
    elif not acts:
        say("nothing to undo" if word == "taken back" else "nothing to redo")
    for act in () if as_json else acts:
        put(f"{word}: {act.kind} of {plain(act.indicator)} ({act.item})")


@click.command()
@click.argument("item", metavar="ID")
@store_option
@json_option
def log(item: str, store: str | None, as_json: bool) -> None:
    """Print everything that was done about one item: who, when, what, and what was seen."""
    from structurer.console.queueing import log_text
    from structurer.review.views import told

    with desk_of(store) as desk:
        found = desk.log(item)
    if as_json:
        put_json(told(found))
    else:
        put(log_text(found))


@click.command()
@click.option("--where", type=click.Choice(["proven"]), required=True, help="proven: the sums prove it.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True, help="At most so many.")
@click.option("--dry-run", is_flag=True, help="Say what would be accepted; decide nothing.")
@filter_options
@as_option
@store_option
@json_option
def accept(
    where: str, limit: int, dry_run: bool, by: str | None, store: str | None, as_json: bool, **narrow: Any
) -> None:
    """Accept many items at once, where there is a proof, and print every value. One undo takes all back.

    Proven: printed (or the only value that fits), bound by hard edits that all hold, no soft edit against
    it. Audit samples are never accepted in a batch.
    """
    from structurer.console.item import value_text
    from structurer.review.shapes import batch_json

    with desk_of(store) as desk:
        views = desk.accept_proven(who(by), limit=limit, filters=desk.filters(**narrow), dry_run=dry_run)
    if as_json:
        put_json(batch_json(views, dry_run=dry_run))
        return
    for view in views:
        place = "" if view.on_page else "  (not on the page)"
        agency = plain(view.document.agency or "")
        put(f"{view.id}  {value_text(view.value):>8}  {plain(view.label)}{place}  {agency}")
    say(
        f"{counted(len(views), 'item')} {'would be ' if dry_run else ''}accepted"
        + ("" if dry_run or not views else "; `undo` takes all back")
    )


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


COMMANDS = (queue, review, decide, undo, redo, log, accept, release, agree, overruled)
