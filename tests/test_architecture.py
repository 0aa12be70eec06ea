"""Imports go downhill, third parties stay behind their doors, and the package imports light."""

from __future__ import annotations

import ast
import re
import resource
import subprocess
import sys
from pathlib import Path

import structurer

PACKAGE = Path(structurer.__file__).parent
ROOT = Path(__file__).parents[1]

#: From the values at the bottom to the commands on top; a module imports only from below itself.
LAYERS = (
    ("_version", "errors", "flat", "fold", "garbage", "memory", "observation"),
    ("meanings", "remote", "numerals", "datafiles"),
    (
        "document",
        "forms",
        "settings",
        "terminal",
        "quantities",
        "balance",
        "tokens",
    ),
    ("crosswalk",),
    ("read", "schemas", "evaluate", "running", "_titles", "confront", "prompts", "chunks"),
    ("segment", "tables", "metadata", "ground", "model"),
    ("prose", "cache"),
    ("draft",),
    ("record", "sameness"),
    ("questions",),
    ("claims",),
    ("reconcile", "asking", "doubt"),
    ("review",),
    ("store", "pipeline", "export"),
    ("permits", "parts"),
    (
        "explain",
        "bulk",
        "many",
        "desk",
        "panel",
    ),
    ("cluster",),
    ("console", "page", "dashboard", "service"),
    ("commands",),
    ("cli", "__init__", "__main__"),
)
DOORS: dict[str, str | tuple[str, ...]] = {
    "sqlalchemy": "store",
    "click": "commands",
    "lxml": "read",
    "pdfplumber": "read",
    "pdfminer": "read",
    "pypdfium2": "read",
    "PIL": "read",
    "numpy": "read",
    "rapidocr": "read",
    "yaml": "datafiles",
    "rapidfuzz": "tables",
    "openai": "model",
    "instructor": "model",
    "diskcache": "cache",
    "tiktoken": "tokens",
    "bpe_openai": "tokens",
    "ray": "cluster",
    "fsspec": "remote",
    "pyarrow": ("export", "parts"),
    "xlsxwriter": "export",
    "vl_convert": "dashboard",
    "fastapi": "service",
    "starlette": "service",
    "uvicorn": "service",
    "anyio": "service",
}


def dotted(path: Path) -> str:
    """A module's name below the package; a package is named by its folder."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


def layer(name: str) -> int:
    """The layer of a module: its own if it is named in one, else its package's."""
    rank = {module: place for place, layer in enumerate(LAYERS) for module in layer}
    known = next((part for part in (name, name.split(".")[0]) if part in rank), None)
    assert known is not None, f"{name} stands in no layer"
    return rank[known]


def modules() -> dict[Path, str]:
    return {path: dotted(path) for path in PACKAGE.rglob("*.py")}


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def test_imports_go_downhill() -> None:
    uphill = []
    for path, name in modules().items():
        for target in imported(path):
            package, _, module = target.partition(".")
            if package == "structurer" and module and layer(module) > layer(name):
                uphill.append(f"{name} imports {module}")
    assert uphill == []


def test_every_module_has_one_layer() -> None:
    ranked = [name for layer in LAYERS for name in layer]
    assert len(ranked) == len(set(ranked))
    assert set(ranked) == {name.partition(".")[0] for name in modules().values()} | {"__init__"} - {""}


def test_the_architecture_names_every_module_and_no_other() -> None:
    """The table of layers has each module once; what stands between backticks as PACKAGE.MODULE is there."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = page[page.index("| layer | modules |") :].partition("\n\n")[0]
    named = re.findall("`([a-z_]+)`", table)
    there = {name for layer in LAYERS for name in layer if not name.startswith("_")}
    assert len(named) == len(set(named))
    assert set(named) == there
    paths = set(modules().values())
    told = {
        one.removesuffix(".py").replace("/", ".") for one in re.findall(r"`([a-z_]+(?:[./][a-z_]+)+)`", page)
    }
    ours = {one for one in told if one.partition(".")[0] in there and not one.endswith(".md")}
    dead = [one for one in ours if one not in paths and not defined(one)]
    assert len(ours) > 20
    assert dead == []


def defined(dotted_name: str) -> bool:
    """Whether a module defines what stands behind the last dot."""
    module, _, name = dotted_name.rpartition(".")
    return any(
        path == module
        and re.search(
            rf"(?:def|class) {name}\b|^{name}\b|^ +from .* import .*\b{name}\b",
            file.read_text(encoding="utf-8"),
            re.M,
        )
        for file, path in modules().items()
    )


def test_third_parties_stay_behind_their_doors() -> None:
    outside = [
        f"{name} imports {target}"
        for path, name in modules().items()
        for target in imported(path)
        for party, door in DOORS.items()
        if target.split(".")[0] == party
        and name.split(".")[0] not in (*((door,) if isinstance(door, str) else door), "cli")
    ]
    assert outside == []


def test_importing_the_package_loads_no_heavy_third_party() -> None:
    heavy = "openai, instructor, sqlalchemy, diskcache, tiktoken, lxml, yaml, rapidfuzz, rich, click, fastapi"
    code = f"import sys, structurer; print([m for m in '{heavy}'.split(', ') if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "[]\n"
    )


def test_importing_the_package_is_quick() -> None:
    def seconds(code: str) -> float:
        """Processor time of a process of its own: others on the machine take none of it."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    bare = min(seconds("pass") for _ in range(5))
    whole = min(seconds("import structurer") for _ in range(5))
    print(f"import structurer: {whole - bare:.3f} s, of it Python's own start {bare:.3f} s more")
    assert whole - bare < 0.15


def test_the_public_surface_is_sorted_and_whole() -> None:
    assert structurer.__all__ == sorted(structurer.__all__)
    assert all(getattr(structurer, name) is not None for name in structurer.__all__)
