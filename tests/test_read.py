"""Bytes, files and text into documents: encodings, damage, formats, errors."""

from __future__ import annotations

import codecs
import hashlib
import os
import pathlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from structurer.document import Document
from structurer.errors import BinaryInput, EmptyInput, ReadError, TooLarge, UnsupportedFormat
from structurer.read import read, read_bytes, read_file, read_text
from structurer.read.encoding import plausibility
from tests import reports

REPORT = (
    "某某县统计局2020年政府信息公开工作年度报告\n"
    "一、总体情况\n本年度主动公开政府信息128条，其中网站公开96条。没有收到政府信息公开申请。\n"
    "二、主动公开政府信息情况\n规章\n0\n0\n0\n"
)
TRADITIONAL = "本機關2012年政府資訊公開工作年度報告\n全年主動公開資訊35條，沒有收到公開申請。\n"
REPORTS = reports.FOLDER


@pytest.mark.parametrize(
    "encoding",
    [
        "utf-8",
        "utf-8-sig",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "utf-32",
        "utf-32-le",
        "gb18030",
        "gbk",
        "gb2312",
    ],
)
def test_every_encoding(encoding: str) -> None:
    document = read(REPORT.encode(encoding))
    assert document.source == document.text == REPORT
    assert REPORT.encode(encoding).decode(document.encoding) == REPORT


def test_big_endian_with_its_mark() -> None:
    document = read(codecs.BOM_UTF16_BE + REPORT.encode("utf-16-be"))
    assert (document.text, document.encoding) == (REPORT, "utf-16")


def test_big5_is_found() -> None:
    document = read(TRADITIONAL.encode("big5"))
    assert document.text == TRADITIONAL
    assert "big5" in document.notes[0]


def test_a_guess_is_noted_and_utf8_is_none() -> None:
    assert read(REPORT.encode()).notes == ()
    assert read(REPORT.encode("gbk")).notes == ("encoding guessed: gb18030",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("text", [REPORT + "末", REPORT + "末尾"])
def test_a_cut_last_character_is_dropped_and_noted(encoding: str, text: str) -> None:
    document = read(text.encode(encoding)[:-1])
    assert document.text == text[:-1]
    assert "cut off" in document.notes[-1]


def test_a_few_broken_bytes_are_replaced_and_noted() -> None:
    data = REPORT.encode()
    place = data.index(b"\n")
    document = read(data[:place] + b"\xff" + data[place:])
    assert document.text.replace("\ufffd", "") == REPORT
    assert document.notes == ("1 undecodable characters in utf-8",)


def test_a_declared_charset_is_used_when_it_fits() -> None:
    page = f"<html><head><meta charset=gb2312></head><body><p>{REPORT}</p></body></html>"
    document = read(page.encode("gb18030"))
    assert document.encoding == "gb18030"
    assert "128条" in document.text


@pytest.mark.parametrize(
    "declared", ["utf-8", "iso-8859-1", "windows-1252", "big5", "rot13", "no-such-thing"]
)
def test_a_false_declaration_is_not_believed(declared: str) -> None:
    page = (
        f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={declared}"></head>{REPORT}'
    )
    assert "政府信息公开" in read(page.encode("gb18030")).text


def test_utf8_that_calls_itself_gbk_stays_utf8() -> None:
    page = f'<html><meta charset="gbk"><p>{REPORT}</p></html>'
    assert read(page.encode()).encoding == "utf-8"


def test_an_encoding_is_judged_behind_the_markup() -> None:
    page = "<html><head>" + "<!-- nothing but ascii -->" * 2000 + f"</head><body>{REPORT}</body></html>"
    assert "统计局" in read(page.encode("gbk")).text


def test_a_long_html_head_in_ascii_is_no_reason_to_guess() -> None:
    assert read(b"plain ascii report 2020").encoding == "utf-8"
    assert read("naïve – no Chinese at all".encode()).encoding == "utf-8"


def test_plausibility_orders_right_and_wrong_readings() -> None:
    right = plausibility(REPORT)
    assert right > 0.5
    assert plausibility(REPORT.encode().decode("gb18030", "replace")) < 0.2
    assert plausibility(REPORT.encode("utf-16-le").decode("utf-16-be", "replace")) < 0.2
    assert plausibility(TRADITIONAL) > 0.5
    assert plausibility("ascii") == 0.5
    assert plausibility("a\0b") == 0.0


def test_offsets_of_crlf_text_are_those_of_the_source() -> None:
    text = REPORT.replace("\n", "\r\n")
    document = read(text.encode())
    start = document.text.index("128")
    evidence = document.evidence(start, start + 3)
    assert text[evidence.start : evidence.end] == evidence.quote == "128"


def test_identity_is_that_of_the_bytes() -> None:
    assert read(REPORT.encode("gbk")).id == hashlib.sha256(REPORT.encode("gbk")).hexdigest()
    assert read(REPORT).id == hashlib.sha256(REPORT.encode()).hexdigest()


def test_folding_is_done_once_and_rightly() -> None:
    document = read(REPORT)
    assert document.folded == Document(**document.model_dump()).folded


def test_image_names_in_plain_text_are_places_of_images() -> None:
    document = read("二、主动公开政府信息情况\n截图3.PNG\n三、收到和处理政府信息公开申请情况\n")
    assert [document.text[span.start : span.end] for span in document.images] == ["截图3.PNG"]


# What a str means


def test_a_path_is_read_and_reported_as_given(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_bytes(REPORT.encode("gbk"))
    monkeypatch.chdir(tmp_path)
    assert read("./a.txt").path == "./a.txt"
    assert read(pathlib.Path("a.txt")).path == "a.txt"
    assert read(str(tmp_path / "a.txt")).text == REPORT
    assert read("a.txt", path="upload 7").path == "upload 7"
    assert read_file("a.txt").path == "a.txt"


@pytest.mark.parametrize(
    "text", [REPORT, "一" * 401, "全年公开信息12条。", "<p>公开12条", "未收到申请;没有收费"]
)
def test_text_is_text(text: str) -> None:
    assert read(text).path == "<text>"


@pytest.mark.parametrize(
    "name", ["missing.txt", "报告。txt", "没有这份报告.html", "some/folder/报告2020", "报告"]
)
def test_what_looks_like_a_path_has_to_exist(name: str) -> None:
    if name == "报告。txt":
        assert read(name).text == name
        return
    with pytest.raises(ReadError, match="no such file") as caught:
        read(name)
    assert (caught.value.path, caught.value.reason) == (name, "no such file; check its name and folder")


def test_a_folder_is_named_as_one(tmp_path: pathlib.Path) -> None:
    with pytest.raises(ReadError, match="a folder"):
        read(str(tmp_path))
    with pytest.raises(ReadError, match="a folder"):
        read(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission_is_named(tmp_path: pathlib.Path) -> None:
    locked = tmp_path / "locked.txt"
    locked.write_text(REPORT)
    locked.chmod(0)
    with pytest.raises(ReadError, match="no permission"):
        read(locked)


def test_a_name_with_a_nul_is_no_file() -> None:
    with pytest.raises(ReadError):
        read("a\0b.txt")
    with pytest.raises(ReadError):
        read(pathlib.Path("a\0b.txt"))


# What cannot be read


@pytest.mark.parametrize(
    "empty", ["", b"", b"\xef\xbb\xbf", b"  \n\t ", "\n\n", "<html><body></body></html>"]
)
def test_nothing_to_read(empty: str | bytes) -> None:
    with pytest.raises(EmptyInput):
        read(empty)


def test_too_large_is_refused_before_it_is_decoded(tmp_path: pathlib.Path) -> None:
    (tmp_path / "a.txt").write_text(REPORT)
    for source in (tmp_path / "a.txt", REPORT.encode(), REPORT):
        with pytest.raises(TooLarge, match="over 100 bytes"):
            read(source, limit=100)
    assert read(REPORT, limit=len(REPORT.encode())).text == REPORT


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"PK\x03\x04....xl/workbook.xml", "Excel"),
        (b"PK\x03\x04....OFD.xml", "OFD"),
        (b"PK\x03\x04....whatever", "unpack"),
        (b"\x1f\x8b\x08\0", "unpack"),
    ],
)
def test_other_formats_are_named_with_the_next_step(data: bytes, says: str) -> None:
    with pytest.raises(UnsupportedFormat, match=says):
        read(data)


def test_two_letters_make_no_image() -> None:
    assert read("BM区教育局：本年度公开信息3条。".encode()).text.startswith("BM")


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 40,
        b"MZ\x90\0\x03\0\0\0" * 500,
        "ÐÏ\x11à¡±\x1aá and then text".encode(),
        ("统计报告\x00\x01\x02\x03\x04\x05\x06" * 30).encode(),
        b"\x00" * 500,
    ],
)
def test_binary_is_refused(data: bytes) -> None:
    with pytest.raises(BinaryInput):
        read(data)


def test_a_dumped_word_file_is_refused_as_text() -> None:
    with pytest.raises(BinaryInput, match="decoded as text"):
        read("\ufffd\ufffd\x11\u0871\ufffd\x1a\ufffd\x00\x00\x03\x00\n某局年度报告\x13\x14\x15\x07\x07")


def test_a_stray_control_character_sinks_no_report() -> None:
    assert "\x07" in read(REPORT + "\x07\n").text


def test_lone_surrogates_are_replaced() -> None:
    document = read("年度报告\n公开\ud800信息3条")
    assert document.text == "年度报告\n公开\ufffd信息3条"
    assert document.notes


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_or_refused_by_name(data: bytes) -> None:
    try:
        document = read_bytes(data)
    except ReadError:
        return
    assert len(document.folded) == len(document.text)


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused_by_name(text: str) -> None:
    try:
        document = read_text(text)
    except ReadError:
        return
    for start in range(len(document.text)):
        span = document.to_source(start, start + 1)
        assert 0 <= span.start <= span.end <= len(document.source)


@pytest.mark.parametrize(
    ("unit", "megabytes"),
    [(REPORT, 50), ("年", 10), ("\n", 10), ("公开 ", 10), ("<", 10), ("版权所有\n", 10)],
)
def test_many_megabytes_take_bounded_time(unit: str, megabytes: int) -> None:
    data = unit.encode("gbk")
    begun = time.monotonic()
    read(data * (megabytes * 2**20 // len(data)) + "年报".encode("gbk"))
    assert time.monotonic() - begun < 60


@pytest.mark.skipif(not REPORTS.is_dir(), reason="the real reports are not at hand")
def test_real_reports_read_as_they_stand() -> None:
    for path in sorted(REPORTS.glob("*.txt")):
        document = read(path)
        assert document.source == document.text == path.read_bytes().decode()
        for encoding in ("gb18030", "utf-16", "utf-16-le"):
            assert read(document.source.encode(encoding)).text == document.source
