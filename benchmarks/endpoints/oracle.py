"""Answers made from the truth about one report, wrong at a set rate: from an oracle (0) to a liar (1).

What is wrong is wrong as models are: schema-valid, fluent, and taken from elsewhere in the same text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import Any

from benchmarks.endpoints.exchange import Call, Reply, chat
from benchmarks.endpoints.forms import Chooser, fill, resolve
from benchmarks.endpoints.truth import Fact, Truth
from structurer.forms import load_forms
from structurer.model.answers import FIELDS, PERIODS, QUALIFIERS, row_names
from structurer.observation import Observation

Item = dict[str, Any]
_NUMBER = re.compile(r"[0-9][0-9,]*(?:\.[0-9]+)?")
_CLAUSE = re.compile(r"[^。；，、|\n\x1e\x1f]*[0-9][^。；，、|\n\x1e\x1f]*")
CANARY = {"quote": "在官网发布消息7777.7条", "number": 7777.7}
"""The example of our own prompt: a model that repeats it has read nothing."""


class Teller:
    """Tells the truth about one report, and each item wrong with probability `rate`.

    `kinds` limits how it is wrong; `extra` adds items nobody stated, as many as there are true ones times
    this. The same request gets the same answer.
    """

    def __init__(
        self,
        truth: Truth,
        rate: float = 0.0,
        *,
        kinds: Sequence[str] = (),
        extra: float = 0.0,
        seed: object = 0,
    ) -> None:
        self.truth, self.rate, self.extra, self.seed = truth, rate, extra, seed
        self.kinds = tuple(kinds or LIES)
        self.told: list[Item] = []
        """Every item that was sent, with `wrong` naming what was done to it ("" for nothing)."""
        self.sent: list[str] = []
        """Every answer as it was sent."""

    def __call__(self, call: Call) -> Reply:
        """One answer."""
        rng = call.random(f"teller {self.seed}")
        self.sent.append(json.dumps({"items": self._items(call, rng)}, ensure_ascii=False))
        return chat(call, self.sent[-1])

    def _items(self, call: Call, rng: Random) -> list[Item]:
        schema = call.schema or {}
        item = resolve(resolve(schema, schema).get("properties", {}).get("items", {}), schema)
        shape = resolve(item.get("items", {}), schema).get("properties", {})
        if "indicator" in shape:
            told = list(self._statements(call.document, shape, rng))
        elif "cells" in shape:
            told = list(self._rows(shape, rng))
        elif "field" in shape:
            told = list(self._fields(call.document, shape, rng))
        else:
            chooser = Chooser(rng, call.document)
            return list(fill(schema, chooser).get("items", [])) if schema else []
        self.told += told
        return [{key: value for key, value in one.items() if key in shape} for one in told]

    def _statements(self, text: str, shape: Mapping[str, Any], rng: Random) -> Iterator[Item]:
        options = shape["indicator"].get("enum", [])
        facts = [fact for fact in self.truth.facts if _name(fact) in options and printed(fact.quote, text)]
        for fact in facts:
            item: Item = {**_item(fact), "fact": fact, "wrong": ""}
            if rng.random() < self.rate:
                item = self._bent(item, facts, options, text, rng)
            if item:
                yield item
        for _ in range(_count(self.extra * max(1, len(facts)), rng)):
            yield _invented(options, text, rng)

    def _bent(self, item: Item, facts: list[Fact], options: list[str], text: str, rng: Random) -> Item:
        kinds = list(self.kinds)
        rng.shuffle(kinds)
        for kind in kinds:
            bent = LIES[kind](item, facts, options, text, rng)
            if bent is None:
                return {}
            if any(bent[key] != item[key] for key in bent if key in item):
                return {**bent, "wrong": kind}
        return item

    def _rows(self, shape: Mapping[str, Any], rng: Random) -> Iterator[Item]:
        options = set(shape["row"].get("enum", []))
        for (table, row), cells in self.truth.rows.items():
            name = next((label for label in _row_labels(table, row) if label in options), None)
            if name is None:
                continue
            item = {"row": name, "cells": list(cells), "of": (table, row), "wrong": ""}
            if rng.random() < self.rate:
                kind = rng.choice(sorted(BENT_ROWS))
                item |= {"cells": BENT_ROWS[kind](list(cells), rng), "wrong": kind}
            yield item

    def _fields(self, text: str, shape: Mapping[str, Any], rng: Random) -> Iterator[Item]:
        options = shape["field"].get("enum", [])
        for label, key in FIELDS.items():
            value = self.truth.metadata.get(key)
            if label not in options or value is None:
                continue
            quote = next((line.strip() for line in text.split("\n") if value[:4] in line), value)[:60]
            item = {"quote": quote, "field": label, "value": value, "wrong": ""}
            if rng.random() < self.rate:
                item |= {
                    "value": bent_digits(value, rng) if value[:1].isdigit() else value[1:],
                    "wrong": "value",
                }
            yield item


def at_its_word(told: Sequence[Item]) -> list[Observation]:
    """What a model said, each item accepted as it stands: what one gets without any check."""
    found: dict[tuple[str, object, str, str], Observation] = {}
    rows = {name: row for row, name in row_names(load_forms()).items()}
    for item in told:
        if "indicator" in item:
            row = rows[item["indicator"]]
            money = f"narrative.{row}.amount"
            key = money if money in load_forms().cells else f"narrative.{row}.count"
            observation = _believed(key, item["number"], item["unit"], item["qualifier"], item["period"])
            found[key, item["number"], item["qualifier"], item["period"]] = observation
        elif "cells" in item:
            for key, cell in _cells(item):
                found[key, cell, "", ""] = _believed(key, _value(cell), "", "确数", "本年")
        elif "field" in item:
            key = f"metadata.{FIELDS[item['field']]}"
            value = int(item["value"]) if item["value"].isdigit() else item["value"]
            found[key, value, "", ""] = _believed(key, value, "", "确数", "本年")
    return list(found.values())


def _believed(key: str, value: Any, unit: str, qualifier: str, period: str) -> Observation:
    return Observation(
        indicator=key,
        label=key,
        value=value,
        unit=unit,
        qualifier=QUALIFIERS[qualifier],
        period=PERIODS[period],
        status="stated",
        accepted=True,
        methods=("model",),
    )


def _cells(item: Item) -> Iterator[tuple[str, str]]:
    """A row's cells under the columns of the first form that has it, as many as there are."""
    table, row = item["of"]
    for form in load_forms().tables[table].values():
        keys = [cell.indicator for cell in form.cells if cell.indicator.split(".")[1] == row]
        if len(keys) >= len(item["cells"]) > 0:
            return iter([(key, cell) for key, cell in zip(keys, item["cells"], strict=False) if cell])
    return iter(())


def _value(cell: str) -> int | float | str:
    plain = cell.replace(",", "")
    if re.fullmatch(r"-?[0-9]+", plain):
        return int(plain)
    return float(plain) if re.fullmatch(r"-?[0-9]+\.[0-9]+", plain) else cell


def printed(quote: str, text: str) -> bool:
    """Whether a quote stands in a text, white space apart."""
    return "".join(quote.split()) in "".join(text.split())


def bent_digits(text: str, rng: Random) -> str:
    """The same text with the digits of one number changed: turned round, or one of them another."""
    numbers = list(_NUMBER.finditer(text))
    if not numbers:
        return text
    found = rng.choice(numbers)
    digits = found[0]
    turned = digits[::-1]
    if turned == digits or "." in digits or "," in digits or turned.startswith("0"):
        place = rng.choice([index for index, char in enumerate(digits) if char.isdigit()])
        turned = digits[:place] + str((int(digits[place]) + rng.randint(1, 9)) % 10) + digits[place + 1 :]
    return text[: found.start()] + turned + text[found.end() :]


def bent_number(number: float, rng: Random) -> float:
    """The number with its digits bent."""
    bent = bent_digits(f"{number:g}" if number < 1e6 else str(int(number)), rng)
    return float(bent) if float(bent) != number else number + 1


def _item(fact: Fact) -> Item:
    said = {value: key for key, value in QUALIFIERS.items()}
    when = {value: key for key, value in PERIODS.items()}
    return {
        "quote": fact.quote,
        "indicator": _name(fact),
        "number": fact.number,
        "unit": fact.unit,
        "qualifier": said[fact.qualifier],  # type: ignore[index]
        "period": when[fact.period],  # type: ignore[index]
        "scope": fact.scope,
    }


def _name(fact: Fact) -> str:
    return row_names(load_forms()).get(fact.indicator.split(".")[1], "")


def _row_labels(table: str, row: str) -> Iterator[str]:
    """What a row can be called: its label, behind that of its group where another row has the same."""
    for form in load_forms().tables[table].values():
        for known in (one for block in form.blocks for one in block.rows if one.id == row):
            yield f"{known.under}{known.label}"
            yield known.label


def _invented(options: list[str], text: str, rng: Random) -> Item:
    """A clause that really stands there, under an indicator that happens to be offered."""
    clauses = [found[0].strip() for found in _CLAUSE.finditer(text)] or [CANARY["quote"]]
    quote = str(rng.choice(clauses))[:40]
    number = _NUMBER.search(quote)
    return {
        "quote": quote,
        "indicator": rng.choice(options),
        "number": float(number[0].replace(",", "")) if number else 0.0,
        "unit": "件",
        "qualifier": "确数",
        "period": "本年",
        "scope": "",
        "wrong": "invented",
    }


def _count(expected: float, rng: Random) -> int:
    return int(expected) + (rng.random() < expected % 1)


def _number(item: Item, facts: list[Fact], options: list[str], text: str, rng: Random) -> Item:
    """A true quote with another number: 17 said, 71 answered."""
    return {**item, "number": bent_number(item["number"], rng)}


def _misquote(item: Item, facts: list[Fact], options: list[str], text: str, rng: Random) -> Item:
    """Quote and number agree, but no such words stand there."""
    number = bent_number(item["number"], rng)
    found = _NUMBER.search(item["quote"])
    quote = item["quote"].replace(found[0], f"{number:g}", 1) if found else f"{item['quote']}{number:g}件"
    return {**item, "quote": quote, "number": number}


def _neighbour(item: Item, facts: list[Fact], options: list[str], text: str, rng: Random) -> Item:
    """The number of another statement beside the true quote."""
    return {**item, "number": rng.choice(facts).number}


def _borrowed(item: Item, facts: list[Fact], options: list[str], text: str, rng: Random) -> Item:
    """Quote and number of another statement under this indicator: all of it really stands there."""
    other = rng.choice(facts)
    return {**_item(other), "indicator": item["indicator"]}


def _renamed(item: Item, facts: list[Fact], options: list[str], text: str, rng: Random) -> Item:
    """The right quote and number under another indicator."""
    return {**item, "indicator": rng.choice(options)}


def _elsewhere(item: Item, facts: list[Fact], options: list[str], text: str, rng: Random) -> Item:
    """Any other clause with a number under this indicator: dates, phones, items of a law."""
    other = _invented(options, text, rng)
    return {**item, "quote": other["quote"], "number": other["number"]}


def _period(item: Item, facts: list[Fact], options: list[str], text: str, rng: Random) -> Item:
    """Another span of time."""
    return {**item, "period": rng.choice(list(PERIODS))}


def _qualifier(item: Item, facts: list[Fact], options: list[str], text: str, rng: Random) -> Item:
    """余 and 近 forgotten or made up."""
    return {**item, "qualifier": rng.choice(list(QUALIFIERS))}


def _factor(item: Item, facts: list[Fact], options: list[str], text: str, rng: Random) -> Item:
    """万 forgotten or counted twice."""
    return {**item, "number": item["number"] * rng.choice((10, 100, 10_000, 0.0001))}


def _scope(item: Item, facts: list[Fact], options: list[str], text: str, rng: Random) -> Item:
    """Somebody else's figure."""
    return {**item, "scope": "全市各区县"}


def _canary(item: Item, facts: list[Fact], options: list[str], text: str, rng: Random) -> Item:
    """The prompt's own example."""
    return {**item, **CANARY}


def _silent(item: Item, facts: list[Fact], options: list[str], text: str, rng: Random) -> None:
    """Nothing at all about what is stated."""
    return


Lie = Callable[[Item, list[Fact], list[str], str, Random], Item | None]

LIES: Mapping[str, Lie] = {
    lie.__name__.lstrip("_"): lie
    for lie in (
        _number,
        _misquote,
        _neighbour,
        _borrowed,
        _renamed,
        _elsewhere,
        _period,
        _qualifier,
        _factor,
        _scope,
        _canary,
        _silent,
    )
}


def _digits(cells: list[str], rng: Random) -> list[str]:
    """One cell's digits bent."""
    filled = [index for index, cell in enumerate(cells) if any(char.isdigit() for char in cell)]
    if filled:
        index = rng.choice(filled)
        cells[index] = bent_digits(cells[index], rng)
    return cells


def _shifted(cells: list[str], rng: Random) -> list[str]:
    """Every cell one column on."""
    return [cells[-1], *cells[:-1]]


def _swapped(cells: list[str], rng: Random) -> list[str]:
    """Two cells in each other's place."""
    if len(cells) > 1:
        one, other = rng.sample(range(len(cells)), 2)
        cells[one], cells[other] = cells[other], cells[one]
    return cells


def _closed_up(cells: list[str], rng: Random) -> list[str]:
    """Blanks left out, the rest moved up."""
    return [cell for cell in cells if cell]


def _zeros(cells: list[str], rng: Random) -> list[str]:
    """Zeros where nothing is printed."""
    return [cell or "0" for cell in cells]


BENT_ROWS: Mapping[str, Callable[[list[str], Random], list[str]]] = {
    bend.__name__.lstrip("_"): bend for bend in (_digits, _shifted, _swapped, _closed_up, _zeros)
}
