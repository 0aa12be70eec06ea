"""A report made by hand with its page and everything a reviewer meets, for tests of reviewing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from structurer.desk.desk import Desk
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
from structurer.store import Store, open_store

ROWS = {
    "received": (17, 0, 0, 0, 0, 0, 17),
    "granted": (15, 0, 0, 0, 0, 0, 15),
    "refused_third_party_rights": (1, 0, 0, 0, 0, 0, None),
    "handled_total": (16, 0, 0, 0, 0, 0, 17),
    "carried_out": (1, 0, 0, 0, 0, 0, 1),
}
"""Rows of table 三 that hold more than zeros; None is not printed. （七）总计 is one too high."""
PROSE = "全年主动公开政府信息3294条。微信公众号\x1b[31m发布信息3000余条。开通微信和微博，发布信息近千条。\n"
WECHAT = "narrative.disclosed_wechat.count"
ITEMS = "narrative.disclosed_items.count"
TOTAL = "applications.handled_total.total"
THIRD = "applications.refused_third_party_rights.total"
FEES = "disclosure.fees.previous_items"


def report(
    name: str = "yunxi.txt", *, agency: str = "云溪市教育局", year: int = 2020, total: int = 17
) -> tuple[Extraction, bytes]:
    """The extraction of the report and the bytes of its page; `total` is what （七）总计 prints."""
    title = f"{agency}{year}年政府信息公开工作年度报告"
    text = f"{title}\n\n一、总体情况\n\n{PROSE}\n二、主动公开政府信息情况\n\n行政事业性收费 | 2 |\n\n"
    observations = [*_statements(text), *_fees(text)]
    overview, fees = text.index("一、"), text.index("二、")
    table = len(text)
    text += "三、收到和处理政府信息公开申请情况\n\n"
    for row, cells in _rows():
        values = ROWS.get(row, (0,) * 7)
        text += cells[0].label.split("/")[-2] + " | "
        for cell, value in zip(cells, values, strict=True):
            printed = total if cell.indicator == TOTAL else value
            start = len(text)
            text += "" if printed is None else f"{printed} | "
            observations.append(_cell(cell.indicator, cell.label, printed, start, total))
        text = text.rstrip(" ") + "\n"
    content = text.encode()
    info = DocumentInfo(
        path=f"reports/{name}",
        id=sha256(content).hexdigest(),
        agency=agency,
        year=year,
        title=title,
        tables={
            "disclosure": TableInfo(form="2019", state="partial"),
            "applications": TableInfo(form="2019", state="read"),
        },
    )
    sections = (
        SectionInfo(title="一、总体情况", start=overview, end=fees, state="read"),
        SectionInfo(title="二、主动公开政府信息情况", start=fees, end=table, state="table"),
        SectionInfo(title="三、收到和处理政府信息公开申请情况", start=table, end=len(text), state="table"),
    )
    made = Extraction(
        document=info,
        observations=tuple(observations),
        findings=tuple(_findings(total)),
        sections=sections,
    )
    assert all(text[s.start : s.end] == s.quote for o in observations for s in o.evidence)
    return made, content


@contextmanager
def desk(url: str = "sqlite://", *reports: tuple[Extraction, bytes]) -> Iterator[Desk]:
    """A desk over a store that holds these reports (the one above if none is given), without an audit."""
    with open_store(url) as store:
        for extraction, content in reports or [report()]:
            store.add(extraction, fingerprint="one", content=content)
        yield calm(store)


def calm(store: Store) -> Desk:
    """A desk whose queue holds no random sample, so that a test says what is in it."""
    made = Desk(store)
    if made.plan().audit:
        made.set_plan("chief", audit=0)
    return made


def handle(key: str, made: Extraction | None = None) -> str:
    """DOC:INDICATOR for a value of the report above."""
    return f"{(made or report()[0]).document.id[:12]}:{key}"


def _rows() -> Iterator[tuple[str, list[Any]]]:
    cells = load_forms().tables["applications"]["2019"].cells
    for start in range(0, len(cells), 7):
        yield cells[start].row, list(cells[start : start + 7])


def _cell(indicator: str, label: str, printed: int | None, start: int, total: int) -> Observation:
    given: dict[str, Any] = {"value": printed, "status": "verified", "accepted": True}
    given["evidence"] = (Evidence(start=start, end=start + len(str(printed)), quote=str(printed)),)
    given["rules"] = ("applications.row_total", "applications.flow")
    if printed is None:
        given |= {"value": 1, "status": "inferred", "printed": "omitted", "evidence": ()}
    if indicator == TOTAL and total != 16:
        given |= {"status": "disputed", "accepted": False, "candidates": (16,)}
        given["rules"] = ("applications.row_total", "applications.handled", "applications.flow")
    return Observation(indicator=indicator, label=label, unit="件", methods=("table",), **given)


def _findings(total: int) -> Iterator[Finding]:
    if total != 16:
        message = f"总计: the outcomes add up to 16, （七）总计 says {total} (difference {total - 16})"
        yield Finding(rule="applications.handled", severity="error", message=message, indicators=(TOTAL,))
    message = "prose states 3000 and 1000 for 政务微信公开政府信息数"
    yield Finding(rule="narrative.contradiction", severity="warning", message=message, indicators=(WECHAT,))


def _statements(text: str) -> Iterator[Observation]:
    said = (
        (ITEMS, "正文/主动公开政府信息数/数量", "主动公开政府信息3294条", 3294, "exact", "stated"),
        (WECHAT, "正文/政务微信公开政府信息数/数量", "发布信息3000余条", 3000, "over", "disputed"),
        (WECHAT, "正文/政务微信公开政府信息数/数量", "发布信息近千条", 1000, "under", "disputed"),
    )
    for indicator, label, quote, value, qualifier, status in said:
        start = text.index(quote)
        yield Observation(
            indicator=indicator,
            label=label,
            value=value,
            unit="条",
            qualifier=qualifier,
            status=status,
            accepted=status == "stated",
            methods=("pattern",),
            evidence=(Evidence(start=start, end=start + len(quote), quote=quote),),
            rules=() if status == "stated" else ("narrative.contradiction",),
            candidates=() if status == "stated" else (3000, 1000),
        )


def _fees(text: str) -> Iterator[Observation]:
    start = text.index("收费 | 2") + 5
    for column, label in (("previous_items", "上一年项目数量"), ("change", "本年增/减")):
        yield Observation(
            indicator=f"disclosure.fees.{column}",
            label=f"二/行政事业性收费/{label}",
            value=None,
            unit="项",
            printed="omitted",
            status="ambiguous",
            accepted=False,
            methods=("table",),
            evidence=(Evidence(start=start, end=start + 1, quote="2"),),
            candidates=(2, None),
        )
