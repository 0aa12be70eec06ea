"""A part: what one worker read of some files, as a Parquet file named by what is in it.

A part that is written twice has the same name, and a document that is in two parts is the same document: so
whatever is done again changes nothing.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json, to_json

from structurer.errors import StoreError
from structurer.parts.folder import Folder
from structurer.record import Counts, Record

if TYPE_CHECKING:
    from structurer.store import Failed, Known, Placed, Run

_COLUMNS = ("kind", "id", "path", "fingerprint", "failure", "reason")


class PartStore:
    """What an import on one machine of many writes to instead of a store: the rows of a part."""

    def __init__(self, known: Callable[[Mapping[str, str], str], dict[str, Known]]) -> None:
        self._ask_known = known
        self._rows: list[dict[str, Any]] = []

    def known(self, found: Mapping[str, str], fingerprint: str) -> dict[str, Known]:
        """What is known of files, as of `structurer.store.Store`."""
        return self._ask_known(found, fingerprint)

    def write(
        self,
        records: Sequence[Record] = (),
        placed: Sequence[Placed] = (),
        failed: Sequence[Failed] = (),
        run: Run | None = None,
    ) -> None:
        """Adds to the part."""
        self._rows += [_of_record(one) for one in records]
        self._rows += [{"kind": "place", "id": one.id, "path": one.path} for one in placed]
        self._rows += [
            {
                "kind": "failure",
                "id": one.id,
                "path": one.path,
                "fingerprint": one.fingerprint,
                "failure": one.kind,
                "reason": one.reason,
            }
            for one in failed
        ]

    @property
    def paths(self) -> set[str]:
        """The paths that the part tells of."""
        return {row["path"] for row in self._rows}

    def begin_run(self, engine: str, model: str, workers: int) -> None:
        """Nothing: the run is noted where the store is."""

    def link_copies(self) -> int:
        """Nothing: the store that holds all documents does so."""
        return 0

    def close(self, folder: Folder) -> str | None:
        """Writes the part under the name that its content gives it; None where there is nothing in it."""
        if not self._rows:
            return None
        rows = sorted(self._rows, key=lambda row: (row["kind"], row["path"]))
        keys = [[row["kind"], row.get("id"), row["path"], row.get("fingerprint")] for row in rows]
        name = f"parts/{sha256(json.dumps(keys).encode()).hexdigest()}.parquet"
        folder.put(name, _parquet(rows))
        return name


def _of_record(record: Record) -> dict[str, Any]:
    told = {
        "about": record.about,
        "observations": record.observations,
        "findings": record.findings,
        "sections": record.sections,
        "counts": record.counts,
    }
    return {
        "kind": "extraction",
        "id": record.id,
        "path": record.path,
        "fingerprint": record.fingerprint,
        "record": to_json(told, inf_nan_mode="constants"),
        "packed": record.packed,
        "sentences": record.sentences,
    }


def _parquet(rows: Sequence[Mapping[str, Any]]) -> bytes:
    import pyarrow
    from pyarrow import parquet

    texts = [pyarrow.field(name, pyarrow.string()) for name in _COLUMNS]
    binary = [pyarrow.field(name, pyarrow.binary()) for name in ("record", "packed", "sentences")]
    schema = pyarrow.schema([*texts, *binary])
    table = pyarrow.table({field.name: [row.get(field.name) for row in rows] for field in schema}, schema)
    stream = io.BytesIO()
    parquet.write_table(table, stream, compression="zstd", use_dictionary=False)
    return stream.getvalue()


def read_part(data: bytes) -> Iterator[Record | Placed | Failed]:
    """What a part holds, one document after the other. Raises StoreError where it is no part."""
    import pyarrow
    from pyarrow import parquet

    from structurer.store import Failed, Placed

    try:
        file = parquet.ParquetFile(io.BytesIO(data))
        batches: Iterable[Any] = file.iter_batches(batch_size=32)
        for batch in batches:
            for row in batch.to_pylist():
                if row["kind"] == "extraction":
                    yield _record(row)
                elif row["kind"] == "place":
                    yield Placed(row["id"], row["path"])
                else:
                    yield Failed(
                        row["path"], row["id"], row["failure"], row["reason"], row["fingerprint"] or ""
                    )
    except (pyarrow.ArrowException, KeyError, ValueError, TypeError) as error:
        raise StoreError(f"not a part of results: {error}") from None


def _record(row: Mapping[str, Any]) -> Record:
    told = from_json(row["record"])
    return Record(
        id=row["id"],
        path=row["path"],
        about=told["about"],
        observations=told["observations"],
        findings=told["findings"],
        sections=told["sections"],
        packed=row["packed"],
        sentences=row["sentences"] or b"",
        counts=Counts(*told["counts"]),
        fingerprint=row["fingerprint"] or "",
    )
