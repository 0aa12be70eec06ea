"""SECURITY.md names tests; every one of them must exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NAMED = sorted(set(re.findall(r"`(test_\w+\.py)::(test_\w+)`", (ROOT / "SECURITY.md").read_text())))


def test_threats_are_listed() -> None:
    rows = [line for line in (ROOT / "SECURITY.md").read_text().splitlines() if line.startswith("| ")]
    assert len(rows) > 15
    assert all("::test_" in row for row in rows[2:])


@pytest.mark.parametrize(("module", "name"), NAMED)
def test_the_test_it_names_exists(module: str, name: str) -> None:
    tree = ast.parse((ROOT / "tests" / module).read_text())
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
