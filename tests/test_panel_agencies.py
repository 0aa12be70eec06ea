"""Who is who: names joined by fixed rules, each with its reason; doubts are listed, never joined."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from structurer.errors import PanelError
from structurer.panel.agencies import (
    NAMELESS,
    RENAMED,
    SAME,
    SPELLED,
    TOLD,
    Recognised,
    Seen,
    recognise,
)
from structurer.panel.names import load_offices, parsed
from structurer.panel.told import Told, load_told


def of(
    *reports: tuple[str, int], phones: dict[int, str] | None = None, told: Told | None = None
) -> Recognised:
    """What is recognised in reports, numbered from 1 as given."""
    seen = [Seen(number, name, year) for number, (name, year) in enumerate(reports, 1)]
    known = {number: frozenset({phone}) for number, phone in (phones or {}).items()}
    return recognise(seen, lambda number: known.get(number, frozenset()), told)


def names(found: Recognised) -> dict[str, tuple[int, ...]]:
    return {one.name: one.years for one in found.agencies}


def reasons(found: Recognised) -> dict[str, str]:
    return {spelling.name: spelling.why for one in found.agencies for spelling in one.spellings}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("郑州市教育局", "河南省郑州市教育局"),
        ("郑州市 教育局", "郑州市教\u200b育局"),
        ("云溪县教体局", "云溪县教育和体育局"),
        ("云溪县发改委", "云溪县发展和改革委员会"),
        ("郑州市教育局（本级）", "郑州市教育局"),
        ("云溪县政府", "云溪县人民政府"),
    ],
)
def test_one_name_spelled_otherwise_has_one_key(one: str, other: str) -> None:
    assert parsed(one).key == parsed(other).key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("郑州市教育局", "郑州市教育厅"),
        ("郑州市教育局", "郑州市金水区教育局"),
        ("朝阳市教育局", "朝阳区教育局"),
        ("下城区教育局", "拱墅区教育局"),
        ("云溪县人民政府", "云溪县人民政府办公室"),
        ("河南省云溪县教育局", "湖北省云溪县教育局"),
    ],
)
def test_other_offices_have_other_keys(one: str, other: str) -> None:
    assert parsed(one).key != parsed(other).key
    assert all(len(agency.reports) == 1 for agency in of((one, 2019), (other, 2020)).agencies)


@pytest.mark.parametrize(
    ("name", "bound"),
    [
        ("郑州市教育局", "whole"),
        ("江苏省教育厅", "whole"),
        ("上海市浦东新区教育局", "local"),
        ("云溪县教育局", "local"),
        ("市教育局", "short"),
        ("教育局", "short"),
        ("鼓楼区教育局", "short"),
        ("城关镇人民政府", "short"),
        ("高新区管委会", "short"),
    ],
)
def test_how_far_a_name_says_whose_it_is(name: str, bound: str) -> None:
    assert parsed(name).bound == bound


def test_spellings_are_joined_and_say_why() -> None:
    found = of(("郑州市教育局", 2019), ("河南省郑州市教育局", 2020), ("郑州市教育局", 2021))
    assert names(found) == {"郑州市教育局": (2019, 2020, 2021)}
    assert reasons(found) == {"郑州市教育局": SAME, "河南省郑州市教育局": SPELLED}


def test_an_office_renamed_is_one_agency_under_its_latest_name() -> None:
    found = of(("云溪县教育局", 2018), ("云溪县教体局", 2019), ("云溪县教育体育局", 2020))
    assert names(found) == {"云溪县教育体育局": (2018, 2019, 2020)}
    assert reasons(found)["云溪县教体局"] == RENAMED
    assert not found.suggestions


def test_two_names_in_one_year_are_two_offices_until_told() -> None:
    found = of(("云溪县教育局", 2018), ("云溪县教育局", 2019), ("云溪县教体局", 2019))
    assert len(found.agencies) == 2
    assert any("both report for 2019" in one.why for one in found.suggestions)


def test_a_shorter_name_needs_a_shared_telephone() -> None:
    reports = (("郑州市金水区教育局", 2019), ("金水区教育局", 2020))
    apart = of(*reports)
    assert len(apart.agencies) == 2
    assert apart.suggestions[0].names == ("郑州市金水区教育局", "金水区教育局")
    joined = of(*reports, phones={1: "66250011", 2: "66250011"})
    assert names(joined) == {"郑州市金水区教育局": (2019, 2020)}
    assert "66250011" in reasons(joined)["金水区教育局"]
    assert len(of(*reports, phones={1: "66250011", 2: "66250012"}).agencies) == 2


def test_a_name_without_a_region_is_nobodys() -> None:
    found = of(("市教育局", 2019), ("市教育局", 2020), ("教育局", 2021))
    assert not found.agencies
    assert {one.why for one in found.unplaced} == {NAMELESS}


def test_short_names_join_by_telephone_only() -> None:
    found = of(("市教育局", 2019), ("市教育局", 2020), ("市教育局", 2020), phones={1: "1", 2: "1", 3: "2"})
    assert names(found) == {"市教育局〔1〕": (2019, 2020), "市教育局〔2〕": (2020,)}
    found = of(("郑州市教育局", 2019), ("市教育局", 2020), phones={1: "1", 2: "1"})
    assert names(found) == {"郑州市教育局": (2019, 2020)}


def test_a_district_that_several_cities_have_is_nobodys_without_its_city() -> None:
    listed = of(("鼓楼区教育局", 2019), ("鼓楼区教育局", 2020))
    assert not listed.agencies
    found = of(("郑州市云溪区教育局", 2019), ("南京市云溪区教育局", 2019), ("云溪区教育局", 2020))
    assert len(found.agencies) == 2
    assert [one.number for one in found.unplaced] == [3]


def test_reforms_and_regions_of_another_kind_are_suggested_only() -> None:
    found = of(("云溪县卫生局", 2013), ("云溪县卫生健康委员会", 2019))
    assert len(found.agencies) == 2
    assert "taken over" in found.suggestions[0].why
    found = of(("云溪县统计局", 2013), ("云溪区统计局", 2019))
    assert len(found.agencies) == 2
    assert "another kind" in found.suggestions[0].why


def test_governments_have_the_one_around_them_above_and_bureaus_have_none() -> None:
    found = of(
        ("江苏省人民政府", 2019),
        ("江苏省云溪县人民政府", 2019),
        ("江苏省教育厅", 2019),
        ("江苏省云溪县教育局", 2019),
    )
    above = {one.name: one.parent for one in found.agencies}
    assert above["江苏省云溪县人民政府"] == "江苏省人民政府"
    assert [name for name, parent in above.items() if parent] == ["江苏省云溪县人民政府"]


YAML = """
agencies:
  - name: 云溪区教育局
    aliases: [云溪县教育局]
    parent: 临江市教育局
    documents: [reports/7.txt]
  - {name: 临江市教育局, whole: true}
apart:
  - [清溪县教育局, 清溪县教体局]
mergers:
  - {name: 合并后教育局, of: [甲山区教育局, 乙山区教育局], since: 2021, then: 乙山区教育局}
"""
CSV = """agency,relation,other,year
云溪区教育局,alias,云溪县教育局,
云溪区教育局,parent,临江市教育局,
云溪区教育局,document,reports/7.txt,
临江市教育局,whole,yes,
清溪县教育局,apart,清溪县教体局,
合并后教育局,merged,甲山区教育局,2021
合并后教育局,merged,乙山区教育局,2021
合并后教育局,continues,乙山区教育局,
"""


def told(folder: Path, text: str, name: str = "told.yaml") -> Told:
    (folder / name).write_text(text, encoding="utf-8")
    return load_told(folder / name)


def test_both_kinds_of_file_say_the_same(tmp_path: Path) -> None:
    assert told(tmp_path, YAML) == told(tmp_path, CSV, "told.csv")


def test_what_is_told_is_joined_and_kept_apart(tmp_path: Path) -> None:
    known = told(tmp_path, YAML)
    found = of(("云溪县教育局", 2019), ("云溪区教育局", 2020), told=known)
    assert names(found) == {"云溪区教育局": (2019, 2020)}
    assert reasons(found)["云溪县教育局"] == TOLD
    assert found.agencies[0].parent == "临江市教育局"
    assert found.agencies[0].told_parent
    apart = of(("清溪县教育局", 2019), ("清溪县教体局", 2020), told=known)
    assert len(apart.agencies) == 2
    assert not apart.suggestions


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("agencies: [{name: 云溪区教育局, alias: 甲}]", "agencies.0.alias"),
        (
            "agencies: [{name: 甲局, aliases: [丙局]}, {name: 乙局, aliases: [丙局]}]",
            "丙局 is told to be 甲局 and 乙局",
        ),
        ("agencies: [{name: 甲局, parent: 甲局}]", "its own parent"),
        (
            "mergers: [{name: 甲局, of: [甲局, 乙局], since: 2021, then: 乙局}]",
            "a name that none of its agencies has",
        ),
        (
            "mergers: [{name: 丙局, of: [甲局, 乙局], since: 2021, then: 乙局}, {name: 丁局, of: [乙局, 戊局], since: 2021, then: 戊局}]",
            "乙局 stands in two mergers",
        ),
        ("agencies: [", "told.yaml"),
        ("- 1", "told.yaml: file"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(PanelError, match=r"told\.yaml") as raised:
        told(tmp_path, text)
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,alias\n", "the first line has to be"),
        ("agency,relation,other,year\n甲局,cousin,乙局,\n", "line 2"),
        ("agency,relation,other,year\n甲局,merged,乙局,soon\n", "line 2: `merged` needs the first year"),
    ],
)
def test_a_table_that_cannot_be_used_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(PanelError, match=r"told\.csv") as raised:
        told(tmp_path, text, "told.csv")
    assert said in str(raised.value)
    (tmp_path / "told.csv").write_bytes("甲局".encode("gbk"))
    with pytest.raises(PanelError, match="not UTF-8"):
        load_told(tmp_path / "told.csv")


POOL = [
    "郑州市教育局",
    "河南省郑州市教育局",
    "市教育局",
    "云溪县教育局",
    "云溪县教体局",
    "郑州市金水区教育局",
    "金水区教育局",
    "鼓楼区教育局",
    "教育局",
]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(POOL), st.integers(2017, 2021), st.sampled_from(["", "1", "2"])), max_size=9
    ),
    st.randoms(),
)
def test_the_order_of_reports_changes_nothing_and_none_is_lost(
    reports: list[tuple[str, int, str]], random: object
) -> None:
    seen = [Seen(number, name, year) for number, (name, year, _) in enumerate(reports)]
    phones = {number: frozenset({phone} - {""}) for number, (*_, phone) in enumerate(reports)}
    first = recognise(seen, phones.__getitem__)
    random.shuffle(seen)  # type: ignore[attr-defined]
    assert recognise(seen, phones.__getitem__) == first
    placed = sorted(number for one in first.agencies for _, number in one.reports)
    assert sorted([*placed, *(one.number for one in first.unplaced)]) == sorted(one.number for one in seen)
    for one in first.agencies:
        offices = {parsed(spelling.name).office for spelling in one.spellings}
        assert all(office.endswith(("教育局", "教育体育局")) for office in offices)


def test_every_other_form_of_an_office_is_of_one_office() -> None:
    known = load_offices()
    others = [other for forms in known.spellings.values() for other in forms]
    assert len(others) == len(set(others))
    assert not set(others) & set(known.spellings)
