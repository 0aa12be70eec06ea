"""JSON Schemas as strict output wants them: all required, nothing additional, no defaults."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

_KEPT = ("type", "enum", "description", "items", "anyOf")


@lru_cache(maxsize=256)
def strict_schema(answer: type[BaseModel]) -> dict[str, Any]:
    """The strict schema of an answer model; the same object each time, so do not change it."""
    schema = answer.model_json_schema()
    return _strict(schema, schema.get("$defs", {}))


def _strict(schema: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref")
    if reference is not None:
        return _strict(
            known[reference.rpartition("/")[2]] | {k: schema[k] for k in schema if k != "$ref"}, known
        )
    made: dict[str, Any] = {name: schema[name] for name in _KEPT if name in schema}
    if "const" in schema:
        made["enum"] = [schema["const"]]
    if "anyOf" in schema:
        made["anyOf"] = [_strict(option, known) for option in schema["anyOf"]]
    if "items" in schema:
        made["items"] = _strict(schema["items"], known)
    if schema.get("type") == "object":
        properties = schema.get("properties", {})
        made["properties"] = {name: _strict(value, known) for name, value in properties.items()}
        made["required"] = list(properties)
        made["additionalProperties"] = False
    return made


def response_format(answer: type[BaseModel]) -> dict[str, Any]:
    """The `response_format` of a request for this answer, with the provider's guarantee switched on."""
    name = answer.__name__.lower()
    return {
        "type": "json_schema",
        "json_schema": {"name": name, "strict": True, "schema": strict_schema(answer)},
    }
