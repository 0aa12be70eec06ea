"""Edit rules laid over observations: each holds, fails, or cannot be evaluated. Nothing is changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple, Protocol

from structurer.forms import NEXT, Edit, Severity, Table
from structurer.observation import Finding, Observation, Period, Printed, Value

Outcome = Literal["pass", "fail", "unknown"]
Number = int | float


class Stated(Protocol):
    """What rules between years ask of a value: an observation, or a cell of a panel."""

    @property
    def indicator(self) -> str:
        """Its key."""

    @property
    def label(self) -> str:
        """Its official label."""

    @property
    def value(self) -> Value:
        """What is stated; None where it is open."""

    @property
    def printed(self) -> Printed:
        """What stands on the page."""

    @property
    def period(self) -> Period:
        """What the value is of."""

    @property
    def accepted(self) -> bool:
        """Whether it may leave."""


class Check(NamedTuple):
    """One rule over one set of cells. `left` and `right` are the sums compared, None where unknown."""

    edit: Edit
    outcome: Outcome
    left: Number | None
    right: Number | None

    @property
    def rule(self) -> str:
        """The rule's id."""
        return self.edit.rule.id

    @property
    def severity(self) -> Severity:
        """How grave a failure is: `error` for a hard edit."""
        return self.edit.rule.severity

    @property
    def where(self) -> str:
        """The official label of the row or column, "" for a rule between single cells."""
        return self.edit.label

    @property
    def indicators(self) -> tuple[str, ...]:
        """Every cell the rule binds."""
        return (*self.edit.left, *self.edit.right)

    def to_json(self) -> dict[str, object]:
        """The check as an object of plain values."""
        names = ("rule", "severity", "where", "outcome", "left", "right", "message", "indicators")
        return {name: getattr(self, name) for name in names}

    @property
    def message(self) -> str:
        """What was compared, with both sides."""
        place = f"{self.where}: " if self.where else ""
        return place + _message(self.edit, self.outcome, self.left, self.right)


def confront(observations: Iterable[Observation], tables: Iterable[Table]) -> list[Check]:
    """Every edit of `tables` over the values as published, in the tables' order.

    A printed "not applicable" adds nothing to a sum; any other cell without a value makes the rule unknown.
    """
    found: dict[str, Observation] = {}
    for observation in observations:
        if observation.period == "year" and (observation.accepted or not _only_said(observation)):
            found.setdefault(observation.indicator, observation)
    amounts = _amounts(found)
    checks = [_check(edit, amounts) for table in tables for edit in table.edits]
    return [check for check in checks if _concerns(check, found)]


def confront_years(
    earlier: Iterable[Stated], later: Iterable[Stated], tables: Iterable[Table]
) -> list[Check]:
    """The rules between two years of one agency, over the reports of a year and of the next.

    `tables` are the later report's. Rules whose cells either report does not print are left out.
    """
    found: dict[str, Stated] = {
        observation.indicator: observation for observation in earlier if observation.period == "year"
    }
    found |= {
        NEXT + observation.indicator: observation for observation in later if observation.period == "year"
    }
    amounts = _amounts(found)
    edits = [edit for table in tables for edit in table.edits_across_years]
    return [_check(edit, amounts) for edit in edits if all(key in found for key in (*edit.left, *edit.right))]


def jumps(earlier: Iterable[Stated], later: Iterable[Stated]) -> list[Finding]:
    """Accepted counts that grew more than fivefold, or shrank to less than a fifth, in one year."""
    before = {o.indicator: o for o in earlier if o.accepted and o.period == "year"}
    findings = []
    for after in later:
        known = before.get(after.indicator)
        if known is None or not after.accepted or after.period != "year":
            continue
        one, two = known.value, after.value
        if isinstance(one, int) and isinstance(two, int) and min(one, two) > 0 and not 0.2 <= two / one <= 5:
            message = f"{after.label}: {one:,} in the earlier report, {two:,} in the later one"
            findings.append(
                Finding(rule="years.jump", severity="warning", message=message, indicators=(after.indicator,))
            )
    return findings


def _only_said(observation: Observation) -> bool:
    """Whether nobody but a model says it: such a value breaks no rule and fulfils none."""
    return "model" in observation.methods and not observation.accepted and observation.status != "disputed"


def _amounts(found: Mapping[str, Stated]) -> dict[str, Number]:
    """What each cell adds to a sum; a cell whose value is open is left out."""
    amounts: dict[str, Number] = {}
    for key, observation in found.items():
        value = observation.value
        if isinstance(value, (int, float)):
            amounts[key] = value
        elif observation.printed == "not_applicable":
            amounts[key] = 0
    return amounts


def _concerns(check: Check, found: Mapping[str, Observation]) -> bool:
    """A rule between two tables is asked only where both state their side."""
    edit = check.edit
    if edit.rule.for_each is None:
        return found.keys() >= edit.cells and _exact(found[edit.left[0]])
    return check.outcome != "unknown" or not found.keys().isdisjoint(edit.cells)


def _exact(observation: Observation) -> bool:
    return observation.qualifier == "exact" and observation.scope is None and observation.status != "disputed"


def _check(edit: Edit, amounts: Mapping[str, Number]) -> Check:
    left, right = _total(edit.left, amounts), _total(edit.right, amounts)
    outcome: Outcome = "unknown"
    if left is not None and right is not None:
        holds = left == right if edit.rule.relation == "equal" else left <= right
        outcome = "pass" if holds or (edit.or_right and left == _total(edit.or_right, amounts)) else "fail"
    return Check(edit, outcome, left, right)


def _total(keys: Sequence[str], amounts: Mapping[str, Number]) -> Number | None:
    try:
        return sum(map(amounts.__getitem__, keys))
    except KeyError:
        return None


def _message(edit: Edit, outcome: Outcome, left: Number | None, right: Number | None) -> str:
    if outcome == "unknown":
        return "cannot be evaluated, a value is open"
    message = edit.rule.message.replace("{left}", f"{left:,}").replace("{right}", f"{right:,}")
    if outcome == "fail" and left is not None and right is not None:
        message += f" (difference {abs(right - left):,})"
    return message


def report(checks: Iterable[Check], observations: Iterable[Observation]) -> list[Finding]:
    """Findings of what failed, with the smallest change located, and of what could not be evaluated."""
    failed = [check for check in checks if check.outcome == "fail"]
    disputed = {o.indicator: o for o in observations if o.status == "disputed"} if failed else {}
    return [*(_failed(check, disputed) for check in failed), *_unknown(checks)]


def _failed(check: Check, disputed: Mapping[str, Observation]) -> Finding:
    suspects = [disputed[key] for key in check.indicators if key in disputed]
    would = [
        f"{o.label}: {'not applicable' if o.value is None else o.value} → {o.candidates[0]}"
        for o in suspects
        if len(o.candidates) == 1
    ]
    message = check.message + (f"; it would hold with {' or '.join(would[:3])}" if would else "")
    return Finding(rule=check.rule, severity=check.severity, message=message, indicators=check.indicators)


def _unknown(checks: Iterable[Check]) -> list[Finding]:
    """One finding a rule, however many of its rows or columns stay open."""
    places: dict[str, list[Check]] = {}
    for check in checks:
        if check.outcome == "unknown":
            places.setdefault(check.rule, []).append(check)
    return [
        Finding(
            rule=rule,
            severity="info",
            message=f"could not be evaluated in {len(found)} place{'s' * (len(found) > 1)}: a value is open",
            indicators=tuple(key for check in found for key in check.indicators[-1:]),
        )
        for rule, found in places.items()
    ]
