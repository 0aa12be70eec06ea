"""The page parsed back: the source exact, every value once, document text inert, what is open on top."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import time
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from structurer.bulk import import_reports
from structurer.cli import cli
from structurer.document import CELL, ROW, Document
from structurer.forms import load_forms
from structurer.observation import Evidence, Extraction, Finding, Observation
from structurer.page import original, page, reread
from structurer.page.lines import lines
from structurer.page.marks import marks
from structurer.page.safe import attribute, safe
from structurer.pipeline import structure
from structurer.read import read_bytes, read_text
from structurer.store import open_store
from tests.samples import sample

EXAMPLES = Path(__file__).parent.parent / "examples"
DAMAGED = EXAMPLES / "damaged-2021.txt"
#: Everything a page may consist of; whatever else turns up came from a document.
TAGS = """
html head meta title style body header main aside section div h1 h2 h3 p span a b i q code ul li dl dt dd
table thead tbody tr th td button details summary script
"""
ATTRIBUTES = """
lang charset http-equiv content name class id href role scope colspan hidden tabindex type title translate
aria-hidden aria-labelledby aria-live aria-expanded data-at data-c data-d data-n data-o data-sheet data-step
data-to data-v
"""
HOSTILE = (
    '</title></style></script><script>hit()</script><img src=x onerror="hit()">"\'>'
    '<a href="javascript:hit()">&lt;b&gt;'
    "\x00\x07\x1b[31m\x7f\x85\u202e12\u202c\u2066\u200b\u2028\ufeff\ud800\U000e0041 {{7*7}} <!-- -->]]>"
)


class Page(HTMLParser):
    """What a page consists of, as a browser would take it apart."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.references: list[str] = []
        self.ids: list[str] = []
        self.texts: dict[str, str] = {}
        """Text by the attribute `data-at` of the line or cell it stands in."""
        self.marked: dict[int, str] = {}
        """Text of the marks of each observation."""
        self._texts: list[str] = []
        self._owners: list[int] = []
        self._boxed: str | None = None
        self._at: str | None = None
        self._raw = ""
        self.raw: dict[str, str] = {}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        self.attributes |= set(given)
        self.references += [given[name] or "" for name in ("href", "src", "action") if name in given]
        if given.get("id"):
            self.ids.append(given["id"] or "")
        if tag in ("style", "script"):
            assert tag not in self.raw, f"a second {tag}"
            self._raw, self.raw[tag] = tag, ""
        if "data-at" in given:
            self._at = given["data-at"]
            self.texts[self._at or ""] = ""
        elif tag in ("div", "th", "td", "table"):
            self._at = None
        if "data-o" in given:
            self._owners = [int(owner) for owner in (given["data-o"] or "").split()]
        if "data-c" in given:
            self._boxed = chr(int(given["data-c"] or "", 16))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("div", "td"):
            self._at = None
        if tag == "a":
            self._owners = []
        if tag == "i":
            self._boxed = None
        self._raw = ""

    def handle_data(self, data: str) -> None:
        if self._raw:
            self.raw[self._raw] += data
            return
        text = self._boxed if self._boxed is not None else data
        self._texts.append(text)
        if self._at is not None:
            self.texts[self._at] += text
        for owner in self._owners:
            self.marked[owner] = self.marked.get(owner, "") + text

    @property
    def plain(self) -> str:
        """All text of the page."""
        return "".join(self._texts)

    def source(self) -> dict[int, str]:
        """The text of every line and cell, by its offset."""
        return {int(at): text for at, text in self.texts.items()}


def made(extraction: Extraction, document: Document | str) -> tuple[str, Page]:
    text = page(extraction, load_forms(), document)
    return text, Page(text)


def of(path: Path) -> tuple[Extraction, Document]:
    extraction = structure(path)
    document = reread(extraction, path=path, limit=10**8)
    assert isinstance(document, Document)
    return extraction, document


def holds(document: Document, shown: Page) -> None:
    """The shown text is the document's, at its offsets; only line ends and cell marks are left out."""
    at = 0
    for start, text in sorted(shown.source().items()):
        assert document.text[start : start + len(text)] == text
        assert set(document.text[at:start]) <= set(f"\r\n{CELL}{ROW}")
        at = max(at, start + len(text))
    assert set(document.text[at:]) <= set(f"\r\n{CELL}{ROW}")


@pytest.mark.parametrize("name", ["damaged-2021.txt", "flattened-2019.txt", "prose-2016.txt"])
def test_source_and_values(name: str) -> None:
    extraction, document = of(EXAMPLES / name)
    _, shown = made(extraction, document)
    holds(document, shown)
    for number, found in enumerate(extraction.observations):
        quotes = {(one.start, one.end): one.quote for one in found.evidence}
        assert shown.marked.get(number, "") == "".join(quote for _, quote in sorted(quotes.items()))
        assert shown.ids.count(f"v{number}") == 1
    assert len(shown.ids) == len(set(shown.ids))
    assert {link[1:] for link in shown.references} <= set(shown.ids)


def test_page_of_markup_shows_what_is_visible() -> None:
    text = DAMAGED.read_text(encoding="utf-8")
    rows = "".join(
        f"<tr>{''.join(f'<td>{cell}&nbsp;</td>' for cell in line.strip('|').split('|'))}</tr>\n"
        if line.count("|") > 5
        else f"</table><p>{line}</p><table>"
        for line in text.splitlines()
    )
    content = f"<html><script>hit()</script><body>{rows}</body></html>".encode()
    document, extraction = read_bytes(content, "a.html"), structure(content, path="a.html")
    assert extraction["applications.received.total"].value == 36
    _, shown = made(extraction, document)
    holds(document, shown)
    assert "hit" not in shown.plain
    found = original(extraction, document)
    assert not found.lost
    for number, observation in enumerate(extraction.observations):
        assert (number in found.places) == bool(observation.evidence)
        for place in found.places.get(number, ()):
            span = document.to_source(*place)
            assert (span.start, span.end) in {(one.start, one.end) for one in observation.evidence}


def test_nothing_from_outside() -> None:
    text, shown = made(*of(DAMAGED))
    assert all(reference.startswith("#") for reference in shown.references)
    assert "//" not in re.sub(r"^\s*//.*$", "", text, flags=re.M)
    assert not re.search(r"@import|url\(|@font-face|fetch|XMLHttpRequest|innerHTML|eval\(", text)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy
    for kind in ("style", "script"):
        digest = b64encode(sha256(shown.raw[kind].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy[1]
    assert policy[1].startswith("default-src 'none'; ")


def test_same_input_same_page() -> None:
    assert made(*of(DAMAGED))[0] == made(*of(DAMAGED))[0]


def hostile() -> tuple[Extraction, Document]:
    """A report in which everything a document can decide about is hostile."""
    document = read_text(f"{HOSTILE}\n正文 12 件\n{HOSTILE}", "x")
    quote = Evidence(start=0, end=40, quote=document.source[:40])
    extraction = sample(HOSTILE, agency=HOSTILE)
    twisted = tuple(
        found.model_copy(
            update={
                "label": f"{HOSTILE}/{found.label}/{HOSTILE}",
                "unit": HOSTILE,
                "scope": HOSTILE,
                "as_of": HOSTILE,
                "rules": (HOSTILE,),
                "assumes": (HOSTILE,),
                "methods": (HOSTILE,),
                "candidates": (HOSTILE, HOSTILE),
                "value": HOSTILE if index % 3 == 0 else found.value,
                "evidence": (quote,),
                "status": ("unsupported", "disputed", "ambiguous", "stated")[index % 4],
                "accepted": index % 4 == 3,
                "period": "to_date",
            }
        )
        for index, found in enumerate(extraction.observations)
    )
    findings = tuple(
        found.model_copy(update={"message": HOSTILE, "rule": HOSTILE}) for found in extraction.findings
    )
    sections = tuple(found.model_copy(update={"title": HOSTILE}) for found in extraction.sections)
    about = extraction.document.model_copy(update={"id": document.id, "title": HOSTILE, "published": HOSTILE})
    return (
        extraction.model_copy(
            update={"observations": twisted, "findings": findings, "sections": sections, "document": about}
        ),
        document,
    )


def test_hostile_text_is_shown_and_does_nothing() -> None:
    extraction, document = hostile()
    text, shown = made(extraction, document)
    assert shown.tags <= set(TAGS.split())
    assert shown.attributes <= set(ATTRIBUTES.split())
    assert all(reference.startswith("#") for reference in shown.references)
    assert len(re.findall("<script", text)) == 1
    holds(document, shown)
    assert "<script>hit()</script>" in shown.plain
    outside = text.replace(shown.raw["script"], "").replace(shown.raw["style"], "")
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", outside
    )
    text.encode("utf-8")


def test_hostile_reason_for_a_missing_source() -> None:
    _, shown = made(hostile()[0], HOSTILE)
    assert shown.tags <= set(TAGS.split())
    assert not shown.marked


@given(st.text())
def test_safe_gives_the_text_back(text: str) -> None:
    shown = Page(f'<div data-at="0">{safe(text)}</div>')
    # A parser of HTML takes \r\n for \n; the page never holds a \r, because it ends a line.
    assert shown.source()[0] == text
    assert shown.tags <= {"div", "i"}
    assert '"' not in attribute(text)
    assert attribute(text).encode().decode().isprintable()


@given(st.text(alphabet=st.sampled_from(f"a0 \r\n{CELL}{ROW}\x00<&")))
@settings(max_examples=200)
def test_lines_leave_nothing_out(text: str) -> None:
    found = lines(text)
    at = 0
    for number, line in enumerate(found, 1):
        assert line.number == number
        for start, end in line.cells:
            assert at <= start <= end
            assert set(text[at:start]) <= set(f"\r\n{CELL}{ROW}")
            at = end
    assert set(text[at:]) <= set(f"\r\n{CELL}{ROW}")
    if CELL not in text:
        assert [text[line.start : line.end] for line in found] == re.split("\r\n|\n|\r", text)[: len(found)]


@given(
    st.dictionaries(
        st.integers(0, 9),
        st.lists(
            st.tuples(st.integers(0, 30), st.integers(1, 9)).map(lambda p: (p[0], p[0] + p[1])), max_size=3
        ),
        max_size=6,
    )
)
def test_marks_cover_places_and_nothing_else(places: dict[int, list[tuple[int, int]]]) -> None:
    found = marks(places)
    assert all(one.end <= two.start for one, two in itertools.pairwise(found))
    for at in range(45):
        owners = {number for number, known in places.items() for start, end in known if start <= at < end}
        assert {owner for one in found if one.start <= at < one.end for owner in one.owners} == owners


def test_what_needs_a_person_comes_first() -> None:
    extraction, document = hostile()
    text, _ = made(extraction, document)
    statuses = re.findall(r'<li class="item (\w+)"', text)
    order = ["unsupported", "disputed", "ambiguous"]
    assert statuses == sorted(statuses, key=order.index)
    assert set(statuses) == set(order)
    assert text.index('<li class="item') < text.index('<section class="table"')


def test_failed_rule_shows_both_sums() -> None:
    extraction, document = of(DAMAGED)
    text, _ = made(extraction, document)
    rules = re.findall(r'<li class="rule error">.*?</div></li>', text, flags=re.S)
    assert len(rules) == sum(one.severity == "error" for one in extraction.findings) == 2
    flow = next(rule for rule in rules if "applications.flow" in rule)
    assert re.findall(r'class="total">([0-9]+)<', flow) == ["38", "39"]
    assert [int(one) for one in re.findall(r'class="n d">([0-9]+)<', flow)] == [36, 2, 37, 2]


def test_column_with_a_slash_keeps_its_name() -> None:
    extraction = sample()
    alike = tuple(
        found.model_copy(update={"candidates": ()}) if found.status == "ambiguous" else found
        for found in extraction.observations
    )
    text, _ = made(extraction.model_copy(update={"observations": alike}), "gone")
    items = re.findall(r'<li class="item ambiguous".*?</li>\n', text)
    assert len(items) == 1
    assert re.findall(r'class="n d">([^<]*)<', items[0]) == ["上一年项目数量", "本年增/减"]
    assert '<span class="what d" lang="zh">二/行政事业性收费</span>' in items[0]


def test_contradiction_shows_every_statement() -> None:
    extraction = sample()
    key = "narrative.disclosed_items.count"
    (one,) = (found for found in extraction.observations if found.indicator == key)
    said = tuple(one.model_copy(update={"value": value, "status": "disputed"}) for value in (120, 95))
    found = Finding(rule="narrative.contradiction", severity="warning", message="two", indicators=(key,))
    extraction = extraction.model_copy(update={"observations": said, "findings": (found,)})
    text, _ = made(extraction, "gone")
    rule = re.findall(r'<li class="rule warning">.*?</ul></li>', text, flags=re.S)
    assert re.findall(r'class="n d">([0-9]+)<', rule[0]) == ["120", "95"]


def test_table_open_as_a_whole_is_one_line() -> None:
    extraction = sample()
    open_cells = tuple(
        found.model_copy(
            update={"value": None, "status": "ambiguous", "accepted": False, "candidates": (), "evidence": ()}
        )
        if found.indicator.startswith("applications.")
        else found
        for found in extraction.observations
    )
    text, shown = made(extraction.model_copy(update={"observations": open_cells}), "gone")
    assert "161 values in 23 rows: the text does not settle it" in text
    assert "t-applications" in shown.ids


def test_quote_that_stands_elsewhere_is_not_marked() -> None:
    extraction, document = of(DAMAGED)
    first = extraction.observations[0]
    moved = first.model_copy(
        update={
            "evidence": (first.evidence[0].model_copy(update={"start": 1, "end": 4}), *first.evidence[1:])
        }
    )
    moved_away = extraction.model_copy(update={"observations": (moved, *extraction.observations[1:])})
    assert original(moved_away, document).lost == 1
    text, _ = made(moved_away, document)
    assert "1 quote could not be found" in text


def test_evidence_names_the_page_of_the_paper() -> None:
    extraction, document = of(DAMAGED)
    first = extraction.observations[0]
    place = first.evidence[0].model_copy(update={"page": 3, "confidence": 0.97})
    seen = first.model_copy(update={"evidence": (place,)})
    text, _ = made(
        extraction.model_copy(update={"observations": (seen, *extraction.observations[1:])}), document
    )
    assert f"page 3, characters {place.start}–{place.end}, recognised with 97%" in text


def test_observation_no_table_shows_is_still_shown() -> None:
    extraction, document = of(DAMAGED)
    stray = Observation(indicator="x.y.z", label="某表/某行/某列", value=5, status="stated", accepted=True)
    more = extraction.model_copy(update={"observations": (*extraction.observations, stray)})
    text, shown = made(more, document)
    assert f"v{len(extraction.observations)}" in shown.ids
    assert "Other values" in text


def test_only_the_same_bytes_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    shutil.copy(DAMAGED, path)
    extraction = structure(path)
    assert isinstance(reread(extraction, limit=10**8), Document)
    path.write_bytes(path.read_bytes() + b"\n")
    assert reread(extraction, limit=10**8) == "the file has other bytes now than those that were extracted"
    path.unlink()
    assert (
        reread(extraction, limit=10**8)
        == "the file could not be read again: no such file; check its name and folder"
    )
    text, shown = made(extraction, "the file is gone")
    assert "The source is not shown: the file is gone" in text
    assert not shown.marked
    assert not shown.texts


def test_time_grows_with_the_text() -> None:
    extraction, _ = of(DAMAGED)

    def seconds(times: int) -> float:
        document = read_text("<b>&\u202e0 某某\n" * times, "x")
        begun = time.perf_counter()
        page(extraction, load_forms(), document)
        return time.perf_counter() - begun

    seconds(1000)
    assert seconds(80_000) < 4 * max(seconds(40_000), 0.05)


# --- the command ---


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    shutil.copy(DAMAGED, "report.txt")
    return Path("report.txt")


def show(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(cli, ["show", *arguments], prog_name="structurer")
    assert result.exit_code == code, result.output
    return result


def test_show_writes_a_page(report: Path) -> None:
    said = show(str(report), "--html", "page.html")
    assert said.stdout == ""
    assert said.stderr == "page written to page.html\n"
    holds(of(report)[1], Page(Path("page.html").read_text(encoding="utf-8")))
    assert show(str(report), "--html", "-").stdout_bytes == Path("page.html").read_bytes()
    told = json.loads(show(str(report), "--html", "page.html", "--json").stdout)
    assert told["source"] is True


def test_show_does_not_overwrite_the_report(report: Path) -> None:
    assert "the report itself" in show(str(report), "--html", "./report.txt", code=2).output
    assert report.read_bytes() == DAMAGED.read_bytes()


def test_show_says_where_it_cannot_write(report: Path) -> None:
    assert (
        "nowhere/page.html: No such file" in show(str(report), "--html", "nowhere/page.html", code=1).stderr
    )


def test_page_of_a_stored_document(report: Path) -> None:
    with open_store("sqlite:///structurer.db") as store:
        import_reports(["report.txt"], store)
    identity = sha256(report.read_bytes()).hexdigest()
    show(identity[:8], "--html", "page.html")
    whole = Path("page.html").read_text(encoding="utf-8")
    assert 'data-at="0"' in whole
    report.write_text("另一份", encoding="utf-8")
    said = show(identity[:8], "--html", "page.html")
    assert "note: the page is without the source; the file has other bytes now" in said.stderr
    without = Path("page.html").read_text(encoding="utf-8")
    assert "The source is not shown" in without
    assert 'data-at="0"' not in without
    report.unlink()
    assert (
        "could not be read again: no such file; check its name and folder"
        in show(identity[:8], "--html", "page.html").stderr
    )
