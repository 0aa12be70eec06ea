"""`python -m tests.release`: what to run before a release. It needs the network, pip and some minutes.

Builds both packages in isolation and, with each Python given (`--python 3.10 --python /path/to/python3.13`; the running
one without any), installs the wheel without extras into a clean environment, runs the commands, asks for every extra,
and runs tests of the sdist with the newest and with the lowest versions of what the library depends on.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests import packages

EXAMPLE = "damaged-2021.txt"
SUBSET = ("pipeline", "store", "tables", "read", "html", "pdf", "settings", "export", "cli")
"""Tests that need no extra and reach most of what the dependencies do."""
TOOLS = ("pytest", "pytest-recording", "hypothesis")
MISSING: Mapping[str, Sequence[str]] = {
    "export": ("export", "--format", "parquet", "--out", "x.parquet"),
    "dashboard": ("dashboard", "--html", "x.html"),
    "service": ("serve", "--openapi"),
    "ray": ("import", "--engine", "ray", EXAMPLE),
    "postgres": ("doctor", "--store", "postgresql://nobody@127.0.0.1:9/x"),
    "local": ("extract", "--model", "local:model.gguf", EXAMPLE),
    "ocr": ("extract", "scan.png"),
}
"""Extra → a command that has to name it where it is not installed."""
IMPORTS: Mapping[str, str] = {
    "bench": "matplotlib",
    "dashboard": "vl_convert",
    "docs": "furo, myst_parser, sphinx",
    "export": "pyarrow, xlsxwriter",
    "fuzz": "sys\nif sys.version_info >= (3, 11): import atheris",
    "local": "xllamacpp",
    "ocr": "onnxruntime, rapidocr, structurer.read.eyes",
    "postgres": "psycopg",
    "ray": "fsspec, pyarrow, ray.data, structurer.cluster",
    "service": "fastapi, python_multipart, uvicorn, structurer.service.app",
    "tokens": "bpe_openai",
}
"""Extra → what can be imported once it is installed, alone."""


class Failed(Exception):
    """A step that did not do what it should; says what it printed."""


class Environment:
    """A clean virtual environment, and an empty folder to run in."""

    def __init__(self, python: str, folder: Path) -> None:
        run([python, "-m", "venv", str(folder)])
        self.python, self.work = folder / "bin" / "python", folder / "work"
        self.work.mkdir()
        shutil.copy(packages.ROOT / "examples" / EXAMPLE, self.work)
        (self.work / "scan.png").write_bytes(b"\x89PNG\r\n\x1a\n")
        (self.work / "model.gguf").write_bytes(b"GGUF")

    def pip(self, *arguments: str) -> str:
        """What pip printed."""
        return run([str(self.python), "-m", "pip", "--disable-pip-version-check", *arguments])

    def structurer(self, *arguments: str, fails: bool = False) -> str:
        """What the installed command printed, errors included."""
        return run([str(self.python.with_name("structurer")), *arguments], cwd=self.work, fails=fails)


def run(command: Sequence[str], *, cwd: Path | None = None, fails: bool = False) -> str:
    """Runs a command; raises Failed when it fails, or when it does not though it should."""
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("STRUCTURER_", "PYTHON"))
    }
    done = subprocess.run(
        command, cwd=cwd, env=clean, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    told = done.stdout.decode("utf-8", errors="replace")
    if bool(done.returncode) != fails:
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


def commands_work(here: Environment, wheel: Path) -> None:
    """With the wheel alone: the commands do their work, and name the extra that they lack."""
    here.pip("install", "-q", str(wheel))
    here.pip("check")
    version = wheel.name.split("-")[1]
    expected = {
        ("--version",): version,
        ("doctor",): "everything is in place",
        ("extract", EXAMPLE): "disputed",
        ("import", EXAMPLE): "1  imported",
        ("export", "--format", "csv", "--out", "x.csv"): "written to x.csv",
        ("export", "--format", "jsonl", "--out", "x.jsonl"): "written to x.jsonl",
        ("show", EXAMPLE, "--html", "x.html"): "",
        ("panel",): "",
    }
    for arguments, words in expected.items():
        told = here.structurer(*arguments)
        if words not in told:
            raise Failed(f"structurer {' '.join(arguments)} does not say {words!r}:\n{told[-2000:]}")
    for extra, arguments in MISSING.items():
        told = here.structurer(*arguments, fails=True)
        if f"structurer[{extra}]" not in " ".join(told.split()):
            raise Failed(f"structurer {' '.join(arguments)} does not name the extra {extra}:\n{told[-2000:]}")


def extras_of(wheel: Path) -> list[str]:
    """The extras that the wheel offers."""
    told = next(data for name, data in packages.files(wheel).items() if name.endswith("/METADATA"))
    return re.findall(r"^Provides-Extra: (\S+)$", told.decode("utf-8"), re.MULTILINE)


def bounds() -> list[str]:
    """Every dependency of the library itself at its lower bound."""
    declared = (packages.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = declared.partition("\ndependencies = [")[2].partition("]")[0]
    return [
        f"{name}=={version}{rest}"
        for name, version, rest in re.findall(r'"([\w.-]+)>=([\w.]+)(?:,<\w+)?((?:; [^"]*)?)"', block)
    ]


def tests_pass(here: Environment, sdist: Path, tree: Path) -> str:
    """Runs the subset in the tree of an sdist; the last line of what it said."""
    here.pip("install", "-q", *TOOLS)
    files = [f"tests/test_{name}.py" for name in SUBSET]
    source = packages.unpacked(sdist, tree)
    return run([str(here.python), "-m", "pytest", "-p", "no:cacheprovider", *files], cwd=source).splitlines()[
        -1
    ]


def steps(python: str, wheel: Path, sdist: Path, into: Path, install: bool) -> Iterator[tuple[str, str]]:
    """What was done with one Python, and what came of it: empty when all went well."""

    def tried(what: str, action: object, *arguments: object) -> tuple[str, str]:
        try:
            told = action(*arguments)  # type: ignore[operator]
        except Failed as error:
            return what, str(error)
        return f"{what}{f': {told}' if isinstance(told, str) and told else ''}", ""

    here = Environment(python, into / "plain")
    yield tried("without extras: commands work and name what they lack", commands_work, here, wheel)
    for extra in extras_of(wheel):
        yield tried(f"extra {extra}: can be resolved", resolved, here, wheel, extra)
        if install and extra in IMPORTS:
            yield tried(f"extra {extra}: works alone", alone, python, wheel, extra, into / extra)
    yield tried("tests with the newest versions", tests_pass, here, sdist, into / "newest")
    low = Environment(python, into / "low")
    yield tried("the lowest versions can be installed", lambda: low.pip("install", "-q", *bounds()) and None)
    yield tried("tests with the lowest versions", tests_pass, low, sdist, into / "lowest")


def resolved(here: Environment, wheel: Path, extra: str) -> None:
    """Raises Failed where pip finds no versions that go together."""
    here.pip("install", "-q", "--dry-run", f"{wheel}[{extra}]")


def alone(python: str, wheel: Path, extra: str, folder: Path) -> None:
    """One extra in an environment of its own; what it is for can be imported."""
    here = Environment(python, folder)
    here.pip("install", "-q", f"{wheel}[{extra}]")
    run([str(here.python), "-c", f"import {IMPORTS[extra]}"], cwd=here.work)
    shutil.rmtree(folder)


def main() -> int:
    """Prints every step as it is done; exit code 1 when one failed."""
    asked = argparse.ArgumentParser(prog="python -m tests.release", description=__doc__)
    asked.add_argument("--python", action="append", help="an interpreter; repeatable")
    asked.add_argument(
        "--install-extras", action="store_true", help="install each extra alone, some gigabytes"
    )
    options = asked.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        try:
            wheel, sdist = build(Path(folder) / "dist")
        except Failed as error:
            print(f"FAILED building: {error}")
            return 1
        print(f"ok     built {wheel.name} and {sdist.name}", flush=True)
        for number, python in enumerate(options.python or [sys.executable]):
            named = python if "/" in python else f"python{python}"
            print(f"       {run([named, '--version']).strip()}", flush=True)
            into = Path(folder) / str(number)
            for what, problem in steps(named, wheel, sdist, into, options.install_extras):
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
