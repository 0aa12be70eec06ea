"""The code blocks of the documentation, run in order as a reader would run them.

`python -m tests.walkthrough PAGE...` runs pages; `--write` pastes what the commands really print.

A page runs in an empty folder that holds `examples/`, in one shell. Its fenced blocks:

- `console`: lines after `$ ` are commands, the others what they print. A line after `> ` was typed by
  the reader. A command may fail only where `echo $?` comes next and shows the exit code.
- `bash` and `python`: the whole block is run; a `text` block straight after it is what it prints.
- any block after `<!-- file: NAME -->` is a file of that name.
- a block after `<!-- not run: REASON -->` is not run; its commands still have to exist.
- `<!-- checkout -->` anywhere: the folder also holds a copy of the project, and that is what runs.

In expected output `...` stands for anything: alone on a line for any lines, else for a part of one.
"""

from __future__ import annotations

import argparse
import difflib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.warm import __file__ as WARM
from tests.warm import warm

ROOT = Path(__file__).parents[1]
SECONDS = 600
"""A page that takes longer hangs."""
_COPIED = ("structurer", "schemas", "prompts")
_RUN = ("console", "bash", "python")
_FENCE = re.compile(r"^(?P<indent> *)(?P<ticks>`{3,})(?P<language>[^\s`]*)[^`]*$")
_NOTE = re.compile(r"^ *<!-- (?P<key>not run|file): (?P<said>.+?) -->\s*$")
_MARK = "\x1e"


def pages() -> list[Path]:
    """Every page whose blocks are run."""
    return [*sorted(ROOT.glob("README*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


@dataclass(frozen=True)
class Block:
    """A fenced block: where its text begins (line, from 0), and what the comment before it says."""

    language: str
    lines: tuple[str, ...]
    line: int
    indent: int
    note: str = ""
    said: str = ""

    @property
    def text(self) -> str:
        """The block as it would be copied."""
        return "".join(f"{line}\n" for line in self.lines)


@dataclass(frozen=True)
class Step:
    """One command and what it is to print: `expected` stands at the lines `start` to `end` of the page."""

    command: str
    place: str
    expected: tuple[str, ...] | None = None
    start: int = 0
    end: int = 0
    indent: int = 0
    typed: tuple[str, ...] = ()
    may_fail: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a command really printed, and how it ended."""

    step: Step
    printed: tuple[str, ...]
    code: int

    @property
    def problem(self) -> str:
        """What is wrong with it, or nothing."""
        if self.code and not self.step.may_fail:
            return _told(self, f"ended with exit code {self.code}")
        if self.step.expected is not None and not matches(self.step.expected, self.printed):
            return _told(self, "printed something else")
        return ""


@dataclass
class Page:
    """A page of the documentation: its blocks, and the steps that a reader takes."""

    path: Path
    lines: list[str]
    blocks: list[Block] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The path from the top of the project."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def in_checkout(self) -> bool:
        """Whether it works on a copy of the project."""
        return "<!-- checkout -->" in self.lines

    def not_run(self) -> list[Block]:
        """Blocks that are shown and not run, with the reason in `said`."""
        return [block for block in self.blocks if block.note == "not run"]

    def steps(self) -> list[Step]:
        """What a reader does, in order."""
        found: list[Step] = []
        for index, block in enumerate(self.blocks):
            place = f"{self.name}:{block.line + 1}"
            if block.note == "not run":
                continue
            if block.note == "file":
                found.append(Step(_writing(block), place))
            elif block.language == "console":
                found += _dialogue(block, place)
            elif block.language in _RUN:
                after = self.blocks[index + 1] if index + 1 < len(self.blocks) else None
                found.append(_whole(block, place, after if self._follows(block, after) else None))
        return found

    def _follows(self, block: Block, after: Block | None) -> bool:
        if after is None or after.language != "text" or after.note:
            return False
        between = self.lines[block.line + len(block.lines) + 1 : after.line - 1]
        return not any(line.strip() for line in between)


def read_page(path: Path) -> Page:
    """A page with its blocks."""
    page = Page(path, path.read_text(encoding="utf-8").splitlines())
    note, fence, start = ("", ""), None, 0
    for number, line in enumerate(page.lines):
        if fence is not None:
            if line.strip() == fence["ticks"]:
                page.blocks.append(_block(page.lines[start:number], fence, start, note))
                note, fence = ("", ""), None
        elif match := _FENCE.match(line):
            fence, start = match, number + 1
        elif match := _NOTE.match(line):
            note = (match["key"], match["said"])
        elif line.strip():
            note = ("", "")
    return page


def _block(lines: Sequence[str], fence: re.Match[str], start: int, note: tuple[str, str]) -> Block:
    indent = len(fence["indent"])
    return Block(fence["language"], tuple(line[indent:] for line in lines), start, indent, *note)


def _writing(block: Block) -> str:
    folder, name = os.path.dirname(block.said), shlex.quote(block.said)
    making = f"mkdir -p {shlex.quote(folder)}\n" if folder else ""
    return f"{making}cat > {name} <<'END-OF-FILE'\n{block.text}END-OF-FILE"


def _dialogue(block: Block, place: str) -> Iterator[Step]:
    starts = [index for index, line in enumerate(block.lines) if line.startswith("$ ")]
    for start, stop in zip(starts, [*starts[1:], len(block.lines)], strict=True):
        last = start
        while block.lines[last].endswith("\\"):
            last += 1
        command = "\n".join(block.lines[start : last + 1])[2:]
        printed = block.lines[last + 1 : stop]
        following = block.lines[stop] if stop < len(block.lines) else ""
        yield Step(
            command,
            place,
            expected=printed,
            start=block.line + last + 1,
            end=block.line + stop,
            indent=block.indent,
            typed=tuple(line[2:] for line in printed if line.startswith("> ")),
            may_fail=following == "$ echo $?",
        )


def _whole(block: Block, place: str, after: Block | None) -> Step:
    command = block.text.rstrip("\n")
    if block.language == "python":
        command = f"python - <<'END-OF-PYTHON'\n{command}\nEND-OF-PYTHON"
    if after is None:
        return Step(command, place)
    end = after.line + len(after.lines)
    return Step(command, place, expected=after.lines, start=after.line, end=end, indent=after.indent)


def matches(expected: Sequence[str], printed: Sequence[str]) -> bool:
    """Whether a text is what was expected, up to `...` and blanks at the ends of lines."""
    pattern = "".join(
        r"(?:[^\n]*\n)*?" if line.strip() == "..." else _line_pattern(line.rstrip()) for line in expected
    )
    return re.fullmatch(pattern, "".join(f"{line.rstrip()}\n" for line in printed)) is not None


def _line_pattern(line: str) -> str:
    return r"[^\n]*?".join(re.escape(part) for part in line.split("...")) + "\n"


def _told(outcome: Outcome, what: str) -> str:
    expected = outcome.step.expected or ()
    changes = difflib.unified_diff(expected, outcome.printed, "the page", "printed", lineterm="", n=1)
    return "\n".join((f"{outcome.step.place}: {outcome.step.command}\n{what}", *changes))


def run_page(page: Page, folder: Path, server: Path | None = None) -> list[Outcome]:
    """Take all steps of a page in an empty folder; a `warm` server makes it quicker.

    Raises subprocess.TimeoutExpired where a step hangs.
    """
    steps = page.steps()
    tools, here = folder / "tools", folder / "here"
    for needed in (tools, here):
        needed.mkdir()
    shutil.copytree(ROOT / "examples", here / "examples")
    code = _checkout(here) if page.in_checkout else ROOT
    _commands(tools, None if page.in_checkout else server)
    script = folder / "script"
    script.write_text("".join(_scripted(step, number, tools) for number, step in enumerate(steps)))
    done = subprocess.run(
        ["bash", str(script)],
        cwd=here,
        env=environment(tools, folder, code),
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    said = done.stdout.decode().split(_MARK)[1:]
    found = [(int(code), text) for code, text in (one.split("\n", 1) for one in said[1::2])]
    texts = [text.splitlines() for text in said[0::2]]
    assert len(texts) == len(steps), f"{page.name}: the shell ended early: {done.stderr.decode()}"
    return [
        Outcome(step, tuple(text), code) for step, text, (code, _) in zip(steps, texts, found, strict=True)
    ]


def _checkout(here: Path) -> Path:
    for name in _COPIED:
        shutil.copytree(ROOT / name, here / name, ignore=shutil.ignore_patterns("__pycache__", "_data"))
    return here


def _commands(tools: Path, server: Path | None) -> None:
    python = shlex.quote(sys.executable)
    asking = f"exec {python} -S -E {shlex.quote(WARM)} {shlex.quote(str(server))}"
    quick = f'[ "$*" = - ] && {asking} python -\n' if server else ""
    lines = {
        "structurer": f'{asking} structurer "$@"' if server else f'exec {python} -m structurer "$@"',
        "python": f'{quick}exec {python} "$@"',
        "python3": f'exec {python} "$@"',
    }
    for name, line in lines.items():
        command = tools / name
        command.write_text(f"#!/bin/sh\n{line}\n")
        command.chmod(0o755)


@contextmanager
def serving(folder: Path) -> Iterator[Path]:
    """A server for many pages, in a folder of its own."""
    with warm(folder, environment(folder, folder, ROOT)) as server:
        yield server


def _scripted(step: Step, number: int, tools: Path) -> str:
    typed = tools / f"typed-{number}"
    typed.write_text("".join(f"{line}\n" for line in step.typed))
    return (
        f"printf '{_MARK}'\n(exit ${{code:-0}})\n"
        f"{{ {step.command}\n}} < {shlex.quote(str(typed))} 2>&1\ncode=$?\n"
        f"printf '{_MARK}%s\\n' $code\n"
    )


def environment(tools: Path, home: Path, code: Path) -> dict[str, str]:
    """The variables a page is run with: none of the caller's settings, no keys, no network."""
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
    return kept | {
        "PATH": f"{tools}:{os.environ.get('PATH', os.defpath)}",
        "PYTHONPATH": str(code),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "COLUMNS": "80",
        "NO_COLOR": "1",
        # Whatever asks for the network gets an error at once.
        "http_proxy": "http://127.0.0.1:9",
        "https_proxy": "http://127.0.0.1:9",
    }


def paste(page: Page, outcomes: Sequence[Outcome]) -> int:
    """Put what was really printed in the place of what the page says. Returns how many blocks changed."""
    lines, changed = list(page.lines), 0
    for outcome in reversed(outcomes):
        step = outcome.step
        if step.expected is None or matches(step.expected, outcome.printed):
            continue
        fresh = [(" " * step.indent + line).rstrip() for line in outcome.printed]
        lines[step.start : step.end] = fresh
        changed += 1
    if changed:
        page.path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return changed


def main(arguments: Sequence[str] | None = None) -> int:
    """Run pages, and say or paste what differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="*", type=Path, help="default: all")
    parser.add_argument("--write", action="store_true", help="paste what is really printed")
    given = parser.parse_args(arguments)
    failed = 0
    for path in [one.resolve() for one in given.pages] or pages():
        page = read_page(path)
        with tempfile.TemporaryDirectory() as folder:
            outcomes = run_page(page, Path(folder))
        if given.write:
            print(f"{page.name}: {paste(page, outcomes)} pasted")
        problems = [outcome.problem for outcome in outcomes if outcome.problem]
        broken = [one.problem for one in outcomes if one.code and not one.step.may_fail]
        for problem in broken if given.write else problems:
            print(problem)
        failed += len(broken if given.write else problems)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
