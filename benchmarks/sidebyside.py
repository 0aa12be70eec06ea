"""langextract, a plain instructor call and structurer on the same reports, with a model that errs.

    python -m benchmarks.sidebyside [--reports N] [--rate PERCENT] [--peer PYTHON]

The model answers at once and is made from the truth of each report; `--rate` percent of what it tells is
wrong, in the ways models are, and for each ten true items one is invented at the same rate. langextract
calls it in its own process; structurer and instructor over HTTP on loopback, which is charged to them.
langextract takes what it finds placed in the text; instructor sends the whole text once and takes what fits
the schema; structurer accepts by its own rules, and what it reads without a model counts too. Each runs in a
process of its own. Tokens are counted with one counter, prompts and answers. Exits 1 where structurer
accepts a wrong value that it does not accept without a model.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from benchmarks import unusual
from benchmarks.ask import sent
from benchmarks.asking import settings
from benchmarks.endpoints import Call, Endpoint, Reply
from benchmarks.endpoints.oracle import Item, Teller, at_its_word
from benchmarks.peak import peak_bytes
from benchmarks.sources import ROOT, Source, generated
from benchmarks.tokens import made
from structurer import structure_many
from structurer.evaluate import marks
from structurer.forms import load_forms
from structurer.model.answers import row_names, statements
from structurer.model.question import skeleton
from structurer.observation import Extraction, Observation
from structurer.prompts import load_prompt
from structurer.tokens import counter

PEER = "benchmarks.peers.langextract_read"


class Took(NamedTuple):
    """What one tool took and gave."""

    seconds: float
    processor: float
    bytes: int
    tokens: int
    calls: int
    right: int
    """Statements accepted that are true."""
    wrong: int
    cells: tuple[int, int] = (0, 0)
    """Table cells accepted, right and wrong, of the one that reads tables."""


def reports(count: int) -> list[Source]:
    """Half of them prose that no pattern reads, half forms in every layout."""
    return [*unusual.sources(count // 2, seed=21), *generated(count - count // 2, seed=21)]


def tellers(sources: Sequence[Source], rate: float) -> dict[str, Teller]:
    """The model of each report, by the report's name."""
    return {one.name: Teller(one.truth, rate, extra=rate / 10) for one in sources}


def ours(sources: Sequence[Source], rate: float) -> tuple[Took, int]:
    """structurer; and how many wrong values it accepts only because of the model."""
    known = tellers(sources, rate)
    whose = {_bare(line): one.name for one in sources for line in one.text.split("\n")}

    def answer(call: Call) -> Reply:
        names = Counter(whose[line] for line in map(_bare, call.document.split("\n")) if line in whose)
        return known[names.most_common(1)[0][0] if names else sources[0].name](call)

    with tempfile.TemporaryDirectory() as name, Endpoint(answer) as endpoint:
        asked = {"url": endpoint.base_url, "cache": name, "reports": len(sources)}
        told = _in_a_process("--child", asked)
        count = counter()
        tokens = sum(count(sent(call)) for call in endpoint.calls)
        tokens += sum(count(text) for teller in known.values() for text in teller.sent)
        calls = len(endpoint.calls)
    right = wrong = added = 0
    cells = (0, 0)
    for source, found in zip(sources, told["found"], strict=True):
        extraction = Extraction.model_validate(found)
        one, other = _statements(extraction, source)
        right, wrong = right + one, wrong + other
        here = _cells(extraction, source)
        cells = cells[0] + here[0], cells[1] + here[1]
        added += len(source.false(extraction) - source.false(source.without_model()))
    took = Took(told["seconds"], told["processor"], told["bytes"], tokens, calls, right, wrong, cells)
    return took, added


def _bare(line: str) -> str:
    return "".join(line.split())


def child() -> None:
    """Reads the reports, as the process that is measured."""
    asked = json.load(sys.stdin)
    sources = reports(asked["reports"])
    folder = Path(asked["cache"])
    paths = [str(folder / one.name) for one in sources]
    for one in sources:
        (folder / one.name).write_bytes(one.data)
    given = settings(asked["url"], cache_dir=str(folder / "answers"), concurrency=8)

    async def every(chosen: Sequence[str]) -> list[Extraction]:
        return [found async for found in structure_many(chosen, given)]

    (folder / "warm.txt").write_bytes(next(iter(unusual.sources(1, seed=1))).data)
    asyncio.run(every([str(folder / "warm.txt")]))
    began, used = time.perf_counter(), time.process_time()
    found = asyncio.run(every(paths))
    print(json.dumps({**_measured(began, used), "found": [one.to_json() for one in found]}))


def theirs(sources: Sequence[Source], rate: float, python: Path) -> tuple[Took, str]:
    """langextract; and its version."""
    answer = statements(tuple(row_names(load_forms()).values()))
    items = {name: list(_items(teller, one)) for (name, teller), one in zip(
        tellers(sources, rate).items(), sources, strict=True
    )}  # fmt: skip
    asked = {
        "instructions": f"{load_prompt('statements').body}\n{skeleton(answer)}",
        "example": {
            "text": "全年云顶镇在官网发布消息7777.7条",
            "quote": "在官网发布消息7777.7条",
            "class": "政府网站公开政府信息数",
        },
        "texts": [{"text": one.text, "items": [_plain(item) for item in items[one.name]]} for one in sources],
    }
    done = subprocess.run(
        [str(python), "-m", PEER],
        input=json.dumps(asked),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"langextract failed:\n{done.stderr[-2000:]}")
    told = json.loads(done.stdout)
    count = counter()
    tokens = sum(map(count, [*told["sent"], *told["answered"]]))
    right = wrong = 0
    for source, found in zip(sources, told["found"], strict=True):
        placed = [one for one in found if one["placed"]]
        believed = [made for one in placed for made in _believed(one, items[source.name])]
        blank = source.without_model().model_copy(update={"observations": tuple(believed)})
        one, other = _statements(blank, source)
        right, wrong = right + one, wrong + other
    calls = len(told["sent"])
    took = Took(told["seconds"], told["processor"], told["bytes"], tokens, calls, right, wrong)
    return took, str(told["version"])


def plainly(sources: Sequence[Source], rate: float) -> Took:
    """One instructor call a report: instructions and the whole text; all of the answer is believed."""
    known = tellers(sources, rate)
    whose = {one.text: one.name for one in sources}  # the whole text is the last message
    with Endpoint(lambda call: known[whose[call.document]](call)) as endpoint:
        asked = {"url": endpoint.base_url, "reports": len(sources)}
        told = _in_a_process("--instructor", asked)
        count = counter()
        tokens = sum(count(sent(call)) for call in endpoint.calls)
        tokens += sum(count(text) for teller in known.values() for text in teller.sent)
        calls = len(endpoint.calls)
    right = wrong = 0
    for source in sources:
        believed = at_its_word(known[source.name].told)
        blank = source.without_model().model_copy(update={"observations": tuple(believed)})
        one, other = _statements(blank, source)
        right, wrong = right + one, wrong + other
    return Took(told["seconds"], told["processor"], told["bytes"], tokens, calls, right, wrong)


def instructor_child() -> None:
    """The instructor calls, in the process that is measured; every answer must fit the schema."""
    import instructor
    from openai import OpenAI

    asked = json.load(sys.stdin)
    shape = statements(tuple(row_names(load_forms()).values())).model()
    client = instructor.from_openai(
        OpenAI(base_url=asked["url"], api_key="none"), mode=instructor.Mode.JSON_SCHEMA
    )
    instructions = load_prompt("statements").body
    began, used = time.perf_counter(), time.process_time()
    for one in reports(asked["reports"]):
        messages = [{"role": "system", "content": instructions}, {"role": "user", "content": one.text}]
        client.chat.completions.create(model="fake", response_model=shape, messages=messages)
    print(json.dumps(_measured(began, used)))


def _measured(began: float, used: float) -> dict[str, float]:
    return {
        "seconds": time.perf_counter() - began,
        "processor": time.process_time() - used,
        "bytes": peak_bytes(),
    }


def _in_a_process(what: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.sidebyside", what],
        input=json.dumps(asked),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    return dict(json.loads(done.stdout))


def _items(teller: Teller, source: Source) -> list[Item]:
    """Everything the model says of a report: what it would answer if it were asked about all of it."""
    shape = {"indicator": {"enum": list(row_names(load_forms()).values())}}
    return list(teller._statements(source.text, shape, Random(f"side by side {source.name}")))


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    fact = item.get("fact")
    of = fact.quote if fact is not None else item["quote"]
    return {"of": of, "quote": item["quote"], "class": item["indicator"], "number": item["number"]}


def _believed(found: Mapping[str, Any], items: Sequence[Item]) -> list[Observation]:
    """What came back as an accepted value; unit, period and the like are those that the model told."""
    for item in items:
        if item["indicator"] == found["class"] and str(item["number"]) == found["number"]:
            return at_its_word([item])
    return []


def _statements(extraction: Extraction, source: Source) -> tuple[int, int]:
    """Accepted statements that are true, and that are not."""
    return _marked(extraction, source, lambda table: table in _prose())


def _cells(extraction: Extraction, source: Source) -> tuple[int, int]:
    """Accepted table cells that are right, and that are not."""
    return _marked(extraction, source, lambda table: table != "metadata" and table not in _prose())


def _prose() -> frozenset[str]:
    tables = load_forms().tables
    return frozenset(name for name, known in tables.items() if any(one.prose for one in known.values()))


def _marked(extraction: Extraction, source: Source, counts: Callable[[str], bool]) -> tuple[int, int]:
    outcomes = [
        mark.outcome for mark in marks(extraction, source.gold) if counts(mark.indicator.partition(".")[0])
    ]
    return outcomes.count("right"), outcomes.count("wrong") + outcomes.count("invented")


def main(arguments: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.sidebyside", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--reports", type=int, default=100)
    parser.add_argument(
        "--rate", type=float, default=10.0, help="percent of the model's items that are wrong"
    )
    parser.add_argument("--peer", type=Path, help="a Python that has langextract")
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--instructor", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.child:
        child()
        return 0
    if options.instructor:
        instructor_child()
        return 0
    sources, rate = reports(options.reports), options.rate / 100
    own, added = ours(sources, rate)
    with tempfile.TemporaryDirectory() as folder:
        other, number = theirs(sources, rate, options.peer or made(folder))
    plain = plainly(sources, rate)
    found = {f"langextract {number}": other, "instructor, one plain call": plain, "structurer": own}
    if options.json:
        figures = {name: took._asdict() for name, took in found.items()}
        told = {"reports": len(sources), "rate": options.rate, "tools": figures, "added": added}
        options.json.write_text(json.dumps(told, indent=1) + "\n")
    print(f"{len(sources)} reports, {options.rate:g}% of what the model says is wrong; langextract {number}")
    print(f"{'':<28}{'s':>9}{'processor s':>13}{'MB':>8}{'tokens':>12}{'calls':>8}{'right':>9}{'wrong':>8}")
    for name, took in found.items():
        print(
            f"{name:<28}{took.seconds:>9.1f}{took.processor:>13.1f}{took.bytes / 2**20:>8.0f}"
            f"{took.tokens:>12,}{took.calls:>8,}{took.right:>9,}{took.wrong:>8,}"
        )
    print(
        f"structurer / langextract: time {own.seconds / other.seconds:.2f},"
        f" processor {own.processor / other.processor:.2f}, memory {own.bytes / other.bytes:.2f},"
        f" tokens {own.tokens / max(1, other.tokens):.2f}"
    )
    print(f"table cells accepted by structurer: {own.cells[0]:,} right, {own.cells[1]:,} wrong")
    print(f"wrong values accepted by structurer only because of the model: {added}")
    return 1 if added else 0


if __name__ == "__main__":
    raise SystemExit(main())
