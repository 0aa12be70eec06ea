"""The door to pdfplumber: a PDF's pages as glyphs and drawn lines."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any, NamedTuple

from structurer.errors import BrokenFile, Encrypted, ReadError, TooLarge, UnsupportedFormat
from structurer.read.bounds import BOUNDED_ZLIB, Exhausted, deadline
from structurer.read.layout.page import Glyph, PrintedPage, Ruling, clean

_MOST_PAGES = 2000
_SECONDS_TO_OPEN = 30.0
_SECONDS_A_PAGE = 20.0
_MOST_OBJECTS = 200_000
"""Characters and paths of one page; a page full of small print has some 5,000."""
_MOST_FIGURES = 2000
_RENDERED = 200
"""Dots an inch of pictures of pages: what digits of 8 points need."""
_MOST_PIXELS = 20_000_000
_THIN = 2.5
"""A filled rectangle so thin is a drawn line."""
_SCAN = 0.5
"""Share of a page that a picture covers when the page is a scan."""


class PdfPage(NamedTuple):
    """A page and how it came by its text: `scanned` is mostly a picture, `invisible` text lies under one."""

    printed: PrintedPage
    scanned: bool
    invisible: bool
    sideways: bool


class Pdf(NamedTuple):
    """An open PDF: how many pages it promises, and the pages one by one (None for one that is broken)."""

    promised: int
    pages: Iterator[PdfPage | None]


@contextmanager
def open_pdf(data: bytes, path: str) -> Iterator[Pdf]:
    """A PDF's pages in order; what was read of a page is dropped when the next one is asked for.

    Raises UnsupportedFormat (pdfplumber is not installed), Encrypted, BrokenFile, TooLarge.
    """
    try:
        import pdfminer.pdftypes
        import pdfplumber
    except ImportError:
        raise UnsupportedFormat(path, "a PDF file; install pdfplumber to read it") from None
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)  # it logs a line for each flaw of each glyph
    vars(pdfminer.pdftypes)["zlib"] = BOUNDED_ZLIB  # it unpacks without a limit
    try:
        with deadline(_SECONDS_TO_OPEN):
            pdf = pdfplumber.open(BytesIO(data))
            promised = _promised(pdf)
            pages = pdf.pages
    except Exhausted:
        raise TooLarge(path, "opening it takes more time or memory than a report can need") from None
    except Exception as error:
        raise _named(error, path) from None
    if not pages:
        raise BrokenFile(path, "a PDF without a page that can be found; get the file again")
    if len(pages) > _MOST_PAGES:
        raise TooLarge(path, f"{len(pages):,} pages; split it, a report has some ten")
    yield Pdf(max(promised, len(pages)), _pages(pdf, path))


class Renderer:
    """A PDF's pages as grey pictures, for pages whose text layer says nothing."""

    def __init__(self, data: bytes) -> None:
        import pypdfium2

        self._document = pypdfium2.PdfDocument(data)

    def page(self, number: int) -> tuple[Any, float]:
        """Page `number` (from 1) as a grey picture, and its pixels a point."""
        page = self._document[number - 1]
        width, height = page.get_size()
        scale = min(_RENDERED / 72, (_MOST_PIXELS / max(width * height, 1.0)) ** 0.5)
        picture = page.render(scale=scale, grayscale=True).to_numpy()
        page.close()
        return picture.reshape(picture.shape[:2]), scale


def _named(error: Exception, path: str) -> ReadError:
    names = {type(one).__name__ for one in (error, *error.args, error.__cause__, error.__context__)}
    if names & {"PDFPasswordIncorrect", "PDFEncryptionError", "PDFTextExtractionNotAllowed"}:
        return Encrypted(path, "a PDF locked with a password; save a copy without one")
    return BrokenFile(path, "a damaged PDF; get the file again, or print it to PDF once more")


def _promised(pdf: Any) -> int:
    from pdfminer.pdftypes import resolve1

    try:
        count = resolve1(resolve1(pdf.doc.catalog["Pages"])["Count"])
    except Exception:  # of a damaged file pdfminer may raise anything; its pages are read all the same
        return 0
    return count if isinstance(count, int) and 0 < count < 10 * _MOST_PAGES else 0


def _pages(pdf: Any, path: str) -> Iterator[PdfPage | None]:
    for page in pdf.pages:
        try:
            with deadline(_SECONDS_A_PAGE):
                found = _page(pdf, page)
        except Exhausted:
            reason = f"page {page.page_number} takes more work than a printed page can need"
            raise TooLarge(path, reason) from None
        except Exception:  # pdfminer may raise anything; whoever asked is told that a page is missing
            found = None
        pdf.doc._cached_objs.clear()  # every object of every page, kept for good
        yield found


def _page(pdf: Any, page: Any) -> PdfPage:
    from pdfminer.pdfinterp import PDFPageInterpreter

    device = _device(pdf.rsrcmgr, page.page_number)
    PDFPageInterpreter(pdf.rsrcmgr, device).process_page(page.page_obj)
    layout = device.get_result()
    width, height = float(layout.width), float(layout.height)
    glyphs: list[Glyph] = []
    across: list[Ruling] = []
    down: list[Ruling] = []
    sideways = pictured = 0.0
    for item in _items(layout):
        kind = type(item).__name__
        if kind == "LTChar":
            if item.upright:
                glyphs.append(_glyph(item, height, id(item) in device.unseen))
            else:
                sideways += 1
        elif kind in ("LTRect", "LTLine", "LTCurve"):
            _rulings(item, height, across, down)
        elif kind == "LTImage":
            pictured = max(pictured, _share(item, width, height))
    return PdfPage(
        PrintedPage(page.page_number, width, height, glyphs, across, down),
        scanned=pictured >= _SCAN,
        invisible=device.invisible * 2 > len(glyphs) > 0,
        sideways=sideways > 20 and sideways > len(glyphs),
    )


def _device(manager: Any, number: int) -> Any:
    from pdfminer.converter import PDFPageAggregator

    class Device(PDFPageAggregator):
        """Lays a page out; counts what it draws, so that a page cannot draw without end."""

        objects = figures = depth = invisible = 0
        hidden = False

        def __init__(self, *given: Any) -> None:
            super().__init__(*given)
            self.unseen: set[int] = set()

        def render_string(self, textstate: Any, *rest: Any) -> None:
            self.hidden = textstate.render in (3, 7)
            super().render_string(textstate, *rest)

        def render_char(self, *rest: Any) -> Any:
            self._count()
            advance = super().render_char(*rest)
            if self.hidden:
                self.invisible += 1
                self.unseen.add(id(self.cur_item._objs[-1]))
            return advance

        def paint_path(self, *rest: Any) -> None:
            self._count()
            super().paint_path(*rest)

        def begin_figure(self, *rest: Any) -> None:
            self.figures += 1
            self.depth += 1
            if self.figures > _MOST_FIGURES or self.depth > 30:
                raise Exhausted
            super().begin_figure(*rest)

        def end_figure(self, name: str) -> None:
            self.depth -= 1
            super().end_figure(name)

        def _count(self) -> None:
            self.objects += 1
            if self.objects > _MOST_OBJECTS:
                raise Exhausted

    return Device(manager, number)


def _items(container: Any) -> Iterator[Any]:
    for item in container:
        if type(item).__name__ == "LTFigure":
            yield from _items(item)
        else:
            yield item


def _glyph(char: Any, height: float, unseen: bool) -> Glyph:
    apart = unseen or _is_white(char.graphicstate.ncolor)
    return Glyph(clean(char.get_text()), char.x0, height - char.y1, char.x1, height - char.y0, None, apart)


def _rulings(item: Any, height: float, across: list[Ruling], down: list[Ruling]) -> None:
    """The lines that a path draws: borders of rectangles, thin rectangles, straight strokes."""
    x0, x1, top, bottom = item.x0, item.x1, height - item.y1, height - item.y0
    stroked = bool(item.stroke) and not _is_white(item.stroking_color)
    filled = bool(item.fill) and not _is_white(item.non_stroking_color)
    wide, high = x1 - x0, bottom - top
    if high <= _THIN and wide > _THIN:
        if stroked or filled:
            across.append(Ruling((top + bottom) / 2, x0, x1))
    elif wide <= _THIN and high > _THIN:
        if stroked or filled:
            down.append(Ruling((x0 + x1) / 2, top, bottom))
    elif stroked and type(item).__name__ == "LTRect":
        across.extend((Ruling(top, x0, x1), Ruling(bottom, x0, x1)))
        down.extend((Ruling(x0, top, bottom), Ruling(x1, top, bottom)))


def _is_white(color: Any) -> bool:
    parts = color if isinstance(color, tuple | list) else (color,)
    if not parts or not all(isinstance(part, int | float) for part in parts):
        return False
    return all(part <= 0.02 for part in parts) if len(parts) == 4 else all(part >= 0.98 for part in parts)


def _share(image: Any, width: float, height: float) -> float:
    return float(abs(image.width * image.height) / max(width * height, 1.0))
