"""The truth about documents, as a gold file holds it.

A gold file is JSONL, one object a document:

    path          the report's file, relative to the gold file
    observations  {indicator: {"value": …, "printed"?: …, "unit"?: …}}; a null value cannot be known
    absent        ids of tables the report does not hold (or only as an image); nothing may be accepted there
    open          indicators that nobody could know from the text: short for a null value
    broken        [[rule, row or column], …]: hard edits that the published figures themselves break
    statements    what prose states, as a list of Statement; present, even if empty, only where
                  the prose was read to the end
    contradictions  [{"indicator", "tokens", "note"?}, …]: statements of one report that cannot both hold
    metadata      {"agency": …, "year": …, "title"?: …, "published"?: …}
    partial       true where only some of the report was checked, as by reviewers: what gold does not name
                  is not judged
    refuted       statements of prose that are not true, as a list of Statement
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from os import PathLike
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from structurer.errors import GoldError
from structurer.observation import Period, Printed, Qualifier, Value


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GoldValue(_Strict):
    """What is true of one indicator; a null value is one that the text cannot tell."""

    value: Value
    printed: Printed | None = None
    unit: str | None = None
    note: str = ""


class Statement(_Strict):
    """One thing that prose states; what is null or left out is not compared."""

    indicator: str
    value: int | float
    qualifier: Qualifier | None = "exact"
    period: Period | None = "year"
    unit: str | None = None
    scope: str | None = None
    as_of: str | None = None
    alternatives: tuple[str, ...] = ()
    """Other indicators under which the same words are true as well."""
    optional: bool = False
    """True if found, but nobody has to find it: part of a sum, a doubtful row, a repetition."""
    token: str = ""
    """The figure, or the words for none, as printed."""
    anchor: str = ""
    """A few characters that find it: the token stands in them or soon after them."""
    occurrence: int = 1
    """Which occurrence of the anchor."""
    pattern: bool = True
    """Whether a pattern could be expected to find it; if not, it takes a reader."""
    note: str = ""


class Contradiction(_Strict):
    """Statements of one report that cannot both hold."""

    indicator: str
    tokens: tuple[str, ...]
    note: str = ""


class Gold(_Strict):
    """The truth about one document."""

    path: str
    observations: Mapping[str, GoldValue] = Field(default_factory=dict)
    absent: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    broken: tuple[tuple[str, str], ...] = ()
    statements: tuple[Statement, ...] | None = None
    contradictions: tuple[Contradiction, ...] = ()
    metadata: Mapping[str, Value] = Field(default_factory=dict)
    partial: bool = False
    """Only what is named here was checked; nothing else is judged."""
    refuted: tuple[Statement, ...] = ()
    """Statements of prose that were found to be false."""
    note: str = ""

    @property
    def values(self) -> dict[str, GoldValue]:
        """The true values by indicator, the open ones among them as null."""
        return {**self.observations, **{key: GoldValue(value=None) for key in self.open}}


def read_gold(path: str | PathLike[str]) -> Iterator[Gold]:
    """The documents of a gold file, in order; blank lines are skipped.

    Raises GoldError naming the file, the line and the place in it.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise GoldError(f"{path}: cannot be read: {error}") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield parse_gold(line, where=f"{path}:{number}")


def parse_gold(line: str, *, where: str = "gold") -> Gold:
    """One line of a gold file. Raises GoldError; `where` is what its message names."""
    try:
        return Gold.model_validate(json.loads(line))
    except json.JSONDecodeError as error:
        raise GoldError(f"{where}: not JSON: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "object"
        raise GoldError(f"{where}: {place}: {first['msg']}") from error
