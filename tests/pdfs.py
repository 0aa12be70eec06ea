"""PDF files written by hand: pages of Chinese text and drawn tables, sound ones and broken ones."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

WIDTH, HEIGHT = 595, 842
HAN = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /SimSun /Encoding /UniGB-UCS2-H /DescendantFonts "
    b"[<< /Type /Font /Subtype /CIDFontType0 /BaseFont /SimSun /CIDSystemInfo "
    b"<< /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /DW 1000 /W [1 95 500] "
    b"/FontDescriptor << /Type /FontDescriptor /FontName /SimSun /Flags 4 /Ascent 880 /Descent -120 "
    b"/CapHeight 700 /ItalicAngle 0 /StemV 80 /FontBBox [0 -120 1000 880] >> >>] >>"
)
#: A font that says which glyphs to draw, but not which characters they are.
GLYPHS_ONLY = HAN.replace(b"/UniGB-UCS2-H", b"/Identity-H").replace(b"(GB1)", b"(Identity)")


def text(x: float, top: float, words: str, size: float = 10, mode: int = 0) -> bytes:
    """Words whose upper left corner is at x and `top`; mode 3 is invisible."""
    return b"BT /F1 %.2f Tf %d Tr %.2f %.2f Td <%s> Tj ET\n" % (
        size, mode, x, HEIGHT - top - 0.88 * size, words.encode("utf-16-be").hex().encode(),
    )  # fmt: skip


def raw(x: float, top: float, words: bytes, size: float = 10) -> bytes:
    """Bytes in a Latin font: what is left of Chinese text when its font was lost."""
    return b"BT /F2 %.2f Tf %.2f %.2f Td <%s> Tj ET\n" % (size, x, HEIGHT - top - size, words.hex().encode())


def line(x0: float, top: float, x1: float, bottom: float) -> bytes:
    """A thin black line."""
    return b"0.5 w 0 G %.2f %.2f m %.2f %.2f l S\n" % (x0, HEIGHT - top, x1, HEIGHT - bottom)


def fill(x0: float, top: float, x1: float, bottom: float, gray: float = 1.0) -> bytes:
    """A filled rectangle."""
    return b"%.2f g %.2f %.2f %.2f %.2f re f 0 g\n" % (gray, x0, HEIGHT - bottom, x1 - x0, bottom - top)


def table(
    x: float,
    top: float,
    rows: Sequence[Sequence[str]],
    widths: Sequence[float],
    *,
    high: float = 22,
    size: float = 9,
    closed: bool = True,
) -> bytes:
    """A drawn table; a cell of "<" goes on from the left, one of "^" from above; lines break at "\\n".

    `closed` draws its lowest border.
    """
    xs = [x + sum(widths[:at]) for at in range(len(widths) + 1)]
    ys = [top + high * at for at in range(len(rows) + 1)]
    drawn = []
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if cell != "^":
                drawn.append(line(xs[c], ys[r], xs[c + 1], ys[r]))
            if cell != "<" and not (cell == "^" and c and rows[r][c - 1] == "^" and _across(rows, r, c)):
                drawn.append(line(xs[c], ys[r], xs[c], ys[r + 1]))
            if cell not in "<^":
                for at, part in enumerate(cell.split("\n")):
                    drawn.append(text(xs[c] + 2, ys[r] + 3 + at * (size + 1), part, size))
    drawn.append(line(xs[-1], ys[0], xs[-1], ys[-1]))
    if closed:
        drawn.append(line(xs[0], ys[-1], xs[-1], ys[-1]))
    return b"".join(drawn)


def _across(rows: Sequence[Sequence[str]], r: int, c: int) -> bool:
    """Whether the cell that a "^" continues was itself one that goes on from the left."""
    while rows[r][c] == "^":
        r -= 1
    return rows[r][c] == "<"


def pdf(
    pages: Sequence[bytes],
    *,
    font: bytes = HAN,
    trailer: bytes = b"",
    image: bool = False,
    packed: bool = False,
    more: Sequence[bytes] = (),
    resources: bytes = b"",
) -> bytes:
    """A PDF with one page for each content; `image` lays a picture under each page.

    `more` are further objects, numbered from 5 on; `resources` is added to every page's.
    """
    picture = (
        b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 "
    )
    objects = [b"", b"", font, picture + b"/Length 1 >>\nstream\n\xc8\nendstream", *more]
    kids = []
    for content in pages:
        if image:
            content = b"q %d 0 0 %d 0 0 cm /Im1 Do Q\n" % (WIDTH, HEIGHT) + content
        how = b""
        if packed:
            content, how = zlib.compress(content), b"/Filter /FlateDecode "
        objects.append(b"<< %s/Length %d >>\nstream\n%s\nendstream" % (how, len(content), content))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R /Resources "
            b"<< /Font << /F1 3 0 R /F2 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding "
            b"/WinAnsiEncoding >> >> /XObject << /Im1 4 0 R %s >> >> >>"
            % (WIDTH, HEIGHT, len(objects), resources)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    return _file(objects, trailer)


def _file(objects: Sequence[bytes], trailer: bytes) -> bytes:
    made = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    made += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, trailer, start,
    )  # fmt: skip
    return bytes(made)


LOCKED = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >> /ID [<00> <00>]" % (
    b"5a" * 32,
    b"a5" * 32,
)
"""For the trailer: a lock whose password is not the empty one."""
