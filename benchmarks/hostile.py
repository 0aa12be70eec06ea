"""Input that means harm or makes no sense: cut, repeated, endless; and how long the worst of it takes.

Every input must give an extraction or a named error, in time that grows with its length and no faster.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from itertools import islice
from random import Random

from benchmarks.corpus import case
from structurer import structure
from structurer.errors import StructurerError

MUTANTS = 200
MEGABYTE = 2**20
MOST = 5.0
"""Seconds of processor time that one input may take."""
_UNITS = {
    "line of prose": "本年度共收到政府信息公开申请12件，其中当面5件，网络7件。\n",
    "prose without a stop": "收到申请12件，",
    "denials": "未收到申请，没有发生行政复议、行政诉讼，",
    "bars": "|",
    "bar lines": "|\n",
    "zeros": "0\n",
    "digits": "7",
    "digits and commas": "1,234,",
    "digits and spaces": "12 34 ",
    "numerals": "二百三十",
    "numerals of ten": "十",
    "open brackets": "（",
    "brackets": "（）",
    "nested titles": "《",
    "titles": "《政府信息公开工作年度报告》",
    "title lines": "某某市教育局2021年政府信息公开工作年度报告\n",
    "headings": "一、总体情况\n",
    "numbered lines": "（一）1、",
    "page marks": "- 4 -\n",
    "rulers": "|---|---|\n",
    "row label": "予以公开 1 2 3 4 5 6 7\n",
    "group label": "不予公开 1 2 3 4 5 6 7 8\n",
    "labels only": "总计",
    "labels in turn": "本年新收政府信息公开申请数量\n其他\n总计\n结转下年度继续办理\n",
    "torn label": "予 1\n以公开\n",
    "unknown words": "甲乙丙丁 1\n",
    "unknown characters": "甲 1\n",
    "mistyped label": "予以公幵 1\n",
    "anchor": "信息内容 本年新制作数量 本年新公开数量 对外公开总数量\n",
    "flow anchor": "一、本年新收政府信息公开申请数量\n",
    "dates": "2021年1月25日\n",
    "addresses": "联系地址：",
    "blanks": " \u3000\t",
    "blank lines": "\n",
    "zero width": "\u200b",
    "image names": "捕获2.PNG",
    "tags": "<td>0</td>",
    "open tags": "<table><tr><td>",
    "entities": "&#x30;",
    "carriage returns": "\r",
}


def inputs(seed: int) -> Iterator[tuple[str, str]]:
    """Names and texts: mutated reports, then a megabyte of each unit, alone and inside a report."""
    yield from mutants(seed, MUTANTS)
    report = _report(seed)
    cut = report.index("总计") + 2
    for name, unit in _UNITS.items():
        flood = unit * (MEGABYTE // len(unit.encode()))
        yield f"a megabyte of {name}", flood
        yield f"a megabyte of {name} behind a report", report + flood
        yield f"a megabyte of {name} in a table", report[:cut] + "\n" + flood + "\n" + report[cut:]


def mutants(seed: int, count: int) -> Iterator[tuple[str, str]]:
    """Reports with parts cut out, repeated, reversed or overwritten."""
    rng = Random(f"hostile {seed}")
    for index in range(count):
        text = _report(index)
        for _ in range(rng.randint(1, 6)):
            start, end = sorted(rng.randrange(len(text) + 1) for _ in range(2))
            if rng.random() < 0.7:
                end = min(end, start + rng.randint(1, 300))
            part = text[start:end]
            change = rng.choice(("cut", "repeat", "repeat often", "reverse", "overwrite"))
            new = {
                "cut": "",
                "repeat": part * 2,
                "repeat often": part * rng.randint(2, max(2, 20_000 // (len(part) + 1))),
                "reverse": part[::-1],
                "overwrite": rng.choice(list(_UNITS.values())) * rng.randint(1, 50),
            }[change]
            text = text[:start] + new + text[end:]
        yield f"mutant {index}", text


def _report(seed: int) -> str:
    rng = Random(seed)
    layout = rng.choice(("cell-lines", "blank-lines", "pipe-rows", "pipe-newline", "spaces"))
    text = case(seed, layout, "none", rng.choice(("2019", "2021"))).text
    return text if isinstance(text, str) else text.decode()


def main(seed: int = 0) -> int:
    """Structure every input and print the worst; 1 when one took longer than it may."""
    taken: list[tuple[float, str, int, str]] = []
    for name, text in inputs(seed):
        began = time.process_time()
        try:
            structure(text, path=name)
            outcome = "structured"
        except StructurerError as error:
            outcome = type(error).__name__
        taken.append((time.process_time() - began, name, len(text), outcome))
    taken.sort(reverse=True)
    print(f"{len(taken)} inputs; the slowest, in seconds of processor time:")
    for seconds, name, length, outcome in islice(taken, 15):
        print(f"{seconds:8.2f}  {length:>9,} characters  {outcome:<14}  {name}")
    late = [name for seconds, name, _, _ in taken if seconds > MOST]
    for name in late:
        print(f"FAILED {name}: over {MOST} s", file=sys.stderr)
    return 1 if late else 0
