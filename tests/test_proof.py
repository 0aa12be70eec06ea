"""The accuracy page says what was measured, and its measures count what they say."""

from __future__ import annotations

import json

from benchmarks.proof.__main__ import DATA, PAGE
from benchmarks.proof.measures import corpus
from benchmarks.proof.page import page


def test_the_page_says_what_the_data_say() -> None:
    assert PAGE.read_text() == page(json.loads(DATA.read_text()))


def test_nothing_on_the_page_was_accepted_and_false() -> None:
    found = json.loads(DATA.read_text())
    for kind, rows in found["corpus"]["by"].items():
        for row in rows:
            cells = [row[name]["false"] for name in ("zero", "nonzero", "unknowable", "statements")]
            assert not any(cells) or row["name"] in found["corpus"]["harsh"], (kind, row["name"])
    assert found["model"]["added"] == 0


def test_parts_that_were_not_measured_are_left_out() -> None:
    assert "## Formats" not in page({})


def test_what_is_measured_counts_every_report_once() -> None:
    found = corpus(seed=5, per=1, limit=30)
    assert sum(row["documents"] for row in found["by"]["form"]) == 30
    assert sum(row["documents"] for row in found["by"]["damage"]) == 30
    cells = sum(row["zero"]["knowable"] + row["nonzero"]["knowable"] for row in found["by"]["damage"])
    assert cells > 30 * 20
