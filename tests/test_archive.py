"""Archives and lists: every member under a path of its own, whatever its name; bombs and damage are errors."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import re
import struct
import tarfile
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from structurer.bulk import SUFFIXES, find_files, import_reports, read_file
from structurer.cli import cli
from structurer.errors import EmptyInput, ReadError, TooLarge, UnsupportedFormat
from structurer.pipeline import structure
from structurer.read import read
from structurer.read.archive import Limits, members, read_member, split
from structurer.read.archive.names import Labels, label
from structurer.store import open_store

EXAMPLES = Path(__file__).parent.parent / "examples"
PROSE = (EXAMPLES / "prose-2016.txt").read_bytes()
TABLES = (EXAMPLES / "flattened-2019.txt").read_bytes()
LIMIT = 20_000_000
TEXTS = {"2019/甲.txt": TABLES, "乙.html": b"<html><p>" + PROSE + b"</html>"}


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def tarred(files: dict[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=form) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return made.getvalue()


def record(
    address: str, body: bytes, *, headers: bytes = b"Content-Type: text/html", status: int = 200
) -> bytes:
    answer = b"HTTP/1.1 %d OK\r\n%s\r\n\r\n%s" % (status, headers, body)
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {address}\r\n"
        f"Content-Type: application/http;msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
    )
    return head.encode() + answer + b"\r\n\r\n"


INFO = b"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 5\r\n\r\nx: y\n\r\n\r\n"
WARC = (
    INFO
    + record("http://gov.example/a?b=1", b"<p>" + TABLES)
    + record("http://gov.example/pic", b"\x89PNG", headers=b"Content-Type: image/png")
    + record("http://gov.example/gone", b"<p>", status=404)
    + record("http://gov.example/c", b"<p>" + PROSE, headers=b"Content-type: text/html; charset=utf-8")
)


def listed(rows: list[dict[str, str]], encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


ROWS = [
    {"编号": "甲", "正文": TABLES.decode(), "年份": "2019"},
    {"编号": "乙", "正文": PROSE.decode(), "年份": "2016"},
]
JSONL = "\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS).encode()
SAMPLES: dict[str, bytes] = {
    "a.zip": zipped(TEXTS),
    "stored.zip": zipped(TEXTS, zipfile.ZIP_STORED),
    "a.tar": tarred(TEXTS),
    "gnu.tar": tarred(TEXTS, tarfile.GNU_FORMAT),
    "a.tar.gz": gzip.compress(tarred(TEXTS)),
    "a.tar.bz2": bz2.compress(tarred(TEXTS)),
    "a.tar.xz": lzma.compress(tarred(TEXTS)),
    "a.html.gz": gzip.compress(TEXTS["乙.html"]),
    "a.warc": WARC,
    "a.warc.gz": b"".join(gzip.compress(one) for one in re.split(rb"(?=WARC/1)", WARC) if one),
    "a.jsonl": JSONL,
    "a.csv": listed(ROWS),
    "nested.zip": zipped(
        {"in.zip": zipped(TEXTS), "in.tar.gz": gzip.compress(tarred(TEXTS)), "c.txt": PROSE}
    ),
}


def write(folder: Path, name: str, content: bytes) -> str:
    path = folder / name
    path.write_bytes(content)
    return str(path)


def found(path: str, limits: Limits | None = None) -> dict[str, bytes | ReadError]:
    """Every member by its label, its bytes or what is wrong with it."""
    contents: dict[str, bytes | ReadError] = {}
    for member in members(path, SUFFIXES, limits=limits):
        try:
            contents[member[len(path) :].removeprefix("!")] = read_member(member, limit=LIMIT, limits=limits)
        except ReadError as error:
            # A new one, because a traceback keeps everything alive that was being read.
            contents[member[len(path) :].removeprefix("!")] = type(error)(error.path, error.reason)
    return contents


@pytest.mark.parametrize(
    "name", ["a.zip", "stored.zip", "a.tar", "gnu.tar", "a.tar.gz", "a.tar.bz2", "a.tar.xz"]
)
def test_archives(tmp_path: Path, name: str) -> None:
    assert found(write(tmp_path, name, SAMPLES[name])) == TEXTS


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_web_archives(tmp_path: Path, name: str) -> None:
    path = write(tmp_path, name, SAMPLES[name])
    told: list[tuple[str, str]] = []
    assert list(members(path, SUFFIXES, skipped=lambda *one: told.append(one))) == [
        f"{path}!http://gov.example/a?b=1",
        f"{path}!http://gov.example/c",
    ]
    assert told == [(f"{path}!http://gov.example/pic", "image/png content is not read")]
    assert found(path) == {
        "http://gov.example/a?b=1": b"<p>" + TABLES,
        "http://gov.example/c": b"<p>" + PROSE,
    }


def test_answers_as_servers_send_them(tmp_path: Path) -> None:
    page = b"<p>" + PROSE
    pieces = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (page[:900], page[900:])) + b"0\r\n\r\n"
    kind = b"Content-Type: text/html"
    warc = (
        record("http://x/pieces", pieces, headers=kind + b"\r\nTransfer-Encoding: chunked")
        + record("http://x/packed", gzip.compress(page), headers=kind + b"\r\nContent-Encoding: gzip")
        + record(
            "http://x/said", page, headers=kind + b"\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked"
        )
        + record("http://x/brotli", b"\x8b\x02\x80", headers=kind + b"\r\nContent-Encoding: br")
        + record("http://x/pieces", page)
    )
    got = found(write(tmp_path, "a.warc", warc))
    assert {name for name, body in got.items() if body == page} == {
        "http://x/pieces",
        "http://x/packed",
        "http://x/said",
        "http://x/pieces~2",
    }
    assert isinstance(got["http://x/brotli"], UnsupportedFormat)


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "gbk.csv", "bom.csv", "a.tsv"])
def test_lists(tmp_path: Path, name: str) -> None:
    encodings = {"gbk.csv": "gb18030", "bom.csv": "utf-8-sig"}
    content = SAMPLES["a.jsonl"] if name == "a.jsonl" else listed(ROWS, encodings.get(name, "utf-8"))
    if name == "a.tsv":
        content = b"id\ttext\n" + b"\n".join(f'{row["编号"]}\t"{row["正文"]}"'.encode() for row in ROWS)
    path = write(tmp_path, name, content)
    assert list(members(path, SUFFIXES)) == [f"{path}!甲", f"{path}!乙"]
    for row in ROWS:
        document = read(Path(f"{path}!{row['编号']}"))
        assert document.source == row["正文"]
        extraction = structure(Path(f"{path}!{row['编号']}"))
        assert all(
            document.source[one.start : one.end] == one.quote
            for o in extraction.observations
            for one in o.evidence
        )
        said = [finding.message for finding in extraction.findings if finding.rule == "document.reading"]
        if name != "a.tsv":
            assert said == [f"the list it came in says: 编号: {row['编号']}; 年份: {row['年份']}"]


def test_lists_say_what_is_missing(tmp_path: Path) -> None:
    got = found(write(tmp_path, "a.csv", b"id,title\n1,x\n"))
    assert "no column of texts" in got[""].reason  # type: ignore[union-attr]
    lines = [
        b"{",
        b'{"id": 7}',
        b"[1]",
        b'{"text": "\\ud800"}',
        b"[" * 100_000,
        b"",
        b'{"id": 5, "content": "ab"}',
    ]
    got = found(write(tmp_path, "a.jsonl", b"\n".join(lines)))
    assert {name: isinstance(one, ReadError) for name, one in got.items()} == {
        "line 1": True,
        "line 2": True,
        "line 3": True,
        "line 4": False,
        "line 5": True,
        "5": False,
    }
    assert read(Path(f"{tmp_path}/a.jsonl!line 4")).source == "\ufffd"


def test_rows_may_hold_lines_quotes_and_nul(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", 'text,id\r\n"一、""概述""\r\n\x00第二行",甲\r\n,乙\r\n'.encode())
    assert list(members(path, SUFFIXES)) == [f"{path}!甲"]
    assert read(Path(f"{path}!甲")).source == '一、"概述"\r\n第二行'


def test_archives_in_archives(tmp_path: Path) -> None:
    path = write(tmp_path, "nested.zip", SAMPLES["nested.zip"])
    got = found(path)
    assert list(got) == [
        *(f"in.zip!{name}" for name in TEXTS),
        *(f"in.tar.gz!{name}" for name in TEXTS),
        "c.txt",
    ]
    assert got["in.tar.gz!2019/甲.txt"] == TABLES
    deep = PROSE
    for level in range(6):
        deep = zipped({f"{level}.zip" if level else "a.txt": deep})
    (only,) = found(write(tmp_path, "deep.zip", deep)).values()
    assert isinstance(only, TooLarge)


HOSTILE = [
    "../../etc/passwd.txt",
    "/etc/passwd.txt",
    "C:\\windows\\a.txt",
    "..\\..\\a.txt",
    "a\x1b[31m\n\u202e.txt",
    "a!b.zip!c.txt",
    "同名.txt",
    "同名.txt",
    "x" * 5000 + ".txt",
]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_hostile_names_are_labels(tmp_path: Path, kind: str) -> None:
    made = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(made, "w") as archive:
            for number, name in enumerate(HOSTILE):
                archive.writestr(name, str(number))
    else:
        with tarfile.open(fileobj=made, mode="w") as tar:
            for number, name in enumerate(HOSTILE):
                info = tarfile.TarInfo(name)
                info.size = 1
                tar.addfile(info, io.BytesIO(str(number).encode()))
    before = set(tmp_path.rglob("*"))
    path = write(tmp_path, f"a.{kind}", made.getvalue())
    got = found(path)
    assert [int(content) for content in got.values() if isinstance(content, bytes)] == list(
        range(len(HOSTILE))
    )
    assert set(tmp_path.rglob("*")) - before == {Path(path)}
    for name in got:
        assert name.isprintable()
        assert ".." not in name.split("/")
        assert not name.startswith("/")
        assert "!" not in name
        assert "\\" not in name
        assert len(name) <= 220
        assert split(f"{path}!{name}") == (path, name)


def test_members_never_reach_the_disk_behind_the_archive(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_bytes(PROSE)
    path = write(tmp_path, "a.zip", SAMPLES["a.zip"])
    for name in ("../secret.txt", "/../secret.txt", f"!{tmp_path}/secret.txt"):
        with pytest.raises(ReadError, match="no such member"):
            read(Path(f"{path}!{name}"))
        with pytest.raises(ReadError, match="no such member"):
            read_file(f"{path}!{name}", LIMIT)


@given(st.lists(st.text(max_size=12), max_size=12))
def test_each_label_is_one_members(names: list[str]) -> None:
    labels = Labels()
    made = [labels.one(name) for name in names]
    assert len(set(made)) == len(made)
    assert all(one.isprintable() and "!" not in one for one in made)
    assert all(label(name).encode() for name in names)


def test_names_that_chinese_programs_write(tmp_path: Path) -> None:
    plain = zipped({"AAAAAA.txt": PROSE})
    gbk = plain.replace(b"AAAAAA", "年度报".encode("gb18030"))
    assert list(found(write(tmp_path, "a.zip", gbk))) == ["年度报.txt"]


def test_skipped_members_are_told(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "a.zip",
        zipped({"a.png": b"x", ".hidden.txt": b"x", "__MACOSX/._a.txt": b"x", "a.txt": PROSE}),
    )
    told: list[tuple[str, str]] = []
    assert list(members(path, SUFFIXES, skipped=lambda *one: told.append(one))) == [f"{path}!a.txt"]
    assert [reason for _, reason in told] == [".png files are not read", "a hidden file", "a hidden file"]


def test_locked_and_strange_members_are_errors_of_their_own(tmp_path: Path) -> None:
    data = bytearray(zipped({"locked.txt": PROSE, "b.txt": PROSE}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + place] |= 1
    got = found(write(tmp_path, "a.zip", bytes(data)))
    assert isinstance(got["locked.txt"], UnsupportedFormat)
    assert got["b.txt"] == PROSE
    got = found(write(tmp_path, "b.zip", zipped({"a.txt": PROSE}, zipfile.ZIP_LZMA)))
    assert isinstance(got["a.txt"], UnsupportedFormat)


# --- limits ---


def peak(work: Callable[[], object]) -> tuple[float, int]:
    """Seconds and most bytes that something took."""
    tracemalloc.start()
    begun = time.perf_counter()
    try:
        work()
        return time.perf_counter() - begun, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def bombs() -> dict[str, bytes]:
    zeros = bytes(2**20)
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    flood = b"".join(packer.compress(zeros) for _ in range(120)) + packer.flush()
    many = gzip.compress(zeros) * 120
    wide = zipped({f"{number}.txt": zeros for number in range(60)})
    return {
        "flood.txt.gz": flood,
        "many.txt.gz": many,
        "flood.tar.gz": flood,
        "flood.txt.bz2": bz2.compress(bytes(80 * 2**20)),
        "wide.zip": wide,
        "flood.warc.gz": gzip.compress(b"WARC/1.0\r\nContent-Length: 900000000\r\n\r\n") + flood,
        "nested.zip": zipped({f"{number}.zip": wide for number in range(20)}),
        "page.warc": record(
            "http://x/a", flood, headers=b"Content-Type: text/html\r\nContent-Encoding: gzip"
        ),
    }


def test_bombs_cost_little_and_are_named(tmp_path: Path) -> None:
    small = Limits(slack=16 * 2**20)
    for name, content in bombs().items():
        path = write(tmp_path, name, content)
        results: dict[str, bytes | ReadError] = {}
        seconds, memory = peak(lambda path=path, results=results: results.update(found(path, small)))  # type: ignore[misc]
        assert any(isinstance(one, ReadError) for one in results.values()), name
        assert sum(len(one) for one in results.values() if isinstance(one, bytes)) <= small.slack, name
        assert memory < 90 * 2**20, name
        assert seconds < 10, name


def test_too_many_members(tmp_path: Path) -> None:
    few = Limits(members=50)
    files = {f"{number}.txt": b"x" for number in range(51)}
    for name, content in (("a.zip", zipped(files)), ("a.tar", tarred(files))):
        got = found(write(tmp_path, name, content), few)
        assert "over 50 members" in got[""].reason  # type: ignore[union-attr]
    lines = b"\n".join(b'{"text":"x"}' for _ in range(51))
    assert isinstance(found(write(tmp_path, "a.jsonl", lines), few)[""], TooLarge)
    assert len(found(write(tmp_path, "b.zip", zipped(dict(list(files.items())[:50]))), few)) == 50


def test_a_directory_that_lies_about_its_size(tmp_path: Path) -> None:
    data = bytearray(zipped(TEXTS))
    end = data.rfind(b"PK\x05\x06")
    for size in (0, 2**31 - 1, 2**32 - 1):
        struct.pack_into("<L", data, end + 12, size)
        got = found(write(tmp_path, "a.zip", bytes(data)))
        assert all(isinstance(one, ReadError) for one in got.values())


def test_a_member_over_the_limit_does_not_harm_the_others(tmp_path: Path) -> None:
    files = {"big.txt": b"x" * 5000, "small.txt": b"y"}
    for name, content in (("a.zip", zipped(files)), ("a.tar.gz", gzip.compress(tarred(files)))):
        path = write(tmp_path, name, content)
        with pytest.raises(TooLarge):
            read_member(f"{path}!big.txt", limit=4999)
        assert read_member(f"{path}!small.txt", limit=4999) == b"y"
        assert read_member(f"{path}!big.txt", limit=5000) == files["big.txt"]


def test_a_row_without_end(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", b'text\n"' + b"x,\n" * 100_000)
    (error,) = found(path, Limits(member=10_000)).values()
    assert isinstance(error, ReadError)


# --- damage ---


@pytest.mark.parametrize("name", ["a.tar", "a.tar.gz", "a.tar.bz2", "a.tar.xz", "a.warc", "a.html.gz"])
def test_what_is_cut_off_is_said(tmp_path: Path, name: str) -> None:
    whole = SAMPLES[name].rstrip(b"\0")
    for share in (0.3, 0.6, 0.9):
        got = found(write(tmp_path, name, whole[: int(len(whole) * share)]))
        assert any(isinstance(one, ReadError) for one in got.values())
        assert all(
            one in TEXTS.values() or one == b"<p>" + TABLES for one in got.values() if isinstance(one, bytes)
        )


def test_a_broken_header_is_not_taken_for_the_end(tmp_path: Path) -> None:
    data = bytearray(tarred({"a.txt": PROSE, "b.txt": PROSE}))
    data[data.rfind(b"b.txt")] = 0x7F
    got = found(write(tmp_path, "a.tar", bytes(data)))
    assert got["a.txt"] == PROSE
    assert "damaged behind member 1" in got[""].reason  # type: ignore[union-attr]


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_fuzz(tmp_path: Path, name: str) -> None:
    rng = Random(name)
    whole = SAMPLES[name]
    path = write(tmp_path, name, whole)
    good = found(path)
    begun = time.perf_counter()
    for turn in range(60):
        data = bytearray(whole)
        if turn % 3 == 0:
            data = data[: rng.randrange(len(data))]
        elif turn % 3 == 1:
            for _ in range(rng.randrange(1, 12)):
                data[rng.randrange(len(data))] = rng.randrange(256)
        else:
            head = rng.choice([0, 4, 300, 520])
            data = data[:head] + rng.randbytes(rng.randrange(2000))
        Path(path).write_bytes(data)
        for label_, content in found(path).items():
            assert isinstance(content, bytes | ReadError)
            if name in ("a.zip", "a.tar.xz") and isinstance(content, bytes) and label_ in good:
                assert content == good[label_], "a checksum was not looked at"
    assert time.perf_counter() - begun < 30


@given(
    st.binary(max_size=2000),
    st.sampled_from(["zip", "tar", "gz", "bz2", "xz", "warc", "csv", "tsv", "jsonl"]),
)
def test_random_bytes(tmp_path_factory: pytest.TempPathFactory, data: bytes, kind: str) -> None:
    found(write(tmp_path_factory.getbasetemp(), f"random.{kind}", data))


# --- the way through the house ---


def test_find_files_opens_archives_and_named_lists(tmp_path: Path) -> None:
    for name in ("a.zip", "a.jsonl", "a.csv"):
        write(tmp_path, name, SAMPLES[name])
    told: list[tuple[str, str]] = []
    assert list(find_files([str(tmp_path)], skipped=lambda *one: told.append(one))) == [
        f"{tmp_path}/a.zip!{name}" for name in TEXTS
    ]
    assert [path.rpartition("/")[2] for path, _ in told] == ["a.csv", "a.jsonl"]
    assert list(find_files([f"{tmp_path}/*.jsonl"])) == [f"{tmp_path}/a.jsonl!甲", f"{tmp_path}/a.jsonl!乙"]


def test_import_keeps_members_and_names_what_failed(tmp_path: Path) -> None:
    path = write(tmp_path, "a.tar", tarred({"a.txt": TABLES, "b.txt": PROSE})[:-3000])
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        summary = import_reports(find_files([path]), store)
        assert (summary.imported, summary.failed) == (1, 2)
        assert store.get(f"{path}!a.txt").document.path == f"{path}!a.txt"
        assert [one.path for one in store.failures()] == [path, f"{path}!b.txt"]
        assert all("cut off" in one.reason for one in store.failures())
        again = import_reports(find_files([path]), store)
        assert (again.imported, again.unchanged, again.failed) == (0, 1, 2)


def test_commands_take_members(tmp_path: Path) -> None:
    path = write(tmp_path, "a.zip", SAMPLES["a.zip"])
    extracted = CliRunner().invoke(cli, ["extract", path, "--format", "jsonl"])
    assert extracted.exit_code == 0
    told = [json.loads(line)["document"]["path"] for line in extracted.stdout.splitlines()]
    assert told == [f"{path}!{name}" for name in TEXTS]
    shown = CliRunner().invoke(cli, ["show", f"{path}!2019/甲.txt", "--html", f"{tmp_path}/a.html"])
    assert shown.exit_code == 0
    assert 'data-at="0"' in (tmp_path / "a.html").read_text(encoding="utf-8")
    whole = CliRunner().invoke(cli, ["show", path])
    assert whole.exit_code == 1
    assert "an archive of 2 members, not one report" in whole.stderr


def test_one_pass_over_an_archive(tmp_path: Path) -> None:
    """Members that are asked for in order do not begin at the front each time."""

    def seconds(count: int) -> float:
        path = write(
            tmp_path, f"{count}.tar.gz", gzip.compress(tarred({f"{n}.txt": PROSE for n in range(count)}))
        )
        begun = time.perf_counter()
        assert len(found(path)) == count
        return time.perf_counter() - begun

    seconds(50)
    assert seconds(1600) < 4 * max(seconds(400), 0.05) * 2


def test_empty_and_unknown_archives(tmp_path: Path) -> None:
    assert found(write(tmp_path, "a.zip", zipped({})))[""].reason.startswith("an archive of 0 members")  # type: ignore[union-attr]
    assert isinstance(found(write(tmp_path, "b.zip", b""))[""], ReadError)
    assert isinstance(found(write(tmp_path, "c.zip", b"Rar!\x1a\x07\x00"))[""], UnsupportedFormat)
    with pytest.raises(ReadError, match="no such file"):
        read(Path(tmp_path / "none.zip!a.txt"))
    with pytest.raises((EmptyInput, ReadError)):
        read(Path(write(tmp_path, "d.zip", zipped({"a.txt": b""})) + "!a.txt"))
