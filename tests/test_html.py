"""Saved web pages: what is visible, grids, and where each character came from."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from structurer.document import CELL, ROW, Document
from structurer.errors import ReadError
from structurer.pipeline import structure
from structurer.read import read_text
from structurer.read.html import is_html, read_html


def text(source: str) -> str:
    return read_html(source).text


def shown(source: str) -> str:
    """Visible text with `|` for the end of a cell and `/` for that of a row."""
    return text(source).replace("\x1f", "|").replace("\x1e", "/")


def page(source: str) -> Document:
    return read_text(f"<html><body>{source}</body></html>")


@pytest.mark.parametrize(
    "source",
    [
        "<html>x",
        "<!DOCTYPE html><p>x",
        "  \n<table><tr>",
        "<p class='a'>x</p>",
        "<?xml version='1.0'?><html>",
        "<TD>0</TD>",
    ],
)
def test_is_html(source: str) -> None:
    assert is_html(source)


@pytest.mark.parametrize(
    "source",
    [
        "一、总体情况</p>公开3条",
        "年报<br>正文",
        "3 < 5 > 2",
        "<某局>报告",
        "<printer>",
        "正文 <http://x> </p></p> 5件",
    ],
)
def test_residue_makes_no_html(source: str) -> None:
    assert not is_html(source)


def test_a_fragment_of_many_tags_is_html() -> None:
    assert is_html("年度报告" + "<tr><td>0</td></tr>" * 5)


def test_blocks_and_breaks_are_lines() -> None:
    assert (
        text("<div>一、总体情况<p>公开<b>3</b>条</p>其余<br>见下<br/><br>完</div>")
        == "一、总体情况\n公开3条\n其余\n见下\n完"
    )


def test_white_space_is_collapsed() -> None:
    assert text("<p>  公开 \n\t 信息  </p>\n\n<p>3 条</p>") == "公开 信息\n3 条"


def test_preformatted_lines_stay() -> None:
    assert text("<pre>一、总体情况\n公开3条\r\n完</pre>") == "一、总体情况\n公开3条\n完"


def test_what_is_not_shown_is_not_read() -> None:
    source = (
        "<head><style>p{}</style></head><script>if(1<2)document.write('<p>9</p>')</script>"
        "<!-- <p>注释</p> --><p>可见</p><p style='display: none'>藏一<p>可见二<div hidden>藏二"
        "<div>藏三</div></div>尾"
        '<input type="hidden" value="7"><div style="overflow:hidden">也可见</div>'
        "<select><option>某局</select>"
    )
    assert text(source) == "可见\n可见二\n尾\n也可见"


HEAD = (
    "<html><head>\n<title>河谷县教育局2020年政府信息公开工作年度报告_河谷县人民政府</title>"
    '<meta name="SiteName" content="河谷县人民政府"><meta name="keywords" content="教育">'
    '<meta name="PubDate" content="2021-01-26 10:05"/><META NAME="ContentSource" CONTENT="河谷县教育局">'
    "</head><body>%s<p>一、总体情况</p><p>依法公开。</p></body></html>"
)


def test_what_the_head_of_a_page_tells_is_read() -> None:
    assert text(HEAD % "").splitlines()[:5] == [
        "河谷县教育局2020年政府信息公开工作年度报告",
        "PubDate",
        "2021-01-26 10:05",
        "ContentSource",
        "河谷县教育局",
    ]
    found = structure(HEAD % "", path="page.html")
    assert (found.document.agency, found.document.year) == ("河谷县教育局", 2020)
    assert found.document.published == "2021-01-26"


def test_the_day_a_page_was_saved_is_not_the_day_it_was_published() -> None:
    """A title in the head does not make a bare date above the visible title any surer."""
    body = "<p>2023-05-06 08:00</p><h1>河谷县教育局2020年政府信息公开工作年度报告</h1>"
    page = (HEAD % body).replace('name="PubDate"', 'name="Other"')
    assert structure(page, path="page.html").document.published is None


def test_a_page_that_hides_nearly_all_is_read_all_the_same() -> None:
    found = read_html("<p>头</p><div style='display:none'>" + "公开信息三条。" * 20)
    assert "公开信息" in found.text
    assert "hidden" in found.notes[0]


def test_hidden_cells_end_with_their_cell() -> None:
    source = "<table><tr><td>规章<td style='display:none'>x<td>3</tr>"
    source += "<tr hidden><td>9</td><td>9</td></tr><tr><td>a<td>b</table>"
    assert shown(source) == "规章|3|/a|b|/\n"
    assert shown("<table><tr><td>规章</td><td><div hidden>藏</td><td>3</td></tr></table>") == "规章||3|/\n"


@pytest.mark.parametrize(
    "source",
    [
        "公开<del>12</del>15条",
        "公开<s>12</s>15条",
        "公开<strike>12</strike>15条",
        "公开<span style='text-decoration: line-through'>12</span>15条",
        "公开<span style='color:red;text-decoration-line:line-through'>12</span>15条",
        "公开<span style='visibility: hidden'>12</span>15条",
        "公开<span style='font-size:0'>12</span>15条",
        "公开<span style='font-size: 0px;'>12</span>15条",
        "<style>.old{color:red;display:none}</style>公开<b class='a old'>12</b>15条",
        "<style>/* .b{} */ i.x, .old { visibility:hidden }</style>公开<b class=old>12</b>15条",
        "<style>b.old{display:none !important}#z{display:none}</style>公开<b class=old>1</b><i id=z>2</i>15条",
        "<style>.old{text-decoration:line-through}</style>公开<b class=old>12</b>15条",
        "公开<b class=old>12</b>15条<style>.old{display:none}</style>",
    ],
)
def test_what_is_struck_out_or_hidden_by_style_is_not_read(source: str) -> None:
    assert text(source) == "公开15条"


@pytest.mark.parametrize(
    "source",
    [
        "公开<span style='font-size:0.9em'>12</span>条",
        "公开<ins>12</ins>条",
        "<style>@media print{.x{display:none}}</style>公开<b class=x>12</b>条",
        "<style>.x{display:none}.x{display:inline}</style>公开<b class=x>12</b>条",
        "<style>p .x{display:none}</style>公开<b class=x>12</b>条",
        "<style>i.x{display:none} .xy{display:none}</style>公开<b class=x>12</b>条",
        "<style>/* .x{display:none}</style>公开<b class=x>12</b>条",
    ],
)
def test_what_a_style_leaves_visible_is_read(source: str) -> None:
    assert text(source) == "公开12条"


def test_what_is_struck_out_stays_out_of_a_page_that_hides_nearly_all() -> None:
    assert text("<div style='display:none'>" + "公开信息三条。" * 20 + "<s>9</s>") == "公开信息三条。" * 20


def test_a_raised_digit_makes_no_longer_number() -> None:
    assert text("处罚376<sup>1</sup>件") == "处罚376\n1件"
    assert text("处罚376<a href=x><sup>1</sup></a>") == "处罚376\n1"
    assert text("<sub>1</sub>376") == "1\n376"
    assert text("376<sup>&#49;</sup>") == "376\n1"
    assert text("面积12m<sup>2</sup>,共3处") == "面积12m2,共3处"
    assert text("376<sup>注</sup>") == "376注"


def test_a_field_in_a_cell_says_what_is_filled_in() -> None:
    source = "<tr><td>许可<td><input value=14><td>3<input type='text' value='15'>件</tr>"
    assert shown(f"<table>{source}</table>") == "许可|14|3\n15\n件|/\n"
    assert shown("<table><tr><td>许可<td><textarea> 27 </textarea></tr></table>") == "许可|27|/\n"
    fields = "<input type=hidden value=9><input type=radio value=9><input hidden value=9><input>"
    fields += "<textarea>&#49;9</textarea><div hidden><input value=9><textarea>9</textarea></div>"
    assert shown(f"<table><tr><td>许可<td>{fields}</tr></table>") == "许可||/\n"
    assert text("<p>检索<input value=14><textarea>15</textarea></p>") == "检索"
    document = page("<table><tr><td>许可<td><input value='14'></tr></table>")
    start = document.text.index("14")
    assert document.evidence(start, start + 2).quote == "14"


# Grids


def test_a_data_table_is_a_grid_with_its_blanks() -> None:
    source = "<p>表</p><table><tr><th>项目<th>数</tr><tr><td>规章</td><td></td></tr>"
    source += "<tr><td>许可</td><td><p>3,294</p></td></tr></table>后"
    assert shown(source) == "表\n项目|数|/规章||/许可|3,294|/\n后"


def test_a_spanned_cell_stands_once() -> None:
    source = (
        "<table><tr><td rowspan=1000000000 colspan=1000000000>商业<br>企业</td><td colspan=2>0</td></tr>"
        "<tr><td>1</td><td>&nbsp;</td></tr></table>"
    )
    assert shown(source) == "商业\n企业|0|/1|\xa0|/\n"


def test_cells_and_rows_may_be_left_open() -> None:
    assert shown("<table><tr><td>a<td>1<tr><td>b<td>2</table>") == "a|1|/b|2|/\n"
    assert shown("<td>a<td>1<tr><td>b<td>2") == "a|1|/b|2|/\n"
    assert shown("<table><tbody><td>a</td></div></b><td>1</td></tbody></table>x") == "a|1|/\nx"


def test_an_open_table_ends_where_text_goes_on() -> None:
    assert shown("<table><tr><td>a</td><td>1</td></tr><p>二、其后</p>") == "a|1|/\n二、其后"


def test_a_caption_stands_above_its_grid() -> None:
    assert shown("<table><caption>单位:件</caption><tr><td>a<td>1</table>") == "单位:件\na|1|/\n"


def test_layout_tables_are_lines() -> None:
    inner = "<table><tr><td>规章</td><td></td></tr></table>"
    assert (
        shown(f"<table><tr><td>导航</td><td>一、总体情况{inner}结尾</td></tr></table>")
        == "导航\n一、总体情况\n规章||/\n结尾"
    )
    prose = "公开工作有序推进。" * 50
    assert shown(f"<table><tr><td>左</td><td>{prose}</td></tr></table>") == f"左\n{prose}"
    assert shown("<table><tr><td>一</td></tr><tr><td>二</td></tr></table>") == "一\n二"


def test_a_long_note_does_not_undo_a_big_grid() -> None:
    rows = "<tr><td>规章<td><td>3</tr>" * 6
    note = "说明" * 200
    assert shown(f"<table>{rows}<tr><td>{note}<td></tr></table>").startswith("规章||3|/规章||3|/")


def test_control_characters_make_no_cells() -> None:
    assert "|" not in shown("<p>a\x1fb\x1ec &#31; &#30;</p>")


# Origins


def test_a_number_is_quoted_as_it_stands_in_the_source() -> None:
    document = page(
        "<table><tr><td>许可<td> <b>3,2</b>94 </td><td>&#49;&#x32;</td><td>x&nbsp;7</td></tr></table>"
    )
    for number, quote in (("3,294", "3,2</b>94"), ("12", "&#49;&#x32;"), ("7", "7"), ("x\xa07", "x&nbsp;7")):
        start = document.text.index(number)
        evidence = document.evidence(start, start + len(number))
        assert evidence.quote == quote
        assert document.source[evidence.start : evidence.end] == quote


def test_a_line_ends_where_its_text_ends() -> None:
    document = page("<p>一、总体情况</p><p>二、其他&amp;</p><p>三</p>")
    end = document.text.index("\n")
    span = document.to_source(0, end + 1)
    assert document.source[span.start : span.end] == "一、总体情况"
    second = document.text.index("\n", end + 1)
    span = document.to_source(end + 1, second + 1)
    assert document.source[span.start : span.end] == "二、其他&amp;"


def test_images_are_places() -> None:
    document = page(
        '<p>二、情况</p><img src="/a/b/表二.png?x"><img alt="表 三" src=c.gif>'
        '<img src="data:image/png;base64,AAAA"><img>'
    )
    found = [document.text[span.start : span.end] for span in document.images]
    assert found == ["表二.png?x", "表 三", "img", "img"]
    assert all(
        document.source[document.offsets.source(span.start)] == document.text[span.start]
        for span in document.images
    )  # type: ignore[union-attr]


_PIECES = st.sampled_from(
    ["<table>", "</table>", "<tr>", "</tr>", "<td>", "</td>", "<td hidden>", "</div>",
     "<div style='display:none'>",
     "<p>", "</p>", "<br>", "&#48;", "&nbsp;", "&amp", "&", "<", "<!--", "-->", "<script>", "</script>",
     "<pre>", "</pre>",
     "<img src='a.png'>", "一、", "12", " ", "\n", "\x1f", "<a title=\"x", "'>", "<td colspan=99999>",
     "<select>", "<s>", "</s>", "<sup>", "</sup>", "<input value='14'>", "<textarea>", "</textarea>",
     "<style>.x{display:none}</style>", "<b class=x>"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=40))
@settings(max_examples=400, deadline=None)
def test_any_markup_is_read_and_maps_back(pieces: list[str]) -> None:
    source = "".join(pieces)
    found = read_html(source)
    last = -1
    for start, origin, length in found.offsets.runs:
        assert origin >= last
        last = origin
        copied = found.text[start : start + length]
        written = re.sub(r"[ \t\r\n\f\x1e\x1f]", " ", source[origin : origin + length])
        assert copied == written or written == "&"
    try:
        document = read_text("<html>" + source)
    except ReadError:
        return
    for place in range(len(document.text)):
        span = document.to_source(place, place + 1)
        assert 0 <= span.start <= span.end <= len(document.source)


@pytest.mark.parametrize(
    "piece",
    ["<table><tr><td>", "<div hidden>", "<!--", "<script>", "<a title=\"", "<", "&#", "</div>", "<b>",
     "<td hidden>",
     "<table>", "<p style='display:none'>", "<td><p>0</p>", "'\"<x ", "<svg>x", "</table>", "<pre>\n", "<style>.x{", "<style>/*", "<style>.x{display:none}</style>",
     "<td><input value='1'>", "<td><textarea>", "1<sup>"],
)  # fmt: skip
def test_hostile_repetition_costs_linear_time(piece: str) -> None:
    source = "<html>年" + piece * (400_000 // len(piece)) + "报"
    begun = time.monotonic()
    read_html(source)
    assert time.monotonic() - begun < 20


def test_how_characters_sound_is_not_read() -> None:
    ruby = "<ruby>内<rp>(</rp><rt>nèi</rt><rp>)</rp></ruby>"
    assert read_html(f"<p>信息{ruby}容</p>").text == "信息内容"
    unclosed = (
        "<p>信息<ruby>内<rt>nèi<ruby>容<rt>róng</ruby></p><p>二<rt>x<p>三<table><tr><td><rt>2<td>3</table>"
    )
    assert read_html(unclosed).text.split("\n")[:3] == ["信息内容", "二", "三"]
    assert CELL + "3" + CELL in read_html(unclosed).text


def test_a_choice_in_a_cell_says_what_is_chosen() -> None:
    page = "<table><tr><td>规章<td><select><option>1<option selected='selected'>7</select><td>{}</table>"
    assert f"规章{CELL}7{CELL}" in read_html(page).text
    unknown = read_html("<table><tr><td>规章<td><select><option>1<option>7</select><td>2</table>").text
    assert unknown == f"规章{CELL}select{CELL}2{CELL}{ROW}\n"
    assert read_html("<p>年份<select><option selected>2023</select>年</p>").text == "年份年"


def test_a_drawing_with_words_is_the_place_of_a_picture() -> None:
    page = read_html("<p>四、情况</p><svg><text>1</text></svg><p><svg><path d='M0'/></svg>五、问题</p>")
    assert [page.text[span.start : span.end] for span in page.images] == ["svg"]
    assert page.text == "四、情况\nsvg\n五、问题"


@pytest.mark.parametrize(
    "note",
    [
        '<span style="vertical-align: super; font-size: 8px">1</span>',
        '<span class="note"><b>1</b></span>',
        '<font color="white">1</font>',
        '<span style="color:#ffffff">1</span>',
        '<i style="display:inline-block;width:0;overflow:hidden">1</i>',
        "<button>1</button>",
    ],
)
def test_a_digit_printed_otherwise_makes_no_longer_number(note: str) -> None:
    page = f"<style>.note{{vertical-align:super}}</style><table><tr><td>规章<td>12{note}<td>{note}30<td>4</table>"
    cells = read_html(page).text.split(CELL)
    assert [cell.split() for cell in cells[1:4]] == [["12", "1"], ["1", "30"], ["4"]]


def test_a_number_in_many_fonts_is_one_number() -> None:
    page = '<table><tr><td>规章<td><span style="color:#333">1</span><span style="font-family:宋体">2</span><b>3</b></table>'
    assert read_html(page).text.split(CELL)[1] == "123"


@pytest.mark.parametrize(
    "unseen",
    [
        '<span class="sr-only">5</span>',
        '<span class="tag visually-hidden">5</span>',
        '<span style="position:absolute;left:-9999px">5</span>',
        '<span style="text-indent:-999em">5</span>',
        '<span style="mso-hide:all">5</span>',
        '<span style="position:absolute;clip:rect(0,0,0,0)">5</span>',
        "<canvas>5</canvas>",
        "<dialog>5</dialog>",
    ],
)
def test_what_no_reader_of_the_page_sees_is_left_out(unseen: str) -> None:
    assert read_html(f"<table><tr><td>规章<td>12{unseen}<td>3</table>").text.split(CELL)[1:3] == ["12", "3"]


def test_what_is_only_moved_a_little_is_read() -> None:
    page = '<div style="left:50%;margin-left:-1490px"><table><tr><td>规章<td>12<td>3</table></div><p class="hidden-note">注</p>'
    assert re.findall("12|注", read_html(page).text) == ["12", "注"]
