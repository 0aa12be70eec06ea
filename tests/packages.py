"""What is in a wheel and in a source distribution, beside what belongs there."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
DATA = {"schemas/": "structurer/_data/schemas/", "prompts/": "structurer/_data/prompts/"}
MADE = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}


def built(kind: str, tree: Path, out: Path) -> Path:
    """The wheel or sdist of a source tree, made by the hatchling that is installed here, without a network."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(out)]
    subprocess.run(command, cwd=tree, check=True, capture_output=True)
    (path,) = out.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return path


def files(archive: Path) -> dict[str, bytes]:
    """Name → content. Names in an sdist are without its top folder."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return {name: wheel.read(name) for name in wheel.namelist()}
    with tarfile.open(archive) as sdist:
        members = [member for member in sdist.getmembers() if member.isfile()]
        read = {member.name: sdist.extractfile(member) for member in members}
        return {name.partition("/")[2]: stream.read() for name, stream in read.items() if stream}


def unpacked(sdist: Path, into: Path) -> Path:
    """The source tree of an sdist, laid out below a folder."""
    tree = into / sdist.name.removesuffix(".tar.gz")
    for name, content in files(sdist).items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tree


def tracked() -> set[str] | None:
    """The files that belong to the project, or None where that cannot be asked."""
    try:
        asked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return {name for name in asked.stdout.decode("utf-8").split("\0") if name}


def wrong_in_wheel(wheel: Path, sdist: Path) -> list[str]:
    """What the wheel lacks, and what it has too much: it is the package and its data, no more."""
    source, found = files(sdist), files(wheel)
    wanted = {name: name for name in source if name.startswith("structurer/")}
    for here, there in DATA.items():
        wanted |= {there + name.removeprefix(here): name for name in source if name.startswith(here)}
    info = wheel.name.removesuffix("-py3-none-any.whl") + ".dist-info/"
    made = {info + name for name in MADE}
    return [
        *(f"missing: {name}" for name in sorted({*wanted, *made, "structurer/py.typed"} - set(found))),
        *(f"stray: {name}" for name in sorted(set(found) - {*wanted, *made})),
        *(
            f"changed: {name}"
            for name in sorted(set(found) & set(wanted))
            if found[name] != source[wanted[name]]
        ),
    ]


def wrong_in_sdist(sdist: Path) -> list[str]:
    """What the sdist lacks of the project's files, and what it has beside them."""
    found, ours = set(files(sdist)) - {"PKG-INFO"}, tracked()
    if ours is None:
        return []
    ours = {name for name in ours if (ROOT / name).is_file()}
    return [
        *(f"missing: {name}" for name in sorted(ours - found)),
        *(f"stray: {name}" for name in sorted(found - ours)),
    ]


def told_too_much(content: Mapping[str, bytes]) -> list[str]:
    """Where a path of this machine, or the address of a package index, stands in what is given away."""
    here = {str(ROOT), str(Path(sys.prefix)), str(Path.home())} - {"/"}
    signs = [f"{path}/".encode() for path in here] + [b"index" + b"-url"]
    return [f"{sign.decode()}: {name}" for name, data in content.items() for sign in signs if sign in data]
