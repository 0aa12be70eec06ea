"""Prompts: one file each, with front matter and a body; no prompt text lives in Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from structurer.datafiles import data_folder, parse_yaml
from structurer.errors import PromptError

_RULE = "---\n"


@dataclass(frozen=True)
class Prompt:
    """Instructions for one kind of question; `data` is what else the front matter says."""

    id: str
    version: int
    schema: str
    body: str
    fingerprint: str
    """sha256 of the whole file: a changed word is another prompt."""
    data: Mapping[str, Any] = field(default_factory=dict, hash=False, compare=False)


def load_prompt(name: str) -> Prompt:
    """The prompt of that name among those shipped. Raises PromptError naming file and place."""
    return _load(data_folder("prompts") / f"{name}.md")


def load_prompts() -> dict[str, Prompt]:
    """Every shipped prompt by its id."""
    found = (_load(path) for path in sorted(data_folder("prompts").glob("*.md")))
    return {prompt.id: prompt for prompt in found}


@cache
def _load(path: Path) -> Prompt:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PromptError(f"{path}: {error.strerror or error}") from error
    try:
        text = content.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise PromptError(f"{path}: not UTF-8 (byte {error.start})") from None
    front, separator, body = text.removeprefix(_RULE).partition("\n" + _RULE)
    if not text.startswith(_RULE) or not separator:
        raise PromptError(f"{path}: begins with no front matter between two lines of ---")
    return _prompt(path, front, body.strip(), sha256(content).hexdigest())


def _prompt(path: Path, front: str, body: str, fingerprint: str) -> Prompt:
    try:
        given = parse_yaml(front)
    except ValueError as error:
        raise PromptError(f"{path}: front matter: {error}") from None
    if not isinstance(given, dict):
        raise PromptError(f"{path}: front matter: not a mapping")
    for name, kind in (("id", str), ("version", int), ("schema", str)):
        if not isinstance(given.get(name), kind):
            raise PromptError(f"{path}: front matter: {name}: missing or no {kind.__name__}")
    if given["id"] != path.stem:
        raise PromptError(f"{path}: front matter: id: {given['id']} is not the file's name")
    if not body:
        raise PromptError(f"{path}: no instructions below the front matter")
    rest = {key: value for key, value in given.items() if key not in ("id", "version", "schema")}
    return Prompt(given["id"], given["version"], given["schema"], body, fingerprint, rest)
