"""Cases, complaints and proposals: which counts are the office's own, and of disclosure."""

from __future__ import annotations

import re

from structurer.prose.applying import CARRIED
from structurer.prose.lexicon import Noun
from structurer.prose.said import Said
from structurer.prose.words import Named
from structurer.quantities import Quantity

_PARTLY = re.compile("[,(]?其中[^。;0-9]{0,16}公开")
_BUSINESS = re.compile("行政(?:许可|处罚|强制|检查|执法|审批|确认|征收)")
_LEVELS = re.compile("(全国|省|市|区|县)级?(?:人大|政协|两会)")
_AGAINST = frozenset(("recon", "lit"))
"""Cases brought against the office."""


def is_unsure(kind: str, noun: Noun, said: Said, named: Named, quantity: Quantity) -> bool:
    """Whether a count of cases, complaints or proposals may be another than the row asks for."""
    if noun.family == "proposals":
        return _is_proposals_part(kind, said, quantity)
    if kind == "petition":  # 信访局交办信访件12件: those of one way
        return any(said.text.startswith("交办", verb.start) for verb in named.verbs)
    if kind in _AGAINST and _is_decided(said, named, quantity):
        return True
    # 举报投诉12件,其中涉及政府信息公开2件
    partly = _PARTLY.match(said.text, quantity.end, said.high) is not None
    return partly and kind in (*_AGAINST, "complaint")


def result(kind: str, noun: Noun, said: Said) -> tuple[str, ...]:
    """The row of how cases ended, by what the sentence is about."""
    if said.family == "lit":
        return (f"litigations{noun.row}",)
    return (f"reconsiderations{noun.row}",) if said.family == "recon" and kind != "rejected" else ()


def _is_decided(said: Said, named: Named, quantity: Quantity) -> bool:
    """Whether they are cases that an office decides for others, or counted with what was carried in."""
    first = named.verbs[0].kind if named.verbs else ""
    accepted = quantity.value and any(said.text.startswith("受理", verb.start) for verb in named.verbs)
    # 行政许可4件、行政复议1件: a list of what the office does for others
    business = _BUSINESS.search(said.text, said.clause(named.start), named.start) is not None
    carried = CARRIED.match(said.text, quantity.end, said.high) is not None
    return first in ("handle", "finish", "reply") or bool(accepted) or business or carried


def _is_proposals_part(kind: str, said: Said, quantity: Quantity) -> bool:
    if len(set(_LEVELS.findall(said.text, said.low, said.high))) > 1:
        return True  # 省提案2件、市提案5件: each a part
    around = said.text[max(said.start, quantity.start - 30) : quantity.end + 12]
    return kind == "suggestion" and "提案" not in around
