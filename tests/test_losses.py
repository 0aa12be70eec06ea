"""What crawlers and converters lose or leave behind: pinyin in words, eaten digits, characters between digits."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from structurer import structure
from structurer.fold import fold
from structurer.observation import Extraction
from structurer.read.losses import losses, without_pinyin
from tests.test_tables import FIGURES, HEADER, LABELS, ZERO, applications, cells

TITLE = "云溪市教育局2020年政府信息公开工作年度报告\n"
SOUNDS = {
    "內": "nèi", "計": "jì", "數": "shù", "請": "qǐng", "業": "yè", "構": "gòu", "組": "zǔ", "織": "zhī", "許": "xǔ",
    "處": "chǔ", "開": "kāi", "務": "wù", "屬": "shǔ", "於": "yú", "關": "guān", "詢": "xún", "執": "zhí",
}  # fmt: skip
TRADITIONAL = str.maketrans("内计数请业构组织许处开务属于关询执", "內計數請業構組織許處開務屬於關詢執")


# --- pinyin ---


@pytest.mark.parametrize("how", ["({})", "（{}）", "{}"])
def test_pinyin_is_passed_over_and_named(how: str) -> None:
    text = TITLE + "三、收到和处理政府信息公开申请情况\n" + applications()
    glued = "".join(
        char + (how.format(SOUNDS[char]) if char in SOUNDS else "") for char in text.translate(TRADITIONAL)
    )
    plain, found = structure(text), structure(glued)
    assert {o.indicator: (o.value, o.status) for o in found.observations} == {
        o.indicator: (o.value, o.status) for o in plain.observations
    }
    assert any("pinyin" in finding.message for finding in found.findings)
    for one in found.observations:
        assert all(glued[e.start : e.end] == e.quote for e in one.evidence)


@pytest.mark.parametrize(
    "text", ["申请(qing)3件", "合计(a)3", "公开PDF版12条", "第二十条（一）项", "见附件(list)", "plain café"]
)
def test_what_is_no_pinyin_stays(text: str) -> None:
    assert without_pinyin(fold(text)) == fold(text)


def test_syllables_without_a_tone_are_passed_over_beside_others() -> None:
    assert without_pinyin("它們(men)的總計(jì)") == "它們" + "\u200b" * 5 + "的總計" + "\u200b" * 4


@given(st.text(alphabet="申请计jìnèi()（）a1 ?", max_size=40))
def test_offsets_never_move(text: str) -> None:
    folded = fold(text)
    assert len(without_pinyin(folded)) == len(folded)
    assert [c for c in without_pinyin(folded) if c.isdigit()] == [c for c in folded if c.isdigit()]


# --- digits that a mark ate ---


def given_back(**rows: str) -> dict[str, object]:
    found = cells(applications(**rows))
    return {row: found[f"{row}.natural_person"] for row in rows}


@pytest.mark.parametrize("printed", ["1?", "?0", "1？", "1\ufffd", "?", "1?0"])
def test_two_sums_give_a_number_back(printed: str) -> None:
    found = cells(applications(received=f"{printed} 1 0 0 0 0 11"))["received.natural_person"]
    assert (found.value, found.status, found.printed, found.accepted) == (10, "inferred", "text", True)
    assert set(found.rules) == {"applications.row_total", "applications.flow"}
    assert found.evidence[0].quote == printed


@pytest.mark.parametrize("printed", ["2?", "?3", "1?1"])
def test_a_number_that_does_not_look_so_stays_open(printed: str) -> None:
    found = cells(applications(received=f"{printed} 1 0 0 0 0 11"))["received.natural_person"]
    assert (found.value, found.status, found.accepted, found.candidates) == (None, "ambiguous", False, ())


def test_sums_that_differ_give_candidates() -> None:
    found = cells(applications(received="1? 1 0 0 0 0 13"))["received.natural_person"]
    assert not found.accepted


def test_one_sum_gives_a_candidate_only() -> None:
    text = (
        "四、政府信息公开行政复议、行政诉讼情况\n行政复议\n行政诉讼\n未经复议直接起诉\n复议后起诉\n"
        + "结果维持\n结果纠正\n其他结果\n尚未审结\n总计\n" * 3
        + "1?\n0\n0\n3\n15\n" + "0\n" * 10
    )  # fmt: skip
    found = cells(text, "disputes")["reconsideration.upheld"]
    assert (found.value, found.status, found.candidates) == (None, "ambiguous", (12,))


def test_the_damage_is_named() -> None:
    found = structure(TITLE + applications(received="1? 1 0 0 0 0 11", granted="?? ? 0 0 0 0 ?"))
    said = next(one for one in found.findings if one.rule == "applications.lost_digits")
    assert said.severity == "warning"
    assert "applications.received.natural_person" in said.indicators
    assert "4 cells" in said.message
    assert any("marks stand where digits" in one.message for one in found.findings)


def test_marks_in_sentences_are_counted() -> None:
    assert losses("公开信息1?3条,还有?吗?") == losses("公开信息1\ufffd3条")
    assert losses("是否公开?没有3条") == ()


ROWS = list(LABELS)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_no_damage_makes_a_wrong_value(seed: int) -> None:
    """Eaten digits beside a wrong figure of the office's: whatever is accepted is what was printed.

    Only a wrong figure that was eaten itself cannot be told: its sums then hold with another number.
    """
    rng = Random(seed)
    grid = {row: [int(n) for n in FIGURES.get(row, ZERO).split()] for row in ROWS}
    for _ in range(rng.randrange(30)):  # keep all sums: move cases between outcomes, add applications
        row, column, count = rng.choice(ROWS[2:20]), rng.randrange(6), rng.choice([1, 7, 40, 130])
        for each in ("received", row, "handled_total"):
            grid[each][column] += count
            grid[each][6] += count
    wrong = rng.choice(ROWS), rng.randrange(7)
    if rng.random() < 0.5:
        row, column = wrong
        grid[row][column] = max(0, grid[row][column] + rng.choice([-1, 1, 10, -10, 9]))
    printed = {row: [str(number) for number in numbers] for row, numbers in grid.items()}
    for _ in range(rng.randrange(1, 5)):
        row, column = rng.choice(ROWS), rng.randrange(7)
        if (row, column) == wrong:
            continue
        text = printed[row][column]
        at = rng.randrange(len(text))
        printed[row][column] = text[:at] + "?" + text[at + rng.choice([1, 1, 2]) :]
    found = cells(applications(**{row: " ".join(numbers) for row, numbers in printed.items()}))
    columns = [key.partition(".")[2] for key in found if key.startswith("received.")]
    for row, numbers in grid.items():
        for column, number in zip(columns, numbers, strict=True):
            one = found[f"{row}.{column}"]
            assert not one.accepted or one.value == number, (seed, row, column, number, one)


# --- labels ---


@pytest.mark.parametrize(
    "label",
    ["一、本年新收政府信息公开申请量", "一、年新收政府信息公开申请数量", "一、本年新收?府信息公开申请数量"],
)
def test_a_label_that_lost_characters_is_told_where_it_is_the_only_one(label: str) -> None:
    found = cells(applications().replace(LABELS["received"], label))
    assert found["received.total"].value == 11
    assert found["received.total"].accepted


def test_a_label_that_may_be_two_is_not() -> None:
    text = HEADER + applications()[len(HEADER) :].replace(LABELS["received"], "政府信息公开申请数量")
    assert not cells(text)["received.natural_person"].accepted


# --- dates ---


def dated(clause: str, published: str = "") -> Extraction:
    return structure(f"{TITLE}{published}\n本报告所列数据的统计期限{clause}。\n一、总体情况\n收到申请5件。")


@pytest.mark.parametrize(
    "clause",
    [
        "自202011日起至20201231日止",
        "自20201月1 日至12月31日止",
        "自2020111231日止",
        "自2020年1月1日起至1231日止",
    ],
)
def test_a_clause_that_can_only_be_the_year_is_read(clause: str) -> None:
    found = dated(clause)
    assert [found[f"metadata.period_{key}"].value for key in ("start", "end")] == ["2020-01-01", "2020-12-31"]
    assert found["metadata.year"].status == "verified"
    assert any(one.rule == "metadata.lost_characters" for one in found.findings)


@pytest.mark.parametrize(
    ("clause", "candidates"),
    [
        ("自2020111日至1231日", ("2020-01-11", "2020-11-01")),
        ("自20203月2日至1130日止", ("2020-03-02",)),
    ],
)
def test_any_other_clause_stays_open(clause: str, candidates: tuple[str, ...]) -> None:
    start = dated(clause)["metadata.period_start"]
    assert (start.value, start.accepted, start.candidates) == (None, False, candidates)


@pytest.mark.parametrize("clause", ["截至20201231日", "自2020年度", "共2020件，其中31日12件"])
def test_no_clause(clause: str) -> None:
    assert "metadata.period_start" not in dated(clause)


def test_a_publication_date_that_lost_characters_is_never_accepted() -> None:
    found = dated("自2020年1月1日至12月31日", "发布日期：2021117日")["metadata.published"]
    assert (found.value, found.accepted, found.candidates) == (None, False, ("2021-01-17", "2021-11-07"))
    whole = dated("自2020年1月1日至12月31日", "发布日期：2021年1月17日")
    assert whole["metadata.published"].value == "2021-01-17"
    assert not any(one.rule == "metadata.lost_characters" for one in whole.findings)
