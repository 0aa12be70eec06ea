"""Pages as printed: a PDF's text layer, and what its pages say that have none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from structurer.errors import BrokenFile, Mojibake, NoText, ReadError, UnsupportedFormat
from structurer.read import eyes
from structurer.read.glyphtext import mojibake
from structurer.read.layout.blocks import PageText, lay_out
from structurer.read.layout.compose import compose
from structurer.read.pdf import Pdf, PdfPage, Renderer, open_pdf
from structurer.read.raster import frames
from structurer.read.reading import Reading
from structurer.read.recognise import recognise


def _how() -> str:
    """The next step where OCR could help."""
    return "" if eyes.available() else "; pip install 'structurer[ocr]' to have them read"


@dataclass
class _Pages:
    """The pages of one PDF, and by number what became of those that were not simply read."""

    data: bytes
    read: int = 0
    broken: list[int] = field(default_factory=list)
    pictures: list[int] = field(default_factory=list)
    garbled: list[int] = field(default_factory=list)
    invisible: list[int] = field(default_factory=list)
    sideways: list[int] = field(default_factory=list)
    recognised: list[int] = field(default_factory=list)
    lost: int = 0
    renderer: Renderer | None = None

    def texts(self, pdf: Pdf) -> Iterator[PageText]:
        """The pages that have text, one by one."""
        number = 0
        for number, page in enumerate(pdf.pages, 1):
            found = self._text(number, page)
            if found is not None:
                self.read += 1
                yield found
        self.lost = pdf.promised - number

    def _text(self, number: int, page: PdfPage | None) -> PageText | None:
        if page is None:
            self.broken.append(number)
            return None
        texts = [glyph.text for glyph in page.printed.glyphs]
        written = any(not text.isspace() for text in texts)
        if page.sideways:
            self.sideways.append(number)
        if mojibake(texts):
            return self._look(number, self.garbled)
        if not written:
            return self._look(number, self.pictures) if page.scanned else None
        if page.invisible and page.scanned:
            return self._look(number, self.invisible) or lay_out(page.printed, recognised=True)
        return lay_out(page.printed)

    def _look(self, number: int, unread: list[int]) -> PageText | None:
        """The page as a machine's eyes read it, if they are installed and see any text."""
        found = None
        if eyes.available():
            self.renderer = self.renderer or Renderer(self.data)
            found = seen(*self.renderer.page(number), number)
        (unread if found is None else self.recognised).append(number)
        return found

    def notes(self) -> list[str]:
        """What of the document was not read, or not from the page itself."""
        said = (
            (self.broken, "damaged, not read"),
            (self.pictures, f"pictures of text, not read{_how()}"),
            (self.garbled, f"a text layer of wrong characters (mojibake), not read{_how()}"),
            (self.invisible, "scans with a text layer that another program's OCR made"),
            (self.sideways, "text printed sideways, not read"),
            (self.recognised, "read by OCR"),
        )
        notes = [f"{_pages(numbers)}: {text}" for numbers, text in said if numbers]
        if self.lost > 0:
            notes.append(f"{self.lost} pages that the file promises are missing; it is cut short")
        return notes

    def nothing(self, path: str) -> ReadError:
        """Why not a single page was read."""
        if self.garbled:
            return Mojibake(path, f"its text layer is mojibake: other characters than the pages show{_how()}")
        if self.pictures:
            return NoText(path, f"a scanned PDF, pictures of pages without text{_how()}")
        if self.broken:
            return BrokenFile(path, "a damaged PDF, none of its pages can be read; get the file again")
        return NoText(path, "a PDF without any text")


def read_pdf(data: bytes, path: str) -> Reading:
    """The text of a PDF with its tables as grids; evidence in it names page and box.

    Raises Encrypted, BrokenFile, TooLarge, NoText (scans), Mojibake, UnsupportedFormat.
    """
    pages = _Pages(data)
    with open_pdf(data, path) as pdf:
        made = compose(pages.texts(pdf))
    if not pages.read:
        raise pages.nothing(path)
    notes = tuple(pages.notes())
    return Reading(made.text, made.text, "pdf", notes=notes, places=made.places, recognised=made.recognised)


def read_image(data: bytes, path: str) -> Reading:
    """The text of a picture of a page, or of several in one file.

    Raises UnsupportedFormat (the extra `ocr` is not installed), BrokenFile, TooLarge, NoText.
    """
    if not eyes.available():
        raise UnsupportedFormat(path, "a picture; pip install 'structurer[ocr]' to have its text recognised")
    shown = (seen(grey, scale, number) for number, (grey, scale) in enumerate(frames(data, path), 1))
    made = compose(page for page in shown if page is not None)
    if not made.text:
        raise NoText(path, "a picture without any text that OCR can see")
    return Reading(
        made.text, made.text, "image", notes=("read by OCR",), places=made.places, recognised=made.recognised
    )


def seen(grey: Any, scale: float, number: int) -> PageText | None:
    """What a machine's eyes read on a grey picture of a page; None if nothing, or nothing but rubbish."""
    page, picture = recognise(grey, scale, number)
    if not page.glyphs or mojibake([glyph.text for glyph in page.glyphs]):
        return None
    return lay_out(page, recognised=True, skew=picture.skew)


def _pages(numbers: Sequence[int]) -> str:
    """`page 3`, `pages 3-5, 9`: as few words as name them all."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    named = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)
    return f"page{'s' * (len(numbers) > 1)} {named}"
