"""Scans and pictures: cells read one by one, nothing wrong accepted, what is not installed named."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest

from structurer import structure
from structurer.document import CELL, ROW
from structurer.errors import BrokenFile, NoText, ReadError, TooLarge, UnsupportedFormat
from structurer.evaluate import read_gold
from structurer.read import eyes, read
from tests import pictures
from tests.pdfs import pdf, text

GOLDEN = Path(__file__).parent / "golden" / "formats.jsonl"
REPORTS = Path(
    os.environ.get("STRUCTURER_REPORTS") or Path(__file__).resolve().parents[1].parent / "shared" / "reports"
)
needs_reports = pytest.mark.skipif(not REPORTS.is_dir(), reason="the real reports are not at hand")
needs_ocr = pytest.mark.skipif(not eyes.available(), reason="the extra ocr is not installed")
NUMBERS = [
    ["Rule", "3001", "53", "", "61"],
    ["Fine", "34", "0", "1", "96171"],
    ["Fee", "7", "8", "105", "2"],
]


def cells(words: str) -> list[list[str]]:
    return [row.split(CELL)[:-1] for row in words.split(ROW) if CELL in row]


def test_without_the_extra_the_message_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eyes, "available", lambda: False)
    with pytest.raises(UnsupportedFormat, match=r"a\.png: a picture; pip install 'structurer\[ocr\]'"):
        read(b"\x89PNG\r\n\x1a\n\0\0", path="a.png")
    with pytest.raises(NoText, match=r"pip install 'structurer\[ocr\]'"):
        read(pdf([b""], image=True))
    under = pdf([text(60, 60, "某某市教育局2023年政府信息公开工作年度报告", 16, mode=3)], image=True)
    found = read(under)
    assert found.recognised
    assert found.notes == ("page 1: scans with a text layer that another program's OCR made",)
    assert not any(one.accepted for one in structure(under).observations)


@needs_ocr
def test_cells_are_read_in_their_places() -> None:
    picture = pictures.drawn(NUMBERS, [120, 160, 120, 120, 200])
    assert cells(read(pictures.saved([picture])).text) == NUMBERS
    turned = picture.rotate(2, expand=True, fillcolor=255)
    assert cells(read(pictures.saved([turned], "JPEG")).text) == NUMBERS


@needs_ocr
def test_evidence_names_the_place_on_the_picture() -> None:
    picture = pictures.drawn(NUMBERS, [120, 160, 120, 120, 200])
    found = read(pictures.saved([picture], dpi=(144, 144)))
    at = found.text.index("105")
    evidence = found.evidence(at, at + 3)
    assert evidence.page == 1
    assert evidence.confidence is not None
    assert evidence.confidence > 0.5
    # The cell of 105 is drawn from x 440 to 560 and from y 160 to 220, at two pixels a point.
    x0, top, x1, bottom = evidence.box or (0, 0, 0, 0)
    assert 220 <= x0 < x1 <= 280
    assert 80 <= top < bottom <= 110


@needs_ocr
@needs_reports
@pytest.mark.parametrize(
    ("name", "pages", "crop", "dpi", "skew", "noise", "least"),
    [
        ("hongze-2023.pdf", (4,), (0, 0.36, 1, 0.58), 100, 1.5, 12.0, 5),
        ("huaian-2024.pdf", (4, 5), (0, 0.05, 1, 0.94), 150, -1.0, 6.0, 185),
        ("huaian-2024.pdf", (5,), (0, 0.56, 1, 0.86), 200, 2.0, 20.0, 15),
    ],
)
def test_nothing_wrong_is_accepted(
    name: str, pages: tuple[int, ...], crop: pictures.Box, dpi: int, skew: float, noise: float, least: int
) -> None:
    shown = [pictures.page(REPORTS / name, at, dpi, skew=skew, noise=noise, crop=crop) for at in pages]
    found = structure(pictures.saved(shown, "TIFF", dpi=(dpi, dpi)), path="scan.tif")
    truth = next(one for one in read_gold(GOLDEN) if one.path == name).values
    accepted = [one for one in found.observations if one.accepted and one.indicator in truth]
    assert [one.indicator for one in accepted if one.value != truth[one.indicator].value] == []
    assert len(accepted) >= least
    assert all("ocr" in one.methods for one in found.observations)
    assert any(one.rule == "document.ocr" for one in found.findings)


@needs_ocr
@needs_reports
def test_the_district_s_wrong_sums_are_reported_from_a_scan_too() -> None:
    shown = pictures.page(REPORTS / "hongze-2023.pdf", 4, 200, crop=(0, 0.36, 1, 0.58))
    found = structure(pictures.saved([shown], "PDF", resolution=200))
    assert found["disputes.reconsideration.total"].status == "disputed"
    assert found["disputes.reconsideration.total"].value == 0
    assert 11 in found["disputes.reconsideration.total"].candidates
    assert [one.rule for one in found.findings if one.severity == "error"] == ["disputes.block_total"] * 2


@needs_ocr
@needs_reports
def test_a_table_that_is_a_picture_beside_its_page(tmp_path: Path) -> None:
    shown = pictures.page(REPORTS / "huaian-2024.pdf", 5, 150, crop=(0.1, 0.59, 0.9, 0.83))
    (tmp_path / "page_files").mkdir()
    (tmp_path / "page_files" / "t 4.png").write_bytes(pictures.saved([shown]))
    (tmp_path / "secret.png").write_bytes(pictures.saved([shown]))
    page = tmp_path / "page" / "report.html"
    body = '<html><body><p>四、政府信息公开行政复议、行政诉讼情况</p><img alt="表四" src="{}"><p>五、存在的主要问题</p>'
    page.parent.mkdir()
    (tmp_path / "page_files").rename(page.parent / "page_files")
    page.write_text(body.format("page_files/t%204.png"))
    found = structure(page)
    cell = found["disputes.reconsideration.total"]
    assert (cell.value, cell.status, cell.accepted) == (351, "verified", True)
    source = page.read_text()
    evidence = cell.evidence[0]
    assert source[evidence.start : evidence.end] == evidence.quote == "表四"
    assert evidence.box is not None
    assert "1 pictures beside the page were read by OCR" in [one.message for one in found.findings]
    for outside in ("../secret.png", str(tmp_path / "secret.png"), "file:///etc/x.png", "..%2Fsecret.png"):
        page.write_text(body.format(outside))
        assert read(page).recognised == ()


@needs_ocr
def test_pictures_without_words_and_bombs_are_named() -> None:
    from PIL import Image

    with pytest.raises(NoText, match="without any text"):
        read(pictures.saved([Image.new("L", (400, 400), 255)]))
    with pytest.raises(TooLarge, match="300 dpi"):
        read(pictures.saved([Image.new("1", (30_000, 30_000), 1)]))


@needs_ocr
def test_damaged_pictures_give_a_text_or_a_named_error() -> None:
    dice = random.Random(3)
    picture = pictures.drawn([["1", "22"]], [80, 80])
    wholes = [pictures.saved([picture], form) for form in ("PNG", "JPEG", "TIFF")]
    errors = []
    begun = time.monotonic()
    for turn in range(18):
        damaged = bytearray(wholes[turn % 3])
        for _ in range(dice.choice((3, 60))):
            damaged[dice.randrange(8, len(damaged))] = dice.randrange(256)
        if dice.random() < 0.5:
            del damaged[dice.randrange(8, len(damaged)) :]
        try:
            read(bytes(damaged), path="a.png")
        except ReadError as error:
            errors.append(error)
    assert any(isinstance(error, BrokenFile) for error in errors)
    assert all(str(error).startswith("a.png: ") for error in errors)
    assert time.monotonic() - begun < 60
