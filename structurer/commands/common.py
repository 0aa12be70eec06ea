"""What commands share: options, talk and data, and where a named document is found."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import IO, TYPE_CHECKING, Any, TypeVar

import click

from structurer.terminal import plain

if TYPE_CHECKING:
    from structurer.observation import Extraction
    from structurer.settings import Settings

NO_REPORTS = "no reports here; files named .txt, .text, .html, .htm, .md or without a suffix are read"
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


def model_option(command: _Command) -> _Command:
    """Adds --model."""
    text = "Model to ask about what stays open; this version works without one."
    return click.option("--model", metavar="none", help=text)(command)


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
    """The settings in force. Says so when a model is asked for, which this version cannot do.

    Raises SettingsError, and a usage error for a model named on the command line.
    """
    from structurer.settings import NO_MODEL, load_settings

    if given.get("model") not in (None, NO_MODEL):
        raise click.UsageError("this version asks no model; leave --model out, or say --model none")
    settings = load_settings(**given)
    if settings.model:
        say(f"note: the model {plain(settings.model)} is configured, but this version asks none")
    return settings


def find_document(key: str, settings: Settings) -> Extraction:
    """The extraction of a file that exists, made now; else of a document in the store.

    Raises StoreError when the store does not know it either, and Said for a file that cannot be used.
    """
    from structurer.bulk import Failure, attempt
    from structurer.store import open_store

    if not os.path.exists(key):
        with open_store(settings.store, create=False) as store:
            return store.get(key)
    found = attempt(key, settings=settings)
    if isinstance(found, Failure):
        raise Said(f"{plain(found.path)}: {plain(found.reason)}")
    return found
