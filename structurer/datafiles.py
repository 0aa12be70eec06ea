"""The files of data that travel with the package: where they lie, and how one is read and checked."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from structurer.errors import FormError

Checked = TypeVar("Checked", bound=BaseModel)


@cache
def data_folder(name: str) -> Path:
    """A folder of data files that travels inside the wheel and lies at the top of a checkout."""
    package = Path(__file__).parent
    shipped = package / "_data" / name
    return shipped if shipped.is_dir() else package.parent / name


def parse_yaml(content: str | bytes) -> Any:
    """What a YAML text holds: plain values only. Raises ValueError saying what is wrong with it."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(content, Loader=loader)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def contents(path: Path) -> bytes:
    """The bytes of a file. Raises FormError naming it."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise FormError(f"{path}: {error.strerror or error}") from error


def validated(path: Path, content: bytes, model: type[Checked]) -> Checked:
    """What the YAML file `path` holds. Raises FormError naming it and the place that is wrong."""
    try:
        given = parse_yaml(content)
    except ValueError as error:
        raise FormError(f"{path}: not YAML: {error}") from error
    try:
        return model.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "file"
        raise FormError(f"{path}: {place}: {first['msg']}") from error
