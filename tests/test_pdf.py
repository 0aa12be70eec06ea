"""PDF: every cell of the real reports, pages put together, and files that cannot be read."""

from __future__ import annotations

import gzip
import os
import pickle
import random
import time
import tracemalloc
import zlib
from contextlib import suppress
from pathlib import Path

import pytest

from structurer import structure
from structurer.document import CELL, ROW
from structurer.errors import BrokenFile, Encrypted, Mojibake, NoText, ReadError, TooLarge
from structurer.evaluate import read_gold
from structurer.read import eyes, read
from tests import pdfs
from tests.pdfs import GLYPHS_ONLY, HAN, LOCKED, pdf, table, text

pdfplumber = pytest.importorskip("pdfplumber")

GOLDEN = Path(__file__).parent / "golden" / "formats.jsonl"
REPORTS = Path(
    os.environ.get("STRUCTURER_REPORTS") or Path(__file__).resolve().parents[1].parent / "shared" / "reports"
)
needs_reports = pytest.mark.skipif(not REPORTS.is_dir(), reason="the real reports are not at hand")
REAL = ("huaian-2024.pdf", "hongze-2023.pdf")

NAME = "某某市教育局2023年政府信息公开工作年度报告"
TITLE = text(60, 60, NAME, 16)
APPLICANTS = ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
WIDTHS = [150, *[45] * 7]


@pytest.fixture(autouse=True)
def _no_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a PDF's own text layer says, whether OCR is installed or not."""
    monkeypatch.setattr(eyes, "available", lambda: False)


def gold(name: str):
    return next(one for one in read_gold(GOLDEN) if one.path == name)


@needs_reports
@pytest.mark.parametrize("name", REAL)
def test_every_cell_of_the_real_reports(name: str) -> None:
    found = structure(REPORTS / name)
    truth = gold(name)
    disputed = {key for key, value in truth.values.items() if found[key].status == "disputed"}
    for key, value in truth.observations.items():
        assert found[key].value == value.value, key
        assert found[key].printed == value.printed, key
        assert found[key].accepted == (key not in disputed), key
        assert value.unit is None or found[key].unit == value.unit
    tables = {"disclosure", "applications", "disputes"}
    assert {o.indicator for o in found.observations if o.indicator.partition(".")[0] in tables} == set(
        truth.observations
    )
    assert found.document.year == truth.metadata["year"]


@needs_reports
def test_wrong_sums_of_the_district_are_reported_not_repaired() -> None:
    found = structure(REPORTS / "hongze-2023.pdf")
    broken = [one for one in found.findings if one.severity == "error"]
    assert [one.rule for one in broken] == ["disputes.block_total"] * 2
    assert found["disputes.reconsideration.total"].value == 0
    assert found["disputes.reconsideration.total"].status == "disputed"
    assert found["disputes.reconsideration.total"].candidates == (11,)
    assert found["disputes.litigation_after_reconsideration.total"].status == "disputed"
    tables = found.document.tables
    assert (tables["disclosure"].form, tables["applications"].form) == ("2021", "2019")


@needs_reports
@pytest.mark.parametrize("name", REAL)
def test_evidence_names_page_and_box(name: str) -> None:
    found = structure(REPORTS / name)
    with pdfplumber.open(REPORTS / name) as file:
        for key in gold(name).observations:
            evidence = found[key].evidence[0]
            x0, top, x1, bottom = evidence.box
            page = file.pages[evidence.page - 1]
            inside = page.crop((x0 - 1, top - 1, x1 + 1, bottom + 1)).extract_text()
            assert inside == evidence.quote == f"{found[key].value}", key


@needs_reports
@pytest.mark.parametrize("name", REAL)
def test_page_marks_are_no_text(name: str) -> None:
    lines = read(REPORTS / name).text.split("\n")
    assert not any(line.strip(" -—").isdigit() and line.startswith("-") for line in lines)


def row_of(label: str, *cells: str) -> list[str]:
    return [label, *(cells or ("0",) * 7)]


def rows_in(words: str) -> list[list[str]]:
    return [row.split(CELL)[:-1] for row in words.removeprefix(NAME + "\n").split(ROW) if CELL in row]


def test_a_grid_keeps_its_blanks_and_its_merged_cells() -> None:
    rows = [
        ["第二十条第（一）项", "<", "<", "<"],
        ["信息内容", "本年制发件数", "本年废止件数", "现行有效件数"],
        ["规章", "1", "", "11"],
    ]
    found = read(pdf([TITLE + table(60, 120, rows, [150, 90, 90, 90])])).text
    assert rows_in(found) == [["第二十条第（一）项"], rows[1], ["规章", "1", "", "11"]]


def test_labels_and_numbers_broken_by_the_border_of_their_cell() -> None:
    rows = [["行政处罚", "39857\n58", "12\n34"], ["总\n计", "1", "2"]]
    found = rows_in(read(pdf([table(60, 120, rows, [150, 26, 60], size=9)])).text)
    assert found[0][1] == "3985758"
    assert found[0][2] == "12\n34", "two numbers in a wide cell are two"
    assert found[1][0] == "总\n计"


def torn(above: list[list[str]], below: list[list[str]], *, closed: bool = False) -> list[list[str]]:
    pages = [
        TITLE + table(60, 600, above, WIDTHS, closed=closed) + text(290, 800, "- 1 -"),
        table(60, 60, below, WIDTHS) + text(290, 800, "- 2 -"),
    ]
    return [[cell.replace("\n", "") for cell in row] for row in rows_in(read(pdf(pages)).text)]


def test_a_row_torn_by_a_page_break_is_one_row() -> None:
    head = row_of("4.无正当理由大量反复申请")
    rows = torn(
        [head, row_of("5.要求行政机关确认或重新出具已", *["3", *"00000", "3"])],
        [row_of("获取信息", *[""] * 7), row_of("（七）总计")],
    )
    assert rows == [
        head,
        row_of("5.要求行政机关确认或重新出具已获取信息", "3", *"00000", "3"),
        row_of("（七）总计"),
    ]
    rows = torn(
        [head, row_of("5.要求行政机关确认或重新出具已", *[""] * 7)],
        [row_of("获取信息", "3", *"00000", "3"), row_of("（七）总计")],
    )
    assert rows[1] == row_of("5.要求行政机关确认或重新出具已获取信息", "3", *"00000", "3")


@pytest.mark.parametrize(
    ("last", "first"),
    [
        (row_of("规章"), row_of("行政规范性文件", *[""] * 7)),
        (row_of("4.无正当理由大量反复申请呀呀呀"), row_of("5.要求重新出具", *[""] * 7)),
        (row_of("4.无正当理由大量反复申请呀呀呀"), row_of("重复申请")),
    ],
)
def test_rows_that_only_meet_at_a_page_break_stay_two(last: list[str], first: list[str]) -> None:
    assert torn([row_of("一"), last], [first, row_of("二")]) == [row_of("一"), last, first, row_of("二")]


def test_a_group_label_torn_by_a_page_break_is_put_together() -> None:
    widths = [40, 130, *[45] * 7]
    above = [["（三）不", "1.属于国家秘密", *"0000000"], ["（四）无", "1.本机关不掌握", *"0000000"]]
    below = [
        ["法提供", "2.没有现成信息", *"0000000"],
        ["^", "3.补正后", *"0000000"],
        ["（五）", "1.信访", *"0000000"],
    ]
    pages = [table(60, 600, above, widths, closed=False), table(60, 60, below, widths)]
    rows = [row[:2] for row in rows_in(read(pdf([TITLE + pages[0], pages[1]])).text)]
    assert rows == [
        ["（三）不", "1.属于国家秘密"],
        ["（四）无法提供", "1.本机关不掌握"],
        ["2.没有现成信息", "0"],
        ["3.补正后", "0"],
        ["（五）", "1.信访"],
    ]


def test_a_side_that_is_not_drawn_closes_the_last_row() -> None:
    page = TITLE + table(60, 600, [row_of("一"), row_of("二")], WIDTHS, closed=False)
    assert rows_in(read(pdf([page])).text) == [row_of("一"), row_of("二")]


def test_white_boxes_behind_words_are_no_table() -> None:
    words = "".join("本年度全市各级行政机关认真贯彻执行条例规定的各项要求" for _ in range(1))
    page = b"".join(
        pdfs.fill(60, 100 + 20 * at, 500, 120 + 20 * at) + text(60, 103 + 20 * at, words, 12)
        for at in range(6)
    )
    assert CELL not in read(pdf([TITLE + page])).text


def test_paragraphs_are_joined_over_lines_and_pages_without_running_heads() -> None:
    full = "本年度全市各级行政机关认真贯彻执行条例规定的各项要求并取得了新的成效受理申请"
    pages = [
        text(60, 30, "某某市教育局年度报告", 9)
        + text(60, 700, full, 12)
        + text(60, 718, full[:38] + "1", 12)
        + text(290, 800, f"第 {number} 页 共 3 页")
        for number in (1, 2, 3)
    ]
    found = read(pdf([text(60, 730, "12", 12) + pages[0], *pages[1:]])).text
    assert "年度报告" not in found
    assert "页" not in found
    assert full + full[:38] + "1" + full in found


def test_a_table_does_not_go_on_over_a_page_that_is_missing() -> None:
    above = table(60, 600, [row_of("5.要求行政机关确认或重新出具已", *[""] * 7)], WIDTHS, closed=False)
    below = table(60, 60, [row_of("获取信息", "3", *"00000", "3")], WIDTHS)
    broken = b"BT /F1 10 Tf (" + b"x" * 100  # never ends
    found = read(pdf([TITLE + above, broken, below]))
    assert len(rows_in(found.text)) == 2


# ---------------------------------------------------------------- what cannot be read


def garbled(words: str) -> bytes:
    """Chinese words as a wrong character table gives them."""
    return b"".join(pdfs.raw(60, 60 + 20 * at, words.encode("gbk"), 12) for at in range(4))


RARE = "亍丌兀丐廿卅丕亘丞鬲孬噩禺匕乇夭爻卮氐囟胤馗毓睾鼗亟鼐" * 2


@pytest.mark.parametrize(
    "file",
    [
        pdf([text(60, 60, NAME * 2, 12)], font=GLYPHS_ONLY),
        pdf([garbled(NAME)]),
        pdf([text(60, 60, RARE, 6)]),
        pdf([text(60, 60, "\ue123\ue456\ue789" * 30, 6)]),
    ],
    ids=["glyph numbers", "latin", "rare", "private"],
)
def test_mojibake_is_named(file: bytes) -> None:
    with pytest.raises(Mojibake, match=r"a\.pdf: .*mojibake"):
        read(file, path="a.pdf")


def test_one_page_of_mojibake_is_named_and_the_others_read() -> None:
    found = read(pdf([TITLE, garbled(NAME)]))
    assert "年度报告" in found.text
    assert found.notes == (
        "page 2: a text layer of wrong characters (mojibake), not read; pip install 'structurer[ocr]' to have them read",
    )


def test_files_that_cannot_be_read_are_named() -> None:
    with pytest.raises(Encrypted, match=r"a\.pdf: .*password"):
        read(pdf([TITLE], trailer=LOCKED), path="a.pdf")
    with pytest.raises(NoText, match="scanned"):
        read(pdf([b"", b""], image=True))
    with pytest.raises(NoText, match="without any text"):
        read(pdf([b""]))
    with pytest.raises(BrokenFile, match="damaged"):
        read(b"%PDF-1.7\n...")


def test_pages_lost_with_the_end_of_the_file_are_counted() -> None:
    whole = pdf([TITLE, text(60, 60, "二、主动公开政府信息情况")])
    short = whole.replace(b"/Count 2", b"/Count 5")
    assert read(short).notes == ("3 pages that the file promises are missing; it is cut short",)


# ---------------------------------------------------------------- hostile files


def bomb(size: int) -> bytes:
    packed = zlib.compress(b" " * size, 9)
    whole = pdf([TITLE])
    content = b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(packed), packed)
    start = whole.index(b"<< /Length", whole.index(b"4 0 obj"))
    return whole[:start] + content + whole[whole.index(b"endstream", start) + 9 :]


def laughs(depth: int, width: int) -> bytes:
    """Forms that each draw the next one several times."""
    resources = b"".join(b"/X%d %d 0 R " % (at, 5 + at) for at in range(depth))
    forms = []
    for at in range(depth):
        content = b"/X%d Do " % (at + 1) * width if at + 1 < depth else text(60, 60, "年")
        forms.append(
            b"<< /Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> "
            b"/XObject << %s >> >> /Length %d >>\nstream\n%s\nendstream" % (resources, len(content), content)
        )
    return pdf([TITLE + b"/X0 Do\n"], more=forms, resources=resources)


@pytest.mark.parametrize(
    "file", [bomb(400 * 2**20), laughs(12, 10), laughs(40, 1)], ids=["zlib", "forms", "deep"]
)
def test_bombs_are_refused(file: bytes) -> None:
    assert len(file) < 2**20
    begun = time.monotonic()
    with pytest.raises(TooLarge):
        read(file)
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize("how", ["path", "climbing"])
def test_a_file_cannot_have_a_character_table_unpickled(how: str, tmp_path: Path) -> None:
    """The name of an encoding becomes part of a file's name; what a report names is neither opened nor run."""

    class Planted:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "exploded"),)

    (tmp_path / "evil.pickle.gz").write_bytes(gzip.compress(pickle.dumps(Planted())))
    named = f"{tmp_path}/evil" if how == "path" else f"{'../' * 40}{tmp_path}/evil"
    font = HAN.replace(b"UniGB-UCS2-H", named.replace("/", "#2F").encode())
    with suppress(ReadError):
        read(pdf([TITLE], font=font))
    assert not (tmp_path / "exploded").exists()


def test_damaged_files_give_a_text_or_a_named_error() -> None:
    dice = random.Random(5)
    whole = pdf(
        [TITLE + table(60, 120, [row_of("一"), row_of("二")], WIDTHS), text(60, 60, "二、情况")], packed=True
    )
    errors: list[str] = []
    begun = time.monotonic()
    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(dice.choice((1, 5, 40))):
            damaged[dice.randrange(9, len(damaged))] = dice.randrange(256)
        if dice.random() < 0.4:
            del damaged[dice.randrange(9, len(damaged)) :]
        if dice.random() < 0.2:
            damaged[20:] = dice.randbytes(2000)
        try:
            read(bytes(damaged))
        except ReadError as error:
            errors.append(str(error))
    assert all(error.startswith("<bytes>: ") for error in errors)
    assert time.monotonic() - begun < 60


LINE = "本年度全市各级行政机关认真贯彻执行条例规定的各项要求"


def test_a_long_file_does_not_grow_memory() -> None:
    content = TITLE + b"".join(text(60, 120 + 20 * at, LINE, 12) for at in range(20))

    def peak(pages: int) -> float:
        file = pdf([content] * pages, packed=True)
        tracemalloc.start()
        found = read(file)
        used = tracemalloc.get_traced_memory()[1] - len(file) - 8 * len(found.text)
        tracemalloc.stop()
        assert found.text.count(LINE) == 20 * pages
        return used / 2**20

    read(pdf([TITLE]))
    few, many = peak(10), peak(40)
    print(f"peak memory beside file and text: 10 pages {few:.2f} MB, 40 pages {many:.2f} MB")
    assert many < 2 * few


def test_a_font_cannot_draw_cells() -> None:
    """A character table that turns a glyph into the mark that ends a cell or a row."""
    table_of = (
        b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <0000> <ffff> endcodespacerange "
        b"3 beginbfchar <0041> <0031001F0032> <0042> <001E> <0043> <89C4> endbfchar endcmap end end"
    )
    font = HAN.replace(b"/UniGB-UCS2-H", b"/Identity-H /ToUnicode 5 0 R")
    stream = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(table_of), table_of)
    found = read(pdf([text(60, 60, "CABC", 12)], font=font, more=[stream])).text
    assert CELL not in found
    assert ROW not in found
    assert found.replace(" ", "") == "规12规\n"


@pytest.mark.parametrize(
    "note",
    [
        text(113, 53, "1", 5.4),
        text(113, 53, "1", 9, mode=3),
        b"1 g " + text(113, 53, "1", 9) + b"0 g ",
    ],
    ids=["smaller", "invisible", "white"],
)
def test_a_digit_printed_otherwise_makes_no_longer_number(note: bytes) -> None:
    page = table(50, 50, [["规章", "12", "3"], ["规范性文件", "4", "5"]], [52, 60, 60]) + note
    found = read(pdf([page])).text
    assert [row.split(CELL)[1].split() for row in found.split(ROW) if CELL in row] == [["12", "1"], ["4"]]


def test_a_number_with_a_shadow_is_printed_once() -> None:
    shadow = text(105.3, 54, "12", 9) + text(165.3, 54, "3", 9)
    page = table(50, 50, [["规章", "12", "3"], ["规范性文件", "4", "5"]], [52, 60, 60]) + shadow
    found = read(pdf([page])).text
    assert [row.split(CELL)[1:3] for row in found.split(ROW) if CELL in row] == [["12", "3"], ["4", "5"]]
