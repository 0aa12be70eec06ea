"""Pages made from the code at every build: `{from-code} NAME` stands for what the function NAME returns.

Nothing here is typed: commands come from `--help`, indicators from schemas/*.yaml, the rest from docstrings.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, get_args

import click
from click.testing import CliRunner
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import structurer
from structurer import errors, observation
from structurer.cli import cli
from structurer.console.signs import SIGNS
from structurer.forms import Form, Rule, Table, load_forms
from structurer.meanings import PRINTED, STATUSES
from structurer.metadata.pages import LABELS
from structurer.model.presets import PRESETS
from structurer.settings import VARIABLES, Settings

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

WIDTH = 90
"""Characters a line of help, so that it fits beside the contents."""


def commands() -> str:
    """Every command with what its `--help` prints."""
    return "\n".join(_command(cli.commands[name], name) for name in sorted(cli.commands))


def _command(command: click.Command, *path: str) -> str:
    asked = CliRunner().invoke(cli, [*path, "--help"], prog_name="structurer", terminal_width=WIDTH)
    parts = ["#" * (len(path) + 1) + f" structurer {' '.join(path)}", "```text", asked.output.rstrip(), "```"]
    if isinstance(command, click.Group):
        parts += [_command(inner, *path, name) for name, inner in sorted(command.commands.items())]
    return "\n".join((*parts, ""))


def python() -> str:
    """The public names of the package, each with its documentation."""
    told = []
    for name in sorted(structurer.__all__, key=str.lower):
        if name.startswith("__"):
            continue
        kind = "autoclass" if inspect.isclass(getattr(structurer, name)) else "autofunction"
        told += [
            f"## {name}",
            "```{eval-rst}",
            f".. {kind}:: structurer.{name}",
            "   :show-inheritance:" if _is_error(name) else "",
            "```",
            "",
        ]
    return "\n".join(told)


def _is_error(name: str) -> bool:
    value = getattr(structurer, name)
    return inspect.isclass(value) and issubclass(value, Exception)


def settings() -> str:
    """Every setting: its variables of the environment, its default, what it is."""
    rows = (
        (f"`{name}`", _joined(VARIABLES.get(name, ())), _default(field), _one_line(field.description or ""))
        for name, field in _described(Settings).items()
    )
    return _grid(("setting", "environment", "default", "what it is"), rows)


def providers() -> str:
    """The providers known by name."""
    rows = (
        (f"`{preset.name}`", f"`{preset.base_url}`" if preset.base_url else "", _code(preset.key_variable))
        for preset in PRESETS.values()
    )
    return _grid(("provider", "address", "key"), rows)


def statuses() -> str:
    """The six statuses with sign and meaning."""
    rows = (
        (f"`{status}`", _code(SIGNS[status]), STATUSES[status], _yes(status in observation.ACCEPTING))
        for status in get_args(observation.Status)
    )
    return _grid(("status", "sign", "means", "accepted by itself"), rows)


def printed() -> str:
    """What can stand in the place of a value."""
    rows = ((f"`{name}`", meaning) for name, meaning in PRINTED.items())
    return _grid(("`printed`", "what stands on the page"), rows)


def error_codes() -> str:
    """Every error with what it is a kind of, its code and what it means."""
    classes = [
        value
        for value in vars(errors).values()
        if inspect.isclass(value) and issubclass(value, errors.StructurerError)
    ]
    rows = (
        (f"`{one.__name__}`", _parent(one), f"`{one.code}`", _one_line(inspect.getdoc(one) or ""))
        for one in classes
    )
    return _grid(("error", "a kind of", "code", "means"), rows)


def _parent(error: type[errors.StructurerError]) -> str:
    return f"`{error.__base__.__name__}`" if error.__base__ else ""


def forms() -> str:
    """Every form with its tables, indicators and rules, the newest first."""
    return "\n".join(_form(form) for form in reversed(load_forms().forms))


def metadata() -> str:
    """What a report says of itself."""
    return _grid(("indicator", "label"), [(f"`metadata.{key}`", label) for key, label in LABELS.items()])


def _form(form: Form) -> str:
    first, last = form.years
    years = f"{first} on" if last is None else f"{first} to {last}"
    head = [f"## {form.form}", "", f"{form.title}. {years}. Origin: {form.origin}.", ""]
    return "\n".join([*head, *(_table(form, table) for table in form.tables)])


def _table(form: Form, table: Table) -> str:
    cells = ((f"`{cell.indicator}`", _bare(cell.label, table), cell.unit, cell.kind) for cell in table.cells)
    return "\n".join(
        (
            f"### {table.number} {table.id} ({form.form})",
            "",
            f"{table.title}: {len(table.cells)} indicators, "
            f"{len(table.edits)} checks within a report, {len(table.edits_across_years)} between two years.",
            "",
            _grid(("indicator", "label", "unit", "holds"), cells),
            _grid(("rule", "severity", "states", "origin"), map(_rule, table.rules)) if table.rules else "",
        )
    )


def _rule(rule: Rule) -> tuple[str, str, str, str]:
    sign = {"equal": "=", "at_most": "≤"}[rule.relation]
    sides = [_shortened(side) for side in (rule.left, rule.right)]
    each = f", for each {rule.for_each}" if rule.for_each else ""
    years = ", between two years" if rule.across_years else ""
    return f"`{rule.id}`", rule.severity, f"{sides[0]} {sign} {sides[1]}{each}{years}", rule.origin


def _shortened(names: Sequence[str]) -> str:
    shown = names if len(names) <= 6 else (*names[:3], f"… {len(names) - 4} more …", names[-1])
    return " + ".join(f"`{name}`" if " " not in name else name for name in shown)


def _bare(label: str, table: Table) -> str:
    return label.removeprefix(f"{table.number}/")


def _grid(head: Sequence[str], rows: Iterator[Sequence[str]] | Sequence[Sequence[str]]) -> str:
    lines = [_row(head), _row(["---"] * len(head)), *(_row(row) for row in rows)]
    return "\n".join((*lines, ""))


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _described(model: type[Settings]) -> Mapping[str, FieldInfo]:
    """The fields with the docstrings that stand under them."""
    source = inspect.getsource(model)
    said = dict(re.findall(r'\n    (\w+): [^\n]*\n    """(.*?)"""', source, re.DOTALL))
    fields = {name: field._copy() for name, field in model.model_fields.items()}
    for name, field in fields.items():
        field.description = said.get(name, "")
    return fields


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    return "" if value is None or value == {} else f"`{value}`"


def _joined(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _code(text: str | None) -> str:
    return f"`{text}`" if text else ""


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _one_line(text: str) -> str:
    return " ".join(text.split("\n\n")[0].split())


_MADE = (commands, python, settings, providers, statuses, printed, error_codes, forms, metadata)
PAGES: Mapping[str, Callable[[], str]] = {made.__name__: made for made in _MADE}


class FromCode(SphinxDirective):
    """`{from-code} NAME`."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """What the function returns, read as the page itself is."""
        return self.parse_text_to_nodes(PAGES[self.arguments[0]](), allow_section_headings=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.add_directive("from-code", FromCode)
    return {"parallel_read_safe": True}
