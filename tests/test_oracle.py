"""The oracle tells what is true, and lies as often and in the ways it says."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from benchmarks.endpoints.exchange import Call
from benchmarks.endpoints.oracle import LIES, Teller, bent_digits, printed
from benchmarks.sources import Source, generated, real
from structurer.forms import load_forms
from structurer.model.answers import fields, row_names, rows_of_table, statements
from structurer.model.strict import strict_schema

SOURCES = [*real(), *generated(6, seed=3)]


def asked(text: str, answer: Any) -> Call:
    wanted = {"type": "json_schema", "json_schema": {"name": "a", "schema": strict_schema(answer)}}
    body = {"model": "m", "messages": [{"role": "user", "content": text}], "response_format": wanted}
    return Call(0, "/v1/chat/completions", {}, json.dumps(body).encode(), seen=0, open_now=1)


def told(teller: Teller, text: str, answer: Any) -> list[dict[str, Any]]:
    call = asked(text, answer)
    content = json.loads(json.loads(teller(call).body)["choices"][0]["message"]["content"])
    jsonschema.validate(content, strict_schema(answer))
    return list(content["items"])


EVERYTHING = statements(tuple(row_names(load_forms()).values()))


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name[:20])
def test_an_oracle_tells_every_statement_with_its_words(source: Source) -> None:
    teller = Teller(source.truth)
    items = told(teller, source.text, EVERYTHING)
    assert (
        len(items)
        == len(source.truth.facts)
        == sum(bool(stated.anchor) for stated in source.gold.statements or ())
    )
    assert all(printed(item["quote"], source.text) for item in items)
    assert not any(item["wrong"] for item in teller.told)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name[:20])
@pytest.mark.parametrize("kind", LIES)
def test_a_liar_of_one_kind_lies_in_that_way(source: Source, kind: str) -> None:
    teller = Teller(source.truth, 1.0, kinds=[kind])
    true = {tuple(sorted(item.items())) for item in told(Teller(source.truth), source.text, EVERYTHING)}
    items = told(teller, source.text, EVERYTHING)
    assert {item["wrong"] for item in teller.told} <= {kind, ""}
    for item, marked in zip(items, teller.told, strict=True):
        assert (tuple(sorted(item.items())) in true) == (not marked["wrong"]) or kind in (
            "borrowed",
            "renamed",
        )
    if kind == "silent":
        assert not items


def test_the_rate_is_kept() -> None:
    (source,) = generated(1, seed=5, damages=["none"])
    kinds = [kind for kind in LIES if kind != "silent"]
    wrong = of = 0
    for seed in range(300):
        teller = Teller(source.truth, 0.3, kinds=kinds, seed=seed)
        told(teller, source.text, EVERYTHING)
        wrong += sum(bool(item["wrong"]) for item in teller.told)
        of += len(teller.told)
    assert 0.25 < wrong / of < 0.35


def test_the_same_question_gets_the_same_answer() -> None:
    source = SOURCES[-1]
    one, other = (told(Teller(source.truth, 0.5), source.text, EVERYTHING) for _ in range(2))
    assert one == other


def test_rows_are_told_as_printed() -> None:
    (source,) = generated(1, seed=5, damages=["none"], forms=["2021"], layouts=["pipe-rows"])
    table = load_forms().tables["disputes"]["2021"]
    answer = rows_of_table(tuple(row.label for block in table.blocks for row in block.rows), "")
    (row, *_) = told(Teller(source.truth), source.text, answer)
    assert row["cells"] == [str(source.gold.observations[cell.indicator].value) for cell in table.cells[:5]]
    liar = Teller(source.truth, 1.0)
    told(liar, source.text, answer)
    assert all(item["wrong"] for item in liar.told)


def test_names_are_told() -> None:
    source = SOURCES[-1]
    items = told(Teller(source.truth), source.text, fields(("机构全称", "报告年度")))
    assert {item["value"] for item in items} == {
        source.gold.metadata["agency"],
        str(source.gold.metadata["year"]),
    }


@pytest.mark.parametrize("text", ["17件", "公开11条", "1,113", "32.25万元"])
def test_bent_digits_are_other_digits(text: str) -> None:
    from random import Random

    for seed in range(30):
        bent = bent_digits(text, Random(seed))
        assert bent != text
        assert len(bent) == len(text)
    assert bent_digits("无", Random(0)) == "无"
