"""Statements of patterns and what a model says, as one account that keeps who said what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from structurer.claims.cells import DIFFERS
from structurer.claims.claim import Claim
from structurer.document import Document, Span
from structurer.observation import Finding, Observation, Period, Qualifier, Value

ELSEWHERE = "model.means_other"
_QUALIFIERS: Mapping[Qualifier, str] = {
    "exact": "",
    "over": "more than ",
    "under": "less than ",
    "about": "about ",
    "at_least": "at least ",
}
_PERIODS: Mapping[Period, str] = {
    "year": "of the year",
    "month": "of a month",
    "day": "of a day",
    "cumulative": "since the beginning",
    "to_date": "until",
    "previous_year": "of the year before",
}


def with_claims(
    stated: Sequence[Observation], claims: Sequence[Claim], document: Document
) -> tuple[list[Observation], list[Finding]]:
    """Statements of patterns and what a model says, as one account that keeps who said what.

    The same value of the same thing verifies what was only stated. Another value, or the same number read as
    another thing, disputes it, if the claim is firm; what sums or a second printed place have verified stays,
    and a finding tells of it. What only the model says stands apart, not accepted unless it came accepted.
    """
    known = list(stated)
    alone: list[Observation] = []
    findings: list[Finding] = []
    for claim in claims:
        said = claim.observation
        if said.status != "stated" or not said.indicator.startswith("narrative."):
            alone.append(said)
            continue
        place = document.to_source(*claim.span) if claim.span else None
        same = [at for at, one in enumerate(known) if _same_thing(one, said)]
        agreeing = [
            at for at in same if (known[at].value, known[at].qualifier) == (said.value, said.qualifier)
        ]
        if agreeing:
            for at in agreeing:
                known[at] = _agreed(known[at], said)
            continue
        covering = [at for at, one in enumerate(known) if place and _prints(one, place, said.value)]
        if said.indicator.startswith("narrative.other."):
            if not covering:
                alone.append(said)
            continue
        if not claim.firm:
            alone.append(said)
            continue
        for at in same or covering:
            rule = DIFFERS if same else ELSEWHERE
            findings.append(_difference(known[at], said, rule))
            if known[at].status == "stated":
                known[at] = _disputed(known[at], said, rule)
        if not same:
            alone.append(said)
    return [*known, *_settled_apart(alone)], findings


def _settled_apart(alone: Sequence[Observation]) -> list[Observation]:
    """What only the model says; where it says two things of one, neither is taken."""
    values: dict[tuple[object, ...], set[Value]] = {}
    for one in alone:
        if one.status == "stated":
            values.setdefault(_thing(one), set()).add(one.value)
    return [
        one.model_copy(
            update={"status": "disputed", "accepted": False, "candidates": tuple(values[_thing(one)])}
        )
        if one.status == "stated" and _single(one) and len(values[_thing(one)]) > 1
        else one
        for one in alone
    ]


def _thing(one: Observation) -> tuple[object, ...]:
    return one.indicator, one.period, one.scope, one.as_of


def _single(one: Observation) -> bool:
    """Whether a report can state only one value of it."""
    return not one.indicator.startswith(("narrative.other.", "problems."))


def _same_thing(one: Observation, said: Observation) -> bool:
    return _thing(one) == _thing(said)


def _prints(one: Observation, place: Span, value: Value) -> bool:
    """Whether an observation takes its value from this very number."""
    covers = any(span.start <= place.start and place.end <= span.end for span in one.evidence)
    return covers and one.value == value


def _agreed(one: Observation, said: Observation) -> Observation:
    update: dict[str, object] = {"methods": tuple(dict.fromkeys((*one.methods, *said.methods)))}
    if one.status == "stated":
        update["status"] = "verified"
    return one.model_copy(update=update)


def _disputed(one: Observation, said: Observation, rule: str) -> Observation:
    other = said.indicator == one.indicator
    return one.model_copy(
        update={
            "status": "disputed",
            "accepted": False,
            "methods": tuple(dict.fromkeys((*one.methods, *said.methods))),
            "evidence": (*one.evidence, *said.evidence) if other else one.evidence,
            "rules": (*one.rules, rule),
            "candidates": (one.value, said.value) if other and one.value != said.value else (),
        }
    )


def _difference(one: Observation, said: Observation, rule: str) -> Finding:
    return Finding(
        rule=rule,
        severity="warning" if one.status == "stated" else "info",
        message=_told(one, said),
        indicators=tuple(dict.fromkeys((one.indicator, said.indicator))),
    )


def _told(one: Observation, said: Observation) -> str:
    """In what two readings differ: in the thing, the value, the time it is of, or whose it is."""
    if said.indicator != one.indicator:
        return f"{one.label}: read as {_amount(one)}, by the model as {said.label} {_amount(said)}"
    aspects = [
        (ours, theirs)
        for ours, theirs in (
            (_amount(one), _amount(said)),
            (_time(one), _time(said)),
            (_whose(one), _whose(said)),
        )
        if ours != theirs
    ]
    ours, theirs = (", ".join(part) for part in zip(*aspects, strict=True)) if aspects else ("", "")
    what = "" if _amount(one) != _amount(said) else f" {_amount(one)}"
    return f"{one.label}{what}: read as {ours}, by the model as {theirs}"


def _amount(one: Observation) -> str:
    return f"{_QUALIFIERS[one.qualifier]}{one.value}"


def _time(one: Observation) -> str:
    return _PERIODS[one.period] + (f" {one.as_of}" if one.as_of else "")


def _whose(one: Observation) -> str:
    return f"that of {one.scope}" if one.scope else "the office's own"
