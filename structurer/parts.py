"""Results on their way from many machines into one store: Parquet files named by what is in them.

A part that is written twice has the same name, and a document that is in two parts is the same document: so
whatever is done again changes nothing. Parts lie in a folder that every machine sees; `fsspec` opens it, and
any object storage it knows.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from pydantic_core import from_json, to_json

from structurer.errors import ReadError, StoreError
from structurer.record import Counts, Record
from structurer.remote import filesystem

if TYPE_CHECKING:
    from structurer.model.shelf import Kept
    from structurer.store import Failed, Known, Placed, Run

_COLUMNS = ("kind", "id", "path", "fingerprint", "failure", "reason")


class Folder:
    """A folder on shared or object storage."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        try:
            self._fs, self._root = filesystem(self.url)
        except ReadError as error:
            raise StoreError(str(error)) from None

    def put(self, name: str, data: bytes) -> None:
        """Writes a file, whole or not at all."""
        path = f"{self._root}/{name}"
        try:
            if "file" in _protocols(self._fs):
                os.makedirs(os.path.dirname(path), exist_ok=True)
                draft = f"{path}.{uuid4().hex}.tmp"
                with open(draft, "wb") as stream:
                    stream.write(data)
                os.replace(draft, path)
            else:
                self._fs.pipe_file(path, data)
        except OSError as error:
            raise StoreError(f"{self.url}/{name}: {error.strerror or error}") from None

    def get(self, name: str) -> bytes | None:
        """The content of a file; None where there is none."""
        try:
            return bytes(self._fs.cat_file(f"{self._root}/{name}"))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(f"{self.url}/{name}: {error.strerror or error}") from None

    def move(self, name: str, to: str) -> None:
        """Moves a file; nothing if it is gone already."""
        try:
            self._fs.makedirs(os.path.dirname(f"{self._root}/{to}"), exist_ok=True)
            self._fs.mv(f"{self._root}/{name}", f"{self._root}/{to}")
        except FileNotFoundError:
            return

    def names(self, within: str, suffix: str) -> list[str]:
        """The names of the files in a folder below this one, sorted."""
        try:
            found = self._fs.ls(f"{self._root}/{within}", detail=False, refresh=True)
        except FileNotFoundError:
            return []
        except TypeError:
            found = self._fs.ls(f"{self._root}/{within}", detail=False)
        names = (str(path).rstrip("/").rpartition("/")[2] for path in found)
        return sorted(f"{within}/{name}" for name in names if name.endswith(suffix))


def _protocols(fs: Any) -> tuple[str, ...]:
    return (fs.protocol,) if isinstance(fs.protocol, str) else tuple(fs.protocol)


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


class Answers:
    """A shelf of what models answered, in a folder that every machine sees: a file an answer."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    def get(self, key: str) -> Kept | None:
        """What became of a question, if that is known."""
        from structurer.model.shelf import of_json

        data = self._folder.get(_place(key))
        if data is None:
            return None
        try:
            kept = of_json(json.loads(data))
            return kept if kept.key == key else None
        except (ValueError, TypeError, KeyError, AttributeError):
            return None

    def put(self, kept: Kept) -> None:
        """Notes an outcome that asking again would not change."""
        if kept.state in ("failed", "unasked"):
            return
        from structurer.model.shelf import as_json

        self._folder.put(_place(kept.key), json.dumps(as_json(kept), ensure_ascii=False).encode())


def _place(key: str) -> str:
    return f"answers/{key[:2]}/{key}.json"
