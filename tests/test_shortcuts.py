"""The short ways through a table give what the long ways give, over every layout and damage there is."""

from __future__ import annotations

import pytest

from benchmarks.corpus import reports
from structurer import pipeline
from structurer.document import Document
from structurer.errors import ReadError
from structurer.forms import load_forms
from structurer.read import read
from structurer.tables import TableReading, alike, place, read_tables, reading, rows

FORMS = load_forms()
MADE = 200


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    """Reports of all layouts and damages in turn, and as many whole ones, which take the short ways."""
    made = [*reports(5, MADE), *reports(6, MADE // 3, damages=("none",))]
    found = []
    for case in made:
        try:
            found.append(read(case.data()))
        except ReadError:
            continue
    assert len(found) > MADE
    return found


@pytest.fixture(scope="module")
def shortly(documents: list[Document]) -> list[list[TableReading]]:
    """What is read when every short way is open and all layouts have been met."""
    for document in documents:
        read_tables(document, FORMS)
    return [read_tables(document, FORMS) for document in documents]


def test_whole_tables_are_as_the_search_settles_them(documents, shortly, monkeypatch):
    taken = count(monkeypatch, reading, "confirmed")
    again(documents, shortly)
    assert taken
    monkeypatch.setattr(reading, "complete", lambda table, rows: [])
    del taken[:]
    again(documents, shortly)
    assert not taken


def test_tables_in_place_are_as_the_search_places_them(documents, shortly, monkeypatch):
    monkeypatch.setattr(reading, "recall", lambda cut, words: None)
    monkeypatch.setattr(place, "_in_place", lambda lines, by_row, chosen: None)
    again(documents, shortly)


def test_tables_alike_are_as_each_is_placed(documents, shortly, monkeypatch):
    known = sum(alike.recall(*one) is not None for one in calls(monkeypatch, documents))
    assert known > len(documents) // 4
    monkeypatch.setattr(reading, "recall", lambda cut, words: None)
    again(documents, shortly)


def test_lines_of_one_label_are_as_the_long_way_makes_them(documents, shortly, monkeypatch):
    monkeypatch.setattr(reading, "recall", lambda cut, words: None)
    monkeypatch.setattr(rows, "_is_whole", lambda match, text: False)
    again(documents, shortly)


def again(documents: list[Document], shortly: list[list[TableReading]]) -> None:
    for document, expected in zip(documents, shortly, strict=True):
        assert read_tables(document, FORMS) == expected


def count(monkeypatch, module, name):
    """The calls of a function from now on, as a list that grows."""
    plain, seen = getattr(module, name), []

    def counted(*args):
        seen.append(args)
        return plain(*args)

    monkeypatch.setattr(module, name, counted)
    return seen


def calls(monkeypatch, documents):
    seen = count(monkeypatch, reading, "recall")
    for document in documents:
        read_tables(document, FORMS)
    return seen


def test_what_is_made_without_validation_is_valid(documents):
    for document in documents[:: len(documents) // 40]:
        try:
            extraction = pipeline.extract(document, FORMS)
        except ReadError:
            continue
        for value in (*extraction.observations, *extraction.sections):
            again = type(value).model_validate(dict(value), strict=True)
            assert again == value
            assert list(dict(again)) == list(dict(value))
