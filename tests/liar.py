"""A model that lies: answers of the right shape whose quotes and numbers are drawn from elsewhere in the text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from random import Random
from typing import Any

from structurer.quantities import Quantity, quantities
from tests.serving import Asked, Said

_TOKEN = re.compile(r"(?<![0-9])[0-9][0-9,.]*(?![0-9])|/")
_FABRICATED = ("全年收到政府信息公开申请{}件", "未收到任何申请", "网站公开信息{}条", "行政复议{}件")


class Liar:
    """Answers every request with lies; `rate` of its items are lies, the others copied by rote."""

    def __init__(self, seed: int, most: int = 8) -> None:
        self._rng = Random(seed)
        self._most = most
        self.told = 0

    def __call__(self, asked: Asked) -> Said:
        """An answer that keeps to the schema."""
        properties = asked.item()
        if "indicator" in properties:
            found = list(self._statements(asked.text, properties["indicator"]["enum"]))
        elif "row" in properties:
            found = list(self._rows(asked.text, properties))
        elif "field" in properties:
            found = [self._field(asked.text, name) for name in properties["field"]["enum"]]
        else:
            found = [self._problem(asked.text) for _ in range(3)]
        self.told += len(found)
        return Said(json.dumps({"items": found}, ensure_ascii=False))

    def _statements(self, text: str, names: list[str]) -> Iterator[dict[str, Any]]:
        rng = self._rng
        found = list(quantities(text))
        for _ in range(rng.randint(1, self._most)):
            quote, number = self._said(text, found)
            yield {
                "quote": quote,
                "indicator": rng.choice(names),
                "number": number,
                "unit": rng.choice(["件", "条", "次", ""]),
                "qualifier": rng.choice(["确数", "确数", "多于", "大约"]),
                "period": rng.choice(["本年", "本年", "本年", "上年", "历年累计"]),
                "scope": rng.choice(["", "", "", "全市"]),
            }

    def _said(self, text: str, found: list[Quantity]) -> tuple[str, float]:
        rng = self._rng
        kind = rng.choice(["real", "real", "real", "other", "digits", "fabricated", "none", "slice"])
        if not found or kind == "fabricated":
            number = rng.randint(0, 99)
            return rng.choice(_FABRICATED).format(number), number
        one = rng.choice(found)
        start, end = max(0, one.start - rng.randint(0, 12)), one.end + rng.randint(0, 6)
        if kind == "other":
            return text[start:end], rng.choice(found).value
        if kind == "digits":
            turned = str(one.value)[::-1]
            return text[start:end].replace(str(one.value), turned), float(turned) if turned[0] != "." else 0
        if kind == "none":
            at = next((m.start() for m in re.finditer("未|没有|无", text)), 0)
            return text[at : at + 12], 0
        if kind == "slice":
            return text[one.number[0] : one.end], one.value
        return text[start:end], one.value

    def _rows(self, text: str, properties: dict[str, Any]) -> Iterator[dict[str, Any]]:
        rng = self._rng
        widths = [len(block.split("、")) for block in properties["cells"]["description"].split("；")]
        tokens = _TOKEN.findall(text) or ["0"]
        names = properties["row"]["enum"]
        kind = rng.choice(["shuffled", "shifted", "random", "one wrong"])
        at = 0
        for name in names:
            width = rng.choice(widths)
            cells = (tokens[at : at + width] + [""] * width)[:width]
            at += width
            if kind == "shuffled":
                rng.shuffle(cells)
            elif kind == "shifted":
                cells = [*cells[1:], ""]
            elif kind == "random":
                cells = [rng.choice([*tokens, ""]) for _ in cells]
            elif rng.random() < 0.2:
                cells[rng.randrange(width)] = str(rng.randint(0, 300))
            yield {"row": rng.choice(names) if rng.random() < 0.1 else name, "cells": cells}

    def _field(self, text: str, name: str) -> dict[str, Any]:
        rng = self._rng
        start = rng.randrange(max(1, len(text) - 30))
        quote = text[start : start + rng.randint(4, 30)]
        value = rng.choice([quote, str(rng.randint(2008, 2025)), "2021-01-26", "云上市教育局"])
        return {"quote": quote, "field": name, "value": value}

    def _problem(self, text: str) -> dict[str, Any]:
        start = self._rng.randrange(max(1, len(text) - 20))
        quote = self._rng.choice([text[start : start + 20], "人手不足，经费短缺"])
        return {"kind": self._rng.choice(["存在的问题", "改进措施"]), "quote": quote}
