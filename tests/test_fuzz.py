"""Every reader fed with cut, flipped and random bytes: a report or a named error, in bounded time and memory."""

from __future__ import annotations

import json
import resource
import shutil
import time
import zipfile
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from random import Random

import pytest

from structurer import structure
from structurer.errors import ReadError
from structurer.observation import Extraction
from structurer.read import READERS, eyes
from structurer.read.formats import sniff
from tests import pictures
from tests.docxs import docx, p, tbl
from tests.pdfs import pdf, table, text
from tests.test_archive import SAMPLES as ARCHIVES

REPORT = (Path(__file__).parent.parent / "examples" / "flattened-2019.txt").read_text("utf-8")
ROWS = [["信息内容", "本年制发件数", "本年废止件数", "现行有效件数"], ["规章", "1", "", "11"]]
OFFICE = ("ole", "rtf", "odt")
_SECONDS = {"pdf": 2.0, "image": 15.0, **dict.fromkeys(OFFICE, 30.0)}
"""Most seconds for one damaged file, where pages may have to be recognised or converted; 1 for others."""
_TURNS = {"image": 6, **dict.fromkeys(OFFICE, 2)}
_GROWTH = {"image": 2**31}
"""Bytes by which a reader may grow the process over small files; 2**28 for those that are not named."""


def rows() -> str:
    head = "".join(f"<td>{cell}</td>" for cell in ROWS[0])
    return f"<table><tr>{head}</tr><tr>" + "".join(f"<td>{cell}</td>" for cell in ROWS[1]) + "</tr></table>"


def page() -> str:
    return f"<html><meta charset=utf-8><h1>云溪市2023年政府信息公开工作年度报告</h1>{rows()}</html>"


def saved() -> bytes:
    head = b"From: <Saved>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n"
    part = b"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    return head + part + page().encode() + b"\r\n--b--\r\n"


def written() -> bytes:
    return docx(p("云溪市2023年政府信息公开工作年度报告") + tbl(*ROWS) + p("五、存在的主要问题"))


def opened() -> bytes:
    """The smallest OpenDocument text that a program would open."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        file.writestr("content.xml", "<office:document-content/>")
    return made.getvalue()


def old() -> bytes:
    """What a .doc file begins with."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le") + bytes(2000)


def printed() -> bytes:
    return pdf([text(60, 60, "云溪市政府信息公开工作年度报告") + table(60, 100, ROWS, [90] * 4)], packed=True)


@cache
def sample(name: str) -> bytes:
    makers = {
        "text": lambda: REPORT.encode("gb18030"),
        "html": lambda: page().encode(),
        "pdf": printed,
        "image": lambda: pictures.saved([pictures.drawn([["A1", "23"], ["B7", "45"]], [200, 200])]),
        "docx": written,
        "ole": old,
        "rtf": lambda: b"{\\rtf1\\ansi 2023 \\trowd\\cellx900\\intbl 12\\cell\\row}",
        "odt": opened,
        "mhtml": saved,
        "record": lambda: json.dumps({"id": "1", "text": REPORT}, ensure_ascii=False).encode(),
    }
    return makers[name]()


NAMES = ("html", *READERS)


def damaged(whole: bytes, turns: int, seed: str) -> Iterator[bytes]:
    """The file cut, with bytes flipped, with a part of it twice, and random bytes behind its beginning."""
    rng = Random(seed)
    for turn in range(turns):
        data = bytearray(whole)
        if turn % 4 == 0:
            data = data[: rng.randrange(1, len(data))]
        elif turn % 4 == 1:
            for _ in range(rng.choice([1, 4, 30])):
                data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        elif turn % 4 == 2:
            a, b = sorted((rng.randrange(len(data)), rng.randrange(len(data))))
            data[a:a] = data[a:b]
        else:
            data = data[: rng.choice([5, 16, 64])] + rng.randbytes(rng.randrange(4000))
        yield bytes(data)


def test_every_reader_is_here() -> None:
    assert {sniff(sample(name)) for name in NAMES} == set(READERS)


@pytest.mark.parametrize("name", NAMES)
def test_damaged_bytes_give_a_report_or_a_named_error(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if name == "pdf":  # what its pages say that have to be recognised is tested with pictures
        monkeypatch.setattr(eyes, "available", lambda: False)
    if name == "image" and not eyes.available():
        pytest.skip("the extra `ocr` is not installed")
    if name in OFFICE and not shutil.which("soffice"):
        pytest.skip("LibreOffice is not installed")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcomes = set()
    for data in damaged(sample(name), _TURNS.get(name, 80), name):
        begun = time.process_time()
        try:
            found = structure(data, path=f"damaged.{name}")
            outcomes.add("read")
            assert isinstance(found, Extraction)
        except ReadError as error:
            outcomes.add("error")
            assert str(error).startswith(f"damaged.{name}: ")
            assert len(error.reason) > 10
        assert time.process_time() - begun < _SECONDS.get(name, 1.0)
    assert outcomes
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    assert grown < _GROWTH.get(name, 2**28)


def test_the_readers_of_archives_are_fuzzed_too() -> None:
    """By tests/test_archive.py, over all of these kinds."""
    kinds = {name.partition(".")[2] for name in ARCHIVES}
    assert kinds >= {"zip", "tar", "tar.gz", "tar.bz2", "tar.xz", "warc", "warc.gz", "csv", "jsonl"}


def test_without_libreoffice_damaged_office_files_name_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("structurer.read.office.shutil.which", lambda name: None)
    told = []
    for name in OFFICE:
        for data in (sample(name), *damaged(sample(name), 12, name)):
            with pytest.raises(ReadError) as error:
                structure(data, path="a")
            told.append(error.value.reason)
    assert sum("LibreOffice" in reason for reason in told) >= len(OFFICE)
