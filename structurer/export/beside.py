"""What is written beside an export: the data dictionary, and the frictionless description of the folder."""

from __future__ import annotations

import json
import os
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

from structurer.export.columns import TIDY, Column, Holds
from structurer.export.dictionary import HEADER, dictionary_bytes
from structurer.export.files import opened
from structurer.export.jsonl import Which
from structurer.export.write import MEDIA_TYPES, Format, Shape
from structurer.forms import Forms

DICTIONARY = "data-dictionary.csv"
PACKAGE = "datapackage.json"
_OURS = "structurer"
_TYPES: dict[Holds, str] = {
    "text": "string",
    "label": "string",
    "integer": "integer",
    "value": "any",
    "decimal": "number",
    "number": "number",
    "boolean": "boolean",
    "date": "date",
    "list": "string",
    "box": "string",
}


def describe(
    out: str | os.PathLike[str], forms: Forms, *, format: Format, shape: Shape, status: Which, bom: bool
) -> list[str]:
    """Writes the dictionary and the package's description beside a file that was exported; their paths.

    Other exports of the folder stay in the description. A file of one of these names that is not ours is left
    alone, and its path is not among those returned.
    """
    path = Path(out)
    folder, written = path.parent, []
    package = folder / PACKAGE
    known = _known(package)
    if known is None:
        return []
    resources = {one["path"]: one for one in known if (folder / one["path"]).is_file()}
    if _is_ours(folder / DICTIONARY):
        _put(folder / DICTIONARY, dictionary_bytes(forms))
        written.append(str(folder / DICTIONARY))
        resources[DICTIONARY] = _dictionary(folder / DICTIONARY)
    resources[path.name] = _resource(path, forms, format, shape, status, bom)
    described = {
        "profile": "data-package",
        "name": "annual-reports-on-information-disclosure",
        "title": "Figures of annual reports on government information disclosure",
        "description": f"What each column and indicator means stands in {DICTIONARY}.",
        "created_by": _OURS,
        "resources": [resources[name] for name in sorted(resources)],
    }
    _put(package, json.dumps(described, ensure_ascii=False, indent=2).encode() + b"\n")
    return [*written, str(package)]


def _put(path: Path, content: bytes) -> None:
    with opened(path) as stream:
        stream.write(content)


def _known(package: Path) -> list[dict[str, Any]] | None:
    """The resources described so far; None where the description is somebody else's."""
    try:
        found = json.loads(package.read_bytes())
        return list(found["resources"]) if found["created_by"] == _OURS else None
    except FileNotFoundError:
        return []
    except (ValueError, LookupError, TypeError):
        return None


def _is_ours(dictionary: Path) -> bool:
    """Whether the dictionary may be written: it is not there, or it is one."""
    try:
        with dictionary.open("rb") as stream:
            return stream.read(200).decode("utf-8-sig", "replace").startswith(",".join(HEADER))
    except FileNotFoundError:
        return True


def _resource(
    path: Path, forms: Forms, format: Format, shape: Shape, status: Which, bom: bool
) -> dict[str, Any]:
    made = _file(path, format) | {
        "title": f"{'all values' if status == 'all' else 'accepted values'}, {_SHAPES.get(shape, shape)}",
    }
    if format == "csv":
        made["profile"] = "tabular-data-resource"
        made["encoding"] = "utf-8-sig" if bom else "utf-8"
        made["schema"] = {"fields": [_field(column) for column in _columns(forms, shape, status)]}
    elif format == "validatreport":
        from structurer.export.validatreport import VERSION

        made["title"] = f"ESS validation report, structure {VERSION}"
    return made


_SHAPES = {"tidy": "a row a value", "wide": "a row a report"}


def _columns(forms: Forms, shape: Shape, status: Which) -> tuple[Column, ...]:
    from structurer.export.wide import wide

    return wide(forms, with_status=status == "all").columns if shape == "wide" else TIDY


def _dictionary(path: Path) -> dict[str, Any]:
    fields = [{"name": name, "type": "string"} for name in HEADER]
    return _file(path, "csv") | {
        "title": "data dictionary: columns, words and indicators",
        "profile": "tabular-data-resource",
        "encoding": "utf-8-sig",
        "schema": {"fields": fields},
    }


def _file(path: Path, format: Format) -> dict[str, Any]:
    digest = sha256()
    size = 0
    with path.open("rb") as stream:
        while part := stream.read(1 << 20):
            digest.update(part)
            size += len(part)
    return {
        "name": _slug(path.name),
        "type": "table" if format == "csv" else "file",
        "path": path.name,
        "format": "json" if format == "validatreport" else format,
        "mediatype": MEDIA_TYPES[format],
        "bytes": size,
        "hash": f"sha256:{digest.hexdigest()}",
    }


def _slug(name: str) -> str:
    """A name that a package allows, different for files of different names."""
    slug = re.sub(r"[^a-z0-9._-]", "-", name.lower())
    return slug if slug == name else f"{slug}-{sha256(name.encode()).hexdigest()[:8]}"


def _field(column: Column) -> dict[str, Any]:
    made: dict[str, Any] = {"name": column.name, "type": _TYPES[column.holds], "description": column.meaning}
    if column.title:
        made["title"] = column.title
    if column.unit:
        made["unit"] = column.unit
    limits: dict[str, Any] = {"required": True} if column.required else {}
    if column.values:
        limits["enum"] = list(column.values)
    if limits:
        made["constraints"] = limits
    return made
