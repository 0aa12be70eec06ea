"""Prompt tokens a report: ours against the whole text sent once, and against langextract, in one run.

    python -m benchmarks.tokens [--peer PYTHON | --no-peer] [--generated N] [--ask open|all]

Ours are read off the wire: every message and schema that arrives at an endpoint which finds nothing. The
whole text goes once with the same instructions and a schema of every row; langextract gets the same
instructions and row names, at its default buffer and at 4,000 characters, and a model that answers
nothing in no time. It runs under an interpreter of its own: `--peer` names one that has it, else one is
made in a temporary folder. All are counted with the same counter. Exits 1 where a form report takes more
than 0.25 of its whole text so sent, or one of prose more than 1.3 of its text.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.ask import sent
from benchmarks.asking import asked
from benchmarks.endpoints import Call, Endpoint, Reply, chat
from benchmarks.sources import Source, generated, real
from structurer.forms import load_forms
from structurer.model.answers import row_names, statements
from structurer.model.question import skeleton, written
from structurer.model.strict import strict_schema
from structurer.prompts import load_prompt
from structurer.tokens import counter

PEER = Path(__file__).with_name("peers") / "langextract_prompts.py"
FORM, PROSE = 0.25, 1.3
BUFFERS = (None, 4_000)


class Row(NamedTuple):
    """One report's prompt tokens."""

    name: str
    form: bool
    """Whether it has tables on a form, or is prose."""
    text: int
    whole: int
    ours: int
    calls: int
    peers: tuple[int, ...]


def nothing(call: Call) -> Reply:
    """The answer that finds nothing."""
    return chat(call, '{"items":[]}')


def ours(source: Source, ask: str) -> tuple[int, int]:
    """Prompt tokens and calls of one report, off the wire."""
    count = counter()
    with Endpoint(nothing) as endpoint:
        asked(source, endpoint.base_url, ask=ask)
    return sum(count(sent(call)) for call in endpoint.calls), len(endpoint.calls)


def langextract(texts: Sequence[str], python: Path) -> list[list[list[str]]]:
    """What langextract sends: for each buffer, for each text, its prompts."""
    answer = statements(tuple(row_names(load_forms()).values()))
    question = {
        "texts": list(texts),
        "instructions": f"{load_prompt('statements').body}\n{skeleton(answer)}",
        "example": {
            "text": "全年云顶镇在官网发布消息7777.7条",
            "quote": "在官网发布消息7777.7条",
            "class": "政府网站公开政府信息数",
        },
        "buffers": list(BUFFERS),
    }
    done = subprocess.run(
        [str(python), str(PEER)], input=json.dumps(question), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"langextract failed:\n{done.stderr[-2000:]}")
    found = json.loads(done.stdout)
    print(f"langextract {found['version']}")
    return [found["prompts"][str(buffer)] for buffer in BUFFERS]


def made(folder: str) -> Path:
    """An interpreter with langextract, in a folder that is thrown away."""
    print("installing langextract into a temporary folder", file=sys.stderr)
    venv.create(folder, with_pip=True)
    python = Path(folder) / "bin" / "python"
    subprocess.run([str(python), "-m", "pip", "install", "-q", "langextract"], check=True)
    return python


def rows(sources: Sequence[Source], ask: str, peers: list[list[list[str]]]) -> list[Row]:
    """Every report's tokens."""
    count = counter()
    answer = statements(tuple(row_names(load_forms()).values()))
    around = count("\n".join([load_prompt("statements").body, written(strict_schema(answer))]))
    found = []
    for index, source in enumerate(sources):
        tables = source.without_model().document.tables.values()
        form = any(table.form is not None for table in tables)
        tokens, calls = ours(source, ask)
        theirs = tuple(sum(map(count, texts[index])) for texts in peers)
        text = count(source.text)
        found.append(Row(source.name, form, text, around + text, tokens, calls, theirs))
    return found


def rendered(found: Sequence[Row], each: bool) -> str:
    """A line a report, and a line for each kind."""
    names = ["default" if buffer is None else f"{buffer:,}" for buffer in BUFFERS][: len(found[0].peers)]
    head = "".join(f"{'lx ' + name:>12}" for name in names)
    lines = [f"{'':<18}{'text':>8}{'whole':>8}{'ours':>8}{'calls':>7}{head}{'/text':>8}{'/whole':>8}"]
    lines[0] += "".join(f"{'/lx ' + name:>13}" for name in names)
    if each:
        lines += [_line(row.name[:3] + (" form" if row.form else " prose"), [row]) for row in found]
    for kind in (True, False):
        same = [row for row in found if row.form is kind]
        if same:
            lines.append(_line(f"{len(same)} {'form' if kind else 'prose'}", same))
    return "\n".join([*lines, _line(f"{len(found)} all", found)])


def _line(name: str, found: Sequence[Row]) -> str:
    text, whole, own, calls = (sum(row[index] for row in found) for index in (2, 3, 4, 5))
    peers = [sum(row.peers[index] for row in found) for index in range(len(found[0].peers))]
    told = "".join(f"{peer:>12,}" for peer in peers)
    against = "".join(f"{own / peer:>13.2f}" for peer in peers)
    ratios = f"{own / text:>8.2f}{own / whole:>8.2f}{against}"
    return f"{name:<18}{text:>8,}{whole:>8,}{own:>8,}{calls:>7}{told}{ratios}"


def main(arguments: list[str] | None = None) -> int:
    """Count and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.tokens", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--peer", type=Path, help="a Python that has langextract")
    parser.add_argument("--no-peer", action="store_true")
    parser.add_argument("--generated", type=int, default=60, help="generated reports beside the real ones")
    parser.add_argument("--ask", choices=("open", "all"), default="open")
    options = parser.parse_args(arguments)
    print(f"counted with {counter().name}; --ask {options.ask}")
    over = []
    for name, sources in (("real", real()), ("generated", list(generated(options.generated, seed=1)))):
        if not sources:
            print(f"no {name} reports at hand")
            continue
        peers: list[list[list[str]]] = []
        if not options.no_peer and name == "real":
            with tempfile.TemporaryDirectory() as folder:
                peers = langextract([one.text for one in sources], options.peer or made(folder))
        found = rows(sources, options.ask, peers)
        print(f"{name} reports\n{rendered(found, each=name == 'real')}")
        for kind, most in ((True, FORM), (False, PROSE)):
            same = [row for row in found if row.form is kind]
            own, base = sum(row.ours for row in same), sum(row.whole if kind else row.text for row in same)
            if same and own > most * base and options.ask == "open":
                over.append(f"{name} {'form' if kind else 'prose'} reports: {own / base:.2f}, limit {most}")
    for line in over:
        print(f"FAILED {line}", file=sys.stderr)
    return 1 if over else 0


if __name__ == "__main__":
    raise SystemExit(main())
