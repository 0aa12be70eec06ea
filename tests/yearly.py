"""Reports of agencies over the years, printed from chosen figures: for tests that read a panel."""

from __future__ import annotations

from collections.abc import Mapping

from structurer.forms import Table, load_forms

NUMERALS = {"disclosure": "二", "applications": "三", "disputes": "四"}
GROUPED = {
    "granted": "三、本年度办理结果",
    "refused_state_secret": "（三）不予公开",
    "not_provided_not_held": "（四）无法提供",
    "not_processed_petition_or_complaint": "（五）不予处理",
}


def form_of(year: int) -> str:
    """The form an agency uses in a year."""
    return "statistics-2014" if year < 2019 else "2019" if year < 2021 else "2021"


def report(
    agency: str,
    year: int,
    *,
    received: int = 10,
    carried_in: int = 0,
    carried_out: int = 0,
    misc: tuple[int, ...] = (),
    cells: Mapping[str, int | float] | None = None,
    title: str = "",
    phone: str = "",
    published: str = "",
    form: str = "",
) -> str:
    """A report whose sums agree; all applications are a natural person's, the rest is 0.

    `misc` are the counts of 其他处理 (one row, or three); `cells` replaces or adds single figures.
    """
    form = form or form_of(year)
    title = title or f"{agency}{year}年政府信息公开工作年度报告"
    lines = [title, ""]
    lines += [f"发布日期：{published}", ""] if published else []
    asked = f"与{agency}办公室联系（电话：{phone}）" if phone else "来电"
    lines += ["一、总体情况", "", f"对本报告如有疑问，请{asked}。", ""]
    if form == "statistics-2014":
        lines += _statistics(received, cells or {})
    else:
        lines += _tables(form, received, carried_in, carried_out, misc, cells or {})
    return "\n".join(lines) + "\n"


def _statistics(received: int, cells: Mapping[str, int | float]) -> list[str]:
    table = load_forms().tables["statistics"]["statistics-2014"]
    values = {
        "statistics.applications_received.count": received,
        "statistics.applications_received_online.count": received,
        "statistics.applications_completed.count": received,
        "statistics.applications_completed_on_time.count": received,
        "statistics.replies.count": received,
        "statistics.replies_granted.count": received,
        **cells,
    }
    lines = ["政府信息公开情况统计表", "", "统计指标 | 单位 | 统计数 |"]
    for cell in table.cells:
        label = cell.label.split("/")[-2] if cell.label.count("/") > 1 else cell.label.split("/")[1]
        lines.append(f"{label} | {cell.unit} | {values.get(cell.indicator, 0)} |")
    return lines


def _tables(
    form: str,
    received: int,
    carried_in: int,
    carried_out: int,
    misc: tuple[int, ...],
    cells: Mapping[str, int | float],
) -> list[str]:
    tables = load_forms().tables
    handled = received + carried_in - carried_out
    rows = [cell.row for cell in tables["applications"][form].cells if cell.row.startswith("other_handling")]
    others = dict(zip(dict.fromkeys(rows), misc, strict=False))
    counts = {
        "received": received,
        "carried_in": carried_in,
        "granted": handled - sum(misc),
        **others,
        "handled_total": handled,
        "carried_out": carried_out,
    }
    values: dict[str, int | float] = {
        f"applications.{row}.{column}": count
        for row, count in counts.items()
        for column in ("natural_person", "total")
    }
    values.update(cells)
    lines: list[str] = []
    for name in ("disclosure", "applications", "disputes"):
        table = tables[name][form]
        lines += [f"{NUMERALS[name]}、{table.title}", "", *_printed(table, values), ""]
    return lines


def _printed(table: Table, values: Mapping[str, int | float]) -> list[str]:
    if table.id == "disputes":
        shown = " | ".join(str(values.get(cell.indicator, 0)) for cell in table.cells)
        return [
            "行政复议 | 行政诉讼 |",
            "结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计 | " * 3,
            shown + " |",
        ]
    lines = [] if table.id == "disclosure" else ["申请人情况 | 自然人 | 法人或其他组织 | 总计 |"]
    for block in table.blocks:
        if block.heading:
            lines.append(f"{block.heading} |")
        head = "信息内容" if table.id == "disclosure" else " "
        lines.append(" | ".join([head, *(column.label for column in block.columns)]) + " |")
        for row in block.rows:
            if row.id in GROUPED:
                lines.append(f"{GROUPED[row.id]} |")
            shown = (str(values.get(f"{table.id}.{row.id}.{column.id}", 0)) for column in block.columns)
            lines.append(" | ".join([row.label, *shown]) + " |")
    return lines
