"""The same report from several sites is one report; everything else stays apart."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.corpus import reports
from structurer.bulk import import_reports
from structurer.cli import cli
from structurer.forms import load_forms
from structurer.observation import Extraction, Observation
from structurer.pipeline import draft
from structurer.read import read
from structurer.sameness import CELLS, Candidate, alike, copies, sentence_mark
from structurer.store import Store, open_store
from tests.samples import sample

PROSE = (
    "本局全年主动公开政府信息三百余条，其中门户网站公开占大部分。",
    "依申请公开方面，全年共收到申请若干件，均已按期答复申请人。",
    "加强平台建设，对门户网站的栏目作了调整，方便群众查找信息。",
    "存在的问题主要是公开的内容还不够深，解读的形式还比较单一。",
    "下一步将继续推进政务公开工作，提高公开的质量和时效。",
    "本年度没有因信息公开引起的行政复议和行政诉讼案件。",
    "组织业务培训，提高了工作人员的能力和水平。",
)
BODY = "云溪市水务局2016年政府信息公开工作年度报告\n一、概述\n" + "\n".join(PROSE)


def mark(text: str) -> bytes:
    return sentence_mark(draft(read(text.encode(), path="x.txt"), load_forms()))


def test_furniture_and_line_breaks_do_not_tell_copies_apart() -> None:
    other = (
        "首页 > 信息公开 > 年度报告\n"
        + BODY.replace("。", "。\n\n").replace("，其中", "，\n其中")
        + "\n打印 关闭"
    )
    assert alike(mark(BODY), mark(other)) >= 0.8
    assert alike(mark(BODY), mark(BODY)) == 1
    assert (
        alike(
            mark(BODY), mark("云溪市水务局2016年政府信息公开工作年度报告\n一、概述\n全年工作很忙，没有时间。")
        )
        < 0.3
    )
    assert alike(b"", b"") == 0


def candidate(
    number: int, *, figures: dict[str, int] | None = None, decided: bool = False, mark: bytes = b""
) -> Candidate:
    return Candidate(number, f"{number}.txt", decided, dict(figures or {}), mark)


ENOUGH = {f"f{number}": number for number in range(CELLS)}


def test_equal_figures_make_a_copy_and_one_that_differs_does_not() -> None:
    both = candidate(1, figures=ENOUGH), candidate(2, figures=ENOUGH | {"more": 1})
    assert [(one.number, one.of) for one in copies(both)] == [(1, 2)]
    assert copies([both[0], candidate(2, figures=ENOUGH | {"f3": 99})]) == []
    few = dict(list(ENOUGH.items())[:-1])
    assert copies([candidate(1, figures=few), candidate(2, figures=few)]) == []


def test_equal_sentences_make_a_copy_unless_a_figure_differs() -> None:
    said = mark(BODY)
    assert len(copies([candidate(1, mark=said), candidate(2, mark=said)])) == 1
    assert (
        copies([candidate(1, mark=said, figures={"a": 1}), candidate(2, mark=said, figures={"a": 2})]) == []
    )


def test_what_people_decided_on_stands_for_the_others() -> None:
    richer = candidate(1, figures=ENOUGH | {"more": 1})
    assert copies([richer, candidate(2, figures=ENOUGH, decided=True)])[0].of == 2


@given(st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_the_order_they_come_in_does_not_matter(rng: random.Random) -> None:
    every = [
        candidate(number, figures=ENOUGH | {"x": number % 3} if number % 2 else ENOUGH) for number in range(7)
    ]
    shuffled = every[:]
    rng.shuffle(shuffled)
    assert sorted(copies(shuffled), key=lambda one: one.number) == sorted(
        copies(every), key=lambda one: one.number
    )


# --- in the store


def add(store: Store, path: str, change: Callable[[Extraction], Extraction] = lambda one: one) -> None:
    store.add(change(sample(path, content=path.encode())))


def valued(value: int) -> Callable[[Extraction], Extraction]:
    def change(found: Extraction) -> Extraction:
        def one(observation: Observation) -> Observation:
            if observation.indicator != "applications.received.natural_person":
                return observation
            return observation.model_copy(update={"value": value})

        return found.model_copy(update={"observations": tuple(map(one, found.observations))})

    return change


def about(**fields: object) -> Callable[[Extraction], Extraction]:
    return lambda found: found.model_copy(update={"document": found.document.model_copy(update=fields)})


@pytest.fixture
def store():
    with open_store("sqlite://") as store:
        yield store


def test_copies_are_linked_and_left_out_of_exports(store: Store) -> None:
    for path in ("b/mirror.txt", "a/report.txt", "c/mirror.txt"):
        add(store, path)
    add(store, "d/corrected.txt", valued(18))
    add(store, "e/other-year.txt", about(year=2021))
    add(store, "f/no-agency.txt", about(agency=None))
    add(store, "g/no-agency.txt", about(agency=None))
    assert store.link_copies() == 2
    assert store.link_copies() == 0
    assert [(one.path, one.of_path) for one in store.copies()] == [
        ("b/mirror.txt", "a/report.txt"),
        ("c/mirror.txt", "a/report.txt"),
    ]
    counted = [one.document.path for one in store.extractions()]
    assert counted == [
        "a/report.txt", "d/corrected.txt", "e/other-year.txt", "f/no-agency.txt", "g/no-agency.txt"
    ]  # fmt: skip
    assert len(list(store.extractions(copies=True))) == 7
    assert store.counts().copies == 2
    assert [one.path for one in store.copies("c/mirror.txt")] == ["b/mirror.txt", "c/mirror.txt"]


def test_links_follow_what_changes(store: Store) -> None:
    add(store, "b.txt")
    add(store, "a.txt")
    store.link_copies()
    assert [one.path for one in store.copies()] == ["b.txt"]
    # The one that stood for it has other bytes now.
    store.add(sample("a.txt", content=b"new", agency="云溪市水务局"))
    store.link_copies()
    assert store.copies() == []
    add(store, "c.txt")
    assert store.link_copies() == 1
    assert [(one.path, one.of_path) for one in store.copies()] == [("c.txt", "b.txt")]
    # It is read again, and says something else.
    add(store, "c.txt", valued(99))
    store.link_copies()
    assert store.copies() == []


def test_a_mirrors_page_is_found_by_an_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = next(iter(reports(0, 1, forms=["2021"], layouts=["cell-lines"], damages=["none"]))).data().decode()
    Path("a.txt").write_text(text)
    Path("b.txt").write_text("首页\n信息公开\n" + text + "\n分享到\n打印本页\n关闭窗口\n")
    with open_store("sqlite:///structurer.db") as store:
        summary = import_reports(["b.txt", "a.txt"], store)
    assert (summary.imported, summary.copies) == (2, 1)

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(cli, arguments)
        assert result.exit_code == 0, result.output
        return result.output

    assert "b.txt  is the same report as  a.txt  (same agency, year and " in run("copies")
    assert "the same report as a.txt, which counts" in run("show", "b.txt")
    assert "also at b.txt" in run("show", "a.txt")
    run("export", "--format", "jsonl", "--out", "x.jsonl")
    assert len(Path("x.jsonl").read_text().splitlines()) == 1
