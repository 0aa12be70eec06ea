"""The forms as reviewing needs them: which rules bind a cell, and which tables are prose."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache, cached_property

from structurer.forms import Edit, Forms, Table, load_forms
from structurer.observation import Extraction


class Rulebook:
    """The forms, with the rules of each cell looked up once."""

    def __init__(self, forms: Forms) -> None:
        self.forms = forms
        self._bound: dict[tuple[str, str], Mapping[str, tuple[Edit, ...]]] = {}
        self._signed: dict[tuple[str, str], str] = {}

    @cached_property
    def prose(self) -> frozenset[str]:
        """Ids of the tables whose values are statements in prose."""
        tables = self.forms.tables
        return frozenset(name for name, known in tables.items() if any(one.prose for one in known.values()))

    def table(self, name: str, form: str | None) -> Table | None:
        """A table as a form has it; of a table that only one form has, that one."""
        known = self.forms.tables.get(name, {})
        if form is not None and form in known:
            return known[form]
        return next(iter(known.values())) if len(known) == 1 else None

    def form_of(self, extraction: Extraction, indicator: str) -> str | None:
        """The form that the table of an indicator follows in this report."""
        info = extraction.document.tables.get(indicator.partition(".")[0])
        return info.form if info is not None else None

    def edits(self, indicator: str, form: str | None) -> Sequence[Edit]:
        """The rules of the form, laid over cells, that bind this one."""
        name = indicator.partition(".")[0]
        key = (name, form or "")
        if key not in self._bound:
            self._bound[key] = _by_cell(self.table(name, form))
        return self._bound[key].get(indicator, ())

    def signature(self, indicator: str, form: str | None) -> str:
        """What the rules that bind a cell say, without their wording."""
        key = (indicator, form or "")
        if key not in self._signed:
            said = [
                [edit.rule.id, edit.rule.severity, edit.rule.relation, *map(sorted, _sides(edit))]
                for edit in self.edits(indicator, form)
            ]
            self._signed[key] = json.dumps(said) if said else ""
        return self._signed[key]

    def label(self, indicator: str) -> str:
        """The official label of an indicator, or the indicator itself."""
        known = self.forms.cells.get(indicator)
        return known.label if known is not None else indicator


def _sides(edit: Edit) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    return edit.left, edit.right, edit.or_right


def _by_cell(table: Table | None) -> Mapping[str, tuple[Edit, ...]]:
    bound: dict[str, list[Edit]] = {}
    for edit in table.edits if table is not None else ():
        for key in dict.fromkeys((*edit.left, *edit.right)):
            bound.setdefault(key, []).append(edit)
    return {key: tuple(edits) for key, edits in bound.items()}


@cache
def rulebook() -> Rulebook:
    """The rulebook of the forms that are shipped."""
    return Rulebook(load_forms())
