"""The generator tells the truth: about its sums, its damages, and what stands in its texts."""

from __future__ import annotations

import json
import re
import tracemalloc
from collections import Counter
from itertools import islice

import pytest

from benchmarks.corpus import DAMAGES, FORMS, LAYOUTS, Case, case, combinations, gold, reports
from benchmarks.corpus.__main__ import main
from benchmarks.corpus.truth import broken, fill, table
from structurer.evaluate import parse_gold, read_gold

PAIRS = [(layout, damage) for layout, damage, _ in combinations()]


def text_of(made: Case) -> str:
    if isinstance(made.text, bytes):
        return made.text.decode(LAYOUTS[made.layout].encoding or "utf-8")
    return made.text


def narrow(text: str) -> str:
    return text.translate(str.maketrans("０１２３４５６７８９", "0123456789"))


def all_of(layout: str, damage: str) -> list[Case]:
    forms = next(forms for *names, forms in combinations() if names == [layout, damage])
    return [case(3, layout, damage, form) for form in forms]


def test_the_same_seed_makes_the_same_bytes() -> None:
    one, other = (list(islice(reports(11, 60), 60)) for _ in range(2))
    assert one == other
    assert [made.data() for made in one] != [made.data() for made in reports(12, 60)]


def test_a_report_does_not_depend_on_those_before_it() -> None:
    assert list(reports(5, 40))[7] == list(reports(5, 8))[7]


def test_every_combination_comes_in_turn() -> None:
    combos = combinations(forms=["2021"], layouts=["pipe-rows", "html"], damages=["none", "blanks-5"])
    made = list(reports(1, 8, forms=["2021"], layouts=["pipe-rows", "html"], damages=["none", "blanks-5"]))
    assert len(combos) == 4
    assert set(Counter((each.layout, each.damage) for each in made).values()) == {2}


@pytest.mark.parametrize(("form", "name"), sorted({pair for pairs in FORMS.values() for pair in pairs}))
def test_true_tables_satisfy_every_hard_edit(form: str, name: str) -> None:
    from random import Random

    seen = set()
    for seed in range(200):
        values = fill(form, name, Random(seed))
        assert list(values) == [cell.indicator for cell in table(form, name).cells]
        assert broken(form, name, values) == ()
        # counted again from the form's own edits, not by the generator's
        for edit in table(form, name).edits:
            if edit.rule.severity == "error":
                assert sum(values[key] for key in edit.left) == sum(values[key] for key in edit.right)
        seen.add(sum(value != 0 for value in values.values()))
    assert len(seen) > 5


def test_tables_come_small_and_large() -> None:
    totals = [
        made.truth["applications.received.total"].value or 0
        for made in reports(2, 200, forms=["2021"], damages=["none"])
    ]
    assert min(totals) == 0
    assert sum(total == 0 for total in totals) > 30
    assert max(totals) > 1000
    assert any(re.search(r"\d,\d{3}", text_of(made)) for made in reports(2, 200, damages=["none"]))


@pytest.mark.parametrize("damage", DAMAGES)
def test_every_damage_renders_in_every_layout_it_fits(damage: str) -> None:
    for layout in LAYOUTS:
        if (layout, damage) in PAIRS:
            for made in all_of(layout, damage):
                check(made)


def check(made: Case) -> None:
    """What the truth says about one case stands in its text."""
    text = text_of(made)
    names = {name for _, name in FORMS[made.form]}
    covered = {key.split(".")[0] for key in made.truth}
    assert covered | set(made.absent) == names
    assert not covered & set(made.absent)
    assert made.metadata["title"] in text
    unwrapped = text.replace("\n", "")
    for stated in made.statements:
        assert re.search(f"{stated.anchor}.{{0,4}}{stated.token}", unwrapped)
    for key, truth in made.truth.items():
        if truth.printed == "number":
            assert truth.token, key
            if truth.value is not None and not truth.note:
                assert holds(truth.token, truth.value), (key, truth)
        elif truth.printed in ("blank", "omitted"):
            assert not truth.token, key
    if not DAMAGES[made.damage].repeated:
        spread(made, text)


def holds(token: str, value: float) -> bool:
    """Whether a printed figure says this value, read without the library."""
    if token == "0/0" or token == "+(0) -(0)":
        return value == 0
    digits = re.search(r"\d[\d,]*(\.\d+)?", token)
    assert digits
    sign = -1 if token.startswith(("-", "减")) else 1
    return sign * float(digits.group().replace(",", "")) == value


def spread(made: Case, text: str) -> None:
    """Every printed figure stands in the text at least as often as the truth has it."""
    plain = Counter(re.findall(r"[\d,.]*\d", narrow(text)))
    tokens = [truth.token for truth in made.truth.values()]
    printed = Counter(token for token in tokens if re.fullmatch(r"[\d,.]*\d", token))
    assert all(plain[token] >= times for token, times in printed.items()), made.name


@pytest.mark.parametrize("damage", [name for name in DAMAGES if "wrong" not in name])
def test_sums_hold_unless_the_damage_says_otherwise(damage: str) -> None:
    for made in reports(4, 40, damages=[damage]):
        assert made.broken == ()
        values = {key: truth.value for key, truth in made.truth.items()}
        for form, name in FORMS[made.form]:
            for edit in table(form, name).edits if name not in made.absent else ():
                sides = [[values[key] for key in side] for side in (edit.left, edit.right)]
                if edit.rule.severity == "error" and None not in [*sides[0], *sides[1]]:
                    assert sum(sides[0]) == sum(sides[1])


@pytest.mark.parametrize("damage", ["wrong-digits", "wrong-and-dropped"])
def test_figures_published_wrong_are_true_as_published(damage: str) -> None:
    with_broken = 0
    for made in reports(4, 80, damages=[damage], forms=["2019", "2021"]):
        with_broken += bool(made.broken)
        wrong = [key for key, truth in made.truth.items() if truth.note.startswith("published wrong")]
        assert 1 <= len(wrong) <= 4
        for rule, where in made.broken:
            name = rule.split(".")[0]
            form = {each: form for form, each in FORMS[made.form]}[name]
            (edit,) = [
                edit for edit in table(form, name).edits if (edit.rule.id, edit.where) == (rule, where)
            ]
            left, right = (sum(made.truth[key].value for key in side) for side in (edit.left, edit.right))
            assert left != right
    assert with_broken > 70


def test_dropped_and_blank_cells_keep_their_true_value() -> None:
    (dropped,) = reports(9, 1, layouts=["blank-lines"], damages=["zeros-dropped-70"], forms=["2021"])
    gone = [truth for truth in dropped.truth.values() if truth.printed == "omitted"]
    assert gone
    assert all(truth.value == 0 for truth in gone)
    (blank,) = reports(9, 1, layouts=["pipe-rows"], damages=["total-column-blank"], forms=["2021"])
    totals = {key: truth for key, truth in blank.truth.items() if key.endswith(".total")}
    assert any(truth.printed == "blank" for truth in totals.values())
    assert None not in {truth.value for truth in totals.values()}
    (unseen,) = reports(9, 1, layouts=["spaces"], damages=["total-column-blank"], forms=["2021"])
    assert "blank" not in {truth.printed for truth in unseen.truth.values()}


@pytest.mark.parametrize("damage", ["repeats-dropped-mild", "repeats-dropped-all"])
def test_where_repeats_are_dropped_nothing_can_be_known(damage: str) -> None:
    for made in reports(6, 12, damages=[damage], forms=["2021"]):
        applications = [truth for key, truth in made.truth.items() if key.startswith("applications.")]
        assert {truth.value for truth in applications} == {None}
        lines = [line.strip() for line in text_of(made).split("\n") if line.strip()]
        if damage == "repeats-dropped-all":
            assert len(lines) == len(set(lines))


@pytest.mark.parametrize("damage", ["images", "headings-only"])
def test_without_tables_there_is_no_truth(damage: str) -> None:
    for made in reports(6, 12, damages=[damage]):
        assert made.truth == {}
        assert made.absent


def test_html_rows_are_as_wide_as_the_form() -> None:
    """Merged cells fill the grid without gap or overlap."""
    for layout in ("html", "html-nested", "html-gb18030"):
        for damage in ("none", "rows-swapped", "rows-lost", "label-missing", "extra-row"):
            for made in all_of(layout, damage):
                for grid in re.findall(r'<table border="1".*?</table>', text_of(made), re.S):
                    widths(grid)


def widths(grid: str) -> None:
    pending: dict[int, int] = {}
    first = None
    for index, row in enumerate(re.findall("<tr>(.*?)</tr>", grid, re.S)):
        width = sum(1 for until in pending.values() if until > index)
        for attributes in re.findall("<td([^>]*)>", row):
            spans = dict(re.findall(r'(\w+)="(\d+)"', attributes))
            across, down = int(spans.get("colspan", 1)), int(spans.get("rowspan", 1))
            width += across
            for _ in range(across if down > 1 else 0):
                pending[len(pending)] = index + down
        first = first or width
        assert width == first, row


def test_unknown_names_and_combinations_are_refused() -> None:
    with pytest.raises(KeyError, match="no such"):
        combinations(layouts=["papyrus"])
    with pytest.raises(ValueError, match="cannot happen"):
        case(1, "spaces", "blanks-5", "2021")


def test_gold_lines_are_valid() -> None:
    for made in reports(8, 50):
        parsed = parse_gold(json.dumps(gold(made, "a.txt"), ensure_ascii=False))
        assert parsed.broken == made.broken
        assert len(parsed.observations) == len(made.truth)


def test_the_command_writes_reports_and_gold(tmp_path) -> None:
    assert main(["--count", "5", "--seed", "3", "--out", str(tmp_path)]) == 0
    entries = list(read_gold(tmp_path / "gold.jsonl"))
    assert len(entries) == 5
    for made, entry in zip(reports(3, 5), entries, strict=True):
        assert (tmp_path / entry.path).read_bytes() == made.data()


def test_memory_stays_flat() -> None:
    for _ in reports(1, 300):
        pass
    tracemalloc.start()
    made = reports(1, 10_000)
    for _ in islice(made, 20):
        pass
    after, _ = tracemalloc.get_traced_memory()
    for _ in islice(made, 60):
        pass
    later, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert later - after < 1_000_000
