"""A Word file as text: paragraphs become lines, data tables grids; what was deleted is left out."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any

from structurer.document import CELL, ROW
from structurer.errors import BrokenFile, EmptyInput
from structurer.read.flow import Flow, Image, Table, Writer
from structurer.read.numbering import Numbering
from structurer.read.package import Package
from structurer.read.reading import Reading

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_A_BLIP = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
_V_IMAGE = "{urn:schemas-microsoft-com:vml}imagedata"
_MAIN = "word/document.xml"
_DEEPEST = 40
"""Tables nested deeper than this are left out."""
_OUT = frozenset(
    {"del", "moveFrom", "delText", "instrText", "delInstrText", "rPr", "pPr", "sectPr", "tblPr", "trPr", "rt"}
)
"""What is no text: deletions, properties, codes of fields, and how a character sounds."""
_IN = frozenset({"ins", "moveTo"})
_AROUND = frozenset({"sdt", "sdtContent", "customXml", "ins", "smartTag"})
"""What may stand around the rows of a table, or the cells of a row."""
_TINY = frozenset({"1", "2", "3", "4"})
"""Sizes in half points at which nobody reads a digit."""
_TRACKED = "the file holds tracked changes: what was inserted is read, what was deleted is not"
_SIGNS = {"tab": " ", "ptab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def read_docx(data: bytes, path: str) -> Reading:
    """The text of a .docx file with its tables as grids.

    Inserted text is read and deleted text left out where changes were tracked; text boxes follow the
    paragraph they hang on; headers, footers, notes and hidden text are left out.
    Raises BrokenFile, Encrypted, TooLarge, EmptyInput.
    """
    package = Package(data, path)
    main = _main(package)
    root = package.xml(main)
    if root is None:
        raise BrokenFile(path, "a Word file without its text; open it and save it again")
    reader = _Reader(package, main)
    body = next((child for child in root if _name(child) == "body"), root)
    flow = reader.blocks(body, 0)
    writer = Writer()
    writer.flow(flow)
    text = "".join(writer.parts)
    if not text.strip(" \n" + CELL + ROW):
        raise EmptyInput(path, "a Word file without text")
    return Reading(text, text, "docx", images=tuple(writer.images), notes=tuple(reader.notes))


def _main(package: Package) -> str:
    rels = package.xml("_rels/.rels")
    for relation in rels if rels is not None else ():
        if str(relation.get("Type", "")).endswith("/officeDocument"):
            target = posixpath.normpath(str(relation.get("Target", "")).lstrip("/"))
            if target in package.names:
                return target
    return _MAIN


def _name(element: Any) -> str:
    """The local name of a Word element, "" for all others (comments, entities, drawings)."""
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    for space in (_W, _STRICT):
        if tag.startswith(space):
            return tag[len(space) :]
    return ""


def _get(element: Any, name: str) -> str | None:
    value: str | None = element.get(_W + name, element.get(_STRICT + name))
    return value


def _child(element: Any, *path: str) -> Any:
    for name in path:
        element = next((child for child in element if _name(child) == name), None)
        if element is None:
            return None
    return element


def _on(element: Any) -> bool:
    """Whether a switch is there and not turned off."""
    return element is not None and _get(element, "val") not in ("0", "false", "off")


class _Reader:
    """Word's XML to a flow."""

    def __init__(self, package: Package, main: str) -> None:
        folder, name = posixpath.split(main)
        styles = package.xml(posixpath.join(folder, "styles.xml"))
        self._numbering = Numbering(package.xml(posixpath.join(folder, "numbering.xml")), styles)
        rels = package.xml(posixpath.join(folder, "_rels", name + ".rels"))
        self._targets = {
            str(relation.get("Id")): posixpath.basename(str(relation.get("Target", "")))
            for relation in (rels if rels is not None else ())
        }
        self._raising = _raising(styles)
        self._was_apart = False
        """The last run with text was set apart from its neighbours."""
        self.notes: dict[str, None] = {}

    def blocks(self, parent: Any, depth: int) -> Flow:
        """Paragraphs and tables below an element."""
        flow: Flow = []
        for child in parent:
            name = _name(child)
            if name == "p":
                self._paragraph(child, flow, depth)
            elif name == "tbl":
                if depth < _DEEPEST:
                    flow.append(self._table(child, depth + 1))
                else:
                    self.notes[f"tables nested deeper than {_DEEPEST} were left out"] = None
            elif name in _OUT:
                self._left_out(name)
            elif name == "" and child.tag == _MC + "AlternateContent":
                flow.extend(self.blocks(_first_choice(child), depth))
            elif name != "tcPr":
                if name in _IN:
                    self._tracked()
                flow.extend(self.blocks(child, depth))
        return flow

    def _paragraph(self, paragraph: Any, flow: Flow, depth: int) -> None:
        properties = _child(paragraph, "pPr")
        label = self._numbering.label(properties)
        if label:
            flow.append(label)
        boxes: list[Any] = []
        self._runs(paragraph, flow, boxes, depth)
        if properties is not None and _child(properties, "rPr", "del") is not None:
            self._tracked()  # the mark that parts it from the next paragraph was deleted
        else:
            flow.append("\n")
        for box in boxes:
            flow.extend(self.blocks(box, depth + 1) if depth < _DEEPEST else [])

    def _runs(self, parent: Any, flow: Flow, boxes: list[Any], depth: int) -> None:
        for child in parent:
            name = _name(child)
            if name == "t":
                flow.append(child.text or "")
            elif name in _SIGNS:
                flow.append(_SIGNS[name])
            elif name == "sym":
                flow.append(_symbol(child))
            elif name == "r":
                self._run(child, flow, boxes, depth)
            elif name in _OUT:
                self._left_out(name)
            elif name == "txbxContent":
                boxes.append(child)
            elif child.tag == _MC + "AlternateContent":
                self._runs(_first_choice(child), flow, boxes, depth)
            elif child.tag == _MATH:
                flow.append(child.text or "")
            elif child.tag == _A_BLIP or child.tag == _V_IMAGE:
                flow.append(Image(self._image(child)))
            elif isinstance(child.tag, str):
                if name in _IN:
                    self._tracked()
                self._runs(child, flow, boxes, depth)

    def _run(self, run: Any, flow: Flow, boxes: list[Any], depth: int) -> None:
        properties = _child(run, "rPr")
        said = {_name(one) for one in properties if _on(one)} if properties is not None else ()
        if "vanish" in said:
            self.notes["hidden text was left out"] = None
        elif "strike" in said or "dstrike" in said:
            self.notes["text that is struck out was left out"] = None
        else:
            # A raised digit is a note's mark, one as white as the page is none that anybody sees: neither
            # makes a longer number with its neighbours.
            apart = self._is_apart(run, properties)
            written: Flow = []
            self._runs(run, written, boxes, depth)
            digits = any(isinstance(piece, str) and piece[:1].isdigit() for piece in written)
            if digits and (apart or self._was_apart) and _ends_in_digit(flow):
                written.insert(0, "\n")
            if written:
                self._was_apart = apart
            flow.extend(written)

    def _is_apart(self, run: Any, properties: Any) -> bool:
        """Whether a run is raised or lowered, a note's mark, white, or too small to be read."""
        if any(_on(child) and _get(child, "customMarkFollows") for child in run):
            return True
        if properties is None:
            return False
        told = {_name(one): _get(one, "val") or "" for one in properties}
        return (
            told.get("vertAlign", "baseline") != "baseline"
            or told.get("position", "0") != "0"
            or told.get("color", "").upper() == "FFFFFF"
            or told.get("sz") in _TINY
            or told.get("rStyle") in self._raising
        )

    def _table(self, table: Any, depth: int) -> Table:
        return Table(list(self._rows(table, depth)))

    def _rows(self, parent: Any, depth: int) -> Iterator[list[Flow]]:
        for child in parent:
            name = _name(child)
            if name == "tr":
                if _child(child, "trPr", "del") is not None:
                    self._tracked()
                    continue
                if _on(_child(child, "trPr", "hidden")):
                    self.notes["hidden text was left out"] = None
                    continue
                yield [cell for cell in self._cells(child, depth) if cell is not None]
            elif name in _AROUND:
                yield from self._rows(child, depth)

    def _cells(self, row: Any, depth: int) -> Iterator[Flow | None]:
        """The cells that begin in a row; None for one that goes on from above or from the left."""
        for child in row:
            name = _name(child)
            if name == "tc":
                yield None if self._goes_on(child) else _trimmed(self.blocks(child, depth))
            elif name in _AROUND:
                yield from self._cells(child, depth)

    def _goes_on(self, cell: Any) -> bool:
        properties = _child(cell, "tcPr")
        if properties is None:
            return False
        if _child(properties, "cellDel") is not None:
            self._tracked()
            return True
        merged = (_child(properties, "vMerge"), _child(properties, "hMerge"))
        return any(one is not None and _get(one, "val") in (None, "continue") for one in merged)

    def _image(self, element: Any) -> str:
        return self._targets.get(str(element.get(_R + "embed") or element.get(_R + "id")), "") or "image.png"

    def _tracked(self) -> None:
        self.notes[_TRACKED] = None

    def _left_out(self, name: str) -> None:
        if name in ("del", "moveFrom"):
            self._tracked()


def _raising(styles: Any) -> frozenset[str]:
    """The styles of characters that raise or lower them, those of notes' marks among them."""
    found = {"FootnoteReference", "EndnoteReference"}
    for style in styles if styles is not None else ():
        raised = _child(style, "rPr", "vertAlign") if _name(style) == "style" else None
        if raised is not None and _get(raised, "val") != "baseline":
            found.add(_get(style, "styleId") or "")
    return frozenset(found)


def _first_choice(alternatives: Any) -> Any:
    """The first of the ways to show a thing: the others say the same for older programs."""
    return next(iter(alternatives), ())


def _ends_in_digit(flow: Flow) -> bool:
    written = [piece for piece in flow[-8:] if isinstance(piece, str) and piece]
    return bool(written) and written[-1][-1].isdigit()


def _symbol(element: Any) -> str:
    try:
        return chr(int(_get(element, "char") or "", 16))
    except (ValueError, OverflowError):
        return ""


def _trimmed(flow: Flow) -> Flow:
    while flow and flow[-1] == "\n":
        flow.pop()
    return flow
