"""HTML: the official form with its merged cells, as content management systems print it."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from itertools import groupby
from random import Random
from typing import Any

from benchmarks.corpus.sheets import Line

Print = Callable[[list[Line], Random], str]


def _td(text: str | None, down: int = 1, across: int = 1, tag: str = "td") -> str:
    spans = (f' rowspan="{down}"' if down > 1 else "") + (f' colspan="{across}"' if across > 1 else "")
    shown = escape(text, quote=False).replace("\n", "<br/>") if text else "&nbsp;"
    return f"<{tag}{spans}>{shown}</{tag}>"


def _tr(*cells: str) -> str:
    return "<tr>" + "".join(cells) + "</tr>"


def _values(line: Line, across: int = 1) -> str:
    return "".join([_td(token, across=across) for token in line.tokens if token is not None])


def _disclosure(lines: list[Line], rng: Random) -> list[str]:
    rows = []
    widths = {3: (1, 1, 1), 2: (2, 1), 1: (3,)}
    for line in lines:
        if line.kind in ("block", "mark"):
            rows.append(_tr(_td(line.labels[0], across=4)))
        elif line.kind == "head":
            spans = widths[len(line.labels) - 1]
            rows.append(_tr(*(_td(t, across=n) for t, n in zip(line.labels, (1, *spans), strict=True))))
        else:
            label = "".join(map(_td, line.labels))
            shown = [token for token in line.tokens if token is not None]
            spans = widths[len(line.tokens)]
            rows.append(_tr(label, *(_td(t, across=n) for t, n in zip(shown, spans, strict=False))))
    return rows


def _applications(lines: list[Line], rng: Random) -> list[str]:
    note, top, single, grouped = lines[:4]
    who, bodies, *rest = single.labels
    rows = [
        _tr(_td(note.labels[0], down=3, across=3), _td(top.labels[0], across=7)),
        _tr(_td(who, down=2), _td(bodies, across=len(grouped.labels)), *(_td(t, down=2) for t in rest)),
        _tr(*map(_td, grouped.labels)),
    ]
    body = [line for line in lines[4:] if line.kind == "row"]
    inside = _outcomes(body)
    group = ""
    sizes = {name: sum(1 for _ in members) for name, members in groupby(inside.values()) if name}
    for line in lines[4:]:
        if line.kind != "row":
            rows.append(_tr(_td(line.labels[0], across=10)))
            continue
        own = line.labels[-1] if line.labels else None
        cells = []
        if line.row in inside:
            if line.row == next(iter(inside)):
                cells.append(_td(_results(body), down=len(inside)))
            name = inside[line.row]
            if name and name != group:
                cells.append(_td(name, down=sizes[name]))
            group = name
            cells.append(_td(own, across=1 if name else 2))
        else:
            cells.append(_td(own, across=3))
        rows.append(_tr(*cells, _values(line)))
    return rows


def _results(body: list[Line]) -> str:
    """The label 三、 as this wording prints it."""
    return next(line.labels[0] for line in body if len(line.labels) > 1)


def _outcomes(body: list[Line]) -> dict[str, str]:
    """The rows of 三、本年度办理结果, each with the group it stands in ("" for none)."""
    found: dict[str, str] = {}
    group = ""
    for line in body[2:-1]:
        *above, own = line.labels or ("",)
        if above and above[-1].startswith(("（", "(")):
            group = above[-1]
        elif own.startswith(("（", "(")):
            group = ""
        found[line.row] = group
    return found


def _disputes(lines: list[Line], rng: Random) -> list[str]:
    top, results, suits = [line for line in lines if line.kind == "head"]
    rows = [
        _tr(_td(top.labels[0], across=5), _td(top.labels[1], across=10)),
        _tr(*(_td(t, down=2) for t in results.labels[:5]), *(_td(t, across=5) for t in results.labels[5:])),
        _tr(*map(_td, suits.labels)),
    ]
    return rows + [
        _tr(_values(line)) if line.kind == "row" else _tr(_td(line.labels[0], across=15))
        for line in lines[3:]
    ]


def _statistics(lines: list[Line], rng: Random) -> list[str]:
    return [
        _tr(
            *(_td(label, across=3 if line.kind in ("block", "mark") else 1) for label in line.labels),
            _values(line),
        )
        for line in lines
    ]


_TABLES = {
    "disclosure": _disclosure,
    "applications": _applications,
    "disputes": _disputes,
    "statistics": _statistics,
}


def _table(name: str, lines: list[Line], rng: Random) -> str:
    if lines and lines[0].kind == "prose":
        return f"<p>{lines[0].labels[0]}</p>"
    if lines and lines[0].kind == "image":
        return "".join(
            f'<p><img src="/files/{line.labels[0]}" alt="{line.labels[0]}"/></p>' for line in lines
        )
    if not lines:
        return ""
    above = "".join([f"<p>{line.labels[0]}</p>" for line in lines if line.kind == "caption"])
    rows = _TABLES[name]([line for line in lines if line.kind != "caption"], rng)
    return above + '<table border="1" cellspacing="0"><tbody>' + "\n".join(rows) + "</tbody></table>"


def _body(parts: list[Any], rng: Random) -> tuple[str, str]:
    title = next((part.text for part in parts if part.kind == "title"), "")
    out = []
    for part in parts:
        if part.kind == "table":
            out.append(_table(part.text, list(part.lines), rng))
        elif part.kind == "title":
            out.append(f"<h1>{escape(part.text, quote=False)}</h1>")
        elif part.kind == "heading":
            out.append(f"<p><strong>{escape(part.text, quote=False)}</strong></p>")
        else:
            out.append(f"<p>&nbsp;&nbsp;{escape(part.text, quote=False)}</p>")
    return title, "\n".join(out)


def _page(title: str, body: str, charset: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html><head><meta charset="{charset}"/><title>{escape(title)}</title>'
        "<style>td{padding:0}</style></head>\n<body>\n"
        '<div class="nav"><a href="/">首页</a> &gt; <a href="/gk">政务公开</a></div>\n'
        f'{body}\n<div class="footer">主办单位：本站编辑部</div>\n</body></html>\n'
    )


def page(parts: list[Any], table: Print, rng: Random) -> str:
    """A web page with the tables as the form draws them."""
    title, body = _body(parts, rng)
    return _page(title, f'<div id="zoom">{body}</div>', "utf-8")


def gb_page(parts: list[Any], table: Print, rng: Random) -> str:
    """The same page, declared as gb18030."""
    title, body = _body(parts, rng)
    return _page(title, body, "gb18030")


def nested(parts: list[Any], table: Print, rng: Random) -> str:
    """The whole body inside the cell of a layout table."""
    title, body = _body(parts, rng)
    frame = (
        f'<table width="960"><tr><td>&nbsp;</td><td><table><tr><td>{body}</td></tr></table></td></tr></table>'
    )
    return _page(title, frame, "utf-8")
