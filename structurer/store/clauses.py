"""Clauses of many queries: which documents are current, which are copies, where one lies first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, bindparam, exists, func, select

from structurer.store.tables import copies, documents, places

_IN_ONE_QUERY = 400
"""Values of an IN; SQLite takes 999 parameters where it is old."""
_Value = TypeVar("_Value")


def is_current(document: ColumnElement[int] = documents.c.number) -> ColumnElement[bool]:
    """Some path still leads to the document: its file has not got other bytes since."""
    return exists().where(places.c.document == document)


def is_copy(document: ColumnElement[int] = documents.c.number) -> ColumnElement[bool]:
    """The document is the same report as another one, which stands for it."""
    return exists().where(copies.c.document == document, copies.c.of.is_not(None))


def found_at(of: Any = documents) -> ColumnElement[str]:
    """The first path that leads to a document; where none does any more, the one it was imported from."""
    first = select(func.min(places.c.path)).where(places.c.document == of.c.number).scalar_subquery()
    return func.coalesce(first, of.c.path)


def among(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """`column IN (:among)`, for statements that are made once and given their values when they are executed.

    One that is made with its values takes longer to make than to execute, and leaves cycles behind that are
    not collected for thousands of documents.
    """
    return column.in_(bindparam("among", expanding=True))


def portions(values: Sequence[_Value]) -> Iterator[Sequence[_Value]]:
    """Values in portions that one query takes."""
    for first in range(0, len(values), _IN_ONE_QUERY):
        yield values[first : first + _IN_ONE_QUERY]
