"""Commands about answers already paid for: cache stats, clear, verify."""

from __future__ import annotations

from dataclasses import asdict

import click

from structurer.commands.common import counted, json_option, put, put_json, say, settings_of
from structurer.terminal import plain

_dir_option = click.option(
    "--dir", "folder", metavar="FOLDER", help="The cache's folder, if not the usual one."
)


@click.group()
def cache() -> None:
    """Look after the answers that models have given: what was asked once is not paid for again."""


@cache.command()
@_dir_option
@json_option
def stats(folder: str | None, as_json: bool) -> None:
    """Say how much is kept, by model and by prompt."""
    from structurer.cache import open_cache

    with open_cache(settings_of(cache_dir=folder)) as opened:
        found = opened.stats()
    if as_json:
        put_json(asdict(found))
        return
    put(f"{plain(found.folder)}: {counted(found.answers, 'answer')}, {found.bytes:,} bytes")
    put(f"  paid for once: {found.prompt_tokens:,} prompt tokens, {found.completion_tokens:,} in answers")
    for kind, held in (("model", found.models), ("prompt", found.prompts)):
        for name, number in sorted(held.items()):
            put(f"  {number:>8,}  {kind} {plain(name)}")


@cache.command()
@_dir_option
@click.option("--model", metavar="NAME", help="Only the answers of this model.")
@json_option
def clear(folder: str | None, model: str | None, as_json: bool) -> None:
    """Forget answers; what is asked again will be paid for again."""
    from structurer.cache import open_cache

    with open_cache(settings_of(cache_dir=folder)) as opened:
        gone = opened.clear(model)
    if as_json:
        put_json({"cleared": gone})
    else:
        say(f"{counted(gone, 'answer')} forgotten")


@cache.command()
@_dir_option
@click.option("--mend", is_flag=True, help="Forget what is damaged; it will be asked again.")
@json_option
@click.pass_context
def verify(ctx: click.Context, folder: str | None, mend: bool, as_json: bool) -> None:
    """Read every answer and check that it is whole. Exit code 1 when one is not."""
    from structurer.cache import open_cache

    with open_cache(settings_of(cache_dir=folder)) as opened:
        whole, broken = opened.verify(mend=mend)
    if as_json:
        put_json({"whole": whole, "broken": broken, "mended": mend})
    else:
        put(f"{counted(whole, 'answer')} whole, {len(broken)} damaged")
        for key in broken:
            put(f"  damaged: {plain(key)}")
    ctx.exit(1 if broken and not mend else 0)


COMMANDS = (cache,)
