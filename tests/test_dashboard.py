"""The dashboard: its figures are those of the store, its text is inert, its page needs nothing and runs nothing."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from click.testing import CliRunner

from structurer.cli import cli
from structurer.dashboard import Overview, collect, dashboard, named
from structurer.dashboard.charts.coverage import MOST_AGENCIES, patterns
from structurer.dashboard.spread import Year, beyond, quantiles
from structurer.forms import load_forms
from structurer.observation import Extraction
from structurer.store import Pace, open_store
from tests.browser import Browser, chromium
from tests.desk_samples import TOTAL, calm, handle, report
from tests.samples import sample

pytest.importorskip("vl_convert")
HOSTILE = "</script><script>alert(1)</script>\"'&<img src=x onerror=alert(2)>\x1b[31m\u202e"


def told(agency: str, year: int, received: int = 17) -> Extraction:
    made = sample(f"{agency[:6]}{year}.txt", content=f"{agency}{year}".encode(), agency=agency)
    document = made.document.model_copy(update={"year": year})
    key = "applications.received.total"
    observations = tuple(
        one.model_copy(update={"value": received}) if one.indicator == key else one
        for one in made.observations
    )
    return made.model_copy(update={"document": document, "observations": observations})


def overview(*given: Extraction) -> Overview:
    with open_store("sqlite://") as store:
        for one in given:
            store.add(one)
        return collect(store, load_forms())


def many(agencies: int, years: Sequence[int] = (2019, 2020)) -> list[Extraction]:
    return [told(f"第{at}局", year, 10 + at) for at in range(agencies) for year in years]


class Seen(HTMLParser):
    """What a page is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    @property
    def links(self) -> list[str]:
        return [value for name, value in self.attributes if name in ("href", "src", "xlink:href")]


def drawn(found: Overview, links: Mapping[str, str] | None = None) -> str:
    return dashboard(found, load_forms(), links or {})


def test_figures_are_those_of_the_store() -> None:
    given = [told("甲局", 2019), told("甲局", 2021), told("乙局", 2020)]
    found = overview(*given)
    with open_store("sqlite://") as store:
        for one in given:
            store.add(one)
        counts = store.counts()
    assert (found.reports, found.years) == (3, [2019, 2020, 2021])
    assert sum(found.totals.values()) == sum(counts.observations.values())
    assert sum(one.accepted for years in found.coverage.values() for one in years.values()) == counts.accepted
    assert {name: sorted(years) for name, years in found.coverage.items()} == {
        "甲局": [2019, 2021],
        "乙局": [2020],
    }
    assert [one.open for one in found.work] == [3, 3, 3]


def test_a_decision_changes_what_is_open() -> None:
    with open_store("sqlite://") as store:
        extraction, content = report()
        store.add(extraction, fingerprint="one", content=content)
        desk = calm(store)
        before = collect(store, load_forms())
        desk.decide(handle(TOTAL), "accept", "li")
        after = collect(store, load_forms())
    assert after.work[0].open == before.work[0].open - 1
    assert after.totals["decided"] == 1


def test_a_report_without_agency_or_year_is_counted_apart() -> None:
    one = told("甲局", 2020)
    nameless = one.model_copy(
        update={"document": one.document.model_copy(update={"agency": None, "id": "0" * 64})}
    )
    found = overview(
        one, nameless.model_copy(update={"document": nameless.document.model_copy(update={"path": "n"})})
    )
    assert (found.reports, found.unplaced, list(found.coverage)) == (2, 1, ["甲局"])
    assert "1 reports do not say which agency or year they are of" in drawn(found)


def test_what_stands_out_is_named_and_linked() -> None:
    given = [*many(12), told("远方局", 2020, 90_000)]
    found = overview(*given)
    (spread,) = (one for one in found.spreads if one.indicator == "applications.received.total")
    (far,) = spread.outliers
    assert (far.place.agency, far.year, far.value) == ("远方局", 2020, 90_000)
    indicators = [one.indicator for one in given[-1].observations]
    assert indicators[far.position] == "applications.received.total"
    page = drawn(found, {far.place.id: "d-pages/x.html"})
    assert page.count(f'href="d-pages/x.html#v{far.position}"') == 3  # two drawings and the list
    assert far.place.id in named(found)


def test_copies_count_nowhere() -> None:
    one, content = report()
    other = one.model_copy(update={"document": one.document.model_copy(update={"path": "z", "id": "0" * 64})})
    with open_store("sqlite://") as store:
        store.add(one, content=content)
        alone = collect(store, load_forms())
        store.add(other)
        assert store.link_copies() == 1
        both = collect(store, load_forms())
    assert alone.broken
    assert (both.reports, both.broken, both.totals, both.work) == (
        alone.reports,
        alone.broken,
        alone.totals,
        alone.work,
    )


def test_hostile_names_are_text() -> None:
    found = overview(told(HOSTILE, 2020, 90_000), *many(12, (2020,)))
    page = drawn(found, {one: f"d/{one}.html" for one in named(found)})
    seen = Seen(page)
    assert "script" not in seen.tags
    assert "img" not in seen.tags
    assert not [name for name, _ in seen.attributes if name.startswith("on") or name == "style"]
    assert "</script><script>alert(1)" in "".join(seen.text)
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert all(re.fullmatch(r"d/[0-9a-f]{64}\.html(#v[0-9]+)?", link) for link in seen.links)


def test_the_page_is_the_same_twice_and_asks_for_nothing() -> None:
    found = overview(*many(6))
    page = drawn(found)
    assert page == drawn(found)
    assert not re.findall(r"(?:https?:)?//[a-z0-9.]+", page)
    assert "@import" not in page
    assert "url(" not in page
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]+'; base-uri 'none'; form-action 'none'",
        policy[1],
    )


def test_many_agencies_are_shown_by_their_years() -> None:
    few = overview(*many(3))
    assert "第1局 2019: 185 of" in drawn(few) or "第1局 2019:" in drawn(few)
    lots = overview(*many(MOST_AGENCIES, (2019,)), *many(MOST_AGENCIES, (2021,)), told("独局", 2020))
    assert patterns(lots, lots.years) == [((2019, 2021), MOST_AGENCIES), ((2020,), 1)]
    page = drawn(lots)
    assert f"{MOST_AGENCIES} agencies lack a report for 2020" in page
    assert "独局" not in page.partition("What the values are worth")[0]


def test_quantiles_and_what_is_beyond() -> None:
    year = quantiles(2020, [float(at) for at in range(1, 102)])
    assert year == Year(2020, 101, 6.0, 26.0, 51.0, 76.0, 96.0)
    assert beyond(101, year) <= 0
    assert beyond(5_000, year) > 0
    same = quantiles(2020, [10.0] * 9)
    assert beyond(15, same) <= 0 < beyond(60, same)
    assert beyond(10**6, quantiles(2020, [1.0] * 4)) == 0.0


def test_runs_are_shown_with_how_they_ended() -> None:
    with open_store("sqlite://") as store:
        for end in ("done", "stopped", ""):
            run = store.begin_run("local", HOSTILE, 2)
            ended = run.began_at + timedelta(seconds=50) if end else None
            pace = Pace().add(1, 100).add(30, 50).add(49, 1)
            done = {"imported": 151, "failed": 3, "calls": 12, "prompt_tokens": 900, "cost": 0.25}
            heard = run.began_at + timedelta(seconds=50)
            store.write(run=replace(run, end=end, ended_at=ended, seen_at=heard, pace=pace, **done))
        found = collect(store, load_forms())
    assert [(run.end, run.imported, run.rate) for run in found.runs] == [
        ("", 151, 3.02),
        ("stopped", 151, 3.02),
        ("done", 151, 3.02),
    ]
    page = drawn(found)
    text = "".join(Seen(page).text)
    assert "not ended" in text
    assert "last heard of" in text
    assert "stopped" in text
    assert "local, 2 workers, </script><script>alert(1)" in text
    assert "Reports a second in the run of" in text
    assert "script" not in Seen(page).tags


def test_an_empty_store_has_a_page() -> None:
    page = drawn(overview())
    assert "<b>0</b><span>reports</span>" in page


def test_the_command_writes_the_page_and_those_it_links_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith(("STRUCTURER_", "OPENAI_")):
            monkeypatch.delenv(name)
    extraction, content = report()
    with open_store("sqlite:///structurer.db") as store:
        store.add(extraction, fingerprint="one", content=content)
        for one in many(8):
            store.add(one)

    def run(*arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(cli, ["dashboard", *arguments], prog_name="structurer")
        assert result.exit_code == code, result.output
        return result.output

    told_of = json.loads(run("--html", "报表 1.html", "--json"))
    page = Seen((tmp_path / "报表 1.html").read_text(encoding="utf-8"))
    linked = {unquote(link.partition("#")[0]) for link in page.links}
    assert linked
    assert linked <= {f"报表 1-pages/{path.name}" for path in (tmp_path / "报表 1-pages").iterdir()}
    assert (told_of["reports"], told_of["pages"]) == (17, len(list((tmp_path / "报表 1-pages").iterdir())))
    kept = (tmp_path / "报表 1-pages" / f"{sha256(content).hexdigest()[:16]}.html").read_text(
        encoding="utf-8"
    )
    assert "行政事业性收费 | " in "".join(Seen(kept).text)  # the source, from the bytes the store keeps
    assert "17 reports written to y.html\n" in run("--html", "y.html", "--no-pages")
    assert not (tmp_path / "y-pages").exists()
    assert run("--html", "-").startswith("<!DOCTYPE html>")
    run("--html", "-", "--json", code=2)
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    assert "pip install 'structurer[dashboard]'" in run("--html", "z.html", code=1)
    assert not list(tmp_path.glob("z*"))


@pytest.mark.skipif(chromium() is None, reason="Chromium is not installed (apt-get install chromium)")
def test_in_a_browser_it_fits_any_window_and_loads_nothing(tmp_path: Path) -> None:
    found = overview(told(HOSTILE, 2020, 90_000), *many(12))
    (tmp_path / "d.html").write_text(drawn(found, dict.fromkeys(named(found), "p.html")), encoding="utf-8")
    (tmp_path / "p.html").write_text("<p id=v31>x")
    with Browser() as browser:
        for width in (1280, 390):
            for dark in (False, True):
                browser.dark(dark)
                browser.open(tmp_path / "d.html", width=width, height=900)
                assert browser.run("document.documentElement.scrollWidth") <= width
                shown = "[...document.querySelectorAll('figure')].filter(f => f.offsetHeight > 20).length"
                assert browser.run(shown) * 2 == browser.run("document.querySelectorAll('figure').length")
                ink = browser.run("getComputedStyle(document.querySelector('figure text')).fill")
                assert ink.startswith("rgb(")
        browser.resize(1280, 900)
        assert browser.run("document.querySelectorAll('figure.large a[href^=\"p.html#v\"]').length") > 0
        assert browser.run("document.title") == "25 reports"
        assert {url.partition("#")[0] for url in browser.requests} == {(tmp_path / "d.html").as_uri()}
        assert browser.messages == []
