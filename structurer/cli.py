"""The command line: `structurer COMMAND`. Heavy imports wait inside the commands, so that --help is quick."""

from __future__ import annotations

import errno
import sys
from typing import Any

import click

from structurer._version import __version__
from structurer.commands import (
    about,
    answers,
    charting,
    deciding,
    moving,
    overseeing,
    paneling,
    reading,
    reviewing,
    scoring,
    serving,
)
from structurer.commands.common import Misused, Said
from structurer.errors import SettingsError, StructurerError
from structurer.terminal import plain


class Commands(click.Group):
    """A group whose commands may raise named errors: the user sees one line, never a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Runs a command; named errors and failing files become a line on stderr."""
        try:
            return super().invoke(ctx)
        except StructurerError as error:
            raise (Misused if isinstance(error, SettingsError) else Said)(plain(str(error))) from None
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise
            place = f"{plain(str(error.filename))}: " if error.filename else ""
            raise Said(f"{place}{error.strerror or plain(str(error))}") from None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="structurer")
def cli() -> None:
    """Turns agencies' annual reports on information disclosure into figures one can trust.

    Data goes to stdout, talk to stderr. Exit code 0: done; 1: some documents failed, the rest is kept;
    2: wrong usage.
    """


MODULES = (
    reading,
    moving,
    paneling,
    charting,
    reviewing,
    deciding,
    overseeing,
    scoring,
    serving,
    answers,
    about,
)

for module in MODULES:
    for command in module.COMMANDS:
        cli.add_command(command)


def main() -> None:
    """Entry point of the `structurer` command."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="backslashreplace")
    cli(prog_name="structurer")
