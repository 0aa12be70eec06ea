"""What was found: observations with their evidence, findings, and the extraction that holds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Status = Literal["verified", "stated", "inferred", "disputed", "ambiguous", "unsupported"]
Printed = Literal["number", "blank", "not_applicable", "text", "omitted"]
Qualifier = Literal["exact", "over", "under", "about", "at_least"]
Period = Literal["year", "month", "day", "cumulative", "to_date", "previous_year"]
TableState = Literal["read", "partial", "blank", "image", "deduplicated", "unreadable", "absent"]
SectionState = Literal["read", "table", "empty", "furniture"]
Value = int | float | str | None

ACCEPTING: frozenset[Status] = frozenset({"verified", "stated", "inferred"})
"""The statuses that let a value leave without a reviewer."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


def _missing(value: object) -> bool:
    return value is None


T = TypeVar("T", bound=BaseModel)


def trusted(model: type[T], each: Iterable[dict[str, Any]]) -> list[T]:
    """Values of `model` without validation, for fields that are whole and known to be right.

    What pydantic's own `model_construct` does, for models without extras, privates or aliases, in a
    seventh of its time: a report has hundreds of these values. Each dict must name every field.
    """
    names = _names(model)
    made: list[T] = []
    for values in each:
        one: T = object.__new__(model)
        _set_values(one, values)
        _set_names(one, names)
        _set_extra(one, None)
        _set_private(one, None)
        made.append(one)
    return made


def stating(**given: Any) -> Observation:
    """As `Observation(...)`, for fields that are known to be right: without validation."""
    return trusted(Observation, [{**_unsaid(), **given}])[0]


@cache
def _unsaid() -> dict[str, Any]:
    """The fields of an observation in their order, those without a default None."""
    fields = Observation.__pydantic_fields__.items()
    return {name: None if field.is_required() else field.default for name, field in fields}


@cache
def _names(model: type[BaseModel]) -> set[str]:
    """The names of a model's fields, as one set that all its trusted values share."""
    return set(model.__pydantic_fields__)


# The slots' own setters take half the time of object.__setattr__.
_set_values, _set_names, _set_extra, _set_private = (
    vars(BaseModel)[slot].__set__
    for slot in ("__dict__", "__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__")
)


class Evidence(_Frozen):
    """The span of the decoded source that prints a value: half-open character offsets.

    Of a PDF, a Word file or an image the source is the text that was read from it. What a format does
    not know is left out of the JSON.
    """

    start: int
    end: int
    quote: str
    page: int | None = Field(default=None, exclude_if=_missing)
    """The page it is printed on, from 1."""
    box: tuple[float, float, float, float] | None = Field(default=None, exclude_if=_missing)
    """x0, top, x1, bottom on that page, in points (1/72 inch) from its upper left corner."""
    confidence: float | None = Field(default=None, exclude_if=_missing)
    """From 0 to 1, where a machine's eyes read it: how sure they were."""


class Observation(_Frozen):
    """One indicator's value in one document, with what prints it and what confirms it."""

    indicator: str
    label: str
    value: Value
    unit: str = ""
    qualifier: Qualifier = "exact"
    period: Period = "year"
    as_of: str | None = None
    """The date of a `to_date` figure, ISO 8601 as far as it is printed."""
    scope: str | None = None
    """Whom the figure counts where that is not the office itself, as printed."""
    printed: Printed = "number"
    status: Status
    accepted: bool
    methods: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    rules: tuple[str, ...] = ()
    """Hard edit rules that bind the value and hold; for a disputed one, those it breaks."""
    assumes: tuple[str, ...] = ()
    candidates: tuple[Value, ...] = ()


def opened(found: Observation, candidates: tuple[Value, ...]) -> Observation:
    """A value left to a person, with what it may be: `ambiguous`, and nothing confirms it."""
    changed = {"value": None, "status": "ambiguous", "accepted": False, "candidates": candidates, "rules": ()}
    return found.model_copy(update=changed)


class Finding(_Frozen):
    """A rule that failed or could not be evaluated, or a thing a reader has to know.

    `error` is a broken hard edit, `warning` a broken soft one, `info` anything that was not evaluated.
    """

    rule: str
    severity: Literal["error", "warning", "info"]
    message: str
    indicators: tuple[str, ...] = ()


class SectionInfo(_Frozen):
    """A section of the report: its title and its half-open span in the decoded source."""

    title: str
    start: int
    end: int
    state: SectionState


class TableInfo(_Frozen):
    """The form a table turned out to follow, and how far it could be read."""

    form: str | None
    state: TableState


class DocumentInfo(_Frozen):
    """Which document this is. `id` is the sha256 of its bytes, `path` as given by the caller."""

    path: str
    id: str
    agency: str | None = None
    year: int | None = None
    title: str | None = None
    published: str | None = None
    tables: Mapping[str, TableInfo] = Field(default_factory=dict)


class Usage(_Frozen):
    """What a model was asked and what it cost; all zero where none was."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_calls: int = 0
    cost: float | None = None


class Extraction(_Frozen):
    """Everything found in one document."""

    document: DocumentInfo
    observations: tuple[Observation, ...] = ()
    findings: tuple[Finding, ...] = ()
    sections: tuple[SectionInfo, ...] = ()
    usage: Usage = Usage()

    @cached_property
    def _by_indicator(self) -> Mapping[str, Observation]:
        found: dict[str, Observation] = {}
        for observation in self.observations:
            known = found.get(observation.indicator)
            if known is None or (known.period != "year" and observation.period == "year"):
                found[observation.indicator] = observation
        return found

    def __getitem__(self, indicator: str) -> Observation:
        """The observation of an indicator; of several, the first whose period is the year.

        Raises KeyError when the document says nothing about it.
        """
        return self._by_indicator[indicator]

    def __contains__(self, indicator: object) -> bool:
        return indicator in self._by_indicator

    def get(self, indicator: str) -> Observation | None:
        """As `extraction[indicator]`, but None when the document says nothing about it."""
        return self._by_indicator.get(indicator)

    def select(self, *, status: Sequence[Status] = (), accepted: bool | None = None) -> Iterator[Observation]:
        """The observations of these statuses (all when none is named), accepted or not."""
        for observation in self.observations:
            if (not status or observation.status in status) and accepted in (None, observation.accepted):
                yield observation

    def table(self, table: str) -> dict[str, dict[str, Value]]:
        """Rows × columns of accepted values: `{row: {column: value}}`, ready for a data frame.

        A cell without an accepted value is None; a table the document does not hold is {}.
        """
        rows: dict[str, dict[str, Value]] = {}
        for observation in self.observations:
            name, _, place = observation.indicator.partition(".")
            if name == table:
                row, _, column = place.partition(".")
                rows.setdefault(row, {})[column] = observation.value if observation.accepted else None
        return rows

    def to_json(self) -> dict[str, Any]:
        """The extraction in the shape of schemas/json/extraction.json."""
        return self.model_dump(mode="json")
