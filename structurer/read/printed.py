"""Pages as printed: a PDF's text layer, and what its pages say that have none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from structurer.errors import BrokenFile, Mojibake, NoText, ReadError
from structurer.read.glyphtext import mojibake
from structurer.read.layout.blocks import PageText, lay_out
from structurer.read.layout.compose import compose
from structurer.read.pdf import Pdf, PdfPage, open_pdf
from structurer.read.reading import Reading


@dataclass
class _Pages:
    """The pages of one PDF, and by number what became of those that were not simply read."""

    read: int = 0
    broken: list[int] = field(default_factory=list)
    pictures: list[int] = field(default_factory=list)
    garbled: list[int] = field(default_factory=list)
    invisible: list[int] = field(default_factory=list)
    sideways: list[int] = field(default_factory=list)
    lost: int = 0

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
            self.garbled.append(number)
            return None
        if not written:
            if page.scanned:
                self.pictures.append(number)
            return None
        under = page.invisible and page.scanned
        if under:
            self.invisible.append(number)
        return lay_out(page.printed, recognised=under)

    def notes(self) -> list[str]:
        """What of the document was not read, or not from the page itself."""
        said = (
            (self.broken, "could not be read (damaged)"),
            (self.pictures, "is a picture; its text was not read"),
            (self.garbled, "has a text layer of wrong characters (mojibake) and was not read"),
            (self.invisible, "is a scan; a machine's eyes made its text layer"),
            (self.sideways, "has text printed sideways that was not read"),
        )
        notes = [f"{_pages(numbers)} {text}" for numbers, text in said if numbers]
        if self.lost > 0:
            notes.append(f"{self.lost} pages that the file promises are missing; it is cut short")
        return notes

    def nothing(self, path: str) -> ReadError:
        """Why not a single page was read."""
        if self.garbled:
            return Mojibake(path, "its text layer is mojibake: other characters than the pages show")
        if self.pictures:
            return NoText(path, "a scanned PDF, pictures of pages without text")
        if self.broken:
            return BrokenFile(path, "a damaged PDF, none of its pages can be read; get the file again")
        return NoText(path, "a PDF without any text")


def read_pdf(data: bytes, path: str) -> Reading:
    """The text of a PDF with its tables as grids; evidence in it names page and box.

    Raises Encrypted, BrokenFile, TooLarge, NoText (scans), Mojibake, UnsupportedFormat.
    """
    pages = _Pages()
    with open_pdf(data, path) as pdf:
        made = compose(pages.texts(pdf))
    if not pages.read:
        raise pages.nothing(path)
    notes = tuple(pages.notes())
    return Reading(made.text, made.text, "pdf", notes=notes, places=made.places, recognised=made.recognised)


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
