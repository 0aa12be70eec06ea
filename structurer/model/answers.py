"""What a model may answer: pydantic models made from the forms, one list of items each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, create_model

from structurer.forms import Forms, Row
from structurer.numerals import parse_number
from structurer.observation import Period, Qualifier

QUALIFIERS: Mapping[str, Qualifier] = {
    "确数": "exact",
    "多于": "over",
    "不足": "under",
    "大约": "about",
    "至少": "at_least",
}
PERIODS: Mapping[str, Period] = {
    "本年": "year",
    "当月": "month",
    "当日": "day",
    "历年累计": "cumulative",
    "截至某日": "to_date",
    "上年": "previous_year",
}
KINDS: Mapping[str, str] = {"存在的问题": "problem", "改进措施": "improvement"}
FIELDS: Mapping[str, str] = {
    "机构全称": "agency",
    "报告年度": "year",
    "报告标题": "title",
    "发布日期": "published",
}


def _number(value: object) -> object:
    """A number that came as text, as some models write it."""
    if not isinstance(value, str):
        return value
    read = parse_number(value.strip())
    return value if read is None else read


_CONFIG = ConfigDict(frozen=True, defer_build=True)
"""Kinds of answers are made for ever new sets of rows, and most are never filled."""
Text = Annotated[str, StringConstraints(strip_whitespace=True)]
Number = Annotated[float, BeforeValidator(_number), Field(allow_inf_nan=False)]


class Answer(BaseModel):
    """Base of all answers: `items` holds what was found, and is empty where nothing was."""

    model_config = _CONFIG

    recipe: ClassVar[tuple[str, tuple[Any, ...]]] = ("", ())
    """What made this kind of answer, for another process to make it too (see `made`)."""
    items: list[Any]


class StatementItem(BaseModel):
    """A quantity stated in a sentence; `indicator` is a row's name, as in `row_names`."""

    model_config = _CONFIG

    quote: Text = Field(description="原文照抄")
    indicator: str
    number: Number
    unit: Text
    qualifier: str
    period: str
    scope: Text


class TableItem(BaseModel):
    """A row of a table as printed, a string a column."""

    model_config = _CONFIG

    row: str
    cells: list[str]


class FieldItem(BaseModel):
    """One thing a report says about itself."""

    model_config = _CONFIG

    quote: Text = Field(description="原文照抄")
    field: str
    value: Text


class ProblemItem(BaseModel):
    """A problem the report admits, or what it means to do about it."""

    model_config = _CONFIG

    kind: Literal["存在的问题", "改进措施"]
    quote: Text = Field(description="原文照抄")


class Problems(Answer):
    """The answer about section 五."""

    recipe: ClassVar[tuple[str, tuple[Any, ...]]] = ("problems", ())
    items: list[ProblemItem]


_KINDS = 256
"""Kinds of answers kept ready: reports ask about ever new sets of rows, and each kind takes its space."""
_NAMES: dict[str, Mapping[str, str]] = {}


def row_names(forms: Forms) -> Mapping[str, str]:
    """Row id → the name a model knows it by: its label, made unique by the row it is a part of."""
    if forms.fingerprint not in _NAMES:
        _NAMES[forms.fingerprint] = _row_names(forms)
    return _NAMES[forms.fingerprint]


def _row_names(forms: Forms) -> Mapping[str, str]:
    (table,) = forms.tables["narrative"].values()
    rows = {row.id: row for block in table.blocks for row in block.rows}
    labels = [row.label for row in rows.values()]
    return {
        name: row.label if labels.count(row.label) == 1 else f"{_whole(row, rows)}：{row.label}"
        for name, row in rows.items()
    }


def _whole(row: Row, rows: Mapping[str, Row]) -> str:
    """The label of the row that this one is a part of, as its key tells."""
    wholes = [known for name, known in rows.items() if row.id.startswith(f"{name}_")]
    return max(wholes, key=lambda known: len(known.id)).label if wholes else row.id


def _list_of(item: type[BaseModel]) -> Any:
    return list[item]  # type: ignore[valid-type]


def _one_of(names: tuple[str, ...]) -> Any:
    return Literal[names]


@lru_cache(maxsize=_KINDS)
def statements(names: tuple[str, ...]) -> type[Answer]:
    """The answer about sentences that can state these rows (by their names)."""
    item = create_model(
        "Statement",
        __base__=StatementItem,
        indicator=(_one_of(names), ...),
        qualifier=(_one_of(tuple(QUALIFIERS)), ...),
        period=(_one_of(tuple(PERIODS)), ...),
    )
    return _answer("Statements", item, ("statements", (names,)))


@lru_cache(maxsize=_KINDS)
def rows_of_table(names: tuple[str, ...], columns: str) -> type[Answer]:
    """The answer about a table with these row names; `columns` says what its cells stand for."""
    item = create_model(
        "Row",
        __base__=TableItem,
        row=(_one_of(names), ...),
        cells=(list[str], Field(description=columns)),
    )
    return _answer("Rows", item, ("rows_of_table", (names, columns)))


@lru_cache(maxsize=_KINDS)
def fields(names: tuple[str, ...]) -> type[Answer]:
    """The answer about what a report says of itself, of these fields."""
    item = create_model("Field", __base__=FieldItem, field=(_one_of(names), ...))
    return _answer("Fields", item, ("fields", (names,)))


def _answer(name: str, item: type[BaseModel], recipe: tuple[str, tuple[Any, ...]]) -> type[Answer]:
    answer = create_model(name, __base__=Answer, items=(_list_of(item), ...))
    answer.recipe = recipe
    return answer


def made(recipe: tuple[str, tuple[Any, ...]]) -> type[Answer]:
    """The kind of answer that a recipe makes."""
    makers: dict[str, Callable[..., type[Answer]]] = {
        "statements": statements,
        "rows_of_table": rows_of_table,
        "fields": fields,
        "problems": lambda: Problems,
    }
    name, arguments = recipe
    return makers[name](*arguments)


def item_of(answer: type[Answer]) -> type[BaseModel]:
    """What the items of a kind of answer are."""
    kind: type[BaseModel] = answer.model_fields["items"].annotation.__args__[0]  # type: ignore[union-attr]
    return kind
