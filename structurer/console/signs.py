"""One sign a status, and values as they are shown; all signs are one cell wide in every font."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from structurer.observation import Observation, Qualifier, Status, Value
from structurer.terminal import plain

SIGNS: Mapping[Status, str] = {
    "verified": "✓",
    "stated": "",
    "inferred": "∘",
    "disputed": "!",
    "ambiguous": "?",
    "unsupported": "✗",
}
BLANK, NOT_APPLICABLE = "∙", "/"
LEGEND: Mapping[str, str] = {
    "✓": "verified: printed, and confirmed by sums or a second reading",
    "": "(no sign) stated: nothing contradicts it, nothing else confirms it",
    "∘": "inferred: not printed, the only value the text and the sums allow",
    "!": "disputed: printed, but the sums or two readings contradict it",
    "?": "ambiguous: several readings fit",
    "✗": "unsupported: claimed by a model, not found in the text",
    BLANK: "left blank",
    NOT_APPLICABLE: "marked as not applicable",
}
QUALIFIERS: Mapping[Qualifier, str] = {"exact": "", "over": ">", "under": "<", "about": "~", "at_least": ">="}
QUALIFIER_WORDS: Mapping[str, str] = {
    ">": "more than",
    "<": "less than",
    "~": "about",
    ">=": "at least",
}


def shown(value: Value) -> str:
    """A value in digits, without exponents; None is nothing."""
    if value is None:
        return ""
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")
    return plain(str(value))


def cell(found: Observation) -> tuple[str, str]:
    """What a cell shows: its value (or the sign of an empty one), and the sign of its status."""
    if found.value is not None:
        return shown(found.value), SIGNS[found.status]
    if found.status in ("stated", "verified", "inferred"):
        empty = {"blank": BLANK, "not_applicable": NOT_APPLICABLE}.get(found.printed, "")
        return empty, "" if empty else SIGNS[found.status]
    return "", SIGNS[found.status]


def legend(observations: Iterable[Observation]) -> list[str]:
    """A line for each sign that `cell` gives for these observations."""
    used = {sign for found in observations for sign in _signs(found)}
    lines = [f"{sign} {meaning}" for sign, meaning in LEGEND.items() if sign in used]
    qualifiers = {QUALIFIERS[found.qualifier] for found in observations} - {""}
    return lines + [f"{sign} {QUALIFIER_WORDS[sign]}" for sign in QUALIFIER_WORDS if sign in qualifiers]


def _signs(found: Observation) -> tuple[str, ...]:
    text, sign = cell(found)
    return (text,) if text in (BLANK, NOT_APPLICABLE) else (sign,)
