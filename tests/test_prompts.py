"""Prompts: files with front matter, fingerprinted, and nothing of them in the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import structurer
from structurer.errors import PromptError
from structurer.prompts import _load, load_prompt, load_prompts
from structurer.quantities import quantities


def test_every_prompt_is_whole() -> None:
    found = load_prompts()
    assert set(found) == {"statements", "tables", "metadata", "problems", "shape", "reask"}
    for prompt in found.values():
        assert prompt.version >= 1
        assert len(prompt.fingerprint) == 64
        assert re.search("[一-鿿]", prompt.body)


@pytest.mark.parametrize("name", ["statements", "tables", "metadata", "problems"])
def test_examples_could_not_be_real(name: str) -> None:
    example = load_prompt(name).body.partition("例：")[2]
    assert "7777" in example
    assert "8888" not in example.replace("8888.8", "")
    assert all(found.value != int(found.value) for found in quantities(example) if found.unit in ("条", "件"))


def test_the_topics_name_rows_of_the_form() -> None:
    from structurer.forms import load_forms

    (narrative,) = load_forms().tables["narrative"].values()
    rows = {row.id for block in narrative.blocks for row in block.rows}
    data = load_prompt("statements").data
    named = {row for topic in data["topics"] for row in topic["rows"]}
    assert named == rows - {"other"}
    assert set(data["denied"]) <= rows


def test_no_instructions_in_the_code() -> None:
    package = Path(structurer.__file__).parent
    for path in [*package.glob("model/*.py"), *package.glob("questions/*.py"), *package.glob("claims/*.py")]:
        source = path.read_text(encoding="utf-8")
        assert not re.search(r"[一-鿿]{12,}", source), path


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no front matter", "begins with no front matter"),
        (b"---\nid: x\n", "begins with no front matter"),
        (b"---\nid: [\n---\nbody", "front matter: "),
        (b"---\n- a\n---\nbody", "front matter: not a mapping"),
        (b"---\nid: x\nversion: one\nschema: x\n---\nbody", "version: missing or no int"),
        (b"---\nid: y\nversion: 1\nschema: x\n---\nbody", "y is not the file's name"),
        (b"---\nid: x\nversion: 1\nschema: x\n---\n", "no instructions"),
        (b"\xff", "not UTF-8"),
    ],
)
def test_a_wrong_file_says_what_and_where(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "x.md"
    path.write_bytes(content)
    with pytest.raises(PromptError) as caught:
        _load(path)
    assert str(path) in str(caught.value)
    assert said in str(caught.value)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(PromptError, match=r"none\.md: No such file"):
        _load(tmp_path / "none.md")


def test_a_changed_word_is_another_prompt(tmp_path: Path) -> None:
    prints = set()
    for folder, word in (("a", "一"), ("b", "二")):
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / "x.md"
        path.write_text(f"---\nid: x\nversion: 1\nschema: x\n---\n{word}", encoding="utf-8")
        prints.add(_load(path).fingerprint)
    assert len(prints) == 2
