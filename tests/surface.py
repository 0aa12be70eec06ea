"""The public surface as one text: `python -m tests.surface --write` renews tests/golden/surface.txt.

What stands in it is what others build upon: names and parameters of Python, fields of what is given back, settings,
errors, the keys of indicators' tables, commands with their options, and the routes of the service.
"""

from __future__ import annotations

import difflib
import inspect
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

import structurer
from structurer import errors
from structurer.cli import cli
from structurer.forms import load_forms
from structurer.settings import VARIABLES, Settings

GOLDEN = Path(__file__).parent / "golden" / "surface.txt"
RENEW = "python -m tests.surface --write"
BESIDE: Mapping[str, tuple[str, ...]] = {
    "structurer.export": ("Exported", "export"),
    "structurer.panel": ("Panel", "Row", "panel"),
}
"""What the documentation shows beside the names of the package itself."""


def surface() -> dict[str, list[str]]:
    """Section → lines, sorted. Without the extra `service` there is no section of its routes."""
    names = [f"structurer.{name}" for name in structurer.__all__]
    names += [f"{module}.{name}" for module, inner in BESIDE.items() for name in inner]
    sections = {
        "python": [line for name in names for line in _python(name)],
        "errors": [f"{one.__name__}({_base(one)}) {one.code}" for one in _errors()],
        "settings": [" ".join((name, *(VARIABLES.get(name, ())))).rstrip() for name in Settings.model_fields],
        "tables": [f"{form.form} {table.id}" for form in load_forms().forms for table in form.tables],
        "commands": list(_commands(cli, "structurer")),
    }
    if all(map(find_spec, ("fastapi", "uvicorn", "python_multipart"))):
        sections["service"] = list(_routes())
    return {title: sorted(lines) for title, lines in sections.items()}


def written(sections: Mapping[str, list[str]]) -> str:
    """The text of the file."""
    return "\n".join(f"[{title}]\n" + "".join(f"{line}\n" for line in sections[title]) for title in sections)


def known() -> dict[str, list[str]]:
    """The sections as they were last written."""
    parts = GOLDEN.read_text(encoding="utf-8").split("\n\n")
    return {head[1:-1]: lines for head, *lines in (part.strip().split("\n") for part in parts)}


def changes(before: Mapping[str, list[str]], after: Mapping[str, list[str]]) -> list[str]:
    """The lines that went (-) and came (+), in the sections that there are now."""
    return [
        f"{line[0]} [{title}] {line[2:]}"
        for title in after
        for line in difflib.ndiff(before.get(title, []), after[title])
        if line[0] in "-+"
    ]


def _python(name: str) -> Iterator[str]:
    module, _, attribute = name.rpartition(".")
    value = getattr(import_module(module), attribute)
    if inspect.isclass(value):
        yield name
        yield from (f"{name}.{member}" for member in _members(value))
    else:
        yield f"{name}{_parameters(value)}" if callable(value) else name


def _members(value: type[Any]) -> Iterator[str]:
    """Fields, properties and methods that the class or one of ours above it defines."""
    fields = {*getattr(value, "model_fields", ()), *getattr(value, "__dataclass_fields__", ())}
    fields |= set(getattr(value, "_fields", ()))
    found = dict.fromkeys(fields)
    for one in reversed(value.__mro__):
        if one.__module__.partition(".")[0] == "structurer":
            found |= {key: inner for key, inner in vars(one).items() if key not in fields}
    for key, inner in found.items():
        if key.startswith(("_", "model_")):
            continue
        inner = inner.__func__ if isinstance(inner, staticmethod | classmethod) else inner
        yield f"{key}{_parameters(inner)}" if inspect.isfunction(inner) else key


def _parameters(function: Any) -> str:
    """Names and kinds of the parameters; `=` where one may be left out."""
    shown, starred = [], False
    for one in inspect.signature(function).parameters.values():
        if one.kind is one.VAR_POSITIONAL:
            starred = True
        elif one.kind is one.KEYWORD_ONLY and not starred:
            shown.append("*")
            starred = True
        sign = {one.VAR_POSITIONAL: "*", one.VAR_KEYWORD: "**"}.get(one.kind, "")
        shown.append(f"{sign}{one.name}{'' if one.default is one.empty else '='}")
    return f"({', '.join(shown)})"


def _errors() -> list[type[errors.StructurerError]]:
    return [
        value
        for value in vars(errors).values()
        if inspect.isclass(value) and issubclass(value, errors.StructurerError)
    ]


def _base(error: type[errors.StructurerError]) -> str:
    return error.__base__.__name__ if error.__base__ else ""


def _commands(command: click.Command, path: str) -> Iterator[str]:
    yield path
    for one in command.params:
        names = [one.name or ""] if isinstance(one, click.Argument) else [*one.opts, *one.secondary_opts]
        kind = one.type.choices if isinstance(one.type, click.Choice) else ()
        chosen = f" {{{','.join(map(str, kind))}}}" if kind else ""
        yield f"{path} {'/'.join(names)}{chosen}"
    for name, inner in getattr(command, "commands", {}).items():
        yield from _commands(inner, f"{path} {name}")


def _routes() -> Iterator[str]:
    from structurer.service.app import bare_app

    for path, methods in bare_app().openapi()["paths"].items():
        yield from (f"{method.upper()} {path}" for method in methods)


def main(arguments: list[str]) -> int:
    """Writes the file, or prints what has changed since it was written; exit code 1 where something has."""
    found = surface()
    if arguments == ["--write"]:
        if "service" not in found:
            print("install the extra service first: its routes belong to the surface", file=sys.stderr)
            return 2
        GOLDEN.write_text(written(found), encoding="utf-8")
        return 0
    changed = changes(known(), found)
    print(*changed, sep="\n", end="\n" if changed else "")
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
