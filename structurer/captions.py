"""Of when and of whom a table of one column speaks: what its caption and its header say.

Offices append last year's table, that of a body below them or one kept since the rules came into force, with
the same labels; only the words above tell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from structurer.document import Document
from structurer.forms import Forms
from structurer.observation import Finding, opened
from structurer.prose.organs import is_same
from structurer.tables import TableReading

_TITLE = re.compile("[^\n。]*(?:统计表|情况表|一览表)")
_YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})(?=年?度|年(?![0-9 ]{1,4}月)|[\s|)]|年1月1?日?[至到-])")
_OTHER_TIME = re.compile(
    "累计|以来|上年(?:度|数|同期)|去年|同比|增减|增长|[上下]半年|季度"
    r"|[至到-](?:20[0-9]{2}年)?[ ]?[1-9]月|[1-9][月]?[至到-][1-9]月"
)
_OTHERS = re.compile("全[省市县区州旗]|全系统|(?:[下所直局委厅]属)|各(?:单位|部门|乡镇|镇街|县|区|市)")
_OWN = re.compile("合计|本级|机关")
_PLACE = re.compile("(?:政府|政府办公室|政府办|[省市县区州旗镇乡])$")
_FILLED_BY = re.compile(
    r"(?:填报|报送|编报|统计|上报)(?:单位|机关|部门)(?:名称)?(?:\([^()\n]{0,8}\))?[::][ \t|]*"
    "(?P<name>[\u4e00-\u9fff]{3,30}?(?:政府|委员会|办公室|中心|[局委厅办站所队院校处科镇乡]))(?![\u4e00-\u9fff])"
)
_LOOK_BACK = 200


def own(
    tables: Sequence[TableReading], document: Document, forms: Forms, year: int | None, agency: str | None
) -> list[TableReading]:
    """The tables, those left open whose caption names another year than `year` or a body other than `agency`.

    Both are None where they are not known; then only words like 累计 or 上半年 tell.
    """
    return [
        _left_open(table, said) if (said := _contradiction(table, document, forms, year, agency)) else table
        for table in tables
    ]


def _contradiction(
    table: TableReading, document: Document, forms: Forms, year: int | None, agency: str | None
) -> str:
    """The words above a table of one column that make it none of the report's; "" where there are none."""
    if not all(form.single_column for form in forms.tables[table.table].values()):
        return ""
    begin = max(0, table.start - _LOOK_BACK)
    titles = list(_TITLE.finditer(document.folded, begin, table.start))
    if not titles:
        return ""
    caption = document.folded[titles[-1].start() : table.start]
    years = {int(found) for found in _YEAR.findall(caption)}
    if year is not None and years and year not in years:
        return f"{max(years)}年"
    if other := _OTHER_TIME.search(caption):
        return other[0]
    if agency is None:
        return ""
    others = _OTHERS.search(caption)
    if others and not _PLACE.search(agency) and not _OWN.search(caption):
        return others[0]
    by = _FILLED_BY.search(caption)
    return by["name"] if by and not is_same(by["name"], agency) else ""


def _left_open(table: TableReading, said: str) -> TableReading:
    observations = tuple(
        opened(one, one.candidates or (one.value,)) if one.accepted else one for one in table.observations
    )
    message = f"the words above the table say {said}: it may not be of the report's year and office"
    finding = Finding(rule=f"{table.table}.caption", severity="warning", message=message)
    return replace(table, observations=observations, findings=(*table.findings, finding))
