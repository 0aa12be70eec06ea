"""Laws of the pure functions, on anything hypothesis thinks of and on reports damaged on purpose."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks import fuzz, mutants
from benchmarks.corpus import reports
from benchmarks.invariants import violations
from structurer.confront import confront
from structurer.document import CELL, ROW
from structurer.errors import ReadError
from structurer.export import COLUMNS, export, json_line
from structurer.fold import fold, squeeze
from structurer.forms import load_forms
from structurer.ground import normal
from structurer.model.answers import TableItem, rows_of_table, statements
from structurer.model.parse import parse
from structurer.observation import (
    DocumentInfo,
    Evidence,
    Extraction,
    Finding,
    Observation,
    SectionInfo,
    TableInfo,
    Usage,
)
from structurer.pipeline import extract
from structurer.read import read
from structurer.read.encoding import decode
from structurer.reconcile import asked
from structurer.review.events import Event, Seen, parse_event, parse_lines, to_line
from structurer.review.fold import redoable, standing, undoable
from structurer.review.rulebook import rulebook
from structurer.review.values import read_value
from structurer.store import Store, open_store
from structurer.tables.cells import Bar, Token, atoms, mask

FORMS = load_forms()
QUICK = settings(max_examples=150, deadline=None)
SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
SCRAPS = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *"|/-—()（）[]0123456789０１２３٣增减无、。，,. \n\t\u200b\u3000",
                *(
                    "12件",
                    "1,234",
                    "增10",
                    "-35",
                    "0/0",
                    "+(1) -(2)",
                    "万元",
                    "(一)",
                    "其中：",
                    "总计",
                    "|---|---|",
                ),
                *("规章", "第二十条第(一)项", "- 4 -", "1.", "予以公开", CELL, ROW, "12.5", "?", "捕获2.PNG"),
            ]
        ),
        st.text(max_size=3),
    ),
    max_size=40,
).map("".join)


# --- the same once as twice


@QUICK
@given(st.one_of(TEXT, SCRAPS))
def test_normalising_twice_is_once(text: str) -> None:
    once: list[Callable[[str], str]] = [fold, squeeze, normal, mask]
    for law in once:
        assert law(law(text)) == law(text), law.__name__
    assert len(mask(fold(text))) == len(text)


# --- the cell stream


@QUICK
@given(SCRAPS)
def test_the_cell_stream_stands_in_the_text_in_order(scraps: str) -> None:
    text = mask(fold(scraps))
    at = 0
    for atom in atoms(text, 0, len(text), re.compile("总计|规章")):
        assert at <= atom.start < len(text) or isinstance(atom, Bar)
        if isinstance(atom, Bar):
            assert text[atom.start] in f"|{CELL}{ROW}"
            continue
        assert at <= atom.start < atom.end <= len(text)
        at = atom.end
        if isinstance(atom, Token) and atom.kind == "number":
            digits = re.sub(r"[^0-9.]", "", text[atom.start : atom.end])
            assert atom.value is not None
            assert re.search(r"[0-9]", text[atom.start : atom.end])
            if "/" not in text[atom.start : atom.end] and "(" not in text[atom.start : atom.end]:
                assert abs(atom.value) == pytest.approx(float(digits.rstrip(".")), rel=1e-12)


@QUICK
@given(SCRAPS, SCRAPS)
def test_a_line_of_cells_is_read_as_it_is_alone(one: str, other: str) -> None:
    left, right = (mask(fold(text)).replace("\n", " ") for text in (one, other))
    ends = re.compile("总计")
    whole = atoms(f"{left}\n\n{right}", 0, len(left) + 2 + len(right), ends)
    parts = [*atoms(left, 0, len(left), ends), *atoms(right, 0, len(right), ends)]
    assert [type(atom) for atom in whole] == [type(atom) for atom in parts]
    assert [getattr(atom, "value", None) for atom in whole] == [
        getattr(atom, "value", None) for atom in parts
    ]


# --- encodings


@QUICK
@given(
    st.lists(
        st.sampled_from(["主动公开政府信息", "收到申请12件。", "行政复议0件，", "\n", "总计 | 0 |"]),
        min_size=12,
    ),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le"]),
)
def test_what_was_encoded_is_decoded(pieces: list[str], encoding: str) -> None:
    text = "政府信息公开工作年度报告" + "".join(pieces)
    found = decode(text.encode(encoding))
    assert found is not None
    assert found.text.lstrip("\ufeff") == text


# --- reports damaged on purpose


def undamaged(damage: str, seed: int) -> Any:
    return next(reports(seed, 1, damages=[damage], layouts=["pipe-rows", "cell-lines", "spaces", "html"]))


@SLOW
@given(
    st.integers(0, 10**6),
    st.sampled_from(
        ["none", "zeros-dropped-10", "zeros-dropped-35", "zeros-dropped-70", "list-cells-dropped"]
    ),
)
def test_damage_then_repair_then_confront_passes(seed: int, damage: str) -> None:
    """What was omitted and filled in again fulfils every edit; so does the truth in place of what stays open."""
    made = undamaged(damage, seed)
    if made.broken:
        return
    found = extract(read(made.data(), path=f"a{made.suffix}"), FORMS)
    tables = [
        table for table in asked(found, FORMS) if table.id in {key.partition(".")[0] for key in made.truth}
    ]
    assert not [check for check in confront(found.observations, tables) if check.outcome == "fail"]
    whole = [
        one.model_copy(update={"value": made.truth[one.indicator].value})
        if one.indicator in made.truth and one.value is None
        else one
        for one in found.observations
    ]
    assert not [check for check in confront(whole, tables) if check.outcome == "fail"]


@SLOW
@given(st.integers(0, 10**6))
def test_confronting_does_not_depend_on_the_order(seed: int) -> None:
    made = next(reports(seed, 1))
    try:
        found = extract(read(made.data(), path=f"a{made.suffix}"), FORMS)
    except ReadError:
        return
    tables = asked(found, FORMS)
    shuffled = list({one.indicator: one for one in found.observations if one.period == "year"}.values())
    before = confront(shuffled, tables)
    Random(seed).shuffle(shuffled)
    assert confront(shuffled, tables) == before


@SLOW
@given(st.integers(0, 10**6))
def test_what_must_hold_of_every_extraction(seed: int) -> None:
    """Quotes stand where they are said to, accepted values are printed there, accepted sums hold."""
    name, content = mutants.mutant(0, seed)
    try:
        document = read(content[:60_000], path=name)
        found = extract(document, FORMS)
    except ReadError:
        return
    assert list(violations(found, document, FORMS)) == []


def test_an_extraction_that_is_wrong_is_noticed() -> None:
    """The checks of the mutants fail when there is something to find."""
    made = next(reports(1, 1, damages=["none"], layouts=["pipe-rows"], forms=["2019"]))
    document = read(made.data(), path="a.txt")
    found = extract(document, FORMS)
    at = next(n for n, one in enumerate(found.observations) if one.indicator == "applications.received.total")
    one = found.observations[at]
    span = one.evidence[0]
    total = next(
        n for n, one in enumerate(found.observations) if one.indicator == "applications.handled_total.total"
    )

    def changed(index: int, **given: Any) -> set[str]:
        observations = list(found.observations)
        observations[index] = observations[index].model_copy(update=given)
        wrong = found.model_copy(update={"observations": tuple(observations)})
        return {said.partition(":")[0] for said in violations(wrong, document, FORMS)}

    assert list(violations(found, document, FORMS)) == []
    moved = Evidence(start=span.start + 1, end=span.end + 1, quote=span.quote)
    assert "quote" in changed(at, evidence=(moved,))
    assert "printed" in changed(at, value=987654)
    assert "status" in changed(at, status="disputed")
    assert "status" in changed(at, evidence=())
    assert "sums" in changed(total, value=987654)


# --- out and in again

SPANS = st.builds(
    lambda start, quote: Evidence(start=start, end=start + len(quote), quote=quote),
    st.integers(0, 10**6),
    TEXT,
)
VALUES = st.one_of(
    st.none(), st.integers(-(10**15), 10**15), st.floats(-1e12, 1e12, allow_subnormal=False), TEXT
)
OBSERVATIONS = st.builds(
    Observation,
    indicator=st.one_of(st.sampled_from(sorted(FORMS.cells)), TEXT),
    label=TEXT,
    value=VALUES,
    unit=TEXT,
    qualifier=st.sampled_from(["exact", "over", "about"]),
    period=st.sampled_from(["year", "to_date"]),
    as_of=st.one_of(st.none(), TEXT),
    scope=st.one_of(st.none(), TEXT),
    printed=st.sampled_from(["number", "blank", "omitted"]),
    status=st.sampled_from(["verified", "stated", "disputed", "ambiguous"]),
    accepted=st.booleans(),
    methods=st.tuples(TEXT),
    evidence=st.lists(SPANS, max_size=2).map(tuple),
    rules=st.lists(TEXT, max_size=2).map(tuple),
    assumes=st.lists(TEXT, max_size=2).map(tuple),
    candidates=st.lists(VALUES, max_size=2).map(tuple),
)
EXTRACTIONS = st.builds(
    Extraction,
    document=st.builds(
        DocumentInfo,
        path=TEXT.filter(bool),
        id=st.text("0123456789abcdef", min_size=64, max_size=64),
        agency=st.one_of(st.none(), TEXT),
        year=st.one_of(st.none(), st.integers(1990, 2100)),
        title=st.one_of(st.none(), TEXT),
        tables=st.dictionaries(
            st.sampled_from(sorted(FORMS.tables)), st.just(TableInfo(form="2019", state="read")), max_size=2
        ),
    ),
    observations=st.lists(OBSERVATIONS, max_size=4).map(tuple),
    findings=st.lists(
        st.builds(Finding, rule=TEXT, severity=st.just("error"), message=TEXT, indicators=st.tuples(TEXT)),
        max_size=2,
    ).map(tuple),
    sections=st.lists(
        st.builds(
            SectionInfo, title=TEXT, start=st.integers(0, 9), end=st.integers(9, 99), state=st.just("read")
        ),
        max_size=2,
    ).map(tuple),
    usage=st.builds(Usage, calls=st.integers(0, 9), cost=st.one_of(st.none(), st.floats(0, 9))),
)
OUT_AND_IN = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@OUT_AND_IN
@given(EXTRACTIONS)
def test_a_line_read_again_is_the_same_extraction(made: Extraction) -> None:
    line = json_line(made)
    assert "\n" not in line
    assert Extraction.model_validate_json(line) == made
    assert json_line(Extraction.model_validate(json.loads(line))) == line


@pytest.fixture(scope="module")
def store() -> Any:
    with open_store("sqlite://") as opened:
        yield opened


@OUT_AND_IN
@given(made=EXTRACTIONS)
def test_what_goes_into_the_store_comes_out(store: Store, made: Extraction) -> None:
    # A path is one document's at a time, and a document keeps the first of its paths: so each has one.
    about = made.document.model_copy(update={"path": f"reports/{made.document.id}.txt"})
    made = made.model_copy(update={"document": about})
    store.add(made, fingerprint="one")
    assert store.get(about.id, reviewed=False) == made
    count = store.counts().documents
    store.add(made, fingerprint="two")
    assert store.get(about.id, reviewed=False) == made
    assert store.counts().documents == count


@OUT_AND_IN
@given(made=EXTRACTIONS)
def test_a_spreadsheet_gets_every_value_and_no_formula(
    made: Extraction, tmp_path_factory: pytest.TempPathFactory
) -> None:
    out = tmp_path_factory.getbasetemp() / "laws.csv"
    export([made], out, format="csv", status="all", bom=False)
    with open(out, encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(io.StringIO(stream.read(), newline=""))
    assert tuple(header) == COLUMNS
    assert len(rows) == len(made.observations)
    for one, row in zip(made.observations, rows, strict=True):
        cells = dict(zip(COLUMNS, row, strict=True))
        for name, cell in cells.items():
            number = name == "value" and isinstance(one.value, int | float)
            assert number or not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
        if isinstance(one.value, int | float):
            assert float(cells["value"]) == one.value
        label = one.label.replace("\0", "\ufffd")
        assert cells["label"].removeprefix("'") == label.removeprefix("'")


# --- decisions

NOW = datetime(2026, 3, 1, tzinfo=timezone.utc)
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["accept", "correct", "reject", "unknown", "later", "flag", "undo", "redo"]),
        st.sampled_from(["li", "wang"]),
        st.one_of(st.none(), st.integers(0, 99)),
        st.sampled_from(["a" * 64, "b" * 64]),
        TEXT.map(lambda text: text[:50]),
    ),
    max_size=12,
)


def acts(drawn: list[Any]) -> list[Event]:
    """Events as a desk would make them: undo and redo name what they take back or restore."""
    made: list[Event] = []
    for number, (kind, by, value, seen, reason) in enumerate(drawn):
        given: dict[str, Any] = {
            "value": value if kind == "correct" else None,
            "seen_sha": seen,
            "reason": reason,
        }
        own = [event for event in reversed(made) if event.by == by]
        if kind == "undo":
            act = undoable(own)
            given = {"undoes": act.id if act else ""}
        elif kind == "redo":
            given = {"undoes": redoable(own) or ""}
        if given.get("undoes") == "":
            continue
        made.append(
            Event(
                id=f"{number:08d}", at=NOW + timedelta(seconds=number), by=by, kind=kind, item="item",
                seen=Seen(value=7), **given,
            )
        )  # fmt: skip
    return made


@QUICK
@given(EVENTS, st.randoms(use_true_random=False))
def test_decisions_mean_the_same_in_whatever_order_they_arrive(drawn: list[Any], random: Random) -> None:
    made = acts(drawn)
    shuffled = list(made)
    random.shuffle(shuffled)
    for seen in ("a" * 64, "b" * 64):
        assert standing(shuffled, seen) == standing(made, seen)


@QUICK
@given(EVENTS)
def test_undo_gives_back_what_stood_and_redo_what_was_undone(drawn: list[Any]) -> None:
    made = acts(drawn)
    own = [event for event in reversed(made) if event.by == "li"]
    act = undoable(own)
    if act is None:
        return

    def turned(kind: Any, number: int, undoes: str) -> Event:
        moment = NOW + timedelta(hours=number)
        return Event(id=f"turned-{number}", at=moment, by="li", kind=kind, item="item", undoes=undoes)

    undone = [*made, turned("undo", 1, act.id)]
    assert redoable(reversed([event for event in undone if event.by == "li"])) == act.id
    again = [*undone, turned("redo", 2, act.id)]
    for seen in ("a" * 64, "b" * 64):
        assert standing(again, seen) == standing(made, seen)
        assert act not in standing(undone, seen).votes


@QUICK
@given(EVENTS)
def test_a_decision_read_again_is_the_same(drawn: list[Any]) -> None:
    for event in acts(drawn):
        ((where, entry),) = parse_lines([to_line(event)], "decisions")
        assert parse_event(entry, where) == event


@QUICK
@given(st.integers(0, 10**12), st.booleans())
def test_a_typed_number_is_that_number(number: int, wide: bool) -> None:
    typed = f"{number:,}"
    if wide:
        typed = typed.translate(str.maketrans("0123456789,", "０１２３４５６７８９，"))
    assert read_value(typed, "applications.received.total", rulebook()) == number


# --- what a model may say

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["items", "quote", "indicator", "number", "row", "cells", "unit"]),
            inner,
            max_size=7,
        ),
    ),
    max_leaves=12,
)


@QUICK
@given(
    st.one_of(
        st.text(), JSON.map(json.dumps), JSON.map(lambda value: f"好的：```json\n{json.dumps(value)}\n```")
    )
)
def test_any_answer_is_parsed_or_refused(text: str) -> None:
    for kind in (statements(("received",)), rows_of_table(("received",), "total")):
        found = parse(text, kind)
        assert found.readable or not (found.items or found.bad)
        for item in found.items:
            assert not isinstance(item, TableItem) or all(isinstance(cell, str) for cell in item.cells)


def test_the_mutants_of_one_seed_are_always_the_same() -> None:
    assert [mutants.mutant(0, n) for n in range(5)] == [mutants.mutant(0, n) for n in range(5)]
    assert len({content for _, content in (mutants.mutant(0, n) for n in range(40))}) > 35


def test_a_run_of_mutants_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    found = mutants._chunk((0, 0, 20, str(tmp_path)))
    told = mutants.rendered(found, 0, 1.0)
    assert sum(found.outcomes.values()) == 20
    assert "20 mutated reports of seed 0" in told
    assert "the slowest, in seconds" in told
    found.broken.append((3, "quote: is not there"))
    found.times.append((mutants.LIMIT + 1, 1000, 4))
    assert [line.partition(":")[0] for line in mutants.failures(found)] == ["mutant 3", "mutant 4"]
    square = {2**n: [1e-9 * 4**n] * mutants._FEWEST for n in range(13, 19)}
    assert mutants.exponent(square) == pytest.approx(2)


@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris is not installed")
@pytest.mark.parametrize("target", sorted(fuzz.TARGETS))
def test_guided_fuzzing_finds_nothing_at_once(target: str, tmp_path: Path) -> None:
    """A short run from one seed; `python -m benchmarks.fuzz all --seconds 600` looks longer."""
    command = [sys.executable, "-m", "benchmarks.fuzz", target, "--runs", "60", "--seed", "1"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    ran = re.search(r"Done ([0-9]+) runs|number_of_executed_units: *([0-9]+)", done.stderr)
    assert ran is not None
    assert int(ran[1] or ran[2]) >= 60
