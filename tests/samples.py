"""Extractions made by hand, for tests of what is done with them."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from structurer.document import Document
from structurer.errors import NotAReport
from structurer.forms import load_forms
from structurer.observation import (
    DocumentInfo,
    Evidence,
    Extraction,
    Finding,
    Observation,
    SectionInfo,
    TableInfo,
)

STATEMENTS = {
    "narrative.disclosed_items.count": {"value": 3294, "unit": "条", "status": "verified"},
    "narrative.website_visits.count": {"value": 240000, "unit": "次", "qualifier": "over"},
    "narrative.wechat_followers.count": {
        "value": 5000,
        "unit": "人",
        "qualifier": "about",
        "period": "to_date",
    },
    "narrative.fees_charged.amount": {"value": 32.25, "unit": "万元"},
}
"""What the prose of the sample says."""

CELLS: dict[str, dict[str, Any]] = {
    "disclosure.normative_documents.newly_made": {"value": 6},
    "disclosure.normative_documents.newly_disclosed": {"value": 6},
    "disclosure.normative_documents.total_disclosed": {"value": 25},
    "disclosure.licensing.change": {"value": -35},
    "disclosure.fees.previous_items": {"value": None, "status": "ambiguous", "candidates": (2, 0)},
    "disclosure.fees.change": {"value": None, "status": "ambiguous", "candidates": (0, 2)},
    "disclosure.procurement.items": {"value": None, "printed": "blank", "status": "stated"},
    "disclosure.procurement.amount": {"value": 32.2, "unit": "万元"},
    "applications.received.natural_person": {"value": 17},
    "applications.received.total": {"value": 17},
    "applications.refused_third_party_rights.natural_person": {"value": 1},
    "applications.refused_third_party_rights.total": {
        "value": 1,
        "status": "inferred",
        "printed": "omitted",
        "evidence": (),
        "rules": ("applications.row_total",),
        "assumes": ("blank=0",),
    },
    "applications.handled_total.natural_person": {"value": 16},
    "applications.handled_total.total": {"value": 17, "status": "disputed", "candidates": (16,)},
}
"""What stands in the tables of the sample besides zeros."""


def observe(indicator: str, label: str, **changed: Any) -> Observation:
    """An observation; what `changed` leaves out is that of a number stated in the text."""
    value = changed.get("value", 0)
    status = changed.get("status", "stated")
    given: dict[str, Any] = {
        "value": value,
        "unit": "件",
        "status": status,
        "accepted": status in ("verified", "stated", "inferred"),
        "methods": ("table",),
        "evidence": ()
        if value is None
        else (Evidence(start=40, end=40 + len(str(value)), quote=str(value)),),
        **changed,
    }
    return Observation(indicator=indicator, label=label, **given)


def sample(
    path: str = "reports/sample.txt", *, content: bytes = b"sample", agency: str = "云溪市教育局"
) -> Extraction:
    """An extraction of a report on the 2019 form with something of every kind in it."""
    forms = load_forms()
    observations = [
        observe(key, forms.cells[key].label, methods=("prose",), **given, **_quoted(key))
        for key, given in STATEMENTS.items()
    ]
    for table in ("disclosure", "applications"):
        observations += [
            observe(cell.indicator, cell.label, **_cell(cell.indicator, cell.unit))
            for cell in forms.tables[table]["2019"].cells
        ]
    return Extraction(
        document=DocumentInfo(
            path=path,
            id=sha256(content).hexdigest(),
            agency=agency,
            year=2020,
            title=f"{agency}2020年政府信息公开工作年度报告",
            published="2021-01-26",
            tables={
                "disclosure": TableInfo(form="2019", state="read"),
                "applications": TableInfo(form="2019", state="partial"),
                "disputes": TableInfo(form=None, state="image"),
                "statistics": TableInfo(form=None, state="absent"),
            },
        ),
        observations=tuple(observations),
        findings=FINDINGS,
        sections=(
            SectionInfo(title="一、总体情况", start=0, end=812, state="read"),
            SectionInfo(title="二、主动公开政府信息情况", start=812, end=1400, state="table"),
        ),
    )


class FakePipeline(ModuleType):
    """Stands in for the pipeline: a file's content decides what becomes of it."""

    version = "one"

    def __init__(self) -> None:
        super().__init__("structurer.pipeline")
        self.seen: list[str] = []

    def fingerprint(self, forms: object) -> str:
        return self.version

    def asks(self, settings: object) -> bool:
        return False

    def structure(
        self, source: bytes, *, path: str, settings: object, forms: object, beside: str | None = None
    ) -> Extraction:
        return self._found(source, path)

    def draft(self, document: Document, forms: object) -> SimpleNamespace:
        # An office of its own for each file, or all would be copies of one report.
        source, agency = document.source.encode(), f"云溪市{Path(document.path).stem}局"
        found = self._found(source, document.path, agency)
        return SimpleNamespace(document=document, tables=(), found=found)

    def finish(self, drafted: SimpleNamespace, forms: object, replies: object, *, accept: bool) -> Extraction:
        return drafted.found

    def _found(self, source: bytes, path: str, agency: str = "云溪市教育局") -> Extraction:
        self.seen.append(path)
        if b"letter" in source:
            raise NotAReport(path, "no title, section or table of an annual report")
        if b"bug" in source:
            raise KeyError("surprise")
        return sample(path, content=source, agency=agency)


FINDINGS: Sequence[Finding] = (
    Finding(
        rule="applications.row_total",
        severity="error",
        message="the six kinds of applicant add up to 16, the total says 17",
        indicators=("applications.handled_total.total",),
    ),
    Finding(rule="disclosure.disclosed_within_total", severity="info", message="not evaluated"),
)


def _quoted(key: str) -> dict[str, Any]:
    quotes = {
        "narrative.disclosed_items.count": "主动公开政府信息3294条",
        "narrative.website_visits.count": "总阅读量超24万人次",
        "narrative.wechat_followers.count": "关注人数约\x1b[31m5000\u202e人",
        "narrative.fees_charged.amount": "收取费用32.25万元",
    }
    return {"evidence": (Evidence(start=10, end=10 + len(quotes[key]), quote=quotes[key]),)}


def _cell(indicator: str, unit: str) -> dict[str, Any]:
    verified = indicator.startswith("applications.")
    return {"unit": unit, "status": "verified" if verified else "stated"} | CELLS.get(indicator, {})
