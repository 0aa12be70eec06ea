"""Settling claims among each other: repeated, contradicting, and adding up."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import inf

from structurer.observation import Finding
from structurer.prose.claim import Claim
from structurer.prose.lexicon import CHANNELS, NOUNS

SUM = "narrative.sum"
CONTRADICTION = "narrative.contradiction"

#: A total, its parts, and how many must be stated before a difference is worth a look (0: never).
FAMILIES: tuple[tuple[str, tuple[str, ...], int], ...] = (
    ("suggestions_and_proposals", ("npc_suggestions", "cppcc_proposals"), 2),
    ("staff", ("staff_full_time", "staff_part_time"), 2),
    ("applications_completed", ("applications_completed_on_time", "applications_completed_extended"), 2),
    (
        "applications_received",
        (
            "applications_received_in_person",
            "applications_received_fax",
            "applications_received_online",
            "applications_received_letter",
        ),
        3,
    ),
    (
        "replies",
        (
            "replies_already_public",
            "replies_granted",
            "replies_partially_granted",
            "replies_refused",
            "replies_not_this_agency",
            "replies_nonexistent",
            "replies_asked_to_amend",
            "replies_redirected",
        ),
        0,
    ),
    (
        "reconsiderations",
        ("reconsiderations_upheld", "reconsiderations_corrected", "reconsiderations_other"),
        0,
    ),
    ("litigations", ("litigations_upheld", "litigations_corrected", "litigations_other"), 0),
    # The same item may be published in several places, so a difference says nothing; an exact sum does.
    ("disclosed_items", tuple(CHANNELS.values()), 0),
)
_LENGTH = 24
"""Members of a list that are added up; no report states more in a sentence."""
_TELLING = 20
"""Totals under this agree by chance too often with some sum of figures elsewhere in a report."""
_STOP = re.compile("[。\n]")
_LIST = re.compile(r"其中|包括|:|\(")
_CLOSING = re.compile("(?:、|合计|总计|共计|一共|共|为|是)+")
_TRIM = re.compile(r'^(?:[、,:;(和及"]|其中)+|[、,:;("]+$')
_BODY = re.compile("(?:本级|机关|[局委厅]属单位|下属单位|乡镇|街道|县区|区县|市县|各?部门)\\Z")
"""What is no kind of thing, but a body that the total counts as well."""
_COUNTED = NOUNS["info"].units | NOUNS["apply"].units | {"名", "人", "位"}


def without_parts(text: str, claims: Sequence[Claim]) -> list[Claim]:
    """Leave out a row's figures of which one sentence states two: each counts a part (两个公众号分别…)."""
    places: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.row:
            places[claim.row, claim.period, claim.as_of, claim.scope].append(claim)
    dropped: set[int] = set()
    for group in places.values():
        for first, second in pairwise(group):
            near = (
                second.at - first.end < 300
                and _STOP.search(text, first.end, max(first.end, second.at)) is None
            )
            if near and (first.value, first.qualifier) != (second.value, second.qualifier):
                dropped |= {id(first), id(second)}
    return [claim for claim in claims if id(claim) not in dropped]


# --- sums ---


def add_up(text: str, sentences: dict[int, list[Claim]]) -> Iterator[Claim]:
    """Confirm totals and parts of lists that add up exactly; yield the parts no row has a name for."""
    for index, claims in sentences.items():
        before = sentences.get(index - 1, [])
        for cut, members in _lists(text, claims):
            totals = claims[max(0, cut - _LENGTH) : cut] or before[-_LENGTH:]
            total, parts = _closed(totals, members)
            if total is None or not any(claim.rows for claim in (total, *parts)):
                continue
            for claim in parts:
                if total.rows and not claim.rows:
                    claim.period, claim.as_of, claim.scope = total.period, total.as_of, total.scope
            for claim in (total, *parts):
                if SUM not in claim.rules:
                    claim.rules.append(SUM)
            yield from (claim for claim in parts if not claim.rows and _named(claim))
        _close(claims)


def _close(claims: Sequence[Claim]) -> None:
    """Confirm parts that a total behind them closes: 建议3件、提案5件,共8件."""
    for index in range(2, min(len(claims), _LENGTH)):
        total, parts = claims[index], claims[:index]
        if (
            not total.rows
            and _CLOSING.fullmatch(total.wording)
            and all(part.rows for part in parts)
            and _binds(total, parts)
        ):
            for claim in parts:
                claim.rules.append(SUM)


def _lists(text: str, claims: Sequence[Claim]) -> Iterator[tuple[int, list[Claim]]]:
    """The lists of a sentence: how many claims stand before one, and its members."""
    for cut, claim in enumerate(claims):
        low = max(claims[cut - 1].end, claim.at - 80) if cut else claim.start - 8
        marks = list(_LIST.finditer(text, max(0, low), claim.at))
        if not marks or (cut == 0 and "其中" not in text[max(0, low) : claim.at]):
            continue
        end = text.find(")", claim.at, claim.at + 200) if marks[-1][0] == "(" else len(text)
        members = [part for part in claims[cut : cut + _LENGTH] if part.at < end]
        for more in range(1, len(members)):
            if text.find("其中", members[more - 1].end, members[more].at) >= 0:
                members = members[:more]
                break
        yield cut, members


def _closed(totals: Sequence[Claim], members: list[Claim]) -> tuple[Claim | None, list[Claim]]:
    """The total that the longest run of leading members adds up to, and that run."""
    for count in range(len(members), 1, -1):
        for total in reversed(totals):
            if _binds(total, members[:count]):
                return total, members[:count]
    return None, []


def _binds(total: Claim, parts: Sequence[Claim]) -> bool:
    together = (total, *parts)
    whole = all(claim.qualifier == "exact" and claim.unit in _COUNTED for claim in together)
    alike = len({(claim.period, claim.as_of, claim.scope) for claim in together if claim.rows}) <= 1
    return (
        len(parts) >= 2
        and total.value > 0
        and whole
        and alike
        and sum(claim.value for claim in parts) == total.value
    )


def _named(claim: Claim) -> bool:
    """Give a part without a row the row `other` and its wording; False when the report does not name it."""
    claim.wording = _TRIM.sub("", claim.wording)
    if not claim.wording or _BODY.search(claim.wording):
        return False
    claim.rows = ("other",)
    return True


def families(claims: Sequence[Claim]) -> Iterator[Finding]:
    """Confirm totals whose parts elsewhere add up; yield a finding where exhaustive parts do not."""
    stated: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.row and claim.counts_year:
            stated[claim.row].append(claim)
    single = {row: group for row, group in stated.items() if len({claim.value for claim in group}) == 1}
    for total, parts, enough in FAMILIES:
        present = [part for part in parts if part in single]
        if total not in single or len(present) < 2:
            continue
        whole, added = single[total][0].value, sum(single[part][0].value for part in present)
        if whole == added and (whole >= _TELLING or total != "disclosed_items"):
            for claim in (claim for row in (total, *present) for claim in single[row]):
                if SUM not in claim.rules and (whole > 0 or claim.row == total):
                    claim.rules += [SUM] if whole > 0 else []
        elif whole != added and (
            0 < enough <= len(present) or (total != "disclosed_items" and added > whole)
        ):
            yield Finding(
                rule=SUM,
                severity="warning",
                message=f"prose says {whole} for {total}, its parts add up to {added}",
                indicators=tuple(f"narrative.{row}.count" for row in (total, *present)),
            )


# --- repetitions and contradictions ---


def grouped(claims: Iterable[Claim]) -> list[list[Claim]]:
    """Claims of the same row, time and scope, together."""
    groups: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
    for claim in claims:
        name = (claim.wording, claim.sentence) if claim.row == "other" else None
        groups[claim.rows, claim.period, claim.as_of, claim.scope, name].append(claim)
    return list(groups.values())


def contradictions(groups: Sequence[list[Claim]]) -> dict[int, tuple[int | float, ...]]:
    """Claims that cannot be true together (by id), with the values that contradict each other."""
    disputed: dict[int, tuple[int | float, ...]] = {}
    for group in groups:
        if len(group) > 1 and group[0].row and not _agree(group):
            _dispute(group, disputed)
    for joint in (claim for group in groups for claim in group if len(claim.rows) > 1):
        for group in groups:
            first = group[0]
            if first.row in joint.rows and (first.period, first.scope) == (joint.period, joint.scope):
                larger = [claim for claim in group if _bounds(claim)[0] > _bounds(joint)[1]]
                if larger:  # a part that is more than the whole
                    joint.rows = first.rows
                    _dispute([*group, joint], disputed)
                    break
    return disputed


def _dispute(claims: Sequence[Claim], disputed: dict[int, tuple[int | float, ...]]) -> None:
    values = tuple(dict.fromkeys(claim.value for claim in claims))
    for claim in claims:
        disputed[id(claim)] = values


def _agree(group: Sequence[Claim]) -> bool:
    bounds = [_bounds(claim) for claim in group]
    return max(low for low, _ in bounds) <= min(high for _, high in bounds)


def _bounds(claim: Claim) -> tuple[float, float]:
    """Between which values a qualified figure lies: 3000余 is under 4000, 近千 over 900."""
    value = claim.value
    if claim.qualifier == "exact" or value <= 0 or value != int(value):
        return (value, value) if claim.qualifier == "exact" else (0, inf)
    step = 10 ** (len(str(int(value))) - len(str(int(value)).rstrip("0")))
    below = claim.qualifier in ("under", "about")
    above = claim.qualifier in ("over", "at_least", "about")
    return value - step * below, value + step * above
