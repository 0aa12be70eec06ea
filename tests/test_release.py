"""What a release is made of: the wheel and the sdist, built here without a network.

`python -m tests.release` does the rest before a release: clean environments, every extra, lowest versions.
"""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

import structurer
from tests import packages

pytest.importorskip("hatchling", reason="hatchling, which builds the packages, is not installed")


class Built(NamedTuple):
    """Both packages, the wheel as it comes from the sdist."""

    wheel: Path
    sdist: Path
    folder: Path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("dist")
    sdist = packages.built("sdist", packages.ROOT, folder / "sdist")
    tree = packages.unpacked(sdist, folder / "tree")
    return Built(packages.built("wheel", tree, folder / "wheel"), sdist, folder)


def metadata(built: Built) -> str:
    found = packages.files(built.wheel)
    return next(data for name, data in found.items() if name.endswith("/METADATA")).decode("utf-8")


def test_the_wheel_is_the_package_and_its_data(built: Built) -> None:
    assert packages.wrong_in_wheel(built.wheel, built.sdist) == []
    assert f"structurer-{structurer.__version__}-py3-none-any.whl" == built.wheel.name


def test_the_sdist_is_the_project(built: Built) -> None:
    if packages.tracked() is None:
        pytest.skip("no git here to say which files belong to the project")
    assert packages.wrong_in_sdist(built.sdist) == []


def test_the_sdist_and_the_tree_build_the_same_wheel(built: Built) -> None:
    direct = packages.built("wheel", packages.ROOT, built.folder / "direct")
    assert direct.read_bytes() == built.wheel.read_bytes()


def test_nothing_tells_of_the_machine_it_was_built_on(built: Built) -> None:
    assert packages.told_too_much(packages.files(built.wheel)) == []
    assert packages.told_too_much(packages.files(built.sdist)) == []


def test_what_is_missing_or_stray_is_seen(built: Built, tmp_path: Path) -> None:
    """The checks above can fail."""
    spoilt = tmp_path / built.wheel.name
    with zipfile.ZipFile(spoilt, "w") as out:
        for name, data in packages.files(built.wheel).items():
            if name != "structurer/py.typed":
                out.writestr(name, data)
        out.writestr("structurer/notes.txt", f"see {packages.ROOT}/notes")
    assert packages.wrong_in_wheel(spoilt, built.sdist) == [
        "missing: structurer/py.typed",
        "stray: structurer/notes.txt",
    ]
    assert [told.endswith("structurer/notes.txt") for told in packages.told_too_much(packages.files(spoilt))]


def test_the_metadata_say_what_it_is(built: Built) -> None:
    told = metadata(built)
    for line in (
        f"Version: {structurer.__version__}",
        "License-Expression: Apache-2.0",
        "Requires-Python: >=3.10",
    ):
        assert f"\n{line}\n" in told
    assert not re.search(r"^Requires-Dist:.* @ ", told, re.MULTILINE), "a dependency by address"
    assert "https://" not in told.partition("\n\n")[0]


def test_every_python_it_names_was_tested(built: Built) -> None:
    """The classifiers are the rows of the table in CONTRIBUTING.md."""
    named = re.findall(r"^Classifier: Programming Language :: Python :: (3\.[0-9]+)$", metadata(built), re.M)
    guide = (packages.ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert named == re.findall(r"^\| (3\.[0-9]+) \|", guide, re.M)


def test_every_dependency_has_a_tested_version(built: Built) -> None:
    """A lower bound in pyproject.toml, and in constraints.txt the version that the tests run with."""
    needed = re.findall(r"^Requires-Dist: ([\w.-]+)(?:\[[^\]]*\])?(.*)$", metadata(built), re.MULTILINE)
    constraints = (packages.ROOT / "constraints.txt").read_text(encoding="utf-8")
    pinned = {_plain(name) for name in re.findall(r"^([\w.-]+)==", constraints, re.MULTILINE)}
    assert needed
    assert {name for name, bound in needed if ">=" not in bound} <= {"types-pyyaml"}
    assert {_plain(name) for name, _ in needed} <= pinned | {"tomli"}
    lines = constraints.splitlines()[1:]
    assert [
        line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+(; python_\w+ [<>]=? '[0-9.]+')?", line)
    ] == []


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_wheel_runs_by_itself(built: Built, tmp_path: Path) -> None:
    """From the archive's files alone, away from the checkout: forms and prompts come along."""
    with zipfile.ZipFile(built.wheel) as wheel:
        wheel.extractall(tmp_path / "site")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r})\n"
        "import structurer; from structurer.prompts import load_prompts; load_prompts()\n"
        "print(structurer.__file__); print(len(structurer.structure(sys.argv[1]).observations))"
    )
    example = packages.ROOT / "examples" / "damaged-2021.txt"
    told = subprocess.run(
        [sys.executable, "-I", "-c", code, str(example)],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    file, count = told.stdout.split()
    assert Path(file).is_relative_to(tmp_path)
    assert int(count) == len(structurer.structure(example).observations)
