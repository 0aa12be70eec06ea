"""True tables: random counts of realistic size that satisfy every hard edit by construction."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from random import Random
from typing import NamedTuple

from structurer.forms import Table, load_forms

Values = dict[str, int | float]

#: What a report of each kind is made of: (form, table) in printing order.
FORMS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "2019": (("2019", "disclosure"), ("2019", "applications"), ("2019", "disputes")),
    "2021": (("2021", "disclosure"), ("2021", "applications"), ("2021", "disputes")),
    "hybrid": (("2021", "disclosure"), ("2019", "applications"), ("2021", "disputes")),
    "statistics-2014": (("statistics-2014", "statistics"),),
}


class Edit(NamedTuple):
    """One hard edit over the cells it binds: sum(left) = sum(right)."""

    rule: str
    where: str
    left: tuple[str, ...]
    right: tuple[str, ...]


@cache
def table(form: str, name: str) -> Table:
    """One table of one form."""
    return load_forms().tables[name][form]


@cache
def hard_edits(form: str, name: str) -> tuple[Edit, ...]:
    """The hard edits of a table, laid over its cells."""
    return tuple(
        Edit(edit.rule.id, edit.where, edit.left, edit.right)
        for edit in table(form, name).edits
        if edit.rule.severity == "error"
    )


def broken(form: str, name: str, values: Mapping[str, float]) -> tuple[tuple[str, str], ...]:
    """The hard edits that these values break, as (rule, row or column)."""
    return tuple(
        (edit.rule, edit.where)
        for edit in hard_edits(form, name)
        if sum(values[key] for key in edit.left) != sum(values[key] for key in edit.right)
    )


def fill(form: str, name: str, rng: Random) -> Values:
    """A true table: its values by indicator, in printing order."""
    return _MAKERS[name](form, rng)


def _few(rng: Random) -> int:
    """A count as single cells hold them: mostly nothing, seldom much."""
    draw = rng.random()
    if draw < 0.55:
        return 0
    if draw < 0.85:
        return rng.randint(1, 12)
    return rng.randint(13, 260) if draw < 0.97 else rng.randint(261, 9_800)


def _money(rng: Random) -> int | float:
    draw = rng.random()
    if draw < 0.4:
        return 0
    if draw < 0.6:
        return rng.randint(1, 4_000)
    return round(rng.uniform(0.5, 3_000), rng.choice((1, 2, 2, 4, 6)))


class _Grid(NamedTuple):
    """The places of table 三 as its own edit rules name them."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    outcomes: tuple[str, ...]
    keys: tuple[tuple[str, str, str], ...]


@cache
def _grid(form: str) -> _Grid:
    chosen = table(form, "applications")
    rules = {rule.id: rule for rule in chosen.rules}
    return _Grid(
        rows=tuple(row.id for block in chosen.blocks for row in block.rows),
        columns=rules["applications.row_total"].left,
        outcomes=rules["applications.handled"].left,
        keys=tuple((cell.indicator, cell.row, cell.column) for cell in chosen.cells),
    )


def _volume(rng: Random) -> int:
    """How many applications an office met in a year."""
    draw = rng.random()
    if draw < 0.35:
        return 0
    if draw < 0.7:
        return rng.randint(1, 20)
    return rng.randint(21, 400) if draw < 0.94 else rng.randint(401, 16_000)


_APPLICANTS = (80, 11, 1, 2, 4, 2)


def _batches(volume: int, rng: Random) -> list[int]:
    """The volume cut into a few batches of applications alike in everything."""
    batches = []
    left = volume
    most = max(1, volume // 6)
    while left:
        size = min(left, rng.randint(1, most))
        batches.append(size)
        left -= size
    return batches


def _applications(form: str, rng: Random) -> Values:
    grid = _grid(form)
    favoured = [rng.choice(grid.outcomes) for _ in range(4)] + ["granted", "granted", "not_provided_not_held"]
    counts: dict[tuple[str, str], int] = {}
    for size in _batches(_volume(rng), rng):
        who = rng.choices(grid.columns, _APPLICANTS)[0]
        came = "carried_in" if rng.random() < 0.08 else "received"
        if rng.random() < 0.09:
            went: tuple[str, ...] = ("carried_out",)
        else:
            outcome = rng.choice(favoured) if rng.random() < 0.8 else rng.choice(grid.outcomes)
            went = (outcome, "handled_total")
        for row in (came, *went):
            for column in (who, "total"):
                counts[row, column] = counts.get((row, column), 0) + size
    return {key: counts.get((row, column), 0) for key, row, column in grid.keys}


def _disputes(form: str, rng: Random) -> Values:
    values: Values = {}
    for edit in hard_edits(form, "disputes"):
        quiet = rng.random() < 0.7
        for key in edit.left:
            values[key] = (
                0 if quiet or rng.random() < 0.4 else rng.randint(1, 30 if rng.random() < 0.2 else 5)
            )
        values[edit.right[0]] = sum(values[key] for key in edit.left)
    return values


def _disclosure(form: str, rng: Random) -> Values:
    values: Values = {}
    for cell in table(form, "disclosure").cells:
        if cell.kind == "money":
            values[cell.indicator] = _money(rng)
        elif cell.kind == "signed":
            values[cell.indicator] = rng.choice((0, 0, 0, 1, 3, 10, -1, -4, -35))
        else:
            values[cell.indicator] = _few(rng)
    for row in ("regulations", "normative_documents"):
        whole, part = f"disclosure.{row}.total_disclosed", f"disclosure.{row}.newly_disclosed"
        if whole in values:
            values[whole] += values[part]
    return values


@cache
def _totals_inside_out(form: str) -> tuple[Edit, ...]:
    """The edits of the statistics table, those whose parts are themselves totals last."""
    edits = hard_edits(form, "statistics")
    totals = {edit.right[0] for edit in edits}
    return tuple(sorted(edits, key=lambda edit: len(totals.intersection(edit.left))))


def _statistics(form: str, rng: Random) -> Values:
    values: Values = {
        cell.indicator: _money(rng) if cell.kind == "money" else _few(rng)
        for cell in table(form, "statistics").cells
    }
    for edit in _totals_inside_out(form):
        values[edit.right[0]] = sum(values[key] for key in edit.left)
    return values


_MAKERS = {
    "applications": _applications,
    "disclosure": _disclosure,
    "disputes": _disputes,
    "statistics": _statistics,
}
