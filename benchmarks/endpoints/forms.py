"""An answer that any JSON Schema accepts, with what stands in it left to a chooser."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

Schema = Mapping[str, Any]


class Chooser:
    """Picks every leaf at random out of what the schema allows; subclasses pick to a purpose."""

    def __init__(self, rng: Random, source: str = "") -> None:
        self.rng = rng
        self.source = source

    def option(self, name: str, values: list[Any]) -> Any:
        """One of an enumeration."""
        return self.rng.choice(values)

    def text(self, name: str, schema: Schema) -> str:
        """A string: a run of the source, so that some are found there."""
        clauses = [clause for clause in re.split(r"[\s，。；、|]+", self.source) if clause]
        return self.rng.choice(clauses)[:40] if clauses else ""

    def number(self, name: str, schema: Schema) -> int | float:
        """A number, whole where it has to be."""
        low, high = int(schema.get("minimum", 0)), int(schema.get("maximum", 9_999))
        return self.rng.randint(low, max(low, high))

    def truth(self, name: str) -> bool:
        """Yes or no."""
        return self.rng.random() < 0.5

    def length(self, name: str, low: int, high: int) -> int:
        """How many items a list gets."""
        return self.rng.randint(low, min(high, low + 3))

    def absent(self, name: str) -> bool:
        """Whether what may be null is."""
        return self.rng.random() < 0.3


def fill(schema: Schema, choose: Chooser) -> Any:
    """A value that satisfies the schema."""
    return _fill(schema, choose, schema, "")


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf of an answer with the name of its field."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from leaves(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, name)
    else:
        yield name, value


def resolve(schema: Schema, root: Schema) -> Schema:
    """The schema behind a reference into the same document."""
    while "$ref" in schema:
        found: Any = root
        for part in str(schema["$ref"]).removeprefix("#/").split("/"):
            found = found[part.replace("~1", "/").replace("~0", "~")]
        schema = found
    return schema


def _fill(schema: Schema, choose: Chooser, root: Schema, name: str) -> Any:
    schema = resolve(schema, root)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return choose.option(name, list(schema["enum"]))
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return _one_of([resolve(option, root) for option in schema[word]], choose, root, name)
    if "allOf" in schema:
        merged: dict[str, Any] = {}
        for part in schema["allOf"]:
            merged |= resolve(part, root)
        return _fill(merged, choose, root, name)
    kind = schema.get("type", "object" if "properties" in schema else "null")
    if isinstance(kind, list):
        return _one_of([{**schema, "type": one} for one in kind], choose, root, name)
    return _of_type(kind, schema, choose, root, name)


def _one_of(options: list[Schema], choose: Chooser, root: Schema, name: str) -> Any:
    filled = [option for option in options if option.get("type") != "null"]
    if not filled or (len(filled) < len(options) and choose.absent(name)):
        return None
    return _fill(choose.option(name, filled) if len(filled) > 1 else filled[0], choose, root, name)


def _of_type(kind: str, schema: Schema, choose: Chooser, root: Schema, name: str) -> Any:
    if kind == "object":
        required = set(schema.get("required", ()))
        return {
            key: _fill(inner, choose, root, key)
            for key, inner in schema.get("properties", {}).items()
            if key in required or not choose.absent(key)
        }
    if kind == "array":
        low = int(schema.get("minItems", 0))
        count = choose.length(name, low, int(schema.get("maxItems", low + 12)))
        return [_fill(schema.get("items", {}), choose, root, name) for _ in range(count)]
    if kind == "string":
        return choose.text(name, schema)[: int(schema.get("maxLength", 10_000))]
    if kind in ("integer", "number"):
        return choose.number(name, schema)
    return choose.truth(name) if kind == "boolean" else None
