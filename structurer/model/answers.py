"""What a model may answer: pydantic models made from the forms, one list of items each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    create_model,
)
from pydantic_core import PydanticCustomError

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


def _offered(value: str, info: ValidationInfo) -> str:
    """A name that the question offered; the names come as the validation's context."""
    if info.context is not None and value not in info.context:
        raise PydanticCustomError("literal_error", "not one of the names that were offered")
    return value


def _one_of(names: tuple[str, ...]) -> Any:
    return Literal[names]


_CONFIG = ConfigDict(frozen=True, defer_build=True)
Text = Annotated[str, StringConstraints(strip_whitespace=True)]
Number = Annotated[float, BeforeValidator(_number), Field(allow_inf_nan=False)]
Name = Annotated[str, AfterValidator(_offered)]


class StatementItem(BaseModel):
    """A quantity stated in a sentence; `indicator` is a row's name, as in `row_names`."""

    model_config = _CONFIG

    quote: Text = Field(description="原文照抄")
    indicator: Name
    number: Number
    unit: Text
    qualifier: Literal["确数", "多于", "不足", "大约", "至少"]
    period: Literal["本年", "当月", "当日", "历年累计", "截至某日", "上年"]
    scope: Text


class TableItem(BaseModel):
    """A row of a table as printed, a string a column."""

    model_config = _CONFIG

    row: Name
    cells: list[str]


class FieldItem(BaseModel):
    """One thing a report says about itself."""

    model_config = _CONFIG

    quote: Text = Field(description="原文照抄")
    field: Name
    value: Text


class ProblemItem(BaseModel):
    """A problem the report admits, or what it means to do about it."""

    model_config = _CONFIG

    kind: Literal["存在的问题", "改进措施"]
    quote: Text = Field(description="原文照抄")


class Kind(NamedTuple):
    """What the answers of one kind have in common."""

    name: str
    """What the list is called in a request."""
    item_name: str
    item: type[BaseModel]
    named: str = ""
    """The field that holds one of the names offered."""


_KINDS = {
    "statements": Kind("Statements", "Statement", StatementItem, "indicator"),
    "rows": Kind("Rows", "Row", TableItem, "row"),
    "fields": Kind("Fields", "Field", FieldItem, "field"),
    "problems": Kind("Problems", "ProblemItem", ProblemItem),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What one question may be answered with: a list of items of a kind, empty where nothing was found.

    Reports ask about ever new sets of rows, so an answer is a value and not a class: `model` makes the class
    where one is wanted, and items are held against `names` without it.
    """

    kind: str
    names: tuple[str, ...] = ()
    """What an item may be about; () where it names nothing."""
    columns: str = ""
    """What the cells of a row stand for."""

    @property
    def name(self) -> str:
        """What the list is called in a request."""
        return _KINDS[self.kind].name

    def item(self, value: object) -> BaseModel:
        """One item as it came, checked. Raises pydantic.ValidationError with all that is wrong with it."""
        kind = _KINDS[self.kind]
        return kind.item.model_validate(value, context=self.names if kind.named else None)

    def model(self) -> type[BaseModel]:
        """The pydantic model of the whole answer, the names as an enumeration."""
        kind = _KINDS[self.kind]
        item = kind.item
        if kind.named:
            fields: dict[str, Any] = {kind.named: (_one_of(self.names), ...)}
            if self.kind == "rows":
                fields["cells"] = (list[str], Field(description=self.columns))
            item = create_model(kind.item_name, __base__=item, **fields)
        return create_model(kind.name, __config__=_CONFIG, items=(_list_of(item), ...))


def statements(names: tuple[str, ...]) -> Answer:
    """The answer about sentences that can state these rows (by their names)."""
    return Answer("statements", names)


def rows_of_table(names: tuple[str, ...], columns: str) -> Answer:
    """The answer about a table with these row names; `columns` says what its cells stand for."""
    return Answer("rows", names, columns)


def fields(names: tuple[str, ...]) -> Answer:
    """The answer about what a report says of itself, of these fields."""
    return Answer("fields", names)


PROBLEMS = Answer("problems")
"""The answer about section 五."""


def _list_of(item: type[BaseModel]) -> Any:
    return list[item]  # type: ignore[valid-type]


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
