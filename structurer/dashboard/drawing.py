"""Charts as SVG: drawn by Vega-Lite, then put together again from what is known to be harmless."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET

from structurer.errors import MissingExtra
from structurer.terminal import plain, width

_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
_VERSION = "5.21"
_SVG = "{http://www.w3.org/2000/svg}"
_ELEMENTS = frozenset({"svg", "g", "path", "text", "tspan", "line", "rect", "circle"})
_ATTRIBUTES = frozenset(
    [
        "d",
        "x",
        "y",
        "x1",
        "y1",
        "x2",
        "y2",
        "dx",
        "dy",
        "r",
        "cx",
        "cy",
        "width",
        "height",
        "viewBox",
        "transform",
        "fill",
        "fill-opacity",
        "stroke",
        "stroke-width",
        "stroke-opacity",
        "stroke-dasharray",
        "stroke-linecap",
        "opacity",
        "text-anchor",
        "font-size",
        "font-weight",
        "font-style",
    ]
)
_NUMBER = re.compile(r"[0-9]+\.[0-9]{2,}")
CONFIG: Mapping[str, Any] = {
    "font": "sans-serif",
    "background": None,
    "view": {"stroke": None},
    "axis": {
        "labelColor": "var(--soft)",
        "labelFontSize": 12,
        "gridColor": "var(--line)",
        "domain": False,
        "ticks": False,
        "labelPadding": 6,
        "title": None,
    },
    "text": {"fontSize": 12, "fill": "var(--ink)"},
    "rect": {"stroke": None},
}


@dataclass(frozen=True)
class Tip:
    """What a mark says when it is pointed at, and where it leads."""

    text: str
    href: str = ""


@dataclass(frozen=True)
class Chart:
    """A drawing to be: layers over a field of pixels, with room around it."""

    label: str
    """What it shows, for those who do not see it."""
    width: int
    height: int
    layers: Sequence[Mapping[str, Any]]
    left: int = 8
    right: int = 8
    top: int = 8
    bottom: int = 8
    tips: Mapping[str, Tip] = field(default_factory=dict)
    """Key of a mark, which stands in its `description`, → its tip."""


def draw(chart: Chart) -> str:
    """The chart as an SVG element. Raises MissingExtra where no library is there to draw it."""
    try:
        import vl_convert
    except ModuleNotFoundError as error:
        raise MissingExtra("The dashboard", error.name or "vl-convert-python", "dashboard") from None
    spec = {
        "$schema": _SCHEMA,
        "width": chart.width,
        "height": chart.height,
        "padding": {"left": chart.left, "right": chart.right, "top": chart.top, "bottom": chart.bottom},
        "autosize": {"type": "none"},
        "config": CONFIG,
        "layer": [layer for layer in chart.layers if layer["data"]["values"]],
    }
    drawn = vl_convert.vegalite_to_svg(spec, vl_version=_VERSION, allowed_base_urls=[])
    return _clean(drawn, chart)


def _clean(drawn: str, chart: Chart) -> str:
    root = ET.fromstring(drawn)
    made = ET.Element("svg", {"viewBox": root.get("viewBox", ""), "role": "img", "aria-label": chart.label})
    made.attrib |= {"width": root.get("width", ""), "height": root.get("height", "")}
    for child in root:
        _copy(child, made, chart.tips)
    return ET.tostring(made, encoding="unicode")


def _copy(element: ET.Element, into: ET.Element, tips: Mapping[str, Tip]) -> None:
    """Copies what is drawn: known elements with known attributes, no links but those of tips."""
    name = element.tag.removeprefix(_SVG)
    if name not in _ELEMENTS or element.get("display") == "none" or element.get("d") in ("", "M0,0h0v0h0Z"):
        return
    kept = {key: _short(value) for key, value in element.attrib.items() if key in _ATTRIBUTES}
    if element.get("class") == "background" and "fill" not in kept:
        return
    if kept.get("opacity") == "1":
        del kept["opacity"]
    tip = tips.get(element.get("aria-label", "")) if element.get("role") == "graphics-symbol" else None
    if name == "g" and not kept:
        made = into
    else:
        if tip is not None and tip.href:
            into = ET.SubElement(into, "a", {"href": tip.href})
        made = ET.SubElement(into, name, kept)
        made.text = element.text
        if tip is not None:
            title = ET.Element("title")
            title.text = plain(tip.text)
            made.insert(0, title)
    for child in element:
        _copy(child, made, tips)


def _short(value: str) -> str:
    return _NUMBER.sub(lambda found: f"{float(found[0]):.1f}", value)


def fitted(text: str, most: int) -> str:
    """A text on one line that takes at most so many cells (a Chinese character takes two)."""
    text = plain(text)
    if width(text) <= most:
        return text
    while text and width(text) >= most:
        text = text[:-1]
    return text + "…"


def pixels(text: str, size: float = 12) -> int:
    """About how wide a text is drawn."""
    return round(width(text) * size * 0.54)
