"""What each extra is for: what it brings, a command that uses it, and the tests that do."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests import packages, pictures

EXAMPLE = "damaged-2021.txt"
PICTURE = "scan.png"
NO_MODEL = "model.gguf"
"""Starts as a model does and is none."""


@dataclass(frozen=True)
class Extra:
    """One extra.

    `command` follows `python -m` and prints `says` where the extra is installed, exit code `code`. Elsewhere
    it prints `lacks`, by default how to install the extra, and fails, unless it can do without (`optional`).
    `in_tree`: it is run in the source tree. `tests` use the extra and need `tools` beside those of all tests.
    """

    imports: Sequence[str]
    command: Sequence[str]
    says: str
    tests: Sequence[str]
    code: int = 0
    lacks: str = ""
    optional: bool = False
    in_tree: bool = False
    tools: Sequence[str] = ()
    least: tuple[int, int] = (3, 10)
    """The Python from which on it brings anything."""

    def missing(self, name: str) -> str:
        """What its command says where it is not installed."""
        return self.lacks or f"pip install 'structurer[{name}]'"

    def offered(self, python: tuple[int, int]) -> bool:
        """Whether it brings anything for a version of Python."""
        return python >= self.least


EXTRAS: Mapping[str, Extra] = {
    "bench": Extra(
        imports=("matplotlib",),
        command=("benchmarks.noise", "--reports", "1", "--rates", "0", "--out", "noise.svg"),
        says="drawn: noise.svg",
        tests=("benchmarks",),
        in_tree=True,
    ),
    "dashboard": Extra(
        imports=("vl_convert",),
        command=("structurer", "dashboard", "--html", "x.html"),
        says="dashboard of 1 report written to x.html",
        tests=("dashboard",),
    ),
    "docs": Extra(
        imports=("furo", "myst_parser", "sphinx"),
        command=("sphinx", "-W", "--keep-going", "docs", "site"),
        says="build succeeded",
        tests=("site",),
        lacks="No module named sphinx",
        in_tree=True,
    ),
    "export": Extra(
        imports=("pyarrow", "xlsxwriter"),
        command=("structurer", "export", "--format", "parquet", "--out", "x.parquet"),
        says="written to x.parquet",
        tests=("export", "export_tables", "export_beside"),
        tools=("pandas", "duckdb", "openpyxl", "frictionless"),
    ),
    "fuzz": Extra(
        imports=("atheris",),
        command=("benchmarks.fuzz", "cells", "--runs", "200"),
        says="Done 200",
        tests=("laws",),
        in_tree=True,
        least=(3, 11),
    ),
    "local": Extra(
        imports=("xllamacpp",),
        command=("structurer", "extract", "--model", f"local:{NO_MODEL}", EXAMPLE),
        says="cannot load it",
        tests=("local",),
        code=1,
    ),
    "ocr": Extra(
        imports=("onnxruntime", "rapidocr"),
        command=("structurer", "extract", PICTURE),
        says="no title, section or table of an annual report",
        tests=("ocr",),
        code=1,
    ),
    "postgres": Extra(
        imports=("psycopg",),
        command=("structurer", "doctor", "--store", "postgresql://nobody@127.0.0.1:9/x"),
        says="refused",
        tests=("desk", "streaming", "writing", "panel"),
        code=1,
    ),
    "ray": Extra(
        imports=("fsspec", "pyarrow", "ray"),
        command=("structurer", "import", "--engine", "ray", "--results", "results", "--force", EXAMPLE),
        says="1  imported",
        tests=("cluster",),
    ),
    "service": Extra(
        imports=("fastapi", "python_multipart", "uvicorn"),
        command=("structurer", "serve", "--openapi"),
        says='"openapi": "3.',
        tests=("service", "jobs"),
    ),
    "tokens": Extra(
        imports=("bpe_openai",),
        command=("structurer", "extract", "--model", "gpt-4o", "--dry-run", EXAMPLE),
        says="bpe-openai o200k_base",
        tests=("tokens",),
        lacks="estimate by characters",
        optional=True,
    ),
}


def lay_out(folder: Path) -> None:
    """The files that the commands read. Needs Pillow for the picture."""
    (folder / EXAMPLE).write_bytes((packages.ROOT / "examples" / EXAMPLE).read_bytes())
    (folder / NO_MODEL).write_bytes(b"GGUF" + bytes(1000))
    (folder / PICTURE).write_bytes(
        pictures.saved([pictures.drawn([["2021", "3001"], ["7", "8"]], [160, 160])])
    )


def without(modules: Sequence[str], command: Sequence[str]) -> list[str]:
    """A command line that runs `python -m COMMAND` as if the modules were not installed."""
    code = (
        "import runpy, sys; "
        f"sys.modules.update(dict.fromkeys({list(modules)!r})); "
        f"sys.argv[:] = {list(command)!r}; runpy.run_module({command[0]!r}, run_name='__main__', alter_sys=True)"
    )
    return [sys.executable, "-c", code]
