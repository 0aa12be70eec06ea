"""A table's cells and what a model says of them, as one account that arithmetic has the last word on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from structurer.claims.claim import METHOD
from structurer.claims.tables import CellClaim, TableClaim
from structurer.confront import confront
from structurer.document import Document
from structurer.forms import Forms, Severity
from structurer.observation import Finding, Observation

DIFFERS = "model.differs"


def merge(
    observations: Sequence[Observation], claim: TableClaim, document: Document, forms: Forms, accept: bool
) -> tuple[list[Observation], list[Finding]]:
    """The observations with what the model says of this table's cells.

    The same value verifies what was only stated. Another one disputes it, unless sums have verified it: what
    arithmetic proves, a word does not undo. A cell left open gets the model's value, not accepted, if it is
    one of those that the sums leave; and where it breaks a hard edit after all, it is disputed.
    """
    merged = [_cell(one, claim, document, accept) for one in observations]
    if not claim.table.rows:
        merged += [_alone(cell, document, accept) for cell in claim.cells.values() if cell.token is not None]
    return _under_edits(merged, claim, forms), list(_said(observations, claim))


def _under_edits(merged: Sequence[Observation], claim: TableClaim, forms: Forms) -> list[Observation]:
    """Values that only the model placed are held against the form's hard edits, as those of the text are."""
    known = forms.tables[claim.table.table]
    table = known.get(claim.table.info.form or "") or list(known.values())[-1]
    picked = {one.indicator for one in merged if one.status == "stated" and METHOD in one.methods}
    picked &= claim.cells.keys()
    if not picked:
        return list(merged)
    as_if = (one.model_copy(update={"accepted": True}) if one.indicator in picked else one for one in merged)
    broken: dict[str, list[str]] = {}
    for check in confront(as_if, [table]):
        if check.outcome == "fail" and check.severity == "error":
            for indicator in picked.intersection(check.indicators):
                broken.setdefault(indicator, []).append(check.rule)
    return [
        one.model_copy(
            update={"status": "disputed", "accepted": False, "rules": (*one.rules, *broken[one.indicator])}
        )
        if one.indicator in broken
        else one
        for one in merged
    ]


def _cell(one: Observation, claim: TableClaim, document: Document, accept: bool) -> Observation:
    said = claim.cells.get(one.indicator)
    if said is None:
        return one
    if one.status == "ambiguous" and one.value is None:
        return _chosen(one, said, document, accept)
    value = said.token.value if said.token else None
    methods = tuple(dict.fromkeys((*one.methods, METHOD)))
    if value == one.value and said.token is not None:
        status = "verified" if one.status == "stated" else one.status
        return one.model_copy(update={"status": status, "methods": methods})
    if value == one.value or one.status != "stated":
        return one
    update = {
        "status": "disputed",
        "accepted": False,
        "methods": methods,
        "rules": (*one.rules, DIFFERS),
        "candidates": tuple(dict.fromkeys((one.value, value))),
    }
    return one.model_copy(update=update)


def _chosen(one: Observation, said: CellClaim, document: Document, accept: bool) -> Observation:
    """An open cell for which the model picks a token of the page."""
    token = said.token
    if token is None or token.kind != "number" or (one.candidates and token.value not in one.candidates):
        return one
    return one.model_copy(
        update={
            "value": token.value,
            "printed": "number",
            "status": "stated",
            "accepted": accept,
            "methods": tuple(dict.fromkeys((*one.methods, METHOD))),
            "evidence": (document.evidence(token.start, token.end),),
        }
    )


def _alone(said: CellClaim, document: Document, accept: bool) -> Observation:
    """A cell that nobody but the model could place."""
    token = said.token
    assert token is not None
    return Observation(
        indicator=said.cell.indicator,
        label=said.cell.label,
        value=token.value,
        unit=token.unit or said.cell.unit,
        printed="number"
        if token.kind == "number"
        else "not_applicable"
        if token.kind == "not_applicable"
        else "text",
        status="stated",
        accepted=accept,
        methods=(METHOD,),
        evidence=(document.evidence(token.start, token.end),),
    )


def _said(observations: Sequence[Observation], claim: TableClaim) -> Iterator[Finding]:
    if claim.refused:
        rows = "、".join(claim.refused[:5])
        message = f"the model's cells do not stand on the page in that order: {rows}; left out"
        yield Finding(rule=f"{claim.table.table}.model_refused", severity="info", message=message)
    for one in observations:
        said = claim.cells.get(one.indicator)
        if said is None:
            continue
        value = said.token.value if said.token else None
        if one.value is None:
            if value is not None and one.candidates and value not in one.candidates:
                left = " or ".join(map(str, one.candidates[:5]))
                message = f"{one.label}: the text leaves {left}, the model says {value}; left open"
                yield Finding(rule=DIFFERS, severity="info", message=message, indicators=(one.indicator,))
            continue
        if value != one.value and not (value is None and one.printed != "number"):
            message = (
                f"{one.label}: read as {one.value}, by the model as {'blank' if value is None else value}"
            )
            severity: Severity = "warning" if one.status == "stated" else "info"
            yield Finding(rule=DIFFERS, severity=severity, message=message, indicators=(one.indicator,))
