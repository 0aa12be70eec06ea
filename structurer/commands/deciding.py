"""Commands that decide, singly, many at once or from a file; log and review export tell what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import IO, TYPE_CHECKING, Any

import click

from structurer.commands.common import counted, json_option, put, put_json, say, store_option
from structurer.commands.desk import CONFLICT, DONE, as_option, desk_of, filter_options, put_decided, who
from structurer.commands.reviewing import review
from structurer.terminal import plain

if TYPE_CHECKING:
    from structurer.review.events import Event


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
    put_decided(made, as_json)


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
    put_decided(made, as_json)


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
    from structurer.desk.shapes import batch_json

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
    from structurer.desk.shapes import acts_json

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


COMMANDS = (decide, accept, undo, redo, log)
