"""JSON Schemas as strict output wants them: all required, nothing additional, no defaults."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from structurer.model.answers import made

_PLACES, _PLACE = ("\0one", "\0other"), "\0text"
"""What stands for names and for a text in a schema that is kept to be filled."""
_KEPT = ("type", "enum", "description", "items", "anyOf")


@lru_cache(maxsize=256)
def strict_schema(answer: type[BaseModel]) -> dict[str, Any]:
    """The strict schema of an answer model; the same object each time, so do not change it."""
    name, arguments = _recipe(answer)
    if not arguments:
        return _written(answer)
    # Every report asks about rows of its own. Writing the schema of each anew takes as long as a call.
    given = dict(zip(_kept(arguments), arguments, strict=True))
    filled: dict[str, Any] = _filled(_written(_of_recipe(name, _kept(arguments))), given)
    return filled


def kind_of(answer: type[BaseModel]) -> type[BaseModel]:
    """The one answer model that stands for all of its kind: with places kept where each has names of its own."""
    name, arguments = _recipe(answer)
    return _of_recipe(name, _kept(arguments)) if arguments else answer


def _recipe(answer: type[BaseModel]) -> tuple[str, tuple[Any, ...]]:
    return getattr(answer, "recipe", ("", ()))


def _kept(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(_PLACE if isinstance(given, str) else _PLACES for given in arguments)


@lru_cache(maxsize=16)
def _of_recipe(name: str, arguments: tuple[Any, ...]) -> type[BaseModel]:
    return made((name, arguments))


def _filled(part: Any, given: Mapping[Any, Any]) -> Any:
    """A schema with what was given in the places that were kept for it."""
    if isinstance(part, dict):
        return {name: _filled(value, given) for name, value in part.items()}
    if isinstance(part, list):
        return list(given[_PLACES]) if tuple(part) == _PLACES else [_filled(value, given) for value in part]
    return given[_PLACE] if part == _PLACE else part


@lru_cache(maxsize=16)
def _written(answer: type[BaseModel]) -> dict[str, Any]:
    schema = answer.model_json_schema()
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


def response_format(answer: type[BaseModel]) -> dict[str, Any]:
    """The `response_format` of a request for this answer, with the provider's guarantee switched on."""
    name = answer.__name__.lower()
    return {
        "type": "json_schema",
        "json_schema": {"name": name, "strict": True, "schema": strict_schema(answer)},
    }
