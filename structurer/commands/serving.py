"""The command that answers other programs: serve."""

from __future__ import annotations

import os
from importlib.util import find_spec

import click

from structurer.commands.common import Misused, model_options, put_json, say, settings_of, store_option
from structurer.terminal import plain

_NEEDS = ("fastapi", "uvicorn", "python_multipart")
_MISSING = "this needs the extra `service`: pip install 'structurer[service]'"


@click.command()
@store_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to bind to.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: any that is free."
)
@click.option(
    "--token-file",
    metavar="FILE",
    help="Tokens that are let in: one a line, `TOKEN` or `TOKEN REVIEWER`.  [default: $STRUCTURER_TOKENS]",
)
@click.option(
    "--allow-host",
    metavar="NAME",
    multiple=True,
    help="A name it is called by; repeatable.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    help="Processes that read reports.  [default: one a core, at most 4]",
)
@click.option(
    "--max-upload", type=click.IntRange(min=1), metavar="BYTES", help="Of one request.  [default: 100000000]"
)
@click.option("--queue", type=click.IntRange(min=1), metavar="N", help="Jobs kept waiting.  [default: 100]")
@click.option(
    "--rate",
    type=click.IntRange(min=1),
    metavar="N",
    help="Requests a minute, each token.  [default: 600]",
)
@click.option(
    "--job-timeout",
    type=click.FloatRange(min=0.1),
    metavar="SECONDS",
    help="Stops a job.  [default: 600]",
)
@click.option(
    "--grace",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="Wait so long when stopped.  [default: 10]",
)
@click.option(
    "--keep-jobs",
    type=click.FloatRange(min=0.01),
    metavar="DAYS",
    help="Forget a job so long after it ended; what it imported stays.  [default: 30]",
)
@click.option("--quiet", is_flag=True, help="Log no requests.")
@click.option("--openapi", is_flag=True, help="Print the OpenAPI document and serve nothing.")
@model_options
def serve(
    store: str | None,
    host: str,
    port: int,
    token_file: str | None,
    allow_host: tuple[str, ...],
    workers: int | None,
    max_upload: int | None,
    queue: int | None,
    rate: int | None,
    job_timeout: float | None,
    grace: float | None,
    keep_jobs: float | None,
    quiet: bool,
    openapi: bool,
    **asking: object,
) -> None:
    """Answer other programs over HTTP: submit reports, fetch extractions, review, export.

    Needs the extra `service`. Only this machine can call unless --host says otherwise, and that takes
    tokens. Requests are logged to stderr, tokens never. A signal stops it; jobs that are not through go on
    when it is started again.
    """
    if not all(map(find_spec, _NEEDS)):
        raise Misused(_MISSING)
    if openapi:
        from structurer.service.app import bare_app

        put_json(bare_app().openapi())
        return
    from structurer.service.limits import Limits
    from structurer.service.serving import serve as run
    from structurer.service.tokens import read_tokens, readable_by_others

    tokens = read_tokens(token_file)
    if token_file is not None and readable_by_others(token_file):
        say(f"note: {plain(token_file)} can be read by other users; `chmod 600` keeps it to yours")
    given = {
        "workers": workers or min(os.cpu_count() or 1, 4),
        "upload": max_upload,
        "jobs": queue,
        "rate": rate,
        "job_seconds": job_timeout,
        "grace": grace,
        "keep_days": keep_jobs,
    }
    limits = Limits(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    run(
        settings_of(store=store, **asking),
        host=host,
        port=port,
        tokens=tokens,
        limits=limits,
        hosts=allow_host,
        say=lambda line: say(plain(line)),
        log=not quiet,
    )


COMMANDS = (serve,)
