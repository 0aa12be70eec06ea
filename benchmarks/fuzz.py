"""Guided fuzzing of the readers and the cell stream: what libFuzzer finds by following the branches taken.

    python -m benchmarks.fuzz TARGET|all [--runs N] [--seconds S] [--seed S] [--corpus DIR]

Nothing but a ReadError may be raised, and what is read must stand where it is said to stand. A finding ends
the run with a traceback; the input is written to DIR (the working directory by default) as crash-….
Needs the extra `fuzz` (atheris).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

Target = Callable[[bytes], None]
_LONGEST = 20_000
"""Bytes of an input: longer ones only take longer."""
_SLOWEST = 30
"""Seconds that one input may take, under instrumentation."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz one target, or all of them one after the other, each in a process of its own."""
    options = _options(arguments)
    if find_spec("atheris") is None:
        how = "" if sys.version_info >= (3, 11) else " (with Python 3.11 or newer)"
        print(f"atheris is not installed: pip install 'structurer[fuzz]'{how}", file=sys.stderr)
        return 2
    if options.target != "all":
        return _fuzz(options)
    given = [one for one in arguments or sys.argv[1:] if one != "all"]
    for name in TARGETS:
        command = [sys.executable, "-m", "benchmarks.fuzz", name, *given]
        if code := subprocess.run(command, check=False).returncode:
            print(f"FAILED {name}", file=sys.stderr)
            return code
    return 0


def _fuzz(options: argparse.Namespace) -> int:
    import atheris

    with atheris.instrument_imports(include=["structurer"]):
        target = TARGETS[options.target]()
    with tempfile.TemporaryDirectory() as seeds:
        folder = Path(options.corpus or seeds)
        folder.mkdir(parents=True, exist_ok=True)
        for number, content in enumerate(_seeds(options.target)):
            (folder / f"seed-{number}").write_bytes(content[:_LONGEST])
        settings = {"runs": options.runs, "max_total_time": options.seconds, "seed": options.seed}
        flags = [f"-{name}={value}" for name, value in settings.items() if value is not None]
        flags += [
            f"-max_len={_LONGEST}",
            f"-timeout={_SLOWEST}",
            "-rss_limit_mb=2048",
            "-print_final_stats=1",
        ]
        atheris.Setup([sys.argv[0], *flags, str(folder)], target)
        atheris.Fuzz()
    return 0


# --- what is fuzzed


def _bytes() -> Target:
    """Any bytes, through the way of a file: encoding, markup, office formats, PDF, furniture."""
    from structurer.errors import ReadError
    from structurer.read import read_bytes

    def target(data: bytes) -> None:
        name = f"a{_SUFFIXES[data[0] % len(_SUFFIXES)]}" if data else "a"
        try:
            document = read_bytes(data[1:], name)
        except ReadError:
            return
        assert len(document.folded) == len(document.text)
        for at in range(0, len(document.text), max(len(document.text) // 20, 1)):
            span = document.to_source(at, at + 1)
            assert 0 <= span.start <= span.end <= len(document.source)

    return target


def _html() -> Target:
    """Markup of any kind."""
    from structurer.errors import ReadError
    from structurer.read.html import read_html

    def target(data: bytes) -> None:
        source = data.decode("utf-8", "replace")
        try:
            found = read_html(source)
        except ReadError:
            return
        last = -1
        for _, origin, length in found.offsets.runs:
            assert last <= origin <= origin + length <= len(source)
            last = origin

    return target


def _archive() -> Target:
    """Archives of any kind, and lists of texts."""
    from structurer.errors import ReadError
    from structurer.read.archive import Limits, members, read_member

    folder = tempfile.mkdtemp(prefix="structurer-fuzz-")
    limits = Limits()

    def target(data: bytes) -> None:
        suffix = _ARCHIVES[data[0] % len(_ARCHIVES)] if data else ".zip"
        path = Path(folder, f"a{suffix}")
        path.write_bytes(data[1:])
        for number, member in enumerate(members(str(path), {".txt", ".html", ""}, limits=limits)):
            assert member.startswith(str(path))
            assert ".." not in member.split("/")
            try:
                read_member(member, limit=1_000_000, limits=limits)
            except ReadError:
                continue
            if number > 20:
                break

    return target


def _cells() -> Target:
    """The cell stream of any text."""
    import re

    from structurer.fold import fold
    from structurer.tables.cells import Bar, atoms, mask

    ends = re.compile("总计|规章|件数")

    def target(data: bytes) -> None:
        text = mask(fold(data.decode("utf-8", "ignore")))
        at = 0
        for atom in atoms(text, 0, len(text), ends):
            assert at <= atom.start < len(text)
            if not isinstance(atom, Bar):
                assert atom.start < atom.end <= len(text)
                at = atom.end

    return target


def _report() -> Target:
    """A whole report, from its text to what must hold of every extraction."""
    from benchmarks.invariants import violations
    from structurer.errors import ReadError
    from structurer.forms import load_forms
    from structurer.pipeline import extract
    from structurer.read import read_text

    forms = load_forms()

    def target(data: bytes) -> None:
        try:
            document = read_text(data.decode("utf-8", "ignore"))
            found = extract(document, forms)
        except ReadError:
            return
        broken = list(violations(found, document, forms))
        assert not broken, broken[0]

    return target


def _quantities() -> Target:
    """Numbers in any text."""
    from structurer.fold import fold
    from structurer.quantities import quantities

    def target(data: bytes) -> None:
        text = fold(data.decode("utf-8", "ignore"))
        last = 0
        for found in quantities(text):
            assert last <= found.start < found.end <= len(text)
            assert found.value >= 0
            last = found.end

    return target


TARGETS: Mapping[str, Callable[[], Target]] = {
    "bytes": _bytes,
    "html": _html,
    "archive": _archive,
    "cells": _cells,
    "quantities": _quantities,
    "report": _report,
}
_SUFFIXES = (".txt", ".html", ".mht", ".docx", ".pdf", ".md", "", ".rtf")
_ARCHIVES = (".zip", ".tar", ".gz", ".bz2", ".xz", ".warc", ".csv", ".tsv", ".jsonl", ".tgz")


def _seeds(target: str) -> list[bytes]:
    """Small true inputs to begin with."""
    from benchmarks.corpus import reports

    made = [case.data() for case in reports(1, 12)]
    if target == "archive":
        return [bytes([number]) + content for number, content in enumerate(_packed(made[0]))]
    if target == "bytes":
        return [
            bytes([number % len(_SUFFIXES)]) + content for number, content in enumerate([*_files(), *made])
        ]
    return made


def _files() -> list[bytes]:
    """A file in each format that has a reader of its own, so that all of them are reached."""
    from tests import docxs, pdfs

    page = b"<html><meta charset=utf-8><table><tr><td>1</td><td>2</td></tr></table></html>"
    saved = b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n"
    saved += b"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page + b"\r\n--b--\r\n"
    drawn = pdfs.text(60, 60, "信息公开工作年度报告") + pdfs.table(60, 100, [["规章", "1"]], [90, 90])
    word = docxs.docx(docxs.p("信息公开工作年度报告") + docxs.tbl(["规章", "1"]))
    return [page, saved, word, pdfs.pdf([drawn]), pdfs.pdf([drawn], packed=True)]


def _packed(content: bytes) -> list[bytes]:
    """A report in each kind of archive, in the order of _ARCHIVES."""
    import bz2
    import gzip
    import io
    import lzma
    import tarfile
    import zipfile

    zipped, tarred = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("a/b.txt", content)
    with tarfile.open(fileobj=tarred, mode="w") as tar:
        about = tarfile.TarInfo("a/b.txt")
        about.size = len(content)
        tar.addfile(about, io.BytesIO(content))
    head = f"WARC/1.0\r\nWARC-Type: resource\r\nContent-Length: {len(content)}\r\n\r\n".encode()
    table = b"id,text\n1,abc\n"
    packed = [zipped.getvalue(), tarred.getvalue(), gzip.compress(content), bz2.compress(content)]
    packed += [
        lzma.compress(content),
        head + content,
        table,
        table.replace(b",", b"\t"),
        b'{"text": "abc"}\n',
    ]
    return [*packed, gzip.compress(tarred.getvalue())]


def _options(arguments: Sequence[str] | None) -> Any:
    parser = argparse.ArgumentParser(description="Fuzz the readers and the cell stream.")
    parser.add_argument("target", choices=[*TARGETS, "all"])
    parser.add_argument("--runs", type=int)
    parser.add_argument("--seconds", type=int)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--corpus", metavar="DIR", help="inputs to begin with, and where new ones are kept")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
