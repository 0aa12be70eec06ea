"""The page in a real browser: what clicks, keys, narrow windows, dark screens and printers make of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from structurer.document import Document
from structurer.forms import load_forms
from structurer.observation import Extraction
from structurer.page import page
from tests.browser import Browser, chromium
from tests.test_page import DAMAGED, hostile, of

pytestmark = pytest.mark.skipif(chromium() is None, reason="no Chromium here (Debian: apt install chromium)")
_STATUSES = ("verified", "stated", "inferred", "disputed", "ambiguous", "unsupported")
#: Whether an element is wholly inside the window, below nothing, as a person would see it.
_SEEN = """(e => { const r = e.getClientRects()[0];
  if (!r || r.bottom > innerHeight || r.top < 0) return false;
  const at = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
  return e === at || e.contains(at); })"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as started:
        yield started


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Extraction, Document]:
    extraction, document = of(DAMAGED)
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(page(extraction, load_forms(), document), encoding="utf-8")
    return path, extraction, document


def number(extraction: Extraction, indicator: str) -> int:
    return extraction.observations.index(extraction[indicator])


def lit(browser: Browser) -> list[str]:
    """The text of the marks that are lit."""
    return list(browser.run("[...document.querySelectorAll('.m.on')].map(e => e.textContent)"))


def chosen(browser: Browser) -> int | None:
    """The value that is lit; there is never more than one."""
    found = browser.run("[...document.querySelectorAll('[data-v].on')].map(e => +e.dataset.v)")
    assert len(found) <= 1
    return found[0] if found else None


def seen(browser: Browser, selector: str) -> bool:
    return bool(browser.run(f"{_SEEN}(document.querySelector('{selector}'))"))


def test_a_value_lights_its_place_and_back(
    browser: Browser, report: tuple[Path, Extraction, Document]
) -> None:
    path, extraction, document = report
    browser.open(path)
    total = number(extraction, "applications.handled_total.total")
    browser.click(f"#v{total}")
    assert chosen(browser) == total
    assert lit(browser) == ["37"]
    assert seen(browser, ".m.on")
    start = browser.run("+document.querySelector('.m.on').closest('.l').dataset.at")
    line = document.source[start:].split("\n")[0]
    assert line.startswith("（七）总计")
    detail = browser.run("document.querySelector('.detail:not([hidden])').innerText")
    assert "37 件" in detail
    assert "disputed" in detail
    assert "36 would fit" in detail
    first = number(extraction, "metadata.title")
    browser.click(f'.m[data-o~="{first}"]')
    assert seen(browser, "[data-v].on")
    assert total != chosen(browser)


def test_a_place_that_prints_several_values_gives_them_in_turn(
    browser: Browser, report: tuple[Path, Extraction, Document]
) -> None:
    browser.open(report[0])
    owners = browser.run("document.querySelector('.m[data-o*=\" \"]').dataset.o").split(" ")
    for owner in [*owners, owners[0]]:
        browser.click('.m[data-o*=" "]')
        assert chosen(browser) == int(owner)


def test_a_value_that_is_not_printed_lights_its_row(
    browser: Browser, report: tuple[Path, Extraction, Document]
) -> None:
    path, extraction, _ = report
    inferred = next(
        index
        for index, one in enumerate(extraction.observations)
        if one.status == "inferred" and not one.evidence
    )
    browser.open(path)
    browser.click(f"#v{inferred}")
    assert chosen(browser) == inferred
    assert lit(browser) == []
    text = browser.run("document.querySelector('.detail:not([hidden])').innerText")
    assert "No place in the text prints it" in text


def test_what_needs_a_look_is_reached_from_the_top(
    browser: Browser, report: tuple[Path, Extraction, Document]
) -> None:
    path, extraction, _ = report
    browser.open(path)
    opened = [index for index, one in enumerate(extraction.observations) if not one.accepted]
    passed = []
    for _ in range(len(opened) + 1):
        browser.click('[data-step="1"]')
        assert seen(browser, "[data-v].on")
        passed.append(chosen(browser))
    assert sorted(passed[:-1], key=str) == sorted(opened, key=str)
    assert passed[-1] == passed[0]
    browser.click(".sums [data-to]")
    assert seen(browser, "[data-v].on")


def focus(browser: Browser) -> Any:
    return browser.run("document.activeElement.id || document.activeElement.className")


def test_keys_alone_are_enough(browser: Browser, report: tuple[Path, Extraction, Document]) -> None:
    path, extraction, _ = report
    browser.open(path)
    stops = browser.run(
        "[...document.querySelectorAll('[data-v], [data-o]')].filter(e => e.tabIndex === 0).length"
    )
    assert stops == 2
    total = number(extraction, "applications.received.total")
    browser.run(f"document.getElementById('v{total}').focus()")
    browser.press("Enter")
    assert chosen(browser) == total
    assert "36" in lit(browser)
    browser.press("ArrowDown")
    assert chosen(browser) == number(extraction, "applications.carried_in.total")
    browser.press("ArrowLeft")
    left = number(extraction, "applications.carried_in.other_organization")
    assert chosen(browser) == left
    assert focus(browser) == f"v{left}"
    browser.press("Enter")
    assert re.fullmatch("s[0-9]+", focus(browser))
    browser.press("Enter")
    assert focus(browser) == f"v{left}"
    browser.press("Escape")
    assert chosen(browser) is None
    assert browser.run("document.querySelectorAll('.detail:not([hidden])').length") == 0


def test_every_value_is_reached_by_arrows(
    browser: Browser, report: tuple[Path, Extraction, Document]
) -> None:
    path, extraction, _ = report
    browser.open(path)
    browser.run("document.querySelector('[data-v]').focus()")
    reached = {int(browser.run("document.activeElement.dataset.v"))}
    for _ in extraction.observations:
        browser.press("ArrowRight")
        reached.add(int(browser.run("document.activeElement.dataset.v")))
    assert reached == set(range(len(extraction.observations)))


def test_links_work_without_scripts(browser: Browser, report: tuple[Path, Extraction, Document]) -> None:
    path, extraction, _ = report
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(path)
        total = number(extraction, "applications.received.total")
        browser.click(f"#v{total}")
        assert browser.run("document.querySelector(':target').textContent") == "36"
        assert seen(browser, ":target")
        browser.click(":target")
        assert browser.run("document.querySelector(':target').id") == f"v{total}"
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)


@pytest.mark.parametrize("width", [320, 390, 768])
def test_narrow_windows(browser: Browser, report: tuple[Path, Extraction, Document], width: int) -> None:
    path, extraction, _ = report
    browser.open(path, width=width, height=844)
    assert browser.run("document.documentElement.scrollWidth") <= width
    cut = """[...document.querySelectorAll('.values .v, .values th, .values p, .values li')].filter(
        e => e.getClientRects().length && e.getBoundingClientRect().right > innerWidth + 1).length"""
    assert browser.run(cut) == 0
    total = number(extraction, "applications.handled_total.total")
    browser.click(f"#v{total}")
    assert seen(browser, f"#v{total}")
    assert seen(browser, ".m.on")
    small = (
        "[...document.querySelectorAll('.t .v')].filter(e => e.getBoundingClientRect().height < 24).length"
    )
    assert browser.run(small) == 0
    browser.press("Escape")
    assert browser.run("document.documentElement.dataset.sheet") == "closed"
    assert not seen(browser, ".l")


def luminance(color: str) -> float:
    parts = [float(part) / 255 for part in re.findall(r"[0-9.]+", color)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, two: str) -> float:
    dark, light = sorted((luminance(one), luminance(two)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("dark", [False, True])
def test_light_and_dark_can_be_read(
    browser: Browser, report: tuple[Path, Extraction, Document], dark: bool
) -> None:
    browser.dark(dark)
    browser.open(report[0])
    colors = """(s => { const e = document.querySelector(s), c = getComputedStyle(e); let p = e, b;
      do { b = getComputedStyle(p).backgroundColor; p = p.parentElement; } while (b === 'rgba(0, 0, 0, 0)');
      return [c.color, b]; })"""
    places = [*(f".signs .st.{status}" for status in _STATUSES), "h1", ".l", ".ln", ".state", ".quiet th"]
    worst = {place: round(contrast(*browser.run(f"{colors}('{place}')")), 1) for place in places}
    assert all(value >= 4.5 for value in worst.values()), worst
    browser.click(".t .v.verified")
    assert contrast(*browser.run(f"{colors}('.v.on')")) >= 4.5
    assert (luminance(browser.run(f"{colors}('h1')")[1]) < 0.5) == dark
    browser.dark(False)


def test_status_shows_without_colour(browser: Browser, report: tuple[Path, Extraction, Document]) -> None:
    browser.open(report[0])
    shapes = [
        browser.run(
            "(e => { const c = getComputedStyle(e); return [e.textContent.split(' ')[0], c.borderTopStyle,"
            " c.borderTopWidth, c.textDecorationLine].join(); })"
            f"(document.querySelector('.signs .{status}'))"
        )
        for status in _STATUSES
    ]
    assert len(set(shapes)) == len(_STATUSES)


def test_print(browser: Browser, report: tuple[Path, Extraction, Document]) -> None:
    browser.open(report[0])
    browser.click(".t .v.verified")
    data = browser.pdf()
    assert data.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page[^s]", data)) >= 3
    browser.call("Emulation.setEmulatedMedia", media="print")
    shown = "(s => { const r = document.querySelector(s).getBoundingClientRect(); return r.height > 0; })"
    assert browser.run(f"{shown}('.l')")
    assert browser.run(f"{shown}('.t')")
    assert not browser.run(f"{shown}('.detail:not([hidden])')")
    assert not browser.run(f"{shown}('button')")
    assert browser.run("getComputedStyle(document.querySelector('.pane.values')).overflowY") == "visible"
    browser.call("Emulation.setEmulatedMedia", media="")


def test_hostile_text_stays_text(browser: Browser, tmp_path: Path) -> None:
    extraction, document = hostile()
    path = tmp_path / "hostile.html"
    path.write_text(page(extraction, load_forms(), document), encoding="utf-8")
    browser.requests.clear()
    browser.messages.clear()
    browser.open(path)
    browser.click(".v")
    assert browser.run("document.scripts.length") == 1
    assert browser.run("document.images.length") == 0
    assert "hit()" in browser.run("document.querySelector('.l').textContent")
    assert browser.requests == [path.as_uri()]
    assert browser.messages == []
    for width in (390, 1280):
        browser.resize(width, 800)
        assert browser.run("document.documentElement.scrollWidth") <= width


def test_text_keeps_its_order(browser: Browser, tmp_path: Path) -> None:
    """Right-to-left letters and marks must not make 12 件 look like 21."""
    extraction, _ = of(DAMAGED)
    from structurer.read import read_text

    document = read_text("收到 \u05d0\u05d1 12 \u05d2 34 件 \u202e56\u202c 件\n办结 78 件", "x")
    path = tmp_path / "order.html"
    path.write_text(page(extraction, load_forms(), document), encoding="utf-8")
    browser.open(path)
    lefts = browser.run(
        """(() => { const range = document.createRange(), found = []; let node;
        const walk = document.createTreeWalker(document.querySelector('.l'), NodeFilter.SHOW_TEXT);
        while ((node = walk.nextNode())) for (let i = 0; i < node.length; i++) {
          range.setStart(node, i);
          range.setEnd(node, i + 1);
          found.push(range.getBoundingClientRect().left); }
        return found; })()"""
    )
    assert lefts == sorted(lefts)
    assert len(lefts) > 25


def test_nothing_is_asked_of_the_network(browser: Browser, report: tuple[Path, Extraction, Document]) -> None:
    browser.requests.clear()
    browser.messages.clear()
    browser.open(report[0])
    browser.click(".v")
    browser.pdf()
    assert browser.requests == [report[0].as_uri()]
    assert browser.messages == []
