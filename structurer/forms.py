"""The official forms as data: tables, rows, columns, labels and edit rules, one YAML file a form."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

from structurer.datafiles import contents, data_folder, validated
from structurer.errors import FormError

Kind = Literal["count", "signed", "money"]
Severity = Literal["error", "warning", "info"]


NEXT = "next."
"""Begins the name of a value of the later year in a rule across years."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(_Value):
    """A column of a table block; `kind` says which numbers it can hold."""

    id: str
    label: str
    variants: tuple[str, ...] = ()
    under: str = ""
    kind: Kind = "count"
    unit: str | None = None
    """Unit of the values; "" when only the report itself can say; None for the row's or table's."""


class Row(_Value):
    """A row of a table block; `under` is the group line it stands below."""

    id: str
    label: str
    variants: tuple[str, ...] = ()
    under: str = ""
    unit: str | None = None


class Block(_Value):
    """Rows that share columns, under a heading of their own where the form prints one."""

    heading: str = ""
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


class Anchor(_Value):
    """Words that only this table's header or first rows print."""

    label: str
    follow: tuple[str, ...] = ()
    """One of these stands within `within` characters behind it."""
    within: int = 12
    once: bool = False
    """Printed once in a table, not again above each page: met again, it is a second table's."""


class Rule(_Value):
    """One edit rule as the form states it.

    `left` and `right` name rows (`for_each: column`), columns (`for_each: row`) or whole indicators
    (no `for_each`). Severity `error` is a hard edit, `warning` a soft one.
    """

    id: str
    severity: Severity
    relation: Literal["equal", "at_most"] = "equal"
    for_each: Literal["row", "column"] | None = None
    left: tuple[str, ...]
    right: tuple[str, ...]
    or_right: tuple[str, ...] = ()
    """A second reading of the right side that satisfies the rule as well."""
    across_years: bool = False
    """It binds two reports of one agency; names with `next.` are of the later year."""
    message: str
    origin: str


class Cell(_Value):
    """One place of a table: the indicator printed there, and what may stand in it."""

    indicator: str
    label: str
    row: str
    column: str
    kind: Kind
    unit: str

    @cached_property
    def observed(self) -> dict[str, Any]:
        """All fields of an observation of this cell in a table, as they are until it is read: for copying."""
        return {
            "indicator": self.indicator,
            "label": self.label,
            "value": None,
            "unit": self.unit,
            "qualifier": "exact",
            "period": "year",
            "as_of": None,
            "scope": None,
            "printed": "omitted",
            "status": "ambiguous",
            "accepted": False,
            "methods": ("table",),
            "evidence": (),
            "rules": (),
            "assumes": (),
            "candidates": (),
        }


class Edit(_Value):
    """A rule laid over the cells it binds: sum(left) against sum(right), by indicator."""

    rule: Rule
    left: tuple[str, ...]
    right: tuple[str, ...]
    or_right: tuple[str, ...] = ()
    where: str = ""
    """The row or column the rule is laid over."""
    label: str = ""
    """Its official label."""

    @cached_property
    def cells(self) -> frozenset[str]:
        """Every indicator it binds."""
        return frozenset((*self.left, *self.right))


class Sum(NamedTuple):
    """A hard edit as positions of cells: what stands at `left` adds up to what stands at `right`."""

    rule: str
    left: tuple[int, ...]
    right: tuple[int, ...]


class Table(_Value):
    """One table of one form."""

    id: str
    number: str
    title: str
    headings: tuple[str, ...]
    anchors: tuple[Anchor, ...]
    furniture: tuple[str, ...]
    unit: str
    labels_first: bool = False
    """All labels are printed before all numbers, which then follow row by row."""
    prose: bool = False
    mirrors: str = ""
    """A table with the same rows, to be compared softly with this one."""
    blocks: tuple[Block, ...]
    rules: tuple[Rule, ...] = ()

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """All cells in printing order: block by block, row by row."""
        return tuple(
            Cell(
                indicator=f"{self.id}.{row.id}.{column.id}",
                label="/".join(part for part in (self.number, row.under, row.label, column.label) if part),
                row=row.id,
                column=column.id,
                kind=column.kind,
                unit=next(u for u in (column.unit, row.unit, self.unit) if u is not None),
            )
            for block in self.blocks
            for row in block.rows
            for column in block.columns
        )

    @cached_property
    def by_indicator(self) -> Mapping[str, Cell]:
        """The cells by their public key."""
        return {cell.indicator: cell for cell in self.cells}

    @cached_property
    def edits(self) -> tuple[Edit, ...]:
        """Every rule of the table, laid over its cells."""
        return tuple(edit for rule in self.rules if not rule.across_years for edit in self._laid(rule))

    @cached_property
    def edits_across_years(self) -> tuple[Edit, ...]:
        """The rules between two years; indicators of the later one begin with `next.`."""
        return tuple(edit for rule in self.rules if rule.across_years for edit in self._laid(rule))

    @cached_property
    def sums(self) -> tuple[Sum, ...]:
        """The hard edits that are sums, over positions in `cells`."""
        at = {cell.indicator: position for position, cell in enumerate(self.cells)}
        return tuple(
            Sum(edit.rule.id, tuple(at[key] for key in edit.left), tuple(at[key] for key in edit.right))
            for edit in self.edits
            if edit.rule.severity == "error" and edit.rule.relation == "equal" and edit.rule.for_each
        )

    @cached_property
    def sums_of(self) -> tuple[tuple[str, ...], ...]:
        """For every position in `cells` the ids of the sums that bind it."""
        found: list[list[str]] = [[] for _ in self.cells]
        for rule, left, right in self.sums:
            for position in (*left, *right):
                found[position].append(rule)
        return tuple(tuple(rules) for rules in found)

    @cached_property
    def confirmed(self) -> tuple[dict[str, Any], ...]:
        """As `Cell.observed` for all cells, in a table that prints every one of them and breaks no sum.

        A cell that no sum binds is confirmed by none.
        """
        return tuple(
            {
                **cell.observed,
                "printed": "number",
                "status": "verified" if rules else "stated",
                "accepted": True,
                "rules": rules,
            }
            for cell, rules in zip(self.cells, self.sums_of, strict=True)
        )

    @cached_property
    def has_money(self) -> bool:
        """Some of its cells hold amounts, whose unit the report itself prints."""
        return any(cell.kind == "money" for cell in self.cells)

    @property
    def single_column(self) -> bool:
        """A list of labels, each with one number."""
        return all(len(block.columns) == 1 for block in self.blocks)

    def _key(self, name: str, line: str, across: bool) -> str:
        later = NEXT if name.startswith(NEXT) else ""
        name = name.removeprefix(NEXT)
        return f"{later}{self.id}." + (f"{line}.{name}" if across else f"{name}.{line}")

    def _laid(self, rule: Rule) -> Iterator[Edit]:
        if rule.for_each is None:
            yield Edit(rule=rule, left=rule.left, right=rule.right, or_right=rule.or_right)
            return
        across = rule.for_each == "row"
        lines = {
            line.id: line.label for block in self.blocks for line in (block.rows if across else block.columns)
        }
        for line, label in lines.items():
            keys = [tuple(self._key(name, line, across) for name in side) for side in (rule.left, rule.right)]
            if all(key.removeprefix(NEXT) in self.by_indicator for side in keys for key in side):
                yield Edit(rule=rule, left=keys[0], right=keys[1], where=line, label=label)


class Form(_Value):
    """One generation of the report, as its YAML file states it."""

    form: str
    title: str
    years: tuple[int, int | None]
    origin: str
    tables: tuple[Table, ...]

    @model_validator(mode="after")
    def _consistent(self) -> Form:
        for table in self.tables:
            keys = [cell.indicator for cell in table.cells]
            twice = {key for key in keys if keys.count(key) > 1}
            if twice:
                raise ValueError(f"table {table.id}: indicator stands twice: {', '.join(sorted(twice))}")
            for rule in table.rules:
                self._check_rule(table, rule)
        return self

    @staticmethod
    def _check_rule(table: Table, rule: Rule) -> None:
        if rule.for_each is None:
            return
        known = {cell.column if rule.for_each == "row" else cell.row for cell in table.cells}
        unknown = [name for name in (*rule.left, *rule.right) if name.removeprefix(NEXT) not in known]
        if unknown:
            kind = "column" if rule.for_each == "row" else "row"
            raise ValueError(f"table {table.id}, rule {rule.id}: no such {kind}: {', '.join(unknown)}")


class Forms(_Value):
    """All forms, and the tables of all forms by table id."""

    forms: tuple[Form, ...]
    fingerprint: str = Field(description="sha256 over the files the forms were read from")

    @cached_property
    def tables(self) -> Mapping[str, Mapping[str, Table]]:
        """Table id → form id → table, newest form last."""
        found: dict[str, dict[str, Table]] = {}
        for form in self.forms:
            for table in form.tables:
                found.setdefault(table.id, {})[form.form] = table
        return found

    @cached_property
    def twins(self) -> Mapping[str, frozenset[str]]:
        """Table id → forms whose tables of that id have the very same cells, where there are several."""
        return {
            table: frozenset(form for form in of_form if of_form[form].cells == newest.cells)
            for table, of_form in self.tables.items()
            for newest in [list(of_form.values())[-1]]
        }

    @cached_property
    def cells(self) -> Mapping[str, Cell]:
        """Every public indicator of every form; the newest form wins where a key recurs."""
        return {
            key: cell
            for form in self.forms
            for table in form.tables
            for key, cell in table.by_indicator.items()
        }


def schemas_folder() -> Path:
    """Where the form files lie: in the wheel, else at the top of the checkout."""
    return data_folder("schemas")


def load_forms(folder: str | os.PathLike[str] | None = None) -> Forms:
    """All forms of a folder of YAML files (default: those shipped), sorted by first year.

    Raises FormError naming the file and the place that contradicts itself.
    """
    return _load(str(folder) if folder is not None else str(schemas_folder()))


@cache
def _load(folder: str) -> Forms:
    from hashlib import sha256

    paths = sorted(Path(folder).glob("*.yaml"))
    if not paths:
        raise FormError(f"{folder}: no form files (*.yaml) here")
    digest = sha256()
    forms = []
    for path in paths:
        content = contents(path)
        digest.update(path.name.encode() + b"\0" + content + b"\0")
        forms.append(validated(path, content, Form))
    return Forms(forms=tuple(sorted(forms, key=lambda form: form.years[0])), fingerprint=digest.hexdigest())
