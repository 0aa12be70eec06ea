"""What a model is asked about one report: what patterns and sums left open, or everything once more."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from structurer.chunks import Chunk, Piece, chunks, halves, states_something
from structurer.document import Section
from structurer.draft import Draft
from structurer.forms import Forms
from structurer.model.answers import (
    FIELDS,
    Answer,
    Problems,
    fields,
    row_names,
    rows_of_table,
    statements,
)
from structurer.model.question import Question
from structurer.prompts import Prompt, load_prompt
from structurer.quantities import quantities
from structurer.running import AHEAD, read
from structurer.settings import Ask
from structurer.tables import TableReading
from structurer.tokens import Counter

_NONE = re.compile("未|没有|无|零")
_PER_ITEM = 90
"""Completion tokens of one item: a quote of forty characters and the names around it."""
_PER_CELL = 5
_LEAST, _MOST = 256, 4_096
_HEAD, _TAIL = 900, 300
"""Characters at the top and the end of a report in which it says who it is."""
_YEAR = re.compile(r"(?:19|20)[0-9]{2}|二[〇○零]")
_SPARE = 12
"""Items a table may hold beyond its rows before the answer counts as endless."""


def questions(draft: Draft, forms: Forms, ask: Ask, count: Counter) -> list[Question]:
    """The questions about one report, in its order; none where nothing is open or asked.

    `open`: sentences with a quantity that no pattern settled, rows and tables whose numbers could not be
    placed, and metadata that is missing. `all`: every section and table, and the problems of section 五.
    """
    if ask == "none":
        return []
    asker = _Asker(draft, forms, count)
    if ask == "open":
        return [*asker.metadata(), *asker.open_statements(), *asker.open_tables()]
    return [*asker.metadata(), *asker.all_statements(), *asker.all_tables(), *asker.problems()]


@dataclass(frozen=True)
class _Topics:
    """The front matter of the statements prompt, ready to be used."""

    of_row: Mapping[str, re.Pattern[str]]
    denied: frozenset[str]
    never: frozenset[str]


@cache
def _topics(prompt: Prompt) -> _Topics:
    words: dict[str, list[str]] = {}
    for topic in prompt.data["topics"]:
        for row in topic["rows"]:
            words.setdefault(row, []).extend(topic["words"])
    return _Topics(
        {row: re.compile("|".join(map(re.escape, stems))) for row, stems in words.items()},
        frozenset(prompt.data["denied"]),
        frozenset(prompt.data["never"]),
    )


def rows_in(text: str) -> tuple[str, ...]:
    """The rows that a text can state: those of which a word stands in it, in the form's order."""
    of_row = _topics(load_prompt("statements")).of_row
    return tuple(row for row, words in of_row.items() if words.search(text))


class _Asker:
    """Makes the questions about one report."""

    def __init__(self, draft: Draft, forms: Forms, count: Counter) -> None:
        self._draft, self._forms, self._count = draft, forms, count
        self._document = draft.document
        self._names = row_names(forms)

    # -- statements

    def open_statements(self) -> Iterator[Question]:
        """Questions about the sentences that hold a quantity nobody has settled."""
        pieces = [self._piece(start, end) for start, end in _joined(self._open_sentences())]
        yield from self._statements(pieces)

    def all_statements(self) -> Iterator[Question]:
        """Questions about every section that states something."""
        pieces = []
        for section in self._draft.sections:
            if section.state == "furniture" or AHEAD.search(section.title) or section.kind == "front":
                continue
            for start, end in self._prose(section):
                if states_something(self._document.folded[start:end]):
                    pieces.append(Piece(start, end, section.title if start > section.start else ""))
        yield from self._statements(pieces)

    def _statements(self, pieces: Iterable[Piece]) -> Iterator[Question]:
        prompt = load_prompt("statements")
        for chunk in chunks(self._document, pieces, self._count):
            yield from self._divisible(prompt, chunk, self._statement_answer)

    def _statement_answer(self, chunk: Chunk) -> tuple[type[Answer], int]:
        rows = rows_in(chunk.text)
        names = (*(name for row, name in self._names.items() if row in rows), self._names["other"])
        numbers = sum(1 for _ in quantities(chunk.text)) + len(_NONE.findall(chunk.text))
        return statements(names), _limit(numbers)

    def _open_sentences(self) -> Iterator[tuple[int, int]]:
        """Spans of the document's text: sentences with a quantity or a denial that is not settled."""
        draft, topics = self._draft, _topics(load_prompt("statements"))
        reading = read(self._document, draft.sections, ((table.start, table.end) for table in draft.tables))
        settled = [
            (span.start, span.end, found.value)
            for found in draft.prose.observations
            if found.accepted
            for span in found.evidence
        ]
        for start, end in reading.sentences():
            sentence = reading.text[start:end]
            rows = rows_in(sentence)
            if not rows:
                continue
            for quantity in quantities(reading.text, start, end):
                place = reading.origin(quantity.number[0]), reading.origin(quantity.number[1] - 1) + 1
                if quantity.unit not in topics.never and not self._settled(place, quantity.value, settled):
                    yield reading.origin(start), reading.origin(end - 1) + 1
                    break
            else:
                if topics.denied.intersection(rows) and self._denies(reading.text, start, end):
                    span = reading.origin(start), reading.origin(end - 1) + 1
                    if not self._settled(span, None, settled):
                        yield span

    @staticmethod
    def _denies(text: str, start: int, end: int) -> bool:
        """Whether a sentence without any number says that something did not happen."""
        return (
            re.compile("未[发收接受产有]|没有[发收接受产申]|无[申依行信举投因人]|为零").search(
                text, start, end
            )
            is not None
        )

    def _settled(
        self, place: tuple[int, int], value: object, settled: Sequence[tuple[int, int, object]]
    ) -> bool:
        span = self._document.to_source(*place)
        if value is None:
            return any(start < span.end and span.start < end for start, end, _ in settled)
        return any(
            start <= span.start and span.end <= end and value == known for start, end, known in settled
        )

    def _piece(self, start: int, end: int) -> Piece:
        section = next((one for one in self._draft.sections if one.start <= start < one.end), None)
        return Piece(start, end, section.title if section is not None and start > section.start else "")

    def _prose(self, section: Section) -> Iterator[tuple[int, int]]:
        """The parts of a section that no table takes."""
        start = section.start
        for table in sorted(self._draft.tables, key=lambda table: table.start):
            if table.end > start and table.start < section.end:
                if table.start > start:
                    yield start, table.start
                start = max(start, table.end)
        if start < section.end:
            yield start, section.end

    # -- tables

    def open_tables(self) -> Iterator[Question]:
        """Questions about numbers under a table's heading that could not be placed."""
        for table in self._draft.tables:
            if table.info.state == "unreadable" and states_something(self._text(table)):
                yield from self._table(table, None)
            elif table.info.state in ("read", "partial"):
                rows = {row.row for row in table.rows if row.layout == "unreadable" and row.cells}
                if rows:
                    yield from self._table(table, rows)

    def all_tables(self) -> Iterator[Question]:
        """Questions about every table that prints a number."""
        for table in self._draft.tables:
            if table.info.state in ("read", "partial", "unreadable") and states_something(self._text(table)):
                yield from self._table(table, None)

    def _table(self, table: TableReading, only: set[str] | None) -> Iterator[Question]:
        prompt = load_prompt("tables")
        rows = {
            name: row
            for name, row in table_rows(table, self._forms).items()
            if only is None or row.id in only
        }
        if not rows:
            return
        columns = "；".join(dict.fromkeys("、".join(row.columns) for row in rows.values()))
        widest = max(len(row.columns) for row in rows.values())
        most = (len(rows) + _SPARE) * (20 + _PER_CELL * widest)

        def answer(_: Chunk) -> tuple[type[Answer], int]:
            return rows_of_table(tuple(rows), columns), max(_LEAST, min(_MOST, most))

        for chunk in chunks(self._document, [Piece(table.start, table.end)], self._count):
            yield from self._divisible(prompt, chunk, answer, table.table)

    def _text(self, table: TableReading) -> str:
        return self._document.folded[table.start : table.end]

    # -- what a report says about itself, and about its problems

    def metadata(self) -> Iterator[Question]:
        """One question about who reports, on which year and under what title, where that is not known."""
        known = {found.indicator for found in self._draft.about if found.value is not None}
        missing = [name for name, key in FIELDS.items() if f"metadata.{key}" not in known]
        text, end = self._document.text, len(self._document.text)
        pieces = [Piece(0, min(end, _HEAD))]
        if end > _HEAD + _TAIL:
            pieces.append(Piece(end - _TAIL, end))
        dated = any(_YEAR.search(text, piece.start, piece.end) for piece in pieces)
        if not dated:
            missing = [name for name in missing if name not in ("报告年度", "发布日期")]
        if not missing or missing == ["发布日期"]:
            return
        for chunk in chunks(self._document, pieces, self._count):
            yield from self._divisible(
                load_prompt("metadata"), chunk, lambda _: (fields(tuple(missing)), _limit(len(missing)))
            )

    def problems(self) -> Iterator[Question]:
        """Questions about section 五: the problems an office admits, and what it means to do."""
        prompt = load_prompt("problems")
        pieces = [
            Piece(section.body, section.end, section.title)
            for section in self._draft.sections
            if section.kind == "problems" and section.state == "read"
        ]
        for chunk in chunks(self._document, pieces, self._count):
            yield from self._divisible(
                prompt, chunk, lambda chunk: (Problems, _limit(4 + len(re.findall("[。;；]", chunk.text))))
            )

    def _divisible(
        self,
        prompt: Prompt,
        chunk: Chunk,
        answer: Callable[[Chunk], tuple[type[Answer], int]],
        about: str = "",
    ) -> Iterator[Question]:
        """A question that knows how to ask about the halves of its chunk."""

        def made(part: Chunk) -> Question:
            model, limit = answer(part)
            return Question(
                prompt,
                part,
                model,
                limit,
                self._document.id,
                about,
                lambda: [made(half) for half in halves(self._document, part, self._count)],
            )

        yield made(chunk)


@dataclass(frozen=True, slots=True)
class RowOf:
    """A row of a table a model is asked about: its id and the labels of its columns."""

    id: str
    columns: tuple[str, ...]


def table_rows(table: TableReading, forms: Forms) -> dict[str, RowOf]:
    """Name → row, as a model is told: each row by the form it follows; the newest form where none shows."""
    known = forms.tables[table.table]
    follows = {row.row: known[row.form] for row in table.rows if row.form in known}
    rows = [
        (row, block)
        for form in (known.values() if table.rows else [list(known.values())[-1]])
        for block in form.blocks
        for row in block.rows
        if not table.rows or follows.get(row.id) is form
    ]
    labels = [row.label for row, _ in rows]
    return {
        row.label if labels.count(row.label) == 1 else f"{row.under}{row.label}": RowOf(
            row.id, tuple(column.label for column in block.columns)
        )
        for row, block in rows
    }


def _limit(items: int) -> int:
    return max(_LEAST, min(_MOST, 60 + _PER_ITEM * items))


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order; those with little more than a stop between them as one."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start - joined[-1][1] <= 2:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined
