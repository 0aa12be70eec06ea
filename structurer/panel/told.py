"""What a user tells about agencies: other names, parents, documents, mergers, and what must stay apart."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from structurer.datafiles import parse_yaml
from structurer.errors import PanelError
from structurer.panel.names import clean

_LARGEST = 20_000_000
RELATIONS = ("alias", "parent", "document", "whole", "apart", "merged", "continues")
_HEADER = ("agency", "relation", "other", "year")


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Agency(_Told):
    name: str = Field(min_length=2, max_length=80)
    aliases: tuple[str, ...] = ()
    parent: str | None = None
    whole: bool = False
    """Whether its figures are those of the agencies below it, added up, and nothing of its own."""
    documents: tuple[str, ...] = ()


class Merger(_Told):
    """Agencies that became one: until `since` their figures are added up, from then on `then` reports."""

    name: str = Field(min_length=2, max_length=80)
    """Of the series; none of the agencies may be called so."""
    of: tuple[str, ...] = Field(min_length=2)
    since: int = Field(ge=1990, le=2100)
    """The first year with one report."""
    then: str
    """Who reports from then on: one of `of`, or another."""

    @model_validator(mode="after")
    def _apart(self) -> Merger:
        if self.name in (*self.of, self.then):
            raise ValueError("the merged series needs a name that none of its agencies has")
        if len(set(self.of)) < len(self.of):
            raise ValueError("an agency is named twice")
        return self


class _File(_Told):
    agencies: tuple[_Agency, ...] = ()
    apart: tuple[tuple[str, str], ...] = ()
    mergers: tuple[Merger, ...] = ()


@dataclass(frozen=True)
class Told:
    """What a file of agencies says, ready to be looked up. Names are cleaned, as `names.clean` does."""

    aliases: Mapping[str, str] = field(default_factory=dict)
    """Any name in the file → the name of its agency."""
    parents: Mapping[str, str] = field(default_factory=dict)
    documents: Mapping[str, str] = field(default_factory=dict)
    """Path, end of a path, or id of a document → agency."""
    whole: frozenset[str] = frozenset()
    """Agencies whose figures are those of the agencies below them, added up."""
    apart: frozenset[frozenset[str]] = frozenset()
    mergers: tuple[Merger, ...] = ()


def load_told(path: str | os.PathLike[str]) -> Told:
    """Reads a file of agencies: YAML, or CSV with the columns agency, relation, other, year.

    Raises PanelError naming file and place, and OSError.
    """
    file = Path(path)
    if file.stat().st_size > _LARGEST:
        raise PanelError(f"{file}: over {_LARGEST:,} bytes, which no list of agencies is")
    try:
        text = file.read_bytes().decode("utf-8-sig")
        given = _from_csv(text) if file.suffix.lower() == ".csv" else parse_yaml(text)
        read = _File.model_validate(given if given is not None else {})
    except UnicodeDecodeError as error:
        raise PanelError(f"{file}: not UTF-8 (byte {error.start}); save it as UTF-8") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise PanelError(f"{file}: {'.'.join(map(str, first['loc'])) or 'file'}: {first['msg']}") from None
    except ValueError as error:
        raise PanelError(f"{file}: {error}") from None
    return _told(read, str(file))


def _told(given: _File, where: str) -> Told:
    aliases: dict[str, str] = {}
    parents: dict[str, str] = {}
    documents: dict[str, str] = {}
    for agency in given.agencies:
        name = clean(agency.name)
        for alias in (agency.name, *agency.aliases):
            known = aliases.setdefault(clean(alias), name)
            if known != name:
                raise PanelError(f"{where}: {alias} is told to be {known} and {name}; it can be one of them")
        if agency.parent is not None:
            if clean(agency.parent) == name:
                raise PanelError(f"{where}: {agency.name} is told to be its own parent")
            parents[name] = clean(agency.parent)
        for document in agency.documents:
            known = documents.setdefault(document, name)
            if known != name:
                raise PanelError(f"{where}: {document} is told to be of {known} and of {name}")
    whole = frozenset(clean(agency.name) for agency in given.agencies if agency.whole)
    names = [clean(merger.name) for merger in given.mergers]
    if len(set(names)) < len(names):
        raise PanelError(f"{where}: two mergers have the same name")
    members = [clean(one) for merger in given.mergers for one in {*merger.of, merger.then}]
    if twice := sorted({one for one in members if members.count(one) > 1}):
        raise PanelError(f"{where}: {', '.join(twice)} stands in two mergers; name one")
    apart = frozenset(frozenset(map(clean, pair)) for pair in given.apart)
    mergers = tuple(
        Merger(name=clean(one.name), of=tuple(map(clean, one.of)), since=one.since, then=clean(one.then))
        for one in given.mergers
    )
    for name in (*parents.values(), *members):
        aliases.setdefault(name, name)
    ups = {child: aliases.get(up, up) for child, up in parents.items()}
    return Told(aliases, ups, documents, whole, apart, mergers)


def _from_csv(text: str) -> dict[str, Any]:
    rows = csv.DictReader(io.StringIO(text), strict=True)
    header = tuple(name.strip() for name in rows.fieldnames or ())
    if header[:3] != _HEADER[:3] or not set(header) <= set(_HEADER):
        raise ValueError(f"the first line has to be {','.join(_HEADER)}")
    agencies: dict[str, dict[str, Any]] = {}
    mergers: dict[str, dict[str, Any]] = {}
    apart: list[tuple[str, str]] = []
    for number, agency, relation, other, year in _csv_rows(rows):
        one: dict[str, Any] = {}
        if relation in ("alias", "document", "parent", "whole"):
            one = agencies.setdefault(agency, {"name": agency, "aliases": [], "documents": []})
        if relation == "alias":
            one["aliases"].append(other)
        elif relation == "whole":
            one["whole"] = other
        elif relation == "document":
            one["documents"].append(other)
        elif relation == "parent":
            if one.setdefault("parent", other) != other:
                raise ValueError(f"line {number}: {agency} has another parent already")
        elif relation == "apart":
            apart.append((agency, other))
        else:
            merger = mergers.setdefault(agency, {"name": agency, "of": []})
            if relation == "merged":
                merger["of"].append(other)
                if not year.isdigit() or merger.setdefault("since", int(year)) != int(year):
                    raise ValueError(
                        f"line {number}: `merged` needs the first year with one report, the same in all"
                    )
            else:
                merger["then"] = other
    return {"agencies": list(agencies.values()), "apart": apart, "mergers": list(mergers.values())}


def _csv_rows(rows: csv.DictReader[str]) -> Iterator[tuple[int, str, str, str, str]]:
    try:
        for row in rows:
            cells = {str(name).strip(): (value or "").strip() for name, value in row.items() if name}
            if not any(cells.values()):
                continue
            agency, relation, other = (cells.get(name, "") for name in _HEADER[:3])
            if relation not in RELATIONS or not agency or not other:
                known = ", ".join(RELATIONS)
                raise ValueError(f"line {rows.line_num}: needs an agency, one of {known}, and another name")
            yield rows.line_num, agency, relation, other, cells.get("year", "")
    except csv.Error as error:
        raise ValueError(f"line {rows.line_num}: {error}") from None
