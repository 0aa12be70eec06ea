"""What the words of an observation mean, wherever it is told: on a page, in a table, in an explanation."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from structurer.observation import Observation, Period, Printed, Qualifier, Status, Value

STATUSES: Mapping[Status, str] = {
    "verified": "printed, and confirmed by the form's sums or by a second, independent reading",
    "stated": "printed under its label; nothing contradicts it, nothing else confirms it",
    "inferred": "not printed; the only value that every reading of the text allows under the sums",
    "disputed": "printed, but it would have to change for the sums to hold, or two readings differ",
    "ambiguous": "several readings fit, so none is chosen; the candidates are listed",
    "unsupported": "claimed by a model, not found in the text",
}
ORDER: tuple[Status, ...] = ("unsupported", "disputed", "ambiguous", "stated", "inferred", "verified")
"""Statuses, what needs a person most first."""
PRINTED: Mapping[Printed, str] = {
    "number": "printed as a number",
    "blank": "the cell is there and left blank; that is not zero",
    "not_applicable": "marked as not applicable, such as / or -",
    "text": "printed as text",
    "omitted": "not printed",
}
QUALIFIERS: Mapping[Qualifier, str] = {
    "exact": "the number as it is",
    "over": "more than it (余, 多, 超过)",
    "under": "less than it (近, 不足)",
    "about": "about it (约, 左右)",
    "at_least": "it or more (以上)",
}
PERIODS: Mapping[Period, str] = {
    "year": "the year of the report",
    "month": "a month of it",
    "day": "a day of it",
    "cumulative": "since an event, such as the law",
    "to_date": "a stock at the date in as_of",
    "previous_year": "the year before",
}
KINDS: Mapping[str, str] = {
    "count": "a whole number, never negative",
    "signed": "a whole number, negative where it shrank",
    "money": "an amount, in the unit it was published in",
}
SEVERITIES: Mapping[str, str] = {
    "error": "a hard edit rule is broken: figures of the report contradict each other",
    "warning": "a soft rule is broken: doubtful, but it can be right",
    "info": "a rule that could not be evaluated, or something to know",
}
_MOST_CANDIDATES = 4


def why_open(found: Observation, amount: Callable[[Value], str], word: Callable[[str], str]) -> str:
    """Why a value that is not accepted is not; `amount` and `word` write values and names fit for the place.

    An `amount` of None is that of a cell left blank.
    """
    among = " or ".join(amount(one) for one in found.candidates[:_MOST_CANDIDATES])
    if (more := len(found.candidates) - _MOST_CANDIDATES) > 0:
        among += f" or {more} more"
    if found.status == "ambiguous":
        if not among:
            return "the text does not settle it"
        return f"could be {among}" if len(found.candidates) > 1 else f"perhaps {among}, not proved"
    if found.status == "disputed":
        rules = [word(rule) for rule in found.rules if not rule.startswith("model.")]
        broken = f"; breaks {', '.join(rules)}" if rules else ""
        if len(rules) < len(found.rules):
            broken += "; the model reads it otherwise"
        mark = found.printed == "not_applicable"
        said = "marked as not applicable" if mark else f"printed {amount(found.value)}"
        return said + broken + (f"; {among} would fit" if among else "")
    if found.status == "unsupported":
        return "a model claims it, the text does not hold it"
    return "waits for a reviewer"
