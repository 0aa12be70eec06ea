"""Word files written by hand: a zip of the XML that a test wants to see read."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SPACES = (
    f'xmlns:w="{_W}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"


def docx(body: str, parts: Mapping[str, str | bytes] | None = None, *, head: str = "") -> bytes:
    """A .docx whose body is this XML; `parts` are further files, `head` stands before the root."""
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/word/document.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_RELS}"><Relationship Id="r1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="word/document.xml"/></Relationships>',
        "word/document.xml": f"<?xml version='1.0' encoding='UTF-8'?>{head}<w:document {_SPACES}>"
        f"<w:body>{body}</w:body></w:document>",
        **(parts or {}),
    }
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return made.getvalue()


def wordml(root: str, inner: str) -> str:
    """A part of Word's XML with its name spaces."""
    return f"<w:{root} {_SPACES}>{inner}</w:{root}>"


def rels(**targets: str) -> str:
    """The relations of the document to other parts, by id."""
    inner = "".join(f'<Relationship Id="{name}" Target="{target}"/>' for name, target in targets.items())
    return f'<Relationships xmlns="{_RELS}">{inner}</Relationships>'


def p(*runs: str, props: str = "") -> str:
    """A paragraph of runs; a run that is no XML is text."""
    made = "".join(run if run.startswith("<") else r(run) for run in runs)
    return f"<w:p>{'<w:pPr>' + props + '</w:pPr>' if props else ''}{made}</w:p>"


def r(text: str, props: str = "") -> str:
    """A run of text."""
    return (
        f"<w:r>{'<w:rPr>' + props + '</w:rPr>' if props else ''}<w:t xml:space='preserve'>{text}</w:t></w:r>"
    )


def tc(*blocks: str, props: str = "") -> str:
    """A cell of paragraphs and tables; a block that is no XML is a paragraph."""
    made = "".join(block if block.startswith("<") else p(block) for block in blocks or ("",))
    return f"<w:tc><w:tcPr><w:tcW w:w='600' w:type='dxa'/>{props}</w:tcPr>{made}</w:tc>"


def tbl(*rows: Sequence[str] | str) -> str:
    """A table; a row is a list of cells (XML or text) or a whole `w:tr`."""
    columns = max(row.count("<w:tc>") if isinstance(row, str) else len(row) for row in rows)
    grid = "<w:tblGrid>" + "<w:gridCol w:w='600'/>" * columns + "</w:tblGrid>"
    return (
        "<w:tbl><w:tblPr><w:tblW w:w='9000' w:type='dxa'/></w:tblPr>"
        + grid
        + "".join(row if isinstance(row, str) else tr(*row) for row in rows)
        + "</w:tbl>"
    )


def tr(*cells: str, props: str = "") -> str:
    """A row of cells."""
    made = "".join(cell if cell.startswith("<") else tc(cell) for cell in cells)
    return f"<w:tr><w:trPr>{props}</w:trPr>{made}</w:tr>"
