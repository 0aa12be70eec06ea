"""JSON Schemas as strict output wants them: all required, nothing additional, no defaults."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from structurer.model.answers import Answer

_PLACES, _PLACE = ("\0one", "\0other"), "\0text"
"""What stands for names and for a text in a schema that is kept to be filled."""
_KEPT = ("type", "enum", "description", "items", "anyOf")


@lru_cache(maxsize=256)
def strict_schema(answer: Answer) -> dict[str, Any]:
    """The strict schema of an answer; the same object each time, so do not change it."""
    # Every report asks about rows of its own. Writing the schema of each anew takes as long as a call.
    filled: dict[str, Any] = _filled(_of_kind(answer.kind), answer)
    return filled


@lru_cache(maxsize=16)
def model_of(kind: str) -> type[BaseModel]:
    """The one pydantic model of all answers of a kind, with places kept for their names."""
    return Answer(kind, _PLACES, _PLACE).model()


@lru_cache(maxsize=16)
def _of_kind(kind: str) -> dict[str, Any]:
    return written(model_of(kind))


def _filled(part: Any, answer: Answer) -> Any:
    """A schema with the answer's own in the places that were kept for it."""
    if isinstance(part, dict):
        return {name: _filled(value, answer) for name, value in part.items()}
    if isinstance(part, list):
        return list(answer.names) if tuple(part) == _PLACES else [_filled(value, answer) for value in part]
    return answer.columns if part == _PLACE else part


def written(model: type[BaseModel]) -> dict[str, Any]:
    """The strict schema of a pydantic model."""
    schema = model.model_json_schema()
    return _strict(schema, schema.get("$defs", {}))


def _strict(schema: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref")
    if reference is not None:
        return _strict(
            known[reference.rpartition("/")[2]] | {k: schema[k] for k in schema if k != "$ref"}, known
        )
    shaped: dict[str, Any] = {name: schema[name] for name in _KEPT if name in schema}
    if "const" in schema:
        shaped["enum"] = [schema["const"]]
    if "anyOf" in schema:
        shaped["anyOf"] = [_strict(option, known) for option in schema["anyOf"]]
    if "items" in schema:
        shaped["items"] = _strict(schema["items"], known)
    if schema.get("type") == "object":
        properties = schema.get("properties", {})
        shaped["properties"] = {name: _strict(value, known) for name, value in properties.items()}
        shaped["required"] = list(properties)
        shaped["additionalProperties"] = False
    return shaped


def response_format(answer: Answer) -> dict[str, Any]:
    """The `response_format` of a request for this answer, with the provider's guarantee switched on."""
    name = answer.name.lower()
    return {
        "type": "json_schema",
        "json_schema": {"name": name, "strict": True, "schema": strict_schema(answer)},
    }
