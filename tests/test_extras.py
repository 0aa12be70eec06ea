"""Every extra: described, named where it is missing, and tested. `tests/release.py` installs each alone."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

import structurer
from tests import extras, packages
from tests.extras import EXTRAS, Extra


def declared() -> dict[str, list[str]]:
    """Extra → its requirements, as pyproject.toml has them."""
    text = (packages.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = text.partition("[project.optional-dependencies]\n")[2].partition("\n[")[0]
    found = re.findall(r"^([\w-]+) = \[(.*?)\]$", block, re.MULTILINE | re.DOTALL)
    return {name: re.findall(r'"([^"]+)"', rows) for name, rows in found}


def test_every_extra_is_described() -> None:
    assert set(EXTRAS) == set(declared()) - {"dev"}
    for extra in EXTRAS.values():
        assert all((packages.ROOT / "tests" / f"test_{name}.py").is_file() for name in extra.tests)


def test_the_tests_have_what_the_extras_bring() -> None:
    """With the same bounds; matplotlib only draws one picture of the documentation."""
    every = declared()
    ours = set(every.pop("dev"))
    assert {row for rows in every.values() for row in rows} - ours <= {"matplotlib>=3.9"}


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the commands read, and a store with one report."""
    folder = tmp_path_factory.mktemp("work")
    extras.lay_out(folder)
    with structurer.open_store(f"sqlite:///{folder}/structurer.db") as store:
        store.add(structurer.structure(str(folder / extras.EXAMPLE)))
    return folder


@pytest.mark.parametrize("name", sorted(set(EXTRAS) - {"docs"}))  # Sphinx is a program of its own
def test_a_missing_extra_is_named(name: str, work: Path) -> None:
    extra = EXTRAS[name]
    done = run(extra, work)
    told = " ".join(done.stdout.split())
    assert extra.missing(name) in told
    assert "Traceback" not in told
    assert extra.says not in told
    assert (done.returncode == 0) == extra.optional, told


def run(extra: Extra, folder: Path) -> subprocess.CompletedProcess[str]:
    """The extra's command, where nothing of what it brings can be imported."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STRUCTURER_")}
    return subprocess.run(
        extras.without(extra.imports, extra.command),
        cwd=folder,
        env=kept | {"PYTHONPATH": str(packages.ROOT), "OPENAI_API_KEY": "none"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
