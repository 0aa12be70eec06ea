"""Saved web pages (MHTML): the page, its frames and its encoding; damage is a named error."""

from __future__ import annotations

import base64
import contextlib
import quopri
import time
from pathlib import Path
from random import Random

import pytest

from structurer.errors import EmptyInput, ReadError
from structurer.pipeline import structure
from structurer.read import read_bytes

TEXT = (Path(__file__).parent.parent / "examples" / "flattened-2019.txt").read_text(encoding="utf-8")
PAGE = (
    f"<html><head><title>x</title></head><body>{TEXT.replace(chr(10), '<br>')}<img src='cid:a'></body></html>"
)
HEAD = (
    b"From: <Saved by a browser>\r\nSnapshot-Content-Location: http://gov.example/a.html\r\nSubject: =?utf-8?Q?x?=\r\n"
    b'MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="--B--"\r\n\r\n\r\n'
)


def part(kind: str, body: bytes, coding: str = "base64", more: str = "") -> bytes:
    coded = base64.encodebytes(body) if coding == "base64" else quopri.encodestring(body)
    head = f"----B--\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: {coding}\r\n{more}\r\n"
    return head.encode() + coded + b"\r\n"


def saved(*parts: bytes, head: bytes = HEAD) -> bytes:
    return head + b"".join(parts) + b"----B----\r\n"


IMAGE = part("image/png", bytes(range(256)) * 20)


@pytest.mark.parametrize("coding", ["base64", "quoted-printable"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_saved_page_reads_as_the_page(coding: str, encoding: str) -> None:
    data = saved(part("text/html", PAGE.encode(encoding), coding), part("text/css", b"p{}"), IMAGE)
    document = read_bytes(data, "a.mht")
    page = read_bytes(PAGE.encode(encoding), "a.html")
    assert document.source.splitlines() == page.source.splitlines()
    assert document.text == page.text
    assert len(document.images) == 1
    assert "offsets count in the page's HTML inside the web archive" in document.notes
    made = structure(data, path="a.mht")
    for found in made.observations:
        for one in found.evidence:
            assert document.source[one.start : one.end] == one.quote
    values = [(one.indicator, one.value, one.status) for one in made.observations]
    assert values == [
        (one.indicator, one.value, one.status) for one in structure(PAGE.encode(), path="a").observations
    ]


def test_the_named_page_comes_first_and_frames_behind_it() -> None:
    head = HEAD.replace(b'type="text/html"', b'type="text/html"; start="<two@x>"')
    data = saved(
        part("text/html", "<p>导航</p>".encode(), more="Content-ID: <one@x>\r\n"),
        part("text/html", "<p>正文甲乙丙</p>".encode(), more="Content-ID: <two@x>\r\n"),
        head=head,
    )
    document = read_bytes(data, "a.mht")
    assert document.text.split() == ["正文甲乙丙", "导航"]
    assert "frames read behind the page: 1" in document.notes


def test_no_page() -> None:
    with pytest.raises(EmptyInput, match="without a page"):
        read_bytes(saved(IMAGE), "a.mht")


def test_nested_parts_are_bounded() -> None:
    nested = b"".join(
        b'Content-Type: multipart/related; boundary="%d"\r\n\r\n--%d\r\n' % (level, level)
        for level in range(3000)
    )
    lines = b"x\r\n" * 200_000
    mails = b"Content-Type: message/rfc822\r\n\r\n" * 3000
    folded = b"".join(
        b'Content-Type:\r\n multipart/related; boundary="%d"\r\n\r\n--%d\r\n' % (level, level)
        for level in range(3000)
    )
    for data in (nested, mails, folded):
        begun = time.perf_counter()
        with pytest.raises(ReadError):
            read_bytes(HEAD + b"----B--\r\n" + data + lines, "a.mht")
        assert time.perf_counter() - begun < 5


def test_fuzz() -> None:
    whole = saved(part("text/html", PAGE.encode(), "quoted-printable"), part("text/html", b"<p>x"), IMAGE)
    rng = Random(1)
    begun = time.perf_counter()
    for turn in range(120):
        data = bytearray(whole)
        if turn % 2:
            data = data[: rng.randrange(1, len(data))]
        else:
            for _ in range(rng.randrange(1, 40)):
                data[rng.randrange(len(data) if turn % 4 else 400)] = rng.randrange(256)
        try:
            read_bytes(bytes(data), "a.mht")
        except ReadError as error:
            assert error.path == "a.mht"
    assert time.perf_counter() - begun < 20


def test_headers_without_end() -> None:
    for junk in (b"Content-Type: text/html; charset=" + b"=?" * 50_000, b"x" * 300_000, b"a:" * 100_000):
        begun = time.perf_counter()
        with contextlib.suppress(ReadError):
            read_bytes(HEAD + b"----B--\r\n" + junk + b"\r\n\r\n<p>x", "a.mht")
        assert time.perf_counter() - begun < 5
