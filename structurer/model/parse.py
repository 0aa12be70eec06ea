"""Answers as models write them: JSON, perhaps in a fence or amid talk, perhaps only in part right."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from structurer.model.answers import Answer

_FENCE = re.compile(r"```[a-zA-Z]*\s*(.*?)(?:```|\Z)", re.S)
_THOUGHT = re.compile(r"<think>.*?</think>", re.S)
_LONGEST = 200_000


@dataclass(frozen=True, slots=True)
class Bad:
    """An item of the wrong shape: what came, and which fields are wrong and why, in a few words."""

    item: Any
    problems: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Parsed:
    """What could be made of an answer; `readable` is False where it is no list of items at all."""

    items: tuple[BaseModel, ...] = ()
    bad: tuple[Bad, ...] = ()
    readable: bool = True


def parse(text: str, answer: Answer) -> Parsed:
    """The items of an answer, those of the right shape and the others apart."""
    found = _items(text)
    if found is None:
        return Parsed(readable=False)
    good: list[BaseModel] = []
    bad: list[Bad] = []
    for item in found:
        try:
            good.append(answer.item(item))
        except ValidationError as error:
            problems = error.errors(include_url=False, include_input=False, include_context=False)
            bad.append(Bad(item, tuple((_place(p["loc"]), p["type"]) for p in problems)))
    return Parsed(tuple(good), tuple(bad))


def _place(loc: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in loc)


def _items(text: str) -> list[Any] | None:
    for candidate in _candidates(text[:_LONGEST]):
        try:
            value = json.loads(candidate)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, list):
            return value
        if isinstance(value, dict) and isinstance(value.get("items"), list):
            return list(value["items"])
    return None


def _candidates(text: str) -> list[str]:
    """What may be the JSON of an answer: all of it, what a fence holds, what the outermost brackets hold."""
    text = _THOUGHT.sub("", text).strip()
    found = [text, *(fence.strip() for fence in _FENCE.findall(text))]
    for opening, closing in ("{}", "[]"):
        start, end = text.find(opening), text.rfind(closing)
        if 0 <= start < end:
            found.append(text[start : end + 1])
    return found
