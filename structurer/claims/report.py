"""What a model says of the report itself: who it is by, its year, title and date, and its problems."""

from __future__ import annotations

import re

from structurer.claims.claim import Claim, evidence, of_report
from structurer.document import Document
from structurer.ground import Passage, normal
from structurer.metadata.dates import DATE, iso
from structurer.metadata.titles import years_in
from structurer.model.answers import FIELDS, KINDS, FieldItem, ProblemItem
from structurer.observation import Printed, Value

_NOBODY = re.compile("^[本我该各]")


def field(item: FieldItem, document: Document, passage: Passage, accept: bool) -> Claim:
    """One thing a report says about itself; its value must stand in the words that are quoted."""
    key = FIELDS[item.field]
    indicator, label = f"metadata.{key}", f"元数据/{item.field}"
    printed: Printed = "number" if key == "year" else "text"
    places = passage.find(item.quote)
    value = _value(key, item, passage.text[places[0].start : places[0].end]) if places else None
    if value is None:
        return Claim(of_report(indicator, label, None, "unsupported", accept, candidates=(item.value,)))
    shown = (evidence(document, passage, places[0].start, places[0].end),)
    return Claim(of_report(indicator, label, value, "stated", accept, printed=printed, evidence=shown))


def problem(item: ProblemItem, document: Document, passage: Passage, accept: bool) -> Claim:
    """A problem or an improvement: words of the report, or nothing."""
    indicator, label = f"problems.{KINDS[item.kind]}.text", f"五/{item.kind}"
    places = passage.find(item.quote)
    if not places:
        return Claim(of_report(indicator, label, None, "unsupported", accept, candidates=(item.quote,)))
    shown = evidence(document, passage, places[0].start, places[0].end)
    words = re.sub(r"\s+", "", shown.quote)
    return Claim(of_report(indicator, label, words, "stated", accept, evidence=(shown,)))


def _value(key: str, item: FieldItem, quoted: str) -> Value:
    """What the quoted words themselves say, None where that is not what the model says."""
    if key == "year":
        named = years_in(quoted) or tuple(int(found) for found in re.findall("20[0-9]{2}", quoted))
        year = named[0] if len(set(named)) == 1 else None
        return year if str(year) == item.value else None
    if key == "published":
        dates = [iso(found[0]) for found in re.finditer(DATE, quoted)]
        return item.value if item.value in dates else None
    wanted = normal(item.value)
    if not wanted or wanted not in normal(quoted) or (key == "agency" and _NOBODY.search(wanted)):
        return None
    return wanted
