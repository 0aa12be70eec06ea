"""The documentation as a site: built without a warning, whole, and asking for nothing outside itself."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import quote

import click
import pytest

import structurer
from structurer.cli import cli
from structurer.forms import load_forms
from structurer.settings import Settings
from tests.browser import Browser, chromium

ROOT = Path(__file__).parents[1]
_LOADED = re.compile(r"<(?:link|script|img|iframe|source|object)\b[^>]*\b(?:src|href|data)=\"([^\"]*)\"")
_FOUND = "[...document.querySelectorAll('ul.search a')].map(a => a.href)"
_STYLED = re.compile(r"(?:@import\s+|url\()[\"']?([^\"')]+)")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    built = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-E", "--keep-going", "docs", str(built)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return built


def text(site: Path, page: str) -> str:
    return unescape(re.sub("<[^>]+>", "", (site / page).read_text(encoding="utf-8")))


def test_every_page_is_reached_from_the_first(site: Path) -> None:
    written = {path.relative_to(ROOT / "docs").with_suffix(".html") for path in (ROOT / "docs").rglob("*.md")}
    reached, waiting = set(), [Path("index.html")]
    while waiting:
        page = waiting.pop()
        if page in reached or not (site / page).is_file():
            continue
        reached.add(page)
        links = re.findall(r'<a\b[^>]*href="([^"#:]+\.html)', (site / page).read_text(encoding="utf-8"))
        waiting += [(site / page.parent / link).resolve().relative_to(site.resolve()) for link in links]
    assert written <= reached


def test_nothing_is_asked_for_outside(site: Path) -> None:
    asked = []
    for path in (path for path in site.rglob("*") if path.suffix in (".html", ".css")):
        found = _LOADED if path.suffix == ".html" else _STYLED
        asked += [
            (path.name, one)
            for one in found.findall(path.read_text(encoding="utf-8"))
            if re.match(r"(?:[a-z]+:)?//", one)
        ]
    assert not asked


def _paths(command: click.Command, name: str) -> Iterator[str]:
    yield name
    if isinstance(command, click.Group):
        for inner, one in command.commands.items():
            yield from _paths(one, f"{name} {inner}")


def test_the_reference_holds_all_there_is(site: Path) -> None:
    commands, python = text(site, "reference/commands.html"), text(site, "reference/python.html")
    assert not [one for one in _paths(cli, "structurer") if f"Usage: {one} " not in commands]
    for name in structurer.__all__:
        assert name.startswith("__") or f"structurer.{name}" in python
    indicators = text(site, "reference/forms.html")
    assert not [key for key in load_forms().cells if key not in indicators]
    settings = text(site, "reference/settings.html")
    assert not [name for name in Settings.model_fields if name not in settings]


def test_chinese_pages_say_so_and_break_lines_without_blanks(site: Path) -> None:
    page = (site / "zh" / "tutorial.html").read_text(encoding="utf-8")
    assert 'lang="zh-CN"' in page
    prose = re.sub(r"<pre.*?</pre>", "", page, flags=re.DOTALL)
    assert not re.findall("[\u4e00-\u9fff，。；：]\n[\u4e00-\u9fff]", prose)


@pytest.mark.skipif(chromium() is None, reason="no Chromium here (Debian: apt install chromium)")
def test_a_browser_searches_the_folder_in_both_languages(site: Path) -> None:
    with Browser() as browser:
        for query, page in (("复核", "zh/tutorial.html"), ("settled", "ideas/settled.html")):
            browser.open(site / "search.html")
            browser.call("Page.navigate", url=f"{(site / 'search.html').as_uri()}?q={quote(query)}")
            deadline = time.monotonic() + 30
            while not any(page in link for link in browser.run(_FOUND)):
                assert time.monotonic() < deadline, f"{query} is not found"
                time.sleep(0.1)
        assert not [url for url in browser.requests if not url.startswith(("file:", "data:", "about:"))]
        assert not browser.messages
