"""Word files: grids, merged and nested cells, tracked changes, the official blank, hostile files."""

from __future__ import annotations

import os
import random
import shutil
import time
import zipfile
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest

from structurer import structure
from structurer.document import CELL, ROW
from structurer.errors import BrokenFile, EmptyInput, Encrypted, ReadError, TooLarge, UnsupportedFormat
from structurer.evaluate import read_gold
from structurer.read import office, read
from tests.docxs import docx, p, r, rels, tbl, tc, tr, wordml

GOLDEN = Path(__file__).parent / "golden" / "formats.jsonl"
REPORTS = Path(
    os.environ.get("STRUCTURER_REPORTS") or Path(__file__).resolve().parents[1].parent / "shared" / "reports"
)
needs_reports = pytest.mark.skipif(not REPORTS.is_dir(), reason="the real reports are not at hand")
needs_office = pytest.mark.skipif(
    not (shutil.which("soffice") or shutil.which("libreoffice")), reason="LibreOffice is not installed"
)
TRACKED = "the file holds tracked changes: what was inserted is read, what was deleted is not"
DOWN = "<w:vMerge w:val='restart'/>"
GOES_ON = "<w:vMerge/>"


def grid(text: str) -> list[list[str]]:
    return [row.split(CELL)[:-1] for row in text.split(ROW) if CELL in row]


@needs_reports
def test_the_official_blank_is_a_form_with_nothing_filled_in() -> None:
    found = structure(REPORTS / "blank-2021-form.docx")
    truth = next(one for one in read_gold(GOLDEN) if one.path == "blank-2021-form.docx")
    assert {name: (table.form, table.state) for name, table in found.document.tables.items()} == {
        "disclosure": ("2021", "blank"),
        "applications": ("2021", "blank"),
        "disputes": ("2021", "blank"),
        "statistics": (None, "absent"),
    }
    printed = {o.indicator: (o.value, o.printed) for o in found.observations}
    assert printed == dict.fromkeys(truth.observations, (None, "blank"))


def test_paragraphs_are_lines_and_tables_grids() -> None:
    body = p("规章", "情况") + tbl(["规章", "1", "", "11"], ["规范性文件", "8", "26", "66"]) + p("三、收到")
    found = read(docx(body))
    assert found.text.startswith("规章情况\n规章" + CELL)
    assert grid(found.text.removeprefix("规章情况\n")) == [
        ["规章", "1", "", "11"],
        ["规范性文件", "8", "26", "66"],
    ]
    assert found.text.endswith(ROW + "\n三、收到\n")
    assert found.encoding == "docx"


def test_a_merged_cell_stands_once_where_it_begins() -> None:
    body = tbl(
        [tc("第二十条第（一）项", props="<w:gridSpan w:val='3'/>")],
        [tc("（三）", props=DOWN), "1.国家秘密", "5"],
        [tc("", props=GOES_ON), "2.其他", "6"],
        [tc("", props="<w:vMerge w:val='continue'/>"), tc("3", props=""), tc("x", props="<w:hMerge/>")],
    )
    assert grid(read(docx(body)).text) == [
        ["第二十条第（一）项"],
        ["（三）", "1.国家秘密", "5"],
        ["2.其他", "6"],
        ["3"],
    ]


def test_a_table_for_layout_gives_way_to_the_one_it_holds() -> None:
    inner = tbl(["规章", "1", "2"], ["规范性文件", "3", "4"])
    found = read(docx(tbl([tc("二、主动公开", inner), "右"]))).text
    assert grid(found.removeprefix("二、主动公开\n")) == [["规章", "1", "2"], ["规范性文件", "3", "4"]]
    assert "右" in found.split("\n")


def test_a_cell_of_a_large_grid_that_holds_a_small_table_stays_one_cell() -> None:
    rows = [["规章", "1", "2", "3", "4", "5"] for _ in range(6)]
    rows[2][1] = tc(tbl(["7"]))
    assert grid(read(docx(tbl(*rows))).text)[2] == ["规章", "7\n", "2", "3", "4", "5"]


def test_tracked_changes() -> None:
    body = p(
        "收到申请", f"<w:del>{r('27').replace('w:t', 'w:delText')}</w:del>", f"<w:ins>{r('12')}</w:ins>", "件"
    )
    found = read(docx(body))
    assert found.text == "收到申请12件\n"
    assert found.notes == (TRACKED,)
    moved = p("甲", f"<w:moveFrom>{r('乙')}</w:moveFrom>", f"<w:moveTo>{r('丙')}</w:moveTo>")
    assert read(docx(moved)).text == "甲丙\n"
    joined = p("收到申请", props="<w:rPr><w:del/></w:rPr>") + p("3件")
    assert read(docx(joined)).text == "收到申请3件\n"


def test_rows_and_cells_that_were_deleted_are_left_out() -> None:
    body = tbl(["规章", "1"], tr("旧行", "9", props="<w:del/>"), ["费用", "2", tc("9", props="<w:cellDel/>")])
    found = read(docx(body))
    assert grid(found.text) == [["规章", "1"], ["费用", "2"]]
    assert found.notes == (TRACKED,)


def test_what_is_struck_out_is_left_out_and_said() -> None:
    for how in ("<w:strike/>", "<w:dstrike/>", "<w:vanish/>"):
        found = read(docx(tbl([tc(p(r("9", how), r("6"))), tc(p(r("7"), r("", how)))])))
        assert grid(found.text) == [["6", "7"]]
        assert any("left out" in note for note in found.notes)
    assert grid(read(docx(tbl([tc(p(r("6", "<w:strike w:val='0'/>"))), "7"]))).text) == [["6", "7"]]


def test_a_raised_digit_makes_no_longer_number() -> None:
    raised = "<w:vertAlign w:val='superscript'/>"
    assert grid(read(docx(tbl([tc(p(r("6"), r("1", raised))), "7"]))).text) == [["6\n1", "7"]]
    assert read(docx(p(r("共"), r("m"), r("2", raised), r("的")))).text == "共m2的\n"
    assert read(docx(p(r("1"), r("2", "<w:vertAlign w:val='baseline'/>")))).text == "12\n"


def test_numbers_in_formulas_and_words_with_their_sounds() -> None:
    space = "xmlns:m='http://schemas.openxmlformats.org/officeDocument/2006/math'"
    formula = f"<m:oMath {space}><m:r><m:t>12</m:t></m:r></m:oMath>"
    sounded = "<w:r><w:ruby><w:rt><w:r><w:t>nèi</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>内</w:t></w:r></w:rubyBase></w:ruby></w:r>"
    assert grid(read(docx(tbl([tc(p(sounded, "容")), tc(p(formula))]))).text) == [["内容", "12"]]


def test_text_boxes_are_read_once() -> None:
    box = f"<w:txbxContent>{p('表格说明')}</w:txbxContent>"
    both = (
        f"<w:r><mc:AlternateContent><mc:Choice Requires='wps'>{box}</mc:Choice>"
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert read(docx(p("正文", both, "继续"))).text == "正文继续\n表格说明\n"


def test_runs_in_links_controls_and_fields() -> None:
    body = p(
        f"<w:hyperlink>{r('链接')}</w:hyperlink>",
        "<w:r><w:instrText>PAGE</w:instrText><w:tab/><w:noBreakHyphen/><w:br/></w:r>",
        "<w:r><w:sym w:font='x' w:char='2460'/></w:r>",
        r("看不见", "<w:vanish/>"),
        r("看得见", "<w:vanish w:val='0'/>"),
    )
    found = read(docx(f"<w:sdt><w:sdtContent>{body}</w:sdtContent></w:sdt>"))
    assert found.text == "链接 -\n①看得见\n"
    assert found.notes == ("hidden text was left out",)


def test_numbers_that_word_draws_are_part_of_the_text() -> None:
    numbered = "<w:numPr><w:ilvl w:val='{}'/><w:numId w:val='4'/></w:numPr>"
    levels = (
        "<w:lvl w:ilvl='0'><w:start w:val='1'/><w:numFmt w:val='chineseCounting'/>"
        "<w:lvlText w:val='%1、'/></w:lvl>"
        "<w:lvl w:ilvl='1'><w:start w:val='1'/><w:numFmt w:val='decimal'/><w:lvlText w:val='%1.%2'/></w:lvl>"
    )
    numbering = wordml(
        "numbering",
        f"<w:abstractNum w:abstractNumId='7'>{levels}</w:abstractNum>"
        "<w:num w:numId='4'><w:abstractNumId w:val='7'/></w:num>",
    )
    style = wordml(
        "styles", "<w:style w:styleId='h'><w:pPr><w:numPr><w:numId w:val='4'/></w:numPr></w:pPr></w:style>"
    )
    body = (
        p("总体情况", props=numbered.format(0))
        + p("主动", props=numbered.format(1))
        + p("依申请", props=numbered.format(1))
        + p("主动公开政府信息情况", props="<w:pStyle w:val='h'/>")
        + p("子项", props=numbered.format(1))
    )
    found = read(docx(body, {"word/numbering.xml": numbering, "word/styles.xml": style})).text
    assert found.split("\n")[:5] == [
        "一、总体情况",
        "一.1主动",
        "一.2依申请",
        "二、主动公开政府信息情况",
        "二.1子项",
    ]


def test_pictures_keep_their_place() -> None:
    picture = "<w:r><w:drawing><a:blip r:embed='r9'/></w:drawing></w:r>"
    found = read(docx(p("二、", picture), {"word/_rels/document.xml.rels": rels(r9="media/image7.png")}))
    assert found.text == "二、image7.png\n"
    assert [found.text[one.start : one.end] for one in found.images] == ["image7.png"]


# ---------------------------------------------------------------- what cannot be read, and hostile files


def marked(package: bytes, *, flags: int | None = None, method: int | None = None) -> bytes:
    """A package whose directory says of every part that it is encrypted, or compressed in another way."""
    data = bytearray(package)
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        for offset, value in ((8, flags), (10, method)):
            if value is not None:
                data[at + offset : at + offset + 2] = value.to_bytes(2, "little")
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(data)


def test_files_that_cannot_be_read_are_named() -> None:
    with pytest.raises(EmptyInput, match=r"a\.docx: a Word file without text"):
        read(docx(p("")), path="a.docx")
    with pytest.raises(BrokenFile, match="damaged"):
        read(docx("<w:p>"))
    whole = docx(p("二、主动公开"))
    with pytest.raises(BrokenFile, match="damaged"):
        read(whole[:-30])
    with pytest.raises(Encrypted, match="password"):
        read(marked(whole, flags=1))
    with pytest.raises(BrokenFile, match="damaged"):
        read(marked(whole, method=99))
    with pytest.raises(Encrypted, match="password"):
        read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(UnsupportedFormat, match="xls"):
        read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))


def test_a_zip_bomb_is_refused() -> None:
    file = docx(p("甲"), {"word/numbering.xml": b" " * (100 * 2**20)})
    assert len(file) < 200_000
    begun = time.monotonic()
    with pytest.raises(TooLarge, match=r"numbering\.xml"):
        read(file)
    assert time.monotonic() - begun < 5


LAUGHS = '<!ENTITY a "年年年年年年年年年年">' + "".join(
    f'<!ENTITY {name} "{f"&{inner};" * 10}">' for inner, name in pairwise("abcdefghi")
)


@pytest.mark.parametrize("inner", [LAUGHS, '<!ENTITY i SYSTEM "file:///etc/passwd">'], ids=["laughs", "file"])
def test_xml_entities_are_refused(inner: str) -> None:
    with pytest.raises(BrokenFile):
        read(docx(p("&i;"), head=f"<!DOCTYPE w:document [{inner}]>"))


@pytest.mark.parametrize("depth", [30, 60, 5000])
def test_deep_nesting_is_bounded(depth: int) -> None:
    file = docx("<w:tbl><w:tr><w:tc>" * depth + p("年") + p("月") + "</w:tc></w:tr></w:tbl>" * depth)
    if depth == 30:
        assert read(file).text.split() == ["年", "月"]
        return
    with pytest.raises(EmptyInput if depth == 60 else BrokenFile):
        read(file)


def test_damaged_files_give_a_text_or_a_named_error() -> None:
    dice = random.Random(7)
    whole = docx(p("二、主动公开政府信息情况") + tbl(["规章", "1", "", "11"]))
    stored = BytesIO()
    with zipfile.ZipFile(BytesIO(whole)) as old, zipfile.ZipFile(stored, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    errors = []
    begun = time.monotonic()
    for turn in range(300):
        damaged = bytearray(whole if turn % 2 else stored.getvalue())
        for _ in range(dice.choice((1, 4, 30))):
            damaged[dice.randrange(4, len(damaged))] = dice.randrange(256)
        if dice.random() < 0.3:
            del damaged[dice.randrange(4, len(damaged)) :]
        try:
            read(bytes(damaged))
        except ReadError as error:
            errors.append(str(error))
    assert errors
    assert all(error.startswith("<bytes>: ") for error in errors)
    assert time.monotonic() - begun < 30


# ---------------------------------------------------------------- LibreOffice


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"{\\rtf1 x}", "RTF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), r"\.wps"),
    ],
)
def test_old_formats_name_what_to_install(monkeypatch: pytest.MonkeyPatch, data: bytes, says: str) -> None:
    monkeypatch.setattr(office.shutil, "which", lambda name: None)
    with pytest.raises(UnsupportedFormat, match=f"{says}.*install LibreOffice"):
        read(data)


def test_a_libreoffice_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake = tmp_path / "soffice"
    fake.write_text("#!/bin/sh\nsleep 60\n")
    fake.chmod(0o755)
    monkeypatch.setattr(office.shutil, "which", lambda name: str(fake))
    monkeypatch.setattr(office, "_SECONDS", 0.5)
    begun = time.monotonic()
    with pytest.raises(TooLarge, match="did not finish"):
        read(b"{\\rtf1 x}")
    assert time.monotonic() - begun < 10


@needs_office
def test_rtf_is_converted() -> None:
    cells = "".join(rf"\u{ord(char)}?" if char != "|" else r"\cell " for char in "规章|1||11|")
    ends = "".join(rf"\cellx{1000 * at}" for at in range(1, 5))
    found = read(rf"{{\rtf1\ansi \trowd{ends}\intbl {cells}\row}}".encode())
    assert grid(found.text) == [["规章", "1", "", "11"]]
    assert found.notes == ("converted to .docx by LibreOffice",)
    assert found.encoding == "rtf"


@pytest.mark.parametrize(
    "note",
    [
        r("1", "<w:position w:val='12'/><w:sz w:val='12'/>"),
        r("1", "<w:rStyle w:val='FootnoteReference'/>"),
        r("1", "<w:rStyle w:val='a9'/>"),
        r("1", "<w:color w:val='FFFFFF'/>"),
        r("1", "<w:sz w:val='2'/>"),
        "<w:r><w:footnoteReference w:customMarkFollows='1' w:id='2'/><w:t>1</w:t></w:r>",
    ],
)
def test_a_digit_set_otherwise_makes_no_longer_number(note: str) -> None:
    styles = wordml(
        "styles",
        "<w:style w:type='character' w:styleId='a9'><w:rPr><w:vertAlign w:val='superscript'/></w:rPr></w:style>",
    )
    made = docx(tbl(["规章", tc(p(r("12"), note)), tc(p(note, r("30"))), "4"]), {"word/styles.xml": styles})
    assert [cell.split() for cell in grid(read(made).text)[0]] == [["规章"], ["12", "1"], ["1", "30"], ["4"]]


def test_a_hidden_row_is_left_out() -> None:
    made = docx(tbl(["规章", "1", "2"], tr("规章", "8", "9", props="<w:hidden/>"), ["规范性文件", "3", "4"]))
    assert grid(read(made).text) == [["规章", "1", "2"], ["规范性文件", "3", "4"]]
