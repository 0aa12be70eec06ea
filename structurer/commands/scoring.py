"""The command that compares extractions with the truth: evaluate."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from structurer.commands.common import Said, json_option, put, put_json, say, settings_of, without_model
from structurer.terminal import plain

if TYPE_CHECKING:
    from structurer.bulk import Failure
    from structurer.evaluate import Gold, Score
    from structurer.observation import Extraction
    from structurer.settings import Settings


@click.command()
@click.argument("gold", metavar="GOLD")
@click.argument("paths", metavar="[PATH...]", nargs=-1)
@json_option
@click.pass_context
def evaluate(ctx: click.Context, gold: str, paths: tuple[str, ...], as_json: bool) -> None:
    """Score extractions against true values.

    GOLD is a JSONL file of true values. PATH is either output to be scored (a .jsonl file of extractions)
    or a folder where the reports lie that GOLD names; without one they are sought beside GOLD and
    extracted now.
    Exit code 1 when a wrong value is accepted or a report cannot be scored.
    """
    from structurer.evaluate import Score, read_gold, render, score

    settings = without_model(settings_of())
    outputs = _outputs([path for path in paths if path.endswith(".jsonl")])
    folders = [path for path in paths if not path.endswith(".jsonl")] or [os.path.dirname(gold)]
    total, missing = Score(), 0
    for truth in read_gold(gold):
        found = _output(outputs, truth) if outputs else _extraction(truth, folders, settings)
        if found is None:
            missing += 1
            say(f"error: {plain(truth.path)}: nothing to score")
        elif isinstance(found, str):
            missing += 1
            say(f"error: {found}")
        else:
            total += score(found, truth)
    if as_json:
        put_json(_summary(total) | {"missing": missing})
    else:
        put(render(total))
    ctx.exit(1 if missing or total.tally().false else 0)


def _outputs(paths: list[str]) -> dict[str, Extraction]:
    return {found.document.path: found for path in paths for found in _read(path)}


def _read(path: str) -> Iterator[Extraction]:
    from pydantic import ValidationError

    from structurer.observation import Extraction

    with open(path, encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, 1):
            try:
                if line.strip():
                    yield Extraction.model_validate(json.loads(line))
            except (ValueError, ValidationError) as error:
                first = str(error).splitlines()[0]
                raise Said(f"{plain(path)}:{number}: no extraction: {plain(first)}") from None


def _output(outputs: dict[str, Extraction], truth: Gold) -> Extraction | None:
    """The output for a gold document: by its path, else by its file name where only one has it."""
    if truth.path in outputs:
        return outputs[truth.path]
    same = [
        found for path, found in outputs.items() if os.path.basename(path) == os.path.basename(truth.path)
    ]
    return same[0] if len(same) == 1 else None


def _extraction(truth: Gold, folders: list[str], settings: Settings) -> Extraction | str | None:
    from structurer.bulk import Failure, attempt

    for folder in folders:
        path = Path(folder, truth.path)
        if path.exists():
            found: Extraction | Failure = attempt(str(path), settings=settings)
            return f"{plain(found.path)}: {plain(found.reason)}" if isinstance(found, Failure) else found
    return None


def _summary(total: Score) -> dict[str, object]:
    return {
        "documents": total.documents,
        "all": total.tally().model_dump(),
        "zero": total.tally(kind="zero").model_dump(),
        "nonzero": total.tally(kind="nonzero").model_dump(),
        "tables": {
            table: total.tally(table=table).model_dump()
            for table in sorted({name for name, _ in total.tallies})
        },
        "violations": {
            "expected": total.violations_expected,
            "found": total.violations_found,
            "spurious": total.violations_spurious,
        },
    }


COMMANDS = (evaluate,)
