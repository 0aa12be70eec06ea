"""JSON Schemas of the contracts and of the forms, generated: `python -m structurer.schemas [--check]`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from structurer.crosswalk import CrosswalkFile
from structurer.datafiles import data_folder
from structurer.forms import Cell, Form, Forms, load_forms
from structurer.observation import Extraction

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas(forms: Forms) -> dict[str, dict[str, Any]]:
    """File name → schema: an extraction, a form file, and the values that each form can hold."""
    return {
        "extraction.json": {"$schema": _DIALECT, **Extraction.model_json_schema(mode="serialization")},
        "form.json": {"$schema": _DIALECT, **Form.model_json_schema()},
        "crosswalk.json": {"$schema": _DIALECT, **CrosswalkFile.model_json_schema()},
        **{f"{form.form}.json": _values(form) for form in forms.forms},
    }


def _values(form: Form) -> dict[str, Any]:
    """The schema of `{indicator: value}` for the tables of one form; null is a cell without a value."""
    return {
        "$schema": _DIALECT,
        "title": form.title,
        "type": "object",
        "additionalProperties": False,
        "properties": {cell.indicator: _value(cell) for table in form.tables for cell in table.cells},
    }


def _value(cell: Cell) -> dict[str, Any]:
    kind: dict[str, Any] = {"type": ["number" if cell.kind == "money" else "integer", "null"]}
    if cell.kind != "signed":
        kind["minimum"] = 0
    return {"description": f"{cell.label} ({cell.unit})" if cell.unit else cell.label, **kind}


def _stale(folder: Path, forms: Forms) -> Iterator[tuple[Path, str]]:
    for name, schema in schemas(forms).items():
        path = folder / name
        text = json.dumps(schema, ensure_ascii=False, indent=1) + "\n"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            yield path, text


def main(arguments: list[str]) -> int:
    """Write the schemas that changed; with --check write nothing and return 1 if any would change."""
    folder = data_folder("schemas") / "json"
    stale = list(_stale(folder, load_forms()))
    if "--check" in arguments:
        for path, _ in stale:
            print(f"{path}: out of date; run python -m structurer.schemas", file=sys.stderr)
        return 1 if stale else 0
    folder.mkdir(exist_ok=True)
    for path, text in stale:
        path.write_text(text, encoding="utf-8")
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
