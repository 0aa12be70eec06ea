"""The public surface is the one that was written down, and the documentation shows no other."""

from __future__ import annotations

import re

import pytest

import structurer
from tests import surface
from tests.walkthrough import pages, read_page


def test_the_surface_changes_on_purpose_only(capsys: pytest.CaptureFixture[str]) -> None:
    changed = surface.main([])
    assert changed == 0, (
        "what others build upon has changed:\n"
        f"{capsys.readouterr().out}"
        f"If that is meant: `{surface.RENEW}`, and a line in CHANGELOG.md that says it to users."
    )


def test_a_change_is_seen_and_named() -> None:
    before, after = surface.known(), surface.surface()
    gone = before["commands"].pop()
    before["python"].append("structurer.was_here()")
    assert surface.changes(before, after) == ["- [python] structurer.was_here()", f"+ [commands] {gone}"]


def test_the_file_is_read_as_it_is_written() -> None:
    assert surface.GOLDEN.read_text(encoding="utf-8") == surface.written(surface.known())


@pytest.mark.parametrize("name", structurer.__all__)
def test_every_public_name_is_there_and_says_what_it_is(name: str) -> None:
    value = getattr(structurer, name)
    assert name == "__version__" or (value.__doc__ or "").strip()


def test_the_documentation_imports_public_names_only() -> None:
    public = {"structurer": structurer.__all__, "structurer.errors": dir(structurer.errors), **surface.BESIDE}
    shown = [
        (page, module, name.strip())
        for page in pages()
        for block in read_page(page).blocks
        if block.language == "python"
        for module, names in re.findall(r"^\s*from (structurer[\w.]*) import (.+)$", block.text, re.MULTILINE)
        for name in names.split(",")
    ]
    assert shown, "no block of the documentation imports anything"
    assert [found for found in shown if found[2] not in public.get(found[1], ())] == []
