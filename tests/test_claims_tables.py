"""A table as a model reads it: tokens of the page in their row, or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace

import pytest

from structurer.claims.cells import merge
from structurer.claims.tables import CellClaim, TableClaim
from structurer.forms import load_forms
from structurer.observation import Extraction
from structurer.pipeline import structure
from structurer.read import read
from structurer.tables.cells import Token
from tests.serving import Asked, Said, Serving, loopback

pytestmark = loopback

EXAMPLES = Path(__file__).parents[1] / "examples"
Rows = Mapping[str, list[str]]


def tables(rows: Callable[[list[str], str], Rows]) -> Callable[[Asked], Said]:
    def answer(asked: Asked) -> Said:
        properties = asked.item()
        if "row" not in properties:
            return Said()
        said = rows(properties["row"]["enum"], asked.text)
        found = [{"row": name, "cells": cells} for name, cells in said.items()]
        return Said(json.dumps({"items": found}, ensure_ascii=False))

    return answer


def extract(text: str, tmp_path: Path, rows: Callable[[list[str], str], Rows], **given: object) -> Extraction:
    with Serving(answer=tables(rows)) as serving:
        return structure(
            text, settings=serving.settings(**{"ask": "all", "cache_dir": str(tmp_path), **given})
        )


DAMAGED = (EXAMPLES / "damaged-2021.txt").read_text(encoding="utf-8")
FLAT = (EXAMPLES / "flattened-2019.txt").read_text(encoding="utf-8")


def test_agreement_verifies_what_was_only_stated(tmp_path: Path) -> None:
    base = structure(FLAT)
    one = base["disclosure.regulations.newly_made"]
    assert one.status == "stated"
    cells = [
        str(base[f"disclosure.regulations.{c}"].value)
        for c in ("newly_made", "newly_disclosed", "total_disclosed")
    ]
    found = extract(FLAT, tmp_path, lambda names, _: {"规章": cells} if "规章" in names else {})
    now = found["disclosure.regulations.newly_made"]
    assert (now.value, now.status, now.methods) == (one.value, "verified", ("table", "model"))


@pytest.mark.parametrize(
    "cells",
    [["9", "9", "9"], ["0"], ["0", "0", "0", "0"], ["", "", ""], ["甲", "乙", "丙"], ["1e3", "0", "0"]],
)
def test_cells_that_are_not_on_the_page_say_nothing(tmp_path: Path, cells: list[str]) -> None:
    base = structure(FLAT)
    found = extract(
        FLAT, tmp_path, lambda names, _: {"规章": cells} if "规章" in names else {}, accept_model=True
    )
    assert [one for one in found.observations if one.indicator.startswith("disclosure.")] == [
        one for one in base.observations if one.indicator.startswith("disclosure.")
    ]
    assert any(one.rule == "disclosure.model_refused" for one in found.findings)


def test_an_open_cell_gets_the_models_token_and_waits(tmp_path: Path) -> None:
    base = structure(FLAT)
    assert base["disclosure.fees.change"].status == "ambiguous"
    (printed,) = {e.quote for e in base["disclosure.fees.change"].evidence} or {"0"}
    said = lambda names, _: {"行政事业性收费": [printed, ""]} if "行政事业性收费" in names else {}  # noqa: E731
    found = extract(FLAT, tmp_path, said)
    one = found["disclosure.fees.previous_items"]
    assert (str(one.value), one.status, one.accepted) == (printed, "stated", False)
    assert found["disclosure.fees.change"].status == "ambiguous"
    assert extract(FLAT, tmp_path, said, accept_model=True)["disclosure.fees.previous_items"].accepted


def test_sums_outweigh_a_word(tmp_path: Path) -> None:
    """A cell that sums have verified stays verified, whatever a model reads there."""
    base = structure(DAMAGED)

    def shifted(names: list[str], _: str) -> Rows:
        row = next((name for name in names if "新收" in name), None)
        if row is None:
            return {}
        keys = [one for one in base.observations if one.indicator.startswith("applications.received.")]
        return {row: [*(str(one.value) for one in keys[1:]), str(keys[0].value)]}

    found = extract(DAMAGED, tmp_path, shifted)
    for one in base.observations:
        if one.indicator.startswith("applications.received."):
            assert found[one.indicator].value == one.value
            assert found[one.indicator].accepted == one.accepted


UNLABELLED = """云溪市教育局2021年政府信息公开工作年度报告
一、总体情况
公开信息3条。
三、收到和处理政府信息公开申请情况
（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）申请人情况
自然人 法人或其他组织 总计
商业企业 科研机构 社会公益组织 法律服务机构 其他
甲行 11 12 13 14 15 16 81
乙行 21 22 23 24 25 26 141
"""


@pytest.mark.parametrize(
    ("second", "read"),
    [
        (["21", "22", "23", "24", "25", "26", "141"], True),
        (["21", "22", "23", "24", "25", "27", "141"], False),
        (["11", "12", "13", "14", "15", "16", "81"], False),
        (["21", "22", "23", "24", "25", "26"], False),
    ],
)
def test_a_table_without_labels_is_open_and_its_numbers_must_all_be_there(
    tmp_path: Path, second: list[str], read: bool
) -> None:
    assert structure(UNLABELLED).document.tables["applications"].state == "unreadable"

    def rows(names: list[str], _: str) -> Rows:
        return {names[0]: ["11", "12", "13", "14", "15", "16", "81"], names[1]: second}

    found = extract(UNLABELLED, tmp_path, rows, ask="open")
    assert ("applications.received.total" in found) == read
    if read:
        one = found["applications.received.total"]
        assert (one.value, one.status, one.accepted, one.methods) == (81, "stated", False, ("model",))
        assert one.evidence[0].quote == "81"
        assert found["applications.carried_in.natural_person"].value == 21
        assert not any(finding.severity == "error" for finding in found.findings)


def test_what_a_model_places_is_held_against_the_edits(tmp_path: Path) -> None:
    """A row that does not add up is disputed, even where the model is trusted; the one that does is not."""
    wrong = UNLABELLED.replace("15 16 81", "15 16 82")

    def rows(names: list[str], _: str) -> Rows:
        return {
            names[0]: ["11", "12", "13", "14", "15", "16", "82"],
            names[1]: ["21", "22", "23", "24", "25", "26", "141"],
        }

    found = extract(wrong, tmp_path, rows, ask="open", accept_model=True)
    received, carried = found["applications.received.total"], found["applications.carried_in.total"]
    assert (received.value, received.status, received.accepted) == (82, "disputed", False)
    assert (carried.value, carried.status, carried.accepted) == (141, "stated", True)
    assert any(rule.endswith("row_total") for rule in received.rules)
    assert not found["applications.received.natural_person"].accepted


def test_a_model_cannot_choose_what_the_text_does_not_leave(tmp_path: Path) -> None:
    base = structure(FLAT)
    cell = base["disclosure.fees.change"]
    assert cell.status == "ambiguous"
    assert cell.candidates
    (printed,) = {e.quote for e in cell.evidence} or {"0"}
    claim = TableClaim(
        table=SimpleNamespace(table="disclosure", rows=(1,), info=SimpleNamespace(form="2019")),  # type: ignore[arg-type]
        cells={
            cell.indicator: CellClaim(
                load_forms().cells[cell.indicator],
                Token(0, len(printed), "number", 987_654),
            )
        },
    )
    merged, said = merge([cell], claim, read(FLAT), load_forms(), True)
    assert merged == [cell]
    assert "987654" in said[0].message


def test_a_row_named_twice_is_left_out(tmp_path: Path) -> None:
    def answer(asked: Asked) -> Said:
        if "row" not in asked.item() or "规章" not in asked.item()["row"]["enum"]:
            return Said()
        twice = [{"row": "规章", "cells": ["0", "0", "0"]}, {"row": "规章", "cells": ["1", "0", "0"]}]
        return Said(json.dumps({"items": twice}))

    with Serving(answer=answer) as serving:
        found = structure(FLAT, settings=serving.settings(ask="all", cache_dir=str(tmp_path)))
    assert "model" not in found["disclosure.regulations.newly_made"].methods
