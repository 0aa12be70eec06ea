"""What commands share: options, talk and data, and where a named document is found."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import IO, TYPE_CHECKING, Any, TypeVar

import click

from structurer.terminal import plain

if TYPE_CHECKING:
    from structurer.model.ledger import Estimate
    from structurer.observation import Extraction, Usage
    from structurer.settings import Settings

NO_REPORTS = (
    "no reports here; files named .txt, .text, .html, .htm, .mht, .md, .pdf, .docx or without a suffix"
    " are read, and archives of them"
)
NOT_ASKED = "no model was asked"
_Command = TypeVar("_Command", bound=Callable[..., Any])


class Said(click.ClickException):
    """An error that is one line on stderr, and exit code 1."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Prints the line."""
        click.echo(f"error: {self.message}", err=True)


class Misused(Said):
    """An error in how a command was called or set up: exit code 2."""

    exit_code = 2


def json_option(command: _Command) -> _Command:
    """Adds --json."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def store_option(command: _Command) -> _Command:
    """Adds --store."""
    text = "The store: sqlite:///FILE or postgresql://...  [default: sqlite:///structurer.db]"
    return click.option("--store", metavar="URL", help=text)(command)


def model_options(command: _Command) -> _Command:
    """Adds --model and what belongs to it; a command gets them as its `asking`."""
    options = (
        click.option(
            "--model", metavar="NAME", help="Model to ask about what stays open: NAME, PROVIDER:NAME or none."
        ),
        click.option("--base-url", metavar="URL", help="Address of an OpenAI-compatible endpoint."),
        click.option(
            "--ask",
            type=click.Choice(["open", "all", "none"]),
            help="What to ask: what is open, everything as a second reading, or nothing.  [default: open]",
        ),
        click.option("--max-cost", type=float, metavar="N", help="Stop asking before a run costs more."),
        click.option(
            "--max-tokens", type=int, metavar="N", help="Stop asking before a run uses more tokens."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def full_option(command: _Command) -> _Command:
    """Adds --full."""
    text = "Show rows of zeros and everything that needs a look."
    return click.option("--full", is_flag=True, help=text)(command)


def say(text: str) -> None:
    """A line of talk, on stderr."""
    click.echo(text, err=True)


def put(text: str, end: str = "\n") -> None:
    """Lines of data, on stdout, in UTF-8 whatever the terminal."""
    click.echo((text + end).encode("utf-8"), nl=False)


def counted(number: int, thing: str) -> str:
    """`1 value`, `2 values`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def put_json(value: object) -> None:
    """A value as indented JSON, on stdout."""
    put(json.dumps(value, ensure_ascii=False, indent=2))


def settings_of(**given: Any) -> Settings:
    """The settings in force. Raises SettingsError."""
    from structurer.settings import load_settings

    return load_settings(**given)


def without_model(settings: Settings) -> Settings:
    """The settings, but no model is asked: for commands that only look."""
    return settings.model_copy(update={"model": None})


def model_said(settings: Settings, usage: Usage | None, problem: str) -> str:
    """What asking came to, as the end of a sentence about what stays open."""
    if usage is None or not (usage.calls or usage.cached_calls or problem):
        return NOT_ASKED
    told = f"{plain(settings.model or '')}: {counted(usage.calls, 'call')}"
    if usage.calls:
        cost = "no price is set" if usage.cost is None else f"cost {usage.cost:.4f}"
        told += f", {usage.prompt_tokens:,} + {usage.completion_tokens:,} tokens, {cost}"
    if usage.cached_calls:
        told += f"; {counted(usage.cached_calls, 'answer')} known already"
    return f"{told}; not everything was answered: {plain(problem)}" if problem else told


def estimate_text(settings: Settings, estimate: Estimate) -> str:
    """What asking would use, for a dry run."""
    lines = [
        f"{plain(settings.model or '')}: {counted(estimate.calls, 'call')},"
        f" {counted(estimate.cached, 'answer')} known already",
        f"  {estimate.prompt_tokens:,} prompt tokens ({estimate.counter})",
        f"  {estimate.completion_tokens:,} tokens in answers, at most {estimate.most_completion_tokens:,}",
    ]
    if estimate.cost is None:
        from structurer.model.ledger import how_to_price

        lines.append(f"  cost unknown: {how_to_price(plain(settings.model or ''))}")
    else:
        at = ""
        if estimate.batch_share is not None:
            at = f", at {estimate.batch_share:.0%} of the price, as in a batch"
        lines.append(f"  cost {estimate.cost:.4f}, at most {estimate.most_cost:.4f}{at}")
    return "\n".join(lines)


def find_document(key: str, settings: Settings) -> Extraction:
    """The extraction of a file that exists, made now; else of a document in the store.

    Raises StoreError when the store does not know it either, and Said for a file that cannot be used.
    """
    from structurer.bulk import Failure, attempt
    from structurer.read.archive import split
    from structurer.store import open_store

    if not (os.path.exists(key) or split(key)):
        with open_store(settings.store, create=False) as store:
            return store.get(key)
    found = attempt(key, settings=without_model(settings))
    if isinstance(found, Failure):
        raise Said(f"{plain(found.path)}: {plain(found.reason)}")
    return found
