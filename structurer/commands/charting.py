"""The command that draws what a store holds: dashboard."""

from __future__ import annotations

import click

from structurer.commands.common import counted, json_option, put_json, say, settings_of, store_option
from structurer.terminal import plain


@click.command()
@click.option("--html", "out", metavar="FILE", required=True, help="Where to; - is stdout.")
@click.option(
    "--pages/--no-pages",
    default=True,
    help="Write the pages of the reports it names beside it, and link to them.  [default: pages]",
)
@store_option
@json_option
def dashboard(out: str, pages: bool, store: str | None, as_json: bool) -> None:
    """Draw what the store holds as one HTML page: coverage, statuses, broken rules, outliers, runs.

    The page stands alone: it needs no network, runs no script and can be mailed. The pages of the reports it
    names go into the folder NAME-pages beside it; without that folder its links lead nowhere.
    """
    from structurer.dashboard import addresses, collect, folder_of, named, write_pages
    from structurer.dashboard import dashboard as draw
    from structurer.export import STDOUT, opened
    from structurer.forms import load_forms
    from structurer.store import open_store

    if as_json and out == STDOUT:
        raise click.UsageError("--json reports on the page; it needs --html FILE")
    settings, forms = settings_of(store=store), load_forms()
    links: dict[str, str] = {}
    with open_store(settings.store, create=False) as held:
        overview = collect(held, forms)
        if pages and out != STDOUT:
            links = addresses(named(overview), folder_of(out))
        made = draw(overview, forms, links).encode()
        if links:
            write_pages(held, forms, links, folder_of(out), limit=settings.max_bytes)
    with opened(out) as stream:
        stream.write(made)
    if as_json:
        put_json({"out": out, "reports": overview.reports, "pages": len(links)})
    elif out != STDOUT:
        with_pages = f", {counted(len(links), 'page')} of reports beside it" if links else ""
        say(f"dashboard of {counted(overview.reports, 'report')} written to {plain(out)}{with_pages}")


COMMANDS = (dashboard,)
