"""Extractions as files for other programs: JSON Lines, one document a line, and CSV, one value a row."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from structurer.observation import Extraction, Observation

Format = Literal["jsonl", "csv"]
Which = Literal["accepted", "all"]

COLUMNS = (
    "document", "path", "agency", "year", "table", "indicator", "label", "value", "unit", "qualifier",
    "period", "as_of", "scope", "printed", "status", "accepted", "quote", "start", "end",
    "methods", "rules", "assumes", "candidates",
)  # fmt: skip
"""Columns of the CSV. `quote`, `start` and `end` are those of the first evidence."""

STDOUT = "-"
_JOIN = " | "
#: What makes a spreadsheet take a text for a formula, wide forms included.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class Exported:
    """How much an export wrote."""

    documents: int
    observations: int


def export(
    extractions: Iterable[Extraction],
    out: str | os.PathLike[str],
    *,
    format: Format,
    status: Which = "accepted",
    bom: bool | None = None,
) -> Exported:
    """Writes extractions to a file, whole or not at all; `-` is standard output.

    `status="accepted"` leaves out what still has to be looked at. A CSV file begins with a byte order
    mark, so that spreadsheets read its Chinese right; `bom` says otherwise.
    Raises OSError when the file cannot be written; what stood there before is then still there.
    """
    with opened(out) as stream:
        if bom if bom is not None else format == "csv" and out != STDOUT:
            stream.write(b"\xef\xbb\xbf")
        write = _csv if format == "csv" else _jsonl
        documents = observations = 0
        for extraction in write(extractions, stream.write, status):
            documents += 1
            observations += sum(1 for _ in _chosen(extraction, status))
    return Exported(documents, observations)


def json_line(extraction: Extraction, status: Which = "all") -> str:
    """An extraction in the shape of the contract, on one line."""
    made = extraction.to_json()
    if status == "accepted":
        made["observations"] = [found for found in made["observations"] if found["accepted"]]
    return json.dumps(made, ensure_ascii=False, separators=(",", ":"))


def csv_row(extraction: Extraction, observation: Observation) -> list[str | int | float | None]:
    """An observation as the cells of COLUMNS; text that a spreadsheet would compute gets an apostrophe."""
    document = extraction.document
    first = next(iter(observation.evidence), None)
    return [
        document.id,
        defused(document.path),
        defused(document.agency),
        document.year,
        observation.indicator.partition(".")[0],
        defused(observation.indicator),
        defused(observation.label),
        defused(observation.value) if isinstance(observation.value, str) else observation.value,
        defused(observation.unit),
        observation.qualifier,
        observation.period,
        defused(observation.as_of),
        defused(observation.scope),
        observation.printed,
        observation.status,
        "true" if observation.accepted else "false",
        defused(first.quote) if first else None,
        first.start if first else None,
        first.end if first else None,
        defused(_JOIN.join(observation.methods)),
        defused(_JOIN.join(observation.rules)),
        defused(_JOIN.join(observation.assumes)),
        defused(_JOIN.join(map(str, observation.candidates))),
    ]


def defused(text: str | None) -> str | None:
    """A text with an apostrophe in front if a spreadsheet would take it for a formula."""
    return "'" + text if text and text.startswith(_FORMULA) else text


def _chosen(extraction: Extraction, status: Which) -> Iterator[Observation]:
    return extraction.select(accepted=True if status == "accepted" else None)


_Write = Callable[[bytes], object]


def _jsonl(extractions: Iterable[Extraction], write: _Write, status: Which) -> Iterator[Extraction]:
    for extraction in extractions:
        write(json_line(extraction, status).encode() + b"\n")
        yield extraction


def _csv(extractions: Iterable[Extraction], write: _Write, status: Which) -> Iterator[Extraction]:
    write(_lines([COLUMNS]))
    for extraction in extractions:
        write(_lines(csv_row(extraction, observation) for observation in _chosen(extraction, status)))
        yield extraction


def _lines(rows: Iterable[Sequence[object]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue().encode()


@contextmanager
def opened(out: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """A stream to a file that is there whole once the block ends, or not at all; `-` is standard output."""
    if out == STDOUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(os.path.realpath(out))
    if path.exists() and not path.is_file():
        # A device or a pipe cannot be replaced, only written to.
        with path.open("wb") as stream:
            yield stream
        return
    draft = path.with_name(f".{path.name[:60]}.{os.getpid()}.tmp")
    try:
        stream = draft.open("wb")
    except OSError as error:
        raise type(error)(error.errno, error.strerror, os.fspath(out)) from None
    try:
        with stream:
            yield stream
        os.replace(draft, path)
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()
