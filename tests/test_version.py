"""One version, named in one place, and everything that shows it agrees."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import pytest
from click.testing import CliRunner

import structurer
from structurer.cli import cli

ROOT = Path(__file__).parent.parent
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
VERSION = structurer.__version__


def test_the_command_line_says_it() -> None:
    assert CliRunner().invoke(cli, ["--version"]).output == f"structurer, version {VERSION}\n"
    doctor = json.loads(CliRunner().invoke(cli, ["doctor", "--store", "sqlite://", "--json"]).output)
    assert doctor["versions"]["structurer"] == VERSION


def test_the_changelog_tells_of_it_first() -> None:
    """A version under way ends in .dev0 and is told under Unreleased; a release has its heading and date."""
    headings = re.findall(r"^## \[([^\]]+)\](?: - ([0-9]{4}-[0-9]{2}-[0-9]{2}))?$", CHANGELOG, re.MULTILINE)
    released = [heading for heading in headings if heading[0] != "Unreleased"]
    if ".dev" in VERSION:
        assert headings[0][0] == "Unreleased"
    else:
        assert released[0][0] == VERSION
        assert all(date for _, date in released)


def test_the_service_says_it() -> None:
    pytest.importorskip("fastapi", reason="the extra `service` is not installed")
    described = CliRunner().invoke(cli, ["serve", "--openapi"])
    assert json.loads(described.output)["info"]["version"] == VERSION


def test_the_site_says_it(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("sphinx", reason="the extra `docs` is not installed")
    monkeypatch.syspath_prepend(str(ROOT))
    assert runpy.run_path(str(ROOT / "docs" / "conf.py"))["release"] == VERSION


def test_no_other_place_names_it() -> None:
    home = ROOT / "structurer" / "_version.py"
    named = re.compile(rf"(?<![0-9.]){re.escape(VERSION)}(?![0-9.])")
    places = [
        *(ROOT / "structurer").rglob("*.py"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "docs").glob("*.py"),
    ]
    places += [ROOT / "pyproject.toml", *ROOT.glob("README*.md")]
    assert [path for path in places if path != home and named.search(path.read_text(encoding="utf-8"))] == []
