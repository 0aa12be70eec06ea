"""One thing a model says, as an observation of its own that nothing has borne out yet."""

from __future__ import annotations

from dataclasses import dataclass

from structurer.document import Document
from structurer.forms import Cell
from structurer.ground import Passage
from structurer.observation import Evidence, Observation, Printed, Status, Value

METHOD = "model"


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing a model says, as an observation of its own.

    `span` of the document's text prints the number. `firm`: found in one place, read again with the same
    value, and patterns read period and scope as the model does; only then may it speak against others.
    """

    observation: Observation
    span: tuple[int, int] | None = None
    firm: bool = False


def evidence(document: Document, passage: Passage, start: int, end: int) -> Evidence:
    """The words of a passage as evidence in the document."""
    return document.evidence(*passage.span(start, end))


def of_cell(cell: Cell, value: Value, status: Status, accept: bool, **given: object) -> Observation:
    """What a model says of a form's cell."""
    filled = {name: thing for name, thing in given.items() if thing}
    return Observation.model_validate(
        {
            "indicator": cell.indicator,
            "label": cell.label,
            "value": value,
            "unit": cell.unit,
            "printed": "number" if value is not None else "omitted",
            "status": status,
            "accepted": accept and status == "stated",
            "methods": (METHOD,),
            **filled,
        }
    )


def of_report(
    indicator: str,
    label: str,
    value: Value,
    status: Status,
    accept: bool,
    *,
    printed: Printed = "text",
    evidence: tuple[Evidence, ...] = (),
    candidates: tuple[Value, ...] = (),
) -> Observation:
    """What a model says of the report itself, or quotes from it."""
    return Observation(
        indicator=indicator,
        label=label,
        value=value,
        printed=printed if value is not None else "omitted",
        status=status,
        accepted=accept and status == "stated",
        methods=(METHOD,),
        evidence=evidence,
        candidates=candidates,
    )
