"""Parquet: exact types, labels as dictionaries, written a row group at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, repeat
from typing import Any, BinaryIO

from structurer.errors import MissingExtra
from structurer.export import exact
from structurer.export.columns import TIDY, Column, Holds, tidy_rows
from structurer.export.wide import Wide
from structurer.flat import Line, Report

ROW_GROUP = 1 << 16
"""Rows in memory at a time: a tenth of a second of writing, 100 MB of Python values at most."""
_WIDE_GROUP = 1 << 12
"""Reports in memory at a time in the wide shape, which has a thousand columns."""

VALUES = (
    Column("value", "number", "the value as a number, for computing; empty as in CSV"),
    Column("value_integer", "integer", "the value exactly, where it is a whole number"),
    Column("value_decimal", "decimal", "the value exactly, fraction and all: for money"),
    Column("value_text", "text", "the value where it is text, or a number no exact type can hold"),
)
"""What stands in Parquet in the place of the column `value`."""


def parquet_columns() -> tuple[Column, ...]:
    """The columns of the tidy shape as Parquet has them."""
    return tuple(chain.from_iterable(VALUES if column.name == "value" else (column,) for column in TIDY))


@contextmanager
def parquet(stream: BinaryIO, wide: Wide | None) -> Iterator[_Parquet]:
    """A sink for Parquet. Raises MissingExtra where pyarrow is not installed."""
    try:
        import pyarrow.parquet as pq
    except ModuleNotFoundError as error:
        raise MissingExtra("Parquet", error.name or "pyarrow", "export") from None
    columns = wide.columns if wide else parquet_columns()
    schema = _schema(columns)
    with pq.ParquetWriter(stream, schema, compression="zstd") as writer:
        sink = _Parquet(writer, schema, columns, wide)
        yield sink
        sink.flush()


class _Parquet:
    checks = 0

    def __init__(self, writer: Any, schema: Any, columns: Sequence[Column], wide: Wide | None) -> None:
        self._writer = writer
        self._schema = schema
        self._columns = columns
        self._wide = wide
        self._most = _WIDE_GROUP if wide else ROW_GROUP
        self._held: list[list[Any]] = []
        self._rows = 0

    def put(self, report: Report, lines: Sequence[Line]) -> int:
        if self._wide is not None:
            row, left = self._wide.row(report, lines)
            self._keep([row])
            return left
        self._keep(list(tidy_rows(report, lines)))
        return 0

    def _keep(self, rows: list[tuple[Any, ...]]) -> None:
        if not rows:
            return
        if not self._held:
            self._held = [[] for _ in rows[0]]
        for column, cells in zip(self._held, zip(*rows, strict=True), strict=True):
            column.extend(cells)
        self._rows += len(rows)
        if self._rows >= self._most:
            self.flush()

    def flush(self) -> None:
        """Writes what is held as one row group."""
        import pyarrow as pa

        if not self._rows:
            return
        columns = (column.holds for column in self._columns)
        held = self._held if self._wide else _exactly(self._held)
        arrays = [
            _ARRAYS[holds](cells, field.type)
            for holds, cells, field in zip(columns, held, self._schema, strict=True)
        ]
        self._writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=self._schema))
        self._held, self._rows = [], 0


def _exactly(held: Sequence[list[Any]]) -> Iterator[list[Any]]:
    """The columns with `value` in its four exact forms."""
    for column, cells in zip(TIDY, held, strict=True):
        if column.name == "value":
            yield from (exact.numbers(cells), exact.integers(cells), cells, exact.texts(cells))
        else:
            yield cells


def _schema(columns: Sequence[Column]) -> Any:
    import pyarrow as pa

    types: Mapping[Holds, Any] = {
        "text": pa.string(),
        "label": pa.dictionary(pa.int32(), pa.string()),
        "integer": pa.int64(),
        "number": pa.float64(),
        "decimal": pa.decimal128(exact.PRECISION, exact.SCALE),
        "boolean": pa.bool_(),
        "list": pa.list_(pa.string()),
        "box": pa.list_(pa.float64()),
        "date": pa.date32(),
    }
    return pa.schema([pa.field(one.name, types[one.holds], metadata=_said(one)) for one in columns])


def _said(column: Column) -> dict[str, str]:
    said = {"description": column.meaning, "title": column.title, "unit": column.unit}
    return {name: text for name, text in said.items() if text}


def _plain(cells: list[Any], kind: Any) -> Any:
    import pyarrow as pa

    return pa.array(cells, kind)


def _labels(cells: list[Any], kind: Any) -> Any:
    import pyarrow as pa

    return pa.array(cells, pa.string()).dictionary_encode()


def _decimals(cells: list[Any], kind: Any) -> Any:
    """Whole numbers are turned into decimals by the column; one by one in Python takes most of the time."""
    import pyarrow as pa
    import pyarrow.compute as pc

    whole = pa.array(exact.integers(cells), pa.int64()).cast(kind)
    return pc.coalesce(whole, pa.array(exact.decimals(cells), kind))


def _lists(cells: list[Any], kind: Any) -> Any:
    """Lists as one run of texts and where each begins, several times as fast as one by one."""
    import pyarrow as pa

    begins = [0]
    total = 0
    for cell in cells:
        total += len(cell)
        begins.append(total)
    parts = [part if isinstance(part, str) else str(part) for part in chain.from_iterable(cells)]
    return pa.ListArray.from_arrays(pa.array(begins, pa.int32()), pa.array(parts, pa.string()))


_ARRAYS: Mapping[Holds, Callable[[list[Any], Any], Any]] = dict(
    zip(("text", "integer", "number", "boolean", "box", "date"), repeat(_plain), strict=False)
) | {"label": _labels, "decimal": _decimals, "list": _lists}
